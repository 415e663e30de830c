#ifndef SCAN_LANES_WALK_H
#define SCAN_LANES_WALK_H
/*
 * lanes_walk: common tokens, a lane at a time, which lanes*.c compile once for each kind of processor: so many tokens
 * are hashed, then looked up; no branch depends on a token but whether it passes. Private to the scan layer.
 */
#include "probe.h"
#include "scanner.h"

#define INLINE static inline __attribute__((always_inline))

enum { EIGHT = 8 }; /* what is done for eight tokens is done for up to seven more than there are */
_Static_assert((int)EIGHT <= (int)SLACK, "lists have room for them");

/* Hashes n tokens. */
typedef void (*hash_fn)(const struct scan *s, const token *tokens, size_t n, uint64_t *ret);
/* Looks up to 64 probes up: bit i is set where a filter has the i-th. */
typedef uint64_t (*look_fn)(const struct dye_index_filter *f, const uint64_t *probes, size_t n);

INLINE const uint8_t *token_start(const struct scan *s, token t)
{
    return s->p + s->w.at + ((ptrdiff_t)TOKEN_POSITION(t) - BLOCK_BYTES);
}

INLINE uint64_t probe_run(const struct scan *s, token t)
{
    const uint8_t *p = token_start(s, t);
    size_t n = TOKEN_BYTES(t), at = TOKEN_POSITION(t);
    if ((window_bits(&s->w, UPPER, at / BLOCK_BYTES, at % BLOCK_BYTES) & low_bits(n)) == 0)
        return probe_of(s->keys, p, n);
    uint8_t lower[RUN_MAX];
    for (size_t i = 0; i < n; i++)
        lower[i] = p[i] | 0x20; /* digits have that bit anyway */
    return probe_of(s->keys, lower, n);
}

INLINE void hash_runs(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = probe_run(s, tokens[i]);
}

/* An address without capitals. */
INLINE void hash_addresses(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = probe_of(s->keys, token_start(s, tokens[i]), TOKEN_BYTES(tokens[i]));
}

INLINE enum dye_status look_up(struct scan *s, const struct sieve *v, const uint64_t *probes, const token *tokens,
                               size_t n, size_t n0, look_fn look)
{
    for (size_t k = 0; k < v->n; k++) {
        uint64_t passes = look(&v->filter[k], probes, n);
        if (passes != 0)
            DYE_TRY(lanes_pass(s, passes, probes, tokens, n0, v->part[k]));
    }
    return DYE_OK;
}

/* Through filters that are in the cache. */
INLINE enum dye_status lane_near(struct scan *s, const token *tokens, size_t n, const struct sieve *v, size_t n0,
                                 hash_fn hash, look_fn look)
{
    enum { AT_ONCE = 64 };
    uint64_t probes[AT_ONCE];
    for (size_t at = 0, some; at < n; at += some) {
        some = n - at < AT_ONCE ? n - at : AT_ONCE;
        hash(s, tokens + at, some, probes);
        if (s->sink != NULL)
            DYE_TRY(tries_sink(s, probes, some, v->classes));
        DYE_TRY(look_up(s, v, probes, tokens + at, some, n0, look));
    }
    return DYE_OK;
}

/* Through filters whose words are called for PREFETCH tokens ahead. */
INLINE enum dye_status lane_far(struct scan *s, const token *tokens, size_t n, const struct sieve *v, size_t n0,
                                hash_fn hash, look_fn look)
{
    uint64_t probes[2][PREFETCH];
    size_t before = 0, turn = 0;
    for (size_t at = 0; at < n; at += PREFETCH, turn ^= 1) {
        size_t some = n - at < PREFETCH ? n - at : PREFETCH;
        hash(s, tokens + at, some, probes[turn]);
        for (size_t k = 0; k < v->far; k++)
            for (size_t i = 0; i < some; i++)
                __builtin_prefetch(dye_filter_word(&v->filter[k], probes[turn][i]));
        if (s->sink != NULL)
            DYE_TRY(tries_sink(s, probes[turn], some, v->classes));
        DYE_TRY(look_up(s, v, probes[turn ^ 1], tokens + at - before, before, n0, look));
        before = some;
    }
    return look_up(s, v, probes[turn ^ 1], tokens + n - before, before, n0, look);
}

/* Tokens whose bytes are n0, or each its own where that is 0. */
INLINE enum dye_status lane(struct scan *s, const token *tokens, size_t n, const struct sieve *v, size_t n0,
                            hash_fn hash, look_fn look)
{
    if (n == 0 || v->classes == 0)
        return DYE_OK;
    s->stats.tokens += n;
    return v->far == 0 ? lane_near(s, tokens, n, v, n0, hash, look) : lane_far(s, tokens, n, v, n0, hash, look);
}

#endif
