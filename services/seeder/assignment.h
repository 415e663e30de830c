#ifndef DYE_ASSIGNMENT_H
#define DYE_ASSIGNMENT_H
/*
 * assignment: what becomes of seeding when an authority gives values out (dye/assigned.h).
 *
 * A release is compared with every canary's value of the default space; values of pools and imports are somebody's
 * number by right, and are not looked at. It fails closed: while a canary with an assigned value is neither burned nor
 * withdrawn, and wherever the newest release reaches into the default space and the owner has no pool of the kind, no
 * canary with that kind is made.
 */
#include "dye/assigned.h"
#include "registrar.h"

/* Called for each canary that the table assigns a value of. */
typedef void (*assignment_fn)(const char *canary, const char *source);

/* Records the release, in one transaction, with the canaries to burn. The same table under the same name again looks at
 * the canaries made since. DYE_E_USAGE for another table under a name that is taken. O(canaries). */
DYE_MUST_CHECK enum dye_status assignment_import(const struct home *h, struct registrar *r,
                                                 const struct dye_assigned *table, const char *release,
                                                 const uint8_t sha256[32], assignment_fn fn, uint64_t *ret_canaries,
                                                 struct dye_error *err);

/* Whether canaries of the sector may be made for the owner. DYE_E_USAGE when not. */
DYE_MUST_CHECK enum dye_status assignment_allows(struct store *s, const struct dye_sector *sector, int64_t owner_id,
                                                 struct dye_error *err);

#endif
