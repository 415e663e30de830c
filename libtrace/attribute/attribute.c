#include "dye/attribute.h"

#include "levels.h"

#include <math.h>
#include <stdlib.h>

void dye_attribute_params_default(struct dye_attribute_params *ret)
{
    *ret = (struct dye_attribute_params){
        .epsilon = 1e-4,
        .prior = 0.005,
        .min_log10_lr = 4,
        .min_posterior = 0.99,
        .max_p_value = 1e-5,
        .min_log10_margin = 3,
        .min_seen = 2,
        .z = 1.96,
        .mislink = 0.05,
        .max_mislink_p = 5e-4,
        .code_epsilon = 1e-3,
    };
}

const char *dye_attribution_verdict_name(enum dye_attribution_verdict v)
{
    static const char *const names[] = {
        [DYE_ATTRIBUTED] = "attributed",
        [DYE_INSUFFICIENT] = "insufficient",
        [DYE_NOT_COVERED] = "not-covered",
        [DYE_CONTROL_HIT] = "control-hit",
    };
    return names[v];
}

static int rank(const struct dye_attribution_source *s)
{
    return s->in_set ? 0 : s->group != 0 ? 1 : 2;
}

static int best_first(const void *a, const void *b)
{
    const struct dye_attribution_source *x = a;
    const struct dye_attribution_source *y = b;
    if (rank(x) != rank(y))
        return rank(x) - rank(y);
    if (x->log10_lr != y->log10_lr)
        return x->log10_lr > y->log10_lr ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* A source without canaries has no power, and so has a case where nothing is planted. What only groups others has no
 * population. */
static double weakest(const struct model *m, const struct finding *by_source, bool of_set)
{
    double low = NAN;
    bool any = false;
    for (uint32_t i = 0; i < m->n_sources; i++) {
        any |= by_source[i].row.planted > 0;
        if (!of_set || by_source[i].in_set)
            low = fmin(low, by_source[i].row.power); /* fmin ignores a NAN beside a number */
    }
    return any ? low : 0;
}

/* Canaries seen that nobody held. Every holding is somebody's at any level. */
static uint32_t count_unexplained(const struct model *m, bool *held)
{
    uint32_t n = 0;
    for (size_t i = 0; i < m->exclusive.n; i++)
        held[m->exclusive.at[i].canary] = true;
    for (size_t i = 0; i < m->shared.n; i++)
        held[m->shared.at[i].canary] = true;
    for (uint32_t t = 0; t < m->n_canaries; t++)
        n += m->seen[t] >= 0.5 && !held[t];
    return n;
}

static enum dye_status report(const struct model *m, const struct finding *by_source, uint32_t groups,
                              struct dye_attribution *ret)
{
    struct dye_attribution a = {.controls = m->controls, .inherited = m->inherited};
    bool named = m->controls == 0; /* the registry, or the matching, can't be trusted while a control shows */
    bool any_in_set = false;
    bool *held = calloc((size_t)m->n_canaries + 1, sizeof *held);
    a.sources = calloc((size_t)m->n_sources + 1, sizeof *a.sources);
    if (a.sources == NULL || held == NULL) {
        free(a.sources);
        free(held);
        return DYE_E_NOMEM;
    }
    for (uint32_t i = 0; i < m->n_sources; i++) {
        const struct finding *f = &by_source[i];
        if (m->any_seen && !f->shows)
            continue;
        struct dye_attribution_source *s = &a.sources[a.n++];
        *s = f->row;
        s->in_set = named && f->in_set;
        s->group = named ? f->group : 0;
        s->log10_lr = f->log10_lr;
        s->posterior = model_posterior(m, f->log_leak);
        any_in_set |= s->in_set;
    }
    a.unexplained = count_unexplained(m, held);
    free(held);
    qsort(a.sources, a.n, sizeof *a.sources, best_first);
    a.groups = named ? groups : 0;
    a.verdict = m->controls > 0                     ? DYE_CONTROL_HIT
                : !m->any_seen && m->inherited == 0 ? DYE_NOT_COVERED
                : any_in_set                        ? DYE_ATTRIBUTED
                                                    : DYE_INSUFFICIENT;
    a.power = weakest(m, by_source, a.verdict == DYE_ATTRIBUTED);
    *ret = a;
    return DYE_OK;
}

static enum dye_status attribute(struct model *m, const struct dye_attribute_case *c, struct dye_attribution *ret)
{
    struct coded k;
    uint32_t groups = 0;
    struct finding *by_source = calloc((size_t)m->n_sources + 1, sizeof *by_source);
    enum dye_status status = coded_init(&k, m, c);
    if (status == DYE_OK)
        status = by_source != NULL ? levels_judge(m, &k, c, by_source, &groups) : DYE_E_NOMEM;
    if (status == DYE_OK)
        status = report(m, by_source, groups, ret);
    coded_done(&k);
    free(by_source);
    return status;
}

enum dye_status dye_attribute(const struct dye_attribute_case *c, const struct dye_attribute_params *p,
                              struct dye_attribution *ret, struct dye_error *err)
{
    struct dye_attribute_params usual;
    struct model m;
    dye_attribute_params_default(&usual);
    enum dye_status status = model_init(&m, c, p != NULL ? p : &usual, err);
    if (status == DYE_OK)
        status = attribute(&m, c, ret);
    model_done(&m);
    if (status == DYE_E_NOMEM)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    return status;
}

void dye_attribution_done(struct dye_attribution *a)
{
    free(a->sources);
    *a = (struct dye_attribution){0};
}
