/* With AVX-512. Compiled for processors that may lack it: called only after window_of_path has asked. */
#include "window.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512                                                                                                         \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512cd,avx512vbmi,avx512vbmi2,gfni,avx2,bmi,bmi2,popcnt,"       \
                          "lzcnt")))
#define WALK_TARGET AVX512
typedef uint64_t words __attribute__((vector_size(64)));
enum { WORDS = 8 };

AVX512 static inline words walk_load(const uint64_t *m)
{
    return (words)_mm512_loadu_si512(m);
}

AVX512 static inline void walk_store(uint64_t *m, words w)
{
    _mm512_storeu_si512(m, (__m512i)w);
}

AVX512 static inline words walk_join(words low, words high, unsigned k)
{
#if defined(__OPTIMIZE__) && !defined(__clang__) /* which takes the shifts for what they are, but no k to be constant  \
                                                  */
    return (words)_mm512_shrdi_epi64((__m512i)low, (__m512i)high, (int)k);
#else
    return low >> k | high << (64 - k);
#endif
}

AVX512 static inline uint64_t walk_some(words w)
{
    return _mm512_test_epi64_mask((__m512i)w, (__m512i)w);
}

/* The lowest bits of eight words, then the next ones: of ordinary rows there are none. */
AVX512 static inline size_t walk_list(token *list, size_t n, words w, token first)
{
    const __m512i starts = _mm512_set_epi64(448, 384, 320, 256, 192, 128, 64, 0);
    __m512i bits = (__m512i)w, last = _mm512_add_epi64(starts, _mm512_set1_epi64((int64_t)first + BLOCK_BYTES - 1));
    for (__mmask8 some; (some = _mm512_test_epi64_mask(bits, bits)) != 0;) {
        __m512i less = _mm512_add_epi64(bits, _mm512_set1_epi64(-1));
        __m512i positions = _mm512_sub_epi64(last, _mm512_lzcnt_epi64(_mm512_andnot_si512(less, bits)));
        _mm256_storeu_si256((__m256i *)(void *)(list + n),
                            _mm256_maskz_compress_epi32(some, _mm512_cvtepi64_epi32(positions)));
        n += (unsigned)__builtin_popcount(some);
        bits = _mm512_and_si512(bits, less);
    }
    return n;
}

#include "window_walk.h"

enum { BLOCKS = 8 }; /* at a time */

/* Two columns of eight masks: bit k of a byte of `first` becomes the byte's bit in word 2 * (k % 4) of half k / 4, one
 * of `second` in the word behind it. */
INLINE void columns_of_two(__m512i first, __m512i second, __m512i ret[2])
{
    static const uint8_t low[64] = {
        0,  8,   16,  24,  32, 40, 48, 56,  64,  72,  80, 88, 96, 104, 112, 120, 1,  9,   17,  25,  33, 41,
        49, 57,  65,  73,  81, 89, 97, 105, 113, 121, 2,  10, 18, 26,  34,  42,  50, 58,  66,  74,  82, 90,
        98, 106, 114, 122, 3,  11, 19, 27,  35,  43,  51, 59, 67, 75,  83,  91,  99, 107, 115, 123,
    };
    /* Each row of eight bytes was turned round when it was read, which turns its columns round again. */
    const __m512i unit = _mm512_set1_epi64((int64_t)UINT64_C(0x8040201008040201));
    const __m512i order = _mm512_loadu_si512(low);
    first = _mm512_gf2p8affine_epi64_epi8(unit, first, 0);
    second = _mm512_gf2p8affine_epi64_epi8(unit, second, 0);
    ret[0] = _mm512_permutex2var_epi8(first, order, second);
    ret[1] = _mm512_permutex2var_epi8(first, _mm512_add_epi8(order, _mm512_set1_epi8(4)), second);
}

/* Eight blocks' codes -> words b to b + 7 of the masks. */
INLINE void masks(const __m512i codes[BLOCKS], size_t b, uint64_t m[][ROW])
{
    __m512i two[BLOCKS / 2][2];
    words c[MASKS_COLUMNS];
    for (unsigned i = 0; i < BLOCKS / 2; i++)
        columns_of_two(codes[2 * i], codes[2 * i + 1], two[i]);
    for (unsigned half = 0; half < 2; half++) {
        __m512i a = _mm512_shuffle_i64x2(two[0][half], two[1][half], 0x44); /* 0 0 1 1: columns 0, 1 of blocks 0-3 */
        __m512i d = _mm512_shuffle_i64x2(two[2][half], two[3][half], 0x44);
        __m512i e = _mm512_shuffle_i64x2(two[0][half], two[1][half], 0xee);
        __m512i g = _mm512_shuffle_i64x2(two[2][half], two[3][half], 0xee);
        c[4 * half] = (words)_mm512_shuffle_i64x2(a, d, 0x88);
        c[4 * half + 1] = (words)_mm512_shuffle_i64x2(a, d, 0xdd);
        c[4 * half + 2] = (words)_mm512_shuffle_i64x2(e, g, 0x88);
        c[4 * half + 3] = (words)_mm512_shuffle_i64x2(e, g, 0xdd);
    }
#define PUT(mask, word) walk_store(&m[mask][b], (word))
    MASKS_OF_COLUMNS(PUT, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
#undef PUT
}

INLINE void classify_eight(const uint8_t *p, size_t b, uint64_t m[][ROW])
{
    const __m512i turned = _mm512_set4_epi32(0x08090a0b, 0x0c0d0e0f, 0x00010203, 0x04050607);
    const uint8_t *t = masks_codes;
    __m512i codes[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++, p += BLOCK_BYTES) {
        __m512i v = _mm512_shuffle_epi8(_mm512_loadu_si512(p), turned);
        __builtin_prefetch(p + TEXT_AHEAD, 0, 2); /* processors stop to look ahead at the end of a page */
        codes[i] = _mm512_mask_mov_epi8(
            _mm512_permutex2var_epi8(_mm512_loadu_si512(t), v, _mm512_loadu_si512(t + 64)), _mm512_movepi8_mask(v),
            _mm512_permutex2var_epi8(_mm512_loadu_si512(t + 128), v, _mm512_loadu_si512(t + 192)));
    }
    masks(codes, b, m);
}

INLINE void classify_512(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][ROW])
{
    size_t b = first;
    for (; n_blocks >= BLOCKS; b += BLOCKS, n_blocks -= BLOCKS, p += BLOCKS * BLOCK_BYTES)
        classify_eight(p, b, m);
    if (n_blocks == 0)
        return;
    uint8_t padded[BLOCKS * BLOCK_BYTES] = {0};
    uint64_t few[MASKS][ROW];
    memcpy(padded, p, n_blocks * BLOCK_BYTES);
    classify_eight(padded, 0, few);
    for (size_t k = 0; k < MASKS; k++)
        memcpy(m[k] + b, few[k], n_blocks * sizeof **m);
}

AVX512 void window_avx512(struct window *w, struct dye_span text, size_t at)
{
    window_read(w, text, at, classify_512);
}
#endif
