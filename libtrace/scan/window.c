/* One byte after the other, and what the processor has. */
#include "window.h"

#define WALK_TARGET
typedef uint64_t words __attribute__((vector_size(16))); /* which any processor has in some way */
enum { WORDS = 2 };

static inline words walk_load(const uint64_t *m)
{
    return (words){m[0], m[1]};
}

static inline void walk_store(uint64_t *m, words w)
{
    memcpy(m, &w, sizeof w);
}

static inline words walk_join(words low, words high, unsigned k)
{
    return low >> k | high << (64 - k);
}

static inline uint64_t walk_some(words w)
{
    return (w[0] != 0) | (uint64_t)(w[1] != 0) << 1;
}

static inline size_t walk_list(token *list, size_t n, words w, token first)
{
    return write_word(list, write_word(list, n, w[0], first), w[1], first + BLOCK_BYTES);
}

#include "window_walk.h"

/* Eight bytes at a time: one bit of each, multiplied to the top. */
static uint64_t column(uint64_t bytes, unsigned k)
{
    return ((bytes >> k & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080)) >> 56;
}

static void classify(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][ROW])
{
    enum { AT_ONCE = 8 };
    for (size_t b = first; b < first + n_blocks; b++) {
        uint64_t c[MASKS_COLUMNS] = {0};
        for (unsigned at = 0; at < BLOCK_BYTES; at += AT_ONCE, p += AT_ONCE) {
            uint64_t codes = 0;
            for (unsigned i = 0; i < AT_ONCE; i++)
                codes |= (uint64_t)masks_codes[p[i]] << 8 * i;
            for (unsigned k = 0; k < MASKS_COLUMNS; k++)
                c[k] |= column(codes, k) << at;
        }
#define PUT(mask, word) m[mask][b] = (word)
        MASKS_OF_COLUMNS(PUT, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
#undef PUT
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
        return bits && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd") &&
                       __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
                       __builtin_cpu_supports("gfni")
                   ? window_avx512
                   : NULL;
    if (path == DYE_SCAN_AVX2)
        return bits && __builtin_cpu_supports("avx2") ? window_avx2 : NULL;
#endif
    return path == DYE_SCAN_SCALAR ? window_scalar : NULL;
}
