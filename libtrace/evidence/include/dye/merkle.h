#ifndef DYE_MERKLE_H
#define DYE_MERKLE_H
/*
 * merkle: the append-only log that placements are committed to before they are planted (RFC 9162, section 2.1).
 *
 * Leaf hash SHA-256(0x00 || d), node hash SHA-256(0x01 || left || right), split at the largest power of two below n.
 * d = 32-byte nonce || placement || hash of its values: with the nonce one leaf can be opened later without telling
 * anything of the others.
 *
 * Pure; any thread, and a struct dye_merkle one at a time.
 */
#include "dye/span.h"
#include "dye/status.h"

#include <stdint.h>

#define DYE_HASH_BYTES 32
#define DYE_MERKLE_DEPTH_MAX 64

struct dye_hash {
    uint8_t bytes[DYE_HASH_BYTES];
};

DYE_API void dye_merkle_leaf(struct dye_span d, struct dye_hash *ret);

/* The frontier: the roots of the complete subtrees, biggest first; one for each set bit of size. */
struct dye_merkle {
    uint64_t size;
    struct dye_hash peak[DYE_MERKLE_DEPTH_MAX];
};
DYE_API void dye_merkle_init(struct dye_merkle *m);
DYE_API void dye_merkle_append(struct dye_merkle *m, const struct dye_hash *leaf); /* O(1) hashes on average */
DYE_API void dye_merkle_root(const struct dye_merkle *m, struct dye_hash *ret);    /* of 0 leaves: SHA-256("") */
/* Number of peaks = popcount(size). */
DYE_API unsigned dye_merkle_peaks(const struct dye_merkle *m);

/*
 * Proofs. `leaves` are the n leaf hashes of the log, in order; *ret_n is at most DYE_MERKLE_DEPTH_MAX. O(n) hashes, no
 * allocation. index < n; old_n <= n (asserted). The proof from 0 leaves, or from n to n, is empty.
 *
 * The verifiers take anything: a proof, a size or a hash that came from outside. False is the answer to what is
 * malformed too. Every log extends the empty one, so old_n = 0 holds for any root.
 */
DYE_API void dye_merkle_inclusion(const struct dye_hash *leaves, uint64_t n, uint64_t index,
                                  struct dye_hash ret[DYE_MERKLE_DEPTH_MAX], unsigned *ret_n);
DYE_API bool dye_merkle_inclusion_holds(const struct dye_hash *leaf, uint64_t index, uint64_t n,
                                        const struct dye_hash *proof, unsigned proof_n, const struct dye_hash *root);
DYE_API void dye_merkle_consistency(const struct dye_hash *leaves, uint64_t old_n, uint64_t n,
                                    struct dye_hash ret[DYE_MERKLE_DEPTH_MAX], unsigned *ret_n);
DYE_API bool dye_merkle_consistency_holds(uint64_t old_n, const struct dye_hash *old_root, uint64_t n,
                                          const struct dye_hash *root, const struct dye_hash *proof, unsigned proof_n);

/*
 * The leaf data of a placement: nonce || "dyetrace/1/placement\n" canary "\n" variant "\n" source "\n" planted_at "\n"
 * || values_hash. ret_leaf is its leaf hash. values_hash: SHA-256 over the canary's fingerprints in ascending order.
 * DYE_E_USAGE when a text is empty, longer than 1,024 bytes or holds a control byte, or variant is not A to Z;
 * DYE_E_NOMEM.
 */
struct dye_placement_leaf {
    uint8_t nonce[32];
    const char *canary;
    char variant;
    const char *source;     /* path */
    const char *planted_at; /* RFC 3339 UTC */
    uint8_t values_hash[DYE_HASH_BYTES];
};
DYE_MUST_CHECK DYE_API enum dye_status dye_placement_leaf_hash(const struct dye_placement_leaf *p,
                                                               struct dye_hash *ret_leaf);

#endif
