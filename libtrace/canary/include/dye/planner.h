#ifndef DYE_PLANNER_H
#define DYE_PLANNER_H
/*
 * planner: how many canaries a table needs so that a leak shows.
 *
 * A sale of L random rows out of a table with canary density d = K / (N + K) holds at least one canary with probability
 * 1 - (1 - d)^L; a leak of the fraction f of a table with K canaries with probability 1 - (1 - f)^K. N is the number of
 * the table's own rows. A sale of as many rows as the table has is the whole table. Insiders sell recent and local
 * rows, so ask stratum by stratum, for the table that an insider can really take. Pure; O(1).
 *
 * power is in (0, 1), fraction in (0, 1], sale at least 1 (asserted).
 */
#include "dye/status.h"

#include <stdint.h>

/* The density that a sale of `sale` rows asks for: 261 rows at 0.95 -> 0.0114. */
DYE_API double dye_plan_density(uint64_t sale, double power);

/* The fewest canaries, at least 1, with which a sale shows one with at least that power. UINT64_MAX beyond 10^15. */
DYE_API uint64_t dye_plan_sale(uint64_t population, uint64_t sale, double power);
/* The same for a leak of a fraction of the table, whatever its size: a tenth at 0.95 -> 29. */
DYE_API uint64_t dye_plan_leak(double fraction, double power);

/* The power that `canaries` have; 0 without any. */
DYE_API double dye_plan_sale_power(uint64_t population, uint64_t canaries, uint64_t sale);
DYE_API double dye_plan_leak_power(uint64_t canaries, double fraction);

#endif
