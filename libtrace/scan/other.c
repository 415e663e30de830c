/* What ordinary rows have little of. */
#include "scanner.h"

/* Of a byte beside a mask: whether it may be of another sign that hides. */
static inline bool may_hide(uint8_t b)
{
    return b == '*' || b >= 0x80;
}

static enum dye_status on_star(struct scan *s, size_t i)
{
    struct written w;
    if ((s->classes & CLASS(MASKED)) == 0)
        return DYE_OK;
    bool one_sign = written_mask(scan_text(s), i, &w);
    if (one_sign)
        DYE_TRY(tries_put_written(s, CLASS(MASKED), &w));
    /* And as longer, or with an x that hides. */
    bool ends = one_sign && (w.start == 0 || !may_hide(s->p[w.start - 1])) &&
                (w.start + w.n == s->n || !may_hide(s->p[w.start + w.n]));
    if (ends && memchr(w.form, 'x', w.n_form) == NULL)
        return DYE_OK;
    return written_mixed_mask(scan_text(s), i, &w) ? tries_put_written(s, CLASS(MASKED), &w) : DYE_OK;
}

static enum dye_status on_group(struct scan *s, size_t i)
{
    struct written w;
    if (s->p[i] >= 0x80)
        return on_star(s, i);
    return s->p[i] == '1' && written_grouped_mobile(scan_text(s), i, &w)
               ? tries_put_written(s, CLASS(MOBILE) | CLASS(OTHER), &w)
               : DYE_OK;
}

static enum dye_status on_equal(struct scan *s, size_t i)
{
    struct written w;
    return written_digest(scan_text(s), i, &w) ? tries_put_written(s, CLASS(BASE64), &w) : DYE_OK;
}

/* Read twice where its first byte may be the second half of a character. */
static enum dye_status on_open(struct scan *s, size_t i)
{
    struct written w;
    for (int late = 0; late < 2; late++)
        if (written_address(scan_text(s), i, late != 0, &w))
            DYE_TRY(tries_put_written(s, CLASS(EMAIL) | CLASS(OTHER), &w));
    return DYE_OK;
}

/* Digits [first, end) of a number in another writing. */
static enum dye_status try_wide(struct scan *s, const struct wide *w, size_t first, size_t end)
{
    size_t n = end - first, start = w->start[first], bytes = w->end[end - 1] - start;
    const uint8_t *digits = w->digits + first;
    if (n < 11)
        return DYE_OK;
    unsigned classes = CLASS(OTHER) | (n == 11 ? CLASS(MOBILE) : 0) | (n == 15 || n == 18 ? CLASS(ID) : 0);
    DYE_TRY(tries_put(s, classes, start, bytes, digits, n, true));
    size_t prefix = trunk(digits, n);
    return prefix > 0 ? tries_put(s, CLASS(MOBILE) | CLASS(OTHER), start, bytes, digits + prefix, n - prefix, true)
                      : DYE_OK;
}

/* The number as a whole, and the stretches of it that something parts: it may be two numbers. */
static enum dye_status read_wide(struct scan *s, size_t i, bool big5)
{
    struct wide *w = &s->wide;
    for (size_t k = 0; k < w->n; k++) /* each of its digits leads here */
        if (w->start[k] == i)
            return DYE_OK;
    if (!wide_read(scan_text(s), i, big5, w)) {
        w->n = 0;
        return DYE_OK;
    }
    DYE_TRY(try_wide(s, w, 0, w->n));
    for (size_t first = 0, end; first < w->n; first = end) {
        for (end = first + 1; end < w->n && !w->parted[end];)
            end++;
        if (end - first < w->n)
            DYE_TRY(try_wide(s, w, first, end));
    }
    return DYE_OK;
}

static enum dye_status on_wide(struct scan *s, size_t i)
{
    return read_wide(s, i, false);
}

typedef enum dye_status (*other_fn)(struct scan *s, size_t at);

static inline enum dye_status each(struct scan *s, uint64_t mask, size_t at, other_fn fn)
{
    for (; mask != 0; mask &= mask - 1)
        DYE_TRY(fn(s, at + (unsigned)__builtin_ctzll(mask)));
    return DYE_OK;
}

/* Stars and equal signs that follow none. */
static enum dye_status on_sign(struct scan *s, size_t i)
{
    uint8_t c = s->p[i];
    unsigned class = c == '*' ? CLASS(MASKED) : CLASS(BASE64);
    if ((s->classes & class) == 0 || (i > 0 && s->p[i - 1] == c))
        return DYE_OK;
    return c == '*' ? on_star(s, i) : on_equal(s, i);
}

/* Brackets that an "at" may follow. */
static enum dye_status on_bracket(struct scan *s, size_t i)
{
    bool at = i + 1 < s->n && (s->p[i + 1] | 0x20) == 'a';
    return at && (s->classes & (CLASS(EMAIL) | CLASS(OTHER))) != 0 ? on_open(s, i) : DYE_OK;
}

enum dye_status others_of(struct scan *s, size_t b)
{
    const struct window *w = &s->w;
    size_t at = window_byte(w, b * BLOCK_BYTES);
    DYE_TRY(each(s, w->m[SIGN][b], at, on_sign));
    DYE_TRY(each(s, w->m[OPEN][b] & window_bits(w, ALNUM, b, 1), at, on_bracket));
    DYE_TRY(each(s, w->m[GROUPS][b], at, on_group));
    if ((s->classes & (CLASS(MOBILE) | CLASS(ID) | CLASS(OTHER))) == 0)
        return DYE_OK;
    uint64_t wide = w->m[WIDE][b] & window_bits(w, SECOND, b, 1);
    if ((s->classes & (CLASS(EMAIL) | CLASS(OTHER))) != 0)
        DYE_TRY(each(s, wide & (w->m[ALNUM][b] << 1 | w->m[ALNUM][b - 1] >> 63), at, on_open));
    return each(s, wide, at, on_wide);
}

/* ---- Chinese digits ---- */

/* n bytes >= 0x80 begin at i. A number in Big5 begins in them and may go on behind them. */
static __attribute__((noinline)) enum dye_status on_high(struct scan *s, size_t i, size_t n)
{
    enum { SKIP = 11, UTF8 = 3, TWO = 2 };
    while (i + n < s->n && s->p[i + n] >= 0x80)
        n++;
    size_t end = n + SKIP * TWO < s->n - i ? n + SKIP * TWO : s->n - i;
    for (size_t k = (SKIP - 1) * TWO; k + TWO <= end; k += SKIP * TWO) {
        const struct wide_two *is = wide_two_at(s->p + i + k);
        if (is->in_gb != 0)
            DYE_TRY(on_wide(s, i + k));
        if (is->in_big5 != 0)
            DYE_TRY(read_wide(s, i + k, true));
    }
    for (size_t k = (SKIP - 1) * UTF8; k + UTF8 <= n; k += SKIP * UTF8)
        if (wide_three_at(s->p + i + k) != 0)
            DYE_TRY(on_wide(s, i + k));
    return DYE_OK;
}

/* Of eleven Chinese digits in a row one stands at a multiple of eleven characters from where the bytes >= 0x80 begin:
 * of an address only that one is looked at, as UTF-8 and as two bytes. Where fewer than 64 bytes are >= 0x80 that is
 * one of these; where fewer than 22 are, the last character that begins in them is a digit too. */
static inline bool may_be_digits(const uint8_t *p, size_t n)
{
    enum { ONE = 20, TWO = 42, THREE = 64, UTF8 = 30 };
    if (n <= ONE + 1)
        return wide_is_two(p + ONE) && wide_is_two(p + (n - 1) / 2 * 2);
    return wide_is_two(p + ONE) || wide_is_two(p + TWO) || wide_is_two(p + THREE) || wide_three_at(p + UTF8) != 0;
}

enum dye_status others_highs(struct scan *s)
{
    const struct window *w = &s->w;
    if ((s->classes & (CLASS(MOBILE) | CLASS(ID) | CLASS(OTHER))) == 0)
        return DYE_OK;
    for (size_t k = 0; k < w->n_highs; k++) {
        size_t position = w->highs[k], i = window_byte(w, position);
        size_t n = ones(window_bits(w, HIGH, position / BLOCK_BYTES, position % BLOCK_BYTES));
        if (n == BLOCK_BYTES || s->n - i < 2 * BLOCK_BYTES || may_be_digits(s->p + i, n))
            DYE_TRY(on_high(s, i, n));
    }
    return DYE_OK;
}
