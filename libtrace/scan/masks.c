#include "masks.h"

#define COLUMN(k) (1u << (k))
#define H COLUMN(0)
#define A COLUMN(1)
#define W COLUMN(2)
#define S COLUMN(3)
#define M COLUMN(4)

const uint8_t masks_codes[256] = {
    ['0' ... '9'] = A | COLUMN(2),
    ['A' ... 'H'] = A | COLUMN(3),
    ['I'] = A | COLUMN(3) | COLUMN(4), /* the sign '@' in Big5 ends in it */
    ['J' ... 'Z'] = A | COLUMN(3),
    ['a' ... 'z'] = A,
    ['@'] = COLUMN(2),
    ['.'] = COLUMN(3),
    ['-'] = COLUMN(4),
    [' '] = COLUMN(5),
    ['*'] = COLUMN(5) | COLUMN(6),
    ['='] = COLUMN(5) | COLUMN(6),
    ['_'] = COLUMN(6),
    ['%'] = COLUMN(6),
    ['+'] = COLUMN(6),
    ['('] = COLUMN(6) | COLUMN(7),
    ['['] = COLUMN(6) | COLUMN(7),
    ['/'] = COLUMN(7),
    ['\\'] = COLUMN(7),
    [0x80 ... 0x81] = H | S,
    [0x82] = H | S,
    [0x83 ... 0x90] = H,
    [0x91] = H | S,
    [0x92] = H,
    [0x93] = H | S,
    [0x94 ... 0x9c] = H,
    [0x9d] = H | S,
    [0x9e ... 0x9f] = H,
    [0xa0] = H | S,
    [0xa1] = H | M,
    [0xa2 ... 0xa3] = H | W | M,
    [0xa4 ... 0xac] = H,
    [0xad ... 0xae] = H | S,
    [0xaf] = H | S | M,
    [0xb0 ... 0xb9] = H | S,
    [0xba] = H,
    [0xbb ... 0xbd] = H | S,
    [0xbe ... 0xbf] = H,
    [0xc0] = H | S,
    [0xc1] = H | M,
    [0xc2] = H | W | M,
    [0xc3] = H | M,
    [0xc4 ... 0xce] = H,
    [0xcf] = H | M,
    [0xd0 ... 0xd7] = H,
    [0xd8 ... 0xdf] = H | S,
    [0xe0] = H | S | W, /* begins nothing; nor does ff */
    [0xe1] = H | S | M,
    [0xe2] = H | S | W | M, /* which follows none of them */
    [0xe3] = H | M,
    [0xe4 ... 0xee] = H,
    [0xef] = H | W | M,
    [0xf0] = H | W,
    [0xf1 ... 0xf7] = H,
    [0xf8 ... 0xfe] = H | S,
    [0xff] = H | S | W,
};
