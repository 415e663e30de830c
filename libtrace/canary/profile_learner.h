#ifndef DYE_CANARY_PROFILE_LEARNER_H
#define DYE_CANARY_PROFILE_LEARNER_H
/* profile_learner: what its files share. Private to the layer. */
#include "counts.h"
#include "profile_symbol.h"

/* How often one phone and one address stand in a table: of a sample of them by their hash, so that the whole share of
 * each in the sample is counted, in bounded memory. */
enum { GROUPING_SLOTS = 1 << 15, GROUPING_MAX = GROUPING_SLOTS / 2 };
struct grouping {
    struct grouped {
        uint64_t hash; /* 0: free */
        uint32_t rows;
        int eldest; /* the first year of birth; 0 where none shows */
    } slot[GROUPING_SLOTS];
    size_t used;
    unsigned shift; /* only hashes with as many zeros at the end are counted */
};

struct dye_profile_learner {
    struct dye_sector sector;
    struct counts counts;
    struct grouping persons, houses;
    uint64_t rows;
    uint32_t k;
};

void learner_count(struct dye_profile_learner *l, const char *column, const char *facet, const char *context,
                   const char *value);
/* filled: one FILLED_ a column. birth: when the person was born, year 0 where nothing tells. */
void learn_columns(struct dye_profile_learner *l, const struct dye_span *cells, const char *filled,
                   const struct profile_row *row, const struct profile_date *birth);
void learn_name(struct dye_profile_learner *l, const char *column, struct dye_span cell, const struct profile_row *row);

/* Whose row it is, and who lives there. */
void grouping_add(struct grouping *g, struct dye_span of, int year);
void learn_grouping(struct dye_profile_learner *l);
/* Once all is counted: of each column's parents the one that tells most; the counts of the others are dropped. */
DYE_MUST_CHECK enum dye_status learn_parents(struct dye_profile_learner *l);

#endif
