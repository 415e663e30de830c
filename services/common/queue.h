#ifndef DYE_QUEUE_H
#define DYE_QUEUE_H
/*
 * queue: work that waits, leases on what is being worked on, and the ledger of what is done.
 *
 * The pg backend: items are rows, a lease is a session lock, so that a killed worker holds nothing and the next one
 * starts at once. Items carry opaque references only. An item is pushed in the transaction that makes it necessary and
 * removed in the one that did it, so that neither a crash nor a lost message loses it; doing it twice must be harmless.
 * One queue for one store; one thread.
 */
#include "dye/chunker.h"
#include "store.h"

#define QUEUE_REFERENCE_MAX 64

/* Pushing what already waits changes nothing. */
DYE_MUST_CHECK enum dye_status queue_push(struct store *s, const char *topic, const char *reference,
                                          struct dye_error *err);
/* The oldest item of the topic that nobody holds, leased to this session. DYE_END when there is none. */
DYE_MUST_CHECK enum dye_status queue_claim(struct store *s, const char *topic, char ret[QUEUE_REFERENCE_MAX],
                                           struct dye_error *err);
/* The item is done (within the caller's transaction, if one is open). Its lease stays until queue_release. */
DYE_MUST_CHECK enum dye_status queue_done(struct store *s, const char *topic, const char *reference,
                                          struct dye_error *err);

/* Waits until nobody else holds (topic, reference). */
DYE_MUST_CHECK enum dye_status queue_lease(struct store *s, const char *topic, const char *reference,
                                           struct dye_error *err);
DYE_MUST_CHECK enum dye_status queue_release(struct store *s, const char *topic, const char *reference,
                                             struct dye_error *err);

/* The ledger of a dump's chunks. queue_chunk_done belongs into the transaction that stores the chunk's results;
 * `census` is JSON. */
struct queue_chunk {
    uint32_t part;
    uint32_t number;
    uint64_t start, bytes, records;
    uint64_t lines; /* where records are lines */
};
DYE_MUST_CHECK enum dye_status queue_chunk_done(struct store *s, const char *dump, const struct queue_chunk *c,
                                                const char *census, struct dye_error *err);
/* All chunks that are done, in order of (part, number); free() the array. */
DYE_MUST_CHECK enum dye_status queue_chunks(struct store *s, const char *dump, struct queue_chunk **ret, size_t *ret_n,
                                            struct dye_error *err);

#endif
