#ifndef DYE_LINEAGE_H
#define DYE_LINEAGE_H
/*
 * lineage: which dump's rows come from which earlier dump, by the identifiers that they have in common (METHODS 4).
 *
 * A dump is the sets of its distinct identifiers, by kind, as keyed hashes in order; the lowest bit of an element marks
 * those that a record is told apart by, so that the marked ones of all kinds are its persons (dye/identifier_set.h
 * makes such sets; nothing here depends on how). What two dumps have in common is counted in persons: those that one of
 * them marks and the other has, marked or not, by whichever side more are found; or, where neither marks an eighth of a
 * kind that both have, the elements of that kind, a person each. So a dropped column takes nothing away while one kind
 * stays, and a second phone in a row counts no second person.
 *
 * What it can't tell: people who are customers of two sources are in both, so an overlap alone is no descent. A later
 * copy of one table holds what an earlier copy held, and looks like a repost with more added. Of two dumps that hold
 * different columns of the same rows nothing is in common, unless a third one joins them. Pure; any thread.
 */
#include "dye/status.h"

#include <stdint.h>

/* At scale_bits 0 all of its elements; else those below 2^(64 - scale_bits). Ascending, bit 0 apart. Borrowed. */
struct dye_lineage_set {
    unsigned kind;
    unsigned scale_bits; /* at most 40 */
    const uint64_t *at;
    size_t n;
};
struct dye_lineage_dump {
    const struct dye_lineage_set *sets; /* in order of kind, of kinds that tell persons apart */
    size_t n;
};
/* Exact where no set is scaled. O(elements). */
DYE_API uint64_t dye_lineage_persons(const struct dye_lineage_dump *d);

/* ---- two dumps ---- */

enum dye_lineage_relation {
    DYE_LINEAGE_UNRELATED, /* fewer than DYE_LINEAGE_COMMON_MIN persons, or than DYE_LINEAGE_OVERLAP_MIN of both */
    DYE_LINEAGE_SAME,      /* DYE_LINEAGE_WHOLE of each are in the other */
    DYE_LINEAGE_SUBSET,    /* of the dump are in the other */
    DYE_LINEAGE_SUPERSET,  /* of the other are in the dump */
    DYE_LINEAGE_MERGE,     /* the dump has several parents, and the other is one: known once its parents are */
    DYE_LINEAGE_OVERLAP
};
#define DYE_LINEAGE_COMMON_MIN 3
#define DYE_LINEAGE_OVERLAP_MIN 0.01
#define DYE_LINEAGE_WHOLE 0.9 /* sellers add rows of nobody; people have two phones */
DYE_API const char *dye_lineage_relation_name(enum dye_lineage_relation r); /* "unrelated", "same" ... */

struct dye_lineage_pair {
    uint64_t persons, other_persons, common;
    double jaccard, containment, containment_other; /* of the dump in the other, and of the other in the dump */
    enum dye_lineage_relation relation;
};
/* Exact where no set is scaled, else from what both keep. O(elements). */
DYE_API void dye_lineage_compare(const struct dye_lineage_dump *dump, const struct dye_lineage_dump *other,
                                 struct dye_lineage_pair *ret);
/* The rest of a pair from its first three numbers. */
DYE_API void dye_lineage_judge(struct dye_lineage_pair *pair);

/* Ors `bits` into marks[i] for each element i of a that b has. At most a->n + b->n steps. */
DYE_API void dye_lineage_mark(const struct dye_lineage_set *a, const struct dye_lineage_set *b, uint8_t bits,
                              uint8_t *marks);

/* ---- parents ---- */

/*
 * The fewest of n earlier dumps that explain the dump's persons: again and again the one that most of those still
 * unexplained are in; of those that explain as many, within a fiftieth, the one that is most like the dump, then the
 * first. It has to add DYE_LINEAGE_PARENT_MIN of the dump's persons, or DYE_LINEAGE_SWALLOWED of its own (a small dump
 * that was merged into a large one), and DYE_LINEAGE_COMMON_MIN persons at least: less is what sources with the same
 * customers share. Both are where simulated markets named the most ancestors right (bench_lineage).
 */
#define DYE_LINEAGE_PARENT_MIN 0.2
#define DYE_LINEAGE_SWALLOWED 0.35
#define DYE_LINEAGE_EARLIER_MAX 64
struct dye_lineage_parent {
    size_t earlier;    /* index */
    uint64_t explains; /* persons that those before it do not */
};
/* In the order that they were found, at most n. earlier: at most DYE_LINEAGE_EARLIER_MAX, the first known first.
 * DYE_E_USAGE, DYE_E_NOMEM. Of sets beyond 2^15 elements only the lowest are looked at. O(n (parents + 1) elements). */
DYE_MUST_CHECK DYE_API enum dye_status dye_lineage_parents(const struct dye_lineage_dump *dump,
                                                           const struct dye_lineage_dump *earlier, size_t n,
                                                           struct dye_lineage_parent *ret, size_t *ret_n,
                                                           struct dye_error *err);

/* ---- finding what to compare ---- */

/*
 * How many bits of scale the sample of a set of so many distinct elements has that an index of all dumps keeps: none up
 * to DYE_LINEAGE_SAMPLE, then as many as leave about that many, but at most 4 while that leaves no more than 2^15.
 *
 * Dumps are compared when they have one sampled element in common. With c elements of a kind in common, and the larger
 * dump's sample at scale 2^-j, none is with probability (1 - 2^-j)^c: of 261 rows taken out of 400,000 (j = 4) 5e-8, of
 * 20 rows 0.28, for one kind; for two kinds its square.
 */
#define DYE_LINEAGE_SAMPLE 512
DYE_API unsigned dye_lineage_sample_bits(uint64_t distinct);
/* How many elements of the set are in it: the first. O(log n). */
DYE_API size_t dye_lineage_sample(const struct dye_lineage_set *s);

#endif
