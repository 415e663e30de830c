#ifndef DYE_ATTRIBUTION_STORE_H
#define DYE_ATTRIBUTION_STORE_H
/*
 * attribution: reads a dump's case out of the database, has the library judge it (dye/attribute.h), stores the result.
 * Canaries that a dump shows because its rows come from earlier dumps that show them (lineage.h) count for nobody.
 */
#include "config.h"
#include "dye/attribute.h"
#include "dye/buf.h"
#include "store.h"

/* Within no transaction. Replaces an earlier result of the dump. DYE_E_NOTFOUND; DYE_E_AGAIN while the dump is not
 * complete. `removes`: a queue topic whose item for this dump is done with it; or NULL. */
DYE_MUST_CHECK enum dye_status attribution_run(struct store *s, const struct config *c, const char *dump,
                                               const char *removes, struct dye_error *err);

/* About all dumps of its lineage together: the union of their rows, by the earliest acquisition. Appends the object
 * that `attribute` prints, with the dumps as `leak`, and a NUL behind it; nothing is kept but the audit. */
DYE_MUST_CHECK enum dye_status attribution_leak(struct store *s, const struct config *c, const char *dump,
                                                struct dye_buf *ret, struct dye_error *err);

/* The thresholds that the configuration asks for. */
void attribution_params(const struct config *c, struct dye_attribute_params *ret);

#endif
