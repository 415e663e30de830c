#ifndef DYE_GATE_H
#define DYE_GATE_H
/*
 * gate: what a home with `environment: production` demands before canaries go into a source.
 *
 * Always: a pool or a no-hit reference for every kind of identifier that the sector carries.
 * But in a staging source: an approval of the source, or of one above it; canaries that stood in a staging source of
 * the same owner and sector, and were withdrawn from it.
 * Through a connector, besides: a dry run of that source.
 *
 * A source that is declared neither as staging nor as production (`source add --environment`) is production to `plant`,
 * which writes into it. `seed` gives its records to a person, and what is done with them is that person's: there it
 * asks for the values alone, warns, and puts on record what it did not ask for. An override needs a reason, and goes
 * on record with what was missing. In a home for tests everything passes.
 */
#include "dye/canary.h"
#include "home.h"
#include "options.h"
#include "source.h"

/* What a verb that passes it is asked, and the rows of its table of options. */
struct gate_options {
    const char *no_hit; /* or NULL */
    const char *reason; /* or NULL */
    bool override;
};
/* clang-format off */
#define GATE_OPTIONS(o) \
    {"no-hit", "REF", "the no-hit certificate that covers these values; production wants one, or pools", &(o).no_hit, NULL}, \
    {"override", NULL, "go on in spite of what production demands; needs --reason, and is audited", NULL, &(o).override}, \
    {"reason", "TEXT", "why", &(o).reason, NULL}
/* clang-format on */

struct gate {
    const struct home *home;
    const struct source *source;
    const struct dye_sector *sector;
    const char *verb;
    const struct gate_options *asked;
    bool makes;    /* new canaries are made; else they were, and passed then */
    bool connects; /* through a connector */
};

/* DYE_E_USAGE with all that is missing. */
DYE_MUST_CHECK enum dye_status gate_pass(struct store *s, const struct gate *g, struct dye_error *err);
/* Notes that the source's dry run was shown. */
DYE_MUST_CHECK enum dye_status gate_note_dry_run(struct store *s, const struct source *source, struct dye_error *err);

#endif
