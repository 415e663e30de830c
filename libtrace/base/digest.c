#include "dye/digest.h"

#define OPENSSL_SUPPRESS_DEPRECATED /* MD5_Init and its like: no other is as fast, see dye_digest_of */
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>

static const EVP_MD *method(enum dye_digest d)
{
    switch (d) {
    case DYE_MD5:
        return EVP_md5();
    case DYE_SHA1:
        return EVP_sha1();
    case DYE_SHA256:
        return EVP_sha256();
    case DYE_SM3:
        return EVP_sm3();
    }
    abort();
}

size_t dye_digest_bytes(enum dye_digest d)
{
    return d == DYE_MD5 ? 16 : d == DYE_SHA1 ? 20 : 32;
}

const char *dye_digest_name(enum dye_digest d)
{
    static const char *const names[] = {"md5", "sha1", "sha256", "sm3"};
    return names[d];
}

/* A digest that silently is not one would make evidence worthless, so failure ends the process. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

static EVP_MD *sm3;

static void fetch(void)
{
    sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
    must(sm3 != NULL);
}

/* Digests of short texts by the million: EVP looks its method up and makes a context at each call, which costs more
 * than the digest. SM3 has no other way in, so that it is looked up once. */
void dye_digest_of(enum dye_digest d, struct dye_span data, uint8_t *ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const uint8_t *p = data.n != 0 ? data.p : (const uint8_t *)"";
    MD5_CTX md5;
    SHA_CTX sha1;
    SHA256_CTX sha256;
    switch (d) {
    case DYE_MD5:
        must(MD5_Init(&md5) & MD5_Update(&md5, p, data.n) & MD5_Final(ret, &md5));
        return;
    case DYE_SHA1:
        must(SHA1_Init(&sha1) & SHA1_Update(&sha1, p, data.n) & SHA1_Final(ret, &sha1));
        return;
    case DYE_SHA256:
        must(SHA256_Init(&sha256) & SHA256_Update(&sha256, p, data.n) & SHA256_Final(ret, &sha256));
        return;
    case DYE_SM3:
        must(pthread_once(&once, fetch) == 0);
        must(EVP_Digest(p, data.n, ret, NULL, sm3, NULL));
        return;
    }
    abort();
}

struct dye_digester {
    EVP_MD_CTX *ctx;
};

struct dye_digester *dye_digester_new(enum dye_digest d)
{
    struct dye_digester *x = calloc(1, sizeof *x);
    must(x != NULL && (x->ctx = EVP_MD_CTX_new()) != NULL);
    must(EVP_DigestInit_ex(x->ctx, method(d), NULL));
    return x;
}

void dye_digester_free(struct dye_digester *x)
{
    if (x == NULL)
        return;
    EVP_MD_CTX_free(x->ctx);
    free(x);
}

void dye_digester_feed(struct dye_digester *x, struct dye_span data)
{
    if (data.n != 0)
        must(EVP_DigestUpdate(x->ctx, data.p, data.n));
}

void dye_digester_end(struct dye_digester *x, uint8_t *ret)
{
    unsigned n = 0;
    must(EVP_DigestFinal_ex(x->ctx, ret, &n));
}

void dye_hex(const uint8_t *p, size_t n, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        ret[2 * i] = digits[p[i] >> 4];
        ret[2 * i + 1] = digits[p[i] & 15];
    }
    ret[2 * n] = '\0';
}

static int nibble(uint8_t c)
{
    if (dye_is_digit(c))
        return c - '0';
    uint8_t l = dye_to_lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool dye_unhex(struct dye_span text, uint8_t *ret, size_t n)
{
    if (text.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int hi = nibble(text.p[2 * i]);
        int lo = nibble(text.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        ret[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}
