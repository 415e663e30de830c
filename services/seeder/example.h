#ifndef DYE_EXAMPLE_H
#define DYE_EXAMPLE_H
/*
 * example: what a dry run shows of canaries that are not made yet: persons of a key that is thrown away, as many as
 * there would be, written as the source's connector would write them.
 */
#include "sharing.h"

DYE_MUST_CHECK enum dye_status example_show(const struct home *h, struct store *s, const struct source *source,
                                            uint64_t count, struct dye_error *err);
/* The same of shared ones, holder by holder. */
DYE_MUST_CHECK enum dye_status example_show_copies(const struct home *h, struct store *s, const struct sharing *q,
                                                   struct dye_error *err);

#endif
