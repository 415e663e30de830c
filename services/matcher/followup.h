#ifndef DYE_FOLLOWUP_H
#define DYE_FOLLOWUP_H
/*
 * followup: what a complete dump still owes: its lineage, its attribution, and the SM3 of its bytes. Items wait on the
 * queue, so a crash between the ingest and these loses nothing.
 */
#include "home.h"
#include "store.h"

#include <stdatomic.h>

/* Does what waits and nobody else does, until nothing is left or *stop (may be NULL) is set. What fails for a reason
 * of its own (the original is gone) is logged and taken off; a lost database is returned. */
DYE_MUST_CHECK enum dye_status followup_attribute(struct store *s, const struct home *h, const atomic_bool *stop,
                                                  struct dye_error *err);
/* Where originals lie whose move to done/ a crash kept from being put on record: found there by their bytes. */
DYE_MUST_CHECK enum dye_status followup_locate(struct store *s, const struct home *h, const atomic_bool *stop,
                                               struct dye_error *err);
DYE_MUST_CHECK enum dye_status followup_sm3(struct store *s, const atomic_bool *stop, struct dye_error *err);

#endif
