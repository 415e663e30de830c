#include "utf8.h"

int utf8_next(const uint8_t *p, size_t n)
{
    uint8_t lead = p[0];
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    size_t need = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    /* The second byte alone rules out overlong forms, surrogates and what lies beyond U+10FFFF. */
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < need; i++) {
        if (i == n)
            return -1;
        if (p[i] < low || p[i] > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return (int)need;
}

/* Bits 0x80 of the bytes at p that are not ASCII, the first of them lowest. */
static uint64_t wide_bytes(const uint8_t *p)
{
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight & UINT64_C(0x8080808080808080);
}

size_t ascii_run(const uint8_t *p, size_t n)
{
    enum { AT_ONCE = 8 };
    size_t i = 0;
    for (; n - i >= AT_ONCE; i += AT_ONCE) {
        uint64_t wide = wide_bytes(p + i);
        if (wide != 0)
            return i + (size_t)__builtin_ctzll(wide) / 8;
    }
    if (n >= AT_ONCE && i < n) { /* the last eight, of which some were seen */
        uint64_t wide = wide_bytes(p + n - AT_ONCE);
        return wide != 0 ? n - AT_ONCE + (size_t)__builtin_ctzll(wide) / 8 : n;
    }
    while (i < n && p[i] < 0x80)
        i++;
    return i;
}

enum dye_status utf8_repair(struct dye_span in, struct dye_buf *ret)
{
    size_t start = 0, at = 0;
    while (at < in.n) {
        at += ascii_run(in.p + at, in.n - at);
        if (at == in.n)
            break;
        int length = utf8_next(in.p + at, in.n - at);
        if (length > 0) {
            at += (size_t)length;
            continue;
        }
        DYE_TRY(dye_buf_append(ret, in.p + start, at - start));
        DYE_TRY(dye_buf_append_str(ret, "\xef\xbf\xbd"));
        start = ++at;
    }
    return start < in.n ? dye_buf_append(ret, in.p + start, in.n - start) : DYE_OK;
}
