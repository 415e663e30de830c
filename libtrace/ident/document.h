#ifndef DYE_IDENT_DOCUMENT_H
#define DYE_IDENT_DOCUMENT_H
/*
 * document: what numbers of travel documents share. Private to the layer.
 */
#include "spelling.h"

/* Upper case, without blanks and hyphens; false where it is none or longer than such numbers are. */
DYE_MUST_CHECK bool document_read(struct dye_span text, struct spelling *ret);
/* `series` and eight digits, or `series`, a letter but I and O, and seven digits. */
bool document_is_booklet(const struct spelling *s, char series);

#endif
