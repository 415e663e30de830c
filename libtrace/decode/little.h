#ifndef DECODE_LITTLE_H
#define DECODE_LITTLE_H
/* little: numbers as they stand in files, least byte first. Private to the decode layer. */
#include <stdint.h>

static inline uint32_t little16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t little32(const uint8_t *p)
{
    return little16(p) | little16(p + 2) << 16;
}

static inline uint64_t little64(const uint8_t *p)
{
    return little32(p) | (uint64_t)little32(p + 4) << 32;
}

#endif
