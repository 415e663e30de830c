#include "auc.h"

#include <stdlib.h>

static int compare_scores(const void *a, const void *b)
{
    double x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x > y) - (x < y);
}

double auc_of(struct scored *s, size_t n)
{
    double ranks = 0, canaries = 0;
    qsort(s, n, sizeof *s, compare_scores);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && s[end].score == s[i].score; end++)
            ;
        for (size_t j = i; j < end; j++) {
            ranks += s[j].canary ? (double)(i + end + 1) / 2 : 0;
            canaries += s[j].canary;
        }
    }
    return (ranks - canaries * (canaries + 1) / 2) / (canaries * ((double)n - canaries));
}
