#ifndef DYE_FOLLOWING_H
#define DYE_FOLLOWING_H
/*
 * following: which source profile a canary follows, so that it is the same person whenever it is made again.
 *
 * New canaries of a source follow its newest profile, or that of the nearest source above it that is the same owner's;
 * which one is kept beside the canary. A person is made in three steps, in this order, when it is registered
 * (registrar.c) and whenever it is made again (person.c): the persona of the serial, pool values over it, the profile.
 */
#include "dye/profile.h"
#include "store.h"

enum { FOLLOWING_MAX = 256 };
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

/* From now on new canaries are of this source, or of these holders of copies of one table, of which any profile says
 * what the table looks like: the nearest, and of those the newest. n = 0 for controls, which follow none. */
DYE_MUST_CHECK enum dye_status following_source(struct following *f, const int64_t *sources, size_t n,
                                                struct dye_error *err);
/* Which profile each of n registered canaries follows, 0 for none; `ids` is an array as PostgreSQL writes it. One
 * query, and one more for each profile that is new here. DYE_E_LIMIT beyond FOLLOWING_MAX profiles. */
DYE_MUST_CHECK enum dye_status following_of(struct following *f, const char *ids, size_t n, int64_t *ret,
                                            struct dye_error *err);
/* The persona of a serial for one that will follow `profile` (0: none): all cells filled, since which are empty is the
 * profile's to say. Then its pool values go over it, then following_adopt. */
DYE_MUST_CHECK enum dye_status following_make(const struct following *f, int64_t profile,
                                              const struct dye_sector *sector, int32_t made_on, uint64_t serial,
                                              struct dye_persona *ret, struct dye_error *err);
/* p as its source's profile has it; `profile` is loaded (_source, _of). Does nothing for 0. */
void following_adopt(const struct following *f, int64_t profile, const struct dye_sector *sector, uint64_t serial,
                     struct dye_persona *p);
/* In the batch's transaction, while its canaries are in pg_temp.new_placement: keeps what they follow. */
DYE_MUST_CHECK enum dye_status following_keep(struct following *f, struct dye_error *err);

#endif
