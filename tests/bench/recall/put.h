#ifndef BENCH_RECALL_PUT_H
#define BENCH_RECALL_PUT_H
/* put: a small writer of cells, for who writes hundreds of millions of rows: each function writes at `to` what it is
 * told, no NUL, and returns where the next stands. */
#include "rng.h"

#include <string.h>

static inline char *put(char *to, const char *p, size_t n)
{
    memcpy(to, p, n);
    return to + n;
}
#define PUT(to, literal) put((to), (literal), sizeof(literal) - 1)

static inline char *put_text(char *to, struct text t)
{
    return put(to, t.p, t.n);
}

static inline char *put_digits(char *to, uint64_t v, size_t n) /* exactly n, zeros in front */
{
    for (size_t i = n; i-- > 0; v /= 10)
        to[i] = (char)('0' + v % 10);
    return to + n;
}

static inline char *put_number(char *to, uint64_t v)
{
    size_t n = 1;
    for (uint64_t rest = v; rest >= 10; rest /= 10)
        n++;
    return put_digits(to, v, n);
}

static inline char *put_hex(char *to, struct rng *r, size_t n, const char *signs)
{
    for (size_t i = 0; i < n;) {
        uint64_t bits = rng_u64(r);
        for (size_t k = 0; k < 16 && i < n; k++, i++, bits >>= 4)
            *to++ = signs[bits & 15];
    }
    return to;
}

static inline char *put_base64(char *to, struct rng *r, size_t n)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++, bits >>= 6) {
        if (i % 10 == 0)
            bits = rng_u64(r);
        *to++ = signs[bits & 63];
    }
    return to;
}

static inline char *put_stars(char *to, size_t n)
{
    memset(to, '*', n);
    return to + n;
}

#endif
