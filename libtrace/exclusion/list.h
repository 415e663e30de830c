#ifndef EXCLUSION_LIST_H
#define EXCLUSION_LIST_H
/*
 * list: how an exclusion list lies in its file. Private to the layer. All numbers are little-endian.
 *
 *   head     80 bytes, in the clear, authenticated: magic, version, passes, KiB, zero, key check, salt, nonce
 *   sealed   body, padded to whole 4 KiB, and 16 bytes of tag
 *
 *   body     system (64, NUL-padded), made_at, expires_at, epoch (u64), min_batch, canaries, entries, zero (u32)
 *            canaries x { id (18, NUL-terminated), variant, zero }
 *            entries x { hash (16), canary (u32), kind (u8), zero (3) }, ascending by hash, then canary
 */
#include "dye/exclusion.h"

#define LIST_MAGIC "DYEEXCLU"
enum {
    LIST_VERSION = 1,
    LIST_PASSES_MAX = 16,
    LIST_KIB_MIN = 8,
    LIST_KIB_MAX = 65536,
    LIST_SALT = 16,
    LIST_NONCE = 24,
    LIST_TAG = 16,
    LIST_PAD = 4096,
    LIST_AT_PASSES = 12,
    LIST_AT_CHECK = 24,
    LIST_AT_SALT = 40,
    LIST_AT_NONCE = 56,
    LIST_HEAD = 80,
    LIST_TERMS = 64 + 3 * 8 + 4 * 4,
    LIST_CANARY = 20,
    LIST_ID = 18,
    LIST_ENTRY = 24
};

struct list_keys {
    struct dye_key seal, fp;
};
bool list_cost_is_valid(const struct dye_exclusion_cost *cost);
/* DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status list_keys_derive(const struct dye_key *system_key, const struct dye_exclusion_cost *cost,
                                                const uint8_t salt[LIST_SALT], struct list_keys *ret,
                                                struct dye_error *err);
void list_keys_wipe(struct list_keys *k);

/* Of a form's bytes. */
void list_hash(const struct dye_key *fp, enum dye_kind kind, struct dye_span form, uint8_t ret[DYE_FP_BYTES]);

struct dye_exclusion {
    struct dye_exclusion_terms terms;
    struct dye_key fp;
    uint8_t *body;
    size_t bytes;
    const uint8_t *canary, *entry; /* in body */
    uint32_t canaries, entries;
    uint32_t *kinds; /* by canary: 1 << kind of what it has */
};

struct list_entry {
    const uint8_t *hash;
    uint32_t canary;
    enum dye_kind kind;
};
struct list_entry list_entry_at(const struct dye_exclusion *x, uint32_t i);
/* The first entry whose hash is not less; x->entries where there is none. */
uint32_t list_find(const struct dye_exclusion *x, const uint8_t hash[DYE_FP_BYTES]);

#endif
