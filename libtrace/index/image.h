#ifndef INDEX_IMAGE_H
#define INDEX_IMAGE_H
/*
 * image: how an index lies in memory and in a file. Private to the index layer.
 *
 *   header     384 bytes
 *   bloom      blocks x 64 bytes: 8 words of 64 bits, one bit set in each by every key of the block
 *   slots      slots x u32: 0 is empty, else entry number + 1; linear probing, at most half full
 *   entries    entries x struct dye_index_entry (40 bytes), grouped by canary
 *   canaries   canaries x struct image_canary, in order of their ids
 *   names      the ids, each with its NUL
 *
 * Sections start at multiples of 64 and follow each other in this order, so the counts alone give every offset: an
 * image has one valid layout and opening compares with it. All numbers are little-endian. The checksum is XXH3-64 of
 * everything but itself; it finds damage, not malice, so the reader trusts no number because of it.
 */
#include "dye/index.h"

#define IMAGE_MAGIC "DYEINDEX"
#define IMAGE_VERSION 1u
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
    uint64_t blocks, slots, entries, canaries, names_bytes;
    uint8_t key_check[DYE_KEY_CHECK_BYTES];
    uint8_t fp_key[DYE_KEY_BYTES]; /* zero unless embedded, as the next */
    uint8_t probe_secret[DYE_PROBE_SECRET_BYTES];
    uint8_t zero[64];
};

struct image_canary {
    uint32_t first, n; /* of its entries */
    uint32_t name;     /* offset in names */
    uint32_t name_bytes;
};

struct image_layout {
    uint64_t bloom, slots, entries, canaries, names, bytes;
};

#define IMAGE_BLOCK_WORDS 8
#define IMAGE_KEYS_A_BLOCK 32 /* 512 bits over 16 bits a key: about 1 in 1,000 probes passes by chance */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are mapped as they lie: little-endian machines only");
_Static_assert(sizeof(struct image_header) == 384, "the header has no padding");
_Static_assert(sizeof(struct dye_index_entry) == 40, "entries have no padding");
_Static_assert(sizeof(struct image_canary) == 16, "canaries have no padding");

/* False when a count is beyond what an image may hold. */
bool image_layout(const struct image_header *h, struct image_layout *ret);
uint64_t image_checksum(const uint8_t *image, size_t bytes);
/* A value that only these keys give. */
void image_key_check(const struct dye_index_keys *keys, uint8_t ret[DYE_KEY_CHECK_BYTES]);

/* Where a key belongs: the upper half of the probe picks the block, its lower half the first slot. */
static inline uint64_t image_block(uint64_t probe, uint64_t blocks)
{
    return (uint64_t)(((unsigned __int128)probe * blocks) >> 64);
}

static inline uint64_t image_slot(uint64_t probe, uint64_t slots)
{
    return probe & (slots - 1);
}

/* The bit of a key in word `i` of its block. */
static inline uint64_t image_bit(uint64_t probe, unsigned i)
{
    uint64_t mixed = probe * UINT64_C(0x9e3779b97f4a7c15); /* else the bits would follow from the block */
    return UINT64_C(1) << (mixed >> (16 + 6 * i) & 63);
}

#endif
