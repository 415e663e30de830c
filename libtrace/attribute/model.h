#ifndef DYE_ATTRIBUTE_MODEL_H
#define DYE_ATTRIBUTE_MODEL_H
/*
 * model: a case put in order at one level of the tree, and what its exclusive canaries say of one source.
 *
 * A canary is explained while a source (or the search) covers it; explained canaries count for nobody. Covering is
 * counted, so that a trial can be undone.
 */
#include "holdings.h"

enum { MODEL_GRID = 101 };

struct model {
    const struct dye_attribute_params *params;
    uint32_t n_sources, n_canaries;
    uint32_t tested;    /* sources that hold an exclusive canary: what Bonferroni multiplies by */
    uint32_t controls;  /* seen */
    uint32_t inherited; /* seen, and explained by an earlier dump */
    /* r; the logarithm of 1-r; and the probability that r gives a canary of the leaking source */
    double survival[MODEL_GRID], log_lost[MODEL_GRID], q[MODEL_GRID];
    bool any_seen;     /* however weakly; controls and inherited ones do not count */
    double *seen;      /* by canary: probability, 0 when not seen, inherited or a control */
    uint8_t *variants; /* by canary: of a shared one, what was seen */
    uint32_t *covered; /* by canary */
    struct holdings exclusive, shared;
    /* The exclusive ones by canary: t is held by holder[holder_from[t] .. holder_from[t + 1]). */
    uint32_t *holder;
    size_t *holder_from;
    uint32_t *seen_of;       /* by source: exclusive canaries seen, covered or not */
    uint32_t most[2];        /* the two largest of these */
    double expected_seen;    /* of exclusive canaries, by their probabilities */
    double stray;            /* the rate that p-values are computed at */
    uint32_t n_held, n_seen; /* exclusive canaries that somebody holds; and of these, those seen */
};

/* Each source by itself. Borrows params. *m is for model_done whatever is returned. DYE_E_USAGE, DYE_E_LIMIT,
 * DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status model_init(struct model *m, const struct dye_attribute_case *c,
                                          const struct dye_attribute_params *params, struct dye_error *err);
/* Source i becomes part of node[i], for all i, itself or one above. What is covered stays so. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status model_raise(struct model *m, const uint32_t *node);
void model_done(struct model *m);

void model_cover(struct model *m, uint32_t source);
void model_uncover(struct model *m, uint32_t source);

/* Of a source, on its exclusive canaries that are not covered. O(held + MODEL_GRID x seen). */
struct weight {
    double log10_lr; /* leaked, against no known source: by definition, without mis-links */
    double log_leak; /* natural: leaked, against mis-links too */
    double p_value, mislink_p;
    uint32_t seen; /* probability at least a half */
};
struct weight model_weigh(const struct model *m, uint32_t source);
double model_log10_lr(const struct model *m, uint32_t source);
double model_posterior(const struct model *m, double log_ratio);
bool weight_passes(const struct weight *w, const struct model *m);
/* How many of the canaries seen that count for this source may be mis-links. */
uint32_t model_astray(const struct model *m, uint32_t source);

static inline bool model_is_open(const struct model *m, uint32_t canary)
{
    return m->covered[canary] == 0 && m->seen[canary] > 0;
}

#endif
