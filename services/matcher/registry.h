#ifndef DYE_REGISTRY_H
#define DYE_REGISTRY_H
/*
 * registry: the index of all canaries, as of an epoch, kept live.
 *
 * A snapshot is immutable and counted: a dump is matched against one from start to end, however many epochs pass
 * meanwhile. A refresh loads what is new into the small delta and swaps the snapshot; when the delta has outgrown an
 * eighth of the base they are folded into a new base. Snapshots may be taken on any thread; one thread refreshes.
 */
#include "dye/index.h"
#include "store.h"

#include <stdatomic.h>

struct registry_snapshot {
    struct dye_index_set set;
    uint64_t epoch; /* all entries up to it are in */
    uint64_t canaries;
    atomic_int refs;
};

struct registry;
/* Empty, epoch 0. `keys` is copied. */
DYE_MUST_CHECK enum dye_status registry_new(const struct dye_index_keys *keys, struct registry **ret,
                                            struct dye_error *err);
void registry_free(struct registry *r); /* takes NULL; snapshots live on until they are put back */

/* Loads what came since. *ret_changed, when not NULL: whether anything did. */
DYE_MUST_CHECK enum dye_status registry_refresh(struct registry *r, struct store *s, bool *ret_changed,
                                                struct dye_error *err);

const struct dye_index_keys *registry_keys(const struct registry *r);
struct registry_snapshot *registry_take(struct registry *r);
void registry_put(struct registry_snapshot *s); /* takes NULL */

#endif
