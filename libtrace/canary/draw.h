#ifndef DYE_CANARY_DRAW_H
#define DYE_CANARY_DRAW_H
/*
 * draw: what of a persona is drawn and need not be unique. Private to the layer. Results depend on nothing but the
 * stream and the arguments. Changing a table or an order of draws changes every persona: a home's canaries would no
 * longer be found again, so they are frozen (the golden personas of the tests hold them).
 */
#include "dye/canary.h"

/* A name as people write it, and in pinyin (empty for names that are not Chinese). */
struct draw_name {
    char text[96];
    char latin[48];
    size_t surname_latin; /* bytes of latin that are the surname */
};
/*
 * own     the persona's own stream
 * father  whose surname it is, before anything was drawn from it; NULL: its own
 * family  decides whether the family's names are Chinese, with `area`: where its ID is from
 */
void draw_name(struct dye_prf *own, struct dye_prf *father, struct dye_prf *family, const char *area, char sex,
               int year, struct draw_name *ret);
/* The name of a parent of that sex, for whoever bears `name`: a father's has its surname. */
void draw_parent(struct dye_prf *r, const char *name, char sex, int year, char *ret, size_t cap);

/* An address in the prefecture of `area`, which dye_region_prefecture knows. No such house needs to exist. Canonical.
 */
void draw_address(struct dye_prf *r, const char *area, struct dye_value *ret);

/* What somebody of that age does; static. */
const char *draw_occupation(struct dye_prf *r, char sex, int age);

/* A local part that nobody else has: `unique` and `mobile` are of this persona alone. */
void draw_local_part(struct dye_prf *r, const struct draw_name *name, uint64_t unique, const char *mobile, char *ret,
                     size_t cap);
#define DRAW_LOCAL_PARTS UINT64_C(67600000) /* unique is below it */

/* The stream of one cell, by the column's name and the record's number; that of its person or its household. What is
 * drawn for one use says nothing of another. */
enum { USE_EMPTY, USE_CELL, USE_ROWS, USE_PARENT, USE_TABLE };
void draw_open(const struct dye_key *key, const char *name, size_t row, unsigned use, struct dye_prf *ret);
void draw_open_column(const struct dye_column *c, const struct dye_persona *p, size_t row, unsigned use,
                      struct dye_prf *ret);

/* Whether a column stays empty in one of a persona's records. */
bool draw_is_empty(const struct dye_column *c, const struct dye_persona *p, size_t row);

/* One of n, the first ones more often: the smaller of two uniform draws. Integers, so the same on every machine. */
static inline size_t draw_early(struct dye_prf *r, size_t n)
{
    size_t a = (size_t)dye_prf_below(r, n);
    size_t b = (size_t)dye_prf_below(r, n);
    return a < b ? a : b;
}

#endif
