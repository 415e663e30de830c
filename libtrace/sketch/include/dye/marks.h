#ifndef DYE_MARKS_H
#define DYE_MARKS_H
/*
 * marks: what is looked for in sketches: an index's entries as tokens of sketches, those of the newest epochs first.
 *
 * No plain value is needed: an entry holds its probe, and a sketch's token is a function of it (dye/sketch.h).
 */
#include "dye/sketch.h"

struct dye_mark {
    uint64_t token;
    const char *canary; /* belongs to its index */
    uint32_t epoch;
    uint8_t kind, form, class; /* enum dye_kind, enum dye_form, enum dye_token_class */
    char variant;
};
/* One mark found in one image. */
struct dye_mark_hit {
    size_t image; /* as the caller numbers them */
    const struct dye_mark *mark;
    uint32_t bits; /* of the image: the chance of this hit without the token is 2^-bits */
};
typedef enum dye_status (*dye_mark_hit_fn)(void *arg, const struct dye_mark_hit *hit);

struct dye_marks;
/* Whether entries of a canary are wanted. */
typedef bool (*dye_mark_filter_fn)(void *arg, const char *canary);

/* Entries of epochs after `since` whose canary `filter` (NULL: all) wants. The set outlives the marks. DYE_E_LIMIT
 * beyond DYE_MARKS_MAX (2 GiB): a narrower question is needed; DYE_E_NOMEM. O(entries log entries). Made by one thread,
 * then read by any number. */
#define DYE_MARKS_MAX (INT64_C(1) << 26)
DYE_MUST_CHECK DYE_API enum dye_status dye_marks_new(const struct dye_index_set *set, const struct dye_key *sketch_key,
                                                     uint64_t since, dye_mark_filter_fn filter, void *arg,
                                                     struct dye_marks **ret, struct dye_error *err);
DYE_API void dye_marks_free(struct dye_marks *m); /* takes NULL; wipes */
DYE_API size_t dye_marks_count(const struct dye_marks *m);

/* Those of epochs after `since` that one image may hold, class by class: a class that the image has nothing of costs
 * nothing, another three reads a mark. Returns DYE_OK or what fn returned. */
DYE_MUST_CHECK DYE_API enum dye_status dye_marks_check(const struct dye_marks *m, const struct dye_sketch *s,
                                                       uint64_t since, size_t image, dye_mark_hit_fn fn, void *arg);

#endif
