#ifndef DYE_ATTRIBUTE_DESCRIBE_H
#define DYE_ATTRIBUTE_DESCRIBE_H
/*
 * describe: everything that is said of a source apart from how it was judged.
 */
#include "levels.h"

/* Fills the rows of the sources at this depth, of the level that the model and the code stand on. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status describe_level(const struct model *m, const struct coded *k,
                                              const struct dye_attribute_case *c, const uint32_t *depth_of,
                                              uint32_t depth, struct finding *by_source);

#endif
