#ifndef SCAN_MASKS_H
#define SCAN_MASKS_H
/*
 * masks: what each byte of a block of 64 is, one bit a byte, bit 0 the first. Private to the scan layer.
 *
 * The classes of a byte are bits of two bytes, in the order of enum mask: masks are columns of what the rows' bytes
 * look up. Where no table of 128 bytes can be looked up at once (AVX2), sixteen low and sixteen high halves of a byte
 * decide its class. All paths give the same masks; prop_scan holds them against each other.
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

#define CLASS_BIT(mask) ((uint8_t)(1u << (mask) % 8))

/* The classes of each byte: bits of the first eight masks, and of the others. */
extern const uint8_t masks_classes[2][256];

#endif
