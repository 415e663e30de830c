/* One byte after the other, and what the processor has. */
#include "window_walk.h"

static void classify(const uint8_t *p, size_t n_blocks, size_t first, uint64_t ret[][SPAN])
{
    static const uint8_t low[16] = CLASSES_LOW, high[16] = CLASSES_HIGH, low2[16] = SIGNS_LOW, high2[16] = SIGNS_HIGH,
                         low3[16] = SECONDS_LOW, high3[16] = SECONDS_HIGH;
    for (size_t b = first; b < first + n_blocks; b++, p += BLOCK_BYTES) {
        uint64_t m[MASKS] = {0};
        for (unsigned i = 0; i < BLOCK_BYTES; i++) {
            unsigned l = p[i] & 15, h = p[i] >> 4, c = low[l] & high[h], c2 = low2[l] & high2[h];
            bool letter = (c & CLASS_LETTER) != 0, digit = (c & CLASS_DIGIT) != 0;
            m[DIGIT] |= (uint64_t)digit << i;
            m[ALNUM] |= (uint64_t)(digit || letter) << i;
            m[UPPER] |= (uint64_t)(letter && (p[i] & 0x20) == 0) << i;
            m[AT] |= (uint64_t)((c & CLASS_AT) != 0) << i;
            m[DOT] |= (uint64_t)((c & CLASS_DOT) != 0) << i;
            m[DASH] |= (uint64_t)((c & CLASS_DASH) != 0) << i;
            m[SPACE] |= (uint64_t)(p[i] == ' ') << i;
            m[EXTRA] |= (uint64_t)((c & CLASS_EXTRA) != 0) << i;
            m[BAR] |= (uint64_t)((c2 & BAR_ANY) != 0) << i;
            m[HIGH] |= (uint64_t)(p[i] >> 7) << i;
            m[SIGN] |= (uint64_t)((c2 & SIGN_ANY) != 0) << i;
            m[WIDE] |= (uint64_t)((c2 & WIDE_ANY) != 0) << i;
            m[SECOND] |= (uint64_t)((low3[l] & high3[h]) != 0) << i;
        }
        for (size_t k = 0; k < MASKS; k++)
            ret[k][b] = m[k];
    }
}

static void window_scalar(struct window *w, struct dye_span text, size_t at)
{
    window_read(w, text, at, classify);
}

window_fn window_of_path(enum dye_scan_path path)
{
#if defined(__x86_64__)
    bool bits = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (path == DYE_SCAN_AVX512)
        return bits && __builtin_cpu_supports("avx512bw") ? window_avx512 : NULL;
    if (path == DYE_SCAN_AVX2)
        return bits && __builtin_cpu_supports("avx2") ? window_avx2 : NULL;
#endif
    return path == DYE_SCAN_SCALAR ? window_scalar : NULL;
}
