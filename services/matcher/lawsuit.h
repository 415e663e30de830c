#ifndef DYE_LAWSUIT_H
#define DYE_LAWSUIT_H
/* lawsuit: a case of the database, as it is counted. */
#include "case_model.h"
#include "store.h"

/* Each dump is counted by `law` and `key`; what two of them share comes from their lineage. DYE_E_NOTFOUND for an
 * unknown case. Free with case_model_done. */
DYE_MUST_CHECK enum dye_status lawsuit_load(struct store *s, const char *name, const struct dye_law *law,
                                            enum dye_law_key key, struct case_model *ret, struct dye_error *err);

#endif
