#ifndef DYE_IDENT_FREE_TEXT_H
#define DYE_IDENT_FREE_TEXT_H
/*
 * free_text: what the kinds share that have no check but are compared folded. Private to the layer.
 */
#include "dye/ident.h"

/* dye_text_fold into a value. DYE_E_RECORD when it is too long for one. */
DYE_MUST_CHECK enum dye_status free_text_fold(struct dye_span text, struct dye_value *ret);
/* Code points. */
size_t free_text_characters(const struct dye_value *v);

#endif
