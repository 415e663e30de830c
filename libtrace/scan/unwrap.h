#ifndef SCAN_UNWRAP_H
#define SCAN_UNWRAP_H
/*
 * unwrap: base64 around rows. Private to the scan layer.
 */
#include "dye/span.h"

enum { UNWRAP_MAX = 4096, UNWRAP_TEXT_MAX = UNWRAP_MAX / 4 * 3 + 3 };

/* Decodes at most UNWRAP_MAX characters of the base64 alphabet, of which none is padding; returns how many bytes. O(n).
 */
size_t unwrap_base64(struct dye_span in, uint8_t ret[UNWRAP_TEXT_MAX]);

#endif
