#ifndef DYE_ZONE_MATCHER_H
#define DYE_ZONE_MATCHER_H
/* zone_matcher: what every verb of the matcher starts with. */
#include "registry.h"
#include "zone.h"

/* The zone's store and, when keys is not NULL, the index key's sub-keys. */
DYE_MUST_CHECK enum dye_status matcher_enter(const struct home *h, struct store **ret, struct dye_index_keys *keys,
                                             struct dye_error *err);
/* And a registry that holds all canaries. */
DYE_MUST_CHECK enum dye_status matcher_registry(const struct dye_index_keys *keys, struct store *s,
                                                struct registry **ret, struct dye_error *err);

/* Touches and contacts whose retention time is over go, and alerts that were sent are folded to their number: the
 * sender itself must not be able to have one forgotten. */
DYE_MUST_CHECK enum dye_status matcher_expire_events(struct store *s, const struct config *c, struct dye_error *err);

#endif
