#include "levels.h"

#include "describe.h"
#include "explanation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct levels {
    struct model *m;
    struct coded *k;
    const struct dye_attribute_case *c;
    struct finding *found;
    uint32_t groups;
    uint32_t *depth; /* by source: 1 at the top */
    uint32_t *up;    /* by source: where it goes when this level is left */
    uint32_t *tie;
    bool *above;              /* by source: something below it is in this level's set */
    bool *explained;          /* by canary: held by who was named */
    struct judgement *judged; /* by source, at this level */
    double *total;            /* by source: the e-value of its copies and exclusive canaries together, logarithm */
};

static uint32_t parent_of(const struct levels *l, uint32_t source)
{
    return l->c->sources[source].parent - 1; /* UINT32_MAX at the top */
}

static bool holds_exclusive(const struct model *m, uint32_t source)
{
    return m->exclusive.from[source] < m->exclusive.from[source + 1];
}

/* ---- what the code says ---- */

static void settle_by_code(struct levels *l, uint32_t source, enum standing standing, uint32_t group)
{
    l->judged[source].standing = standing;
    l->judged[source].group = group;
    model_cover(l->m, source);
}

/* Of copies that are the same by a flow, the one that the rest of the evidence speaks for; or all that could be it. */
static void judge_copies(struct levels *l, uint32_t tie)
{
    const struct model *m = l->m;
    double margin = m->params->min_log10_margin * log(10);
    double best = -INFINITY;
    uint32_t rivals = 0;
    for (uint32_t s = tie; s < m->n_sources; s++) {
        if (l->k->shared[s] == 0 || l->tie[s] != tie)
            continue;
        if (l->found[s].named_here)
            return; /* it explains the copies of the others */
        best = fmax(best, l->total[s]);
    }
    if (best < log(l->k->holders / m->params->code_epsilon))
        return;
    for (uint32_t s = tie; s < m->n_sources; s++)
        rivals += l->k->shared[s] > 0 && l->tie[s] == tie && l->total[s] >= best - margin;
    l->groups += rivals > 1;
    for (uint32_t s = tie; s < m->n_sources; s++)
        if (l->k->shared[s] > 0 && l->tie[s] == tie && l->total[s] >= best - margin)
            settle_by_code(l, s, rivals == 1 ? IN_SET : IN_GROUP, rivals == 1 ? 0 : l->groups);
}

static enum dye_status judge_codes(struct levels *l)
{
    const struct model *m = l->m;
    if (l->k->holders == 0)
        return DYE_OK;
    DYE_TRY(coded_ties(l->k, l->tie));
    for (uint32_t s = 0; s < m->n_sources; s++) {
        if (l->k->shared[s] == 0)
            continue;
        l->judged[s].weight = model_weigh(m, s);
        l->total[s] = l->k->log_e[s] + (holds_exclusive(m, s) ? coded_half(l->judged[s].weight.log_leak) : 0);
    }
    for (uint32_t s = 0; s < m->n_sources; s++)
        if (l->k->shared[s] > 0 && l->tie[s] == s)
            judge_copies(l, s);
    return DYE_OK;
}

/* ---- one level ---- */

/* With copies, both parts by halves: who took part in one leak need not have taken part in the other. */
static void keep_weight(const struct levels *l, uint32_t source)
{
    const struct weight *w = &l->judged[source].weight;
    struct finding *f = &l->found[source];
    f->log10_lr = w->log10_lr;
    f->log_leak = w->log_leak;
    if (l->k->shared[source] > 0) {
        double code = coded_half(l->k->log_e[source]);
        f->log10_lr = (coded_half(f->log10_lr * log(10)) + code) / log(10);
        f->log_leak = coded_half(f->log_leak) + code;
    }
    f->row.p_value = w->p_value;
    f->row.code_p_value = NAN;
    if (l->k->shared[source] > 0) {
        f->row.code_p_value = fmin(1, l->k->holders * exp(l->k->log_p[source]));
        f->row.p_value = fmin(1, 2 * fmin(w->p_value, f->row.code_p_value));
    }
}

static void explain_by(struct levels *l, uint32_t source)
{
    const struct holdings *h = &l->m->exclusive;
    for (size_t i = h->from[source]; i < h->from[source + 1]; i++)
        l->explained[h->at[i].canary] = true;
}

/* What is above it says no more than it does. */
static void name(struct levels *l, uint32_t source)
{
    for (uint32_t up = source; up != UINT32_MAX; up = parent_of(l, up)) {
        l->found[up].named_here = true;
        l->found[up].in_set = false;
    }
    l->found[source].in_set = true;
    keep_weight(l, source);
}

/* A group of this level, unless one of a lower level says it more closely. */
static void keep_group(struct levels *l, uint32_t number, uint32_t *kept)
{
    for (uint32_t s = 0; s < l->m->n_sources; s++)
        if (l->judged[s].standing == IN_GROUP && l->judged[s].group == number && l->found[s].tied_here)
            return;
    ++*kept;
    for (uint32_t s = 0; s < l->m->n_sources; s++) {
        if (l->judged[s].standing != IN_GROUP || l->judged[s].group != number)
            continue;
        l->found[s].group = *kept;
        keep_weight(l, s);
        for (uint32_t up = s; up != UINT32_MAX; up = parent_of(l, up))
            l->found[up].tied_here = true;
    }
}

static void mark_above(struct levels *l)
{
    memset(l->above, 0, ((size_t)l->m->n_sources + 1) * sizeof *l->above);
    for (uint32_t s = 0; s < l->m->n_sources; s++)
        for (uint32_t up = parent_of(l, s); up != UINT32_MAX && l->judged[s].standing == IN_SET; up = parent_of(l, up))
            l->above[up] = true;
}

/* Those with the deepest source first, then the ones that most speaks for: what they say is kept, so that the order of
 * the sources does not matter. Few at a level. */
static uint32_t next_group(const struct levels *l, bool *done)
{
    uint32_t best = 0;
    uint32_t depth = 0;
    double lr = -INFINITY;
    for (uint32_t s = 0; s < l->m->n_sources; s++) {
        const struct judgement *j = &l->judged[s];
        if (j->standing != IN_GROUP || done[j->group] || l->depth[s] < depth ||
            (l->depth[s] == depth && j->weight.log10_lr <= lr))
            continue;
        best = j->group;
        depth = l->depth[s];
        lr = j->weight.log10_lr;
    }
    done[best] = true;
    return best;
}

static enum dye_status keep_groups(struct levels *l, uint32_t *kept)
{
    bool *done = calloc((size_t)l->groups + 1, sizeof *done);
    if (done == NULL)
        return DYE_E_NOMEM;
    for (uint32_t number; (number = next_group(l, done)) != 0;)
        keep_group(l, number, kept);
    free(done);
    return DYE_OK;
}

static enum dye_status judge_level(struct levels *l, uint32_t depth, uint32_t *kept)
{
    struct model *m = l->m;
    memset(l->judged, 0, ((size_t)m->n_sources + 1) * sizeof *l->judged);
    for (uint32_t t = 0; t < m->n_canaries; t++)
        m->covered[t] = l->explained[t];
    l->groups = 0;
    DYE_TRY(judge_codes(l));
    DYE_TRY(explanation_find(m, l->judged, &l->groups));
    mark_above(l);
    for (uint32_t s = 0; s < m->n_sources; s++) {
        if (l->judged[s].standing == IN_SET) {
            explain_by(l, s);
            if (!l->found[s].named_here && !l->above[s])
                name(l, s);
        }
        if (l->depth[s] == depth && !l->found[s].in_set && l->found[s].group == 0)
            keep_weight(l, s);
    }
    DYE_TRY(keep_groups(l, kept));
    return describe_level(m, l->k, l->c, l->depth, depth, l->found);
}

/* ---- all of them ---- */

struct mean {
    double top, sum;
    uint32_t n;
};

static void mean_add(struct mean *x, double log_value)
{
    if (x->n++ == 0 || log_value > x->top) {
        x->sum = x->n == 1 ? 1 : x->sum * exp(x->top - log_value) + 1;
        x->top = log_value;
    } else {
        x->sum += exp(log_value - x->top);
    }
}

static double mean_get(const struct mean *x)
{
    return x->top + log(x->sum / x->n);
}

/* "Somebody at or below it" is the mean of "it" and of each one below. */
static enum dye_status pool_ratios(struct levels *l)
{
    uint32_t n = l->m->n_sources;
    struct mean *lr = calloc((size_t)n + 1, sizeof *lr);
    struct mean *leak = calloc((size_t)n + 1, sizeof *leak);
    if (lr != NULL && leak != NULL) {
        for (uint32_t s = 0; s < n; s++)
            for (uint32_t up = s; up != UINT32_MAX && l->found[s].row.planted > 0; up = parent_of(l, up)) {
                mean_add(&lr[up], l->found[s].log10_lr * log(10));
                mean_add(&leak[up], l->found[s].log_leak);
            }
        for (uint32_t s = 0; s < n; s++)
            if (lr[s].n > 0) {
                l->found[s].log10_lr = mean_get(&lr[s]) / log(10);
                l->found[s].log_leak = mean_get(&leak[s]);
            }
    }
    enum dye_status status = lr != NULL && leak != NULL ? DYE_OK : DYE_E_NOMEM;
    free(lr);
    free(leak);
    return status;
}

static enum dye_status judge_all(struct levels *l, uint32_t *ret_groups)
{
    uint32_t deepest = 1;
    for (uint32_t s = 0; s < l->m->n_sources; s++) {
        l->depth[s] = 1;
        for (uint32_t up = parent_of(l, s); up != UINT32_MAX; up = parent_of(l, up))
            l->depth[s]++;
        if (l->depth[s] > deepest)
            deepest = l->depth[s];
    }
    for (uint32_t depth = deepest;; depth--) {
        DYE_TRY(judge_level(l, depth, ret_groups));
        if (depth == 1)
            return pool_ratios(l);
        for (uint32_t s = 0; s < l->m->n_sources; s++)
            l->up[s] = l->depth[s] == depth ? parent_of(l, s) : s;
        DYE_TRY(model_raise(l->m, l->up));
        DYE_TRY(coded_raise(l->k, l->up));
    }
}

enum dye_status levels_judge(struct model *m, struct coded *k, const struct dye_attribute_case *c,
                             struct finding *by_source, uint32_t *ret_groups)
{
    size_t sources = (size_t)m->n_sources + 1;
    struct levels l = {
        .m = m,
        .k = k,
        .c = c,
        .found = by_source,
        .depth = calloc(sources, sizeof *l.depth),
        .up = calloc(sources, sizeof *l.up),
        .tie = calloc(sources, sizeof *l.tie),
        .above = calloc(sources, sizeof *l.above),
        .explained = calloc((size_t)m->n_canaries + 1, sizeof *l.explained),
        .judged = calloc(sources, sizeof *l.judged),
        .total = calloc(sources, sizeof *l.total),
    };
    enum dye_status status = DYE_E_NOMEM;
    *ret_groups = 0;
    if (l.depth != NULL && l.up != NULL && l.tie != NULL && l.above != NULL && l.explained != NULL &&
        l.judged != NULL && l.total != NULL)
        status = judge_all(&l, ret_groups);
    free(l.depth);
    free(l.up);
    free(l.tie);
    free(l.above);
    free(l.explained);
    free(l.judged);
    free(l.total);
    return status;
}
