#include "model.h"

#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID_LOG = 51, GRID_UNIFORM = MODEL_GRID - GRID_LOG };

/* Of the dumps that have mis-links, those whose mis-links all fall on one source. */
static const double systematic = 0.1;

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

/* The rates that a source's canaries are weighed at: leaked with each survival, then the two ways to be mistaken. */
enum { SCATTERED = MODEL_GRID, ON_ONE, RATES };

static void take_logs(double *ll, double *product)
{
    for (unsigned g = 0; g < RATES; g++) {
        ll[g] += log(product[g]);
        product[g] = 1;
    }
}

/* The other sightings that mis-links may come from: as many as its most seen other source shows. Of more, merged from
 * many leaks, they do not all fall on the same one. */
static uint32_t seen_besides(const struct model *m, uint32_t source)
{
    uint32_t most = m->seen_of[source] == m->most[0] ? m->most[1] : m->most[0];
    uint32_t others = m->n_seen - m->seen_of[source];
    return most < others ? most : others;
}

/* All against "not leaked". A sighting: (p q + (1-p)(1-q)) / (p epsilon + (1-p)(1-epsilon)). A canary not seen:
 * (1-q) / (1-epsilon), which is 1-r; at r = 1 it is 0, since a source whose canary is missing can't have leaked all. */
static void weigh_rates(const struct model *m, uint32_t source, double *ll)
{
    double epsilon = m->params->epsilon;
    const struct holdings *h = &m->exclusive;
    double q[RATES];
    double product[RATES];
    unsigned factors = 0;
    uint32_t unseen = 0;
    double held = (double)(h->from[source + 1] - h->from[source]);
    double others = fmax(0, m->expected_seen - m->seen_of[source]);
    memcpy(q, m->q, sizeof m->q);
    q[SCATTERED] = epsilon + fmin(0.5, others * m->params->mislink / fmax(1, m->n_held)) * (1 - epsilon);
    q[ON_ONE] =
        epsilon +
        fmin(0.5, m->params->mislink * (m->seen_of[source] + seen_besides(m, source)) / fmax(1, held)) * (1 - epsilon);
    for (unsigned g = 0; g < RATES; g++) {
        product[g] = 1;
        ll[g] = 0;
    }
    for (size_t i = h->from[source]; i < h->from[source + 1]; i++) {
        uint32_t t = h->at[i].canary;
        double p = m->seen[t];
        if (m->covered[t] != 0)
            continue;
        if (p <= 0) {
            unseen++;
            continue;
        }
        double null = p * epsilon + (1 - p) * (1 - epsilon);
        double base = (1 - p) / null;
        double slope = (2 * p - 1) / null;
        for (unsigned g = 0; g < RATES; g++)
            product[g] *= base + slope * q[g];
        if (++factors % FACTORS_MAX == 0)
            take_logs(ll, product);
    }
    if (factors > 0)
        take_logs(ll, product);
    for (unsigned g = 0; g < MODEL_GRID && unseen > 0; g++)
        ll[g] += unseen * m->log_lost[g];
    for (unsigned g = SCATTERED; g < RATES; g++)
        ll[g] += unseen * (log1p(-q[g]) - log1p(-epsilon));
}

double model_log10_lr(const struct model *m, uint32_t source)
{
    double ll[RATES];
    weigh_rates(m, source, ll);
    return log_mean_exp(ll, MODEL_GRID) / log(10);
}

static double log_add(double a, double b)
{
    return fmax(a, b) + log1p(exp(-fabs(a - b)));
}

double model_posterior(const struct model *m, double log_ratio)
{
    double prior = m->params->prior;
    return 1 / (1 + exp(-(log_ratio + log(prior) - log1p(-prior))));
}

struct weight model_weigh(const struct model *m, uint32_t source)
{
    const struct dye_attribute_params *p = m->params;
    const struct holdings *h = &m->exclusive;
    double ll[RATES];
    struct weight w = {0};
    uint32_t held = 0;
    weigh_rates(m, source, ll);
    double leaked = log_mean_exp(ll, MODEL_GRID);
    double on_one = systematic / fmax(1, m->tested);
    w.log10_lr = leaked / log(10);
    w.log_leak = leaked - log_add(log1p(-on_one) + ll[SCATTERED], log(on_one) + ll[ON_ONE]);
    for (size_t i = h->from[source]; i < h->from[source + 1]; i++) {
        uint32_t t = h->at[i].canary;
        held += m->covered[t] == 0;
        w.seen += m->covered[t] == 0 && m->seen[t] >= 0.5;
    }
    w.p_value = fmin(1, dye_binomial_tail(held, w.seen, m->stray) * fmax(1, m->tested));
    w.mislink_p = dye_binomial_tail(w.seen + seen_besides(m, source), w.seen, p->mislink);
    return w;
}

bool weight_passes(const struct weight *w, const struct model *m)
{
    const struct dye_attribute_params *p = m->params;
    return w->seen >= p->min_seen && w->log10_lr >= p->min_log10_lr &&
           model_posterior(m, w->log_leak) >= p->min_posterior && w->p_value <= p->max_p_value &&
           w->mislink_p <= p->max_mislink_p;
}

uint32_t model_astray(const struct model *m, uint32_t source)
{
    return statistics_astray(m->seen_of[source] + seen_besides(m, source), m->params);
}

void model_cover(struct model *m, uint32_t source)
{
    for (size_t i = m->exclusive.from[source]; i < m->exclusive.from[source + 1]; i++)
        m->covered[m->exclusive.at[i].canary]++;
}

void model_uncover(struct model *m, uint32_t source)
{
    for (size_t i = m->exclusive.from[source]; i < m->exclusive.from[source + 1]; i++)
        m->covered[m->exclusive.at[i].canary]--;
}

static enum dye_status check_tree(const struct dye_attribute_case *c, struct dye_error *err)
{
    for (size_t s = 0; s < c->n_sources; s++) {
        size_t steps = 0;
        for (uint32_t up = c->sources[s].parent; up != 0; up = c->sources[up - 1].parent)
            if (up > c->n_sources || ++steps >= DYE_ATTRIBUTE_DEPTH_MAX)
                DYE_FAIL(err, DYE_E_USAGE, "attribution: source %zu has no such parent, or too many above it", s);
    }
    return DYE_OK;
}

static enum dye_status check(const struct dye_attribute_case *c, const struct dye_attribute_params *p,
                             struct dye_error *err)
{
    if (!(p->epsilon >= 1e-15 && p->epsilon < 1 && p->prior > 0 && p->prior < 1 && p->z >= 0) || p->min_seen == 0 ||
        !(p->mislink >= 0 && p->mislink < 1 && p->code_epsilon > 0 && p->code_epsilon < 1))
        DYE_FAIL(err, DYE_E_USAGE, "attribution: a parameter is out of its range");
    if (c->n_sources >= UINT32_MAX || c->n_canaries >= UINT32_MAX)
        DYE_FAIL(err, DYE_E_USAGE, "attribution: more sources or canaries than fit");
    for (size_t i = 0; i < c->n_canaries; i++)
        if (!(c->canaries[i].bias >= 0 && c->canaries[i].bias < 1))
            DYE_FAIL(err, DYE_E_USAGE, "attribution: canary %zu has no such bias", i);
    for (size_t i = 0; i < c->n_holdings; i++)
        if (c->holdings[i].canary >= c->n_canaries || c->holdings[i].source >= c->n_sources)
            DYE_FAIL(err, DYE_E_USAGE, "attribution: holding %zu names a source or canary that is not there", i);
    for (size_t i = 0; i < c->n_seen; i++)
        if (c->seen[i].canary >= c->n_canaries || !(c->seen[i].probability >= 0 && c->seen[i].probability <= 1))
            DYE_FAIL(err, DYE_E_USAGE, "attribution: sighting %zu has no such canary or no probability", i);
    for (size_t i = 0; i < c->n_flows; i++)
        if (c->flows[i].from >= c->n_sources || c->flows[i].to >= c->n_sources)
            DYE_FAIL(err, DYE_E_USAGE, "attribution: flow %zu names a source that is not there", i);
    return check_tree(c, err);
}

/* Of each canary the most probable sighting. A shared one has the variants of all that have a half, or of the best. */
static void take_sightings(struct model *m, const struct dye_attribute_case *c, bool *out)
{
    for (size_t i = 0; i < c->n_seen; i++) {
        const struct dye_attribute_seen *s = &c->seen[i];
        if (s->probability >= 0.5 && m->seen[s->canary] >= 0.5)
            m->variants[s->canary] |= s->variants;
        else if (s->probability > m->seen[s->canary])
            m->variants[s->canary] = s->variants;
        else if (s->probability == m->seen[s->canary])
            m->variants[s->canary] |= s->variants;
        m->seen[s->canary] = fmax(m->seen[s->canary], s->probability);
    }
    for (uint32_t t = 0; t < m->n_canaries; t++) {
        out[t] = c->canaries[t].control;
        m->controls += c->canaries[t].control && m->seen[t] >= 0.5;
    }
    for (size_t i = 0; i < c->n_seen; i++) {
        uint32_t t = c->seen[i].canary;
        if (c->seen[i].inherited && !out[t]) {
            out[t] = true;
            m->inherited++;
        }
    }
    for (uint32_t t = 0; t < m->n_canaries; t++) {
        if (out[t])
            m->seen[t] = 0;
        m->any_seen |= m->seen[t] > 0;
    }
}

/* What follows from the exclusive holdings: who holds a canary, and how much is seen of whom. */
static enum dye_status index_holdings(struct model *m)
{
    const struct holdings *h = &m->exclusive;
    free(m->holder);
    m->holder = calloc(h->n + 1, sizeof *m->holder);
    if (m->holder == NULL)
        return DYE_E_NOMEM;
    memset(m->holder_from, 0, ((size_t)m->n_canaries + 2) * sizeof *m->holder_from);
    memset(m->seen_of, 0, ((size_t)m->n_sources + 1) * sizeof *m->seen_of);
    for (size_t i = 0; i < h->n; i++) {
        m->holder_from[h->at[i].canary + 2]++;
        m->seen_of[h->at[i].source] += m->seen[h->at[i].canary] >= 0.5;
    }
    m->n_held = m->n_seen = 0;
    m->expected_seen = 0;
    for (uint32_t t = 0; t < m->n_canaries; t++) {
        if (m->holder_from[t + 2] > 0) {
            m->n_held++;
            m->n_seen += m->seen[t] >= 0.5;
            m->expected_seen += m->seen[t];
        }
        m->holder_from[t + 1] += m->holder_from[t];
    }
    for (size_t i = 0; i < h->n; i++)
        m->holder[m->holder_from[h->at[i].canary + 1]++] = h->at[i].source;
    m->tested = m->most[0] = m->most[1] = 0;
    for (uint32_t s = 0; s < m->n_sources; s++) {
        m->tested += h->from[s + 1] > h->from[s];
        if (m->seen_of[s] > m->most[0]) {
            m->most[1] = m->most[0];
            m->most[0] = m->seen_of[s];
        } else if (m->seen_of[s] > m->most[1]) {
            m->most[1] = m->seen_of[s];
        }
    }
    return DYE_OK;
}

static bool is_lone(const struct model *m, uint32_t canary)
{
    for (size_t h = m->holder_from[canary]; h < m->holder_from[canary + 1]; h++)
        if (m->seen_of[m->holder[h]] > 1)
            return false;
    return m->seen[canary] >= 0.5 && m->holder_from[canary] < m->holder_from[canary + 1];
}

/* How often canaries are seen for no reason: as assumed, or as the lone ones say, less one that may be a small leak. */
static double stray_rate(const struct model *m)
{
    uint32_t lone = 0;
    for (uint32_t t = 0; t < m->n_canaries; t++)
        lone += is_lone(m, t);
    double shown = lone > 1 ? (lone - 1.0) / m->n_held : 0;
    return fmin(0.5, fmax(m->params->epsilon, shown));
}

enum dye_status model_init(struct model *m, const struct dye_attribute_case *c,
                           const struct dye_attribute_params *params, struct dye_error *err)
{
    *m = (struct model){.params = params};
    for (unsigned g = 0; g < MODEL_GRID; g++) {
        m->survival[g] = survival(g);
        m->log_lost[g] = log1p(-m->survival[g]);
        m->q[g] = m->survival[g] + params->epsilon * (1 - m->survival[g]);
    }
    DYE_TRY(check(c, params, err));
    m->n_sources = (uint32_t)c->n_sources;
    m->n_canaries = (uint32_t)c->n_canaries;
    bool *out = calloc(c->n_canaries + 1, sizeof *out);
    m->seen = calloc(c->n_canaries + 1, sizeof *m->seen);
    m->variants = calloc(c->n_canaries + 1, sizeof *m->variants);
    m->covered = calloc(c->n_canaries + 1, sizeof *m->covered);
    m->holder_from = calloc(c->n_canaries + 2, sizeof *m->holder_from);
    m->seen_of = calloc(c->n_sources + 1, sizeof *m->seen_of);
    enum dye_status status = DYE_E_NOMEM;
    if (out != NULL && m->seen != NULL && m->variants != NULL && m->covered != NULL && m->holder_from != NULL &&
        m->seen_of != NULL) {
        take_sightings(m, c, out);
        status = holdings_gather(c, out, m->seen, &m->exclusive, &m->shared, err);
        if (status == DYE_OK)
            status = index_holdings(m);
        if (status == DYE_OK)
            m->stray = stray_rate(m);
    }
    free(out);
    if (status == DYE_E_NOMEM)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    return status;
}

enum dye_status model_raise(struct model *m, const uint32_t *node)
{
    DYE_TRY(holdings_raise(&m->exclusive, node, m->n_sources, m->n_canaries));
    DYE_TRY(holdings_raise(&m->shared, node, m->n_sources, m->n_canaries));
    return index_holdings(m);
}

void model_done(struct model *m)
{
    free(m->seen);
    free(m->variants);
    free(m->covered);
    holdings_done(&m->exclusive);
    holdings_done(&m->shared);
    free(m->holder);
    free(m->holder_from);
    free(m->seen_of);
}
