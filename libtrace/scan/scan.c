#include "dye/scan.h"

enum {
    RUN_MIN = DYE_TOKEN_MIN_BYTES, /* no scanned kind with a shape of its own is shorter than a passport, 9 */
    RUN_MAX = DYE_TOKEN_MAX_BYTES, /* SHA-256 and SM3 in hex */
    LOCAL_MAX = 64,
    DOMAIN_MAX = 255,
    EMAIL_MAX = LOCAL_MAX + 1 + DOMAIN_MAX,
    GROUPED = 13,  /* eleven digits and two separators */
    SAME_MAX = 64, /* canaries that share one value */
    HELD_MAX = 4 * SAME_MAX,
};

/* Classes of bytes, as bits. */
enum { DIGIT = 1, LOWER = 2, UPPER = 4, ALNUM = DIGIT | LOWER | UPPER, DOMAIN = 8, LOCAL = 16 };

#define C(first, last, bits) [first... last] = (bits)
static const uint8_t class_of[256] = {
    C('0', '9', DIGIT | DOMAIN | LOCAL),
    C('a', 'z', LOWER | DOMAIN | LOCAL),
    C('A', 'Z', UPPER | DOMAIN | LOCAL),
    ['.'] = DOMAIN | LOCAL,
    ['-'] = DOMAIN | LOCAL,
    ['_'] = LOCAL,
    ['%'] = LOCAL,
    ['+'] = LOCAL,
};
#undef C

struct scan {
    const struct dye_index_set *set;
    const struct dye_index_keys *keys;
    uint64_t max_epoch;
    const uint8_t *p;
    size_t n;
    dye_hit_fn on_hit;
    void *arg;
    struct dye_scan_stats stats;
    /* An e-mail address is met at its '@', after the runs in its local part: hits wait here, sorted by start, until
     * no address can start before them. */
    struct dye_hit held[HELD_MAX];
    size_t n_held;
};

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

/* Looks the token at [start, end) up; its form, in lower case and without separators, is `n_form` bytes at `form`. */
static enum dye_status try(struct scan *s, const uint8_t *form, size_t start, size_t end, size_t n_form)
{
    struct dye_span bytes = dye_span_of(form, n_form);
    uint64_t probe = dye_probe(s->keys, bytes);
    s->stats.tokens++;
    for (size_t part = 0; part < 2; part++) {
        const struct dye_index *x = s->set->part[part];
        if (x == NULL || !dye_index_maybe(x, probe))
            continue;
        s->stats.maybes++;
        const struct dye_index_entry *found[SAME_MAX];
        size_t n = dye_index_find(x, probe, bytes, found, SAME_MAX);
        if (n > 0)
            DYE_TRY(release(s, start > EMAIL_MAX ? start - EMAIL_MAX : 0));
        for (size_t i = 0; i < n; i++)
            if (found[i]->epoch <= s->max_epoch)
                DYE_TRY(hold(s, &(struct dye_hit){.index = x, .entry = found[i], .start = start, .n = end - start}));
    }
    return DYE_OK;
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
    if (before != '\\')
        return 0;
    return s->p[start] == 'u' && end - start > 5 ? start + 5 : start + 1;
}

static enum dye_status try_digits(struct scan *s, const uint8_t *form, size_t start, size_t end)
{
    size_t prefix = end - start - 11; /* wraps for what is shorter */
    bool mobile = (prefix == 1 && form[0] == '0') || (prefix == 2 && memcmp(form, "86", 2) == 0) ||
                  (prefix == 4 && memcmp(form, "0086", 4) == 0);
    return mobile ? try(s, form + prefix, start + prefix, end, end - start - prefix) : DYE_OK;
}

static enum dye_status try_run(struct scan *s, size_t start, size_t end, unsigned bits)
{
    uint8_t lower[RUN_MAX];
    const uint8_t *form = s->p + start;
    if ((bits & UPPER) != 0) {
        for (size_t i = 0; i < end - start; i++)
            lower[i] = dye_to_lower(form[i]);
        form = lower;
    }
    DYE_TRY(try(s, form, start, end, end - start));
    if ((bits & (LOWER | UPPER)) == 0)
        DYE_TRY(try_digits(s, form, start, end));
    return DYE_OK;
}

static enum dye_status on_run(struct scan *s, size_t start, size_t end, unsigned bits)
{
    if (end - start <= RUN_MAX)
        DYE_TRY(try_run(s, start, end, bits));
    size_t later = later_start(s, start, end);
    if (later != 0 && later + RUN_MIN <= end && end - later <= RUN_MAX) {
        unsigned left = 0;
        for (size_t i = later; i < end; i++)
            left |= class_of[s->p[i]];
        if ((left & DIGIT) != 0)
            DYE_TRY(try_run(s, later, end, left));
    }
    return DYE_OK;
}

/* A mobile written in groups, 3-4-4, 3-3-5 or 4-4-3, by one separator throughout: the run [start, end) is its first. */
static enum dye_status on_group(struct scan *s, size_t start, size_t end)
{
    static const uint8_t groupings[3][3] = {{3, 4, 4}, {3, 3, 5}, {4, 4, 3}};
    const uint8_t *p = s->p + start;
    uint8_t separator = p[end - start];
    if (s->n - start < GROUPED || p[0] != '1' || (separator != '-' && separator != ' ' && separator != '.'))
        return DYE_OK;
    for (size_t g = 0; g < 3; g++) {
        uint8_t form[11];
        size_t n = 0;
        size_t at = 0;
        for (size_t part = 0; part < 3 && n != SIZE_MAX; part++) {
            if (part > 0 && p[at++] != separator)
                n = SIZE_MAX;
            for (size_t i = 0; i < groupings[g][part] && n != SIZE_MAX; i++, at++)
                if ((class_of[p[at]] & DIGIT) != 0)
                    form[n++] = p[at];
                else
                    n = SIZE_MAX;
        }
        if (n == sizeof form && (start + GROUPED == s->n || (class_of[p[GROUPED]] & ALNUM) == 0))
            return try(s, form, start, start + GROUPED, sizeof form);
    }
    return DYE_OK;
}

static enum dye_status try_email(struct scan *s, size_t start, size_t at, size_t end)
{
    while (start < at && (s->p[start] == '.' || s->p[start] == '-'))
        start++;
    if (start == at || at - start > LOCAL_MAX)
        return DYE_OK;
    uint8_t lower[EMAIL_MAX];
    for (size_t i = start; i < end; i++)
        lower[i - start] = dye_to_lower(s->p[i]);
    return try(s, lower, start, end, end - start);
}

static enum dye_status on_at(struct scan *s, size_t at)
{
    const uint8_t *p = s->p;
    size_t start = at, end = at + 1;
    /* One byte more than the longest local part may be the trail that the second try leaves out. Two: no address. */
    while (start > 0 && at - start <= LOCAL_MAX + 1 && (class_of[p[start - 1]] & LOCAL) != 0 &&
           !(p[start - 1] == '-' && start > 1 && p[start - 2] == '-'))
        start--;
    while (end < s->n && end - at <= DOMAIN_MAX + 1 && (class_of[p[end]] & DOMAIN) != 0 &&
           !(p[end] == '-' && end + 1 < s->n && p[end + 1] == '-'))
        end++;
    if (at - start > LOCAL_MAX + 1 || end - at > DOMAIN_MAX + 1)
        return DYE_OK;
    while (end > at + 1 && (p[end - 1] == '.' || p[end - 1] == '-'))
        end--;
    if (start == at || end == at + 1)
        return DYE_OK;
    DYE_TRY(try_email(s, start, at, end));
    size_t later = later_start(s, start, at);
    return later != 0 && later < at ? try_email(s, later, at, end) : DYE_OK;
}

static enum dye_status walk(struct scan *s)
{
    const uint8_t *p = s->p;
    size_t n = s->n;
    for (size_t i = 0; i < n;) {
        unsigned bits = class_of[p[i]] & ALNUM;
        if (bits == 0) {
            if (p[i] == '@')
                DYE_TRY(on_at(s, i));
            i++;
            continue;
        }
        size_t start = i++;
        unsigned more;
        while (i < n && (more = class_of[p[i]] & ALNUM) != 0) {
            bits |= more;
            i++;
        }
        if (i - start >= RUN_MIN && (bits & DIGIT) != 0)
            DYE_TRY(on_run(s, start, i, bits));
        else if (bits == DIGIT && (i - start == 3 || i - start == 4) && i < n)
            DYE_TRY(on_group(s, start, i));
    }
    return release(s, SIZE_MAX);
}

enum dye_status dye_scan(const struct dye_index_set *set, uint64_t max_epoch, struct dye_span chunk, dye_hit_fn on_hit,
                         void *arg, struct dye_scan_stats *stats)
{
    struct scan s;
    s.set = set;
    s.keys = NULL;
    for (size_t part = 0; part < 2; part++)
        if (s.keys == NULL && set->part[part] != NULL)
            s.keys = dye_index_keys_of(set->part[part]);
    s.max_epoch = max_epoch;
    s.p = chunk.p;
    s.n = chunk.n;
    s.on_hit = on_hit;
    s.arg = arg;
    s.stats = (struct dye_scan_stats){.bytes = chunk.n};
    s.n_held = 0;
    enum dye_status status = s.keys != NULL ? walk(&s) : DYE_OK;
    if (stats != NULL) {
        stats->bytes += s.stats.bytes;
        stats->tokens += s.stats.tokens;
        stats->maybes += s.stats.maybes;
        stats->hits += s.stats.hits;
    }
    return status;
}
