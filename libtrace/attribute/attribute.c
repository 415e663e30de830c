#include "dye/attribute.h"

#include "dye/extent.h"
#include "explanation.h"

#include <math.h>
#include <stdlib.h>

void dye_attribute_params_default(struct dye_attribute_params *ret)
{
    *ret = (struct dye_attribute_params){
        .epsilon = 1e-4,
        .prior = 0.005,
        .min_log10_lr = 4,
        .min_posterior = 0.99,
        .max_p_value = 1e-6,
        .min_log10_margin = 3,
        .min_seen = 2,
        .z = 1.96,
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

static uint32_t holders(const struct model *m, uint32_t canary)
{
    return (uint32_t)(m->holder_from[canary + 1] - m->holder_from[canary]);
}

static double power_of(const struct model *m, const struct dye_attribute_case *c, uint32_t source)
{
    uint64_t population = c->sources[source].population;
    return population == 0 ? NAN : dye_detection_power(population, m->from[source + 1] - m->from[source], c->records);
}

/* Everything that is said of a source apart from how it was judged. */
static void describe(const struct model *m, const struct dye_attribute_case *c, uint32_t source,
                     struct dye_attribution_source *ret)
{
    uint64_t population = c->sources[source].population;
    double elsewhere = 1;
    *ret = (struct dye_attribution_source){
        .source = source,
        .planted = (uint32_t)(m->from[source + 1] - m->from[source]),
        .power = power_of(m, c, source),
        .taken_after = INT64_MIN,
    };
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++) {
        const struct model_holding *h = &m->held[i];
        double probability = m->seen[h->canary];
        elsewhere *= 1 - probability * (1 - DYE_BASELINE_GUESS) / holders(m, h->canary);
        if (probability < 0.5)
            continue;
        ret->seen++;
        if (h->planted_at > ret->taken_after)
            ret->taken_after = h->planted_at;
    }
    ret->baseline = 1 - elsewhere;
    const struct dye_extent_stratum stratum = {population, ret->planted, ret->seen};
    struct dye_extent leaked;
    dye_extent_seeded(&stratum, m->params->z, &leaked);
    ret->leaked = leaked.estimate;
    ret->leaked_low = leaked.low;
    ret->leaked_high = leaked.high;
}

static bool shows_any(const struct model *m, uint32_t source)
{
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++)
        if (m->seen[m->held[i].canary] > 0)
            return true;
    return false;
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

/* A source without canaries has no power, and so has a case where nothing is planted. */
static double weakest(const struct model *m, const struct dye_attribute_case *c, const struct judgement *by_source,
                      bool of_set)
{
    double low = NAN;
    for (uint32_t i = 0; i < m->n_sources; i++)
        if (!of_set || by_source[i].standing == IN_SET)
            low = fmin(low, power_of(m, c, i)); /* fmin ignores a NAN beside a number */
    return m->tested == 0 ? 0 : low;
}

static enum dye_status report(const struct model *m, const struct dye_attribute_case *c,
                              const struct judgement *by_source, uint32_t groups, struct dye_attribution *ret,
                              struct dye_error *err)
{
    struct dye_attribution a = {.controls = m->controls};
    bool named = m->controls == 0; /* the registry, or the matching, can't be trusted while a control shows */
    bool any_in_set = false;
    a.sources = calloc((size_t)m->n_sources + 1, sizeof *a.sources);
    if (a.sources == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    for (uint32_t i = 0; i < m->n_sources; i++) {
        const struct judgement *j = &by_source[i];
        if (m->any_seen && !shows_any(m, i))
            continue;
        struct dye_attribution_source *s = &a.sources[a.n++];
        describe(m, c, i, s);
        s->in_set = named && j->standing == IN_SET;
        s->group = named && j->standing == IN_GROUP ? j->group : 0;
        s->log10_lr = j->weight.log10_lr;
        s->posterior = j->weight.posterior;
        s->p_value = j->weight.p_value;
        any_in_set |= s->in_set;
    }
    for (uint32_t t = 0; t < m->n_canaries; t++)
        a.unexplained += m->seen[t] >= 0.5 && holders(m, t) == 0;
    qsort(a.sources, a.n, sizeof *a.sources, best_first);
    a.groups = named ? groups : 0;
    a.verdict = m->controls > 0 ? DYE_CONTROL_HIT
                : !m->any_seen  ? DYE_NOT_COVERED
                : any_in_set    ? DYE_ATTRIBUTED
                                : DYE_INSUFFICIENT;
    a.power = weakest(m, c, by_source, a.verdict == DYE_ATTRIBUTED);
    *ret = a;
    return DYE_OK;
}

static enum dye_status attribute(struct model *m, const struct dye_attribute_case *c, struct dye_attribution *ret,
                                 struct dye_error *err)
{
    uint32_t groups = 0;
    struct judgement *by_source = calloc((size_t)m->n_sources + 1, sizeof *by_source);
    if (by_source == NULL || explanation_find(m, by_source, &groups) != DYE_OK) {
        free(by_source);
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    }
    enum dye_status status = report(m, c, by_source, groups, ret, err);
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
        status = attribute(&m, c, ret, err);
    model_done(&m);
    return status;
}

void dye_attribution_done(struct dye_attribution *a)
{
    free(a->sources);
    *a = (struct dye_attribution){0};
}
