#include "statistics.h"

#include <assert.h>
#include <math.h>

static double log_factorial(double n)
{
    int sign; /* lgamma_r, because lgamma writes a global */
    return lgamma_r(n + 1, &sign);
}

/* log C(n, k). Summed where k is small: lgamma of a large n would lose the digits that the difference needs. */
static double log_choose(uint32_t n, uint32_t k)
{
    if (k > n / 2)
        k = n - k;
    if (k > 1000)
        return log_factorial(n) - log_factorial(k) - log_factorial((double)n - k);
    double sum = 0;
    for (uint32_t i = 1; i <= k; i++)
        sum += log((double)(n - k + i) / i);
    return sum;
}

double dye_binomial_tail(uint32_t n, uint32_t k, double p)
{
    assert(p >= 0 && p <= 1);
    if (k == 0)
        return 1;
    if (k > n || p == 0)
        return 0;
    if (p == 1)
        return 1;
    /* From the term of k upwards, as shares of it. Where they outgrow a double, k is so far below the mean that the
     * tail is 1 to the last digit. */
    double log_first = log_choose(n, k) + k * log(p) + ((double)n - k) * log1p(-p);
    double odds = p / (1 - p);
    double term = 1;
    double sum = 1;
    for (uint32_t j = k; j < n && term > sum * 1e-17; j++) {
        term *= (double)(n - j) / ((double)j + 1) * odds;
        sum += term;
    }
    return fmin(1, exp(log_first + log(sum)));
}

void dye_wilson(uint32_t n, uint32_t k, double z, double *ret_low, double *ret_high)
{
    assert(k <= n);
    if (n == 0) {
        *ret_low = 0;
        *ret_high = 1;
        return;
    }
    double share = (double)k / n;
    double zz = z * z / n;
    double middle = (share + zz / 2) / (1 + zz);
    double half = z * sqrt(share * (1 - share) / n + zz / (4.0 * n)) / (1 + zz);
    /* Exactly 0 and 1 at the ends, where rounding would leave a trace. */
    *ret_low = k == 0 ? 0 : fmax(0, middle - half);
    *ret_high = k == n ? 1 : fmin(1, middle + half);
}

double dye_detection_power(uint64_t population, uint64_t canaries, uint64_t rows)
{
    if (canaries == 0 || rows == 0)
        return 0;
    double all = (double)population + (double)canaries;
    if (population == 0 || (double)rows >= all)
        return 1;
    return -expm1((double)rows * log1p(-(double)canaries / all));
}

uint32_t statistics_astray(uint32_t all, const struct dye_attribute_params *p)
{
    uint32_t low = 0; /* more than that many are too many: not sure of low, sure of high */
    uint32_t high = all;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (dye_binomial_tail(all, mid + 1, p->mislink) <= p->max_mislink_p)
            high = mid;
        else
            low = mid + 1;
    }
    return high + 1 > p->min_seen ? high : p->min_seen - 1;
}

/* How much better, in natural logarithms, `seen` of n canaries explain themselves by the share that fits best. */
static double best_fit(double seen, double n)
{
    double share = seen / n;
    return seen * log(share) + (share < 1 ? (n - seen) * log1p(-share) : 0);
}

/* Both ways, the worst that `power` leaves to expect: a leak upstream shows none of n, and one downstream shows more of
 * them than may be mis-links. That the share which leaked is not known costs an order of magnitude or so. */
static bool tells(uint64_t n, uint32_t upstream, double fraction, double power, const struct dye_attribute_params *p)
{
    double margin = p->min_log10_margin + 1;
    uint32_t astray = statistics_astray((uint32_t)fmin(fraction * (upstream + (double)n) + 0.5, 1e9), p);
    double each = log10(fraction / p->epsilon); /* that one more seen is worth */
    double wanted = astray + ceil(fmax(1, margin / fmax(each, 0.1)));
    uint32_t seen = (uint32_t)(fraction * upstream);
    while (seen > 0 && dye_binomial_tail(upstream, seen, fraction) < power)
        seen--;
    return seen > 0 && best_fit(seen, upstream) - best_fit(seen, upstream + (double)n) >= margin * log(10) &&
           wanted <= (double)n && dye_binomial_tail((uint32_t)n, (uint32_t)wanted, fraction) >= power;
}

uint64_t dye_attribute_flow_needed(uint64_t upstream, double fraction, double power,
                                   const struct dye_attribute_params *p)
{
    struct dye_attribute_params usual;
    enum { MOST = 1 << 24 };
    assert(fraction > 0 && fraction <= 1 && power > 0 && power < 1);
    dye_attribute_params_default(&usual);
    p = p != NULL ? p : &usual;
    if (upstream > MOST)
        upstream = MOST;
    uint64_t low = 0;
    uint64_t high = 1;
    while (!tells(high, (uint32_t)upstream, fraction, power, p)) {
        low = high;
        high *= 2;
        if (high > MOST)
            return UINT64_MAX;
    }
    while (high - low > 1) {
        uint64_t mid = low + (high - low) / 2;
        if (tells(mid, (uint32_t)upstream, fraction, power, p))
            high = mid;
        else
            low = mid;
    }
    return high;
}
