#ifndef DYE_HEALTH_H
#define DYE_HEALTH_H
/*
 * health: how planted canaries are found when their source is asked.
 *
 * What is found is kept beside the placement (a period each, from the first check that found it so to the last), is
 * audited as counts, and moves nothing else. In particular a canary that a source dropped or altered stays placed: its
 * values may surface in a copy that was taken before, and whoever forgot that it stood there would lay a sighting of it
 * to other holders, or to nobody. A placement ends by a withdrawal alone (withdraw, rotate), and its leaf in the Merkle
 * log stays as it is. What a dropped canary no longer does is protect: `plan` doesn't count it, and `rotate` replaces
 * it first.
 *
 * Checks read values of canaries in memory and send them to the source that has them, nowhere else.
 */
#include "connector.h"
#include "registrar.h"
#include "source.h"

enum { HEALTH_STATES = 6 }; /* connector_state */
/* "unknown", "present", "dropped", "altered", "merged", "duplicated". */
const char *health_state_name(size_t state);

struct health_result {
    uint64_t n[HEALTH_STATES];
    uint64_t changed; /* found otherwise than the last time; a first check of what is present changes nothing */
};
/* was: "" the first time. fields: names by comma. merged_with: a canary, or "". */
struct health_change {
    const char *canary, *variant, *was, *now, *fields, *merged_with;
};
typedef void (*health_fn)(void *arg, const struct source *source, const struct health_change *c);

/* Looks at all planted canaries of a source; fn is called for each that is found otherwise than before. What can't be
 * asked (no connector, one that can't read back, imported canaries) is unknown. When the source does not answer, the
 * last findings stand and the failure is on record: DYE_E_DATABASE, DYE_E_AGAIN, DYE_E_IO. */
DYE_MUST_CHECK enum dye_status health_check(const struct home *h, struct registrar *r, const struct source *source,
                                            health_fn fn, void *arg, struct health_result *ret, struct dye_error *err);

#endif
