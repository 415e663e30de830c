#ifndef DYE_CANARY_DRAW_H
#define DYE_CANARY_DRAW_H
/*
 * draw: what of a persona is drawn and need not be unique. Private to the layer. Both results are canonical values of
 * their kind and depend on nothing but the stream and the argument. Changing a table changes every persona: a home's
 * canaries would no longer be found again, so the tables are frozen (the golden persona of the tests holds them).
 */
#include "dye/ident.h"
#include "dye/prf.h"

/* sex is 'M' or 'F'. */
void draw_name(struct dye_prf *r, char sex, struct dye_value *ret);
/* An address in the prefecture of `area`, which dye_region_prefecture knows. No such house needs to exist. */
void draw_address(struct dye_prf *r, const char *area, struct dye_value *ret);

/* One of n, the first ones more often: the smaller of two uniform draws. Integers, so the same on every machine. */
static inline size_t draw_early(struct dye_prf *r, size_t n)
{
    size_t a = (size_t)dye_prf_below(r, n);
    size_t b = (size_t)dye_prf_below(r, n);
    return a < b ? a : b;
}

#endif
