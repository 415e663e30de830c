/* Runs that may be more than one thing, or nothing: numbers among letters, behind prefixes, in other forms. */
#include "scanner.h"

/* A run of letters and digits, or what is left of one from a later start. */
struct run {
    size_t start, n;
    uint64_t digits, uppers; /* of its first 64 bytes */
};

static inline unsigned classes_of(const struct run *r)
{
    unsigned classes = CLASS(OTHER);
    if (r->n == 11 && r->digits == low_bits(11))
        classes |= CLASS(MOBILE);
    if ((r->n == 18 && (r->digits & low_bits(17)) == low_bits(17)) || (r->n == 15 && r->digits == low_bits(15)))
        classes |= CLASS(ID);
    if (r->n == 16 || r->n == 32 || r->n == 40 || r->n == 64)
        classes |= CLASS(DIGEST);
    return classes;
}

/* 138xxxx5678, 1381234xxxx: what hides may be a letter. An ID ends in one that does not. */
static enum dye_status try_crossed(struct scan *s, const struct run *r)
{
    uint8_t form[18];
    size_t hidden = 0;
    for (size_t i = 0; i < r->n; i++) {
        uint8_t c = dye_to_lower(s->p[r->start + i]);
        bool cross = c == 'x' && i > 0 && (i + 1 < r->n || r->n == 11);
        hidden += cross;
        form[i] = cross ? '*' : c;
    }
    return hidden >= 4 ? tries_put(s, CLASS(MASKED), r->start, r->n, form, r->n, true) : DYE_OK;
}

/* Numbers that have letters in them: 7420013841e10, 10146199003070e17, or their letter before a '+'; and masks. */
static inline enum dye_status try_lettered(struct scan *s, const struct run *r)
{
    enum { NUMBER_MAX = 17 };
    const uint8_t *p = s->p + r->start;
    size_t e = r->n > 3 && p[r->n - 2] == '1' && (p[r->n - 1] == '0' || p[r->n - 1] == '7') ? r->n - 3 : r->n - 1;
    if ((s->classes & CLASS(NUMBER)) != 0 && r->n <= NUMBER_MAX && (p[e] | 0x20) == 'e' &&
        (r->digits | UINT64_C(1) << e) == low_bits(r->n)) {
        uint8_t form[NUMBER_MAX];
        for (size_t i = 0; i < r->n; i++)
            form[i] = dye_to_lower(p[i]);
        return tries_put(s, CLASS(NUMBER), r->start, r->n, form, r->n, false);
    }
    bool crossed = (r->n == 11 && (p[10] | 0x20) == 'x') || (p[r->n / 2] | 0x20) == 'x';
    if ((r->n == 11 || r->n == 18) && (s->classes & CLASS(MASKED)) != 0 && crossed)
        return try_crossed(s, r);
    return DYE_OK;
}

static enum dye_status try_digits(struct scan *s, unsigned classes, size_t start, size_t n)
{
    return tries_put(s, classes, start, n, s->p + start, n, false);
}

/* Seventeen digits of an ID at `start` and the letter behind them, of so many bytes, that is X or looks like it. */
static enum dye_status try_crossed_id(struct scan *s, size_t start, size_t letter)
{
    uint8_t form[18];
    memcpy(form, s->p + start, 17);
    form[17] = 'x';
    return tries_put(s, CLASS(ID), start, 17 + letter, form, 18, letter > 1);
}

static inline bool may_be_mobile(const uint8_t *p)
{
    return p[0] == '1' && p[1] >= '3';
}

/* n digits, and the X behind them of so many bytes or none, that are two numbers with nothing between them: a mobile
 * and an ID in either order, or two mobiles. Long numbers of other kinds seldom look as if one began or ended them. */
static __attribute__((noinline)) enum dye_status try_pair(struct scan *s, size_t start, size_t n, size_t letter)
{
    enum { ONE = 11 };
    size_t other = n - ONE, last = start + other;
    bool leads = may_be_mobile(s->p + start), ends = letter == 0 && may_be_mobile(s->p + last);
    if (leads)
        DYE_TRY(try_digits(s, CLASS(MOBILE), start, ONE));
    if (ends)
        DYE_TRY(try_digits(s, CLASS(MOBILE), last, ONE));
    if (leads && letter > 0)
        return try_crossed_id(s, start + ONE, letter);
    if (leads && other != ONE)
        DYE_TRY(try_digits(s, CLASS(ID), start + ONE, other));
    return ends && other != ONE ? try_digits(s, CLASS(ID), start, other) : DYE_OK;
}

/* Whether so many digits are as long as a pair; before an X, if that is one's check digit. */
static inline bool is_pair(size_t digits, bool crossed)
{
    return digits == 22 || digits == 26 || digits == 29 || (digits == 28 && crossed);
}

/* A number among letters: tel17420013841, 17420013841VIP. Each stretch of digits that is as long as one, or two. */
static __attribute__((noinline)) enum dye_status try_glued(struct scan *s, const struct run *r)
{
    const uint8_t *p = s->p + r->start;
    size_t n = r->n < 64 ? r->n : 64;
    for (size_t i = 0, end; i < n; i = end + 1) {
        for (end = i; end < n && dye_is_digit(p[end]);)
            end++;
        size_t digits = end - i, prefix = trunk(p + i, digits);
        bool crossed = end < n && (p[end] | 0x20) == 'x';
        if (digits == 17 && crossed)
            DYE_TRY(try_crossed_id(s, r->start + i, 1));
        if (digits == 11 || digits == 15 || digits == 18)
            DYE_TRY(try_digits(s, digits == 11 ? CLASS(MOBILE) : CLASS(ID), r->start + i, digits));
        if (prefix > 0)
            DYE_TRY(try_digits(s, CLASS(MOBILE), r->start + i + prefix, digits - prefix));
        if (is_pair(digits, crossed))
            DYE_TRY(try_pair(s, r->start + i, digits, digits == 28));
    }
    return DYE_OK;
}

/* An ID's digits before a letter that looks like X, and a mobile before them or none. */
static enum dye_status try_alike(struct scan *s, const struct run *r)
{
    size_t letter = wide_check_digit(scan_text(s), r->start + r->n);
    if (letter == 0)
        return DYE_OK;
    return r->n == 17 ? try_crossed_id(s, r->start, letter) : try_pair(s, r->start, r->n, letter);
}

static inline enum dye_status try_run(struct scan *s, const struct run *r)
{
    const uint8_t *p = s->p + r->start;
    struct written w;
    if (r->n < RUN_MIN || r->n > RUN_MAX || r->digits == 0)
        return DYE_OK;
    unsigned classes = classes_of(r) & s->classes;
    if (classes != 0) {
        uint8_t lower[RUN_MAX];
        const uint8_t *form = p;
        if (r->uppers != 0) {
            for (size_t i = 0; i < r->n; i++)
                lower[i] = dye_to_lower(p[i]);
            form = lower;
        }
        DYE_TRY(tries_put(s, classes, r->start, r->n, form, r->n, false));
    }
    if (r->digits != low_bits(r->n)) {
        if (has_eleven(r->digits))
            DYE_TRY(try_glued(s, r));
        return r->n <= 18 ? try_lettered(s, r) : DYE_OK;
    }
    if (r->n == 8)
        return written_grouped_id(scan_text(s), r->start, &w) ? tries_put_written(s, CLASS(ID), &w) : DYE_OK;
    if ((r->n == 17 || r->n == 28) && r->start + r->n < s->n && s->p[r->start + r->n] >= 0x80)
        return try_alike(s, r);
    if (is_pair(r->n, false))
        return try_pair(s, r->start, r->n, 0);
    size_t prefix = trunk(p, r->n);
    return prefix > 0 ? try_digits(s, CLASS(MOBILE) | CLASS(OTHER), r->start + prefix, r->n - prefix) : DYE_OK;
}

/* Whether the run may be a part of a row in base64: one of 64 letters and digits has a '+' or '/' in 87 of 100 cases,
 * and of the digests' lengths it is a digest. */
static inline bool may_be_wrapped(const struct scan *s, size_t start, size_t n)
{
    if (start < s->unwrapped)
        return false;
    uint8_t before = start > 0 ? s->p[start - 1] : 0, after = start + n < s->n ? s->p[start + n] : 0;
    return before == '+' || before == '/' || after == '+' || after == '/' || (n >= 40 && n != 40 && n != 64);
}

enum dye_status run_at(struct scan *s, size_t position)
{
    size_t b = position / BLOCK_BYTES, start = window_byte(&s->w, position);
    unsigned shift = (unsigned)(position % BLOCK_BYTES);
    struct run r = {.start = start, .n = ones(window_bits(&s->w, ALNUM, b, shift))};
    if (r.n == 64) { /* as long as a token can be, or longer: how much longer matters by one byte, or five */
        size_t i = start + 64;
        while (i < s->n && i < start + RUN_MAX + 8 && dye_is_alnum(s->p[i]))
            i++;
        r.n = i - start;
    }
    r.digits = window_bits(&s->w, DIGIT, b, shift) & low_bits(r.n);
    r.uppers = window_bits(&s->w, UPPER, b, shift) & low_bits(r.n);
    DYE_TRY(try_run(s, &r));
    if (may_be_wrapped(s, start, r.n))
        DYE_TRY(wrapped_around(s, start, r.n));
    size_t later = later_start(s, start, start + r.n);
    if (later == 0 || later + RUN_MIN > start + r.n)
        return DYE_OK;
    struct run rest = {.start = later, .n = start + r.n - later};
    unsigned skipped = (unsigned)(later - start);
    rest.digits = r.digits >> skipped;
    rest.uppers = r.uppers >> skipped;
    for (size_t i = 64; i < r.n && i - skipped < 64; i++) {
        rest.digits |= (uint64_t)dye_is_digit(s->p[start + i]) << (i - skipped);
        rest.uppers |= (uint64_t)(s->p[start + i] >= 'A' && s->p[start + i] <= 'Z') << (i - skipped);
    }
    return try_run(s, &rest);
}
