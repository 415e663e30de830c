#ifndef SCAN_PROBE_H
#define SCAN_PROBE_H
/* probe: dye_probe, inlined where it is called a hundred million times a second. Private to the scan layer. */
#include "dye/key.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t probe_of(const struct dye_index_keys *k, const uint8_t *p, size_t n)
{
    const uint8_t *secret = k->probe_secret;
    uint64_t h = n > 16 && n <= 128 ? XXH3_len_17to128_64b(p, n, secret, sizeof k->probe_secret, 0)
                                    : XXH3_64bits_withSecret(p, n, secret, sizeof k->probe_secret);
    return h != 0 ? h : 1;
}

/* The probe of eleven. */
static inline uint64_t probe_of_11(const struct dye_index_keys *k, const uint8_t *p)
{
    uint64_t h = XXH3_len_9to16_64b(p, 11, k->probe_secret, 0);
    return h != 0 ? h : 1;
}

/* The probe of 18 bytes, the last of which is a digit or a letter and read as a small one. This is XXH3 of 17 to 32
 * bytes, which reads the first sixteen and the last. */
static inline uint64_t probe_of_18(const struct dye_index_keys *k, const uint8_t *p)
{
    enum { N = 18, SMALL = 0x20 };
    uint64_t in[4], secret[4];
    memcpy(in, p, 16);
    memcpy(in + 2, p + N - 16, 16);
    memcpy(secret, k->probe_secret, sizeof secret);
    in[3] |= (uint64_t)SMALL << 56; /* digits have that bit anyway */
    uint64_t h = N * XXH_PRIME64_1;
    for (size_t i = 0; i < 4; i += 2) {
        unsigned __int128 product = (unsigned __int128)(in[i] ^ secret[i]) * (in[i + 1] ^ secret[i + 1]);
        h += (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    h = XXH3_avalanche(h);
    return h != 0 ? h : 1;
}

#endif
