#ifndef DYE_CANARY_COUNTS_H
#define DYE_CANARY_COUNTS_H
/*
 * counts: how often something was seen, with bounded memory. Private to the layer.
 *
 * What is counted is a key of four parts: column, facet (what of the column), context (under which condition) and
 * value. When the table is full, the entries seen least are dropped (lossy counting, Manku and Motwani, VLDB 2002): a
 * count is then too low, never too high, so whatever reaches a threshold truly reached it.
 */
#include "dye/span.h"
#include "dye/status.h"

#include <stdint.h>

#define COUNT_KEY_MAX_BYTES 160
#define COUNT_SEPARATOR '\x1f' /* between the parts of a key; control bytes are removed from what is counted */

struct count_entry {
    char *key; /* NULL: free */
    uint64_t n;
};
struct counts {
    struct count_entry *entry;
    size_t slots; /* a power of two */
    size_t used;
    size_t max;
    bool nomem; /* something was not counted */
};

/* At most `max` entries. */
DYE_MUST_CHECK enum dye_status counts_init(struct counts *c, size_t max);
void counts_done(struct counts *c); /* takes a zeroed struct; wipes */
/* Keys beyond COUNT_KEY_MAX_BYTES are not counted. O(1) on average. */
void counts_add(struct counts *c, const char *column, const char *facet, const char *context, struct dye_span value,
                uint64_t n);

#endif
