#include "masks.h"

void masks_scalar(const uint8_t *p, size_t n_blocks, struct masks *ret)
{
    static const uint8_t low[16] = CLASSES_LOW, high[16] = CLASSES_HIGH;
    for (size_t b = 0; b < n_blocks; b++, p += BLOCK_BYTES) {
        struct masks m = {0};
        for (unsigned i = 0; i < BLOCK_BYTES; i++) {
            uint64_t c = low[p[i] & 15] & high[p[i] >> 4];
            uint64_t letter = (c >> 1 | c >> 2) & 1;
            m.digit |= (c & 1) << i;
            m.alnum |= ((c & 1) | letter) << i;
            m.upper |= (letter & ~((uint64_t)p[i] >> 5)) << i;
            m.dot |= (c >> 3 & 1) << i;
            m.dash |= (c >> 4 & 1) << i;
            m.extra |= ((c >> 5 | c >> 6) & 1) << i;
            m.at |= (c >> 7) << i;
            m.high |= (uint64_t)(p[i] >> 7) << i;
            m.escape |= (uint64_t)(p[i] == '\\') << i;
            m.space |= (uint64_t)(p[i] == ' ') << i;
            m.star |= (uint64_t)(p[i] == '*') << i;
            m.equal |= (uint64_t)(p[i] == '=') << i;
            m.open |= (uint64_t)(p[i] == '(' || p[i] == '[') << i;
            m.wide |=
                (uint64_t)(p[i] == 0xef || p[i] == 0xa2 || p[i] == 0xa3 || p[i] == 0xe2 || p[i] == 0xc2 || p[i] == 0xf0)
                << i;
        }
        ret[b] = m;
    }
}

masks_fn masks_of_path(enum dye_scan_path path)
{
#if defined(__x86_64__)
    if (path == DYE_SCAN_AVX512)
        return __builtin_cpu_supports("avx512bw") ? masks_avx512 : NULL;
    if (path == DYE_SCAN_AVX2)
        return __builtin_cpu_supports("avx2") ? masks_avx2 : NULL;
#endif
    return path == DYE_SCAN_SCALAR ? masks_scalar : NULL;
}
