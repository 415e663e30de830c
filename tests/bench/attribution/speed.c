/*
 * A large home: 10,000 sources in a tree of three levels, a million canaries, a tenth of the sources fed by another,
 * forty holders of copies; and a dump merged of many leaks, with 10,000 sightings.
 */
#include "clock.h"
#include "dye/attribute.h"
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { SOURCES = 10000, CANARIES = 1000000, SEEN = 10000, FLOWS = 1000, HOLDERS = 40, POSITIONS = 1000 };
static const double most_seconds = 2, most_gib = 1;

static struct dye_attribute_case make_case(struct rng *r)
{
    struct dye_attribute_source *sources = calloc(SOURCES, sizeof *sources);
    struct dye_attribute_canary *canaries = calloc(CANARIES, sizeof *canaries);
    struct dye_attribute_holding *holdings = calloc(CANARIES + HOLDERS * POSITIONS, sizeof *holdings);
    struct dye_attribute_flow *flows = calloc(FLOWS, sizeof *flows);
    struct dye_attribute_seen *seen = calloc(SEEN, sizeof *seen);
    bool *leaks = calloc(SOURCES, sizeof *leaks);
    size_t n = 0;
    size_t n_seen = 0;
    if (sources == NULL || canaries == NULL || holdings == NULL || flows == NULL || seen == NULL || leaks == NULL)
        abort();
    for (unsigned s = 0; s < SOURCES; s++) /* 10 at the top, 90 below them, the rest below these */
        sources[s] = (struct dye_attribute_source){.population = 50000,
                                                   .parent = s < 10    ? 0
                                                             : s < 100 ? 1 + s % 10
                                                                       : 11 + s % 90};
    for (unsigned t = 0; t < CANARIES; t++) {
        if (t < POSITIONS)
            canaries[t].bias = 0.01 + 0.98 * rng_unit(r);
        for (unsigned h = 0; h < (t < POSITIONS ? HOLDERS : 1); h++)
            holdings[n++] = (struct dye_attribute_holding){
                .canary = t,
                .source = t < POSITIONS ? 5000 + h : (unsigned)rng_below(r, SOURCES),
                .variants = t < POSITIONS ? (rng_unit(r) < canaries[t].bias ? 2 : 1) : 0};
    }
    for (unsigned i = 0; i < FLOWS; i++)
        flows[i] =
            (struct dye_attribute_flow){.from = (unsigned)rng_below(r, SOURCES), .to = (unsigned)rng_below(r, SOURCES)};
    for (unsigned i = 0; i < 150; i++)
        leaks[rng_below(r, SOURCES)] = true;
    leaks[5000] = true;
    for (size_t i = n; i-- > 0 && n_seen < SEEN;) /* a sighting in twenty is astray */
        if (leaks[holdings[i].source] && rng_unit(r) < 0.7)
            seen[n_seen++] = (struct dye_attribute_seen){
                .canary = rng_below(r, 20) == 0 ? POSITIONS + (unsigned)rng_below(r, CANARIES - POSITIONS)
                                                : holdings[i].canary,
                .variants = holdings[i].variants,
                .probability = 0.999};
    free(leaks);
    while (n_seen < SEEN)
        seen[n_seen++] = (struct dye_attribute_seen){.canary = POSITIONS + (unsigned)rng_below(r, CANARIES - POSITIONS),
                                                     .probability = 0.2};
    return (struct dye_attribute_case){sources, SOURCES, canaries, CANARIES, holdings, n,
                                       seen,    n_seen,  1000000,  1,        flows,    FLOWS};
}

bool speed_measure(uint64_t seed)
{
    struct rng r;
    struct dye_attribution a;
    struct rusage usage;
    rng_init(&r, seed);
    const struct dye_attribute_case c = make_case(&r);
    double wall = clock_s(CLOCK_MONOTONIC);
    double seconds = clock_s(CLOCK_THREAD_CPUTIME_ID); /* what else the machine does is not its fault */
    if (dye_attribute(&c, NULL, &a, NULL) != DYE_OK)
        abort();
    seconds = clock_s(CLOCK_THREAD_CPUTIME_ID) - seconds;
    wall = clock_s(CLOCK_MONOTONIC) - wall;
    getrusage(RUSAGE_SELF, &usage);
    double gib = (double)usage.ru_maxrss / 1048576;
    size_t named = 0;
    for (size_t i = 0; i < a.n; i++)
        named += a.sources[i].in_set;
    bool holds = seconds < most_seconds && gib < most_gib;
    printf("speed: %d sources, %d canaries, %d flows, %zu sightings: %zu sources named, %u groups; %.2f s busy, %.2f s "
           "by the clock, %.2f GiB with\n"
           "the case itself (under %g s, %g GiB): %s\n",
           SOURCES, CANARIES, FLOWS, c.n_seen, named, a.groups, seconds, wall, gib, most_seconds, most_gib,
           bound_word(holds));
    dye_attribution_done(&a);
    free((void *)c.sources);
    free((void *)c.canaries);
    free((void *)c.holdings);
    free((void *)c.flows);
    free((void *)c.seen);
    return holds;
}
