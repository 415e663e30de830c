#ifndef DYE_SEED_IMPORT_H
#define DYE_SEED_IMPORT_H
/*
 * seed_import: canaries that a team planted before there was dyetrace, from its CSV with a header.
 *
 * A column is known by its name: a kind, `sex` (M, F, 男, 女), `birth` (YYYY-MM-DD) or `planted_at` (that, or RFC 3339
 * UTC; without it: now). A mapping file names the others:
 *
 *   columns: {手机号: mobile, 备注: ignore}
 *
 * A column that nobody names is an error: nothing is lost by oversight. All rows are registered, or none.
 */
#include "dye/buf.h"
#include "registrar.h"
#include "source.h"

struct seed_import_request {
    const struct home *home;
    const struct source *source;
    const char *mapping; /* a YAML file's text and its name for messages, or NULL */
    size_t mapping_bytes;
    const char *mapping_name;
    void (*on_bad)(size_t line, const char *why); /* why is without a value */
};

/* `text` is the CSV; it is changed. DYE_E_USAGE when rows are bad: each went to on_bad, and nothing is registered.
 * DYE_E_CONFIG for a mapping; the rest from the registrar. */
DYE_MUST_CHECK enum dye_status seed_import(struct registrar *r, const struct seed_import_request *q,
                                           struct dye_buf *text, uint64_t *ret_imported, struct dye_error *err);

#endif
