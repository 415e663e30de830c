#include "coded.h"

#include "dye/code_score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool shows_one(const struct model *m, uint32_t canary)
{
    return m->seen[canary] > 0 && (m->variants[canary] == DYE_CODE_A || m->variants[canary] == DYE_CODE_B);
}

double coded_half(double log_e)
{
    return fmax(log_e, 0) + log1p(exp(-fabs(log_e))) - log(2);
}

/* The positions of one code, or of one holder, side by side as dye/code_score.h takes them. */
struct positions {
    double *bias;
    uint8_t *seen, *held;
    uint32_t *canary;
    size_t n;
};

static bool positions_init(struct positions *p, size_t most)
{
    *p = (struct positions){
        .bias = calloc(most + 1, sizeof *p->bias),
        .seen = calloc(most + 1, sizeof *p->seen),
        .held = calloc(most + 1, sizeof *p->held),
        .canary = calloc(most + 1, sizeof *p->canary),
    };
    return p->bias != NULL && p->seen != NULL && p->held != NULL && p->canary != NULL;
}

static void positions_done(struct positions *p)
{
    free(p->bias);
    free(p->seen);
    free(p->held);
    free(p->canary);
}

static void positions_add(struct positions *p, const struct coded *k, uint32_t canary, uint8_t held)
{
    p->bias[p->n] = k->c->canaries[canary].bias;
    p->seen[p->n] = k->m->variants[canary];
    p->held[p->n] = held;
    p->canary[p->n++] = canary;
}

struct by_code {
    uint32_t code, canary;
};

static int compare_codes(const void *a, const void *b)
{
    const struct by_code *x = a;
    const struct by_code *y = b;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return (x->canary > y->canary) - (x->canary < y->canary);
}

/* A sighting of probability p multiplies by p times what it would, and 1-p times 1: still of mean 1. */
static double faint(double p, double log_factor)
{
    return log(p * exp(log_factor) + 1 - p);
}

/* The factors of one code's positions, its canaries in list[0 .. n). Weak sightings have no part in choosing theta. */
static void weigh_code(struct coded *k, const struct by_code *list, size_t n, struct positions *p)
{
    const struct model *m = k->m;
    p->n = 0;
    for (size_t i = 0; i < n; i++)
        if (m->seen[list[i].canary] >= 0.5)
            positions_add(p, k, list[i].canary, 0);
    double theta = dye_code_tilt(p->bias, p->seen, p->n, log(m->params->code_epsilon / k->holders));
    for (size_t i = 0; i < n; i++) {
        uint32_t t = list[i].canary;
        dye_code_factor(k->c->canaries[t].bias, m->variants[t], theta, &k->log_a[t], &k->log_b[t]);
        k->log_a[t] = faint(m->seen[t], k->log_a[t]);
        k->log_b[t] = faint(m->seen[t], k->log_b[t]);
    }
}

static void count_holders(struct coded *k)
{
    const struct holdings *h = &k->m->shared;
    memset(k->shared, 0, ((size_t)k->m->n_sources + 1) * sizeof *k->shared);
    memset(k->agree, 0, ((size_t)k->m->n_sources + 1) * sizeof *k->agree);
    for (size_t i = 0; i < h->n; i++)
        if (shows_one(k->m, h->at[i].canary)) {
            k->shared[h->at[i].source]++;
            k->agree[h->at[i].source] += (h->at[i].variants & k->m->variants[h->at[i].canary]) != 0;
        }
    k->holders = 0;
    for (uint32_t s = 0; s < k->m->n_sources; s++)
        k->holders += k->shared[s] > 0;
}

static void weigh_holders(struct coded *k, struct positions *p)
{
    const struct holdings *h = &k->m->shared;
    for (uint32_t s = 0; s < k->m->n_sources; s++) {
        if (k->shared[s] == 0)
            continue;
        p->n = 0;
        for (size_t i = h->from[s]; i < h->from[s + 1]; i++) {
            uint32_t t = h->at[i].canary;
            uint8_t held = h->at[i].variants;
            if (held == DYE_CODE_A || held == DYE_CODE_B)
                k->log_e[s] += held == DYE_CODE_A ? k->log_a[t] : k->log_b[t];
            if (shows_one(k->m, t) && k->m->seen[t] >= 0.5)
                positions_add(p, k, t, held);
        }
        if (k->log_e[s] > 0) /* else theta itself says that the bound is 1, or near it */
            k->log_p[s] = dye_code_bound(p->bias, p->seen, p->n, dye_code_score(p->bias, p->seen, p->held, p->n));
    }
}

static void weigh(struct coded *k, struct by_code *list, size_t n, struct positions *p)
{
    qsort(list, n, sizeof *list, compare_codes);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && list[end].code == list[i].code; end++)
            ;
        weigh_code(k, &list[i], end - i, p);
    }
    weigh_holders(k, p);
}

enum dye_status coded_init(struct coded *ret, const struct model *m, const struct dye_attribute_case *c)
{
    size_t sources = (size_t)m->n_sources + 1;
    size_t canaries = (size_t)m->n_canaries + 1;
    struct positions p = {0};
    *ret = (struct coded){
        .m = m,
        .c = c,
        .log_a = calloc(canaries, sizeof *ret->log_a),
        .log_b = calloc(canaries, sizeof *ret->log_b),
        .log_e = calloc(sources, sizeof *ret->log_e),
        .shared = calloc(sources, sizeof *ret->shared),
        .agree = calloc(sources, sizeof *ret->agree),
        .log_p = calloc(sources, sizeof *ret->log_p),
    };
    if (ret->log_a == NULL || ret->log_b == NULL || ret->log_e == NULL || ret->shared == NULL || ret->agree == NULL ||
        ret->log_p == NULL)
        return DYE_E_NOMEM;
    count_holders(ret);
    if (ret->holders == 0)
        return DYE_OK;
    size_t n = 0;
    struct by_code *list = calloc(canaries, sizeof *list);
    bool enough = positions_init(&p, m->n_canaries) && list != NULL;
    if (enough) {
        for (uint32_t t = 0; t < m->n_canaries; t++)
            if (c->canaries[t].bias > 0 && shows_one(m, t))
                list[n++] = (struct by_code){c->canaries[t].code, t};
        weigh(ret, list, n, &p);
    }
    free(list);
    positions_done(&p);
    return enough ? DYE_OK : DYE_E_NOMEM;
}

enum dye_status coded_raise(struct coded *k, const uint32_t *node)
{
    uint32_t n = k->m->n_sources;
    if (k->holders == 0)
        return DYE_OK;
    double *top = calloc((size_t)n + 1, sizeof *top);
    double *sum = calloc((size_t)n + 1, sizeof *sum);
    uint32_t *pooled = calloc((size_t)n + 1, sizeof *pooled);
    if (top == NULL || sum == NULL || pooled == NULL) {
        free(top);
        free(sum);
        free(pooled);
        return DYE_E_NOMEM;
    }
    for (uint32_t s = 0; s < n; s++)
        if (k->shared[s] > 0 && (pooled[node[s]]++ == 0 || k->log_e[s] > top[node[s]]))
            top[node[s]] = k->log_e[s];
    for (uint32_t s = 0; s < n; s++)
        if (k->shared[s] > 0)
            sum[node[s]] += exp(k->log_e[s] - top[node[s]]);
    for (uint32_t s = 0; s < n; s++) {
        if (pooled[s] > 1)
            k->log_p[s] = 0; /* pools are bounded by Markov alone */
        k->log_e[s] = pooled[s] > 0 ? top[s] + log(sum[s] / pooled[s]) : 0;
        k->log_p[s] = fmin(k->log_p[s], -fmax(0, k->log_e[s]));
    }
    free(top);
    free(sum);
    free(pooled);
    count_holders(k);
    return DYE_OK;
}

void coded_done(struct coded *k)
{
    free(k->log_a);
    free(k->log_b);
    free(k->log_e);
    free(k->shared);
    free(k->agree);
    free(k->log_p);
}

/* What two copies are compared by, and whose it is. */
struct copy {
    uint32_t canary, origin, source;
};

static int compare_copies(const void *a, const void *b)
{
    const struct copy *x = a;
    const struct copy *y = b;
    if (x->canary != y->canary)
        return x->canary < y->canary ? -1 : 1;
    if (x->origin != y->origin)
        return x->origin < y->origin ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

static uint32_t root_of(uint32_t *tie, uint32_t s)
{
    while (tie[s] != s)
        s = tie[s] = tie[tie[s]];
    return s;
}

static void tie(uint32_t *ties, uint32_t x, uint32_t y)
{
    uint32_t a = root_of(ties, x);
    uint32_t b = root_of(ties, y);
    ties[a > b ? a : b] = a > b ? b : a;
}

/* Copies of one origin, at each canary that shows a variant. */
static void tie_flows(const struct coded *k, struct copy *copies, uint32_t *ties)
{
    const struct holdings *h = &k->m->shared;
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++)
        if (shows_one(k->m, h->at[i].canary))
            copies[n++] = (struct copy){h->at[i].canary, h->at[i].origin, h->at[i].source};
    qsort(copies, n, sizeof *copies, compare_copies);
    for (size_t i = 1; i < n; i++)
        if (copies[i].canary == copies[i - 1].canary && copies[i].origin == copies[i - 1].origin)
            tie(ties, copies[i - 1].source, copies[i].source);
}

/* A number of what somebody holds; sums of them tell sets apart (the finisher of SplitMix64, Steele et al. 2014). */
static uint64_t mark(uint32_t canary, uint8_t variants)
{
    uint64_t z = ((uint64_t)canary << 2 | variants) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* Copies that are the same throughout, for whatever reason. Not where something shows alone: colluders who give away
 * only what they have alike would look the same. */
static void tie_same(const struct coded *k, struct copy *copies, uint32_t *ties)
{
    const struct holdings *h = &k->m->shared;
    size_t n = 0;
    for (uint32_t s = 0; s < k->m->n_sources; s++) {
        uint64_t sum = 0;
        if (k->shared[s] == 0)
            continue;
        for (size_t i = h->from[s]; i < h->from[s + 1]; i++)
            sum += mark(h->at[i].canary, h->at[i].variants);
        copies[n++] = (struct copy){(uint32_t)(sum >> 32), (uint32_t)sum, s};
    }
    qsort(copies, n, sizeof *copies, compare_copies);
    for (size_t i = 1; i < n; i++)
        if (copies[i].canary == copies[i - 1].canary && copies[i].origin == copies[i - 1].origin)
            tie(ties, copies[i - 1].source, copies[i].source);
}

enum dye_status coded_ties(const struct coded *k, uint32_t *ret_tie)
{
    struct copy *copies = calloc(k->m->shared.n + 1, sizeof *copies);
    if (copies == NULL)
        return DYE_E_NOMEM;
    for (uint32_t s = 0; s < k->m->n_sources; s++)
        ret_tie[s] = s;
    if (k->c->n_flows > 0)
        tie_flows(k, copies, ret_tie);
    tie_same(k, copies, ret_tie);
    for (uint32_t s = 0; s < k->m->n_sources; s++)
        ret_tie[s] = root_of(ret_tie, s);
    free(copies);
    return DYE_OK;
}
