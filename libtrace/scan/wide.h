#ifndef SCAN_WIDE_H
#define SCAN_WIDE_H
/*
 * wide: numbers that are not written in ASCII, or have something invisible inside: full-width, circled, mathematical,
 * raised and lowered digits, Chinese and spoken ones, no-break spaces and zero-width characters between digits. In
 * UTF-8, GB18030 and Big5, whose bytes don't tell which it is; an index that is asked with what was read wrong does not
 * answer. Private to the scan layer.
 */
#include "dye/span.h"

enum { WIDE_MAX = 22 };

struct wide {
    size_t n;
    uint8_t digits[WIDE_MAX];              /* ASCII; the last may be x */
    bool parted[WIDE_MAX];                 /* something stands between this one and the one before */
    size_t start[WIDE_MAX], end[WIDE_MAX]; /* in the text */
};

/*
 * Reads the number around byte i, where a character of such a writing begins. False when what stands there is no number
 * of 11 to 22 digits, or is ASCII throughout. As UTF-8 and GB18030, or as Big5, in which ordinary characters of GB18030
 * are digits that a number would be read to begin with. O(1).
 */
bool wide_read(struct dye_span text, size_t i, bool big5, struct wide *ret);

/* The length of a letter at i that is typed for an ID's check digit X: Cyrillic, Roman ten, the times sign; 0 for none.
 */
size_t wide_check_digit(struct dye_span text, size_t i);

/* Chinese digits: their bytes, and '0' to '9'. The place of each in its table is a function of these bytes, so that a
 * character is compared with one alone. What two bytes are in GB18030 and in Big5 is asked at once. */
struct wide_three {
    uint8_t bytes[3], digit;
};
struct wide_two {
    uint8_t bytes[2], in_gb, in_big5; /* 0: no digit there */
};
extern const struct wide_three wide_threes[256];
extern const struct wide_two wide_twos[256];
#define WIDE_PLACE(second, third) ((uint8_t)((second)*5 + (third)))
#define WIDE_PLACE_OF_TWO(first, second) ((uint8_t)((((first) << 8 | (second)) * 2399) >> 8))

/* The digit that three bytes of UTF-8 are; 0 for none. */
static inline uint8_t wide_three_at(const uint8_t *p)
{
    const struct wide_three *d = &wide_threes[WIDE_PLACE(p[1], p[2])];
    return memcmp(p, d->bytes, sizeof d->bytes) == 0 ? d->digit : 0;
}

/* Those that two bytes are, if any. */
static inline const struct wide_two *wide_two_at(const uint8_t *p)
{
    static const struct wide_two none = {{0}, 0, 0};
    const struct wide_two *d = &wide_twos[WIDE_PLACE_OF_TWO(p[0], p[1])];
    return memcmp(p, d->bytes, sizeof d->bytes) == 0 ? d : &none;
}

static inline bool wide_is_two(const uint8_t *p)
{
    return memcmp(p, wide_twos[WIDE_PLACE_OF_TWO(p[0], p[1])].bytes, 2) == 0;
}

#endif
