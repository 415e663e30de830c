#ifndef BENCH_RECALL_CLEAN_H
#define BENCH_RECALL_CLEAN_H
/*
 * clean: dumps of the corpus through chunker, scanner and linker until so many tokens were looked up, on all cores;
 * each dump is judged at its own threshold, from its own records, as an ingest does. Prints what the corpus is, what
 * was seen and what may be. The dumps, and what is printed of them but for seconds, follow from the seed alone.
 *
 * A token is what the scanner looks up (struct dye_scan_stats): a run of letters and digits that could be an identifier
 * or its digest, what stands around an '@', a masked value, and each reading tried besides (scan.h).
 *
 * Sightings at or above b bits are expected in at most records x canaries x 2^-b rows of strangers, if bits are what
 * they say (the chance of a likelihood ratio of 2^b is at most 2^-b): that is what is "allowed" at each b.
 */
#include "registry.h"

/*
 * Whether it holds: no strong sighting; at no number of bits more than allowed; at most eight times as many weak ones
 * as expected (expected.h), which names that are canaries' own in half of the masked rows account for; and the
 * probabilities of a dump's weak ones add up to one row on average, which is what the prior takes to be true in a dump:
 * more than three deviations above that are no chance.
 */
bool clean_run(const struct registry *g, uint64_t seed, uint64_t tokens);

#endif
