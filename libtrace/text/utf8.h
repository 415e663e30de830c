#ifndef DYE_TEXT_UTF8_H
#define DYE_TEXT_UTF8_H
/*
 * utf8: the shape of UTF-8 (RFC 3629; no surrogates, nothing overlong). Private to the layer.
 */
#include "dye/buf.h"

/*
 * The length of the character at p[0, n), n > 0: 1..4; 0 where there is none; -1 where p ends inside one that could
 * still become valid.
 */
int utf8_next(const uint8_t *p, size_t n);

/* Bytes of ASCII that p[0, n) starts with. */
size_t ascii_run(const uint8_t *p, size_t n);

/* Appends `in`, with U+FFFD for each byte that is not UTF-8. Status from the buffer. */
DYE_MUST_CHECK enum dye_status utf8_repair(struct dye_span in, struct dye_buf *ret);

#endif
