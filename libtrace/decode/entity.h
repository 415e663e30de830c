#ifndef DECODE_ENTITY_H
#define DECODE_ENTITY_H
/* entity: what stands between "&" and ";" in HTML -> UTF-8. Private to the decode layer. */
#include "dye/span.h"

enum { ENTITY_NAME_MAX = 10, ENTITY_MAX_BYTES = 4 };

/* Bytes written to ret[ENTITY_MAX_BYTES]; 0 when it is none that is known. Numbers that are no character give U+FFFD.
 */
size_t entity_decode(struct dye_span name, char *ret);
/* A code point as UTF-8. */
size_t entity_put(uint32_t point, char *ret);
/* Replaces the entities of a whole text in place; returns its new length. */
size_t entity_unescape(uint8_t *p, size_t n);

#endif
