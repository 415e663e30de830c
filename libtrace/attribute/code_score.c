#include "dye/code_score.h"

#include <assert.h>
#include <math.h>

/* What a position pays to who had A and to who had B; false where it says nothing. */
static bool pay(double bias, uint8_t seen, double *ret_a, double *ret_b)
{
    assert(bias > 0 && bias < 1);
    double b = sqrt((1 - bias) / bias);
    if (seen != DYE_CODE_A && seen != DYE_CODE_B)
        return false;
    *ret_a = seen == DYE_CODE_A ? 1 / b : -1 / b;
    *ret_b = seen == DYE_CODE_B ? b : -b;
    return true;
}

double dye_code_score(const double *bias, const uint8_t *seen, const uint8_t *held, size_t n)
{
    double score = 0;
    for (size_t j = 0; j < n; j++) {
        double a;
        double b;
        if (!pay(bias[j], seen[j], &a, &b))
            continue;
        if (held[j] == DYE_CODE_A)
            score += a;
        else if (held[j] == DYE_CODE_B)
            score += b;
    }
    return score;
}

/* K = ln E exp(theta S) of a holder who took no part, and its first two derivatives. */
struct cumulant {
    double k, mean, variance;
};

static struct cumulant cumulant_at(const double *bias, const uint8_t *seen, size_t n, double theta)
{
    struct cumulant c = {0};
    for (size_t j = 0; j < n; j++) {
        double a;
        double b;
        if (!pay(bias[j], seen[j], &a, &b))
            continue;
        /* The larger exponent is taken out, so that nothing overflows. It is the one that pays more, theta >= 0. */
        double top = fmax(a, b);
        double weight_a = (1 - bias[j]) * exp(theta * (a - top));
        double weight_b = bias[j] * exp(theta * (b - top));
        double share_b = weight_b / (weight_a + weight_b);
        c.k += theta * top + log(weight_a + weight_b);
        c.mean += a + share_b * (b - a);
        c.variance += share_b * (1 - share_b) * (b - a) * (b - a);
    }
    return c;
}

/* The highest score there is, and the logarithm of its probability. */
static double highest(const double *bias, const uint8_t *seen, size_t n, double *ret_log_p)
{
    double score = 0;
    *ret_log_p = 0;
    for (size_t j = 0; j < n; j++) {
        double a;
        double b;
        if (!pay(bias[j], seen[j], &a, &b))
            continue;
        score += fmax(a, b);
        *ret_log_p += a > b ? log1p(-bias[j]) : log(bias[j]);
    }
    return score;
}

enum { PASSES = 200 };

/* Newton's steps on a rising function of theta, halved back into the bracket where they leave it. `want` is met from
 * below by theta = 0 and from above by a theta that doubling finds. Any theta gives a bound that holds; a better one, a
 * sharper one. */
static double solve(const double *bias, const uint8_t *seen, size_t n, bool legendre, double want)
{
    double low = 0;
    double high = INFINITY;
    double theta = 0.1;
    for (int pass = 0; pass < PASSES; pass++) {
        struct cumulant c = cumulant_at(bias, seen, n, theta);
        double here = legendre ? theta * c.mean - c.k : c.mean;
        double slope = legendre ? theta * c.variance : c.variance;
        if (fabs(here - want) <= 1e-12 * (1 + fabs(want)))
            break;
        if (here < want)
            low = theta;
        else
            high = theta;
        double next = theta + (want - here) / slope;
        if (!(next > low && next < high))
            next = isinf(high) ? 2 * low : (low + high) / 2;
        else if (next > 4 * theta)
            next = 4 * theta;
        if (next == theta || next > 1e6)
            break;
        theta = next;
    }
    return theta;
}

double dye_code_bound(const double *bias, const uint8_t *seen, size_t n, double score)
{
    double log_p;
    double most = highest(bias, seen, n, &log_p);
    double slack = 1e-9 * (1 + fabs(most)); /* of summing in another order */
    if (!(score > 0))
        return 0;
    if (score > most + slack)
        return -INFINITY;
    if (score >= most - slack)
        return log_p;
    double theta = solve(bias, seen, n, false, score);
    return fmin(0, cumulant_at(bias, seen, n, theta).k - theta * score);
}

double dye_code_threshold(const double *bias, const uint8_t *seen, size_t n, double log_p)
{
    assert(log_p < 0);
    double most_log_p;
    double most = highest(bias, seen, n, &most_log_p);
    if (most_log_p > log_p)
        return INFINITY;
    double theta = solve(bias, seen, n, true, -log_p);
    /* K - theta s = log_p for this very theta: what is returned holds, however near the optimum theta came. */
    return fmin(most, (cumulant_at(bias, seen, n, theta).k - log_p) / theta);
}

double dye_code_tilt(const double *bias, const uint8_t *seen, size_t n, double log_p)
{
    assert(log_p < 0);
    double most_log_p;
    highest(bias, seen, n, &most_log_p);
    if (most_log_p == 0)
        return 0; /* nothing was seen */
    return solve(bias, seen, n, true, most_log_p > log_p ? -most_log_p / 2 : -log_p);
}

void dye_code_factor(double bias, uint8_t seen, double theta, double *ret_a, double *ret_b)
{
    double a;
    double b;
    *ret_a = *ret_b = 0;
    if (!pay(bias, seen, &a, &b))
        return;
    double top = theta * fmax(a, b);
    double mean = top + log((1 - bias) * exp(theta * a - top) + bias * exp(theta * b - top));
    *ret_a = theta * a - mean;
    *ret_b = theta * b - mean;
}
