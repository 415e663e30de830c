#include "vault.h"

#include "dye/digest.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PAD = 64,
    TEXT_MAX = 384
};
static_assert(NONCE + TEXT_MAX + TAG == VAULT_SEALED_MAX_BYTES && DYE_VALUE_MAX_BYTES < TEXT_MAX, "sizes agree");
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == DYE_KEY_BYTES, "a key is a key");

void vault_init(const struct dye_key *persona_key, struct vault *ret)
{
    dye_key_derive(persona_key, "dyetrace/1/vault/seal", &ret->seal);
    dye_key_derive(persona_key, "dyetrace/1/vault/fp", &ret->fp);
}

void vault_wipe(struct vault *v)
{
    dye_wipe(v, sizeof *v);
}

enum dye_status vault_seal(const struct vault *v, const char *row, const struct dye_value *value,
                           struct vault_sealed *ret, struct dye_error *err)
{
    uint8_t text[TEXT_MAX] = {0};
    unsigned long long n = 0;
    size_t padded = 0;
    DYE_TRY(dye_random(ret->p, NONCE, err));
    memcpy(text, value->text, value->n);
    bool fits = sodium_pad(&padded, text, value->n, PAD, sizeof text) == 0; /* by the type it always does */
    assert(fits);
    (void)fits;
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret->p + NONCE, &n, text, padded, (const uint8_t *)row, strlen(row),
                                               NULL, ret->p, v->seal.bytes);
    ret->n = NONCE + (size_t)n;
    dye_wipe(text, sizeof text);
    return DYE_OK;
}

enum dye_status vault_open(const struct vault *v, const char *row, struct dye_span sealed, struct dye_value *ret,
                           struct dye_error *err)
{
    uint8_t text[TEXT_MAX];
    unsigned long long padded = 0;
    size_t n = 0;
    bool ok =
        sealed.n >= NONCE + TAG + PAD && sealed.n <= VAULT_SEALED_MAX_BYTES &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(text, &padded, NULL, sealed.p + NONCE, sealed.n - NONCE,
                                                   (const uint8_t *)row, strlen(row), sealed.p, v->seal.bytes) == 0 &&
        sodium_unpad(&n, text, (size_t)padded, PAD) == 0 && n <= DYE_VALUE_MAX_BYTES;
    if (ok) {
        memcpy(ret->text, text, n);
        ret->text[n] = '\0';
        ret->n = n;
    }
    dye_wipe(text, sizeof text);
    return ok ? DYE_OK : dye_fail(err, DYE_E_KEY, "vault: %s: not sealed by this key for this row", row);
}

void vault_fp(const struct vault *v, const char *kind, const struct dye_value *value, uint8_t ret[DYE_FP_BYTES])
{
    uint8_t data[DYE_VALUE_MAX_BYTES + 64];
    uint8_t mac[32];
    int n = snprintf((char *)data, 64, "%s/", kind);
    memcpy(data + n, value->text, value->n);
    dye_hmac(&v->fp, dye_span_of(data, (size_t)n + value->n), mac);
    memcpy(ret, mac, DYE_FP_BYTES);
    dye_wipe(data, sizeof data);
}

bool vault_unhex(const char *text, struct vault_sealed *ret)
{
    size_t n = strlen(text);
    if (n < 2 || n % 2 != 0 || (n - 2) / 2 > sizeof ret->p || memcmp(text, "\\x", 2) != 0)
        return false;
    ret->n = (n - 2) / 2;
    return dye_unhex(dye_span_of(text + 2, n - 2), ret->p, ret->n);
}

void vault_row_pool(char ret[VAULT_ROW_MAX], const char *fp_hex)
{
    snprintf(ret, VAULT_ROW_MAX, "pool/%s", fp_hex);
}

void vault_row_canary(char ret[VAULT_ROW_MAX], const char *canary, char variant, const char *kind)
{
    snprintf(ret, VAULT_ROW_MAX, "canary/%s/%c/%s", canary, variant, kind);
}
