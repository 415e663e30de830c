#include "model.h"

#include <math.h>
#include <stdlib.h>

enum { GRID_LOG = 51, GRID_UNIFORM = MODEL_GRID - GRID_LOG };

/*
 * The grid of row survival. Half the weight is even over orders of magnitude, because insiders sell anything from a
 * hundred rows to the whole table; half is even over shares, so that a full export is not thought unlikely.
 */
static double survival(unsigned g)
{
    return g < GRID_LOG ? pow(10, -4.0 + 4.0 * g / (GRID_LOG - 1)) : (double)(g - GRID_LOG + 1) / GRID_UNIFORM;
}

static double log_mean_exp(const double *x, unsigned n)
{
    double top = x[0];
    for (unsigned i = 1; i < n; i++)
        top = fmax(top, x[i]);
    double sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += exp(x[i] - top);
    return top + log(sum / n);
}

/* Each factor is at most 1/epsilon, so that a few of them fit a double, and one logarithm does for all. */
enum { FACTORS_MAX = 16 };

static void take_logs(double *ll, double *product)
{
    for (unsigned g = 0; g < MODEL_GRID; g++) {
        ll[g] += log(product[g]);
        product[g] = 1;
    }
}

/* All against "not leaked". A sighting: (p q + (1-p)(1-q)) / (p epsilon + (1-p)(1-epsilon)). A canary not seen:
 * (1-q) / (1-epsilon), which is 1-r; at r = 1 it is 0, since a source whose canary is missing can't have leaked all. */
double model_log10_lr(const struct model *m, uint32_t source)
{
    double epsilon = m->params->epsilon;
    double ll[MODEL_GRID] = {0};
    double product[MODEL_GRID];
    unsigned factors = 0;
    uint32_t unseen = 0;
    for (unsigned g = 0; g < MODEL_GRID; g++)
        product[g] = 1;
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++) {
        uint32_t t = m->held[i].canary;
        double p = m->seen[t];
        if (m->covered[t] != 0)
            continue;
        if (p <= 0) {
            unseen++;
            continue;
        }
        double null = p * epsilon + (1 - p) * (1 - epsilon);
        for (unsigned g = 0; g < MODEL_GRID; g++)
            product[g] *= (p * m->q[g] + (1 - p) * (1 - m->q[g])) / null;
        if (++factors % FACTORS_MAX == 0)
            take_logs(ll, product);
    }
    take_logs(ll, product);
    for (unsigned g = 0; g < MODEL_GRID && unseen > 0; g++)
        ll[g] += unseen * log1p(-m->survival[g]);
    return log_mean_exp(ll, MODEL_GRID) / log(10);
}

struct weight model_weigh(const struct model *m, uint32_t source)
{
    const struct dye_attribute_params *p = m->params;
    struct weight w = {.log10_lr = model_log10_lr(m, source)};
    uint32_t held = 0;
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++) {
        uint32_t t = m->held[i].canary;
        held += m->covered[t] == 0;
        w.seen += m->covered[t] == 0 && m->seen[t] >= 0.5;
    }
    w.posterior = 1 / (1 + exp(-(w.log10_lr * log(10) + log(p->prior) - log1p(-p->prior))));
    w.p_value = fmin(1, dye_binomial_tail(held, w.seen, p->epsilon) * m->tested);
    return w;
}

bool weight_passes(const struct weight *w, const struct dye_attribute_params *p)
{
    return w->seen >= p->min_seen && w->log10_lr >= p->min_log10_lr && w->posterior >= p->min_posterior &&
           w->p_value <= p->max_p_value;
}

void model_cover(struct model *m, uint32_t source)
{
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++)
        m->covered[m->held[i].canary]++;
}

void model_uncover(struct model *m, uint32_t source)
{
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++)
        m->covered[m->held[i].canary]--;
}

static int by_source_canary_time(const void *a, const void *b)
{
    const struct model_holding *x = a;
    const struct model_holding *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->canary != y->canary)
        return x->canary < y->canary ? -1 : 1;
    return (x->planted_at > y->planted_at) - (x->planted_at < y->planted_at);
}

static enum dye_status check(const struct dye_attribute_case *c, const struct dye_attribute_params *p,
                             struct dye_error *err)
{
    if (!(p->epsilon >= 1e-15 && p->epsilon < 1 && p->prior > 0 && p->prior < 1 && p->z >= 0) || p->min_seen == 0)
        DYE_FAIL(err, DYE_E_USAGE, "attribution: a parameter is out of its range");
    if (c->n_sources >= UINT32_MAX || c->n_canaries >= UINT32_MAX)
        DYE_FAIL(err, DYE_E_USAGE, "attribution: more sources or canaries than fit");
    for (size_t i = 0; i < c->n_holdings; i++)
        if (c->holdings[i].canary >= c->n_canaries || c->holdings[i].source >= c->n_sources)
            DYE_FAIL(err, DYE_E_USAGE, "attribution: holding %zu names a source or canary that is not there", i);
    for (size_t i = 0; i < c->n_seen; i++)
        if (c->seen[i].canary >= c->n_canaries || !(c->seen[i].probability >= 0 && c->seen[i].probability <= 1))
            DYE_FAIL(err, DYE_E_USAGE, "attribution: sighting %zu has no such canary or no probability", i);
    return DYE_OK;
}

static void take_sightings(struct model *m, const struct dye_attribute_case *c)
{
    for (size_t i = 0; i < c->n_seen; i++)
        m->seen[c->seen[i].canary] = fmax(m->seen[c->seen[i].canary], c->seen[i].probability);
    for (size_t i = 0; i < c->n_seen; i++) {
        uint32_t t = c->seen[i].canary;
        m->inherited += c->seen[i].inherited && m->seen[t] > 0 && !c->canaries[t].control;
        if (c->seen[i].inherited && !c->canaries[t].control)
            m->seen[t] = 0;
    }
    for (uint32_t t = 0; t < m->n_canaries; t++) {
        if (c->canaries[t].control) {
            m->controls += m->seen[t] >= 0.5;
            m->seen[t] = 0;
        }
        m->any_seen |= m->seen[t] > 0;
    }
}

static void take_holdings(struct model *m, const struct dye_attribute_case *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_holdings; i++) {
        const struct dye_attribute_holding *h = &c->holdings[i];
        if (h->planted_at <= c->acquired_at && !c->canaries[h->canary].control)
            m->held[n++] = (struct model_holding){h->source, h->canary, h->planted_at};
    }
    qsort(m->held, n, sizeof *m->held, by_source_canary_time);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || m->held[kept - 1].source != m->held[i].source || m->held[kept - 1].canary != m->held[i].canary)
            m->held[kept++] = m->held[i];

    /* Both directions by counting: sizes, then where each begins, then the holders in their places. */
    for (size_t i = 0; i < kept; i++) {
        m->from[m->held[i].source + 1]++;
        m->holder_from[m->held[i].canary + 1]++;
    }
    for (uint32_t i = 0; i < m->n_sources; i++) {
        m->tested += m->from[i + 1] > 0;
        m->from[i + 1] += m->from[i];
    }
    for (uint32_t t = 0; t < m->n_canaries; t++)
        m->holder_from[t + 1] += m->holder_from[t];
    for (size_t i = 0; i < kept; i++) /* `covered` counts what is placed, and is left all zero */
        m->holder[m->holder_from[m->held[i].canary] + m->covered[m->held[i].canary]++] = m->held[i].source;
    for (uint32_t t = 0; t < m->n_canaries; t++)
        m->covered[t] = 0;
}

enum dye_status model_init(struct model *m, const struct dye_attribute_case *c,
                           const struct dye_attribute_params *params, struct dye_error *err)
{
    *m = (struct model){.params = params};
    for (unsigned g = 0; g < MODEL_GRID; g++)
        m->survival[g] = survival(g);
    for (unsigned g = 0; g < MODEL_GRID; g++)
        m->q[g] = m->survival[g] + params->epsilon * (1 - m->survival[g]);
    DYE_TRY(check(c, params, err));
    m->n_sources = (uint32_t)c->n_sources;
    m->n_canaries = (uint32_t)c->n_canaries;
    m->seen = calloc(c->n_canaries + 1, sizeof *m->seen);
    m->covered = calloc(c->n_canaries + 1, sizeof *m->covered);
    m->held = calloc(c->n_holdings + 1, sizeof *m->held);
    m->from = calloc(c->n_sources + 1, sizeof *m->from);
    m->holder = calloc(c->n_holdings + 1, sizeof *m->holder);
    m->holder_from = calloc(c->n_canaries + 1, sizeof *m->holder_from);
    if (m->seen == NULL || m->covered == NULL || m->held == NULL || m->from == NULL || m->holder == NULL ||
        m->holder_from == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    take_sightings(m, c);
    take_holdings(m, c);
    return DYE_OK;
}

void model_done(struct model *m)
{
    free(m->seen);
    free(m->covered);
    free(m->held);
    free(m->from);
    free(m->holder);
    free(m->holder_from);
}
