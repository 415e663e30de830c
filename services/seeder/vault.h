#ifndef DYE_VAULT_H
#define DYE_VAULT_H
/*
 * vault: values that no key makes (of pools and imports), as the database holds them: sealed, so that the seeder's zone
 * alone reads them, and fingerprinted, so that the same value is recognised.
 *
 * Sealed: 24 random bytes, then XChaCha20-Poly1305 (libsodium) of the value, padded to whole 64 bytes, under a sub-key
 * of the persona key. The associated data names the row, so that a value moved to another row does not open.
 * Threads: pure, safe anywhere.
 */
#include "dye/ident.h"
#include "dye/key.h"

struct vault {
    struct dye_key seal, fp;
};
void vault_init(const struct dye_key *persona_key, struct vault *ret);
void vault_wipe(struct vault *v);

#define VAULT_SEALED_MAX_BYTES (24 + 384 + 16)
struct vault_sealed {
    uint8_t p[VAULT_SEALED_MAX_BYTES];
    size_t n;
};
/* row: such as vault_row_pool gives. DYE_E_IO when the system has no randomness to give. */
DYE_MUST_CHECK enum dye_status vault_seal(const struct vault *v, const char *row, const struct dye_value *value,
                                          struct vault_sealed *ret, struct dye_error *err);
/* DYE_E_KEY when it was not sealed by this key for this row. */
DYE_MUST_CHECK enum dye_status vault_open(const struct vault *v, const char *row, struct dye_span sealed,
                                          struct dye_value *ret, struct dye_error *err);

/* HMAC over kind and value: what keeps a value from being pooled twice. Not the index's, which the matcher has. */
void vault_fp(const struct vault *v, const char *kind, const struct dye_value *value, uint8_t ret[DYE_FP_BYTES]);

/* A bytea as the database writes it ("\\x" and hex); false when it can't be one. */
DYE_MUST_CHECK bool vault_unhex(const char *text, struct vault_sealed *ret);

/* The rows' names. */
#define VAULT_ROW_MAX 96
void vault_row_pool(char ret[VAULT_ROW_MAX], const char *fp_hex);
void vault_row_canary(char ret[VAULT_ROW_MAX], const char *canary, char variant, const char *kind);

#endif
