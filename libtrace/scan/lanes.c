/*
 * Common tokens, a lane at a time: PREFETCH tokens are hashed and their filter words called for, then those before them
 * are looked up; no branch depends on a token but whether it passes.
 */
#include "probe.h"
#include "scanner.h"

#define FLAT __attribute__((flatten)) /* the hash, of a length known here */
#define INLINE static inline __attribute__((always_inline))

static struct sieve sieve_of(const struct scan *s, unsigned classes)
{
    struct sieve v = {.classes = classes & s->classes};
    for (unsigned c = v.classes & s->indexed; c != 0; c &= c - 1)
        for (uint8_t part = 0; part < 2; part++) {
            const struct dye_index_filter *f = &s->filters[part][__builtin_ctz(c)];
            if (f->n_words == 0)
                continue;
            v.part[v.n] = part;
            v.filter[v.n++] = *f;
        }
    return v;
}

/* Each reads a token's bytes at p. */
typedef uint64_t (*probe_fn)(const struct scan *s, const uint8_t *p, token t);

INLINE uint64_t probe_mobile(const struct scan *s, const uint8_t *p, token t)
{
    (void)t;
    return probe_of(s->keys, p, 11);
}

INLINE uint64_t probe_id(const struct scan *s, const uint8_t *p, token t)
{
    (void)t;
    return probe_of_18(s->keys, p);
}

/* An address without capitals. */
INLINE uint64_t probe_address(const struct scan *s, const uint8_t *p, token t)
{
    return probe_of(s->keys, p, TOKEN_BYTES(t));
}

INLINE uint64_t probe_run(const struct scan *s, const uint8_t *p, token t)
{
    size_t n = TOKEN_BYTES(t), at = TOKEN_POSITION(t);
    if ((window_bits(&s->w, UPPER, at / BLOCK_BYTES, at % BLOCK_BYTES) & low_bits(n)) == 0)
        return probe_of(s->keys, p, n);
    uint8_t lower[RUN_MAX];
    for (size_t i = 0; i < n; i++)
        lower[i] = p[i] | 0x20; /* digits have that bit anyway */
    return probe_of(s->keys, lower, n);
}

static __attribute__((noinline)) enum dye_status pass(struct scan *s, uint64_t which, const uint64_t *probes,
                                                      const token *tokens, uint8_t part)
{
    for (; which != 0; which &= which - 1) {
        unsigned i = (unsigned)__builtin_ctzll(which);
        if (s->n_passed == PASSED_MAX)
            DYE_TRY(hits_settle(s));
        s->passed[s->n_passed++] = (struct passed){.probe = probes[i],
                                                   .start = window_byte(&s->w, TOKEN_POSITION(tokens[i])),
                                                   .n = (uint16_t)TOKEN_BYTES(tokens[i]),
                                                   .part = part};
    }
    return DYE_OK;
}

INLINE enum dye_status look_up(struct scan *s, const struct sieve *v, const uint64_t *probes, const token *tokens,
                               size_t n)
{
    for (size_t k = 0; k < v->n; k++) {
        uint64_t passes = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = dye_filter_bits(probes[i]);
            passes |= (uint64_t)((*dye_filter_word(&v->filter[k], probes[i]) & bits) == bits) << i;
        }
        if (passes != 0)
            DYE_TRY(pass(s, passes, probes, tokens, v->part[k]));
    }
    return DYE_OK;
}

INLINE enum dye_status lane(struct scan *s, const token *tokens, size_t n, const struct sieve *v, probe_fn probe)
{
    uint64_t probes[2][PREFETCH];
    if (n == 0 || v->classes == 0)
        return DYE_OK;
    const uint8_t *base = s->p + s->w.at;
    s->stats.tokens += n;
    size_t before = 0;
    for (size_t at = 0; at < n; at += PREFETCH) {
        size_t some = n - at < PREFETCH ? n - at : PREFETCH;
        uint64_t *to = probes[at / PREFETCH % 2];
        for (size_t i = 0; i < some; i++) {
            token t = tokens[at + i];
            to[i] = probe(s, base + ((ptrdiff_t)TOKEN_POSITION(t) - BLOCK_BYTES), t);
            for (size_t k = 0; k < v->n; k++)
                __builtin_prefetch(dye_filter_word(&v->filter[k], to[i]));
        }
        if (s->sink != NULL)
            DYE_TRY(tries_sink(s, to, some, v->classes));
        DYE_TRY(look_up(s, v, probes[(at / PREFETCH + 1) % 2], tokens + at - before, before));
        before = some;
    }
    return look_up(s, v, probes[(n - 1) / PREFETCH % 2], tokens + n - before, before);
}

void lanes_prepare(struct scan *s)
{
    const unsigned other = CLASS(OTHER);
    const uint8_t run = (s->classes & other) != 0 ? LANE_OTHER : LANE_NONE;
    const uint8_t digest = (s->classes & (CLASS(DIGEST) | other)) != 0 ? LANE_DIGEST : LANE_NONE;
    s->sieves[LANE_MOBILE] = sieve_of(s, CLASS(MOBILE) | other);
    s->sieves[LANE_ID] = sieve_of(s, CLASS(ID) | other);
    s->sieves[LANE_DIGEST] = sieve_of(s, CLASS(DIGEST) | other);
    s->sieves[LANE_OTHER] = sieve_of(s, other);
    s->sieves[LANE_NONE] = sieve_of(s, CLASS(EMAIL) | other);
    for (size_t n = 0; n < BLOCK_BYTES; n++) {
        bool long_one = n > 40; /* may be base64, or longer than is seen */
        bool of_digest = n == 16 || n == 32 || n == 40;
        s->w.lane_of[0][n] = s->w.lane_of[1][n] = long_one ? LANE_SLOW : of_digest ? digest : run;
        s->w.lane_of[2][n] = long_one ? LANE_SLOW : LANE_NONE;
        if (n == 12 || n == 13 || n == 15 || n == 17) /* behind a prefix, an old ID, or before what looks like X */
            s->w.lane_of[0][n] = LANE_SLOW;
    }
    s->w.lane_of[0][11] = (s->classes & (CLASS(MOBILE) | other)) != 0 ? LANE_MOBILE : LANE_NONE;
    s->w.lane_of[0][18] = (s->classes & (CLASS(ID) | other)) != 0 ? LANE_ID : LANE_NONE;
}

FLAT enum dye_status lanes_runs(struct scan *s)
{
    const struct window *w = &s->w;
    DYE_TRY(lane(s, w->lane[LANE_MOBILE], w->n[LANE_MOBILE], &s->sieves[LANE_MOBILE], probe_mobile));
    DYE_TRY(lane(s, w->lane[LANE_ID], w->n[LANE_ID], &s->sieves[LANE_ID], probe_id));
    DYE_TRY(lane(s, w->lane[LANE_DIGEST], w->n[LANE_DIGEST], &s->sieves[LANE_DIGEST], probe_run));
    DYE_TRY(lane(s, w->lane[LANE_OTHER], w->n[LANE_OTHER], &s->sieves[LANE_OTHER], probe_run));
    for (size_t i = 0; i < w->n[LANE_SLOW]; i++)
        DYE_TRY(run_at(s, TOKEN_POSITION(w->lane[LANE_SLOW][i])));
    return DYE_OK;
}

/* ---- addresses ---- */

static inline bool bit(const uint64_t *m, size_t position)
{
    return (m[position / BLOCK_BYTES] >> position % BLOCK_BYTES & 1) != 0;
}

/* The token around the '@' at a position, or 0 where it takes a second look. */
static inline token address(const struct window *w, size_t sign)
{
    enum { SHORT = 56 };
    size_t b = sign / BLOCK_BYTES;
    unsigned shift = (unsigned)(sign % BLOCK_BYTES);
    uint64_t local = window_bits(w, LOCAL, b - 1, shift), domain = window_bits(w, DOMAIN, b, shift) >> 1;
    size_t before = (size_t)__builtin_clzll(~local | 1), behind = (size_t)__builtin_ctzll(~domain);
    size_t start = sign - before, end = sign + 1 + behind;
    uint64_t capitals = (window_bits(w, UPPER, b - 1, shift) & ~(UINT64_MAX >> 1 >> ((before - 1) & 63))) |
                        (window_bits(w, UPPER, b, shift) & low_bits(behind + 1));
    if (before - 1 >= SHORT || behind - 1 >= SHORT || capitals != 0 || bit(w->m[EDGE], start - 1) ||
        bit(w->m[EDGE], start) || bit(w->m[DOT], start) || bit(w->m[DASH], start) || bit(w->m[DOT], end - 1) ||
        bit(w->m[DASH], end - 1))
        return 0;
    return TOKEN_OF(start, end - start);
}

FLAT enum dye_status lanes_addresses(struct scan *s)
{
    enum { AT_ONCE = 256 };
    const struct window *w = &s->w;
    if ((s->classes & (CLASS(EMAIL) | CLASS(OTHER))) == 0)
        return DYE_OK;
    token tokens[AT_ONCE];
    size_t n = 0;
    for (size_t i = 0; i < w->n_ats; i++) {
        token t = address(w, w->ats[i]);
        if (t == 0)
            DYE_TRY(address_at(s, w->ats[i]));
        tokens[n] = t;
        n += t != 0;
        if (n == AT_ONCE || i + 1 == w->n_ats) {
            DYE_TRY(lane(s, tokens, n, &s->sieves[LANE_NONE], probe_address));
            n = 0;
        }
    }
    return DYE_OK;
}
