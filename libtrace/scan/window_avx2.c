/* With AVX2, which has no table of 128 bytes. Compiled for processors that may lack it: called only after
 * window_of_path has asked. */
#include "window.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define WALK_TARGET AVX2
typedef uint64_t words __attribute__((vector_size(32)));
enum { WORDS = 4 };

AVX2 static inline words walk_load(const uint64_t *m)
{
    return (words)_mm256_loadu_si256((const __m256i *)(const void *)m);
}

AVX2 static inline void walk_store(uint64_t *m, words w)
{
    _mm256_storeu_si256((__m256i *)(void *)m, (__m256i)w);
}

AVX2 static inline words walk_join(words low, words high, unsigned k)
{
    return low >> k | high << (64 - k);
}

AVX2 static inline uint64_t walk_some(words w)
{
    __m256i none = _mm256_cmpeq_epi64((__m256i)w, _mm256_setzero_si256());
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(none)) ^ 15;
}

AVX2 static inline size_t walk_list(token *list, size_t n, words w, token first)
{
    for (unsigned i = 0; i < WORDS; i++)
        n = write_word(list, n, w[i], first + i * BLOCK_BYTES);
    return n;
}

#include "window_walk.h"

/* Classes, as bits of three bytes, which are those of masks.c. A byte has a class when the tables of both its halves
 * have it. */
enum {
    CLASS_DIGIT = 1,   /* 0x30-0x39 */
    CLASS_LETTER1 = 2, /* @ excluded: 0x41-0x4f, 0x61-0x6f */
    CLASS_LETTER2 = 4, /* 0x50-0x5a, 0x70-0x7a */
    CLASS_DOT = 8,
    CLASS_DASH = 16,
    CLASS_PLUS = 32, /* + % */
    CLASS_LINE = 64, /* _ */
    CLASS_AT = 128,
    CLASS_LETTER = CLASS_LETTER1 | CLASS_LETTER2,
    CLASS_EXTRA = CLASS_PLUS | CLASS_LINE,
};
#define CLASSES_LOW                                                                                                    \
    {                                                                                                                  \
        CLASS_DIGIT | CLASS_LETTER2 | CLASS_AT, CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER,                \
            CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER | CLASS_PLUS,           \
            CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER,                        \
            CLASS_DIGIT | CLASS_LETTER, CLASS_LETTER, CLASS_LETTER1 | CLASS_PLUS, CLASS_LETTER1,                       \
            CLASS_LETTER1 | CLASS_DASH, CLASS_LETTER1 | CLASS_DOT, CLASS_LETTER1 | CLASS_LINE                          \
    }
#define CLASSES_HIGH                                                                                                   \
    {                                                                                                                  \
        0, 0, CLASS_DOT | CLASS_DASH | CLASS_PLUS, CLASS_DIGIT, CLASS_LETTER1 | CLASS_AT, CLASS_LETTER2 | CLASS_LINE,  \
            CLASS_LETTER1, CLASS_LETTER2, 0, 0, 0, 0, 0, 0, 0, 0                                                       \
    }

enum {
    SIGN_STAR = 1,    /* * */
    SIGN_EQUAL = 2,   /* = */
    OPEN_ROUND = 4,   /* ( */
    BAR_SLASH = 8,    /* / */
    BAR_BACK = 16,    /* backslash */
    WIDE_2 = 32,      /* a2 c2 e2 */
    WIDE_A3 = 64,     /* a3 */
    WIDE_EDGES = 128, /* ef f0; and e0 ff, which begin nothing */
    SIGN_ANY = SIGN_STAR | SIGN_EQUAL,
    BAR_ANY = BAR_SLASH | BAR_BACK,
    WIDE_ANY = WIDE_2 | WIDE_A3 | WIDE_EDGES,
};
#define SIGNS_LOW                                                                                                      \
    {                                                                                                                  \
        WIDE_EDGES, 0, WIDE_2, WIDE_A3, 0, 0, 0, 0, OPEN_ROUND, 0, SIGN_STAR, 0, BAR_BACK, SIGN_EQUAL, 0,              \
            BAR_SLASH | WIDE_EDGES                                                                                     \
    }
#define SIGNS_HIGH                                                                                                     \
    {                                                                                                                  \
        0, 0, SIGN_STAR | OPEN_ROUND | BAR_SLASH, SIGN_EQUAL, 0, BAR_BACK, 0, 0, 0, 0, WIDE_2 | WIDE_A3, 0, WIDE_2, 0, \
            WIDE_2 | WIDE_EDGES, WIDE_EDGES                                                                            \
    }

enum {
    SECOND_8E = 1,   /* 80-82 e0-e2 */
    SECOND_9 = 2,    /* 91 93 9d */
    SECOND_A = 4,    /* a0 ad ae af */
    SECOND_B = 8,    /* b0-b9 bb-bd */
    SECOND_DF = 16,  /* d8-df f8-ff */
    SECOND_C = 32,   /* c0 */
    SECOND_4 = 64,   /* 49, in Big5 */
    HIDES_ANY = 128, /* a1-a3 af c1-c3 cf e1-e3 ef */
    SECOND_ANY = 127,
};
#define SECONDS_LOW                                                                                                    \
    {                                                                                                                  \
        SECOND_8E | SECOND_A | SECOND_B | SECOND_C, SECOND_8E | SECOND_9 | SECOND_B | HIDES_ANY,                       \
            SECOND_8E | SECOND_B | HIDES_ANY, SECOND_9 | SECOND_B | HIDES_ANY, SECOND_B, SECOND_B, SECOND_B, SECOND_B, \
            SECOND_B | SECOND_DF, SECOND_B | SECOND_DF | SECOND_4, SECOND_DF, SECOND_B | SECOND_DF,                    \
            SECOND_B | SECOND_DF, SECOND_9 | SECOND_A | SECOND_B | SECOND_DF, SECOND_A | SECOND_DF,                    \
            SECOND_A | SECOND_DF | HIDES_ANY                                                                           \
    }
#define SECONDS_HIGH                                                                                                   \
    {                                                                                                                  \
        0, 0, 0, 0, SECOND_4, 0, 0, 0, SECOND_8E, SECOND_9, SECOND_A | HIDES_ANY, SECOND_B, SECOND_C | HIDES_ANY,      \
            SECOND_DF, SECOND_8E | HIDES_ANY, SECOND_DF                                                                \
    }

static const uint8_t tables[6][16] = {CLASSES_LOW, CLASSES_HIGH, SIGNS_LOW, SIGNS_HIGH, SECONDS_LOW, SECONDS_HIGH};

INLINE uint64_t bits(__m256i v) /* of the bytes' top bits */
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

INLINE __m256i look_up(unsigned table, __m256i low, __m256i high)
{
    __m256i low_of = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables[table]));
    __m256i high_of = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables[table + 1]));
    return _mm256_and_si256(_mm256_shuffle_epi8(low_of, low), _mm256_shuffle_epi8(high_of, high));
}

INLINE uint64_t any(__m256i c, int classes) /* of the bytes that have one of them */
{
    __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(c, _mm256_set1_epi8((char)classes)), _mm256_setzero_si256());
    return ~bits(none) & UINT32_MAX;
}

INLINE void half_block(const uint8_t *p, uint64_t m[MASKS])
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
    m[OPEN] = any(c2, OPEN_ROUND) | bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('[')));
    m[WIDE] = any(c2, WIDE_ANY);
    m[SECOND] = any(c3, SECOND_ANY);
    m[HIDES] = bits(c3);
}

INLINE void classify_256(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][ROW])
{
    for (size_t b = first; b < first + n_blocks; b++, p += BLOCK_BYTES) {
        uint64_t early[MASKS], late[MASKS];
        __builtin_prefetch(p + TEXT_AHEAD, 0, 2); /* processors stop to look ahead at the end of a page */
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
