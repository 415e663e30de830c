#ifndef DYE_EXTENT_H
#define DYE_EXTENT_H
/*
 * extent: how much of a source is in a dump, and when its copy was taken.
 *
 * Size, seeded (METHODS 5): of K canaries among N records k are seen, so about N k/K records leaked; the interval is
 * Wilson's, and where none is seen the leak is at most 3 N/K (1 - 0.05^(1/K) < 3/K). Several strata are added up; their
 * intervals by the method of variance estimates recovery (Zou and Donner 2008), which keeps their skewness.
 *
 * Size, unseeded: two dumps drawn independently from one table, with n1 and n2 persons of whom m are in both. Chapman's
 * estimate (n1+1)(n2+1)/(m+1) - 1; the interval is Sadinle's transformed logit (2009). It follows from the delta method
 * on the logarithm of the persons in neither, n12 n21 / n11, whose variance is the sum of the reciprocals of all four
 * cells, with a half added to each cell. A resale shares rows because one copy comes from the other: then m is too
 * large and the estimate too low. That assumption is the caller's to print.
 *
 * Time: a copy holds what stood in the source at one moment T. It was taken after the latest planting among the
 * canaries seen, and before the earliest withdrawal among them and the first acquisition. Beyond that it is a matter of
 * chance: had it been taken after t, then the n canaries that stood there at t had equal chances, and all k seen would
 * be among the K planted before the latest one seen with probability C(K,k) / C(n,k). For a known share f of rows that
 * is the (1-f)^(n-K) of METHODS 5; here f need not be known. Withdrawals bound T from below in the same way.
 *
 * Pure; any thread.
 */
#include "dye/status.h"

#include <stdbool.h>
#include <stdint.h>

struct dye_extent {
    double estimate, low, high; /* records of real people; NAN when nothing is known */
};

struct dye_extent_stratum {
    uint64_t population;    /* records without canaries; 0: not known, and so is the extent */
    uint32_t planted, seen; /* canaries; seen <= planted */
};
DYE_API void dye_extent_seeded(const struct dye_extent_stratum *s, double z, struct dye_extent *ret);
/* The sum. Strata without canaries or population are left out; NAN when that leaves none. */
DYE_API void dye_extent_strata(const struct dye_extent_stratum *s, size_t n, double z, struct dye_extent *ret);

#define DYE_EXTENT_ASSUMPTION "both are independent random samples of one table; a resale makes the estimate too low"
/* common <= first and second; NAN when both are empty. */
DYE_API void dye_extent_chapman(uint64_t first, uint64_t second, uint64_t common, double z, struct dye_extent *ret);

/* Times are of one unit, counted from one moment. */
struct dye_extent_placement {
    int64_t planted_at, withdrawn_at; /* INT64_MAX: it stands there still; planted_at < withdrawn_at */
    bool seen;
};
struct dye_extent_taken {
    int64_t after, before;               /* certain, where sightings and registry are right; after: INT64_MIN if open */
    int64_t likely_after, likely_before; /* with probability at least 1 - alpha; inside of the above */
    bool by_newest;                      /* `after` is what the dates in the rows say */
    bool several; /* a canary was planted after another one seen was withdrawn: copies of several days, so that no
                     withdrawal ends the bracket and nothing is likely */
};
/*
 * newest: the start of the newest day that the rows tell of, INT64_MIN if they tell of none; it is left out of account
 * where it is not before `before`: then the rows hold dates to come. alpha in (0, 1). DYE_E_NOMEM. O(n log n).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_extent_taken(const struct dye_extent_placement *p, size_t n,
                                                        int64_t acquired_at, int64_t newest, double alpha,
                                                        struct dye_extent_taken *ret, struct dye_error *err);

#endif
