/* Whatever a document of an office program is: what comes out is the same from the input as from the scratch
 * space. */
#include "parts.h"

#include <stdlib.h>

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dye_decode_limits limits = {
        .output_bytes = 4 << 20, .entries = 200, .depth = 4, .ratio = 100, .ratio_free_bytes = 2 << 20};
    char *sought = parts_of(data, size, &(struct parts_options){.limits = &limits});
    REQUIRE(sought != NULL && *sought != '\0');
    limits.ratio_free_bytes = UINT64_C(1) << 40; /* what a stream is measured against grows as it is read */
    char *again = parts_of(data, size, &(struct parts_options){.limits = &limits});
    char *forwards = parts_of(data, size, &(struct parts_options){.limits = &limits, .forwards = true});
    REQUIRE(again != NULL && forwards != NULL && strcmp(again, forwards) == 0);
    free(sought);
    free(again);
    free(forwards);
    return 0;
}
