#include "masks.h"
#include "probe.h"
#include "unwrap.h"
#include "wide.h"
#include "written.h"

#include <string.h>

/*
 * Bytes are classified a window at a time; tokens fall out of the masks; each token's probe waits in a queue while the
 * word of the filter that it needs comes from memory. Only what passes the filter is looked at again.
 */
enum {
    RUN_MIN = DYE_TOKEN_MIN_BYTES, /* no scanned kind with a shape of its own is shorter than a passport, 9 */
    RUN_MAX = DYE_TOKEN_MAX_BYTES, /* SHA-256 and SM3 in hex */
    SAME_MAX = 64,                 /* canaries that share one value */
    HELD_MAX = 4 * SAME_MAX,
    WINDOW = 64,   /* blocks */
    LOOKAHEAD = 2, /* blocks behind the window: the longest run that counts ends in them */
    QUEUE = 32,    /* a power of two */
    SUNK = 64,     /* tokens given to a sink at a time */
    PREFETCH = 20, /* tokens; of 12 to 25 all do, 50 or more evict each other */
};

struct waiting { /* a token whose filter word is on its way */
    uint64_t probe;
    size_t start;
    uint16_t n;      /* bytes as it stands */
    uint16_t n_form; /* of `forms`; 0: its form is its bytes in lower case */
    uint8_t class;
};

struct scan {
    const struct dye_index_set *set;
    const struct dye_index_keys *keys;
    struct dye_index_filter filters[2][DYE_TOKEN_CLASSES];
    unsigned classes; /* bit c: tokens of class c are wanted, by the sink or because */
    unsigned indexed; /* bit c: some index has keys of class c */
    uint64_t max_epoch;
    const uint8_t *p;
    size_t n;
    dye_hit_fn on_hit;
    void *arg;
    struct dye_scan_stats stats;
    struct waiting queue[QUEUE];
    uint8_t forms[QUEUE][EMAIL_MAX];   /* of tokens in the queue that are written in some other way */
    struct wide wide;                  /* the last number in another writing */
    size_t unwrapped;                  /* base64 before here was looked into */
    size_t first, last;                /* of the queue, counted from the start of the scan */
    const struct dye_token_sink *sink; /* or NULL */
    uint64_t sunk[SUNK];
    uint8_t sunk_classes[SUNK];
    size_t n_sunk;
    /* An e-mail address is met at its '@', after the runs in its local part: hits wait here, sorted by start, until
     * nothing can start before them. */
    struct dye_hit held[HELD_MAX];
    size_t n_held;
    struct masks masks[1 + WINDOW + LOOKAHEAD]; /* the block before the window, the window, those behind it */
};

/* ---- hits, in order ---- */

static enum dye_status release(struct scan *s, size_t before)
{
    size_t n = 0;
    enum dye_status status = DYE_OK;
    while (n < s->n_held && s->held[n].start < before && status == DYE_OK) {
        s->stats.hits++;
        status = s->on_hit(s->arg, &s->held[n++]);
    }
    s->n_held -= n;
    memmove(s->held, s->held + n, s->n_held * sizeof *s->held);
    return status;
}

static enum dye_status hold(struct scan *s, const struct dye_hit *hit)
{
    /* A token may be come to in two ways: "0" before it can be a trail byte or a trunk prefix. */
    for (size_t i = s->n_held; i > 0 && s->held[i - 1].start >= hit->start; i--)
        if (s->held[i - 1].start == hit->start && s->held[i - 1].entry == hit->entry)
            return DYE_OK;
    if (s->n_held == HELD_MAX)
        DYE_TRY(release(s, SIZE_MAX));
    size_t i = s->n_held++;
    for (; i > 0 && s->held[i - 1].start > hit->start; i--)
        s->held[i] = s->held[i - 1];
    s->held[i] = *hit;
    return DYE_OK;
}

/* ---- the filter, and behind it ---- */

/* The bytes that are fingerprinted. `lower` is room for them. */
static struct dye_span form_of(const struct scan *s, const struct waiting *w, uint8_t lower[EMAIL_MAX])
{
    if (w->n_form > 0)
        return dye_span_of(s->forms[(size_t)(w - s->queue)], w->n_form);
    for (size_t i = 0; i < w->n; i++)
        lower[i] = dye_to_lower(s->p[w->start + i]);
    return dye_span_of(lower, w->n);
}

static __attribute__((noinline)) enum dye_status look_up(struct scan *s, size_t part, const struct waiting *w)
{
    uint8_t lower[EMAIL_MAX];
    const struct dye_index_entry *found[SAME_MAX];
    const struct dye_index *x = s->set->part[part];
    s->stats.maybes++;
    size_t n = dye_index_find(x, w->probe, form_of(s, w, lower), found, SAME_MAX);
    if (n > 0) /* an address that starts before this token may still come */
        DYE_TRY(release(s, w->start > 2 * EMAIL_MAX ? w->start - 2 * EMAIL_MAX : 0));
    for (size_t i = 0; i < n; i++)
        if (found[i]->epoch <= s->max_epoch)
            DYE_TRY(hold(s, &(struct dye_hit){.index = x, .entry = found[i], .start = w->start, .n = w->n}));
    return DYE_OK;
}

static inline enum dye_status take(struct scan *s)
{
    const struct waiting *w = &s->queue[s->first++ % QUEUE];
    uint64_t bits = dye_filter_bits(w->probe);
    for (size_t part = 0; part < 2; part++) {
        const struct dye_index_filter *f = &s->filters[part][w->class];
        if (f->n_words > 0 && (*dye_filter_word(f, w->probe) & bits) == bits)
            DYE_TRY(look_up(s, part, w));
    }
    return DYE_OK;
}

static __attribute__((noinline)) enum dye_status empty_sink(struct scan *s)
{
    size_t n = s->n_sunk;
    s->n_sunk = 0;
    return n > 0 ? s->sink->take(s->sink->arg, s->sunk, s->sunk_classes, n) : DYE_OK;
}

/* The token at [start, start + n), whose form is n_form bytes, is to be looked up in the filters of `classes`.
 * `stored`: its form is not just its bytes in lower case. */
static inline enum dye_status put(struct scan *s, unsigned classes, size_t start, size_t n, const uint8_t *form,
                                  size_t n_form, bool stored)
{
    classes &= s->classes;
    if (classes == 0)
        return DYE_OK;
    uint64_t probe = probe_of(s->keys, form, n_form);
    s->stats.tokens++;
    if (s->sink != NULL) {
        _Static_assert(DYE_TOKEN_CLASSES <= 8, "a byte holds the classes");
        s->sunk[s->n_sunk] = probe;
        s->sunk_classes[s->n_sunk++] = (uint8_t)classes;
        if (s->n_sunk == SUNK)
            DYE_TRY(empty_sink(s));
        classes &= s->indexed;
    }
    for (; classes != 0; classes &= classes - 1) {
        unsigned class = (unsigned)__builtin_ctz(classes);
        for (size_t part = 0; part < 2; part++)
            if (s->filters[part][class].n_words > 0)
                __builtin_prefetch(dye_filter_word(&s->filters[part][class], probe));
        size_t slot = s->last++ % QUEUE;
        s->queue[slot] = (struct waiting){.probe = probe,
                                          .start = start,
                                          .n = (uint16_t)n,
                                          .n_form = (uint16_t)(stored ? n_form : 0),
                                          .class = (uint8_t) class};
        if (stored)
            memcpy(s->forms[slot], form, n_form);
        if (s->last - s->first > PREFETCH)
            DYE_TRY(take(s));
    }
    return DYE_OK;
}

/* ---- tokens ---- */

/* A run of letters and digits, or what is left of one from a later start. */
struct run {
    size_t start, n;
    uint64_t digits, uppers; /* of its first 64 bytes */
};

static inline uint64_t low_bits(size_t n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

#define CLASS(name) (1u << DYE_TOKEN_##name)

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

/* How many digits stand before a mobile's eleven: 0, 86 or 0086; 0 for none. */
static inline size_t trunk(const uint8_t *p, size_t n)
{
    if (n == 12 && p[0] == '0')
        return 1;
    if (n == 13 && p[0] == '8' && p[1] == '6')
        return 2;
    return n == 15 && memcmp(p, "0086", 4) == 0 ? 4 : 0;
}

/* 138xxxx5678: what hides the middle may be a letter. */
static enum dye_status try_crossed(struct scan *s, const struct run *r)
{
    uint8_t form[18];
    size_t hidden = 0;
    for (size_t i = 0; i < r->n; i++) {
        uint8_t c = dye_to_lower(s->p[r->start + i]);
        bool cross = c == 'x' && i > 0 && i + 1 < r->n;
        hidden += cross;
        form[i] = cross ? '*' : c;
    }
    return hidden >= 4 ? put(s, CLASS(MASKED), r->start, r->n, form, r->n, true) : DYE_OK;
}

/* Numbers that have letters in them: 7420013841e10, or its letter before a '+', and masks. */
static inline enum dye_status try_lettered(struct scan *s, const struct run *r)
{
    const uint8_t *p = s->p + r->start;
    size_t e = r->n > 3 && p[r->n - 1] == '0' && p[r->n - 2] == '1' ? r->n - 3 : r->n - 1;
    if ((s->classes & CLASS(NUMBER)) != 0 && r->n <= 13 && (p[e] | 0x20) == 'e' &&
        (r->digits | UINT64_C(1) << e) == low_bits(r->n)) {
        uint8_t form[16];
        for (size_t i = 0; i < r->n; i++)
            form[i] = dye_to_lower(p[i]);
        return put(s, CLASS(NUMBER), r->start, r->n, form, r->n, false);
    }
    if ((r->n == 11 || r->n == 18) && (s->classes & CLASS(MASKED)) != 0 && (p[r->n / 2] | 0x20) == 'x')
        return try_crossed(s, r);
    return DYE_OK;
}

/* A number among letters: tel17420013841, 17420013841VIP. Each stretch of digits that is as long as one. */
static __attribute__((noinline)) enum dye_status try_glued(struct scan *s, const struct run *r)
{
    const uint8_t *p = s->p + r->start;
    size_t n = r->n < 64 ? r->n : 64;
    for (size_t i = 0, end; i < n; i = end + 1) {
        for (end = i; end < n && dye_is_digit(p[end]);)
            end++;
        size_t digits = end - i, prefix = trunk(p + i, digits);
        if (digits == 17 && end < n && (p[end] | 0x20) == 'x') {
            uint8_t form[18];
            memcpy(form, p + i, 17);
            form[17] = 'x';
            DYE_TRY(put(s, CLASS(ID), r->start + i, 18, form, 18, false));
        }
        if (digits == 11 || digits == 15 || digits == 18)
            DYE_TRY(put(s, digits == 11 ? CLASS(MOBILE) : CLASS(ID), r->start + i, digits, p + i, digits, false));
        if (prefix > 0)
            DYE_TRY(
                put(s, CLASS(MOBILE), r->start + i + prefix, digits - prefix, p + i + prefix, digits - prefix, false));
    }
    return DYE_OK;
}

/* Seventeen digits of an ID before a letter that looks like X. */
static enum dye_status try_alike(struct scan *s, const struct run *r)
{
    uint8_t form[18];
    size_t letter = wide_check_digit(dye_span_of(s->p, s->n), r->start + r->n);
    if (letter == 0)
        return DYE_OK;
    memcpy(form, s->p + r->start, 17);
    form[17] = 'x';
    return put(s, CLASS(ID), r->start, r->n + letter, form, 18, true);
}

static enum dye_status put_written(struct scan *s, unsigned classes, const struct written *w)
{
    return put(s, classes, w->start, w->n, w->form, w->n_form, true);
}

/* Whether eleven digits in a row stand among the first 64. */
static inline bool has_eleven(uint64_t digits)
{
    uint64_t two = digits & digits >> 1, four = two & two >> 2, eight = four & four >> 4;
    return (eight & eight >> 3) != 0;
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
        DYE_TRY(put(s, classes, r->start, r->n, form, r->n, false));
    }
    if (r->digits != low_bits(r->n)) {
        if (has_eleven(r->digits))
            DYE_TRY(try_glued(s, r));
        return r->n <= 18 ? try_lettered(s, r) : DYE_OK;
    }
    if (r->n == 8)
        return written_grouped_id(dye_span_of(s->p, s->n), r->start, &w) ? put_written(s, CLASS(ID), &w) : DYE_OK;
    if (r->n == 17 && r->start + r->n < s->n && s->p[r->start + r->n] >= 0x80)
        return try_alike(s, r);
    size_t prefix = trunk(p, r->n);
    if (prefix == 0)
        return DYE_OK;
    return put(s, CLASS(MOBILE) | CLASS(OTHER), r->start + prefix, r->n - prefix, p + prefix, r->n - prefix, false);
}

/* Where else a token that starts at `start` may start: in GB18030 a byte after one >= 0x80 may be the second half of
 * a character, and a letter after a backslash an escape. 0 for nowhere. */
static size_t later_start(const struct scan *s, size_t start, size_t end)
{
    if (start == 0)
        return 0;
    uint8_t before = s->p[start - 1];
    if (before >= 0x80)
        return start + 1;
    if (before == '%')
        return start + 2;
    if (before != '\\')
        return 0;
    return s->p[start] == 'u' && end - start > 5 ? start + 5 : start + 1;
}

static inline enum dye_status try_email(struct scan *s, size_t start, size_t at, size_t end, bool has_upper)
{
    uint8_t lower[EMAIL_MAX];
    while (start < at && (s->p[start] == '.' || s->p[start] == '-'))
        start++;
    if (start == at || at - start > LOCAL_MAX)
        return DYE_OK;
    const uint8_t *form = s->p + start;
    if (has_upper) {
        for (size_t i = start; i < end; i++)
            lower[i - start] = dye_to_lower(s->p[i]);
        form = lower;
    }
    return put(s, CLASS(EMAIL) | CLASS(OTHER), start, end - start, form, end - start, false);
}

static enum dye_status on_group(struct scan *s, size_t i)
{
    struct written w;
    return written_grouped_mobile(dye_span_of(s->p, s->n), i, &w) ? put_written(s, CLASS(MOBILE) | CLASS(OTHER), &w)
                                                                  : DYE_OK;
}

static enum dye_status on_star(struct scan *s, size_t i)
{
    struct written w;
    return written_mask(dye_span_of(s->p, s->n), i, &w) ? put_written(s, CLASS(MASKED), &w) : DYE_OK;
}

static enum dye_status on_equal(struct scan *s, size_t i)
{
    struct written w;
    return written_digest(dye_span_of(s->p, s->n), i, &w) ? put_written(s, CLASS(BASE64), &w) : DYE_OK;
}

/* Read twice where its first byte may be the second half of a character. */
static enum dye_status on_open(struct scan *s, size_t i)
{
    struct written w;
    for (int late = 0; late < 2; late++)
        if (written_address(dye_span_of(s->p, s->n), i, late != 0, &w))
            DYE_TRY(put_written(s, CLASS(EMAIL) | CLASS(OTHER), &w));
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
    DYE_TRY(put(s, classes, start, bytes, digits, n, true));
    size_t prefix = trunk(digits, n);
    return prefix > 0 ? put(s, CLASS(MOBILE) | CLASS(OTHER), start, bytes, digits + prefix, n - prefix, true) : DYE_OK;
}

/* The number as a whole, and the stretches of it that something parts: it may be two numbers. */
static enum dye_status on_wide(struct scan *s, size_t i)
{
    struct wide *w = &s->wide;
    for (size_t k = 0; k < w->n; k++) /* each of its digits leads here */
        if (w->start[k] == i)
            return DYE_OK;
    if (!wide_read(dye_span_of(s->p, s->n), i, w)) {
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

/* ---- rows in base64 ---- */

/* The address around the sign at byte `at` of what was in base64. */
static enum dye_status try_wrapped_email(struct scan *s, const uint8_t *text, size_t n, size_t at, size_t start,
                                         size_t bytes)
{
    uint8_t form[EMAIL_MAX];
    size_t first = at, end = at + 1, used = 0;
    while (first > 0 && at - first <= LOCAL_MAX && is_local(text[first - 1]))
        first--;
    while (end < n && end - at <= DOMAIN_MAX && is_domain(text[end]))
        end++;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-'))
        end--;
    if (first == at || at - first > LOCAL_MAX || end == at + 1 || end - at > DOMAIN_MAX)
        return DYE_OK;
    for (size_t i = first; i < end; i++)
        form[used++] = dye_to_lower(text[i]);
    return put(s, CLASS(EMAIL) | CLASS(OTHER), start, bytes, form, used, true);
}

/* Plain tokens of a piece of base64, whose place is all of the piece. */
static enum dye_status try_wrapped(struct scan *s, size_t start, size_t bytes)
{
    uint8_t text[UNWRAP_TEXT_MAX];
    size_t n = unwrap_base64(dye_span_of(s->p + start, bytes), text);
    for (size_t i = 0, end; i < n; i = end + 1) {
        uint8_t form[RUN_MAX];
        bool digit = false;
        for (end = i; end < n && dye_is_alnum(text[end]); end++) {
            digit = digit || dye_is_digit(text[end]);
            if (end - i < RUN_MAX)
                form[end - i] = dye_to_lower(text[end]);
        }
        if (end < n && text[end] == '@')
            DYE_TRY(try_wrapped_email(s, text, n, end, start, bytes));
        if (!digit || end - i < RUN_MIN || end - i > RUN_MAX)
            continue;
        DYE_TRY(put(s, CLASS(MOBILE) | CLASS(ID) | CLASS(DIGEST) | CLASS(OTHER), start, bytes, form, end - i, true));
        size_t prefix = trunk(form, end - i);
        if (prefix > 0)
            DYE_TRY(put(s, CLASS(MOBILE) | CLASS(OTHER), start, bytes, form + prefix, end - i - prefix, true));
    }
    return DYE_OK;
}

/* What at least 40 characters of base64 around the run of n bytes at `start` hold; pieces overlap by a token. */
static __attribute__((noinline)) enum dye_status on_base64(struct scan *s, size_t start, size_t n)
{
    enum { SHORTEST = 40, OVERLAP = 96 };
    size_t first = start, end = start + n;
    while (first > s->unwrapped && is_base64(s->p[first - 1]))
        first--;
    while (end < s->n && is_base64(s->p[end]))
        end++;
    s->unwrapped = end;
    if (end - first < SHORTEST)
        return DYE_OK;
    for (size_t at = first; at < end; at += UNWRAP_MAX - OVERLAP) {
        DYE_TRY(try_wrapped(s, at, end - at < UNWRAP_MAX ? end - at : UNWRAP_MAX));
        if (end - at <= UNWRAP_MAX)
            break;
    }
    return DYE_OK;
}

/* ---- masks to tokens ---- */

/* 64 bits of a mask from block b, bit `shift` on. Blocks behind the last one are empty. */
#define FROM(field, b, shift)                                                                                          \
    ((shift) == 0 ? s->masks[b].field : s->masks[b].field >> (shift) | s->masks[(b) + 1].field << (64 - (shift)))

/* How many bits are set from the lowest on. */
static inline unsigned ones(uint64_t bits)
{
    return ~bits != 0 ? (unsigned)__builtin_ctzll(~bits) : 64;
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

/* The run that starts at bit `shift` of block b, byte `start`. */
static inline enum dye_status on_run(struct scan *s, size_t b, unsigned shift, size_t start)
{
    struct run r = {.start = start, .n = ones(FROM(alnum, b, shift))};
    if (r.n == 64) { /* as long as a token can be, or longer: how much longer matters by one byte, or five */
        size_t i = start + 64;
        while (i < s->n && i < start + RUN_MAX + 8 && dye_is_alnum(s->p[i]))
            i++;
        r.n = i - start;
    }
    r.digits = FROM(digit, b, shift) & low_bits(r.n);
    r.uppers = FROM(upper, b, shift) & low_bits(r.n);
    DYE_TRY(try_run(s, &r));
    if (may_be_wrapped(s, start, r.n))
        DYE_TRY(on_base64(s, start, r.n));
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

/* Where what stands before the '@' at bit `shift` of block b begins: no step goes over "--". */
static inline size_t local_start(const struct scan *s, size_t b, unsigned shift, size_t at)
{
    const uint8_t *p = s->p;
    uint64_t dash = FROM(dash, b - 1, shift);
    uint64_t local =
        (FROM(alnum, b - 1, shift) | FROM(dot, b - 1, shift) | FROM(extra, b - 1, shift) | dash) & ~(dash & dash << 1);
    size_t back = ~local != 0 ? (size_t)__builtin_clzll(~local) : 64;
    if (back < 63)
        return at - back;
    /* One byte more than the longest may be the trail that the second try leaves out. Two: no address. */
    size_t start = at;
    while (start > 0 && at - start <= LOCAL_MAX + 1 && is_local(p[start - 1]) &&
           !(p[start - 1] == '-' && start > 1 && p[start - 2] == '-'))
        start--;
    return start;
}

static inline size_t domain_end(const struct scan *s, size_t b, unsigned shift, size_t at)
{
    const uint8_t *p = s->p;
    uint64_t dash = FROM(dash, b, shift);
    uint64_t domain = (FROM(alnum, b, shift) | FROM(dot, b, shift) | dash) & ~(dash & dash >> 1);
    unsigned n = ones(domain >> 1);
    size_t end = at + 1;
    if (n < 62)
        return end + n;
    while (end < s->n && end - at <= DOMAIN_MAX + 1 && is_domain(p[end]) &&
           !(p[end] == '-' && end + 1 < s->n && p[end + 1] == '-'))
        end++;
    return end;
}

static inline enum dye_status on_at(struct scan *s, size_t b, unsigned shift, size_t at)
{
    const uint8_t *p = s->p;
    size_t start = local_start(s, b, shift, at), end = domain_end(s, b, shift, at);
    if (at - start > LOCAL_MAX + 1 || end - at > DOMAIN_MAX + 1)
        return DYE_OK;
    while (end > at + 1 && (p[end - 1] == '.' || p[end - 1] == '-'))
        end--;
    if (start == at || end == at + 1)
        return DYE_OK;
    bool has_upper = (FROM(upper, b - 1, shift) | FROM(upper, b, shift)) != 0 || at - start > 63 || end - at > 63;
    DYE_TRY(try_email(s, start, at, end, has_upper));
    size_t later = later_start(s, start, at);
    return later != 0 && later < at ? try_email(s, later, at, end, has_upper) : DYE_OK;
}

/* ---- the walk ---- */

/* Where runs of at least RUN_MIN start, given which bytes are letters and digits in this block and in the next. */
static inline uint64_t long_runs(uint64_t a, uint64_t next)
{
    _Static_assert(RUN_MIN == 8, "three doublings");
    uint64_t two = a & (a >> 1 | next << 63), two_next = next & next >> 1;
    uint64_t four = two & (two >> 2 | two_next << 62), four_next = two_next & two_next >> 2;
    return four & (four >> 4 | four_next << 60);
}

/* Where three or four digits stand before a separator. */
static inline uint64_t groups(const struct masks *m, const struct masks *next)
{
    uint64_t d = m->digit, d1 = next->digit;
    uint64_t gap = m->dash | m->dot | m->space, gap1 = next->dash | next->dot | next->space;
    uint64_t three = d & (d >> 1 | d1 << 63) & (d >> 2 | d1 << 62);
    return three & ((gap >> 3 | gap1 << 61) | ((d >> 3 | d1 << 61) & (gap >> 4 | gap1 << 60)));
}

typedef enum dye_status (*rare_fn)(struct scan *s, size_t at);

static inline enum dye_status each(struct scan *s, uint64_t mask, size_t at, rare_fn fn)
{
    for (; mask != 0; mask &= mask - 1)
        DYE_TRY(fn(s, at + (unsigned)__builtin_ctzll(mask)));
    return DYE_OK;
}

/* Of eleven Chinese digits in a row one stands at a multiple of eleven characters from where the bytes >= 0x80 begin:
 * of an address only that one is looked at, as UTF-8 and as GB18030. */
static enum dye_status on_high(struct scan *s, size_t b, unsigned shift, size_t i)
{
    enum { SKIP = 11, UTF8 = 3, GB = 2 };
    size_t end = i + ones(FROM(high, b, shift));
    while (end - i >= 64 && end < s->n && s->p[end] >= 0x80)
        end++;
    struct dye_span text = dye_span_of(s->p, s->n);
    for (size_t width = GB; width <= UTF8; width++)
        for (size_t k = i + (SKIP - 1) * width; k + width <= end; k += SKIP * width)
            if (wide_is_chinese(text, k))
                DYE_TRY(on_wide(s, k));
    return DYE_OK;
}

/* Where at least 22 bytes >= 0x80 begin, which is eleven characters of two. */
static inline uint64_t long_high(const struct masks *m, const struct masks *before, const struct masks *next)
{
    uint64_t h = m->high, h1 = next->high;
    uint64_t starts = h & ~(h << 1 | before->high >> 63);
    uint64_t two = h & (h >> 1 | h1 << 63), two1 = h1 & h1 >> 1;
    uint64_t four = two & (two >> 2 | two1 << 62), four1 = two1 & two1 >> 2;
    uint64_t eight = four & (four >> 4 | four1 << 60), eight1 = four1 & four1 >> 4;
    uint64_t sixteen = eight & (eight >> 8 | eight1 << 56);
    return starts & sixteen & (four >> 16 | four1 << 48);
}

/* What ordinary rows have little of. */
static enum dye_status walk_rare(struct scan *s, size_t b, size_t at)
{
    const struct masks *m = &s->masks[b], *before = m - 1;
    if ((s->classes & CLASS(MASKED)) != 0)
        DYE_TRY(each(s, m->star & ~(m->star << 1 | before->star >> 63), at, on_star));
    if ((s->classes & CLASS(BASE64)) != 0)
        DYE_TRY(each(s, m->equal & ~(m->equal << 1 | before->equal >> 63), at, on_equal));
    if ((s->classes & (CLASS(EMAIL) | CLASS(OTHER))) != 0)
        DYE_TRY(each(s, m->open, at, on_open));
    if ((s->classes & (CLASS(MOBILE) | CLASS(ID) | CLASS(OTHER))) == 0)
        return DYE_OK;
    if ((s->classes & (CLASS(EMAIL) | CLASS(OTHER))) != 0)
        DYE_TRY(each(s, m->wide & (m->alnum << 1 | before->alnum >> 63), at, on_open));
    DYE_TRY(each(s, m->wide, at, on_wide));
    for (uint64_t high = long_high(m, before, m + 1); high != 0; high &= high - 1) {
        unsigned i = (unsigned)__builtin_ctzll(high);
        DYE_TRY(on_high(s, b, i, at + i));
    }
    return DYE_OK;
}

/* The second letter or digit behind a byte >= 0x80, the first of which may be that character's. */
static inline uint64_t begins_late(const struct masks *m, const struct masks *before)
{
    return m->alnum & (m->alnum << 1 | before->alnum >> 63) & (m->high << 2 | before->high >> 62);
}

static inline enum dye_status walk_block(struct scan *s, size_t b, size_t at)
{
    const struct masks *m = &s->masks[b];
    uint64_t starts = m->alnum & ~(m->alnum << 1 | s->masks[b - 1].alnum >> 63);
    for (uint64_t runs = starts & long_runs(m->alnum, m[1].alnum); runs != 0; runs &= runs - 1) {
        unsigned i = (unsigned)__builtin_ctzll(runs);
        DYE_TRY(on_run(s, b, i, at + i));
    }
    if ((s->classes & (CLASS(MOBILE) | CLASS(OTHER))) != 0)
        for (uint64_t g = groups(m, m + 1) & (starts | begins_late(m, &s->masks[b - 1])); g != 0; g &= g - 1) {
            size_t i = at + (unsigned)__builtin_ctzll(g);
            if (s->p[i] == '1')
                DYE_TRY(on_group(s, i));
        }
    if ((s->classes & (CLASS(EMAIL) | CLASS(OTHER))) != 0)
        for (uint64_t signs = m->at; signs != 0; signs &= signs - 1) {
            unsigned i = (unsigned)__builtin_ctzll(signs);
            DYE_TRY(on_at(s, b, i, at + i));
        }
    return (m->star | m->equal | m->open | m->wide | m->high) != 0 ? walk_rare(s, b, at) : DYE_OK;
}

/* The masks of the window that starts at `at`, and of what is behind it; nothing is behind the chunk. */
static void fill(struct scan *s, masks_fn masks, size_t at)
{
    enum { BLOCKS = WINDOW + LOOKAHEAD };
    size_t blocks = (s->n - at) / BLOCK_BYTES, tail = (s->n - at) % BLOCK_BYTES;
    if (blocks > BLOCKS) {
        blocks = BLOCKS;
        tail = 0;
    }
    masks(s->p + at, blocks, s->masks + 1);
    if (blocks < BLOCKS)
        memset(s->masks + 1 + blocks, 0, (BLOCKS - blocks) * sizeof *s->masks);
    if (tail > 0 && blocks < BLOCKS) {
        uint8_t padded[BLOCK_BYTES] = {0};
        memcpy(padded, s->p + at + blocks * BLOCK_BYTES, tail);
        masks(padded, 1, s->masks + 1 + blocks);
    }
}

static enum dye_status walk(struct scan *s, masks_fn masks)
{
    memset(&s->masks[0], 0, sizeof s->masks[0]);
    for (size_t at = 0; at < s->n; at += WINDOW * BLOCK_BYTES) {
        fill(s, masks, at);
        for (size_t b = 1; b <= WINDOW && at + (b - 1) * BLOCK_BYTES < s->n; b++)
            DYE_TRY(walk_block(s, b, at + (b - 1) * BLOCK_BYTES));
        s->masks[0] = s->masks[WINDOW];
    }
    while (s->first != s->last)
        DYE_TRY(take(s));
    if (s->sink != NULL)
        DYE_TRY(empty_sink(s));
    return release(s, SIZE_MAX);
}

static masks_fn widest(void)
{
    for (enum dye_scan_path path = DYE_SCAN_AVX512; path > DYE_SCAN_SCALAR; path--)
        if (masks_of_path(path) != NULL)
            return masks_of_path(path);
    return masks_scalar;
}

static enum dye_status scan_chunk(masks_fn masks, const struct dye_index_set *set, uint64_t max_epoch,
                                  struct dye_span chunk, dye_hit_fn on_hit, void *arg,
                                  const struct dye_token_sink *sink, struct dye_scan_stats *stats)
{
    struct scan s; /* most of it is filled as it is needed */
    s.set = set;
    s.sink = sink;
    s.n_sunk = 0;
    s.keys = sink != NULL ? sink->keys : NULL;
    s.indexed = 0;
    memset(s.filters, 0, sizeof s.filters);
    for (size_t part = 0; part < 2; part++) {
        if (set->part[part] == NULL)
            continue;
        s.keys = dye_index_keys_of(set->part[part]);
        for (enum dye_token_class c = 0; c < DYE_TOKEN_CLASSES; c++) {
            s.filters[part][c] = dye_index_filter_of(set->part[part], c);
            s.indexed |= s.filters[part][c].n_words > 0 ? 1u << c : 0;
        }
    }
    s.classes = sink != NULL ? (1u << DYE_TOKEN_CLASSES) - 1 : s.indexed;
    s.max_epoch = max_epoch;
    s.p = chunk.p;
    s.n = chunk.n;
    s.on_hit = on_hit;
    s.arg = arg;
    s.stats = (struct dye_scan_stats){.bytes = chunk.n};
    s.first = s.last = 0;
    s.wide.n = 0;
    s.unwrapped = 0;
    s.n_held = 0;
    enum dye_status status = s.classes != 0 ? walk(&s, masks) : DYE_OK;
    if (stats != NULL) {
        stats->bytes += s.stats.bytes;
        stats->tokens += s.stats.tokens;
        stats->maybes += s.stats.maybes;
        stats->hits += s.stats.hits;
    }
    return status;
}

enum dye_status dye_scan_by(enum dye_scan_path path, const struct dye_index_set *set, uint64_t max_epoch,
                            struct dye_span chunk, dye_hit_fn on_hit, void *arg, struct dye_scan_stats *stats)
{
    masks_fn masks = path == DYE_SCAN_AUTO ? widest() : masks_of_path(path);
    return masks != NULL ? scan_chunk(masks, set, max_epoch, chunk, on_hit, arg, NULL, stats) : DYE_E_USAGE;
}

enum dye_status dye_scan(const struct dye_index_set *set, uint64_t max_epoch, struct dye_span chunk, dye_hit_fn on_hit,
                         void *arg, struct dye_scan_stats *stats)
{
    return scan_chunk(widest(), set, max_epoch, chunk, on_hit, arg, NULL, stats);
}

enum dye_status dye_scan_tokens(const struct dye_index_set *set, uint64_t max_epoch, struct dye_span chunk,
                                dye_hit_fn on_hit, void *arg, const struct dye_token_sink *sink,
                                struct dye_scan_stats *stats)
{
    return scan_chunk(widest(), set, max_epoch, chunk, on_hit, arg, sink, stats);
}
