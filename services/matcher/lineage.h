#ifndef DYE_LINEAGE_STORE_H
#define DYE_LINEAGE_STORE_H
/*
 * lineage: which of the dumps in the store share persons with one, and which of the earlier ones its rows come from
 * (dye/lineage.h). A dump is earlier by its earliest acquisition; of two at the same moment, which was opened first.
 *
 * Found by the samples of the sets (dye_lineage_sample): dumps with a sampled identifier in common, the likeliest
 * LINEAGE_CANDIDATES of them. Of those the likeliest DYE_LINEAGE_EARLIER_MAX, up to LINEAGE_BYTES of images, are
 * compared by their whole sets; the others are told by what the samples say. So a question costs the same however many
 * dumps there are beside.
 */
#include "store.h"

#define LINEAGE_CANDIDATES 2000
#define LINEAGE_BYTES (INT64_C(96) << 20)

/*
 * Within no transaction. Replaces the dump's pairs with earlier dumps, its parents and what its sets say was seen
 * before; has later dumps that it is new to, and the attributions that this changes, wait on the queue. `removes`: a
 * queue topic whose item for this dump is done with it; or NULL. Of a dump without sets there are no pairs.
 */
DYE_MUST_CHECK enum dye_status lineage_run(struct store *s, const char *dump, const char *removes,
                                           struct dye_error *err);

/* Within the transaction that added an acquisition to a complete dump: when it came earlier than was known, its place
 * among the others is to be found again. */
DYE_MUST_CHECK enum dye_status lineage_came_earlier(struct store *s, const char *dump, struct dye_error *err);

#endif
