#include "subject.h"

/* `kind` is what the message calls it; `sql` finds a row by its name. */
static enum dye_status find(struct store *s, const char *kind, const char *sql, const char *name, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    if (name == NULL)
        return DYE_OK;
    DYE_TRY(store_run(s, err, &r, sql, "s", name));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "%s: %.200s: unknown", kind, name);
    return DYE_OK;
}

enum dye_status subject_dump(struct store *s, const char *dump, struct dye_error *err)
{
    return find(s, "dump", "SELECT FROM dyetrace.dump WHERE dump_id = $1", dump, err);
}

enum dye_status subject_canary(struct store *s, const char *canary, struct dye_error *err)
{
    return find(s, "canary", "SELECT FROM dyetrace.canary WHERE canary_id = $1", canary, err);
}

enum dye_status subject_source(struct store *s, const char *path, struct dye_error *err)
{
    return find(s, "source", "SELECT FROM dyetrace.source WHERE path = $1", path, err);
}
