#include "overlap.h"

#include <math.h>
#include <stdlib.h>

static double log_choose(uint32_t n, uint32_t k)
{
    int sign;
    return lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) - lgamma_r((double)n - k + 1, &sign);
}

/* P(j + 1 shared) / P(j shared) */
static double step_up(const struct overlap_stratum *s, uint32_t j)
{
    return ((double)s->marked - j) * ((double)s->drawn - j) /
           ((j + 1.0) * ((double)s->total - s->marked - s->drawn + j + 1));
}

static void shift(const double *sum, double *next, uint32_t k, uint32_t j, double p)
{
    for (uint32_t i = 0; i <= k; i++)
        next[i + j < k ? i + j : k] += p * sum[i];
}

/* The distribution of the sum so far, with what is k or more in one place, and one stratum added to it: from its most
 * frequent number outwards, because the first and last may be below the smallest double. */
static void add_stratum(const struct overlap_stratum *s, uint32_t k, double *sum, double *next)
{
    uint32_t high = s->marked < s->drawn ? s->marked : s->drawn;
    uint32_t low = s->drawn > s->total - s->marked ? s->drawn - (s->total - s->marked) : 0;
    uint32_t mode = (uint32_t)(((double)s->marked + 1) * ((double)s->drawn + 1) / ((double)s->total + 2));
    mode = mode < low ? low : mode > high ? high : mode;
    double top = exp(log_choose(s->marked, mode) + log_choose(s->total - s->marked, s->drawn - mode) -
                     log_choose(s->total, s->drawn));
    for (uint32_t i = 0; i <= k; i++)
        next[i] = 0;
    double p = top;
    for (uint32_t j = mode; j <= high && p > 0; p *= step_up(s, j), j++)
        shift(sum, next, k, j, p);
    p = top;
    for (uint32_t j = mode; j > low && p > 0; j--) {
        p /= step_up(s, j - 1);
        shift(sum, next, k, j - 1, p);
    }
    for (uint32_t i = 0; i <= k; i++)
        sum[i] = next[i];
}

enum dye_status overlap_tail(const struct overlap_stratum *s, size_t n, uint32_t k, double *ret)
{
    double *sum = calloc(2 * ((size_t)k + 1), sizeof *sum);
    if (sum == NULL)
        return DYE_E_NOMEM;
    sum[0] = 1;
    for (size_t i = 0; i < n; i++)
        if (s[i].marked != 0 && s[i].drawn != 0)
            add_stratum(&s[i], k, sum, sum + k + 1);
    *ret = fmin(1, sum[k]);
    free(sum);
    return DYE_OK;
}
