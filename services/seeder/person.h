#ifndef DYE_PERSON_H
#define DYE_PERSON_H
/*
 * person: a canary as it is planted: the persona of its serial, with the values of pools and imports over it.
 */
#include "registrar.h"

struct person_ref {
    int64_t serial;     /* negative: imported, all of it is sealed values */
    const char *canary; /* its id; wanted for imported ones only */
    char variant;
    int64_t serial_b; /* that variant B is made of */
    const struct dye_sector *sector;
    int32_t made_on;
};

enum { PERSONS_MAX = 1000 };
/* n <= PERSONS_MAX; ret[0, n) is set, also where a wipe is all that is left to do. One query. DYE_E_KEY when a value
 * does not open; DYE_E_DATABASE. */
DYE_MUST_CHECK enum dye_status person_load(const struct registrar *r, const struct person_ref *refs, size_t n,
                                           struct dye_persona *ret, struct dye_error *err);

/* The same from rows [from, from + n) of a result; a NULL variant is A. The sectors are those the canaries were made
 * for. */
struct person_columns {
    int serial, canary, variant, serial_b, made_on, sector;
};
DYE_MUST_CHECK enum dye_status person_load_rows(const struct home *h, const struct registrar *r, const PGresult *rows,
                                                const struct person_columns *c, int from, int n,
                                                struct dye_persona *ret, struct dye_error *err);

/* Puts one value over a persona's own. `kind` is a kind's name, "sex" or "birth"; false for another. */
DYE_MUST_CHECK bool person_override(struct dye_persona *p, const char *kind, const struct dye_value *v);

#endif
