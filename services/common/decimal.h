#ifndef DYE_DECIMAL_H
#define DYE_DECIMAL_H
/* decimal: numbers and times as people write them in files and options, read exactly. */
#include <stdbool.h>
#include <stdint.h>

/* Digits with at most `decimals` behind a point, as a whole number of the last of them; at most `most`, which is at
 * most 10^18. */
bool decimal_read(const char *text, unsigned decimals, uint64_t most, uint64_t *ret);

/* YYYY-MM-DD (its first moment, UTC), or RFC 3339 in whole seconds with Z or an offset: seconds since 1970. */
bool moment_read(const char *text, int64_t *ret);

#endif
