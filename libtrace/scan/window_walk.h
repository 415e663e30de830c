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

/* Bits from which on 2, 4 ... in a row are set, given the next word. */
INLINE uint64_t in_a_row(uint64_t bits, uint64_t next, unsigned k)
{
    return bits & (bits >> k | next << (64 - k));
}

/* Where at least 22 bytes >= 0x80 begin, which is eleven characters of two. */
INLINE uint64_t long_highs(const uint64_t *high, size_t b)
{
    uint64_t h = high[b], h1 = high[b + 1];
    uint64_t two = in_a_row(h, h1, 1), two1 = h1 & h1 >> 1;
    uint64_t four = in_a_row(two, two1, 2), four1 = two1 & two1 >> 2;
    uint64_t eight = in_a_row(four, four1, 4), eight1 = four1 & four1 >> 4;
    uint64_t sixteen = in_a_row(eight, eight1, 8);
    return h & ~behind(high, b, 1) & sixteen & (four >> 16 | four1 << 48);
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

INLINE void derive(uint64_t m[][SPAN])
{
    for (size_t b = 0; b < SPAN; b++)
        m[GAP][b] = m[DOT][b] | m[DASH][b] | m[SPACE][b];
    for (size_t b = 0; b < SPAN; b++) /* which is what is before the first, and behind the last, that matters */
        m[LOCAL][b] = m[DOMAIN][b] = m[ALNUM][b] | m[DOT][b] | m[DASH][b];
    for (size_t b = 0; b < SPAN; b++)
        m[BESIDE][b] = m[HIGH][b] | m[EXTRA][b] | m[BAR][b];
    for (size_t b = 1; b <= WINDOW + 1; b++)
        m[EDGE][b] = m[BESIDE][b] | (m[ALNUM][b] & behind(m[BESIDE], b, 1));
    /* The first dash of a pair ends a domain, the second one begins a local part. */
    for (size_t b = 1; b <= WINDOW + 1; b++)
        m[DOMAIN][b] &= ~(m[DASH][b] & ahead(m[DASH], b, 1));
    for (size_t b = 1; b <= WINDOW; b++)
        m[LOCAL][b] = (m[LOCAL][b] | m[EXTRA][b]) & ~(m[DASH][b] & behind(m[DASH], b, 1));
    m[LOCAL][0] = (m[LOCAL][0] | m[EXTRA][0]) & ~(m[DASH][0] & m[DASH][0] << 1);
    for (size_t b = 1; b <= WINDOW; b++) {
        _Static_assert(RUN_MIN == 8, "three doublings");
        uint64_t a = m[ALNUM][b], a1 = m[ALNUM][b + 1];
        uint64_t two = in_a_row(a, a1, 1), two1 = a1 & a1 >> 1;
        uint64_t four = in_a_row(two, two1, 2), four1 = two1 & two1 >> 2;
        m[RUNS][b] = in_a_row(four, four1, 4) & ~behind(m[ALNUM], b, 1);
        m[GROUPS][b] = groups(m, b);
        m[HIGHS][b] = long_highs(m[HIGH], b);
        m[OTHERS][b] = m[GROUPS][b] | m[SIGN][b] | (m[WIDE][b] & ahead(m[SECOND], b, 1));
    }
}

/* The positions of the bits of word b, at `to` and on: `usual` of them in any case. */
INLINE void write_positions(uint16_t *to, unsigned usual, uint64_t bits, size_t b)
{
    uint16_t at = (uint16_t)(b * BLOCK_BYTES);
    for (unsigned i = 0; i < usual; i++, bits &= bits - 1)
        *to++ = (uint16_t)(at + (unsigned)__builtin_ctzll(bits | UINT64_C(1) << 63));
    for (; bits != 0; bits &= bits - 1)
        *to++ = (uint16_t)(at + (unsigned)__builtin_ctzll(bits));
}

INLINE void find_positions(struct window *w)
{
    enum { RUNS_USUAL = 3, ATS_USUAL = 2, HIGHS_USUAL = 1 };
    size_t n_runs = 0, n_ats = 0, n_highs = 0, n_others = 0;
    for (size_t b = 1; b <= WINDOW; b++) {
        write_positions(w->runs + n_runs, RUNS_USUAL, w->m[RUNS][b], b);
        n_runs += (unsigned)__builtin_popcountll(w->m[RUNS][b]);
        write_positions(w->ats + n_ats, ATS_USUAL, w->m[AT][b], b);
        n_ats += (unsigned)__builtin_popcountll(w->m[AT][b]);
        write_positions(w->highs + n_highs, HIGHS_USUAL, w->m[HIGHS][b], b);
        n_highs += (unsigned)__builtin_popcountll(w->m[HIGHS][b]);
        w->others[n_others] = (uint8_t)b;
        n_others += w->m[OTHERS][b] != 0;
    }
    w->n_runs = n_runs;
    w->n_ats = n_ats;
    w->n_highs = n_highs;
    w->n_others = n_others;
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
    } else if (letters == UINT64_C(1) << 17 && n == 18) {
        lane = w->lane_of[0][18];
    } else {
        lane = w->lane_of[digits != 0 ? 1 : 2][n];
        second_look |= digits != 0 && is_mixed_up(text + window_byte(w, r), n, digits, letters);
    }
    return second_look ? LANE_SLOW : lane;
}

INLINE void sort_runs(struct window *w, const uint8_t *text)
{
    size_t mobiles = 0, ids = 0, others = 0;
    for (size_t i = 0; i < w->n_runs; i++) {
        unsigned n, lane = lane_of(w, text, w->runs[i], &n);
        token t = TOKEN_OF(w->runs[i], n);
        w->lane[LANE_MOBILE][mobiles] = w->lane[LANE_ID][ids] = w->lane[LANE_NONE][others] = t;
        w->other_lanes[others] = (uint8_t)lane;
        mobiles += lane == LANE_MOBILE;
        ids += lane == LANE_ID;
        others += lane > LANE_ID;
    }
    w->n[LANE_MOBILE] = mobiles;
    w->n[LANE_ID] = ids;
    w->n[LANE_SLOW] = w->n[LANE_DIGEST] = w->n[LANE_OTHER] = 0;
    for (size_t i = 0; i < others; i++) {
        unsigned lane = w->other_lanes[i];
        w->lane[lane][w->n[lane]++] = w->lane[LANE_NONE][i];
    }
}

INLINE void window_read(struct window *w, struct dye_span text, size_t at, classify_fn classify)
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
    find_positions(w);
    sort_runs(w, text.p);
}

#endif
