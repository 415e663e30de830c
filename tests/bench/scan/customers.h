#ifndef BENCH_CUSTOMERS_H
#define BENCH_CUSTOMERS_H
/* customers: a made-up customer list in four layouts, and lists of identifiers of which it holds some. */
#include "rng.h"

#include <stdbool.h>
#include <stdio.h>

/* Values of nobody: the ranges that they are drawn from have never been assigned. */
enum { MOBILE, ID, EMAIL, VALUES };
void customers_value(struct rng *r, int kind, char ret[64]);

struct layout {
    const char *name, *row; /* of name, mobile, ID, e-mail, address */
    const char *awk;        /* separator, and the fields */
};
enum { LAYOUTS = 4 };
extern const struct layout layouts[LAYOUTS];

/* At least so many bytes of whole rows. One row in 10,000 holds a value that customers_listed gives for an i < 300.
 * False when f takes no more. */
bool customers_write(FILE *f, const struct layout *l, uint64_t bytes, uint64_t seed);

/* Lists: draw from *r, begun by customers_list, the values number 0, 1, 2 ... one after another. */
void customers_list(struct rng *r, uint64_t seed);
static inline void customers_listed(struct rng *r, uint64_t i, char ret[64])
{
    customers_value(r, (int)(i % VALUES), ret);
}

#endif
