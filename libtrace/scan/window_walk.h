#ifndef SCAN_WINDOW_WALK_H
#define SCAN_WINDOW_WALK_H
/* window_walk: what window*.c compile once for each kind of processor. Private to the scan layer. */
#include "window.h"

#define INLINE static inline __attribute__((always_inline))

/* Masks of n_blocks blocks from p on, into words `first` and on. */
typedef void (*classify_fn)(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][SPAN]);

/* Bits i + k, given a word and the next; and i - k, given the one before. */
INLINE uint64_t ahead(const uint64_t *m, size_t b, unsigned k)
{
    return m[b] >> k | m[b + 1] << (64 - k);
}

INLINE uint64_t behind(const uint64_t *m, size_t b, unsigned k)
{
    return m[b] << k | m[b - 1] >> (64 - k);
}

/* Bits that are set, and k further on too, given the next word: so twice as many in a row. */
INLINE uint64_t in_a_row(uint64_t bits, uint64_t next, unsigned k)
{
    return bits & (bits >> k | next << (64 - k));
}

/* Where eleven characters of two bytes may begin, behind a byte < 0x80: every other one is >= 0x80. In Big5 the second
 * may be a letter. */
INLINE uint64_t long_highs(const uint64_t *high, size_t b)
{
    uint64_t h = high[b], h1 = high[b + 1];
    uint64_t two = in_a_row(h, h1, 2), two1 = h1 & h1 >> 2;
    uint64_t four = in_a_row(two, two1, 4), four1 = two1 & two1 >> 4;
    uint64_t eight = in_a_row(four, four1, 8), eight1 = four1 & four1 >> 8;
    return ~behind(high, b, 1) & in_a_row(eight, eight1, 6);
}

/* Where three or four digits stand before a separator, and digits where all of a mobile's groupings have some. A
 * number begins there, or a letter or digit behind a byte >= 0x80 does, which may be that character's. */
INLINE uint64_t groups(uint64_t m[][SPAN], size_t b)
{
    uint64_t d = m[DIGIT][b], d1 = m[DIGIT][b + 1];
    uint64_t three = d & ahead(m[DIGIT], b, 1) & ahead(m[DIGIT], b, 2), three1 = d1 & d1 >> 1 & d1 >> 2;
    uint64_t gap = ahead(m[GAP], b, 3) | (ahead(m[DIGIT], b, 3) & ahead(m[GAP], b, 4));
    uint64_t begins = ~behind(m[ALNUM], b, 1) | behind(m[HIGH], b, 2);
    return three & gap & begins & ahead(m[DIGIT], b, 5) & ahead(m[DIGIT], b, 6) & (three >> 10 | three1 << 54);
}

/* Where 8, 11, 16 and 17 in a row begin. */
struct rows {
    uint64_t eight, eleven, sixteen, seventeen;
};

INLINE struct rows rows_of(const uint64_t *m, size_t b)
{
    uint64_t two = in_a_row(m[b], m[b + 1], 1), two1 = m[b + 1] & m[b + 1] >> 1;
    uint64_t four = in_a_row(two, two1, 2), four1 = two1 & two1 >> 2;
    uint64_t eight = in_a_row(four, four1, 4), eight1 = four1 & four1 >> 4;
    uint64_t sixteen = in_a_row(eight, eight1, 8);
    return (struct rows){eight, in_a_row(eight, eight1, 3), sixteen, sixteen & ahead(m, b, 16)};
}

/* Where a plus or a slash stands 8 to 15 bytes behind. */
INLINE uint64_t before_plus(uint64_t m[][SPAN], size_t b)
{
    uint64_t one = m[EXTRA][b] | m[BAR][b], one1 = m[EXTRA][b + 1] | m[BAR][b + 1];
    uint64_t two = one | one >> 1 | one1 << 63, two1 = one1 | one1 >> 1;
    uint64_t four = two | two >> 2 | two1 << 62, four1 = two1 | two1 >> 2;
    uint64_t eight = four | four >> 4 | four1 << 60, eight1 = four1 | four1 >> 4;
    return eight >> 8 | eight1 << 56;
}

/* Runs, those of them that are ordinary numbers, and of the others those that may be looked for. Where words are not,
 * that is what begins with a digit, is long, has eleven digits in it, or stands beside something. */
INLINE void derive_runs(uint64_t m[][SPAN], uint64_t words)
{
    _Static_assert(RUN_MIN == 8, "eight in a row");
    for (size_t b = 1; b <= WINDOW; b++) {
        const struct rows alnum = rows_of(m[ALNUM], b), digit = rows_of(m[DIGIT], b);
        uint64_t starts = alnum.eight & ~behind(m[ALNUM], b, 1), clean = starts & ~m[EDGE][b];
        uint64_t mobiles = clean & digit.eleven & ~ahead(m[ALNUM], b, 11) & ~ahead(m[BESIDE], b, 11);
        uint64_t ids =
            clean & digit.seventeen & ahead(m[ALNUM], b, 17) & ~ahead(m[ALNUM], b, 18) & ~ahead(m[BESIDE], b, 18);
        m[MOBILES][b] = mobiles;
        m[IDS][b] = ids;
        m[ELEVENS][b] = digit.eleven;
        m[RUNS][b] = starts & ~mobiles & ~ids;
        m[WORTH][b] = words | m[DIGIT][b] | alnum.sixteen | m[EDGE][b] | before_plus(m, b);
    }
    m[ELEVENS][WINDOW + 1] = rows_of(m[DIGIT], WINDOW + 1).eleven;
    for (size_t b = 1; b <= WINDOW; b++) /* behind one to four letters */
        m[RUNS][b] &= m[WORTH][b] | ahead(m[ELEVENS], b, 1) | ahead(m[ELEVENS], b, 2) | ahead(m[ELEVENS], b, 3) |
                      ahead(m[ELEVENS], b, 4);
}

INLINE void derive(uint64_t m[][SPAN])
{
    for (size_t b = 0; b < SPAN; b++) {
        m[GAP][b] = m[DOT][b] | m[DASH][b] | m[SPACE][b];
        m[BESIDE][b] = m[HIGH][b] | m[EXTRA][b] | m[BAR][b];
    }
    for (size_t b = 0; b < SPAN; b++) /* which is what is before the first, and behind the last, that matters */
        m[LOCAL][b] = m[DOMAIN][b] = m[ALNUM][b] | m[DOT][b] | m[DASH][b];
    m[EDGE][0] = m[BESIDE][0] | (m[ALNUM][0] & m[BESIDE][0] << 1);
    for (size_t b = 1; b <= WINDOW + 1; b++)
        m[EDGE][b] = m[BESIDE][b] | (m[ALNUM][b] & behind(m[BESIDE], b, 1));
    /* The first dash of a pair ends a domain, the second one begins a local part. */
    for (size_t b = 1; b <= WINDOW + 1; b++)
        m[DOMAIN][b] &= ~(m[DASH][b] & ahead(m[DASH], b, 1));
    for (size_t b = 1; b <= WINDOW; b++)
        m[LOCAL][b] = (m[LOCAL][b] | m[EXTRA][b]) & ~(m[DASH][b] & behind(m[DASH], b, 1));
    m[LOCAL][0] = (m[LOCAL][0] | m[EXTRA][0]) & ~(m[DASH][0] & m[DASH][0] << 1);
    for (size_t b = 1; b <= WINDOW; b++) {
        m[GROUPS][b] = groups(m, b);
        m[HIGHS][b] = long_highs(m[HIGH], b);
        m[OTHERS][b] = m[GROUPS][b] | m[SIGN][b] | (m[WIDE][b] & ahead(m[SECOND], b, 1));
    }
}

/* Writes the positions of a word's bits at the end of a list of n; the first in any case. */
INLINE size_t write_word(token *list, size_t n, uint64_t bits, token first)
{
    token *to = list + n;
    *to = first + (token)__builtin_ctzll(bits | UINT64_C(1) << 63);
    n += (unsigned)__builtin_popcountll(bits);
    for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        *++to = first + (token)__builtin_ctzll(bits);
    return n;
}

/* Where the bits of a mask's words 1 to WINDOW are: how many, and their positions; those of one word in order. */
typedef size_t (*list_fn)(const uint64_t m[SPAN], token *ret);

INLINE size_t list_each(const uint64_t m[SPAN], token *ret)
{
    size_t n = 0;
    for (size_t b = 1; b <= WINDOW; b++)
        n = write_word(ret, n, m[b], (token)(b * BLOCK_BYTES));
    return n;
}

INLINE void find_positions(struct window *w, list_fn list)
{
    w->n_mobiles = list(w->m[MOBILES], w->mobiles);
    w->n_ids = list(w->m[IDS], w->ids);
    w->n_ats = list(w->m[AT], w->ats);
    w->n_highs = list(w->m[HIGHS], w->highs);
    w->n_runs = w->n_others = 0;
    for (size_t b = 1; b <= WINDOW; b++) {
        if (w->m[RUNS][b] != 0) /* in order, unlike the others: what is in base64 counts on it */
            w->n_runs = write_word(w->runs, w->n_runs, w->m[RUNS][b], (token)(b * BLOCK_BYTES));
        w->others[w->n_others] = (uint8_t)b;
        w->n_others += w->m[OTHERS][b] != 0;
    }
}

/* At least 57 bits of a mask from a position on. */
INLINE uint64_t bits_at(const uint64_t *m, size_t position)
{
    uint64_t word;
    memcpy(&word, (const uint8_t *)m + position / 8, sizeof word);
    return word >> position % 8;
}

/* Whether a run of letters and digits is more than what it is as a whole. */
INLINE bool is_mixed_up(const uint8_t *p, size_t n, uint64_t digits, uint64_t letters)
{
    unsigned lettered = (unsigned)((letters & (letters - 1)) == 0) & (unsigned)(n <= 13); /* 7420013841e10 */
    unsigned crossed = (unsigned)((p[n / 2] | 0x20) == 'x') & (unsigned)(n <= 18);        /* 138xxxx5678 */
    return (lettered | crossed | has_eleven(digits)) != 0;
}

/* The lane of the run of letters and digits at a position. */
INLINE unsigned lane_of(const struct window *w, const uint8_t *text, size_t r, unsigned *ret_n)
{
    uint64_t after = ~bits_at(w->m[ALNUM], r), low = (after - 1) & ~after;
    uint64_t digits = bits_at(w->m[DIGIT], r) & low, letters = low & ~digits;
    unsigned n = *ret_n = (unsigned)__builtin_ctzll(after | UINT64_C(1) << 63);
    bool second_look = (bits_at(w->m[EDGE], r) & (low + 2)) != 0; /* at the start, and behind the end */
    unsigned lane;
    if (letters == 0) {
        lane = w->lane_of[0][n];
        second_look |= n == 8 && (bits_at(w->m[GAP], r) >> 8 & 1) != 0; /* 110146 19900307 001X */
    } else {
        lane = w->lane_of[digits != 0 ? 1 : 2][n];
        second_look |= digits != 0 && is_mixed_up(text + window_byte(w, r), n, digits, letters);
    }
    return second_look ? LANE_SLOW : lane;
}

INLINE void sort_runs(struct window *w, const uint8_t *text)
{
    memset(w->n, 0, sizeof w->n);
    for (size_t i = 0; i < w->n_runs; i++) {
        unsigned n, lane = lane_of(w, text, w->runs[i], &n);
        w->lane[lane][w->n[lane]++] = TOKEN_OF(w->runs[i], n);
    }
}

INLINE void window_read(struct window *w, struct dye_span text, size_t at, classify_fn classify, list_fn list)
{
    /* Of the window before, the last block and those behind it are known. */
    size_t known = at > 0 ? LOOKAHEAD : 0, from = at + known * BLOCK_BYTES, wanted = SPAN - 1 - known;
    for (size_t k = 0; k < MASKS; k++)
        for (size_t b = 0; b <= LOOKAHEAD; b++)
            w->m[k][b] = b <= known && at > 0 ? w->m[k][WINDOW + b] : 0;
    size_t left = from < text.n ? text.n - from : 0, blocks = left / BLOCK_BYTES, tail = left % BLOCK_BYTES;
    if (blocks >= wanted) {
        blocks = wanted;
        tail = 0;
    }
    classify(text.p + from, blocks, 1 + known, w->m);
    if (tail > 0) {
        uint8_t padded[BLOCK_BYTES] = {0};
        memcpy(padded, text.p + from + blocks * BLOCK_BYTES, tail);
        classify(padded, 1, 1 + known + blocks, w->m);
        blocks++;
    }
    for (size_t k = 0; k < MASKS; k++)
        for (size_t b = 1 + known + blocks; b < SPAN; b++)
            w->m[k][b] = 0;
    w->at = at;
    derive(w->m);
    derive_runs(w->m, w->words);
    find_positions(w, list);
    sort_runs(w, text.p);
}

#endif
