#ifndef DYE_EXTENT_STORE_H
#define DYE_EXTENT_STORE_H
/* extent_store: how much of each source is in a dump, and when it was copied (dye/extent.h), beside its attribution. */
#include "store.h"

/* Inside the transaction that stores the attribution, after its sources: for those of which a canary was seen. `scope`:
 * the dumps that it is about, as an array for SQL. */
DYE_MUST_CHECK enum dye_status extent_store(struct store *s, const char *dump, const char *scope, double z,
                                            struct dye_error *err);

#endif
