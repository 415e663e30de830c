#ifndef TEST_AUC_H
#define TEST_AUC_H
/* auc: how well a score tells canaries from rows: the chance that a canary scores above a row, ties shared. */
#include <stdbool.h>
#include <stddef.h>

struct scored {
    double score;
    bool canary;
};
/* Sorts s, the lowest score first. There is at least one of each. */
double auc_of(struct scored *s, size_t n);

#endif
