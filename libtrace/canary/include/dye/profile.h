#ifndef DYE_PROFILE_H
#define DYE_PROFILE_H
/*
 * profile: what a source's table looks like, so that canaries planted there look like their neighbours.
 *
 * A profile is counts and nothing else: how often a column is filled and together with which others, surnames, the
 * characters of given names by sex and decade of birth, the steps from one part of an address to the next by the region
 * of the resident ID, birth years by sex, how dates, sexes and phones are written, lengths and prefixes of identifiers.
 * No row is kept, and nothing is that was counted in fewer than k rows, nor is a value of free text that holds seven
 * digits in a row. Rows count, not persons: k is to be above the rows that one person may have; what a sector's file
 * says to be the `same` in all of them is never kept as it stands.
 *
 * Of the other columns (words, numbers, dates, texts) it is counted what stands there under the one other column that
 * tells most of it, how far a date is behind another, how numbers end or run on with time; and how many rows a person
 * has, how many persons an address. Dates are the table's own: learn again as it grows.
 *
 * What follows a profile: of whom personas are made (dye_profile_sector), name, address, those columns, which optional
 * fields are empty, how values are written; sex and birth date where the record shows no resident ID. Identifiers are
 * never changed: they come from a pool or a default space, and sex, birth date and region follow them. A written form
 * that would not parse back to its value is not used.
 *
 * A record keeps at least one identifier that the scanner finds (dye_ident_is_found), if the persona has one. Profiles
 * are confidential (they describe a table), but hold no person.
 */
#include "dye/canary.h"

#define DYE_PROFILE_K 10 /* a count below this is not kept, unless asked for otherwise */
#define DYE_PROFILE_MAX_BYTES (32u << 20)

struct dye_profile;                                   /* immutable once made, any number of threads */
DYE_API void dye_profile_free(struct dye_profile *p); /* takes NULL */

/* --- learning: memory is bounded (about 40 MiB), whatever the table's size --- */
struct dye_profile_learner;
/* k in [2, 2^31). The sector is copied. NULL only when memory is gone. */
DYE_API struct dye_profile_learner *dye_profile_learner_new(const struct dye_sector *s, uint32_t k);
DYE_API void dye_profile_learner_free(struct dye_profile_learner *l); /* takes NULL; wipes */
/*
 * One row: the text of the sector's columns in their order, UTF-8; n = 0 for an empty one. Cells beyond
 * DYE_VALUE_MAX_BYTES count as filled, and as nothing else. O(bytes of the row).
 */
DYE_API void dye_profile_learner_feed(struct dye_profile_learner *l, const struct dye_span *cells);
/* The profile of the rows so far; the learner may only be freed after. DYE_E_USAGE below k rows; DYE_E_NOMEM. */
DYE_MUST_CHECK DYE_API enum dye_status dye_profile_learner_end(struct dye_profile_learner *l, struct dye_profile **ret,
                                                               struct dye_error *err);

/* --- as text: JSON, one group of counts a line --- */
DYE_MUST_CHECK DYE_API enum dye_status dye_profile_write(const struct dye_profile *p, struct dye_buf *ret);
/* What dye_profile_write wrote, white space aside. DYE_E_CONFIG "profile: byte N: ..." for anything else. */
DYE_MUST_CHECK DYE_API enum dye_status dye_profile_read(struct dye_span text, struct dye_profile **ret,
                                                        struct dye_error *err);
DYE_API uint64_t dye_profile_rows(const struct dye_profile *p);

/* --- following one --- */
/*
 * Make `p` one of the table's people. `draw` is at rest, keyed and numbered by the persona, so that the same persona
 * follows the same profile in the same way everywhere; its identifiers are final (pools applied). `p` then points to
 * the profile, which must outlive it, and dye_sector_cell writes as the table does. About 10 us.
 */
DYE_API void dye_profile_adopt(const struct dye_profile *profile, const struct dye_sector *s, struct dye_prf *draw,
                               struct dye_persona *p);
/*
 * The sector as a persona of the table is made by: ages, sexes, regions and sizes of households as often as the table's
 * rows say, and no cell empty, which the profile says itself. `day` is that on which it is made.
 */
DYE_API void dye_profile_sector(const struct dye_profile *profile, const struct dye_sector *s, int32_t day,
                                struct dye_sector *ret);
/* How many rows this person has in the table, 1 to DYE_SECTOR_ROWS_MAX; 0 where the profile doesn't say. */
DYE_API size_t dye_profile_rows_of(const struct dye_profile *profile, const struct dye_persona *p);
/* Whether the profile says of this column when it is empty. */
DYE_API bool dye_profile_has(const struct dye_profile *profile, const char *column);
/* The cell of record number `row` as this table writes it; `canonical` is what it holds without. Called by
 * dye_sector_cell_of. */
DYE_API void dye_profile_cell(const struct dye_profile *profile, const struct dye_column *c,
                              const struct dye_persona *p, size_t row, struct dye_value *canonical);

#endif
