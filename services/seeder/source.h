#ifndef DYE_SOURCE_H
#define DYE_SOURCE_H
/* source: a row of the tree, as the seeder's verbs want it. */
#include "store.h"

struct source {
    int64_t source_id, owner_id;
    char path[512];
    char sector[48];
};
/* DYE_E_NOTFOUND "source: PATH: unknown; dyetrace source add makes it". */
DYE_MUST_CHECK enum dye_status source_find(struct store *s, const char *path, struct source *ret,
                                           struct dye_error *err);
#endif
