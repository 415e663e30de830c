#ifndef BENCH_PLANTING_H
#define BENCH_PLANTING_H
/* planting: what the library makes of a table: a profile, and canaries that follow it, without a database. */
#include "dye/profile.h"
#include "table.h"

/* A sector of config/sectors. */
void planting_sector(const char *name, struct dye_sector *ret);
/* As `source profile` does, and through its text, as it is stored. */
struct dye_profile *planting_learn(const struct dye_sector *s, const struct row *rows, size_t n);
typedef void (*planting_fn)(void *arg, const struct dye_persona *p);
/* The rows of as many canaries as give n rows, of a key that r draws; fn, which may be NULL, is told each. Returns how
 * many canaries. */
size_t planting_fill(const struct table *t, const struct dye_profile *profile, bool pool, size_t n, struct rng *r,
                     struct row *ret, planting_fn fn, void *arg);

#endif
