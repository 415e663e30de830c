#include "unwrap.h"

static uint32_t six_bits(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26u;
    return dye_is_digit(c) ? c - '0' + 52u : c == '+' ? 62 : 63;
}

size_t unwrap_base64(struct dye_span in, uint8_t ret[UNWRAP_TEXT_MAX])
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t n = 0;
    for (size_t i = 0; i < in.n && i < UNWRAP_MAX; i++) {
        bits = bits << 6 | six_bits(in.p[i]);
        held += 6;
        if (held >= 8) {
            held -= 8;
            ret[n++] = (uint8_t)(bits >> held);
        }
    }
    return n;
}
