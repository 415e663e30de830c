/*
 * Common tokens, a lane at a time: PREFETCH tokens are hashed and their filter words called for, then those before them
 * are looked up; no branch depends on a token but whether it passes.
 */
#include "probe.h"
#include "scanner.h"

#define INLINE static inline __attribute__((always_inline))

enum { NEAR = 1 << 14 }; /* words: a filter that stays in the second cache */

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
            v.far = f->n_words > NEAR ? v.n : v.far;
        }
    return v;
}

/* Each reads a token's bytes at p. */
typedef uint64_t (*probe_fn)(const struct scan *s, const uint8_t *p, token t);

INLINE uint64_t probe_mobile(const struct scan *s, const uint8_t *p, token t)
{
    (void)t;
    return probe_of_11(s->keys, p);
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
                                                      const token *tokens, size_t n0, uint8_t part)
{
    for (; which != 0; which &= which - 1) {
        unsigned i = (unsigned)__builtin_ctzll(which);
        if (s->n_passed == PASSED_MAX)
            DYE_TRY(hits_settle(s));
        dye_index_call_bucket(s->set->part[part], probes[i]);
        s->passed[s->n_passed++] = (struct passed){.probe = probes[i],
                                                   .start = window_byte(&s->w, TOKEN_POSITION(tokens[i])),
                                                   .n = (uint16_t)(n0 != 0 ? n0 : TOKEN_BYTES(tokens[i])),
                                                   .part = part};
    }
    return DYE_OK;
}

INLINE enum dye_status look_up(struct scan *s, const struct sieve *v, const uint64_t *probes, const token *tokens,
                               size_t n, size_t n0)
{
    for (size_t k = 0; k < v->n; k++) {
        uint64_t passes = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = dye_filter_bits(probes[i]);
            passes |= (uint64_t)((*dye_filter_word(&v->filter[k], probes[i]) & bits) == bits) << i;
        }
        if (passes != 0)
            DYE_TRY(pass(s, passes, probes, tokens, n0, v->part[k]));
    }
    return DYE_OK;
}

INLINE void hash(const struct scan *s, const token *tokens, size_t n, probe_fn probe, uint64_t *ret)
{
    const uint8_t *base = s->p + s->w.at;
    for (size_t i = 0; i < n; i++)
        ret[i] = probe(s, base + ((ptrdiff_t)TOKEN_POSITION(tokens[i]) - BLOCK_BYTES), tokens[i]);
}

/* Through filters that are in the cache. */
INLINE enum dye_status lane_near(struct scan *s, const token *tokens, size_t n, const struct sieve *v, size_t n0,
                                 probe_fn probe)
{
    enum { AT_ONCE = 64 };
    uint64_t probes[AT_ONCE];
    for (size_t at = 0, some; at < n; at += some) {
        some = n - at < AT_ONCE ? n - at : AT_ONCE;
        hash(s, tokens + at, some, probe, probes);
        if (s->sink != NULL)
            DYE_TRY(tries_sink(s, probes, some, v->classes));
        DYE_TRY(look_up(s, v, probes, tokens + at, some, n0));
    }
    return DYE_OK;
}

/* Through filters whose words are called for PREFETCH tokens ahead. */
INLINE enum dye_status lane_far(struct scan *s, const token *tokens, size_t n, const struct sieve *v, size_t n0,
                                probe_fn probe)
{
    uint64_t probes[2][PREFETCH];
    size_t before = 0, turn = 0;
    for (size_t at = 0; at < n; at += PREFETCH, turn ^= 1) {
        size_t some = n - at < PREFETCH ? n - at : PREFETCH;
        hash(s, tokens + at, some, probe, probes[turn]);
        for (size_t k = 0; k < v->far; k++)
            for (size_t i = 0; i < some; i++)
                __builtin_prefetch(dye_filter_word(&v->filter[k], probes[turn][i]));
        if (s->sink != NULL)
            DYE_TRY(tries_sink(s, probes[turn], some, v->classes));
        DYE_TRY(look_up(s, v, probes[turn ^ 1], tokens + at - before, before, n0));
        before = some;
    }
    return look_up(s, v, probes[turn ^ 1], tokens + n - before, before, n0);
}

/* Tokens whose bytes are n0, or each its own where that is 0. */
INLINE enum dye_status lane(struct scan *s, const token *tokens, size_t n, const struct sieve *v, size_t n0,
                            probe_fn probe)
{
    if (n == 0 || v->classes == 0)
        return DYE_OK;
    s->stats.tokens += n;
    return v->far == 0 ? lane_near(s, tokens, n, v, n0, probe) : lane_far(s, tokens, n, v, n0, probe);
}

void lanes_prepare(struct scan *s)
{
    const unsigned other = CLASS(OTHER);
    const uint8_t run = (s->classes & other) != 0 ? LANE_OTHER : LANE_NONE;
    const uint8_t digest = (s->classes & (CLASS(DIGEST) | other)) != 0 ? LANE_DIGEST : LANE_NONE;
    s->mobile = sieve_of(s, CLASS(MOBILE) | other);
    s->id = sieve_of(s, CLASS(ID) | other);
    s->digest = sieve_of(s, CLASS(DIGEST) | other);
    s->address = sieve_of(s, CLASS(EMAIL) | other);
    s->other = sieve_of(s, other);
    s->w.words = s->other.classes != 0 ? UINT64_MAX : 0;
    for (size_t n = 0; n < BLOCK_BYTES; n++) {
        bool long_one = n > 40; /* may be base64, or longer than is seen */
        bool of_digest = n == 16 || n == 32 || n == 40;
        s->w.lane_of[0][n] = s->w.lane_of[1][n] = long_one ? LANE_SLOW : of_digest ? digest : run;
        s->w.lane_of[2][n] = long_one ? LANE_SLOW : LANE_NONE;
        /* Digits: behind a prefix, an old ID, before what looks like X, and those beside something. */
        if (n == 11 || n == 12 || n == 13 || n == 15 || n == 17 || n == 18)
            s->w.lane_of[0][n] = LANE_SLOW;
    }
    s->w.lane_of[1][18] = LANE_SLOW;
}

INLINE bool bit(const uint64_t *m, size_t position)
{
    return (m[position / BLOCK_BYTES] >> position % BLOCK_BYTES & 1) != 0;
}

/* At least 57 bits of a mask from a position on; and up to one, the last of them highest. */
INLINE uint64_t bits_from(const uint64_t *m, size_t position)
{
    uint64_t word;
    memcpy(&word, (const uint8_t *)m + position / 8, sizeof word);
    return word >> position % 8;
}

INLINE uint64_t bits_to(const uint64_t *m, size_t position)
{
    uint64_t word;
    memcpy(&word, (const uint8_t *)m + position / 8 - 7, sizeof word);
    return word << (7 - position % 8);
}

/* The token around the '@' at a position, or 0 where it takes a second look: begins and ends with a letter or digit,
 * has no capitals, and nothing beside it that could belong to it. */
INLINE token address(const struct window *w, size_t sign)
{
    enum { SHORT = 56 };
    size_t before = (size_t)__builtin_clzll(~bits_to(w->m[LOCAL], sign - 1) | 1);
    size_t behind = (size_t)__builtin_ctzll(~bits_from(w->m[DOMAIN], sign + 1) | UINT64_C(1) << 63);
    size_t start = sign - before, end = sign + 1 + behind;
    uint64_t capitals = (bits_to(w->m[UPPER], sign - 1) & ~(UINT64_MAX >> 1 >> ((before - 1) & 63))) |
                        (bits_from(w->m[UPPER], sign + 1) & low_bits(behind));
    if (before - 1 >= SHORT || behind - 1 >= SHORT || capitals != 0 || bit(w->m[EDGE], start) ||
        !bit(w->m[ALNUM], start) || !bit(w->m[ALNUM], end - 1))
        return 0;
    return TOKEN_OF(start, end - start);
}

INLINE enum dye_status addresses(struct scan *s)
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
            DYE_TRY(lane(s, tokens, n, &s->address, 0, probe_address));
            n = 0;
        }
    }
    return DYE_OK;
}

INLINE enum dye_status lanes(struct scan *s)
{
    const struct window *w = &s->w;
    DYE_TRY(lane(s, w->mobiles, w->n_mobiles, &s->mobile, 11, probe_mobile));
    DYE_TRY(lane(s, w->ids, w->n_ids, &s->id, 18, probe_id));
    DYE_TRY(lane(s, w->lane[LANE_DIGEST], w->n[LANE_DIGEST], &s->digest, 0, probe_run));
    DYE_TRY(lane(s, w->lane[LANE_OTHER], w->n[LANE_OTHER], &s->other, 0, probe_run));
    return addresses(s);
}

#if defined(__x86_64__)
static __attribute__((target("bmi,bmi2,lzcnt,popcnt"))) enum dye_status lanes_of_bits(struct scan *s)
{
    return lanes(s);
}
#endif

enum dye_status lanes_run(struct scan *s)
{
#if defined(__x86_64__)
    if (s->has_bits)
        return lanes_of_bits(s);
#endif
    return lanes(s);
}
