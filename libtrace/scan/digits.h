#ifndef SCAN_DIGITS_H
#define SCAN_DIGITS_H
/* digits: runs of ASCII digits, eight bytes at a time. Private to the scan layer. */
#include "dye/span.h"

/* Bits of the bytes at p that are no digits, the first of them lowest. Digits have 3 as high half, also with 6 added; a
 * carry comes from no digit alone, and so only into what is behind the first of them. */
static inline uint64_t digits_other(const uint8_t *p)
{
    static const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0), six = UINT64_C(0x0606060606060606);
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return ((eight & high) | ((eight + six) & high) >> 4) ^ UINT64_C(0x3333333333333333);
}

/* Digits that p begins with. */
static inline size_t digits_run(const uint8_t *p, size_t n)
{
    enum { AT_ONCE = 8 };
    size_t i = 0;
    for (; n - i >= AT_ONCE; i += AT_ONCE) {
        uint64_t other = digits_other(p + i);
        if (other != 0)
            return i + (size_t)__builtin_ctzll(other) / 8;
    }
    if (n >= AT_ONCE && i < n) { /* the last eight, of which some were seen */
        uint64_t other = digits_other(p + n - AT_ONCE);
        return other != 0 ? n - AT_ONCE + (size_t)__builtin_ctzll(other) / 8 : n;
    }
    while (i < n && dye_is_digit(p[i]))
        i++;
    return i;
}

/* What at most nine of them write. */
static inline uint32_t digits_value(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (uint32_t)(p[i] - '0');
    return v;
}

#endif
