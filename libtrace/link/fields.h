#ifndef LINK_FIELDS_H
#define LINK_FIELDS_H
/*
 * fields: the fingerprints of whatever in a record could say something of its person. Private to the link layer.
 *
 * A record is decoded to UTF-8 and cut at everything that delimits in DOMAIN 1; a quoted value is one field, whatever
 * is in it. A field with blanks is tried whole and word by word, because blanks delimit too; where nothing delimits
 * (rows that are glued together), so are its stretches of ideographs. So are the fields that the layout gives, their
 * escapes undone, and what was decoded wrongly before it came here, mended. Folded, then fingerprinted: about 1 us a
 * field, and only behind a hit. What a field says of a part of a value (a mask, a date, a road) has a fingerprint of
 * its own.
 *
 * Kept besides: how many values of a kind the record shows, so that another one than the canary's can weigh against it.
 */
#include "dye/index.h"
#include "dye/record.h"

#define FIELDS_CUT_MAX 1024 /* more than any row has */
#define FIELDS_MAX (2 * FIELDS_CUT_MAX)

struct fields_print {
    uint8_t fp[DYE_FP_BYTES];
    uint8_t head, tail; /* characters seen of what is masked */
};
/* The values of one kind that stand in the record in full; of names, masked ones too. */
struct fields_shown {
    uint8_t fp[DYE_FP_BYTES]; /* of the first */
    unsigned n;               /* 0, 1, or 2 for more */
};
struct fields {
    struct fields_print print[FIELDS_MAX];
    size_t n, max;
    struct fields_shown names, mobiles, ids;
    struct dye_buf utf8, folded, mended;
};

void fields_init(struct fields *f);
void fields_done(struct fields *f);
/*
 * Of the part [start, end) of the record that `r` stands at. Fields beyond FIELDS_CUT_MAX in either way or beyond
 * DYE_VALUE_MAX_BYTES, and bytes beyond the record's cap, are left out; so are the layout's fields of a record of more
 * than a MiB. DYE_E_NOMEM.
 */
DYE_MUST_CHECK enum dye_status fields_read(struct fields *f, const struct dye_index_keys *keys,
                                           const struct dye_records *r, size_t start, size_t end);
/* Of text around the record, cut as lines. */
DYE_MUST_CHECK enum dye_status fields_read_near(struct fields *f, const struct dye_index_keys *keys,
                                                enum dye_charset charset, struct dye_span before,
                                                struct dye_span after);
/* NULL when it is not there. */
const struct fields_print *fields_find(const struct fields *f, const uint8_t fp[DYE_INDEX_FP_BYTES]);

#endif
