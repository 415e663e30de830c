#ifndef ATTRIBUTE_LINEAGE_COUNT_H
#define ATTRIBUTE_LINEAGE_COUNT_H
/* lineage_count: how many persons common elements stand for. Private to the attribute layer. */
#include "dye/lineage.h"

/* Of one kind: the elements in common, and those of them that the dump, and the other, marks. */
struct lineage_kind_count {
    uint64_t common, marked, other_marked;
};
/* Of all kinds, unscaled; zeroed first. */
struct lineage_count {
    double marked, other_marked, unmarked;
};
void lineage_count_add(struct lineage_count *c, const struct lineage_kind_count *k, unsigned scale_bits);
double lineage_count_persons(const struct lineage_count *c);

/* How many elements of s are below 2^(64 - bits). */
size_t lineage_below(const struct dye_lineage_set *s, unsigned bits);

/* Calls fn for each of the first a_n elements of a that is among the first b_n of b, in order. O(smaller log larger),
 * and no more than a_n + b_n. */
typedef void (*lineage_common_fn)(void *arg, size_t a_index, bool b_marked);
void lineage_each_common(const struct dye_lineage_set *a, size_t a_n, const struct dye_lineage_set *b, size_t b_n,
                         lineage_common_fn fn, void *arg);

#endif
