#ifndef DYE_LAW_DUMP_H
#define DYE_LAW_DUMP_H
/* law_dump: of a dump, the counts that were kept at ingest, as the legal count asks for them. No value of anybody. */
#include "dye/law.h"
#include "store.h"

#include <jansson.h>

struct law_dump_part {
    const char *path; /* borrowed from `rows` */
    size_t first, n;  /* its columns */
};
struct law_dump {
    struct dye_law_dump dump;     /* points into what follows */
    struct law_dump_part *places; /* one a part */
    struct dye_law_part *parts;
    struct dye_law_column *columns;
    struct dye_law_kinds *kinds;
    size_t n_columns, n_kinds;
    uint64_t uncounted; /* records whose kinds were beyond the census's limit */
    int64_t unread;     /* parts not fully read: what is in them is not counted */
    struct {
        bool known;
        uint64_t n;
    } seen_before[DYE_LAW_KEYS];
    int64_t acquired_at; /* the earliest */
    PGresult *rows;
    json_t *census; /* an array, as `parts`; names are borrowed from it */
};

/* DYE_E_NOTFOUND for an unknown dump; DYE_E_AGAIN while it is not complete. */
DYE_MUST_CHECK enum dye_status law_dump_load(struct store *s, const char *dump, struct law_dump *ret,
                                             struct dye_error *err);
void law_dump_done(struct law_dump *d); /* takes a zeroed struct */

#endif
