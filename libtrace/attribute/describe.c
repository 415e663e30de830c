#include "describe.h"

#include "dye/extent.h"

#include <math.h>
#include <stdlib.h>

/* The variant it held, of a shared canary, was seen; an exclusive canary was seen. */
static double seen_of(const struct model *m, const struct holding *h, bool shared)
{
    return !shared || (h->variants & m->variants[h->canary]) != 0 ? m->seen[h->canary] : 0;
}

/* By canary: how many hold what was seen of it. */
static void count_holders(const struct model *m, const struct holdings *h, bool shared, uint32_t *holders)
{
    for (size_t i = 0; i < h->n; i++)
        holders[h->at[i].canary] += !shared || (h->at[i].variants & m->variants[h->at[i].canary]) != 0;
}

static void add_holdings(const struct model *m, const struct holdings *h, bool shared, const uint32_t *holders,
                         struct finding *f)
{
    struct dye_attribution_source *row = &f->row;
    for (size_t i = h->from[row->source]; i < h->from[row->source + 1]; i++) {
        double probability = seen_of(m, &h->at[i], shared);
        row->planted++;
        if (probability <= 0)
            continue;
        f->shows = true;
        row->baseline += log1p(-probability * (1 - DYE_BASELINE_GUESS) / holders[h->at[i].canary]);
        if (probability < 0.5)
            continue;
        row->seen++;
        if (h->at[i].planted_at > row->taken_after)
            row->taken_after = h->at[i].planted_at;
    }
}

static void measure(const struct model *m, const struct dye_attribute_case *c, struct dye_attribution_source *row)
{
    uint64_t population = c->sources[row->source].population;
    row->baseline = -expm1(row->baseline);
    if (population == 0)
        return;
    const struct dye_extent_stratum stratum = {population, row->planted, row->seen};
    struct dye_extent leaked;
    row->power = dye_detection_power(population, row->planted, c->records);
    dye_extent_seeded(&stratum, m->params->z, &leaked);
    row->leaked = leaked.estimate;
    row->leaked_low = leaked.low;
    row->leaked_high = leaked.high;
}

enum dye_status describe_level(const struct model *m, const struct coded *k, const struct dye_attribute_case *c,
                               const uint32_t *depth_of, uint32_t depth, struct finding *by_source)
{
    uint32_t *exclusive = calloc((size_t)m->n_canaries + 1, sizeof *exclusive);
    uint32_t *shared = calloc((size_t)m->n_canaries + 1, sizeof *shared);
    enum dye_status status = DYE_E_NOMEM;
    if (exclusive != NULL && shared != NULL) {
        count_holders(m, &m->exclusive, false, exclusive);
        count_holders(m, &m->shared, true, shared);
        for (uint32_t s = 0; s < m->n_sources; s++) {
            struct dye_attribution_source *row = &by_source[s].row;
            if (depth_of[s] != depth)
                continue;
            row->source = s;
            row->planted = row->seen = 0;
            row->shared = k->shared[s];
            row->agree = k->agree[s];
            row->baseline = 0;
            row->power = row->leaked = row->leaked_low = row->leaked_high = NAN;
            row->taken_after = INT64_MIN;
            add_holdings(m, &m->exclusive, false, exclusive, &by_source[s]);
            add_holdings(m, &m->shared, true, shared, &by_source[s]);
            measure(m, c, row);
        }
        status = DYE_OK;
    }
    free(exclusive);
    free(shared);
    return status;
}
