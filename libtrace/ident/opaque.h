#ifndef DYE_IDENT_OPAQUE_H
#define DYE_IDENT_OPAQUE_H
/*
 * opaque: numbers whose issuer alone knows their shape. Private to the layer.
 */
#include "dye/ident.h"

/* Canonical: upper case, 5 to 40 letters and digits, at least 4 of them digits, with single - _ / . between them. */
DYE_MUST_CHECK enum dye_status opaque_parse(struct dye_span text, struct dye_value *ret);
/* How such numbers are hidden, as patterns. */
extern const char *const opaque_masks[];

#endif
