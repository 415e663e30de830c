#ifndef DECODE_WIDE_H
#define DECODE_WIDE_H
/* wide: the two ways in which older office files write Unicode -> UTF-8. Private to the decode layer. */
#include "dye/buf.h"

/* UTF-16LE, bytes.n / 2 units; what is no character becomes U+FFFD, NUL is left out. Statuses of the buffer. */
enum dye_status wide_append(struct dye_buf *to, struct dye_span bytes);
/* The low byte of each unit, the other being 0. */
enum dye_status wide_append_low(struct dye_buf *to, struct dye_span bytes);

#endif
