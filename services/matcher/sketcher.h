#ifndef DYE_SKETCHER_H
#define DYE_SKETCHER_H
/*
 * sketcher: the sketches of one dump while it is ingested (dye/sketch.h), a row an image.
 *
 * An image ends with a chunk and is stored in the transaction of that chunk, with how many chunks are covered by now.
 * What is killed goes on behind the last image: chunks that were committed after it are not matched again, their tokens
 * are taken once more. So a complete dump's sketches are complete.
 */
#include "dye/scan.h"
#include "dye/sketch.h"
#include "home.h"
#include "store.h"

struct sketcher;
/* Reads the zone's sketch key. *ret is NULL when the home keeps no sketches (sketch.retention_days: 0), or those of
 * this dump were deleted; all functions below take that. `resumed`: rows of this dump may be there. `keys`, `dump` and
 * `s` are borrowed. */
DYE_MUST_CHECK enum dye_status sketcher_new(const struct home *h, struct store *s, const struct dye_index_keys *keys,
                                            const char *dump, bool resumed, struct sketcher **ret,
                                            struct dye_error *err);
void sketcher_free(struct sketcher *k);

DYE_MUST_CHECK enum dye_status sketcher_begin(struct sketcher *k, uint32_t part, struct dye_error *err);
/* For dye_scan_tokens, of a chunk whose end is then told; NULL without a sketcher. */
const struct dye_token_sink *sketcher_sink(const struct sketcher *k);
/* The end of a chunk, within the transaction that it is committed in. */
DYE_MUST_CHECK enum dye_status sketcher_chunk(struct sketcher *k, uint32_t number, struct dye_error *err);
/* A chunk that is matched already: its tokens are taken unless an image covers it. */
DYE_MUST_CHECK enum dye_status sketcher_again(struct sketcher *k, uint32_t number, struct dye_span text,
                                              struct dye_error *err);
/* How many chunks of the part at hand need not come again. */
uint32_t sketcher_covered(const struct sketcher *k);
DYE_MUST_CHECK enum dye_status sketcher_end(struct sketcher *k, struct dye_error *err);
/* The dump is complete, within the transaction that says so. */
DYE_MUST_CHECK enum dye_status sketcher_finish(const struct sketcher *k, struct store *s, const char *dump,
                                               struct dye_error *err);

#endif
