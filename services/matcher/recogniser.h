#ifndef DYE_RECOGNISER_H
#define DYE_RECOGNISER_H
/*
 * recogniser: whether one value, in whatever spelling, is a canary's; and pseudonyms of those who are none.
 *
 * Asking is for logs and letters that say themselves what a value is. Whoever asks has it put on record: nothing
 * answers "is X a canary?" for free.
 */
#include "registry.h"

struct recogniser {
    const struct dye_index_keys *keys;
    struct registry_snapshot *snapshot;
    struct dye_key accounts, callers;
};
/* Holds the registry's snapshot of now. The keys of pseudonyms are derived from the index key. */
void recogniser_init(struct recogniser *r, struct registry *registry);
void recogniser_done(struct recogniser *r); /* takes a zeroed struct; wipes */

/* The canary whose value of this kind (DYE_KIND_NONE: of any that a scan looks up) `text` is; NULL when there is none.
 * Of several the first. Valid until _done. */
const char *recogniser_find(const struct recogniser *r, enum dye_kind kind, struct dye_span text);

#define PSEUDONYM_BYTES 8
/* Of an account of a system (its source's path), and of a caller: the same number in another spelling is the same
 * caller. */
void recogniser_account(const struct recogniser *r, const char *source, const char *account,
                        uint8_t ret[PSEUDONYM_BYTES]);
void recogniser_caller(const struct recogniser *r, const char *caller, uint8_t ret[PSEUDONYM_BYTES]);
/* Whether a text that is given as a pseudonym reads as a person's number or address. */
bool recogniser_is_plain(const char *text);

#endif
