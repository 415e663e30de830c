#ifndef BENCH_CLASSIFIER_H
#define BENCH_CLASSIFIER_H
/*
 * classifier: a logistic regression on sparse features of values, of pairs of columns and of what a row shares with
 * others, trained to tell canaries from rows. Five-fold over persons: all rows of a person, and of a household, are in
 * one fold, so that nobody is recognised.
 */
#include "rng.h"
#include "table.h"

struct verdict {
    double auc, error; /* and its standard error (Hanley and McNeil, 1982) */
};
/* n rows of the table's and n of the canaries', none twice; the file that somebody looks at has all of both. explain:
 * prints what gives canaries away. */
struct verdict classifier_judge(const struct dye_sector *s, const struct row *table, size_t rows,
                                const struct row *canaries, size_t n_canaries, size_t n, bool explain, struct rng *r);

#endif
