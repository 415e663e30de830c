#ifndef DYE_GATE_H
#define DYE_GATE_H
/*
 * gate: what a home with `environment: production` demands before canaries go into a source.
 *
 *   always                        a pool or a no-hit reference for every kind of identifier that the sector carries
 *   but in a staging source       an approval of the source, or of one above it; canaries that stood in a staging
 * source of the same owner and sector, and were withdrawn from it through a connector, besides  a dry run of that
 * source
 *
 * `seed`, whose records a person loads, asks for the approval and the staging where the source is declared as
 * production, and warns where it is declared as nothing; `plant` takes such a source for production. An override needs
 * a reason, and goes on record with what was missing. In a home for tests everything passes.
 */
#include "dye/canary.h"
#include "home.h"
#include "source.h"

struct gate {
    const struct home *home;
    const struct source *source;
    const struct dye_sector *sector;
    const char *verb;
    const char *no_hit; /* or NULL */
    bool makes;         /* new canaries are made; else they were, and passed then */
    bool connects;      /* through a connector */
    bool override;
    const char *reason; /* or NULL */
};

/* DYE_E_USAGE with all that is missing. */
DYE_MUST_CHECK enum dye_status gate_pass(struct store *s, const struct gate *g, struct dye_error *err);
/* Notes that the source's dry run was shown. */
DYE_MUST_CHECK enum dye_status gate_note_dry_run(struct store *s, const struct source *source, struct dye_error *err);

#endif
