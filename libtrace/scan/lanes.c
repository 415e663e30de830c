/* The lanes: which there are, and how processors without vectors of 64 bytes go through them. */
#include "lanes_walk.h"

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

enum dye_status lanes_pass(struct scan *s, uint64_t which, const uint64_t *probes, const token *tokens, size_t n0,
                           uint8_t part)
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

INLINE void hash_mobiles(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = probe_of_11(s->keys, token_start(s, tokens[i]));
}

INLINE void hash_ids(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = probe_of_18(s->keys, token_start(s, tokens[i]));
}

INLINE uint64_t look(const struct dye_index_filter *f, const uint64_t *probes, size_t n)
{
    uint64_t passes = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = dye_filter_bits(probes[i]);
        passes |= (uint64_t)((*dye_filter_word(f, probes[i]) & bits) == bits) << i;
    }
    return passes;
}

/* As bits_from, up to a position, whose bit is the highest. */
INLINE uint64_t bits_to(const uint64_t *m, size_t position)
{
    uint64_t word;
    memcpy(&word, (const uint8_t *)m + position / 8 - 7, sizeof word);
    return word << (7 - position % 8);
}

/* The token around the '@' at a position, or 0 where it takes a second look. */
INLINE token address(const struct window *w, size_t sign)
{
    size_t before = (size_t)__builtin_clzll(~bits_to(w->m[LOCAL], sign - 1) | 1);
    size_t behind = (size_t)__builtin_ctzll(~bits_from(w->m[DOMAIN], sign + 1) | UINT64_C(1) << 63);
    if (before - 1 >= ADDRESS_SHORT || behind > ADDRESS_SHORT ||
        (bits_to(w->m[STARTS], sign - 1) << (before - 1) >> 63 & bits_from(w->m[ENDS], sign + 1) >> behind) == 0)
        return 0;
    return TOKEN_OF(sign - before, before + 1 + behind);
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
            DYE_TRY(lane(s, tokens, n, &s->address, 0, hash_addresses, look));
            n = 0;
        }
    }
    return DYE_OK;
}

INLINE enum dye_status lanes(struct scan *s)
{
    const struct window *w = &s->w;
    DYE_TRY(lane(s, w->mobiles, w->n_mobiles, &s->mobile, 11, hash_mobiles, look));
    DYE_TRY(lane(s, w->ids, w->n_ids, &s->id, 18, hash_ids, look));
    DYE_TRY(lane(s, w->lane[LANE_DIGEST], w->n[LANE_DIGEST], &s->digest, 0, hash_runs, look));
    DYE_TRY(lane(s, w->lane[LANE_OTHER], w->n[LANE_OTHER], &s->other, 0, hash_runs, look));
    return addresses(s);
}

#if defined(__x86_64__)
static __attribute__((target("bmi,bmi2,lzcnt,popcnt"))) enum dye_status lanes_of_bits(struct scan *s)
{
    return lanes(s);
}
#endif

static enum dye_status lanes_of_any(struct scan *s)
{
    return lanes(s);
}

static lanes_fn lanes_of(const struct scan *s)
{
#if defined(__x86_64__)
    uint64_t most = 0; /* words of a filter */
    for (size_t part = 0; part < 2; part++)
        for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++)
            most = s->filters[part][c].n_words > most ? s->filters[part][c].n_words : most;
    if (s->path == DYE_SCAN_AVX512 && most <= UINT32_MAX)
        return lanes_avx512;
    if (s->path != DYE_SCAN_SCALAR)
        return lanes_of_bits;
#endif
    return lanes_of_any;
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
    s->w.all_runs = s->other.classes != 0;
    for (size_t n = 0; n < BLOCK_BYTES; n++) {
        bool long_one = n > 40; /* may be base64, or longer than is seen */
        bool of_digest = n == 16 || n == 32 || n == 40;
        s->w.lane_of[0][n] = s->w.lane_of[1][n] = long_one ? LANE_SLOW : of_digest ? digest : run;
        s->w.lane_of[2][n] = long_one ? LANE_SLOW : LANE_NONE;
        /* Digits: behind a prefix, an old ID, before what looks like X, those beside something, and two numbers. */
        if (n == 11 || n == 12 || n == 13 || n == 15 || n == 17 || n == 18 || n == 22 || n == 26 || n == 29)
            s->w.lane_of[0][n] = LANE_SLOW;
    }
    s->w.lane_of[1][18] = LANE_SLOW;
    s->lanes = lanes_of(s);
}
