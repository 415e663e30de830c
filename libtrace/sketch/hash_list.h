#ifndef SKETCH_HASH_LIST_H
#define SKETCH_HASH_LIST_H
/*
 * hash_list: distinct hashes in order, each with a mark in its lowest bit, of which at most a given number stays.
 * Private to the sketch layer.
 *
 * What is new is gathered, sorted when there is enough of it, and merged: a table would take a cache miss an element
 * where this takes a tenth of one. Hashes are uniform, so one pass into buckets by their high bits nearly sorts them.
 * Of what repeats all the time most is told by a few hundred recent ones.
 */
#include "dye/status.h"

#include <stdint.h>

enum { HASH_LIST_FRESH = 1 << 17, HASH_LIST_RECENT = 1 << 9 };

struct hash_list {
    uint64_t *kept; /* ascending, no two alike but for the mark */
    size_t n;
    unsigned scale_bits; /* what is kept is below 2^(64 - scale_bits) */
    uint64_t *fresh;     /* HASH_LIST_FRESH of them, in any order */
    size_t n_fresh;
    uint64_t recent[HASH_LIST_RECENT];
};

/* A zeroed one is empty. */
void hash_list_done(struct hash_list *l); /* wipes */
/* `element` may carry the mark; one that is there gets it. DYE_E_NOMEM: it may be lost. */
DYE_MUST_CHECK enum dye_status hash_list_add(struct hash_list *l, uint64_t element);
/* Keeps only what is below 2^(64 - scale_bits), if that is less. scale_bits < 64. */
void hash_list_narrow(struct hash_list *l, unsigned scale_bits);
/* What is fresh becomes kept. DYE_E_NOMEM: unchanged. */
DYE_MUST_CHECK enum dye_status hash_list_settle(struct hash_list *l);

#endif
