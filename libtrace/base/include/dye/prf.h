#ifndef DYE_PRF_H
#define DYE_PRF_H
/*
 * prf: keyed randomness that is the same everywhere, and keyed permutations of a range.
 *
 * A stream is ChaCha20 under HKDF(key, label) with the number as its nonce: drawing again gives the same values on
 * every machine. A permutation is a balanced Feistel network over the smallest even number of bits that holds `n`,
 * eight rounds of SipHash-2-4, with cycle walking (Black and Rogaway, "Ciphers with Arbitrary Finite Domains",
 * CT-RSA 2002): it maps [0, n) onto itself, so distinct inputs give distinct outputs.
 */
#include "dye/key.h"

struct dye_prf { /* the caller's storage; one thread at a time */
    struct dye_key key;
    uint64_t number;
    uint64_t block;
    uint8_t pool[64];
    size_t used;
};

DYE_API void dye_prf_init(struct dye_prf *r, const struct dye_key *k, const char *label, uint64_t number);
/* The same key and label under another number: the cheap way to walk over serials. */
DYE_API void dye_prf_reset(struct dye_prf *r, uint64_t number);
DYE_API void dye_prf_done(struct dye_prf *r); /* wipes */

DYE_API uint64_t dye_prf_u64(struct dye_prf *r);
/* Uniform in [0, n), n > 0, without modulo bias. */
DYE_API uint64_t dye_prf_below(struct dye_prf *r, uint64_t n);
/* Uniform in [0, 1). */
DYE_API double dye_prf_unit(struct dye_prf *r);
/* The index i with probability weights[i] / sum; n > 0, sum in [1, 2^63). O(n). */
DYE_API size_t dye_prf_pick(struct dye_prf *r, const uint32_t *weights, size_t n);

struct dye_perm { /* the caller's storage; immutable once made, any number of threads */
    struct dye_key key;
    uint64_t n;
    uint64_t half_mask;
    unsigned half_bits;
};

/* n in [1, 2^62]. */
DYE_API void dye_perm_init(struct dye_perm *p, const struct dye_key *k, const char *label, uint64_t n);
DYE_API void dye_perm_done(struct dye_perm *p); /* wipes */
/* x in [0, n) -> [0, n), one to one. Expected under 5 passes of the network, about 0.1 us each. */
DYE_API uint64_t dye_perm_at(const struct dye_perm *p, uint64_t x);

#endif
