#include "fuse.h"

#include <xxhash.h>

enum dye_status dye_sketch_open(struct dye_span image, struct dye_sketch *ret, struct dye_error *err)
{
    struct sketch_header h;
    size_t at = offsetof(struct sketch_header, seed);
    if (image.n < sizeof h)
        DYE_FAIL(err, DYE_E_STREAM, "not a sketch");
    memcpy(&h, image.p, sizeof h);
    if (memcmp(h.magic, SKETCH_MAGIC, sizeof h.magic) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "not a sketch");
    bool known_bits = h.bits == DYE_SKETCH_BITS || h.bits == DYE_SKETCH_WIDE_BITS;
    if (!known_bits || h.tokens < 1 || h.tokens > DYE_SKETCH_TOKENS)
        DYE_FAIL(err, DYE_E_STREAM, "the sketch is damaged");
    /* The shape is what the builder's arithmetic said, on whatever machine: what counts is that it is one. */
    struct fuse_shape shape = {h.window, h.starts};
    if (h.window < 4 || h.window > DYE_SKETCH_TOKENS || (h.window & (h.window - 1)) != 0 || h.starts == 0 ||
        h.starts > 4 * DYE_SKETCH_TOKENS || h.starts % h.window != 0 ||
        image.n != sizeof h + fuse_bytes(&shape, h.bits) || h.checksum != XXH3_64bits(image.p + at, image.n - at))
        DYE_FAIL(err, DYE_E_STREAM, "the sketch is damaged");
    *ret = (struct dye_sketch){.slots = image.p + sizeof h,
                               .seed = h.seed,
                               .bits = h.bits,
                               .tokens = h.tokens,
                               .window = h.window,
                               .starts = h.starts};
    for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++)
        ret->counts[c] = h.counts[c];
    return DYE_OK;
}

bool dye_sketch_maybe(const struct dye_sketch *s, uint64_t token)
{
    const struct fuse_shape shape = {s->window, s->starts};
    struct fuse_place p = fuse_place_of(&shape, s->bits, s->seed, token != 0 ? token : 1);
    return (fuse_get(s->slots, s->bits, p.slot[0]) ^ fuse_get(s->slots, s->bits, p.slot[1]) ^
            fuse_get(s->slots, s->bits, p.slot[2])) == p.print;
}
