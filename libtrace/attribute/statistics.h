#ifndef DYE_ATTRIBUTE_STATISTICS_H
#define DYE_ATTRIBUTE_STATISTICS_H
#include "dye/attribute.h"

/* How many of `all` sightings may be mis-links that fall on one source: more are too many by max_mislink_p. At least
 * min_seen - 1. */
uint32_t statistics_astray(uint32_t all, const struct dye_attribute_params *p);

#endif
