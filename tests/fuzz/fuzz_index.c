/* An image from anywhere, with its checksum put right so that the numbers behind it are reached: opened or refused,
 * and an opened one can be used. */
#include "dye/index.h"

#include <stdlib.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHECKSUM_AT = 24, HEADER = 384 };

static void use(const struct dye_index *x, size_t size)
{
    struct dye_index_entry e, found[4];
    for (uint64_t i = 0; i < dye_index_keys(x); i++) {
        if (!dye_index_key_at(x, i, &e))
            continue;
        if (strlen(dye_index_canary_id(x, e.canary)) > size)
            abort();
        dye_index_call_keys(x, e.probe);
        (void)dye_index_call_found(x, e.probe);
        (void)dye_index_find(x, e.probe, dye_span_str("anything"), found, 4);
        for (enum dye_token_class c = 0; c < DYE_TOKEN_CLASSES; c++)
            (void)dye_index_maybe(x, c, e.probe);
    }
    for (uint32_t c = 0; c < dye_index_canaries(x); c++)
        for (size_t i = 0; dye_index_trait_at(x, c, i, &e); i++)
            if (e.canary != c)
                abort();
    for (uint64_t probe = 1; probe != 0; probe <<= 1) {
        (void)dye_index_call_found(x, probe);
        (void)dye_index_find(x, probe, dye_span_str("anything"), found, 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *image = malloc(size + 1);
    memcpy(image, data, size);
    if (size >= HEADER) {
        uint64_t head = XXH3_64bits(image, CHECKSUM_AT);
        uint64_t sum = XXH3_64bits_withSeed(image + CHECKSUM_AT + 8, size - CHECKSUM_AT - 8, head);
        memcpy(image + CHECKSUM_AT, &sum, sizeof sum);
    }
    struct dye_index *x = NULL;
    if (dye_index_take(image, size, NULL, &x, NULL) == DYE_OK) {
        use(x, size);
        dye_index_unref(x);
    }
    return 0;
}
