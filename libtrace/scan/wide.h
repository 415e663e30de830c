#ifndef SCAN_WIDE_H
#define SCAN_WIDE_H
/*
 * wide: numbers that are not written in ASCII, or have something invisible inside: full-width, circled and mathematical
 * digits, Chinese and spoken ones, no-break spaces and zero-width characters between digits. In UTF-8, in GB18030
 * and, but for Chinese digits, in Big5, whose bytes don't tell which it is; an index that is asked with what was read
 * wrong does not answer. Private to the scan layer.
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

/* Chinese digits: what two of a character's bytes are tells which digit's bytes it is compared with. These, the first
 * lowest, and above them the digit. */
extern const uint32_t wide_by_utf8[256], wide_by_gb[256];
#define WIDE_PLACE(first, second) ((uint8_t)((first)*5 + (second)))

/* The digit that three bytes of UTF-8, or two of GB18030, are in Chinese; 0 for none. */
static inline uint8_t wide_chinese_utf8(const uint8_t *p)
{
    uint32_t same = wide_by_utf8[WIDE_PLACE(p[1], p[2])], text = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
    return (same ^ text) << 8 == 0 ? (uint8_t)(same >> 24) : 0;
}

static inline uint8_t wide_chinese_gb(const uint8_t *p)
{
    uint32_t same = wide_by_gb[WIDE_PLACE(p[0], p[1])], text = p[0] | (uint32_t)p[1] << 8;
    return (same ^ text) << 8 == 0 ? (uint8_t)(same >> 24) : 0;
}

#endif
