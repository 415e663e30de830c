#include "dye/attribute.h"

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
