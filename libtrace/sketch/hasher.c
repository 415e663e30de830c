#include "dye/sketch.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 64, BLOCK = 2 }; /* probes; words of a block */

struct dye_sketch_hasher {
    EVP_CIPHER_CTX *aes;
    uint64_t in[BATCH * BLOCK], out[BATCH * BLOCK];
};

/* The library's own arguments can't be refused; a broken libcrypto must not go on quietly. */
static void must(bool ok)
{
    if (!ok)
        abort();
}

struct dye_sketch_hasher *dye_sketch_hasher_new(const struct dye_key *sketch_key)
{
    struct dye_sketch_hasher *h = calloc(1, sizeof *h);
    EVP_CIPHER_CTX *aes = h != NULL ? EVP_CIPHER_CTX_new() : NULL;
    if (aes == NULL) {
        free(h);
        return NULL;
    }
    DYE_CLEANUP(dye_key_wipe) struct dye_key token = {0};
    dye_key_derive(sketch_key, "dyetrace/1/sketch/token", &token);
    must(EVP_EncryptInit_ex(aes, EVP_aes_256_ecb(), NULL, token.bytes, NULL) == 1);
    must(EVP_CIPHER_CTX_set_padding(aes, 0) == 1);
    h->aes = aes;
    return h;
}

void dye_sketch_hasher_free(struct dye_sketch_hasher *h)
{
    if (h == NULL)
        return;
    EVP_CIPHER_CTX_free(h->aes);
    dye_wipe(h, sizeof *h);
    free(h);
}

void dye_sketch_hash(struct dye_sketch_hasher *h, const uint64_t *probes, size_t n, uint64_t *ret)
{
    for (size_t done = 0; done < n;) {
        size_t batch = n - done < BATCH ? n - done : BATCH;
        int bytes = 0;
        for (size_t i = 0; i < batch; i++)
            h->in[BLOCK * i] = probes[done + i]; /* the other word stays 0 */
        must(EVP_EncryptUpdate(h->aes, (uint8_t *)h->out, &bytes, (const uint8_t *)h->in,
                               (int)(batch * BLOCK * sizeof *h->in)) == 1);
        for (size_t i = 0; i < batch; i++)
            ret[done + i] = h->out[BLOCK * i];
        done += batch;
    }
}
