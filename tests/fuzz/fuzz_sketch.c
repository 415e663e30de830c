/* A sketch from anywhere, with its checksum put right so that the numbers behind it are reached: opened or refused,
 * and an opened one can be asked. */
#include "dye/sketch.h"

#include <stdlib.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { CHECKSUM_AT = 8, CHECKED = 16 };
    uint8_t *image = malloc(size + 1);
    memcpy(image, data, size);
    if (size >= CHECKED) {
        uint64_t sum = XXH3_64bits(image + CHECKED, size - CHECKED);
        memcpy(image + CHECKSUM_AT, &sum, sizeof sum);
    }
    struct dye_sketch s;
    if (dye_sketch_open(dye_span_of(image, size), &s, NULL) == DYE_OK)
        for (uint64_t token = UINT64_MAX; token != 0; token >>= 1)
            (void)dye_sketch_maybe(&s, token * UINT64_C(0x9e3779b97f4a7c15));
    free(image);
    return 0;
}
