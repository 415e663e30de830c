#ifndef SCAN_WIDE_H
#define SCAN_WIDE_H
/*
 * wide: numbers that are not written in ASCII, or have something invisible inside: full-width, circled, mathematical,
 * raised and lowered digits, Chinese and spoken ones, no-break spaces and zero-width characters between digits. In
 * UTF-8, in GB18030 and, but for Chinese digits, in Big5, whose bytes don't tell which it is; an index that is asked
 * with what was read wrong does not answer. Private to the scan layer.
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
 * of 11 to 22 digits, or is ASCII throughout. O(1).
 */
bool wide_read(struct dye_span text, size_t i, struct wide *ret);

/* The length of a letter at i that is typed for an ID's check digit X: Cyrillic, Roman ten, the times sign; 0 for none.
 */
size_t wide_check_digit(struct dye_span text, size_t i);

/* Chinese digits, number 1 and on. Two bytes of a character tell it from the others, so that it is compared with one:
 * the place of that one's number is a function of these two. */
struct wide_chinese {
    uint8_t utf8[3], gb[2];
    uint8_t digit;
};
extern const struct wide_chinese wide_chinese[];
extern const uint8_t wide_by_utf8[256], wide_by_gb[256];
#define WIDE_PLACE(first, second) ((uint8_t)((first)*5 + (second)))

/* The number of the Chinese digit that three bytes of UTF-8, or two of GB18030, are; 0 for none. */
static inline unsigned wide_chinese_utf8(const uint8_t *p)
{
    unsigned i = wide_by_utf8[WIDE_PLACE(p[1], p[2])];
    return memcmp(p, wide_chinese[i].utf8, 3) == 0 ? i : 0;
}

static inline unsigned wide_chinese_gb(const uint8_t *p)
{
    unsigned i = wide_by_gb[WIDE_PLACE(p[0], p[1])];
    return memcmp(p, wide_chinese[i].gb, 2) == 0 ? i : 0;
}

#endif
