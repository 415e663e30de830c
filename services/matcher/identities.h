#ifndef DYE_IDENTITIES_H
#define DYE_IDENTITIES_H
/*
 * identities: the identifier sets of one dump while it is ingested (dye/identifier_set.h), and of stored ones.
 *
 * They are stored with a chunk now and then, in its transaction, as often as that costs little beside reading, and in
 * the dump's last one, which alone lets others find them. What is killed takes the identifiers of chunks after the last
 * such once more, so a complete dump's sets are complete and those of an undisturbed run. A later reading adds to what
 * is stored and takes nothing away.
 */
#include "dye/census.h"
#include "dye/identifier_set.h"
#include "dye/lineage.h"
#include "home.h"
#include "store.h"

struct identities;
/* Reads the zone's sketch key. *ret is NULL when the home keeps no sketches (sketch.retention_days: 0), when those of
 * this dump were deleted or, with `once`, when it has its sets; all functions below take that. */
DYE_MUST_CHECK enum dye_status identities_new(const struct home *h, struct store *s, const char *dump, bool once,
                                              struct identities **ret, struct dye_error *err);
void identities_free(struct identities *x);
/* For dye_census_tell. */
const struct dye_census_sink *identities_sink(const struct identities *x);
/* The end of a chunk of so many bytes, within the transaction that it is committed in. */
DYE_MUST_CHECK enum dye_status identities_chunk(struct identities *x, struct store *s, const char *dump, uint32_t part,
                                                uint32_t number, uint64_t bytes, struct dye_error *err);
/* How many chunks of the part need not come again. */
uint32_t identities_covered(const struct identities *x, uint32_t part);
/* The dump is complete, within the transaction that says so. */
DYE_MUST_CHECK enum dye_status identities_finish(struct identities *x, struct store *s, const char *dump,
                                                 struct dye_error *err);

/* A dump's sets as they are stored; those of kinds that tell persons apart also as lineage wants them. */
struct dump_sets {
    struct dye_identifier_set at[DYE_IDENTIFIER_KINDS];
    size_t n;
    struct dye_lineage_set personal[DYE_IDENTIFIER_KINDS];
    struct dye_lineage_dump lineage;
};
/* Of a dump without any, n is 0. dump_sets_done it. */
DYE_MUST_CHECK enum dye_status dump_sets_load(struct store *s, const char *dump, struct dump_sets *ret,
                                              struct dye_error *err);
void dump_sets_done(struct dump_sets *d); /* takes a zeroed one; wipes */

/* The elements [0, n) as an array for SQL. DYE_E_LIMIT, DYE_E_NOMEM from the buffer. */
#define IDENTITIES_SQL_MAX_BYTES (64u << 20)
DYE_MUST_CHECK enum dye_status identities_append(const uint64_t *at, size_t n, struct dye_buf *ret);

#endif
