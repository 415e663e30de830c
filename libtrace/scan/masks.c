#include "masks.h"

#define A CLASS_BIT(ALNUM)
#define H CLASS_BIT(HIGH)
#define W CLASS_BIT(WIDE)
#define S CLASS_BIT(SECOND)
#define M CLASS_BIT(HIDES)

const uint8_t masks_classes[2][256] = {
    {
        ['0' ... '9'] = A | CLASS_BIT(DIGIT),
        ['A' ... 'Z'] = A | CLASS_BIT(UPPER),
        ['a' ... 'z'] = A,
        ['@'] = CLASS_BIT(AT),
        ['.'] = CLASS_BIT(DOT),
        ['-'] = CLASS_BIT(DASH),
        [' '] = CLASS_BIT(SPACE),
        ['_'] = CLASS_BIT(EXTRA),
        ['%'] = CLASS_BIT(EXTRA),
        ['+'] = CLASS_BIT(EXTRA),
    },
    {
        ['/'] = CLASS_BIT(BAR),
        ['\\'] = CLASS_BIT(BAR),
        ['*'] = CLASS_BIT(SIGN),
        ['='] = CLASS_BIT(SIGN),
        ['('] = CLASS_BIT(OPEN),
        ['['] = CLASS_BIT(OPEN),
        ['I'] = S, /* the sign '@' in Big5 ends in it */
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
    },
};
