#ifndef DYE_ATTRIBUTE_LEVELS_H
#define DYE_ATTRIBUTE_LEVELS_H
/*
 * levels: a case judged for each source by itself, then with everything below a source pooled in it, level by level up
 * to the top. Who was named stays so, and what it held is explained for all levels above.
 */
#include "coded.h"

/* Everything about a source, of the level that it stands on. */
struct finding {
    bool in_set;
    bool named_here; /* it, or a source below it, is in the set */
    bool tied_here;  /* it, or a source below it, is in a group */
    bool shows;      /* a canary of it was seen, however weakly */
    uint32_t group;
    double log10_lr, log_leak; /* with the code's part; log_leak natural, and against mis-links */
    struct dye_attribution_source row;
};

/* by_source has an element a source, all zero. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status levels_judge(struct model *m, struct coded *k, const struct dye_attribute_case *c,
                                            struct finding *by_source, uint32_t *ret_groups);

#endif
