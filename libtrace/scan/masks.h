#ifndef SCAN_MASKS_H
#define SCAN_MASKS_H
/*
 * masks: what each byte of a block of 64 is, one bit a byte, bit 0 the first. Private to the scan layer.
 *
 * Of a byte's classes most exclude each other, so that eight bits tell them all: MASKS_COLUMNS of them, one column a
 * bit, of which each mask is a word or two of logic over 64 bytes at once. Where no table of 128 bytes can be looked up
 * at once (AVX2), sixteen low and sixteen high halves of a byte decide its class. All paths give the same masks;
 * prop_scan holds them against each other.
 */
#include "dye/span.h"

enum { BLOCK_BYTES = 64 };

enum mask {
    DIGIT,
    ALNUM,
    UPPER,
    AT,     /* '@' */
    DOT,    /* '.' */
    DASH,   /* '-' */
    SPACE,  /* ' ' */
    EXTRA,  /* what else may stand before an '@': _ % + */
    BAR,    /* / and backslash */
    HIGH,   /* 0x80 and above */
    SIGN,   /* * = */
    OPEN,   /* ( [ */
    WIDE,   /* bytes that digits in another writing begin with, or what may stand between digits: see wide.h */
    SECOND, /* bytes that may follow those */
    HIDES,  /* bytes that characters begin with which hide others, and some beside them: see written_hiding */
    MASKS
};

enum { MASKS_COLUMNS = 8 };

/* By byte: one bit a column. */
extern const uint8_t masks_codes[256];

/* Calls put(MASK, word) for each mask, given words of the columns in order: of >= 0x80, of letters and digits, and six
 * that mean something else for each of these two and for all other bytes. put may be a macro; words may be vectors. */
#define MASKS_OF_COLUMNS(put, high, alnum, c2, c3, c4, c5, c6, c7)                                                     \
    do {                                                                                                               \
        put(DIGIT, (alnum) & (c2));                                                                                    \
        put(ALNUM, (alnum));                                                                                           \
        put(UPPER, (alnum) & (c3));                                                                                    \
        put(AT, (c2) & ~((alnum) | (high)));                                                                           \
        put(DOT, (c3) & ~((alnum) | (high)));                                                                          \
        put(DASH, (c4) & ~((alnum) | (high)));                                                                         \
        put(SPACE, (c5) & ~(c6));                                                                                      \
        put(EXTRA, (c6) & ~((c5) | (c7)));                                                                             \
        put(BAR, (c7) & ~(c6));                                                                                        \
        put(HIGH, (high));                                                                                             \
        put(SIGN, (c5) & (c6));                                                                                        \
        put(OPEN, (c6) & (c7));                                                                                        \
        put(WIDE, (high) & (c2));                                                                                      \
        put(SECOND, ((high) & (c3)) | ((alnum) & (c4)));                                                               \
        put(HIDES, (high) & (c4));                                                                                     \
    } while (0)

#endif
