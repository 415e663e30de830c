#ifndef BENCH_RECALL_COLUMNS_H
#define BENCH_RECALL_COLUMNS_H
/*
 * columns: a table that a seller cut into a file a column: masked mobiles, names, birth dates. As the matcher does (its
 * columns.c), what the first file shows of a canary in a line is asked for in that line of the others, and the bits add
 * up.
 */
#include "registry.h"

/* Prints how many of the canaries hidden in it are found. Whether it holds: 98 in 100 are kept with the name beside the
 * mobile, 98 in 100 are strong with the birth date too, and nobody else is strong. */
bool columns_run(const struct registry *g, struct rng *r);

#endif
