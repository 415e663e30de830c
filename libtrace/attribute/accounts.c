#include "dye/accounts.h"

#include "overlap.h"

#include <math.h>
#include <stdlib.h>

static const double upper_z = 2.326; /* one-sided 99 % */

/* Canaries of each place in the order of planting, in groups. */
struct groups {
    const struct dye_accounts_case *c;
    uint32_t *of;                    /* by canary: the number of its group */
    struct overlap_stratum *stratum; /* total and drawn are set; marked is an account's */
    uint32_t n;
};

struct dated {
    uint32_t place;
    int64_t at;
    uint32_t canary;
};

static int by_place_and_time(const void *a, const void *b)
{
    const struct dated *x = a;
    const struct dated *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->canary > y->canary) - (x->canary < y->canary);
}

/* Those of order[from..] that are of one place with the first: one or several groups. Canaries planted at one moment
 * are never parted; a last group that is too small goes to the one before. */
static size_t group_place(struct groups *g, const struct dated *order, size_t from)
{
    size_t end = from;
    size_t size = 0;
    while (end < g->c->n_canaries && order[end].place == order[from].place)
        end++;
    for (size_t i = from; i < end; i++) {
        if (size >= DYE_ACCOUNTS_STRATUM && order[i].at != order[i - 1].at && end - i >= DYE_ACCOUNTS_STRATUM) {
            g->n++;
            size = 0;
        }
        size++;
        g->of[order[i].canary] = g->n;
        g->stratum[g->n].total++;
        g->stratum[g->n].drawn += g->c->canaries[order[i].canary].seen >= 0.5;
    }
    g->n++;
    return end;
}

static bool groups_init(struct groups *g, const struct dye_accounts_case *c)
{
    struct dated *order = calloc(c->n_canaries + 1, sizeof *order);
    *g = (struct groups){.c = c};
    g->of = calloc(c->n_canaries + 1, sizeof *g->of);
    g->stratum = calloc(c->n_canaries + 1, sizeof *g->stratum);
    if (order != NULL && g->of != NULL && g->stratum != NULL) {
        for (uint32_t i = 0; i < c->n_canaries; i++)
            order[i] = (struct dated){c->canaries[i].place, c->canaries[i].planted_at, i};
        qsort(order, c->n_canaries, sizeof *order, by_place_and_time);
        for (size_t i = 0; i < c->n_canaries;)
            i = group_place(g, order, i);
    }
    free(order);
    return g->n > 0;
}

static void groups_done(struct groups *g)
{
    free(g->of);
    free(g->stratum);
}

static int by_account_canary(const void *a, const void *b)
{
    const struct dye_attribute_holding *x = a;
    const struct dye_attribute_holding *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->canary > y->canary) - (x->canary < y->canary);
}

/* P(an account that opened as many of each group opened so many that leaked). */
static enum dye_status chance_of(struct groups *g, const struct dye_attribute_holding *h, size_t n, uint32_t account,
                                 double *ret)
{
    uint32_t shared = 0;
    for (uint32_t i = 0; i < g->n; i++)
        g->stratum[i].marked = 0;
    for (size_t i = 0; i < n; i++) {
        if (h[i].source != account)
            continue;
        g->stratum[g->of[h[i].canary]].marked++;
        shared += g->c->canaries[h[i].canary].seen >= 0.5;
    }
    return overlap_tail(g->stratum, g->n, shared, ret);
}

/* What was touched in time, once each. */
static size_t take_touches(const struct dye_accounts_case *c, struct dye_attribute_holding *ret)
{
    size_t n = 0;
    size_t kept = 0;
    for (size_t i = 0; i < c->n_touches; i++)
        if (c->touches[i].at < c->taken_before)
            ret[n++] = (struct dye_attribute_holding){.canary = c->touches[i].canary, .source = c->touches[i].account};
    qsort(ret, n, sizeof *ret, by_account_canary);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_account_canary(&ret[kept - 1], &ret[i]) != 0)
            ret[kept++] = ret[i];
    return kept;
}

/* Of a group one had a part; not so when none of it exceeds chance. What is left is numbered anew. */
static void keep_groups(struct dye_attribution *a, double max_p_value)
{
    uint32_t kept = 0;
    for (uint32_t g = 1; g <= a->groups; g++) {
        bool any = false;
        for (size_t i = 0; i < a->n; i++)
            any |= a->sources[i].group == g && a->sources[i].p_value <= max_p_value;
        kept += any;
        for (size_t i = 0; i < a->n; i++)
            if (a->sources[i].group == g)
                a->sources[i].group = any ? kept : 0;
    }
    a->groups = kept;
}

/* Who opened no more of what leaked than anybody who worked at the time is not named. */
static enum dye_status hold_against_time(struct groups *g, const struct dye_attribute_holding *h, size_t n,
                                         double max_p_value, struct dye_attribution *a)
{
    uint32_t accounts = 0;
    bool any = false;
    for (size_t i = 0; i < n; i++)
        accounts += i == 0 || h[i].source != h[i - 1].source;
    for (size_t i = 0; i < a->n; i++) {
        struct dye_attribution_source *s = &a->sources[i];
        double p;
        DYE_TRY(chance_of(g, h, n, s->source, &p));
        s->p_value = fmax(s->p_value, fmin(1, p * accounts));
        s->in_set = s->in_set && s->p_value <= max_p_value;
        any |= s->in_set;
    }
    keep_groups(a, max_p_value);
    if (a->verdict == DYE_ATTRIBUTED && !any)
        a->verdict = DYE_INSUFFICIENT;
    return DYE_OK;
}

static enum dye_status judge(const struct dye_accounts_case *c, const struct dye_attribute_params *p,
                             struct dye_attribute_case *below, struct dye_attribution *ret, struct dye_error *err)
{
    struct groups g = {0};
    struct dye_attribution a;
    DYE_TRY(dye_attribute(below, p, &a, err));
    if (below->n_holdings == 0)
        a.verdict = DYE_NOT_COVERED;
    enum dye_status status = DYE_OK;
    if (c->n_canaries > 0)
        status = groups_init(&g, c) ? hold_against_time(&g, below->holdings, below->n_holdings, p->max_p_value, &a)
                                    : DYE_E_NOMEM;
    groups_done(&g);
    if (status != DYE_OK) {
        dye_attribution_done(&a);
        DYE_FAIL(err, status, "accounts: out of memory");
    }
    *ret = a;
    return DYE_OK;
}

enum dye_status dye_accounts(const struct dye_accounts_case *c, const struct dye_attribute_params *p,
                             struct dye_attribution *ret, double *ret_chance, struct dye_error *err)
{
    struct dye_attribute_params params;
    uint32_t seen = 0;
    double low;
    double chance;
    if (p != NULL)
        params = *p;
    else
        dye_attribute_params_default(&params);
    for (size_t i = 0; i < c->n_touches; i++)
        if (c->touches[i].account >= c->n_accounts || c->touches[i].canary >= c->n_canaries)
            DYE_FAIL(err, DYE_E_USAGE, "accounts: touch %zu names an account or a canary that is not there", i);
    struct dye_attribute_source *sources = calloc(c->n_accounts + 1, sizeof *sources);
    struct dye_attribute_canary *canaries = calloc(c->n_canaries + 1, sizeof *canaries);
    struct dye_attribute_holding *holdings = calloc(c->n_touches + 1, sizeof *holdings);
    struct dye_attribute_seen *sighted = calloc(c->n_canaries + 1, sizeof *sighted);
    enum dye_status status = DYE_E_NOMEM;
    if (sources != NULL && canaries != NULL && holdings != NULL && sighted != NULL) {
        struct dye_attribute_case below = {.sources = sources,
                                           .n_sources = c->n_accounts,
                                           .canaries = canaries,
                                           .n_canaries = c->n_canaries,
                                           .holdings = holdings,
                                           .n_holdings = take_touches(c, holdings),
                                           .seen = sighted};
        for (uint32_t i = 0; i < c->n_canaries; i++)
            if (c->canaries[i].seen > 0) {
                sighted[below.n_seen++] = (struct dye_attribute_seen){.canary = i, .probability = c->canaries[i].seen};
                seen += c->canaries[i].seen >= 0.5;
            }
        dye_wilson((uint32_t)c->n_canaries, seen, upper_z, &low, &chance);
        params.epsilon = fmin(0.999, fmax(params.epsilon, chance));
        status = judge(c, &params, &below, ret, err);
        if (status == DYE_OK)
            *ret_chance = params.epsilon;
    } else {
        dye_fail(err, DYE_E_NOMEM, "accounts: out of memory");
    }
    free(sources);
    free(canaries);
    free(holdings);
    free(sighted);
    return status;
}
