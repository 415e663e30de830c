#ifndef DYE_ATTRIBUTE_HOLDINGS_H
#define DYE_ATTRIBUTE_HOLDINGS_H
/*
 * holdings: who held what when the dump was acquired, by itself or because it flowed there; in order by source.
 */
#include "dye/attribute.h"

struct holding {
    uint32_t source, canary;
    uint32_t origin; /* the source that it was planted in, from which it flowed here; itself, or one of several */
    uint8_t variants;
    int64_t planted_at, withdrawn_at; /* INT64_MAX: never */
};
/* Source i has at[from[i] .. from[i + 1]), by canary, each once. */
struct holdings {
    struct holding *at;
    size_t n;
    size_t *from;
};

/*
 * Leaves out what was planted later than the acquisition, canaries that are `out`, and what was withdrawn before the
 * acquisition and is not in `seen` (probability by canary): the copy may be of before or after. DYE_E_NOMEM,
 * DYE_E_LIMIT.
 */
DYE_MUST_CHECK enum dye_status holdings_gather(const struct dye_attribute_case *c, const bool *out, const double *seen,
                                               struct holdings *ret_exclusive, struct holdings *ret_shared,
                                               struct dye_error *err);
/* Source i's become node[i]'s, for all i. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status holdings_raise(struct holdings *h, const uint32_t *node, size_t n_sources,
                                              size_t n_canaries);
void holdings_done(struct holdings *h);

#endif
