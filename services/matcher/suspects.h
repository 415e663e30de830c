#ifndef DYE_SUSPECTS_H
#define DYE_SUSPECTS_H
/*
 * suspects: what sketches say of the registry's newer canaries: which dumps may hold which, gathered from all images in
 * one pass over the database.
 */
#include "dye/marks.h"
#include "store.h"

#include <stdatomic.h>

/* A canary whose tokens one image may hold. */
struct suspect {
    char dump[20];
    uint32_t part;
    const char *canary; /* belongs to the marks' index */
    char variant;
    uint64_t kinds; /* bit k: its enum dye_kind k was met; two that agree are evidence without a reading */
    uint8_t form[DYE_KIND_COUNT];
    double bits[DYE_KIND_COUNT]; /* what each kind says: its weight, or what the sketch leaves of it */
};

struct suspects {
    struct suspect *at; /* by dump */
    size_t n, cap;
};
/* Beyond it: DYE_E_LIMIT. Most are false, or a flood of true ones, and both want a narrower question. */
#define SUSPECTS_MAX (1u << 20)

/* Which images: `since` as in dye_marks_check, `epoch` the registry's; `skip_hunted`: not what dump.hunted says is
 * done. */
struct suspects_query {
    uint64_t since, epoch;
    bool skip_hunted;
};
/* The lowest epoch that some image was not asked about yet; q->epoch when there is none. */
DYE_MUST_CHECK enum dye_status suspects_floor(struct store *s, const struct suspects_query *q, uint64_t *ret,
                                              struct dye_error *err);
/* ret: starts zeroed; suspects_done either way. *stop (may be NULL) set: DYE_STOPPED. */
DYE_MUST_CHECK enum dye_status suspects_find(struct store *s, const struct suspects_query *q,
                                             const struct dye_marks *marks, const atomic_bool *stop,
                                             struct suspects *ret, struct dye_error *err);
void suspects_done(struct suspects *x);

#endif
