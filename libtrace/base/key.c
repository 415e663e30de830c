#include "dye/key.h"

#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init: no other is as fast, see dye_hmac */
#define XXH_STATIC_LINKING_ONLY
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <xxhash.h>

/* OpenSSL's one-shot primitives fail only when the library itself is broken or memory is gone; going on with
 * unkeyed output would be worse than stopping. */
static void must(int ok, const char *what)
{
    if (ok == 1)
        return;
    (void)what; /* for the debugger: the library prints nothing */
    abort();
}

void dye_key_wipe(struct dye_key *k)
{
    dye_wipe(k, sizeof *k);
}

enum dye_status dye_random(void *p, size_t n, struct dye_error *err)
{
    uint8_t *at = p;
    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            DYE_FAIL(err, DYE_E_IO, "random bytes: the system has none to give");
        }
        at += got;
        n -= (size_t)got;
    }
    return DYE_OK;
}

/* RFC 2104. HMAC() and EVP look their algorithm up at each call, which takes 3 us; this takes 0.2, and 0.1 with the key
 * prepared, and is most of what a hit and an index's entry cost. */
enum { SHA_BLOCK = 64, SHA_LENGTH_AT = 56 };
_Static_assert(sizeof(((SHA256_CTX *)NULL)->h) == sizeof(((struct dye_hmac_key *)NULL)->inner), "a state fits");

void dye_hmac_prepare(const struct dye_key *k, struct dye_hmac_key *ret)
{
    enum { INNER = 0x36, OUTER = 0x5c };
    uint8_t pad[SHA_BLOCK];
    SHA256_CTX sha;
    for (size_t i = 0; i < SHA_BLOCK; i++)
        pad[i] = (uint8_t)((i < DYE_KEY_BYTES ? k->bytes[i] : 0) ^ INNER);
    must(SHA256_Init(&sha), "HMAC");
    SHA256_Transform(&sha, pad);
    memcpy(ret->inner, sha.h, sizeof sha.h);
    for (size_t i = 0; i < SHA_BLOCK; i++)
        pad[i] ^= INNER ^ OUTER;
    must(SHA256_Init(&sha), "HMAC");
    SHA256_Transform(&sha, pad);
    memcpy(ret->outer, sha.h, sizeof sha.h);
    dye_wipe(pad, sizeof pad);
    dye_wipe(&sha, sizeof sha);
}

static void put_big_endian(uint8_t *p, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(p, &v, sizeof v);
}

/* The hash goes on behind the block that led to `state`: what fits into one more in one step. */
static void hash_on(const uint32_t state[8], struct dye_span data, uint8_t ret[SHA256_DIGEST_LENGTH])
{
    SHA256_CTX sha;
    must(SHA256_Init(&sha), "HMAC");
    memcpy(sha.h, state, sizeof sha.h);
    if (data.n < SHA_LENGTH_AT) {
        uint8_t last[SHA_BLOCK] = {0};
        if (data.n != 0)
            memcpy(last, data.p, data.n);
        last[data.n] = 0x80;
        put_big_endian(last + SHA_BLOCK - 4, (uint32_t)(8 * (SHA_BLOCK + data.n)));
        SHA256_Transform(&sha, last);
        for (size_t i = 0; i < 8; i++)
            put_big_endian(ret + 4 * i, sha.h[i]);
        dye_wipe(last, sizeof last);
    } else {
        sha.Nl = 8 * SHA_BLOCK;
        must(SHA256_Update(&sha, data.p, data.n) & SHA256_Final(ret, &sha), "HMAC");
    }
    dye_wipe(&sha, sizeof sha);
}

void dye_hmac_by(const struct dye_hmac_key *k, struct dye_span data, uint8_t ret[32])
{
    uint8_t inner[SHA256_DIGEST_LENGTH];
    hash_on(k->inner, data, inner);
    hash_on(k->outer, dye_span_of(inner, sizeof inner), ret);
    dye_wipe(inner, sizeof inner);
}

void dye_hmac(const struct dye_key *k, struct dye_span data, uint8_t ret[32])
{
    struct dye_hmac_key ready;
    dye_hmac_prepare(k, &ready);
    dye_hmac_by(&ready, data, ret);
    dye_wipe(&ready, sizeof ready);
}

/* RFC 5869, without a salt; n at most 32 of its blocks. By way of EVP the first key would cost a process 1.3 ms: all of
 * OpenSSL's algorithms are looked up then, and its configuration is read. */
static void hkdf(const struct dye_key *parent, const char *label, uint8_t *ret, size_t n)
{
    enum { BLOCK = 32 };
    static const struct dye_key no_salt;
    struct dye_key pseudorandom;
    struct dye_hmac_key ready;
    uint8_t block[BLOCK], text[BLOCK + DYE_KEY_LABEL_MAX + 1];
    size_t info = strlen(label), before = 0;
    must(info <= DYE_KEY_LABEL_MAX, "HKDF");
    dye_hmac(&no_salt, dye_span_of(parent->bytes, DYE_KEY_BYTES), pseudorandom.bytes);
    dye_hmac_prepare(&pseudorandom, &ready);
    for (uint8_t number = 1; n > 0; number++) {
        memcpy(text, block, before);
        memcpy(text + before, label, info);
        text[before + info] = number;
        dye_hmac_by(&ready, dye_span_of(text, before + info + 1), block);
        before = BLOCK;
        size_t some = n < BLOCK ? n : BLOCK;
        memcpy(ret, block, some);
        ret += some;
        n -= some;
    }
    dye_wipe(text, sizeof text);
    dye_wipe(block, sizeof block);
    dye_wipe(&ready, sizeof ready);
    dye_key_wipe(&pseudorandom);
}

void dye_key_derive(const struct dye_key *parent, const char *label, struct dye_key *ret)
{
    struct dye_key child;
    hkdf(parent, label, child.bytes, sizeof child.bytes);
    *ret = child;
    dye_key_wipe(&child);
}

void dye_key_check(const struct dye_key *k, const char *label, uint8_t ret[DYE_KEY_CHECK_BYTES])
{
    struct dye_key check;
    dye_key_derive(k, "dyetrace/1/check", &check);
    uint8_t full[32];
    dye_hmac(&check, dye_span_str(label), full);
    memcpy(ret, full, DYE_KEY_CHECK_BYTES);
    dye_key_wipe(&check);
}

bool dye_equal_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void dye_index_keys_init(const struct dye_key *index_key, struct dye_index_keys *ret)
{
    dye_key_derive(index_key, "dyetrace/1/index/fp", &ret->fp);
    dye_hmac_prepare(&ret->fp, &ret->fp_ready);
    dye_key_derive(index_key, "dyetrace/1/index/seal", &ret->seal);
    hkdf(index_key, "dyetrace/1/index/probe", ret->probe_secret, sizeof ret->probe_secret);
}

void dye_index_keys_wipe(struct dye_index_keys *k)
{
    dye_wipe(k, sizeof *k);
}

void dye_fp(const struct dye_index_keys *k, struct dye_span form, uint8_t ret[DYE_FP_BYTES])
{
    uint8_t full[32];
    dye_hmac_by(&k->fp_ready, form, full);
    memcpy(ret, full, DYE_FP_BYTES);
}

uint64_t dye_probe(const struct dye_index_keys *k, struct dye_span form)
{
    uint64_t h = XXH3_64bits_withSecret(form.p, form.n, k->probe_secret, sizeof k->probe_secret);
    return h != 0 ? h : 1;
}

static void aes_block(const struct dye_key *k, const uint8_t in[16], uint8_t out[16], int encrypt)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    must(ctx != NULL, "AES");
    int n = 0;
    must(EVP_CipherInit_ex(ctx, EVP_aes_256_ecb(), NULL, k->bytes, NULL, encrypt), "AES");
    must(EVP_CIPHER_CTX_set_padding(ctx, 0), "AES");
    must(EVP_CipherUpdate(ctx, out, &n, in, 16), "AES");
    must(n == 16, "AES");
    EVP_CIPHER_CTX_free(ctx);
}

void dye_probe_seal(const struct dye_index_keys *k, uint64_t probe, const uint8_t fp[DYE_FP_BYTES],
                    uint8_t ret[DYE_SEAL_BYTES])
{
    uint8_t block[16];
    for (unsigned i = 0; i < 8; i++)
        block[i] = (uint8_t)(probe >> (8 * i));
    memcpy(block + 8, fp, 8);
    aes_block(&k->seal, block, ret, 1);
    dye_wipe(block, sizeof block);
}

enum dye_status dye_probe_open(const struct dye_index_keys *k, const uint8_t sealed[DYE_SEAL_BYTES],
                               const uint8_t fp[DYE_FP_BYTES], uint64_t *ret_probe)
{
    uint8_t block[16];
    aes_block(&k->seal, sealed, block, 0);
    bool right = dye_equal_secret(block + 8, fp, 8);
    uint64_t probe = 0;
    for (unsigned i = 0; i < 8; i++)
        probe |= (uint64_t)block[i] << (8 * i);
    dye_wipe(block, sizeof block);
    if (!right)
        return DYE_E_KEY;
    *ret_probe = probe;
    return DYE_OK;
}
