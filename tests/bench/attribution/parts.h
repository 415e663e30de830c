#ifndef BENCH_ATTRIBUTION_PARTS_H
#define BENCH_ATTRIBUTION_PARTS_H
/*
 * parts: what bench_attribute measures, a part a file. Each simulates leaks by itself: it knows the truth and shares
 * the call of dye_attribute with the library, nothing else. Each prints its parameters and results on standard output
 * and returns whether its bounds hold; `scale` multiplies its cases.
 */
#include "rng.h"

#include <stdbool.h>

bool leaks_measure(uint64_t seed, double scale);
bool coalitions_measure(uint64_t seed, double scale);
bool reliability_measure(uint64_t seed, double scale);
bool speed_measure(uint64_t seed);

/* "holds" or "MISSED". */
const char *bound_word(bool holds);
#endif
