#ifndef LINK_FIELDS_H
#define LINK_FIELDS_H
/*
 * fields: the fingerprints of whatever could be a name or an address in a record. Private to the link layer.
 *
 * A record is decoded to UTF-8 and cut at everything that delimits in DOMAIN 1; a quoted value is one field, whatever
 * is in it. A field with blanks is tried whole and word by word, because blanks delimit too. So are the fields that the
 * layout gives, their escapes undone, and what was decoded wrongly before it came here, mended. Folded, then
 * fingerprinted: about 1 us a field, and only behind a hit.
 */
#include "dye/index.h"
#include "dye/record.h"

#define FIELDS_CUT_MAX 1024 /* more than any row has */
#define FIELDS_MAX (2 * FIELDS_CUT_MAX)

struct fields {
    uint8_t fp[FIELDS_MAX][DYE_FP_BYTES];
    size_t n, max;
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
bool fields_have(const struct fields *f, const uint8_t fp[DYE_INDEX_FP_BYTES]);

#endif
