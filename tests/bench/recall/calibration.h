#ifndef BENCH_RECALL_CALIBRATION_H
#define BENCH_RECALL_CALIBRATION_H
/*
 * calibration: masked rows of strangers of the canaries' own place, and of canaries in the same ways: how often what is
 * said is so. One true row a dump is what the prior takes: each of the n true rows counts 1/n, each coincidence 1.
 */
#include "registry.h"

/* Prints, by probability, what was said and what is. Whether it holds: no strong sighting of who is not there; and
 * where at least ten of each tell the share within a factor of two, said within a factor of eight of it, in odds. */
bool calibration_run(const struct registry *g, struct rng *r, size_t rows);

#endif
