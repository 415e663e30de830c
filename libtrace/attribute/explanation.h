#ifndef DYE_ATTRIBUTE_EXPLANATION_H
#define DYE_ATTRIBUTE_EXPLANATION_H
/*
 * explanation: which sources are needed to explain the canaries seen, and which can't be told apart.
 */
#include "model.h"

enum standing { OPEN, IN_SET, IN_GROUP, DROPPED };

struct judgement {
    enum standing standing;
    uint32_t group;       /* from 1, IN_GROUP only */
    struct weight weight; /* when it was judged; of the others at the end */
};

/* by_source has m->n_sources elements; what is not OPEN in it was judged before, and covers already. Leaves canaries
 * covered by the set and the groups. groups: how many there are. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status explanation_find(struct model *m, struct judgement *by_source, uint32_t *groups);

#endif
