/* Whatever a helper writes: an end, names in UTF-8, and the same entries however it comes in pieces. */
#include "../../libtrace/decode/listing.h"
#include "../../libtrace/decode/name.h"

#include <stdlib.h>

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct pieces {
    struct feed feed; /* first */
    struct dye_span left;
    size_t step;
};

static bool next(struct feed *f, struct dye_span *ret)
{
    struct pieces *p = (struct pieces *)f;
    *ret = dye_span_of(p->left.p, p->left.n < p->step ? p->left.n : p->step);
    p->left = dye_span_of(p->left.p + ret->n, p->left.n - ret->n);
    return ret->n > 0;
}

static void read_all(struct listing *l, enum listing_form form, struct dye_span text, size_t step)
{
    static struct pieces p;
    const char *name;
    uint64_t bytes, n = 0;
    feed_init(&p.feed, next);
    p.left = text;
    p.step = step;
    listing_init(l);
    REQUIRE(listing_read(l, form, &p.feed) == DYE_OK);
    for (size_t at = 0; listing_next(l, &at, &bytes, &name); n++)
        REQUIRE(name_is_utf8(dye_span_str(name)) && strlen(name) <= 4096);
    REQUIRE(n == l->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (enum listing_form form = LISTING_7Z; form <= LISTING_RAR; form++) {
        struct listing whole, parts;
        read_all(&whole, form, dye_span_of(data, size), size + 1);
        read_all(&parts, form, dye_span_of(data, size), 7);
        REQUIRE(whole.entries.n == parts.entries.n &&
                (whole.entries.n == 0 || memcmp(whole.entries.p, parts.entries.p, whole.entries.n) == 0));
        listing_done(&whole);
        listing_done(&parts);
    }
    return 0;
}
