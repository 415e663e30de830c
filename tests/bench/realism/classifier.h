#ifndef BENCH_CLASSIFIER_H
#define BENCH_CLASSIFIER_H
/*
 * classifier: a logistic regression on sparse features of values, of pairs of columns and of what a row shares with
 * others, trained to tell canaries from rows. Five-fold over persons: all rows of a person, and of a household, are in
 * one fold, so that nobody is recognised.
 *
 * A score is compared with those of its own fold alone: each fold has a model of its own, and one trained on more
 * canaries leaves fewer to be found and scores all rows higher, which would push the AUC of all folds together below
 * one half. Rows that show no identifier which a scan could find are not compared: no canary is such a row, which the
 * README says and so anybody knows. They stay in the file that is looked at.
 */
#include "rng.h"
#include "table.h"

struct verdict {
    /* The AUC and the standard error that the judged rows give it, by persons: their rows are alike (Obuchowski, 1997).
     * Training adds to it: over 24 tables of the courier, of 800 rows each, the AUC was 0.503 in the mean and spread by
     * 0.020, where this says 0.014. */
    double auc, error;
    double unfindable; /* share of the table's rows that show nothing to be found by */
};
/* n rows of the table's and n of the canaries', none twice; the file that somebody looks at has all of both. explain:
 * prints what gives canaries away. */
struct verdict classifier_judge(const struct dye_sector *s, const struct row *table, size_t rows,
                                const struct row *canaries, size_t n_canaries, size_t n, bool explain, struct rng *r);

#endif
