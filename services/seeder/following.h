#ifndef DYE_FOLLOWING_H
#define DYE_FOLLOWING_H
/*
 * following: which source profile a canary follows, so that it is the same person whenever it is made again.
 *
 * New canaries of a source follow its newest profile, or that of the nearest source above it; which one is kept beside
 * the canary. Call after a persona's identifiers are final (pools applied).
 */
#include "dye/profile.h"
#include "store.h"

enum { FOLLOWING_MAX = 64 };
struct following {
    struct store *store;                   /* borrowed */
    const struct dye_persona_maker *maker; /* borrowed */
    struct dye_prf draw;                   /* at rest, under the persona key */
    int64_t current;                       /* the profile of new canaries; 0 for none */
    struct {
        int64_t id;
        struct dye_profile *profile;
    } loaded[FOLLOWING_MAX]; /* personas point to them: they stay until _done */
    size_t n;
};

void following_init(struct following *f, struct store *s, const struct dye_key *persona,
                    const struct dye_persona_maker *maker);
void following_done(struct following *f); /* takes a zeroed struct; wipes */

/* From now on new canaries are of this source; 0 for controls, which follow none. */
DYE_MUST_CHECK enum dye_status following_source(struct following *f, int64_t source_id, struct dye_error *err);
/* A persona just made from its serial, as its source's profile has it. */
DYE_MUST_CHECK enum dye_status following_new(struct following *f, const struct dye_sector *sector, int32_t made_on,
                                             uint64_t serial, struct dye_persona *p, struct dye_error *err);
/* The same for a canary that is registered; sector NULL: it follows none. */
DYE_MUST_CHECK enum dye_status following_old(struct following *f, const struct dye_sector *sector, int32_t made_on,
                                             uint64_t serial, struct dye_persona *p, struct dye_error *err);
/* In the batch's transaction, while its canaries are in pg_temp.new_placement: keeps what they follow. */
DYE_MUST_CHECK enum dye_status following_keep(struct following *f, struct dye_error *err);

#endif
