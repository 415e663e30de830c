/* An exclusion list: as a file, and as what a sealed file holds, so that the numbers behind the seal are reached. It is
 * opened or refused, and an opened one can be used. */
#include "dye/exclusion.h"

#include <sodium.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 80, AT_CHECK = 24, AT_SALT = 40, AT_NONCE = 56, TAG = 16, PAD = 4096, KIB = 8 };

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void use(const struct dye_exclusion *x)
{
    struct dye_exclusion_batch *b = dye_exclusion_batch_new(x);
    const struct dye_exclusion_cell cells[] = {{DYE_MOBILE, dye_span_str("16010000001")},
                                               {DYE_KIND_NONE, dye_span_str("a@b.invalid")}};
    must(dye_exclusion_system_is_valid(dye_exclusion_terms_of(x)->system));
    for (uint32_t i = 0; i < dye_exclusion_canaries(x); i++)
        must(strlen(dye_exclusion_canary_id(x, i)) == 17 && dye_exclusion_canary_variant(x, i) >= 'A');
    must(dye_exclusion_batch_add(b, cells, 2) == DYE_OK);
    if (dye_exclusion_batch_end(b, 1, NULL) == DYE_OK)
        must(dye_exclusion_batch_answer(b, 0)->verdict != DYE_EXCLUSION_UNREADABLE);
    dye_exclusion_batch_free(b);
}

static void open_file(const uint8_t *p, size_t n, const struct dye_key *k)
{
    struct dye_exclusion *x = NULL;
    if (dye_exclusion_open(dye_span_of(p, n), k, &x, NULL) != DYE_OK)
        return;
    use(x);
    dye_exclusion_free(x);
}

/* As a file that was made by who has the key. */
static void open_body(const uint8_t *body, size_t size, const struct dye_key *k)
{
    size_t n = (size / PAD + 1) * PAD;
    struct dye_key root;
    struct dye_key seal;
    uint8_t *file = calloc(1, HEAD + n + TAG);
    uint8_t *padded = calloc(1, n);
    must(file != NULL && padded != NULL && sodium_init() >= 0);
    memcpy(file, "DYEEXCLU\1\0\0\0\1\0\0\0\10\0\0\0", 20);
    dye_key_check(k, "exclusion", file + AT_CHECK);
    must(crypto_pwhash(root.bytes, sizeof root.bytes, (const char *)k->bytes, sizeof k->bytes, file + AT_SALT, 1,
                       KIB * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0);
    dye_key_derive(&root, "dyetrace/1/exclusion/seal", &seal);
    if (size != 0)
        memcpy(padded, body, size);
    padded[size] = 0x80;
    crypto_aead_xchacha20poly1305_ietf_encrypt(file + HEAD, NULL, padded, n, file, HEAD, NULL, file + AT_NONCE,
                                               seal.bytes);
    open_file(file, HEAD + n + TAG, k);
    free(padded);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dye_key k = {{7}};
    /* As a file of small cost: the memory that it asks for is no finding. */
    if (size < 24 || (data[16] == 8 && data[17] == 0 && data[18] == 0 && data[12] < 3))
        open_file(data, size, &k);
    open_body(data, size, &k);
    return 0;
}
