#ifndef SKETCH_FUSE_H
#define SKETCH_FUSE_H
/*
 * fuse: a binary fuse filter of three, and the image that it lies in. Private to the sketch layer.
 *
 * Slots are cut into windows of equal length, a power of two. A token's three slots lie in three windows in a row, and
 * the XOR of what they hold is its print. Assigning is peeling: a slot that only one token is left in takes that
 * token's print last, so the token can be taken out of its other slots.
 */
#include "dye/sketch.h"

struct fuse_shape {
    uint32_t window; /* slots */
    uint32_t starts; /* slots that the first of three may be: all but the last two windows */
};
static inline uint32_t fuse_slots(const struct fuse_shape *s)
{
    return s->starts + 2 * s->window;
}
struct fuse_shape fuse_shape_of(uint32_t tokens);
static inline uint64_t fuse_bytes(const struct fuse_shape *s, uint32_t bits)
{
    return ((uint64_t)fuse_slots(s) * bits + 7) / 8 + 8; /* a slot is read as eight bytes */
}

/* Where a token goes, under a seed, and what it leaves there. Tokens are uniform; under the first seed, 1, their order
 * is that of their first slots, so that tokens in order touch slots in order, a few windows at a time. */
struct fuse_place {
    uint32_t slot[3];
    uint32_t print;
};
static inline struct fuse_place fuse_place_of(const struct fuse_shape *s, uint32_t bits, uint64_t seed, uint64_t token)
{
    uint64_t h = token * seed;
    h ^= h >> 32;
    uint32_t first = (uint32_t)(((unsigned __int128)h * s->starts) >> 64), mask = s->window - 1;
    uint64_t print = h * UINT64_C(0x9e3779b97f4a7c15); /* its high bits, which all of h has a part in */
    return (struct fuse_place){
        {first, (first + s->window) ^ ((uint32_t)(h >> 18) & mask), (first + 2 * s->window) ^ ((uint32_t)h & mask)},
        (uint32_t)(print >> (64 - bits))};
}

static inline uint64_t fuse_word(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline uint32_t fuse_get(const uint8_t *slots, uint32_t bits, uint32_t i)
{
    uint64_t at = (uint64_t)i * bits;
    return (uint32_t)(fuse_word(slots + at / 8) >> (at % 8) & ((UINT64_C(1) << bits) - 1));
}

/* Fills zeroed `slots` from n distinct tokens. DYE_E_NOMEM; DYE_E_BUG after a hundred seeds. */
DYE_MUST_CHECK enum dye_status fuse_build(const struct fuse_shape *s, uint32_t bits, const uint64_t *tokens, uint32_t n,
                                          uint8_t *slots, uint64_t *ret_seed);

/* The image: this, little-endian, then the slots. */
#define SKETCH_MAGIC "dyesket\1"
struct sketch_header {
    uint8_t magic[8];
    uint64_t checksum; /* XXH3-64 of all behind it */
    uint64_t seed;
    uint32_t bits, tokens, window, starts;
    uint32_t counts[DYE_TOKEN_CLASSES];
};
_Static_assert(sizeof(struct sketch_header) == 40 + 4 * DYE_TOKEN_CLASSES, "no padding");

#endif
