#include "fuse.h"

#include <math.h>
#include <stdlib.h>

/* The paper's sizes for three slots a token: 1.125 slots a token in the limit, more when they are few. */
struct fuse_shape fuse_shape_of(uint32_t tokens)
{
    enum { LONGEST = 1 << 18, SHORTEST = 4 };
    double n = tokens > 1 ? tokens : 2, ln = log(n);
    double window = exp2(floor(ln / log(3.33) + 2.25));
    struct fuse_shape s = {.window = window > LONGEST ? LONGEST : window < SHORTEST ? SHORTEST : (uint32_t)window};
    double slots = ceil(n * fmax(1.125, 0.875 + 0.25 * log(1e6) / ln));
    uint32_t windows = (uint32_t)ceil(slots / s.window);
    s.starts = (windows > 3 ? windows - 2 : 1) * s.window;
    return s;
}

/* Working space: of each slot how many tokens are left in it and their XOR, and the order of peeling. */
struct peeling {
    uint64_t *left, *order;
    uint32_t *lonely; /* a stack of slots with one token left: each gets there once, so it has room for all */
    uint8_t *n;       /* 2.7 on average, of tokens that nobody chose: 255 is out of reach */
    uint8_t *which;   /* of its three slots the one that a token was alone in, in that order */
};

static void set(uint8_t *slots, uint32_t bits, uint32_t i, uint32_t print)
{
    uint64_t at = (uint64_t)i * bits, word = fuse_word(slots + at / 8) | (uint64_t)print << (at % 8);
    memcpy(slots + at / 8, &word, sizeof word);
}

static void fill(const struct fuse_shape *s, uint32_t bits, uint64_t seed, const uint64_t *tokens, uint32_t n,
                 struct peeling *w)
{
    memset(w->left, 0, fuse_slots(s) * sizeof *w->left);
    memset(w->n, 0, fuse_slots(s));
    for (uint32_t i = 0; i < n; i++) {
        struct fuse_place p = fuse_place_of(s, bits, seed, tokens[i]);
        for (size_t k = 0; k < 3; k++) {
            w->left[p.slot[k]] ^= tokens[i];
            w->n[p.slot[k]]++;
        }
    }
}

/* Takes tokens out in an order whose reverse can be assigned; returns how many. */
static uint32_t peel(const struct fuse_shape *s, uint32_t bits, uint64_t seed, struct peeling *w)
{
    uint32_t n = 0, waiting = 0, slots = fuse_slots(s);
    for (uint32_t first = 0; first < slots; first++) {
        if (w->n[first] == 1)
            w->lonely[waiting++] = first;
        while (waiting > 0) {
            uint32_t i = w->lonely[--waiting];
            if (w->n[i] != 1)
                continue;
            uint64_t token = w->left[i];
            struct fuse_place p = fuse_place_of(s, bits, seed, token);
            w->order[n] = token;
            for (uint8_t k = 0; k < 3; k++) {
                if (p.slot[k] == i)
                    w->which[n] = k;
                w->left[p.slot[k]] ^= token;
                if (--w->n[p.slot[k]] == 1)
                    w->lonely[waiting++] = p.slot[k];
            }
            n++;
        }
    }
    return n;
}

static void assign(const struct fuse_shape *s, uint32_t bits, uint64_t seed, const struct peeling *w, uint32_t n,
                   uint8_t *slots)
{
    while (n-- > 0) {
        struct fuse_place p = fuse_place_of(s, bits, seed, w->order[n]);
        /* Its own slot is still zero. */
        set(slots, bits, p.slot[w->which[n]],
            p.print ^ fuse_get(slots, bits, p.slot[0]) ^ fuse_get(slots, bits, p.slot[1]) ^
                fuse_get(slots, bits, p.slot[2]));
    }
}

static void done(struct peeling *w)
{
    free(w->left);
    free(w->order);
    free(w->lonely);
    free(w->n);
    free(w->which);
}

enum dye_status fuse_build(const struct fuse_shape *s, uint32_t bits, const uint64_t *tokens, uint32_t n,
                           uint8_t *slots, uint64_t *ret_seed)
{
    enum { SEEDS = 100 };
    const size_t all = fuse_slots(s);
    DYE_CLEANUP(done)
    struct peeling w = {.left = malloc(all * sizeof *w.left),
                        .order = malloc(n * sizeof *w.order),
                        .lonely = malloc(all * sizeof *w.lonely),
                        .n = malloc(all),
                        .which = malloc(n)};
    if (w.left == NULL || w.order == NULL || w.lonely == NULL || w.n == NULL || w.which == NULL)
        return DYE_E_NOMEM;
    uint64_t seed = 1;
    for (unsigned i = 0; i < SEEDS; i++, seed = seed * UINT64_C(6364136223846793005) + 2) { /* stays odd */
        fill(s, bits, seed, tokens, n, &w);
        if (peel(s, bits, seed, &w) != n)
            continue;
        assign(s, bits, seed, &w, n, slots);
        *ret_seed = seed;
        return DYE_OK;
    }
    return DYE_E_BUG;
}
