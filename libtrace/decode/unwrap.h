#ifndef DECODE_UNWRAP_H
#define DECODE_UNWRAP_H
/*
 * unwrap: bytes that stand as escapes in text, "%E5" or "=E5". Private to the decode layer.
 *
 * A whole text of them, or of base64, is an inner part: "list.txt/percent", "list.txt/quoted", "list.txt/base64".
 */
#include "dye/span.h"

struct escapes {
    uint8_t mark; /* '%', or '=', which at the end of a line joins it with the next */
    uint8_t held[2];
    uint8_t n;
};

int unwrap_hex(uint8_t c); /* -1 when it is no digit of that kind */
/* What is no escape stands as it is. ret has room for in.n + 2. Returns bytes written; an escape that isn't complete is
 * held for the next piece. */
size_t unwrap_escapes(struct escapes *e, struct dye_span in, uint8_t *ret);

#endif
