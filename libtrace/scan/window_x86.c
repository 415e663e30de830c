/* The vector paths. Compiled for processors that may lack them: called only after window_of_path has asked. */
#include "window_walk.h"

#if defined(__x86_64__)
#include <immintrin.h>

static const uint8_t tables[6][16] = {CLASSES_LOW, CLASSES_HIGH, SIGNS_LOW, SIGNS_HIGH, SECONDS_LOW, SECONDS_HIGH};

#define AVX512 __attribute__((target("avx512f,avx512bw,avx2,bmi,bmi2,popcnt,lzcnt")))

/* A class of each byte, by its halves. */
AVX512 INLINE __m512i look_up_512(unsigned table, __m512i low, __m512i high)
{
    __m512i low_of = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)tables[table]));
    __m512i high_of = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)tables[table + 1]));
    return _mm512_and_si512(_mm512_shuffle_epi8(low_of, low), _mm512_shuffle_epi8(high_of, high));
}

AVX512 INLINE uint64_t any_512(__m512i c, int classes)
{
    return _mm512_test_epi8_mask(c, _mm512_set1_epi8((char)classes));
}

AVX512 INLINE void classify_512(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][SPAN])
{
    const __m512i half = _mm512_set1_epi8(15);
    for (size_t b = first; b < first + n_blocks; b++, p += BLOCK_BYTES) {
        __m512i v = _mm512_loadu_si512(p);
        __builtin_prefetch(p + WINDOW_BYTES);
        __m512i low = _mm512_and_si512(v, half), high = _mm512_and_si512(_mm512_srli_epi16(v, 4), half);
        __m512i c = look_up_512(0, low, high), c2 = look_up_512(2, low, high), c3 = look_up_512(4, low, high);
        m[DIGIT][b] = any_512(c, CLASS_DIGIT);
        m[ALNUM][b] = any_512(c, CLASS_LETTER | CLASS_DIGIT);
        m[UPPER][b] = _mm512_mask_testn_epi8_mask(any_512(c, CLASS_LETTER), v, _mm512_set1_epi8(0x20));
        m[AT][b] = _mm512_movepi8_mask(c);
        m[DOT][b] = any_512(c, CLASS_DOT);
        m[DASH][b] = any_512(c, CLASS_DASH);
        m[SPACE][b] = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(' '));
        m[EXTRA][b] = any_512(c, CLASS_EXTRA);
        m[BAR][b] = any_512(c2, BAR_ANY);
        m[HIGH][b] = _mm512_movepi8_mask(v);
        m[SIGN][b] = any_512(c2, SIGN_ANY);
        m[WIDE][b] = any_512(c2, WIDE_ANY);
        m[SECOND][b] = _mm512_test_epi8_mask(c3, c3);
    }
}

AVX512 void window_avx512(struct window *w, struct dye_span text, size_t at)
{
    window_read(w, text, at, classify_512);
}

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

AVX2 INLINE uint64_t bits(__m256i v) /* of the bytes' top bits */
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

AVX2 INLINE __m256i look_up(unsigned table, __m256i low, __m256i high)
{
    __m256i low_of = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables[table]));
    __m256i high_of = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables[table + 1]));
    return _mm256_and_si256(_mm256_shuffle_epi8(low_of, low), _mm256_shuffle_epi8(high_of, high));
}

AVX2 INLINE uint64_t any(__m256i c, int classes) /* of the bytes that have one of them */
{
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(c, _mm256_set1_epi8((char)classes)), _mm256_setzero_si256());
    return ~bits(none) & UINT32_MAX;
}

AVX2 INLINE void half_block(const uint8_t *p, uint64_t m[MASKS])
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i low = _mm256_and_si256(v, half), high = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);
    __m256i c = look_up(0, low, high), c2 = look_up(2, low, high), c3 = look_up(4, low, high);
    uint64_t letter = any(c, CLASS_LETTER);
    m[DIGIT] = bits(_mm256_slli_epi16(c, 7));
    m[ALNUM] = letter | m[DIGIT];
    m[UPPER] = letter & ~bits(_mm256_slli_epi16(v, 2));
    m[AT] = bits(c);
    m[DOT] = bits(_mm256_slli_epi16(c, 4));
    m[DASH] = bits(_mm256_slli_epi16(c, 3));
    m[SPACE] = bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(' ')));
    m[EXTRA] = any(c, CLASS_EXTRA);
    m[BAR] = any(c2, BAR_ANY);
    m[HIGH] = bits(v);
    m[SIGN] = any(c2, SIGN_ANY);
    m[WIDE] = any(c2, WIDE_ANY);
    m[SECOND] = any(c3, 255);
}

AVX2 INLINE void classify_256(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][SPAN])
{
    for (size_t b = first; b < first + n_blocks; b++, p += BLOCK_BYTES) {
        uint64_t early[MASKS], late[MASKS];
        __builtin_prefetch(p + WINDOW_BYTES); /* processors stop to look ahead at the end of a page */
        half_block(p, early);
        half_block(p + BLOCK_BYTES / 2, late);
        for (size_t k = 0; k < MASKS; k++)
            m[k][b] = early[k] | late[k] << 32;
    }
}

AVX2 void window_avx2(struct window *w, struct dye_span text, size_t at)
{
    window_read(w, text, at, classify_256);
}
#endif
