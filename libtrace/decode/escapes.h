#ifndef DECODE_ESCAPES_H
#define DECODE_ESCAPES_H
/*
 * escapes: bytes that stand as escapes in text, "%E5" or "=E5". Private to the decode layer.
 */
#include "dye/span.h"

struct escapes {
    uint8_t mark; /* '%', or '=', which at the end of a line joins it with the next */
    uint8_t held[2];
    uint8_t n;
};

int escapes_hex(uint8_t c); /* -1 when it is no digit of that kind */
/* What is no escape stands as it is. ret has room for in.n + 2. Returns bytes written; an escape that isn't complete is
 * held for the next piece. */
size_t escapes_decode(struct escapes *e, struct dye_span in, uint8_t *ret);

#endif
