#ifndef BENCH_RECALL_EXPECTED_H
#define BENCH_RECALL_EXPECTED_H
/*
 * expected: how many sightings of nobody the bits themselves foretell in a dump of the corpus. If a sighting of b bits
 * is 2^b times as likely in a row of the canary as in another's, then of rows x canaries pairs of strangers as many are
 * seen with bits in a range as rows x canaries times the mean of 2^-b over rows that are a canary's, where those are in
 * the range. So canaries' rows, masked by the same lots, are hidden among strangers' and read.
 */
#include "corpus.h"

struct expected {
    double weak, strong; /* sightings a dump */
};
struct expected expected_of(const struct registry *g, const struct stock *s, uint64_t seed);

#endif
