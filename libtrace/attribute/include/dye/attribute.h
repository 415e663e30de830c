#ifndef DYE_ATTRIBUTE_H
#define DYE_ATTRIBUTE_H
/*
 * attribute: sightings and placements of one dump -> the sources it is implicated with, or why none is named.
 *
 * Method (METHODS 4). A canary that source i held when the dump was acquired is in the dump with probability
 * q = 1 - (1-epsilon)(1-r) if i leaked, r the share of its rows that survive, and with probability epsilon if not. The
 * likelihood ratio of i is the mean over a grid of r (51 points log-spaced in [1e-4, 1], 50 uniform in (0, 1]) of
 * prod q^y (1-q)^(1-y), over the same product with epsilon. y is 1 for a canary seen, 0 for one that is not; a sighting
 * of probability p gives p times the one and 1-p times the other, so that a weak one counts for what it is.
 *
 * Sources are then explained away. For each source that passes all thresholds, the best explanation of what is seen
 * with it is compared to the best without it. More than min_log10_margin better: it enters the set, and what it held is
 * explained. More than that worse: it is dropped. Between: it and those that could stand in for it are an undecided
 * group, never an attribution. Up to min_seen - 1 canaries that only the explanation with it accounts for are left out
 * of that comparison, because one mistaken sighting must not decide between two sources. Priors play no part in it.
 * Then again on what is still unexplained, until nothing passes. It abstains rather than be wrong.
 *
 * What it can't see: canaries that are consistently registered to the wrong source, and lineage (collapse reposts
 * first). Not for: coalitions and codes (they deepen this behind the same door). Pure; any thread.
 */
#include "dye/status.h"

#include <stdint.h>

struct dye_attribute_params {
    double epsilon;          /* 1e-4: that a canary is in a dump for another reason than its source's leak; >= 1e-15 */
    double prior;            /* 0.005: that a given source leaked into a given dump */
    double min_log10_lr;     /* 4 */
    double min_posterior;    /* 0.99 */
    double max_p_value;      /* 1e-6: after Bonferroni, so for all sources of the case together */
    double min_log10_margin; /* 3: by which the explanation with a source beats the best one without it. At 2, six of
                                10,000 simulated dumps from a source that another one feeds were laid to the feeder */
    uint32_t min_seen;       /* 2: distinct canaries */
    double z;                /* 1.96: of the size interval */
};
DYE_API void dye_attribute_params_default(struct dye_attribute_params *ret);

struct dye_attribute_source {
    uint64_t population; /* records in the source without canaries; 0 = not known */
};
struct dye_attribute_canary {
    bool control; /* never planted; a holding of one counts for nothing */
};
/* A canary held by a source. Times are seconds since 1970 UTC. Planted again: the earliest counts. */
struct dye_attribute_holding {
    uint32_t canary, source; /* indices into the arrays of the case */
    int64_t planted_at;
};
/* Strong sightings have probability near 1; weak ones count by theirs. Several of a canary: the most probable counts.
 * Below, a canary counts as seen when its probability is at least a half. */
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
    uint64_t records;    /* in the dump */
    int64_t acquired_at; /* the earliest acquisition: what was planted later can't have leaked into it */
};

enum dye_attribution_verdict { DYE_ATTRIBUTED, DYE_INSUFFICIENT, DYE_NOT_COVERED, DYE_CONTROL_HIT };
/* "attributed", "insufficient", "not-covered", "control-hit". */
DYE_API const char *dye_attribution_verdict_name(enum dye_attribution_verdict v);

struct dye_attribution_source {
    uint32_t source;
    bool in_set;
    uint32_t group;         /* 0, or the number (from 1) of the undecided group it is in */
    uint32_t seen, planted; /* of the canaries it held at acquired_at */
    /* On the canaries left unexplained when the source was judged: at its turn if it is in the set or in a group, else
     * at the end. So a source that the set explains away has a low ratio. */
    double posterior, log10_lr;
    double p_value;  /* exact binomial tail under epsilon, times the number of sources that held canaries; at most 1 */
    double baseline; /* METHODS 4, p_t = DYE_BASELINE_GUESS; shown beside, decides nothing */
    double power;    /* that a sale of this many rows of this source would have shown a canary; NAN if unknown */
    double leaked, leaked_low, leaked_high; /* records of real people, with Wilson's interval; NAN if not known */
    int64_t taken_after;                    /* the latest planting among the canaries seen; INT64_MIN if none was */
};
#define DYE_BASELINE_GUESS 0.01

struct dye_attribution {
    enum dye_attribution_verdict verdict;
    double power;      /* attributed: the weakest of the set; else the weakest of all sources with a known population;
                          0 when nothing is planted: a silence then says nothing; NAN when no population is known */
    uint32_t controls; /* control canaries seen: any at all is DYE_CONTROL_HIT, and no source is named */
    uint32_t unexplained; /* other canaries seen that no source held at acquired_at */
    uint32_t groups;
    /* With at least one canary seen (however weakly), or all when none was. Best first: the set, the groups, the rest,
     * each by falling log10_lr. */
    struct dye_attribution_source *sources;
    size_t n;
};

/*
 * p may be NULL: the defaults. DYE_E_USAGE for an index or a number out of range, DYE_E_NOMEM; *ret is untouched then.
 * Free with _done. O(h log h) for h holdings, and a weighing (some 100 multiplications a canary seen) for each source
 * while sources hold canaries of their own; n sources that overlap take up to n^2 weighings for each that is named.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_attribute(const struct dye_attribute_case *c,
                                                     const struct dye_attribute_params *p, struct dye_attribution *ret,
                                                     struct dye_error *err);
DYE_API void dye_attribution_done(struct dye_attribution *a);

/* The parts, for tests and for reports. */
/* P(X >= k) of Binomial(n, p), exact: relative error below 1e-8 for n up to 1e6, down to the smallest double. */
DYE_API double dye_binomial_tail(uint32_t n, uint32_t k, double p);
/* Wilson's interval of a share k of n, in [0, 1]; n = 0 gives [0, 1]. k <= n. */
DYE_API void dye_wilson(uint32_t n, uint32_t k, double z, double *ret_low, double *ret_high);
/* METHODS 1: that `rows` rows out of population + canaries hold a canary. All of them taken: certain. */
DYE_API double dye_detection_power(uint64_t population, uint64_t canaries, uint64_t rows);

#endif
