#ifndef DYE_ALLOTMENT_H
#define DYE_ALLOTMENT_H
/*
 * allotment: what an owner's pools give to the canaries of one batch.
 *
 * A kind that the owner has pools of comes from them alone: they run out with an error, never in silence into the
 * default space. Mail domains are an exception to "allotted once": any number of addresses are made at one, with the
 * persona's local part. Values are drawn in the order of their fingerprints, which is no order that a holder sees.
 */
#include "dye/canary.h"
#include "store.h"
#include "vault.h"

struct allotment {
    const struct vault *vault; /* borrowed */
    int64_t owner_id;
    struct {
        PGresult *whole, *domain; /* fp, sealed; NULL: the owner has no pool of the kind */
    } kind[DYE_KIND_COUNT];
};

/*
 * Inside the batch's transaction: locks the owner's pools of each kind that the sector carries, to the commit, and
 * chooses `count` values of each. DYE_E_LIMIT "pool: NAMES: 3 mobile values left, 10 wanted". A kind that has neither a
 * pool nor a default space leaves its cells empty; DYE_E_USAGE where the sector's column is required.
 */
DYE_MUST_CHECK enum dye_status allotment_take(struct store *s, const struct vault *v, const struct dye_sector *sector,
                                              int64_t owner_id, uint64_t count, struct allotment *ret,
                                              struct dye_error *err);
void allotment_done(struct allotment *a); /* takes a zeroed struct */

/* The values of the batch's i-th canary (or variant of a canary): over p, but for cells that its sector leaves empty,
 * and as rows of canary_value (COPY text: canary_id, variant, kind, owner_id, sealed, pool_fp). */
DYE_MUST_CHECK enum dye_status allotment_apply(const struct allotment *a, const struct dye_sector *sector, uint64_t i,
                                               char variant, struct dye_persona *p, struct dye_buf *rows,
                                               struct dye_error *err);

/* For examples, which no value is spent on: words in place of what a pool would give. */
void allotment_mention(const struct allotment *a, const struct dye_sector *sector, struct dye_persona *p);

/* One row of canary_value, pool_fp as the database writes it, NULL for what is no pool's. */
DYE_MUST_CHECK enum dye_status allotment_row(const struct vault *v, const char *canary, char variant, const char *kind,
                                             int64_t owner_id, const struct dye_value *value, const char *pool_fp,
                                             struct dye_buf *rows, struct dye_error *err);

/* Whether values of this kind may be pooled: identifiers, but resident IDs, which decide birth date, sex and region.
 */
bool allotment_pools(enum dye_kind kind);

#endif
