#ifndef DYE_ATTRIBUTE_H
#define DYE_ATTRIBUTE_H
/*
 * attribute: sightings and placements of one dump -> the sources it is implicated with, or why none is named.
 *
 * Method (METHODS 4): for a source i holding K canaries of which k are seen, the likelihood that i leaked, averaged
 * over row survival r on a grid, against that of "no known source", where a canary gets there otherwise with
 * probability epsilon. A source enters the set only when its ratio, its posterior, its exact binomial p-value and the
 * number of canaries seen all pass, on the canaries that sources already in the set don't explain. Sources that
 * explain the same canaries are not told apart: they are listed as undecided. It abstains rather than be wrong.
 *
 * Not for: lineage, coalitions and codes (they deepen this behind the same door). Pure; any thread.
 */
#include "dye/status.h"

#include <stdint.h>

struct dye_attribute_params {
    double epsilon;          /* probability that a canary is in a dump for another reason than its source's leak */
    double prior;            /* that a given source leaked into a given dump */
    double min_log10_lr;
    double min_posterior;
    double max_p_value;      /* before Bonferroni over the sources */
    uint32_t min_seen;       /* distinct canaries */
    double z;                /* of the size interval: 1.96 */
};
DYE_API void dye_attribute_params_default(struct dye_attribute_params *ret);

struct dye_attribute_source {
    uint64_t population; /* records in the source without canaries; 0 = not known */
};
struct dye_attribute_canary {
    bool control;
};
/* A canary held by a source. Times are seconds since 1970 UTC. */
struct dye_attribute_holding {
    uint32_t canary, source; /* indices into the arrays of the case */
    int64_t planted_at;
};
/* Strong sightings have probability near 1; weak ones count by theirs. One a canary: the most probable. */
struct dye_attribute_seen {
    uint32_t canary;
    double probability;
};
struct dye_attribute_case {
    const struct dye_attribute_source *sources;
    size_t n_sources;
    const struct dye_attribute_canary *canaries;
    size_t n_canaries;
    const struct dye_attribute_holding *holdings;
    size_t n_holdings;
    const struct dye_attribute_seen *seen;
    size_t n_seen;
    uint64_t records;     /* in the dump */
    int64_t acquired_at;  /* the earliest acquisition: what was planted later can't have leaked into it */
};

enum dye_attribution_verdict { DYE_ATTRIBUTED, DYE_INSUFFICIENT, DYE_NOT_COVERED, DYE_CONTROL_HIT };
/* "attributed", "insufficient", "not-covered", "control-hit". */
DYE_API const char *dye_attribution_verdict_name(enum dye_attribution_verdict v);

struct dye_attribution_source {
    uint32_t source;
    bool in_set;
    uint32_t group;     /* 0, or the number of the undecided group it is in */
    uint32_t seen, planted;
    double posterior, log10_lr, p_value, baseline;
    double power;       /* that a sale of this many rows of this source would have shown a canary; NAN if unknown */
    double leaked, leaked_low, leaked_high; /* records; NAN if the population is unknown */
    int64_t taken_after; /* the latest planting among the canaries seen; INT64_MIN if none was */
};
struct dye_attribution {
    enum dye_attribution_verdict verdict;
    double power;       /* attributed: the weakest of the set; else the weakest of all sources with a known
                           population; 0 when nothing is planted: a silence then says nothing */
    uint32_t controls;  /* control canaries seen */
    uint32_t unexplained; /* canaries seen that no source held at acquired_at */
    uint32_t groups;
    struct dye_attribution_source *sources; /* with at least one canary seen, or all when none was; best first */
    size_t n;
};

/* DYE_E_USAGE for an index out of range, DYE_E_NOMEM. O(holdings + sources x seen). Free with _done. */
DYE_MUST_CHECK DYE_API enum dye_status dye_attribute(const struct dye_attribute_case *c,
                                                     const struct dye_attribute_params *p,
                                                     struct dye_attribution *ret, struct dye_error *err);
DYE_API void dye_attribution_done(struct dye_attribution *a);

/* The parts, for tests and for reports. */
DYE_API double dye_binomial_tail(uint32_t n, uint32_t k, double p);           /* P(X >= k), exact, in [0, 1] */
DYE_API void dye_wilson(uint32_t n, uint32_t k, double z, double *ret_low, double *ret_high);
DYE_API double dye_detection_power(uint64_t population, uint64_t canaries, uint64_t rows); /* METHODS 1 */

#endif
