#ifndef DYE_ATTRIBUTE_OVERLAP_H
#define DYE_ATTRIBUTE_OVERLAP_H
/*
 * overlap: how often two sets that know nothing of each other have so much in common.
 *
 * In each stratum there are `total` things; `marked` of them are in the one set and `drawn` in the other. Which, is
 * chance, so what they share is hypergeometric. Nothing is said of how big the sets are from stratum to stratum.
 */
#include "dye/status.h"

#include <stdint.h>

struct overlap_stratum {
    uint32_t total, marked, drawn; /* marked, drawn <= total */
};
/* P(shared >= k), summed over the strata; exact, relative error below 1e-9. DYE_E_NOMEM. O(n k min(marked, drawn)). */
DYE_MUST_CHECK enum dye_status overlap_tail(const struct overlap_stratum *s, size_t n, uint32_t k, double *ret);

#endif
