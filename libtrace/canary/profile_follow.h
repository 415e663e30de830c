#ifndef DYE_CANARY_PROFILE_FOLLOW_H
#define DYE_CANARY_PROFILE_FOLLOW_H
/* profile_follow: what its files share. Private to the layer. */
#include "draw.h"
#include "profile_symbol.h"

int profile_column_of(const struct dye_profile *p, const char *name); /* -1: none */
/* FILLED_ of a column in what `filled` counts. A value that did not parse, and is no word that many rows have, was a
 * damaged one: canaries have a good one. */
char profile_state_of(const struct dye_profile *p, const char *filled, int column);
/* A facet of a name, by sex and decade, by sex, by nothing; `after` is narrower still, or NULL. */
const char *profile_pick_name(const struct dye_profile *p, const char *column, const char *facet, const char *after,
                              const struct profile_row *row, struct dye_prf *draw);
/* A name by the table's: surname NULL for any of its own, `given` (or NULL) where the table's are too rare. False, and
 * *ret untouched, when nothing is left. */
bool profile_make_name(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                       const char *surname, const char *given, struct dye_prf *draw, struct dye_value *ret);
/* What is filled, of rows of that year of birth, or of that decade; decade "": of all. */
const struct profile_group *profile_filled(const struct dye_profile *p, const char *decade, const char *birth);
bool profile_append(struct dye_value *v, const char *text);

/*
 * The cell of a column that is no identifier (profile_symbol.h), of row number `row`. False where the profile says
 * nothing of it: *ret is untouched then.
 */
bool profile_draw(const struct dye_profile *profile, const struct dye_column *c, const struct dye_persona *p,
                  size_t row, struct dye_value *ret);
/* Whether the cell is empty in that row. */
bool profile_draw_is_empty(const struct dye_profile *profile, const struct dye_column *c, const struct dye_persona *p,
                           size_t row);

#endif
