#ifndef DYE_ASSIGNED_H
#define DYE_ASSIGNED_H
/*
 * assigned: what an authority has given out, as it publishes it: the county codes of GB/T 2260 (resident_id) or the
 * ranges of the mobile numbering plan (mobile). A canary whose value a new release assigns could be taken for a real
 * person: it is to be burned, and a default space that a release reaches into is closed.
 *
 * The text of a table: UTF-8, with or without byte order mark, one entry a line. An entry is a code, or a range
 * `first-last` of codes of equal length, both ends included; what follows behind a blank, a tab or a comma (the names
 * of counties) is not read, nor are empty lines and what begins with '#'. A code is the leading digits of the values
 * that it assigns: of a resident_id exactly 6, of a mobile 3 to 11 that begin with 1.
 *
 *     110101  东城区          1740-1741  satellite           130,
 *
 * It fails closed: a line that is none of this, or a table without an entry, is refused as a whole, because a half-read
 * table calls assigned values free.
 */
#include "dye/ident.h"

struct dye_assigned;

/* No table of an authority has more; a longer text is refused. */
#define DYE_ASSIGNED_TEXT_MAX_BYTES (8u << 20)

/*
 * Read the table `text` of `kind` (DYE_MOBILE or DYE_RESIDENT_ID). *ret is the caller's, to dye_assigned_free.
 * DYE_E_USAGE for another kind; DYE_E_CONFIG with the number of the line for what it can't read, and for a table
 * without entries; DYE_E_LIMIT; DYE_E_NOMEM. O(n log n). Keeps no pointer to text.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_assigned_new(enum dye_kind kind, struct dye_span text,
                                                        struct dye_assigned **ret, struct dye_error *err);
DYE_API void dye_assigned_free(struct dye_assigned *table); /* NULL is fine */

DYE_API enum dye_kind dye_assigned_kind(const struct dye_assigned *table);
/* How many entries it was read from: compare it with the release before; one cut short by a download is shorter. */
DYE_API size_t dye_assigned_entries(const struct dye_assigned *table);

/* Whether the table assigns the canonical value `v` of `kind`; false when the table is of another kind. O(log n). */
DYE_API bool dye_ident_assigned(enum dye_kind kind, const struct dye_value *v, const struct dye_assigned *table);

/* Whether it assigns any value of the kind's default space (dye_ident_space): then nothing more may be drawn from it.
 * About 0.1 ms. */
DYE_API bool dye_assigned_meets_space(const struct dye_assigned *table);

#endif
