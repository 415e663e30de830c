#ifndef BENCH_ATTACK_H
#define BENCH_ATTACK_H
/*
 * attack: who has the database (or a backup of it), the source code and the source's table, but no key, wants to name
 * the canaries in the table.
 */
#include "dye/key.h"
#include "table.h"

#include <jansson.h>

enum { NAME_PARTS = 3, ATTACKS = 5 };
struct stolen { /* what the attacker has */
    struct row *row;
    bool *canary;          /* for marking the answers */
    size_t rows, canaries; /* of `row`: canaries stand among them, anywhere */
    const struct dye_sector *sector;
    char id[DYE_CANARY_ID_BYTES]; /* of one of them */
    uint8_t (*fp)[DYE_FP_BYTES];
    size_t fps;
    json_t *profile;
    json_t *group[NAME_PARTS]; /* of it */
};

/* Sorts the fingerprints, reads the profile and mixes the rows. */
void stolen_ready(struct stolen *x, const char *profile, size_t n, struct rng *r);
/*
 * Number 0 is the public filter of default spaces. Prints the AUC and how many of the K rows suspected most are
 * canaries, K being their number. False where that is better than chance: an AUC above 0.55, or hits that rows drawn
 * independently would give with probability `chance` at most.
 */
bool attack(const struct stolen *x, size_t number, double chance, struct rng *r);

#endif
