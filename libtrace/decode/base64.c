#include "base64.h"

uint8_t base64_class(uint8_t c)
{
    if (dye_is_alpha(c))
        return (uint8_t)(c >= 'a' ? c - 'a' + 26 : c - 'A');
    if (dye_is_digit(c))
        return (uint8_t)(c - '0' + 52);
    switch (c) {
    case '+':
        return 62;
    case '/':
        return 63;
    case '=':
        return 64;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        return 65;
    default:
        return 255;
    }
}

size_t base64_decode(struct base64 *b, struct dye_span in, uint8_t *ret, size_t *ret_used)
{
    size_t n = 0, i;
    for (i = 0; i < in.n; i++) {
        uint8_t v = base64_class(in.p[i]);
        if (v == 255)
            break;
        if (v == 65)
            continue;
        b->bits = b->bits << 6 | (v & 63);
        b->pads = (uint8_t)(b->pads + (v == 64));
        if (++b->n < 4)
            continue;
        for (int k = 0; k < 3 - b->pads; k++)
            ret[n++] = (uint8_t)(b->bits >> (16 - 8 * k));
        *b = (struct base64){0, 0, 0};
    }
    *ret_used = i;
    return n;
}

size_t base64_finish(struct base64 *b, uint8_t *ret)
{
    size_t n = b->n > b->pads + 1u ? b->n - b->pads - 1u : 0;
    uint32_t bits = b->n < 4 ? b->bits << (6 * (4 - b->n)) : 0;
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)(bits >> (16 - 8 * i));
    *b = (struct base64){0, 0, 0};
    return n;
}
