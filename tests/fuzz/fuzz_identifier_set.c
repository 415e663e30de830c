/* An identifier set from anywhere, with its checksum put right so that the numbers behind it are reached: opened or
 * refused; what was opened is compared with itself, and put in again it gives the same image. */
#include "dye/identifier_set.h"
#include "dye/lineage.h"

#include <stdlib.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum dye_status compare(void *arg, unsigned kind, struct dye_span image)
{
    const struct dye_span *was = arg;
    (void)kind;
    if (!dye_span_equal(*was, image))
        abort();
    return DYE_OK;
}

static void use(struct dye_span image)
{
    static const struct dye_key key = {{1}};
    struct dye_identifier_set s;
    if (dye_identifier_set_open(image, &s, NULL) != DYE_OK)
        return;
    const struct dye_lineage_set set = {s.kind, s.scale_bits, s.at, s.n};
    const struct dye_lineage_dump dump = {&set, 1};
    struct dye_lineage_pair pair;
    struct dye_lineage_parent parent;
    size_t parents;
    dye_lineage_compare(&dump, &dump, &pair);
    if (pair.common != pair.persons || dye_lineage_sample(&set) > set.n)
        abort();
    if (dye_lineage_parents(&dump, &dump, 1, &parent, &parents, NULL) != DYE_OK)
        abort();
    struct dye_identifier_sets *again = dye_identifier_sets_new(&key);
    if (dye_identifier_sets_add(again, image, NULL) != DYE_OK ||
        dye_identifier_sets_images(again, compare, &image) != DYE_OK)
        abort();
    dye_identifier_sets_free(again);
    dye_identifier_set_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { CHECKSUM_AT = 8, CHECKED = 16 };
    uint8_t *image = malloc(size + 1);
    memcpy(image, data, size);
    if (size >= CHECKED) {
        uint64_t sum = XXH3_64bits(image + CHECKED, size - CHECKED);
        memcpy(image + CHECKSUM_AT, &sum, sizeof sum);
    }
    use(dye_span_of(image, size));
    free(image);
    return 0;
}
