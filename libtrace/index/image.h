#ifndef INDEX_IMAGE_H
#define INDEX_IMAGE_H
/*
 * image: how an index lies in memory and in a file. Private to the index layer.
 *
 *   header     384 bytes
 *   filters    a Bloom filter for each class of token: words of 64 bits; a key sets four bits of one word
 *   buckets    (buckets + 1) x u32: where each stretch of the keys begins
 *   keys       keys x struct dye_index_entry (28 bytes): what is looked up, sorted by probe
 *   traits     traits x struct dye_index_entry: what only corroborates, grouped by canary
 *   canaries   (canaries + 1) x struct image_canary, in order of their ids
 *   names      the ids, each with its NUL
 *
 * Sections start at multiples of 64 and follow each other in this order, so the counts alone give every offset: an
 * image has one valid layout and opening compares with it. All numbers are little-endian. The checksum is XXH3-64 of
 * everything but itself; it finds damage, not malice: whoever reads a number holds it against its bound then, so that
 * opening an image costs no more than its checksum.
 */
#include "dye/index.h"

#define IMAGE_MAGIC "DYEINDEX"
#define IMAGE_VERSION 2u
#define IMAGE_EMBEDS_KEYS 1u
#define IMAGE_ID_MAX_BYTES 63
#define IMAGE_ENTRIES_MAX (UINT32_MAX / 4)

struct image_header {
    uint8_t magic[8];
    uint32_t version;
    uint32_t flags;
    uint64_t bytes; /* of the whole image */
    uint64_t checksum;
    uint64_t epoch; /* the highest of the entries */
    uint64_t words[DYE_TOKEN_CLASSES];
    uint64_t buckets, keys, traits, canaries, names_bytes;
    uint8_t key_check[DYE_KEY_CHECK_BYTES];
    uint8_t fp_key[DYE_KEY_BYTES]; /* zero unless embedded, as the next */
    uint8_t probe_secret[DYE_PROBE_SECRET_BYTES];
};

struct image_canary {
    uint32_t traits; /* the first of its own; those of the next end them */
    uint32_t name;   /* offset in names */
};

struct image_layout {
    uint64_t words[DYE_TOKEN_CLASSES];
    uint64_t buckets, keys, traits, canaries, names, bytes;
};

#define IMAGE_KEYS_A_WORD 4 /* 16 bits a key: about 1 in 150 probes passes by chance */
#define IMAGE_KEYS_A_BUCKET 8

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are mapped as they lie: little-endian machines only");
_Static_assert(sizeof(struct image_header) == 384, "the header has no padding");
_Static_assert(sizeof(struct dye_index_entry) == 28, "entries have no padding");
_Static_assert(sizeof(struct image_canary) == 8, "canaries have no padding");

/* False when a count is beyond what an image may hold. */
bool image_layout(const struct image_header *h, struct image_layout *ret);
uint64_t image_checksum(const uint8_t *image, size_t bytes);
/* A value that only these keys give. */
void image_key_check(const struct dye_index_keys *keys, uint8_t ret[DYE_KEY_CHECK_BYTES]);

/* Which of n: as the probe lies in its range, so that sorted keys stand in the order of their buckets. */
static inline uint64_t image_place(uint64_t probe, uint64_t n)
{
    return (uint64_t)(((unsigned __int128)probe * n) >> 64);
}

#endif
