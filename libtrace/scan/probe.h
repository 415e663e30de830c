#ifndef SCAN_PROBE_H
#define SCAN_PROBE_H
/* probe: dye_probe, inlined where it is called a hundred million times a second. Private to the scan layer. */
#include "dye/key.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t probe_of(const struct dye_index_keys *k, const uint8_t *p, size_t n)
{
    uint64_t h = XXH3_64bits_withSecret(p, n, k->probe_secret, sizeof k->probe_secret);
    return h != 0 ? h : 1;
}

#endif
