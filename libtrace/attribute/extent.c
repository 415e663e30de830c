#include "dye/extent.h"

#include "dye/attribute.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- size ---- */

static const struct dye_extent unknown = {NAN, NAN, NAN};

void dye_extent_seeded(const struct dye_extent_stratum *s, double z, struct dye_extent *ret)
{
    double n = (double)s->population;
    double low;
    double high;
    *ret = unknown;
    if (s->population == 0 || s->planted == 0)
        return;
    dye_wilson(s->planted, s->seen, z, &low, &high);
    if (s->seen == 0)
        high = fmin(1, 3.0 / s->planted);
    *ret = (struct dye_extent){n * s->seen / s->planted, n * low, n * high};
}

void dye_extent_strata(const struct dye_extent_stratum *s, size_t n, double z, struct dye_extent *ret)
{
    double sum = 0;
    double below = 0;
    double above = 0;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        struct dye_extent one;
        dye_extent_seeded(&s[i], z, &one);
        if (isnan(one.estimate))
            continue;
        any = true;
        sum += one.estimate;
        below += (one.estimate - one.low) * (one.estimate - one.low);
        above += (one.high - one.estimate) * (one.high - one.estimate);
    }
    *ret = any ? (struct dye_extent){sum, sum - sqrt(below), sum + sqrt(above)} : unknown;
}

void dye_extent_chapman(uint64_t first, uint64_t second, uint64_t common, double z, struct dye_extent *ret)
{
    assert(common <= first && common <= second);
    double n1 = (double)first;
    double n2 = (double)second;
    double m = (double)common;
    *ret = unknown;
    if (first == 0 && second == 0)
        return;
    double both = m + 0.5;
    double one = n1 - m + 0.5;
    double other = n2 - m + 0.5;
    double neither = one * other / both;
    double sigma = sqrt(1 / both + 1 / one + 1 / other + 1 / neither);
    double known = n1 + n2 - m;
    ret->estimate = (n1 + 1) * (n2 + 1) / (m + 1) - 1;
    ret->low = fmax(known, known - 0.5 + neither * exp(-z * sigma));
    ret->high = fmax(known, known - 0.5 + neither * exp(z * sigma));
}

/* ---- time ---- */

struct bracket {
    int64_t planted, withdrawn; /* the latest planting and the earliest withdrawal among the canaries seen */
    uint32_t seen;
};

/* What stands in the source changes at such moments. */
struct event {
    int64_t at;
    int held, early, late; /* changes of the numbers that `standing` counts */
};
struct standing {
    int64_t held;  /* canaries */
    int64_t early; /* of these, planted no later than the latest one seen */
    int64_t late;  /* of these, withdrawn no earlier than the first of those seen */
};

static int by_time(const void *a, const void *b)
{
    const struct event *x = a;
    const struct event *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static double log_choose(int64_t n, int64_t k)
{
    int sign;
    return lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) - lgamma_r((double)(n - k) + 1, &sign);
}

/* Whether all k seen would be among `some` of the n held with a probability above the limit. */
static bool plausible(int64_t some, int64_t n, uint32_t k, double limit)
{
    return some >= k && log_choose(some, k) - log_choose(n, k) > log(limit);
}

static size_t list_events(const struct dye_extent_placement *p, size_t n, const struct bracket *b, int64_t acquired_at,
                          struct event *ret)
{
    size_t events = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t end = p[i].withdrawn_at < acquired_at ? p[i].withdrawn_at : acquired_at;
        int early = p[i].planted_at <= b->planted;
        int late = end >= b->withdrawn;
        if (p[i].planted_at >= end)
            continue;
        ret[events++] = (struct event){p[i].planted_at, 1, early, late};
        ret[events++] = (struct event){end, -1, -early, -late};
    }
    qsort(ret, events, sizeof *ret, by_time);
    return events;
}

/* Walks through the times at which something changes, between the certain bounds. */
static void find_likely(const struct event *e, size_t n, const struct bracket *b, double limit,
                        struct dye_extent_taken *t)
{
    struct standing s = {0};
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < n;) {
        int64_t from = e[i].at;
        for (; i < n && e[i].at == from; i++) {
            s.held += e[i].held;
            s.early += e[i].early;
            s.late += e[i].late;
        }
        int64_t to = i < n ? e[i].at : INT64_MAX;
        if (to <= t->after || from >= t->before || s.held < b->seen)
            continue;
        if (plausible(s.late, s.held, b->seen, limit) && from < first)
            first = from;
        if (plausible(s.early, s.held, b->seen, limit))
            last = to;
    }
    if (first <= last && first != INT64_MAX && first < t->before && last > t->after) {
        t->likely_after = first > t->after ? first : t->after;
        t->likely_before = last < t->before ? last : t->before;
    }
}

enum dye_status dye_extent_taken(const struct dye_extent_placement *p, size_t n, int64_t acquired_at, int64_t newest,
                                 double alpha, struct dye_extent_taken *ret, struct dye_error *err)
{
    struct bracket b = {INT64_MIN, acquired_at, 0};
    for (size_t i = 0; i < n; i++) {
        if (!p[i].seen)
            continue;
        b.seen++;
        if (p[i].planted_at > b.planted)
            b.planted = p[i].planted_at;
        if (p[i].withdrawn_at < b.withdrawn)
            b.withdrawn = p[i].withdrawn_at;
    }
    struct dye_extent_taken t = {.after = b.planted, .before = b.withdrawn, .several = b.planted >= b.withdrawn};
    if (t.several)
        t.before = acquired_at;
    t.by_newest = newest > t.after && newest < t.before;
    if (t.by_newest)
        t.after = newest;
    t.likely_after = t.after;
    t.likely_before = t.before;
    if (b.seen != 0 && !t.several) {
        struct event *e = calloc(2 * n, sizeof *e);
        if (e == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "extent: out of memory");
        find_likely(e, list_events(p, n, &b, acquired_at, e), &b, alpha / 2, &t);
        free(e);
    }
    *ret = t;
    return DYE_OK;
}
