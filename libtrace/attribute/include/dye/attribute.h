#ifndef DYE_ATTRIBUTE_H
#define DYE_ATTRIBUTE_H
/*
 * attribute: sightings and placements of one dump -> the sources it is implicated with, or why none is named.
 *
 * Exclusive canaries (METHODS 4). A canary that source i held when the dump was acquired is in the dump with
 * probability q = 1 - (1-epsilon)(1-r) if i leaked, r the share of its rows that survive, and with probability epsilon
 * if not. The likelihood ratio of i is the mean over a grid of r (51 points log-spaced in [1e-4, 1], 50 uniform in
 * (0, 1]) of prod q^y (1-q)^(1-y), over the same product with epsilon. y is 1 for a canary seen, 0 for one that is not;
 * a sighting of probability p gives p times the one and 1-p times the other, so that a weak one counts for what it is.
 *
 * Mis-links. A share `mislink` of all sightings may be credited to a wrong source, and all of them to the same one. So
 * a source is named only when more of its canaries are seen than that accounts for: P(X >= seen) of Binomial(all seen,
 * mislink) is at most max_mislink_p. The posterior weighs the leak against the same two: sightings gone astray
 * anywhere, and (a tenth of the dumps) all of them on one source.
 *
 * Shared canaries (METHODS 2). Where several hold copies with variant A or B of a canary, what is seen is scored by the
 * code (dye/code_score.h). Of each position, f = exp(theta u) / E exp(theta u), u what the score pays, has mean 1 for
 * who took no part, and so has p f + (1-p) for a sighting of probability p; theta is where Chernoff's bound meets
 * code_epsilon / holders, and is the same for all. The product over positions is thus an e-value: it reaches
 * holders / code_epsilon by chance with probability code_epsilon at most, for all holders together (Markov), which is
 * the code's own threshold. What is independent multiplies (Vovk and Wang, "E-values: calibration, combination and
 * applications", 2021): the exclusive canaries enter by (1 + their ratio against leak or mis-link) / 2, the mean of
 * "they were left in" and "the colluders took them out". Copies that flowed from one holder to another, or are the same
 * throughout, are no independent draws: the rest of the evidence decides between them, or nothing does.
 *
 * Sources are then explained away. For each source that passes all thresholds, the best explanation of what is seen
 * with it is compared to the best without it. More than min_log10_margin better: it enters the set, and what it held is
 * explained. More than that worse: it is dropped. Between: it and those that could stand in for it are an undecided
 * group, never an attribution. As many canaries as may be mis-links, min_seen - 1 at least, that only the explanation
 * with it accounts for are left out of that comparison: a few mistaken sightings must not decide between two sources.
 * Priors play no part in it. Then again on what is still unexplained, until nothing passes.
 *
 * Flows: what is planted upstream is held downstream too, at any distance. Levels: first each source by itself, then,
 * level by level upwards, all below a source are one, which holds what they hold. So sources that can't be told apart,
 * or show too little each, still name the lowest that they have in common. It abstains rather than be wrong.
 *
 * What it can't see: lineage (mark what earlier dumps explain as inherited). Pure; any thread.
 */
#include "dye/status.h"

#include <stdint.h>

struct dye_attribute_params {
    double epsilon;          /* 1e-4: that a canary is in a dump for another reason than its source's leak; >= 1e-15 */
    double prior;            /* 0.005: that a given source leaked into a given dump */
    double min_log10_lr;     /* 4 */
    double min_posterior;    /* 0.99 */
    double max_p_value;      /* 1e-5: after Bonferroni, so for all sources of the case together */
    double min_log10_margin; /* 3: by which the explanation with a source beats the best one without it. At 2, six of
                                10,000 simulated dumps from a source that another one feeds were laid to the feeder */
    uint32_t min_seen;       /* 2: distinct canaries */
    double z;                /* 1.96: of the size interval */
    double mislink;          /* 0.05: the share of sightings that may be credited to a wrong source, in [0, 1) */
    double max_mislink_p;    /* 5e-4: that so many of the sightings are mis-links */
    double code_epsilon;     /* 1e-3: that the code names anybody who took no part, in (0, 1) */
};
DYE_API void dye_attribute_params_default(struct dye_attribute_params *ret);

struct dye_attribute_source {
    uint64_t population; /* records in the source without canaries; 0 = not known */
    uint32_t parent;     /* 1 + the index of the source above it in the tree; 0 at the top */
};
struct dye_attribute_canary {
    bool control;  /* never planted; a holding of one counts for nothing */
    double bias;   /* of a shared canary: the chance that a holder was given variant B, in (0, 1); 0: exclusive */
    uint32_t code; /* of a shared canary: any number, the same for all of one code */
};
/* A canary held by a source. Times are seconds since 1970 UTC. Planted again: the earliest counts, and the latest
 * withdrawal. Who planted has no need to repeat it for those downstream. */
struct dye_attribute_holding {
    uint32_t canary, source; /* indices into the arrays of the case */
    int64_t planted_at;
    int64_t withdrawn_at; /* 0: never. When it was withdrawn before the acquisition, its absence says nothing */
    uint8_t variants;     /* of a shared canary: DYE_CODE_A or DYE_CODE_B (dye/code_score.h); else 0 */
};
/* Strong sightings have probability near 1; weak ones count by theirs. Several of a canary: the most probable counts,
 * and the variants of all that have a half or more. Below, a canary counts as seen when its probability is at least a
 * half. */
struct dye_attribute_seen {
    uint32_t canary;
    double probability;
    uint8_t variants; /* of a shared canary: what was seen, DYE_CODE_A, DYE_CODE_B or both; else 0 */
    bool inherited;   /* a dump that this one's rows come from showed it: for nobody and against nobody */
};
/* All that is planted in `from` is in `to` as well, and is taken out there when it is here. Cycles are no error. */
struct dye_attribute_flow {
    uint32_t from, to;
    int64_t until; /* 0: it goes on. What is planted then or later does not flow, nor does what is withdrawn then or
                      later; what was in `to` by then stays there */
};
#define DYE_ATTRIBUTE_DEPTH_MAX 64 /* of the tree */
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
    const struct dye_attribute_flow *flows;
    size_t n_flows;
};

enum dye_attribution_verdict { DYE_ATTRIBUTED, DYE_INSUFFICIENT, DYE_NOT_COVERED, DYE_CONTROL_HIT };
/* "attributed", "insufficient", "not-covered", "control-hit". */
DYE_API const char *dye_attribution_verdict_name(enum dye_attribution_verdict v);

/* Of a source that others are below: of all of them together. */
struct dye_attribution_source {
    uint32_t source;
    bool in_set;            /* the deepest named: nothing above one that is in the set is in it */
    uint32_t group;         /* 0, or the number (from 1) of the undecided group it is in */
    uint32_t seen, planted; /* of the canaries it held at acquired_at or that were seen; shared ones in its variant */
    /* On the canaries left unexplained when the source was judged: at its turn if it is in the set or in a group, else
     * at the end. So a source that the set explains away has a low ratio; one above others has the mean of their ratios
     * and of its own. log10_lr is of exclusive canaries against no known source, and the code's e-value. */
    double posterior, log10_lr;
    double p_value;  /* of exclusive canaries, the binomial tail under epsilon, or under the rate at which single ones
                        are seen of other sources when that is more, times the sources tried; the code's, when that is
                        smaller; twice, when there are both; at most 1 */
    double baseline; /* METHODS 4, p_t = DYE_BASELINE_GUESS; shown beside, decides nothing */
    double power;    /* that a sale of this many rows of this source would have shown a canary; NAN if unknown */
    double leaked, leaked_low, leaked_high; /* records of real people, with Wilson's interval; NAN if not known */
    int64_t taken_after;                    /* the latest planting among the canaries seen; INT64_MIN if none was */
    uint32_t shared, agree; /* shared canaries it held that one variant was seen of; and of these, in its own variant */
    double code_p_value;    /* Chernoff's bound, times the holders that were tried; NAN when shared is 0 */
};
#define DYE_BASELINE_GUESS 0.01

struct dye_attribution {
    enum dye_attribution_verdict verdict;
    double power;      /* attributed: the weakest of the set; else the weakest of all sources with a known population;
                          0 when nothing is planted: a silence then says nothing; NAN when no population is known */
    uint32_t controls; /* control canaries seen: any at all is DYE_CONTROL_HIT, and no source is named */
    uint32_t unexplained; /* other canaries seen that no source held at acquired_at */
    uint32_t inherited;   /* canaries that were seen in this dump and in one that it comes from; not in `unexplained` */
    uint32_t groups;
    /* With at least one canary seen (however weakly), or all when none was. Best first: the set, the groups, the rest,
     * each by falling log10_lr. */
    struct dye_attribution_source *sources;
    size_t n;
};

/*
 * p may be NULL: the defaults. DYE_E_USAGE for an index or a number out of range or a tree that has a cycle,
 * DYE_E_LIMIT when flows make more than 2^27 holdings, DYE_E_NOMEM; *ret is untouched then.
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

/*
 * How many canaries that are planted downstream alone tell a leak there from one upstream, where `upstream` canaries
 * are held by both and that fraction of a table leaks: with at least this power more of them are seen than may be
 * mis-links, and none of them is evidence for upstream; each by min_log10_margin. p may be NULL: the defaults. fraction
 * in (0, 1], power in (0, 1) (asserted). UINT64_MAX beyond 2^24, or where so little of what is upstream would be seen
 * that nothing tells.
 */
DYE_API uint64_t dye_attribute_flow_needed(uint64_t upstream, double fraction, double power,
                                           const struct dye_attribute_params *p);

#endif
