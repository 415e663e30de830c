#ifndef SCAN_DAY_H
#define SCAN_DAY_H
/* day: dates as they are written, as the number 20260131; 0 for what is none of 1900 to 2099. Private to the scan
 * layer. */
#include "dye/span.h"

uint32_t day_of(uint32_t year, uint32_t month, uint32_t day);
/* 2026-1-31, 2026/01/31 12:30, 2026.1.31: four digits and what follows, n >= 4. */
uint32_t day_parted(const uint8_t *p, size_t n);
/* In UTC, of seconds since 1970. */
uint32_t day_of_seconds(uint32_t seconds);
/* 2026年1月31日, in UTF-8 or GB18030: what stands between the numbers is not looked at. */
uint32_t day_in_words(struct dye_span s);

#endif
