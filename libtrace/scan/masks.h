#ifndef SCAN_MASKS_H
#define SCAN_MASKS_H
/*
 * masks: what each byte of a block of 64 is, one bit a byte, bit 0 the first. Private to the scan layer.
 *
 * Sixteen low and sixteen high halves of a byte decide its classes by two table look-ups, which the vector units do for
 * 32 or 64 bytes at once. All paths give the same masks; prop_scan holds them against each other.
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
    SIGN,   /* * = ( [ */
    WIDE,   /* bytes that digits in another writing begin with, or what may stand between digits: see wide.h */
    SECOND, /* bytes that may follow those */
    MASKS
};

/* Classes, as bits of three bytes. A byte has a class when the tables of both its halves have it. */
enum {
    CLASS_DIGIT = 1,   /* 0x30-0x39 */
    CLASS_LETTER1 = 2, /* @ excluded: 0x41-0x4f, 0x61-0x6f */
    CLASS_LETTER2 = 4, /* 0x50-0x5a, 0x70-0x7a */
    CLASS_DOT = 8,
    CLASS_DASH = 16,
    CLASS_PLUS = 32, /* + % */
    CLASS_LINE = 64, /* _ */
    CLASS_AT = 128,
    CLASS_LETTER = CLASS_LETTER1 | CLASS_LETTER2,
    CLASS_EXTRA = CLASS_PLUS | CLASS_LINE,
};
#define CLASSES_LOW                                                                                                    \
    {                                                                                                                  \
        CLASS_DIGIT | CLASS_LETTER2 | CLASS_AT, CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER,                \
            CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER | CLASS_PLUS,           \
            CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER, CLASS_DIGIT | CLASS_LETTER,                        \
            CLASS_DIGIT | CLASS_LETTER, CLASS_LETTER, CLASS_LETTER1 | CLASS_PLUS, CLASS_LETTER1,                       \
            CLASS_LETTER1 | CLASS_DASH, CLASS_LETTER1 | CLASS_DOT, CLASS_LETTER1 | CLASS_LINE                          \
    }
#define CLASSES_HIGH                                                                                                   \
    {                                                                                                                  \
        0, 0, CLASS_DOT | CLASS_DASH | CLASS_PLUS, CLASS_DIGIT, CLASS_LETTER1 | CLASS_AT, CLASS_LETTER2 | CLASS_LINE,  \
            CLASS_LETTER1, CLASS_LETTER2, 0, 0, 0, 0, 0, 0, 0, 0                                                       \
    }

enum {
    SIGN_ROUND = 1,   /* * ( */
    SIGN_EQUAL = 2,   /* = */
    SIGN_SQUARE = 4,  /* [ */
    BAR_SLASH = 8,    /* / */
    BAR_BACK = 16,    /* backslash */
    WIDE_2 = 32,      /* a2 c2 e2 */
    WIDE_A3 = 64,     /* a3 */
    WIDE_EDGES = 128, /* ef f0; and e0 ff, which begin nothing */
    SIGN_ANY = SIGN_ROUND | SIGN_EQUAL | SIGN_SQUARE,
    BAR_ANY = BAR_SLASH | BAR_BACK,
    WIDE_ANY = WIDE_2 | WIDE_A3 | WIDE_EDGES,
};
#define SIGNS_LOW                                                                                                      \
    {                                                                                                                  \
        WIDE_EDGES, 0, WIDE_2, WIDE_A3, 0, 0, 0, 0, SIGN_ROUND, 0, SIGN_ROUND, SIGN_SQUARE, BAR_BACK, SIGN_EQUAL, 0,   \
            BAR_SLASH | WIDE_EDGES                                                                                     \
    }
#define SIGNS_HIGH                                                                                                     \
    {                                                                                                                  \
        0, 0, SIGN_ROUND | BAR_SLASH, SIGN_EQUAL, 0, SIGN_SQUARE | BAR_BACK, 0, 0, 0, 0, WIDE_2 | WIDE_A3, 0, WIDE_2,  \
            0, WIDE_2 | WIDE_EDGES, WIDE_EDGES                                                                         \
    }

enum {
    SECOND_8E = 1,  /* 80 81 e0 e1 */
    SECOND_9 = 2,   /* 91 93 9d */
    SECOND_A = 4,   /* a0 ad ae af */
    SECOND_B = 8,   /* b0-b9 bb-bd */
    SECOND_DF = 16, /* d8-df f8-ff */
    SECOND_C = 32,  /* c0 */
    SECOND_4 = 64,  /* 49, in Big5 */
};
#define SECONDS_LOW                                                                                                    \
    {                                                                                                                  \
        SECOND_8E | SECOND_A | SECOND_B | SECOND_C, SECOND_8E | SECOND_9 | SECOND_B, SECOND_B, SECOND_9 | SECOND_B,    \
            SECOND_B, SECOND_B, SECOND_B, SECOND_B, SECOND_B | SECOND_DF, SECOND_B | SECOND_DF | SECOND_4, SECOND_DF,  \
            SECOND_B | SECOND_DF, SECOND_B | SECOND_DF, SECOND_9 | SECOND_A | SECOND_B | SECOND_DF,                    \
            SECOND_A | SECOND_DF, SECOND_A | SECOND_DF                                                                 \
    }
#define SECONDS_HIGH                                                                                                   \
    {                                                                                                                  \
        0, 0, 0, 0, SECOND_4, 0, 0, 0, SECOND_8E, SECOND_9, SECOND_A, SECOND_B, SECOND_C, SECOND_DF, SECOND_8E,        \
            SECOND_DF                                                                                                  \
    }

#endif
