#ifndef DYE_RETRO_H
#define DYE_RETRO_H
/*
 * retro: canaries that came later, looked for in dumps that came before.
 *
 * All sketches are asked in one pass. A dump that may hold something is read again where its original still lies
 * (ingest_reread), which confirms or clears it. Where it does not, two kinds of identifiers of one canary that agree in
 * one image are stored as a weak sighting marked by_sketch, with the probability that the sketch leaves; one alone is
 * told and not stored. A dump without sketches is read again if it can be, and else told as not covered.
 *
 * How often that is false: of 100 new canaries with ten forms of classes that a dump has, 0.06 are suspected by chance
 * in an image of a million tokens (1,000 x 2^-14), 2e-7 in one of up to 65,536 (2^-32). So of 10,000 dumps of ten large
 * images each 46 % are read again for nothing, of dumps of 20,000 rows next to none; and in those 100,000 images one
 * canary is met by chance in two kinds that agree, if three kinds have three forms each.
 *
 * dyetrace.dump.hunted says up to which epoch a dump was asked by a whole hunt, so that the daemon asks it once an
 * epoch.
 */
#include "home.h"
#include "registry.h"
#include "store.h"

#include <stdatomic.h>

enum retro_outcome { RETRO_READ, RETRO_GONE, RETRO_NOT_COVERED };
/* What became of one dump. */
struct retro_result {
    const char *dump;
    enum retro_outcome outcome;
    uint64_t suspects; /* canaries that its sketches may hold, counted once an image */
    int64_t sightings; /* more than before, from reading it */
    int64_t by_sketch; /* weak ones, from its sketches alone */
};
const char *retro_outcome_name(enum retro_outcome o);
typedef void (*retro_fn)(void *arg, const struct retro_result *result);

struct retro {
    const struct home *home;
    struct store *store;
    struct registry *registry;
    const atomic_bool *stop; /* may be NULL */
    uint64_t since;          /* canaries of later epochs only; 0: all */
    const char *canary;      /* this one only, or NULL */
    const char *source;      /* planted at or below it only, or NULL */
    bool automatic;          /* only dumps that no whole hunt asked yet; gives way to another hunt */
    retro_fn on_dump;
    void *arg;
};
/* Attributions wait on the queue when it returns. DYE_STOPPED by *stop; DYE_E_NOTFOUND for a canary or source that is
 * not there. Interrupted, the same call goes on with the dumps that were not finished. */
DYE_MUST_CHECK enum dye_status retro_hunt(const struct retro *h, struct dye_error *err);

/* Deletes the sketches of a dump for good, or all that are too old (sketch.retention_days), and identifier sets with
 * them. */
DYE_MUST_CHECK enum dye_status retro_forget(struct store *s, const char *dump, struct dye_error *err);
DYE_MUST_CHECK enum dye_status retro_expire(struct store *s, const struct config *c, struct dye_error *err);

#endif
