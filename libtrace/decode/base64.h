#ifndef DECODE_BASE64_H
#define DECODE_BASE64_H
/* base64 (RFC 4648, 4), piece by piece. Private to the decode layer. */
#include "dye/span.h"

struct base64 {
    uint32_t bits;
    uint8_t n;    /* characters of the group at hand */
    uint8_t pads; /* "=" of it */
};

/* 0..63, 64 for "=", 65 for white space, 255 for what has no place in it. */
uint8_t base64_class(uint8_t c);
/* Decodes `in` up to the first byte of class 255; ret has room for 3 * (in.n / 4 + 1). Returns bytes written; *ret_used
 * is how many were read. Groups may follow one that was padded. */
size_t base64_decode(struct base64 *b, struct dye_span in, uint8_t *ret, size_t *ret_used);
/* What a last group that was not padded stands for; ret has room for 2. */
size_t base64_finish(struct base64 *b, uint8_t *ret);

#endif
