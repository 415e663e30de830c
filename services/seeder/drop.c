#include "drop.h"

#include "zone.h"

#include <inttypes.h>
#include <stdio.h>

enum dye_status drop_note(void *arg, const char *directory, const char *name, bool complete, struct dye_error *err)
{
    const struct drop_note *n = arg;
    if (!complete)
        return store_run(n->store, err, NULL,
                         "INSERT INTO dyetrace.drop_file (source_id, directory, name) VALUES ($1, $2, $3)", "iss",
                         n->source->source_id, directory, name);
    DYE_TRY(store_begin(n->store, err));
    for (int i = 0; i < PQntuples(n->rows); i++)
        DYE_TRY(store_run(n->store, err, NULL,
                          "INSERT INTO dyetrace.drop_placement (placement_id, drop_id)"
                          " SELECT $1, f.drop_id FROM dyetrace.drop_file f WHERE f.name = $2",
                          "is", store_int(n->rows, i, 0), name));
    return store_commit(n->store, err);
}

/* drop_id, directory, name: files with canaries of which it is not on record whether they stand. */
static enum dye_status find_open(struct store *s, const struct source *source, PGresult **ret, struct dye_error *err)
{
    return store_run(s, err, ret,
                     "SELECT f.drop_id, f.directory, f.name FROM dyetrace.drop_file f WHERE f.source_id = $1"
                     " AND f.called_off_at IS NULL AND EXISTS (SELECT FROM dyetrace.drop_placement d"
                     " JOIN dyetrace.placement p USING (placement_id) WHERE d.drop_id = f.drop_id"
                     " AND p.state = 'committed') ORDER BY 1",
                     "i", source->source_id);
}

/* The whole file stands, whichever of its canaries were burned since. */
static enum dye_status set_planted(struct store *s, int64_t drop, PGresult **ret, struct dye_error *err)
{
    return store_run(s, err, ret,
                     "UPDATE dyetrace.placement p SET state = 'planted' FROM dyetrace.drop_placement d"
                     " WHERE d.drop_id = $1 AND d.placement_id = p.placement_id AND p.state = 'committed'"
                     " RETURNING p.placement_id",
                     "i", drop);
}

enum dye_status drop_finish(struct store *s, const struct source *source, uint64_t *ret_planted, struct dye_error *err)
{
    STORE_RESULT open = NULL;
    uint64_t planted = 0;
    DYE_TRY(drop_sweep(s, source, err));
    DYE_TRY(find_open(s, source, &open, err));
    for (int i = 0; i < PQntuples(open); i++) {
        STORE_RESULT done = NULL;
        char detail[64];
        DYE_TRY(connector_csv_release(store_text(open, i, 1), store_text(open, i, 2), err));
        DYE_TRY(store_begin(s, err));
        DYE_TRY(set_planted(s, store_int(open, i, 0), &done, err));
        snprintf(detail, sizeof detail, "{\"count\":%d}", PQntuples(done));
        DYE_TRY(zone_audit(s, "plant", source->path, "done", detail, err));
        DYE_TRY(store_commit(s, err));
        planted += (uint64_t)PQntuples(done);
    }
    *ret_planted = planted;
    return DYE_OK;
}

enum dye_status drop_call_off(struct store *s, const struct source *source, struct dye_error *err)
{
    STORE_RESULT open = NULL;
    DYE_TRY(find_open(s, source, &open, err));
    for (int i = 0; i < PQntuples(open); i++) {
        bool waits = false;
        DYE_TRY(connector_csv_waits(store_text(open, i, 1), store_text(open, i, 2), &waits, err));
        if (waits)
            DYE_TRY(store_run(s, err, NULL, "UPDATE dyetrace.drop_file SET called_off_at = now() WHERE drop_id = $1",
                              "i", store_int(open, i, 0)));
        else
            DYE_TRY(set_planted(s, store_int(open, i, 0), NULL, err));
    }
    return DYE_OK;
}

enum dye_status drop_sweep(struct store *s, const struct source *source, struct dye_error *err)
{
    STORE_RESULT off = NULL;
    DYE_TRY(store_run(s, err, NULL,
                      "UPDATE dyetrace.drop_file f SET called_off_at = now() WHERE f.source_id = $1"
                      " AND f.called_off_at IS NULL AND NOT EXISTS"
                      " (SELECT FROM dyetrace.drop_placement d WHERE d.drop_id = f.drop_id)",
                      "i", source->source_id));
    DYE_TRY(store_run(s, err, &off,
                      "SELECT drop_id, directory, name FROM dyetrace.drop_file WHERE source_id = $1"
                      " AND called_off_at IS NOT NULL AND removed_at IS NULL",
                      "i", source->source_id));
    for (int i = 0; i < PQntuples(off); i++) {
        DYE_TRY(connector_csv_discard(store_text(off, i, 1), store_text(off, i, 2), err));
        DYE_TRY(store_run(s, err, NULL, "UPDATE dyetrace.drop_file SET removed_at = now() WHERE drop_id = $1", "i",
                          store_int(off, i, 0)));
    }
    return DYE_OK;
}
