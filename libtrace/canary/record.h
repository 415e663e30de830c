#ifndef DYE_CANARY_RECORD_H
#define DYE_CANARY_RECORD_H
/* record: what the files that write records and messages share. Private to the layer. */
#include "dye/canary.h"

/* A JSON string with its quotes. */
DYE_MUST_CHECK enum dye_status record_json_string(struct dye_buf *b, const char *text, size_t n);

/* One INSERT, of record number `row`; `cell` is the caller's to wipe. */
DYE_MUST_CHECK enum dye_status record_sql(const struct dye_sector *s, const struct dye_persona *p, size_t row,
                                          struct dye_value *cell, struct dye_buf *ret);

/* What the sector's record of this person says of a kind, n = 0 when nothing: in every format the same. */
DYE_MUST_CHECK enum dye_status record_value(const struct dye_sector *s, const struct dye_persona *p, enum dye_kind kind,
                                            struct dye_value *ret);
/* Whether the record tells the sex, or the birth date. */
bool record_tells(const struct dye_sector *s, const struct dye_persona *p, enum dye_column_what what);

/* The bytes that the surname of a Chinese name takes: two characters where it is a compound one, all of a name that is
 * written with an interpunct or not in Chinese, since such names have no surname to part off. */
size_t record_surname_bytes(const struct dye_value *name);

#endif
