#ifndef DYE_SKETCH_H
#define DYE_SKETCH_H
/*
 * sketch: what stays of a part's tokens, so that canaries registered later can be looked for without the dump.
 *
 * A scan gives a probe for each token (scan.h, struct dye_token_sink). A probe is a fast hash, not a cryptographic
 * one, so what a sketch holds is a function of it under a key of its own: the first half of the AES-256 block (probe,
 * 0). An index entry holds the same probe, so whoever has the sketch key tests entries against a sketch, and needs no
 * plain value to do it. Without the key a sketch says how many tokens of which class there were, and nothing else.
 *
 * An image is a binary fuse filter (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", ACM
 * Journal of Experimental Algorithmics 27, 2022) over the distinct tokens, at most DYE_SKETCH_TOKENS of them: what was
 * put in is always found; what was not is found with probability 2^-bits. `bits` is 32 up to DYE_SKETCH_SMALL tokens
 * and 14 above: small parts are most parts and cost little, large ones take two bytes a distinct token.
 */
#include "dye/index.h"

#define DYE_SKETCH_TOKENS (1u << 20) /* of one image */
#define DYE_SKETCH_SMALL (1u << 16)
#define DYE_SKETCH_WIDE_BITS 32u
#define DYE_SKETCH_BITS 14u

/* ---- probe -> token ---- */
struct dye_sketch_hasher;
/* NULL when out of memory. One thread at a time. */
DYE_API struct dye_sketch_hasher *dye_sketch_hasher_new(const struct dye_key *sketch_key);
DYE_API void dye_sketch_hasher_free(struct dye_sketch_hasher *h); /* takes NULL; wipes */
/* ret[i] is the token of probes[i]; they may be the same array. A few ns each in runs of 64. */
DYE_API void dye_sketch_hash(struct dye_sketch_hasher *h, const uint64_t *probes, size_t n, uint64_t *ret);

/* ---- building ---- */
struct dye_sketch_builder; /* at most 16 MiB, and 24 MiB more while it seals */
/* An image, to be stored; borrowed for the call. */
typedef enum dye_status (*dye_sketch_fn)(void *arg, struct dye_span image);
/* NULL when out of memory. */
DYE_API struct dye_sketch_builder *dye_sketch_builder_new(const struct dye_key *sketch_key, dye_sketch_fn on_image,
                                                          void *arg);
DYE_API void dye_sketch_builder_free(struct dye_sketch_builder *b); /* takes NULL; wipes */
/* A dye_token_fn (scan.h); `builder` is the builder. classes[i]: bit c is set when the token is of enum
 * dye_token_class c. Repeats count once. A full image is sealed on the way. DYE_E_NOMEM, or what on_image returned. */
DYE_MUST_CHECK DYE_API enum dye_status dye_sketch_builder_take(void *builder, const uint64_t *probes,
                                                               const uint8_t *classes, size_t n);
/* Distinct tokens since the last image. */
DYE_API size_t dye_sketch_builder_tokens(const struct dye_sketch_builder *b);
/* Gives on_image what there is, if there is any, and starts anew. The same tokens give the same image, in whatever
 * order they came. */
DYE_MUST_CHECK DYE_API enum dye_status dye_sketch_builder_seal(struct dye_sketch_builder *b);
/* Drops what there is. */
DYE_API void dye_sketch_builder_clear(struct dye_sketch_builder *b);

/* ---- reading ---- */
struct dye_sketch { /* the caller's storage; borrows the image */
    const uint8_t *slots;
    uint64_t seed;
    uint32_t bits;
    uint32_t tokens;                    /* distinct */
    uint32_t window;                    /* slots, a power of two */
    uint32_t starts;                    /* slots that a token's first may be */
    uint64_t counts[DYE_TOKEN_CLASSES]; /* distinct tokens that could be of that class */
};
/* Checks all that dye_sketch_maybe relies on, and a checksum. DYE_E_STREAM when it is no image. O(bytes). */
DYE_MUST_CHECK DYE_API enum dye_status dye_sketch_open(struct dye_span image, struct dye_sketch *ret,
                                                       struct dye_error *err);
/* Whether a token may be there; false is certain. Three reads. Any number of threads. */
DYE_API bool dye_sketch_maybe(const struct dye_sketch *s, uint64_t token);

#endif
