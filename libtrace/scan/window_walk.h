#ifndef SCAN_WINDOW_WALK_H
#define SCAN_WINDOW_WALK_H
/*
 * window_walk: what window*.c compile once for each kind of processor, which has been told of by then:
 *
 *   WALK_TARGET  its attribute
 *   words        WORDS words of a mask side by side, with & | ~ and >> of each
 *   walk_load(const uint64_t *), walk_store(uint64_t *, words)
 *   walk_join(low, high, k)  of each pair of words 64 bits from bit k on, k 1 to 63
 *   walk_some(words)         bit i: the i-th is not 0
 *   walk_list(list, n, words, first)  writes where their bits are behind the n positions of a list, returns how many
 *                            there are then; `first` is the position of the first bit. Those of one word in order.
 *
 * Private to the scan layer.
 */
#include "window.h"

#define INLINE static inline __attribute__((always_inline)) WALK_TARGET

/* Masks of n_blocks blocks from p on, into words `first` and on. */
typedef void (*classify_fn)(const uint8_t *p, size_t n_blocks, size_t first, uint64_t m[][ROW]);

/* A mask's words, and those one behind them, whose last bits may be wrong where they follow from the next ones. */
struct pair {
    words now, next;
};

INLINE struct pair pair_of(const uint64_t *m, size_t b)
{
    return (struct pair){walk_load(m + b), walk_load(m + b + 1)};
}

INLINE struct pair either(struct pair x, struct pair y)
{
    return (struct pair){x.now | y.now, x.next | y.next};
}

/* Bits i + k; and bits i - 1, given the words before. */
INLINE words ahead(struct pair x, unsigned k)
{
    return walk_join(x.now, x.next, k);
}

INLINE words behind(const uint64_t *m, size_t b)
{
    return walk_join(walk_load(m + b - 1), walk_load(m + b), 63);
}

/* Where bits i and i + k are set; and where one of them is. */
INLINE struct pair in_a_row(struct pair x, unsigned k)
{
    return (struct pair){x.now & ahead(x, k), x.next & x.next >> k};
}

INLINE struct pair one_of(struct pair x, unsigned k)
{
    return (struct pair){x.now | ahead(x, k), x.next | x.next >> k};
}

INLINE struct pair eight_in_a_row(struct pair x)
{
    return in_a_row(in_a_row(in_a_row(x, 1), 2), 4);
}

/* Where four characters may begin: every other byte is >= 0x80. In Big5 the second of two may be a letter. */
INLINE struct pair four_characters(uint64_t m[][ROW], size_t b)
{
    return in_a_row(in_a_row(pair_of(m[HIGH], b), 2), 4);
}

/* Where eleven of two bytes may, behind a byte < 0x80. */
INLINE words long_highs(uint64_t m[][ROW], size_t b)
{
    struct pair eight = in_a_row(four_characters(m, b), 8);
    return eight.now & ahead(eight, 6) & ~behind(m[HIGH], b);
}

/* And where, behind a letter or digit, signs may begin that hide others. Of ordinary rows nowhere. */
INLINE words hidden(uint64_t m[][ROW], size_t b)
{
    words hides = walk_load(m[HIDES] + b);
    return walk_some(hides) != 0 ? hides & behind(m[ALNUM], b) : hides;
}

/* Where three or four digits stand before a separator, and digits where all of a mobile's groupings have some. A
 * number begins there, or a letter or digit behind a byte >= 0x80 does, which may be that character's. */
INLINE words groups(uint64_t m[][ROW], size_t b)
{
    struct pair gap = either(either(pair_of(m[DOT], b), pair_of(m[DASH], b)), pair_of(m[SPACE], b));
    struct pair digit = pair_of(m[DIGIT], b), two = in_a_row(digit, 1);
    struct pair three = {two.now & ahead(digit, 2), two.next & digit.next >> 2};
    words found = three.now & (ahead(gap, 3) | (ahead(digit, 3) & ahead(gap, 4)));
    if (walk_some(found) == 0)
        return found;
    words begins = ~behind(m[ALNUM], b) | walk_join(walk_load(m[HIGH] + b - 1), walk_load(m[HIGH] + b), 62);
    return found & begins & ahead(two, 5) & ahead(three, 10);
}

/* Runs, those of them that are ordinary numbers, and of the others those that may be looked for. Where not all runs
 * are, these begin with a digit, are long, have eleven digits in them, stand beside something, or have a plus or a
 * slash 8 to 15 bytes behind their start. */
struct runs {
    words mobiles, ids, others;
};

INLINE struct runs runs_of(uint64_t m[][ROW], size_t b, struct pair beside, words edge, bool all)
{
    _Static_assert(RUN_MIN == 8, "eight in a row");
    struct pair alnum = pair_of(m[ALNUM], b), digit = pair_of(m[DIGIT], b), stop = either(alnum, beside);
    struct pair eight = eight_in_a_row(alnum), eleven = in_a_row(eight_in_a_row(digit), 3);
    words starts = eight.now & ~behind(m[ALNUM], b), numbers = starts & ~edge & eleven.now;
    words mobiles = numbers & ~ahead(stop, 11);
    words ids = numbers & ahead(eleven, 6) & ahead(alnum, 17) & ~ahead(stop, 18);
    words others = starts & ~(mobiles | ids), worth = digit.now | edge;
    if (!all && walk_some(others & ~worth) != 0) {
        struct pair plus = one_of(one_of(one_of(either(pair_of(m[EXTRA], b), pair_of(m[BAR], b)), 1), 2), 4);
        struct pair digits = one_of(eleven, 1); /* behind one to four letters */
        worth = worth | (eight.now & ahead(eight, 8)) | ahead(plus, 8) | ahead(digits, 1) | ahead(digits, 3);
    }
    return (struct runs){mobiles, ids, all ? others : others & worth};
}

/* What addresses are made of and where they end: capitals take a second look. */
INLINE void bounds(uint64_t m[][ROW], size_t b, words beside_behind)
{
    struct pair dash = pair_of(m[DASH], b);
    words alnum = walk_load(m[ALNUM] + b), upper = walk_load(m[UPPER] + b);
    words both = (alnum & ~upper) | walk_load(m[DOT] + b);
    /* The first dash of a pair ends a domain, the second one begins a local part. */
    walk_store(m[DOMAIN] + b, both | (dash.now & ~ahead(dash, 1)));
    walk_store(m[ENDS] + b, behind(m[ALNUM], b) & ~upper);
    walk_store(m[LOCAL] + b, both | walk_load(m[EXTRA] + b) | (dash.now & ~behind(m[DASH], b)));
    walk_store(m[STARTS] + b, alnum & ~(behind(m[UPPER], b) | beside_behind));
}

/* What of this is looked at in the block behind the window too. */
INLINE void derive_last(uint64_t m[][ROW])
{
    enum { LAST = WINDOW + 1 };
    uint64_t beside[2];
    for (size_t i = 0; i < 2; i++)
        beside[i] = m[HIGH][WINDOW + i] | m[EXTRA][WINDOW + i] | m[BAR][WINDOW + i];
    m[EDGE][LAST] = beside[1] | (m[ALNUM][LAST] & (beside[1] << 1 | beside[0] >> 63));
    m[ENDS][LAST] = (m[ALNUM][LAST] << 1 | m[ALNUM][WINDOW] >> 63) & ~m[UPPER][LAST];
    uint64_t before_dash = m[DASH][LAST] >> 1 | m[DASH][LAST + 1] << 63;
    m[DOMAIN][LAST] = (m[ALNUM][LAST] & ~m[UPPER][LAST]) | m[DOT][LAST] | (m[DASH][LAST] & ~before_dash);
}

INLINE words beside_of(uint64_t m[][ROW], size_t b)
{
    return walk_load(m[HIGH] + b) | walk_load(m[EXTRA] + b) | walk_load(m[BAR] + b);
}

/* Derives masks, and lists what begins in the window. */
INLINE void derive(struct window *w, bool all)
{
    uint64_t(*m)[ROW] = w->m;
    size_t mobiles = 0, ids = 0, ats = 0, highs = 0;
    w->run_blocks = w->other_blocks = 0;
    for (size_t b = 1; b <= WINDOW; b += WORDS) {
        const token first = (token)(b * BLOCK_BYTES);
        const struct pair beside = {beside_of(m, b), beside_of(m, b + 1)};
        words beside_behind = walk_join(beside_of(m, b - 1), beside.now, 63);
        words edge = beside.now | (walk_load(m[ALNUM] + b) & beside_behind);
        walk_store(m[EDGE] + b, edge);
        bounds(m, b, beside_behind);
        struct runs r = runs_of(m, b, beside, edge, all);
        words long_ones = long_highs(m, b), grouped = groups(m, b) | hidden(m, b);
        words opened = walk_load(m[OPEN] + b) & ahead(pair_of(m[ALNUM], b), 1); /* "(at)": of SQL's "('" none is */
        words wide = walk_load(m[WIDE] + b) & ahead(pair_of(m[SECOND], b), 1);
        words others = grouped | walk_load(m[SIGN] + b) | opened | wide;
        walk_store(m[GROUPS] + b, grouped);
        walk_store(m[RUNS] + b, r.others);
        w->run_blocks |= walk_some(r.others) << (b - 1);
        w->other_blocks |= walk_some(others) << (b - 1);
        mobiles = walk_list(w->mobiles, mobiles, r.mobiles, first);
        ids = walk_list(w->ids, ids, r.ids, first);
        ats = walk_list(w->ats, ats, walk_load(m[AT] + b), first);
        highs = walk_list(w->highs, highs, long_ones, first);
    }
    w->n_mobiles = mobiles;
    w->n_ids = ids;
    w->n_ats = ats;
    w->n_highs = highs;
    derive_last(m);
}

/* In order, unlike the other lists: what is in base64 counts on it. */
INLINE void list_runs(struct window *w)
{
    w->n_runs = 0;
    for (uint64_t left = w->run_blocks; left != 0; left &= left - 1) {
        size_t b = 1 + (size_t)__builtin_ctzll(left);
        w->n_runs = write_word(w->runs, w->n_runs, w->m[RUNS][b], (token)(b * BLOCK_BYTES));
    }
}

/* Whether a run of letters and digits is more than what it is as a whole. */
INLINE bool is_mixed_up(const uint8_t *p, size_t n, uint64_t digits, uint64_t letters)
{
    unsigned lettered = (unsigned)((letters & (letters - 1)) == 0) & (unsigned)(n <= 13); /* 7420013841e10 */
    unsigned crossed = (unsigned)((p[n / 2] | 0x20) == 'x') & (unsigned)(n <= 18);        /* 138xxxx5678 */
    crossed |= (unsigned)((p[n - 1] | 0x20) == 'x') & (unsigned)(n == 11);                /* 1381234xxxx */
    return (lettered | crossed | has_eleven(digits)) != 0;
}

/* The lane of the run of letters and digits at a position. */
INLINE unsigned lane_of(const struct window *w, const uint8_t *text, size_t r, unsigned *ret_n)
{
    uint64_t after = ~bits_from(w->m[ALNUM], r), low = (after - 1) & ~after;
    uint64_t digits = bits_from(w->m[DIGIT], r) & low, letters = low & ~digits;
    unsigned n = *ret_n = (unsigned)__builtin_ctzll(after | UINT64_C(1) << 63);
    bool second_look = (bits_from(w->m[EDGE], r) & (low + 2)) != 0; /* at the start, and behind the end */
    unsigned lane;
    if (letters == 0) {
        lane = w->lane_of[0][n];
        uint64_t gap = bits_from(w->m[DOT], r) | bits_from(w->m[DASH], r) | bits_from(w->m[SPACE], r);
        second_look |= n == 8 && (gap >> 8 & 1) != 0; /* 110146 19900307 001X */
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

INLINE void window_read(struct window *w, struct dye_span text, size_t at, classify_fn classify)
{
    /* Of the window before, the last block and those behind it are known. */
    size_t known = at > 0 ? LOOKAHEAD : 0, from = at + known * BLOCK_BYTES, wanted = SPAN - 1 - known;
    for (size_t k = 0; k < MASKS; k++) {
        w->m[k][0] = at > 0 ? w->m[k][WINDOW] : 0;
        for (size_t b = 1; b <= known; b += WORDS)
            walk_store(w->m[k] + b, walk_load(w->m[k] + WINDOW + b));
    }
    size_t left = from < text.n ? text.n - from : 0, blocks = left / BLOCK_BYTES, tail = left % BLOCK_BYTES;
    if (blocks >= wanted) {
        blocks = wanted;
        tail = 0;
    }
    if (blocks > 0)
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
    for (size_t k = LOCAL; k <= STARTS; k++) /* of which only what is before their bits decides */
        w->m[k][0] = at > 0 ? w->m[k][WINDOW] : 0;
    w->at = at;
    if (w->all_runs)
        derive(w, true);
    else
        derive(w, false);
    list_runs(w);
    sort_runs(w, text.p);
}

#endif
