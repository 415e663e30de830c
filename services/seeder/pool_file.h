#ifndef DYE_POOL_FILE_H
#define DYE_POOL_FILE_H
/*
 * pool_file: a list of values to be pooled, as a partner hands it over: CSV, or one value a line. Where the first line
 * has a column named `value` or as the kind is, that column counts; else the first.
 *
 *   16000000000-16000000999     a range: both ends have the same length, and differ in their last digits alone
 *   mail-one.example.cn         for e-mail: a domain that the owner catches all of
 */
#include "dye/buf.h"
#include "dye/ident.h"

enum { POOL_VALUES_MAX = 1000000 };

struct pool_value { /* one to pool, for the callback */
    size_t line;
    bool whole; /* false: a mail domain */
    struct dye_value value;
};
typedef enum dye_status (*pool_value_fn)(void *arg, const struct pool_value *v, struct dye_error *err);
/* A line that is no value: why is a constant. */
typedef void (*pool_bad_fn)(void *arg, size_t line, const char *why);

/* Reads all of it: `text` is changed. Bad lines go to on_bad and the reading goes on. DYE_E_USAGE where it can't,
 * DYE_E_LIMIT beyond POOL_VALUES_MAX. */
DYE_MUST_CHECK enum dye_status pool_file_read(struct dye_buf *text, enum dye_kind kind, pool_value_fn fn,
                                              pool_bad_fn on_bad, void *arg, struct dye_error *err);

#endif
