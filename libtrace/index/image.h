#ifndef INDEX_IMAGE_H
#define INDEX_IMAGE_H
/*
 * image: how an index lies in memory and in a file. Private to the index layer.
 *
 *   header     384 bytes
 *   filters    a Bloom filter for each class of token: words of 64 bits; a key sets four bits of one word
 *   buckets    (buckets + 1) x u32: where each stretch of the keys begins
 *   probes     keys x u64: what is looked up, ascending
 *   keys       keys x struct image_key (14 bytes): what each of them is
 *   traits     traits x struct image_trait (10 bytes): what only corroborates, grouped by canary
 *   canaries   (canaries + 1) x struct image_canary, in order of their ids, then epochs
 *   names      the ids, each with its NUL
 *
 * Sections start at multiples of 64 and follow each other in this order, so the counts alone give every offset: an
 * image has one valid layout and opening compares with it. All numbers are little-endian. The checksum is XXH3-64 of
 * everything but itself; it finds damage, not malice: whoever reads a number holds it against its bound then, so that
 * opening an image costs no more than its checksum.
 */
#include "dye/index.h"

#define IMAGE_MAGIC "DYEINDEX"
#define IMAGE_VERSION 3u
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

/* Kind, form, variant and flags of an entry. */
struct image_what {
    uint16_t bits; /* 5 of the kind, 5 of the form, 5 of the variant counted from 'A', and one for a control */
};

struct image_key {
    uint8_t fp[DYE_INDEX_FP_BYTES];
    uint32_t canary;
    struct image_what what;
} __attribute__((packed, aligned(2)));

struct image_trait {
    uint8_t fp[DYE_INDEX_FP_BYTES];
    struct image_what what;
} __attribute__((packed, aligned(2)));

struct image_canary {
    uint32_t traits; /* the first of its own; those of the next end them */
    uint32_t name;   /* offset in names */
    uint32_t epoch;  /* of all that is its own */
};

struct image_layout {
    uint64_t words[DYE_TOKEN_CLASSES];
    uint64_t buckets, probes, keys, traits, canaries, names, bytes;
};

#define IMAGE_KEYS_A_WORD 4 /* 16 bits a key: about 1 in 150 probes passes by chance */
#define IMAGE_KEYS_A_BUCKET 8

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are mapped as they lie: little-endian machines only");
_Static_assert(sizeof(struct image_header) == 384, "the header has no padding");
_Static_assert(sizeof(struct image_key) == 14, "keys have no padding");
_Static_assert(sizeof(struct image_trait) == 10, "traits have no padding");
_Static_assert(sizeof(struct image_canary) == 12, "canaries have no padding");
_Static_assert(DYE_KIND_COUNT <= 32 && DYE_FORM_COUNT <= 32, "kinds and forms fit into image_what");

/* False when a count is beyond what an image may hold. */
bool image_layout(const struct image_header *h, struct image_layout *ret);
uint64_t image_checksum(const uint8_t *image, size_t bytes);
/* A value that only these keys give. */
void image_key_check(const struct dye_index_keys *keys, uint8_t ret[DYE_KEY_CHECK_BYTES]);

#define IMAGE_VARIANT_FIRST 'A'
#define IMAGE_VARIANT_LAST 'Z'

static inline struct image_what image_what_of(const struct dye_index_entry *e)
{
    unsigned kind = e->kind, form = e->form, variant = (unsigned)(e->variant - IMAGE_VARIANT_FIRST);
    unsigned control = (e->flags & DYE_INDEX_CONTROL) != 0;
    return (struct image_what){(uint16_t)(kind | form << 5 | variant << 10 | control << 15)};
}

/* Into the entry. False for what no builder writes, which a hostile image might hold. */
static inline bool image_what_read(struct image_what what, struct dye_index_entry *ret)
{
    ret->kind = what.bits & 31;
    ret->form = what.bits >> 5 & 31;
    ret->variant = (char)(IMAGE_VARIANT_FIRST + (what.bits >> 10 & 31));
    ret->flags = what.bits >> 15 != 0 ? DYE_INDEX_CONTROL : 0;
    return ret->kind != DYE_KIND_NONE && ret->kind < DYE_KIND_COUNT && ret->form != DYE_FORM_NONE &&
           ret->form < DYE_FORM_COUNT && ret->variant <= IMAGE_VARIANT_LAST;
}

/* Which of n: as the probe lies in its range, so that sorted keys stand in the order of their buckets. */
static inline uint64_t image_place(uint64_t probe, uint64_t n)
{
    return (uint64_t)(((unsigned __int128)probe * n) >> 64);
}

#endif
