#ifndef TEST_PARTS_H
#define TEST_PARTS_H
/*
 * parts: what dye_decode makes of some bytes, as text to compare with:
 *
 *   == path (unit, format)
 *   its bytes as they are, 0x1F as |, 0x0C as ^
 *   -- verdict: reason
 */
#include "dye/decode.h"

struct parts_options {
    size_t step;   /* bytes a read; 0: as many as asked for */
    bool forwards; /* no read_at: what is sought goes to the scratch space */
    bool no_spill;
    const struct dye_decode_limits *limits; /* NULL: the usual */
    const char *const *passwords;
    size_t n_passwords;
};

/* Heap, NUL-terminated; NULL when decoding did not return DYE_OK. `options` may be NULL. */
char *parts_of(const uint8_t *p, size_t n, const struct parts_options *options);

#endif
