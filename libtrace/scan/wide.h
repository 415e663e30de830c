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

/* Whether a Chinese digit stands at i, in UTF-8 (3 bytes) or GB18030 (2). */
bool wide_is_chinese(struct dye_span text, size_t i);

#endif
