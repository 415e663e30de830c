/* The vector paths. Compiled for processors that may lack them: called only after masks_of_path has asked. */
#include "masks.h"

#if defined(__x86_64__)
#include <immintrin.h>

static const uint8_t wide_bytes[] = {0xef, 0xa2, 0xa3, 0xe2, 0xc2, 0xf0};

__attribute__((target("avx512f,avx512bw"))) void masks_avx512(const uint8_t *p, size_t n_blocks, struct masks *ret)
{
    static const uint8_t low[16] = CLASSES_LOW, high[16] = CLASSES_HIGH;
    const __m512i low_of = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)low));
    const __m512i high_of = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)high));
    const __m512i half = _mm512_set1_epi8(15);
    for (size_t b = 0; b < n_blocks; b++, p += BLOCK_BYTES) {
        __m512i v = _mm512_loadu_si512(p);
        __m512i c = _mm512_and_si512(_mm512_shuffle_epi8(low_of, _mm512_and_si512(v, half)),
                                     _mm512_shuffle_epi8(high_of, _mm512_and_si512(_mm512_srli_epi16(v, 4), half)));
        struct masks *m = &ret[b];
        uint64_t letter = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_LETTER1 | CLASS_LETTER2));
        m->digit = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_DIGIT));
        m->alnum = letter | m->digit;
        m->upper = letter & _mm512_testn_epi8_mask(v, _mm512_set1_epi8(0x20));
        m->at = _mm512_movepi8_mask(c);
        m->dot = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_DOT));
        m->dash = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_DASH));
        m->extra = _mm512_test_epi8_mask(c, _mm512_set1_epi8(CLASS_PLUS | CLASS_LINE));
        m->high = _mm512_movepi8_mask(v);
        m->escape = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
        m->space = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(' '));
        m->star = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('*'));
        m->equal = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('='));
        m->open = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('(')) | _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('['));
        m->wide = 0;
        if (m->high != 0)
            for (unsigned i = 0; i < sizeof wide_bytes; i++)
                m->wide |= _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)wide_bytes[i]));
    }
}

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline uint64_t bits(__m256i v) /* of the bytes' top bits */
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

AVX2 static inline uint64_t any(__m256i c, int classes) /* of the bytes that have one of them */
{
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(c, _mm256_set1_epi8((char)classes)), _mm256_setzero_si256());
    return ~bits(none) & UINT32_MAX;
}

AVX2 void masks_avx2(const uint8_t *p, size_t n_blocks, struct masks *ret)
{
    static const uint8_t low[16] = CLASSES_LOW, high[16] = CLASSES_HIGH;
    const __m256i low_of = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)low));
    const __m256i high_of = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)high));
    const __m256i half = _mm256_set1_epi8(15);
    for (size_t b = 0; b < n_blocks; b++) {
        struct masks m = {0};
        for (unsigned at = 0; at < BLOCK_BYTES; at += 32, p += 32) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
            __m256i c = _mm256_and_si256(_mm256_shuffle_epi8(low_of, _mm256_and_si256(v, half)),
                                         _mm256_shuffle_epi8(high_of, _mm256_and_si256(_mm256_srli_epi16(v, 4), half)));
            uint64_t letter = any(c, CLASS_LETTER1 | CLASS_LETTER2);
            uint64_t digit = bits(_mm256_slli_epi16(c, 7));
            m.digit |= digit << at;
            m.alnum |= (letter | digit) << at;
            m.upper |= (letter & ~bits(_mm256_slli_epi16(v, 2))) << at;
            m.at |= bits(c) << at;
            m.dot |= bits(_mm256_slli_epi16(c, 4)) << at;
            m.dash |= bits(_mm256_slli_epi16(c, 3)) << at;
            m.extra |= any(c, CLASS_PLUS | CLASS_LINE) << at;
            m.high |= bits(v) << at;
            m.escape |= bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'))) << at;
            m.space |= bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(' '))) << at;
            m.star |= bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('*'))) << at;
            m.equal |= bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('='))) << at;
            m.open |= bits(_mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('(')),
                                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8('['))))
                      << at;
            if (bits(v) != 0)
                for (unsigned i = 0; i < sizeof wide_bytes; i++)
                    m.wide |= bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)wide_bytes[i]))) << at;
        }
        ret[b] = m;
    }
}
#endif
