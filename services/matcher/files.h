#ifndef MATCHER_FILES_H
#define MATCHER_FILES_H
/*
 * files: what a verb was given to read. A directory stands for the files below it, in order of name; links there are
 * not followed, as they may lead root to what their maker can't read.
 */
#include "dye/status.h"

#include <stdbool.h>

struct files {
    bool streams; /* a path that was given may be a pipe too, and "-" is standard input */
    int n;
    char **paths;
    size_t skipped, failed; /* links and devices below a directory; what can't be read: each told on standard error */
};

/* `fd` is fn's to close. `below`: of a directory that was given. DYE_E_IO, with the path in its message, is this file's
 * fault and keeps no other out; what else it returns ends the walk. */
typedef enum dye_status (*files_fn)(void *arg, const char *path, int fd, bool below, struct dye_error *err);

/* Opens one after the other. DYE_E_IO when a directory can't be walked at all, or what fn returned. */
DYE_MUST_CHECK enum dye_status files_each(struct files *f, files_fn fn, void *arg, struct dye_error *err);

#endif
