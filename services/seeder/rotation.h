#ifndef DYE_ROTATION_H
#define DYE_ROTATION_H
/*
 * rotation: a source's old canaries out, fresh ones in, so that a leak shows by the epochs of its canaries between
 * which two rotations the copy was taken.
 *
 * One transaction decides all of it: which placements go (dyetrace.rotation_pick), which canaries come, their leaves in
 * the log, and that the rotation is open. A source has one open rotation at most. Then the fresh ones are planted, then
 * the old ones withdrawn, then it is finished: so the source is never without, and a run after a crash goes on with the
 * same canaries. Where a connector can't take out, the source's own people do, by a list, and say when it is done.
 */
#include "connector.h"
#include "registrar.h"
#include "source.h"

/* The source's open rotation; 0: none. */
DYE_MUST_CHECK enum dye_status rotation_find(struct store *s, const struct source *source, int64_t *ret,
                                             struct dye_error *err);
/* How many canaries a rotation could take out. */
DYE_MUST_CHECK enum dye_status rotation_size(struct store *s, const struct source *source, uint64_t *ret,
                                             struct dye_error *err);

struct rotation_request {
    uint64_t count;     /* at most rotation_size */
    const char *state;  /* of the fresh placements: registrar_batch's */
    const char *no_hit; /* or NULL */
};
/* Opens one. DYE_E_AGAIN when another was opened meanwhile, or the source has fewer canaries now. */
DYE_MUST_CHECK enum dye_status rotation_open(const struct home *h, struct registrar *r, const struct source *source,
                                             const struct rotation_request *q, int64_t *ret, struct dye_error *err);

struct rotation_result {
    uint64_t planted, waiting, withdrawn, remains;
};
/* Plants what is fresh. DYE_E_AGAIN, and nothing is to be withdrawn, when the source has none of it. */
DYE_MUST_CHECK enum dye_status rotation_plant(const struct home *h, struct registrar *r, const struct source *source,
                                              int64_t rotation, struct rotation_result *ret, struct dye_error *err);
/* Plants, withdraws and finishes through a connector that takes back. Repeated after any failure, it goes on. What
 * remains stays planted, and no later rotation tries it again. */
DYE_MUST_CHECK enum dye_status rotation_carry(const struct home *h, struct registrar *r, const struct source *source,
                                              int64_t rotation, struct rotation_result *ret, struct dye_error *err);
/* The source's people have taken out what was listed. */
DYE_MUST_CHECK enum dye_status rotation_taken_out(struct store *s, const struct source *source, int64_t rotation,
                                                  struct rotation_result *ret, struct dye_error *err);

#endif
