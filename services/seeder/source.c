#include "source.h"

#include <stdio.h>

enum dye_status source_find(struct store *s, const char *path, struct source *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT source_id, owner_id, path, sector FROM dyetrace.source WHERE path = $1", "s",
                      path));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "source: %s: unknown; dyetrace source add makes it", path);
    ret->source_id = store_int(r, 0, 0);
    ret->owner_id = store_int(r, 0, 1);
    snprintf(ret->path, sizeof ret->path, "%s", store_text(r, 0, 2));
    snprintf(ret->sector, sizeof ret->sector, "%s", store_text(r, 0, 3));
    return DYE_OK;
}
