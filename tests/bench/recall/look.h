#ifndef BENCH_RECALL_LOOK_H
#define BENCH_RECALL_LOOK_H
/* look: bytes through chunker, scanner and linker, one thread, and what they find held against what is hidden there. */
#include "dye/link.h"
#include "registry.h"

#define RECALL_FLOOR 0.001         /* link.weak_floor's default */
#define RECALL_EXPECTED_FALSE 0.01 /* link.expected_false's */

struct planted {
    size_t start, end; /* in the part */
    uint32_t canary;
    uint16_t form;
    bool found, strong;
};
struct seen {
    double bits;
    bool right;
};
struct look {
    const struct registry *registry;
    double threshold, floor; /* bits from which a sighting is strong, and weak */
    struct planted *planted; /* in order of start; those of the part at hand from number `first` on */
    size_t first, n_planted, planted_max;
    struct seen *seen; /* all sightings, whatever their bits */
    size_t n_seen;
    size_t false_strong, false_weak;
    uint64_t tokens, records;
};

/* For dumps of so many rows, and up to planted_max canaries hidden. False when memory is gone. */
bool look_init(struct look *l, const struct registry *g, uint64_t rows, size_t planted_max);
void look_done(struct look *l);
/* A part begins: what is hidden from now on is hidden there. */
void look_begin(struct look *l);
void look_hide(struct look *l, size_t start, size_t end, uint32_t canary, size_t form);
/* Reads the part. Prints strong sightings of who is not there; and on stderr weak ones, with DYE_RECALL_FALSE. */
void look_at(struct look *l, const char *p, size_t n);

#endif
