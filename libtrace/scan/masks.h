#ifndef SCAN_MASKS_H
#define SCAN_MASKS_H
/*
 * masks: what each byte of a block of 64 is, one bit a byte, bit 0 the first. Private to the scan layer.
 *
 * Sixteen low and sixteen high halves of a byte decide its class by two table look-ups, which the vector units do for
 * 32 or 64 bytes at once. All paths give the same masks; prop_scan holds them against each other.
 */
#include "dye/scan.h"

enum { BLOCK_BYTES = 64 };

struct masks {
    uint64_t digit, alnum, upper;
    uint64_t at;     /* '@' */
    uint64_t dot;    /* '.' */
    uint64_t dash;   /* '-' */
    uint64_t extra;  /* what else may stand before an '@': _ % + */
    uint64_t high;   /* 0x80 and above */
    uint64_t escape; /* backslash */
    uint64_t space;
    uint64_t star;  /* '*' */
    uint64_t equal; /* '=' */
    uint64_t open;  /* '(' and '[' */
    uint64_t wide;  /* bytes that digits in another writing begin with, or stand between digits: see wide.h */
};

/* Masks of n_blocks blocks from p on. */
typedef void (*masks_fn)(const uint8_t *p, size_t n_blocks, struct masks *ret);

/* NULL when this processor lacks it. */
masks_fn masks_of_path(enum dye_scan_path path);

/* For masks_*.c alone. */
void masks_scalar(const uint8_t *p, size_t n_blocks, struct masks *ret);
void masks_avx2(const uint8_t *p, size_t n_blocks, struct masks *ret);
void masks_avx512(const uint8_t *p, size_t n_blocks, struct masks *ret);

/* Classes, as bits of a byte. A byte has a class when the tables of both its halves have it. */
enum {
    CLASS_DIGIT = 1,   /* 0x30-0x39 */
    CLASS_LETTER1 = 2, /* @ excluded: 0x41-0x4f, 0x61-0x6f */
    CLASS_LETTER2 = 4, /* 0x50-0x5a, 0x70-0x7a */
    CLASS_DOT = 8,
    CLASS_DASH = 16,
    CLASS_PLUS = 32, /* + % */
    CLASS_LINE = 64, /* _ */
    CLASS_AT = 128
};
#define CLASSES_LOW                                                                                                    \
    {                                                                                                                  \
        CLASS_DIGIT | CLASS_LETTER2 | CLASS_AT, CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2,                           \
            CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2, CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2,                  \
            CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2, CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2 | CLASS_PLUS,     \
            CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2, CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2,                  \
            CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2, CLASS_DIGIT | CLASS_LETTER1 | CLASS_LETTER2,                  \
            CLASS_LETTER1 | CLASS_LETTER2, CLASS_LETTER1 | CLASS_PLUS, CLASS_LETTER1, CLASS_LETTER1 | CLASS_DASH,      \
            CLASS_LETTER1 | CLASS_DOT, CLASS_LETTER1 | CLASS_LINE                                                      \
    }
#define CLASSES_HIGH                                                                                                   \
    {                                                                                                                  \
        0, 0, CLASS_DOT | CLASS_DASH | CLASS_PLUS, CLASS_DIGIT, CLASS_LETTER1 | CLASS_AT, CLASS_LETTER2 | CLASS_LINE,  \
            CLASS_LETTER1, CLASS_LETTER2, 0, 0, 0, 0, 0, 0, 0, 0                                                       \
    }

#endif
