#ifndef DYE_INDEX_H
#define DYE_INDEX_H
/*
 * index: all canaries' forms, looked up by keyed hash in constant time.
 *
 * An index is an immutable image, in memory or in a file that is mapped: a header, a Bloom filter for each class of
 * token, the keys sorted by their 64-bit probe, what only corroborates grouped by canary, canary ids. About 26 bytes a
 * key where a canary has all forms of three identifiers, 32 where it has them plain; two of them in a filter. The file
 * format is little-endian and checksummed: a flipped bit is an error on opening, never a crash.
 *
 * A daemon holds two: a big base and a small delta (struct dye_index_set); a new canary makes a new delta. Scanners
 * only read, so any number of threads share an index.
 */
#include "dye/ident.h"
#include "dye/key.h"

/* What a token can be by its length and letters alone. A filter each keeps what is rare in a dump (digests, addresses)
 * out of the cache lines that every row touches. */
enum dye_token_class {
    DYE_TOKEN_MOBILE, /* 11 digits */
    DYE_TOKEN_ID,     /* 17 digits and one more letter or digit, or 15 digits */
    DYE_TOKEN_DIGEST, /* 16, 32, 40 or 64 letters and digits */
    DYE_TOKEN_BASE64, /* 24, 28 or 44 characters, '=' at their end; the only one that has case */
    DYE_TOKEN_EMAIL,  /* with an '@' */
    DYE_TOKEN_MASKED, /* 11 or 18 characters, some of them '*' */
    DYE_TOKEN_NUMBER, /* digits, and "e", "e10" or "e17" at their end */
    DYE_TOKEN_OTHER,  /* any other run of letters and digits, and one of the above that some issuer's number looks like
                       */
    DYE_TOKEN_CLASSES
};

#define DYE_INDEX_FP_BYTES 8 /* of a fingerprint's 16: with the probe, 128 keyed bits must agree */
struct dye_index_entry {
    uint64_t probe; /* 0 of what only corroborates, once it is in an index */
    uint8_t fp[DYE_INDEX_FP_BYTES];
    uint32_t epoch;  /* the registry epoch that brought it; 0 in an index from a list */
    uint32_t canary; /* number in this image, for dye_index_canary_id */
    uint8_t kind;    /* enum dye_kind */
    uint8_t form;    /* enum dye_form */
    char variant;    /* 'A' unless the canary has variants; up to 'Z' */
    uint8_t flags;   /* DYE_INDEX_CONTROL */
};
/* The probe and fingerprint of a form's bytes. */
DYE_API void dye_index_entry_set(struct dye_index_entry *e, const struct dye_index_keys *keys, struct dye_span form);
#define DYE_INDEX_CONTROL 1u

struct dye_index;

/* ---- building ---- */
struct dye_index_builder;
/* `keys` is copied. embed_keys: put the probe secret and the fp key into the image, so that scanning needs no home
 * (lists); without it the image holds their check value, and opening needs the same keys. */
DYE_API struct dye_index_builder *dye_index_builder_new(const struct dye_index_keys *keys, bool embed_keys);
DYE_API void dye_index_builder_free(struct dye_index_builder *b); /* takes NULL; wipes */
/* Entries of one canary may come in any order. Repeats are folded, those of keys onto the earliest epoch. `canary` at
 * most 63 bytes. Entries of kinds that are not scanned (names) are kept for linking but not found by dye_index_find. 22
 * bytes an entry until the image is made. */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_builder_add(struct dye_index_builder *b, struct dye_span canary,
                                                             const struct dye_index_entry *e);
/* All entries of another index, so that a delta can be folded into its base. */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_builder_add_all(struct dye_index_builder *b,
                                                                 const struct dye_index *from);
/* The image; free() it. The same entries give the same image, byte for byte. The builder is empty then, also on
 * failure: what it held is given back while the image grows. O(entries). */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_builder_image(struct dye_index_builder *b, uint8_t **ret,
                                                               size_t *ret_bytes, struct dye_error *err);

/* ---- reading ---- */
/* Takes a malloc'ed image over (also on failure). keys may be NULL when the image embeds them. DYE_E_KEY when keys are
 * missing or wrong, DYE_E_STREAM when the image is damaged or of another version. */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_take(uint8_t *image, size_t bytes, const struct dye_index_keys *keys,
                                                      struct dye_index **ret, struct dye_error *err);
/* Maps a file. As above, and DYE_E_IO. */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_open(const char *path, const struct dye_index_keys *keys,
                                                      struct dye_index **ret, struct dye_error *err);
/* As dye_index_open, without reading it all: in constant time. What is damaged behind the header is found by
 * dye_index_verify, which any thread may run beside scans, once: until it has returned DYE_OK no result is to be told.
 * What it says is wrong harms no memory. */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_map(const char *path, const struct dye_index_keys *keys,
                                                     struct dye_index **ret, struct dye_error *err);
/* Every byte: DYE_E_STREAM when the image is damaged. O(bytes), about 10 GB/s of what is in memory. */
DYE_MUST_CHECK DYE_API enum dye_status dye_index_verify(const struct dye_index *x, struct dye_error *err);
DYE_API struct dye_index *dye_index_ref(struct dye_index *x);
DYE_API void dye_index_unref(struct dye_index *x); /* takes NULL */

DYE_API const struct dye_index_keys *dye_index_keys_of(const struct dye_index *x);
/* A canary whose entries came in several epochs counts, and has a number, for each of them; these follow each other. */
DYE_API uint64_t dye_index_canaries(const struct dye_index *x);
DYE_API uint64_t dye_index_entries(const struct dye_index *x); /* keys, and what only corroborates */
DYE_API uint64_t dye_index_keys(const struct dye_index *x);    /* what is looked up */
/* Key number i, in order of probe. False for one that names nothing. */
DYE_API bool dye_index_key_at(const struct dye_index *x, uint64_t i, struct dye_index_entry *ret);
DYE_API uint64_t dye_index_epoch(const struct dye_index *x); /* the highest of its entries */
DYE_API const char *dye_index_canary_id(const struct dye_index *x, uint32_t canary);
DYE_API uint32_t dye_index_canary_epoch(const struct dye_index *x, uint32_t canary); /* of its entries */

/* The class of the tokens that an entry is found as. */
DYE_API enum dye_token_class dye_index_entry_class(const struct dye_index_entry *e);

/* The filter of a class: a word and the bits in it that a probe there has set. n_words 0: the class is empty. */
struct dye_index_filter {
    const uint64_t *words;
    uint64_t n_words;
};
DYE_API struct dye_index_filter dye_index_filter_of(const struct dye_index *x, enum dye_token_class class);
static inline const uint64_t *dye_filter_word(const struct dye_index_filter *f, uint64_t probe)
{
    return f->words + (uint64_t)(((unsigned __int128)probe * f->n_words) >> 64);
}
static inline uint64_t dye_filter_bits(uint64_t probe)
{
    uint64_t mixed = probe * UINT64_C(0x9e3779b97f4a7c15); /* else the bits would follow from the word */
    return UINT64_C(1) << (mixed >> 58) | UINT64_C(1) << (mixed >> 52 & 63) | UINT64_C(1) << (mixed >> 46 & 63) |
           UINT64_C(1) << (mixed >> 40 & 63);
}
/* Whether a probe may be there: one cache line. False is certain. */
DYE_API bool dye_index_maybe(const struct dye_index *x, enum dye_token_class class, uint64_t probe);
/* Entries whose probe and fingerprint equal those of `form` (so: verified, never on a hash alone), at most cap; returns
 * how many. Same value, several canaries: several entries. The fingerprint is computed only when the probe is there. */
DYE_API size_t dye_index_find(const struct dye_index *x, uint64_t probe, struct dye_span form,
                              struct dye_index_entry ret[], size_t cap);
/* Call the memory that dye_index_find will read for a probe, each once what the one before called is there: where its
 * keys are; the keys; and, where it is one of them, what they are. False where it is none. */
DYE_API void dye_index_call_bucket(const struct dye_index *x, uint64_t probe);
DYE_API void dye_index_call_keys(const struct dye_index *x, uint64_t probe);
DYE_API bool dye_index_call_found(const struct dye_index *x, uint64_t probe);
/* What a canary has that only corroborates, for comparing a record's other fields: number i of it. False behind the
 * last. */
DYE_API bool dye_index_trait_at(const struct dye_index *x, uint32_t canary, size_t i, struct dye_index_entry *ret);

/* ---- base and delta ---- */
struct dye_index_set {
    struct dye_index *part[2]; /* base, delta; either may be NULL; all with the same keys */
};

#endif
