#ifndef DYE_FINDINGS_H
#define DYE_FINDINGS_H
/*
 * findings: the sightings of one chunk, gathered while it is scanned and stored in one statement.
 */
#include "dye/buf.h"
#include "dye/link.h"
#include "store.h"

struct findings {
    struct dye_buf json; /* an array for chunk_sightings.sql: ids, names and numbers, no value of any person */
    uint64_t chunk_start, lines_before; /* of the part */
    enum dye_unit unit;
    double floor_bits;
    size_t n;
};

void findings_init(struct findings *f);
void findings_done(struct findings *f);
/* A new chunk, which starts at this offset of its part, behind so many lines. A sighting of masked values alone is kept
 * from floor_bits on: a dump of a million masked phones coincides with canaries in thousands of rows. */
void findings_begin(struct findings *f, enum dye_unit unit, uint64_t chunk_start, uint64_t lines_before,
                    double floor_bits);
/* A dye_sighting_fn; arg is the findings. */
DYE_MUST_CHECK enum dye_status findings_add(void *findings, const struct dye_sighting *s);
/* Within the caller's transaction. */
DYE_MUST_CHECK enum dye_status findings_store(struct findings *f, struct store *s, const char *dump, uint32_t part,
                                              struct dye_error *err);

#endif
