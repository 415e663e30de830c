#ifndef BENCH_RECALL_REGISTRY_H
#define BENCH_RECALL_REGISTRY_H
/*
 * registry: the thousand canaries that bench_recall hides and looks for, and strangers of the same place who share no
 * whole number with any of them.
 */
#include "dye/index.h"
#include "people.h"

enum { CANARIES = 1000, PREFIXES = 50 };

struct registry {
    struct place place;
    struct person canary[CANARIES]; /* number i is canary "i" of the index */
    struct dye_index_set set;
    struct dye_index_keys keys;
    uint64_t taken[1 << 12]; /* their mobiles and IDs as numbers, by hash; 0 is free */
};

/* False when the index can't be made. Draws from r. */
bool registry_make(struct registry *ret, struct rng *r);
void registry_done(struct registry *g);

/* Whether a canary has this mobile, or an ID that begins with these 17 digits. */
bool registry_has(const struct registry *g, uint64_t number);
/* Somebody of the place who is no canary. */
void registry_stranger(const struct registry *g, struct rng *r, struct person *ret);

/* The prefixes of all mobiles, the canaries' and the strangers'. */
extern const char registry_prefixes[PREFIXES][4];

#endif
