#include "wide.h"

#include "little.h"

static enum dye_status put(struct dye_buf *to, uint32_t c)
{
    uint8_t p[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        p[i] = (uint8_t)(0x80 | (c & 0x3f));
    p[0] = (uint8_t)(first[n] | c);
    return dye_buf_append(to, p, n);
}

enum dye_status wide_append(struct dye_buf *to, struct dye_span bytes)
{
    for (size_t i = 0; i + 2 <= bytes.n; i += 2) {
        uint32_t c = little16(bytes.p + i);
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = i + 4 <= bytes.n ? little16(bytes.p + i + 2) : 0;
            bool pair = c < 0xdc00 && low >= 0xdc00 && low < 0xe000;
            c = pair ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
            i += pair ? 2 : 0;
        }
        if (c != 0)
            DYE_TRY(put(to, c));
    }
    return DYE_OK;
}

enum dye_status wide_append_low(struct dye_buf *to, struct dye_span bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] != 0)
            DYE_TRY(put(to, bytes.p[i]));
    return DYE_OK;
}
