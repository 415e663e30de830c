#ifndef MATCHER_INDEX_FILE_H
#define MATCHER_INDEX_FILE_H
/*
 * index_file: an index that was built into a file, in use while a thread of its own still reads it for damage.
 *
 * A million canaries are a gigabyte: who waits for its checksum before looking for the first one waits longer than the
 * look takes. Nothing that was found may be told before index_file_check says that the file is whole.
 */
#include "dye/index.h"
#include "verb.h"

struct index_file;
/* The key is the file's own or else that of the home. DYE_E_IO, DYE_E_KEY, DYE_E_STREAM; index_file_close it. */
DYE_MUST_CHECK enum dye_status index_file_open(const char *path, const struct common_options *common,
                                               struct index_file **ret, struct dye_error *err);
struct dye_index *index_file_index(const struct index_file *f); /* borrowed */
/* Waits until it is read; any thread, any number of times. DYE_E_STREAM when a bit of it is not what it was; each call
 * says so. `err` may be NULL. */
DYE_MUST_CHECK enum dye_status index_file_check(struct index_file *f, struct dye_error *err);
/* Takes NULL. */
void index_file_close(struct index_file *f);

#endif
