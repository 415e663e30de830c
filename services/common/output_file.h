#ifndef DYE_OUTPUT_FILE_H
#define DYE_OUTPUT_FILE_H
/*
 * output_file: a file that is complete when it has its name, mode 0600, made and named as the caller but filled by a
 * child process, which may give up its rights for the home's user on the way. A name that it can't get is refused
 * before it is filled; one that can't be had in the end leaves it under another, which the message tells.
 */
#include "dye/status.h"

/* Writes to fd. Its message goes to the user from the child. */
typedef enum dye_status (*output_fill_fn)(int fd, void *arg, struct dye_error *err);

/* Returns the exit status. An existing file of that name is replaced only when `replace`, and nothing but a
 * regular file is. */
int output_file(const char *path, bool replace, output_fill_fn fill, void *arg);

/* The same for several files, filled by one child: none gets its name before all are complete, and
 * none may exist. At most OUTPUT_FILES_MAX. */
enum { OUTPUT_FILES_MAX = 512 };
typedef enum dye_status (*output_fill_all_fn)(const int *fds, void *arg, struct dye_error *err);
int output_files(const char *const *paths, size_t n, output_fill_all_fn fill, void *arg);

/* All of it, whatever write() does. */
DYE_MUST_CHECK enum dye_status output_write(int fd, const void *p, size_t n, struct dye_error *err);

#endif
