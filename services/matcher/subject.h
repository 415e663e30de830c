#ifndef DYE_SUBJECT_H
#define DYE_SUBJECT_H
/*
 * subject: what a verb is asked about by name. One that is not there is no empty one: a slip of the pen must not read
 * as "no leak". DYE_E_NOTFOUND "dump: X: unknown"; DYE_OK for NULL, where none was named.
 */
#include "store.h"

DYE_MUST_CHECK enum dye_status subject_dump(struct store *s, const char *dump, struct dye_error *err);
DYE_MUST_CHECK enum dye_status subject_canary(struct store *s, const char *canary, struct dye_error *err);
DYE_MUST_CHECK enum dye_status subject_source(struct store *s, const char *path, struct dye_error *err);

#endif
