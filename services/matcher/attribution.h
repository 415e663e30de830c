#ifndef DYE_ATTRIBUTION_STORE_H
#define DYE_ATTRIBUTION_STORE_H
/*
 * attribution: reads a dump's case out of the database, has the library judge it (dye/attribute.h), stores the result.
 */
#include "config.h"
#include "dye/attribute.h"
#include "store.h"

/* Within no transaction. Replaces an earlier result of the dump. DYE_E_NOTFOUND; DYE_E_AGAIN while the dump is not
 * complete. `removes`: a queue topic whose item for this dump is done with it; or NULL. */
DYE_MUST_CHECK enum dye_status attribution_run(struct store *s, const struct config *c, const char *dump,
                                               const char *removes, struct dye_error *err);

/* The thresholds that the configuration asks for. */
void attribution_params(const struct config *c, struct dye_attribute_params *ret);

#endif
