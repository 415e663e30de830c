#ifndef DYE_ATTRIBUTE_MODEL_H
#define DYE_ATTRIBUTE_MODEL_H
/*
 * model: a case put in order, and what its canaries say of one source.
 *
 * A canary is explained while a source (or the search) covers it; explained canaries count for nobody. Covering is
 * counted, so that a trial can be undone.
 */
#include "dye/attribute.h"

enum { MODEL_GRID = 101 };

struct model_holding {
    uint32_t source, canary;
    int64_t planted_at;
};
struct model {
    const struct dye_attribute_params *params;
    uint32_t n_sources, n_canaries;
    uint32_t tested;                            /* sources that held a canary: what Bonferroni multiplies by */
    uint32_t controls;                          /* seen */
    uint32_t inherited;                         /* seen, and explained by an earlier dump */
    double survival[MODEL_GRID], q[MODEL_GRID]; /* r, and the probability that r gives a canary of the leaking source */
    bool any_seen;                              /* however weakly; controls do not count */
    double *seen;                               /* by canary: probability, 0 when not seen or a control */
    uint32_t *covered;                          /* by canary */
    /* What was held at acquired_at, once each: source i has held[from[i] .. from[i + 1]), by canary. The same by
     * canary: t was held by holder[holder_from[t] .. holder_from[t + 1]). */
    struct model_holding *held;
    size_t *from;
    uint32_t *holder;
    size_t *holder_from;
};

/* Borrows params. *m is for model_done whatever is returned. DYE_E_USAGE, DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status model_init(struct model *m, const struct dye_attribute_case *c,
                                          const struct dye_attribute_params *params, struct dye_error *err);
void model_done(struct model *m);

void model_cover(struct model *m, uint32_t source);
void model_uncover(struct model *m, uint32_t source);

/* Of a source, on its canaries that are not covered. O(held + MODEL_GRID x seen). */
double model_log10_lr(const struct model *m, uint32_t source);
struct weight {
    double log10_lr, posterior, p_value;
    uint32_t seen; /* probability at least a half */
};
struct weight model_weigh(const struct model *m, uint32_t source);
bool weight_passes(const struct weight *w, const struct dye_attribute_params *p);

static inline bool model_is_open(const struct model *m, uint32_t canary)
{
    return m->covered[canary] == 0 && m->seen[canary] > 0;
}

#endif
