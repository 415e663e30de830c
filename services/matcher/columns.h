#ifndef DYE_COLUMNS_H
#define DYE_COLUMNS_H
/*
 * columns: a table whose columns a seller put into files of their own, put together again.
 *
 * The n-th lines of parts of one folder that have equally many lines may be one row (the view dyetrace.dump_columns).
 * What has a hit in its line is there already; a name, a date or an address has none: where a sighting is no proof
 * alone, the lines of that number in the other parts are asked for its canary, and what they show is stored as
 * sightings of their own, which dump_finish.sql then adds up. For that the dump is decoded once more, and only when
 * there is something to ask.
 */
#include "decoder.h"
#include "dye/index.h"
#include "store.h"

#include <stdatomic.h>

struct columns {
    struct store *store;
    const char *dump;
    const struct dye_index_set *set;
    uint64_t epoch; /* canaries of later ones are not there */
    const struct decoder *decoder;
    const struct dye_decode_limits *limits;
    const atomic_bool *stop; /* may be NULL */
};

/* All parts have ended and are stored. Again gives the same. DYE_STOPPED when *stop is set. */
DYE_MUST_CHECK enum dye_status columns_ask(const struct columns *c, int fd, struct dye_error *err);

#endif
