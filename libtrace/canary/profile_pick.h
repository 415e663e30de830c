#ifndef DYE_CANARY_PROFILE_PICK_H
#define DYE_CANARY_PROFILE_PICK_H
/* profile_pick: drawing from groups beside profile_pick and profile_pick_rest (profile.h). Private to the layer. */
#include "draw.h"
#include "profile.h"

struct profile_passed { /* a group whose values had their chance */
    const struct dye_profile *p;
    const struct profile_group *g;
};
/* A profile_filter; arg: struct profile_passed. */
bool profile_is_not_in(const char *value, const void *arg);

/* Contexts from the narrowest to the widest: what is rare in one is drawn from the next, without what was frequent in
 * the narrower ones: that had its chance. */
enum { CONTEXTS_MAX = 4 };
struct widening {
    const struct dye_profile *p;
    const char *column, *facet;
    struct dye_prf *draw;
    bool no_region; /* nothing says which province and prefecture are meant */
    const struct profile_group *passed[CONTEXTS_MAX];
    size_t n;
};
/* A value of that context; NULL for what is rare there, unless it is the last. */
const char *profile_widen(struct widening *w, const char *context, bool last);

#endif
