#ifndef DYE_PLACED_H
#define DYE_PLACED_H
/*
 * placed: some placements of a source with the persons behind them, as a connector carries them.
 */
#include "connector.h"
#include "registrar.h"
#include "source.h"

struct placed_filter {
    const char *state; /* "planted", or "committed": those that are burned are left out of these */
    int64_t after;     /* a placement_id: those beyond it */
    int64_t rotation;  /* those that it takes out; 0: all */
    int64_t fresh_of;  /* those that a rotation brings in; 0: all */
};
struct placed {
    struct dye_sector sector;
    PGresult *rows; /* placement_id, serial, canary_id, variant, serial_b, day made on, sector made for, planted_at (s)
                     */
    struct dye_persona *personas;
    struct dye_stamp *stamps;
    size_t n; /* at most PLACED_MAX */
};
enum { PLACED_MAX = 1000 };

/* In the order of their ids; n is 0 when there are no more. Imported canaries, whose records nobody described, are left
 * out. Takes a zeroed struct; placed_done also after a failure. */
DYE_MUST_CHECK enum dye_status placed_load(const struct home *h, struct registrar *r, const struct source *source,
                                           const struct placed_filter *filter, struct placed *ret,
                                           struct dye_error *err);
void placed_done(struct placed *p); /* wipes */
/* Of the last of n > 0. */
int64_t placed_last(const struct placed *p);
/* Borrows from p. */
struct connector_batch placed_batch(const struct placed *p);

#endif
