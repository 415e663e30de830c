#ifndef DYE_KEY_H
#define DYE_KEY_H
/*
 * key: 256-bit secrets, what is derived from them, and what they seal.
 *
 * A home has one master key. Zone keys (persona, index, sketch, audit) are derived from it once and stored apart;
 * then the master goes offline. A zone never derives another zone's key: HKDF is one-way.
 *
 * Sources: HKDF-SHA-256 RFC 5869; HMAC RFC 2104. Threads: all functions are pure, safe anywhere.
 */
#include "dye/span.h"
#include "dye/status.h"

#include <stdint.h>

#define DYE_KEY_BYTES 32
#define DYE_KEY_CHECK_BYTES 16
#define DYE_FP_BYTES 16
#define DYE_SEAL_BYTES 16

struct dye_key {
    uint8_t bytes[DYE_KEY_BYTES];
};

/* Overwrites in a way the compiler keeps. Usable with DYE_CLEANUP. */
DYE_API void dye_key_wipe(struct dye_key *k);
DYE_API void dye_wipe(void *p, size_t n);

/* From the operating system's generator. DYE_E_IO when it has none to give. */
DYE_MUST_CHECK DYE_API enum dye_status dye_random(void *p, size_t n, struct dye_error *err);

/* ret = HKDF-SHA-256(parent, info = label). `label` is ASCII, such as "dyetrace/1/index"; a longer one than this stops
 * the process. */
enum { DYE_KEY_LABEL_MAX = 255 };
DYE_API void dye_key_derive(const struct dye_key *parent, const char *label, struct dye_key *ret);

/*
 * A value that says whether two holders have the same key and nothing else about it:
 * HMAC(derive(key, "dyetrace/1/check"), label) truncated. The database keeps it to tell a wrong key file.
 */
DYE_API void dye_key_check(const struct dye_key *k, const char *label, uint8_t ret[DYE_KEY_CHECK_BYTES]);

/* HMAC-SHA-256, full length. */
DYE_API void dye_hmac(const struct dye_key *k, struct dye_span data, uint8_t ret[32]);
/* The same for many messages under one key, at half the cost for short ones: the two hashes as they stand behind the
 * key's block. As secret as the key. */
struct dye_hmac_key {
    uint32_t inner[8], outer[8];
};
DYE_API void dye_hmac_prepare(const struct dye_key *k, struct dye_hmac_key *ret);
DYE_API void dye_hmac_by(const struct dye_hmac_key *k, struct dye_span data, uint8_t ret[32]);

/* Constant-time comparison. */
DYE_API bool dye_equal_secret(const void *a, const void *b, size_t n);

/*
 * The three sub-keys of the index key (DESIGN, decision 2), held ready for use.
 *
 * fp     HMAC-SHA-256 of a form's bytes, truncated to 16: what the database stores and what verifies a candidate.
 * probe  XXH3-64 of a form's bytes under a secret: the in-memory hash that the scan looks up. Not cryptographic,
 *        so it is never stored in the clear.
 * seal   one AES-256 block holding probe and the first 8 bytes of fp: how a probe is stored. The second half makes a
 *        wrong key or a swapped row visible on opening.
 */
#define DYE_PROBE_SECRET_BYTES 192
struct dye_index_keys {
    struct dye_key fp;
    struct dye_hmac_key fp_ready; /* dye_hmac_prepare of fp */
    struct dye_key seal;
    uint8_t probe_secret[DYE_PROBE_SECRET_BYTES];
};
DYE_API void dye_index_keys_init(const struct dye_key *index_key, struct dye_index_keys *ret);
DYE_API void dye_index_keys_wipe(struct dye_index_keys *k);

DYE_API void dye_fp(const struct dye_index_keys *k, struct dye_span form, uint8_t ret[DYE_FP_BYTES]);
/* About 10 ns for an identifier; the scanner's hot call. Never returns 0 (0 is "no key" in tables). */
DYE_API uint64_t dye_probe(const struct dye_index_keys *k, struct dye_span form);
DYE_API void dye_probe_seal(const struct dye_index_keys *k, uint64_t probe, const uint8_t fp[DYE_FP_BYTES],
                            uint8_t ret[DYE_SEAL_BYTES]);
/* DYE_E_KEY when the block was not sealed by this key for this fp. */
DYE_MUST_CHECK DYE_API enum dye_status dye_probe_open(const struct dye_index_keys *k,
                                                      const uint8_t sealed[DYE_SEAL_BYTES],
                                                      const uint8_t fp[DYE_FP_BYTES], uint64_t *ret_probe);

#endif
