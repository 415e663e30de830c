#ifndef SCAN_TALLY_H
#define SCAN_TALLY_H
/*
 * tally: how often each of a few keys was counted. Private to the scan layer. Open addressing over a fixed table, so
 * that a hostile part can fill it but not make it grow.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_row {
    uint64_t key, n; /* n 0: free */
};
struct tally {
    struct tally_row *rows; /* 2 * max of them */
    size_t n, max;          /* keys; max is a power of two */
    uint64_t left_out;
};

bool tally_init(struct tally *t, size_t max); /* false without memory */
void tally_done(struct tally *t);
void tally_clear(struct tally *t);
/* Adds one. A key that is new when `max` are known is left out. */
void tally_add(struct tally *t, uint64_t key);
/* The rows in order of key, n of them, in the caller's storage. */
void tally_sorted(const struct tally *t, struct tally_row *ret);

#endif
