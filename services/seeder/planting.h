#ifndef DYE_PLANTING_H
#define DYE_PLANTING_H
/*
 * planting: carries placements from `committed` to `planted`, and from there to `withdrawn`, through a connector.
 *
 * One at a time for a source (a lease). After a crash between the source's commit and ours the rows are recognised and
 * only the state is set, so nothing is planted twice. A batch that breaks off leaves what the source has confirmed
 * planted, and the rest committed.
 */
#include "registrar.h"
#include "source.h"

struct planting_result {
    uint64_t done;    /* planted or withdrawn now */
    uint64_t taken;   /* plant: key in use by another row; the placement stays committed */
    uint64_t refused; /* plant: the source said no; the placement stays committed */
    uint64_t remains; /* withdraw: rows that still stand, altered or refused */
};

DYE_MUST_CHECK enum dye_status planting_plant(const struct home *h, struct registrar *r, const struct source *source,
                                              struct planting_result *ret, struct dye_error *err);
/* Prints each canary that remains (planting_print_remains). */
DYE_MUST_CHECK enum dye_status planting_withdraw(const struct home *h, struct registrar *r, const struct source *source,
                                                 bool json, struct planting_result *ret, struct dye_error *err);
/* What planting did, on standard output. */
void planting_print(const char *source, const struct planting_result *result, bool json);
/* Of those that a rotation takes out; prints nothing. */
DYE_MUST_CHECK enum dye_status planting_withdraw_rotation(const struct home *h, struct registrar *r,
                                                          const struct source *source, int64_t rotation,
                                                          struct planting_result *ret, struct dye_error *err);
/* {"canary":…,"source":…,"remains":why} on standard output, or a line for people. */
void planting_print_remains(const char *canary, const char *source, const char *why, bool json);
/* What planting_plant would write, on standard output; audited, because it shows values. */
DYE_MUST_CHECK enum dye_status planting_show(const struct home *h, struct registrar *r, const struct source *source,
                                             struct dye_error *err);

#endif
