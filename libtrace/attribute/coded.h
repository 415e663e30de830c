#ifndef DYE_ATTRIBUTE_CODED_H
#define DYE_ATTRIBUTE_CODED_H
/*
 * coded: what is seen of shared canaries -> an e-value against each holder of copies, and which holders it can't tell
 * apart because one copy flowed to the other.
 */
#include "model.h"

struct coded {
    const struct model *m;
    const struct dye_attribute_case *c;
    /* By canary, of those that one variant was seen of: what it multiplies the e-value of who had A, or B, by. */
    double *log_a, *log_b;
    double *log_e;    /* by source: the logarithm of its e-value; 0 where nothing of its own was seen */
    uint32_t *shared; /* by source: its shared canaries that one variant was seen of */
    uint32_t *agree;  /* by source: and that in the variant it held */
    double *log_p;    /* by source: Chernoff's bound of its score; 0 where log_e isn't above it */
    uint32_t holders; /* sources with any `shared` */
};

/* For each source by itself. *ret is for coded_done whatever is returned. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status coded_init(struct coded *ret, const struct model *m, const struct dye_attribute_case *c);
/* After model_raise with the same nodes: the mean of the e-values of what a node pools. */
DYE_MUST_CHECK enum dye_status coded_raise(struct coded *k, const uint32_t *node);
void coded_done(struct coded *k);

/* By source, the smallest of the sources whose copies are its own by flows, or the same throughout; at any remove.
 * DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status coded_ties(const struct coded *k, uint32_t *ret_tie);

/* The logarithm of (1 + e) / 2. */
double coded_half(double log_e);

#endif
