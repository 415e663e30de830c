#include "rotation.h"

#include "planting.h"
#include "queue.h"
#include "sector_file.h"

#include <inttypes.h>
#include <stdio.h>

enum dye_status rotation_find(struct store *s, const struct source *source, int64_t *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT rotation_id FROM dyetrace.rotation WHERE source_id = $1 AND finished_at IS NULL", "i",
                      source->source_id));
    *ret = PQntuples(r) != 0 ? store_int(r, 0, 0) : 0;
    return DYE_OK;
}

enum dye_status rotation_size(struct store *s, const struct source *source, uint64_t *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT count(*) FROM dyetrace.rotation_pick($1::integer, NULL)", "i",
                      source->source_id));
    *ret = (uint64_t)store_int(r, 0, 0);
    return DYE_OK;
}

/* ---- opening ---- */

struct opening {
    const struct source *source;
    uint64_t count;
    int64_t rotation;
};

/* In the transaction that registers the fresh canaries. */
static enum dye_status note(struct store *s, void *arg, struct dye_error *err)
{
    struct opening *o = arg;
    STORE_RESULT rotation = NULL;
    STORE_RESULT out = NULL;
    DYE_TRY(store_run(s, err, &rotation,
                      "INSERT INTO dyetrace.rotation (source_id) VALUES ($1)"
                      " ON CONFLICT (source_id) WHERE finished_at IS NULL DO NOTHING RETURNING rotation_id",
                      "i", o->source->source_id));
    if (PQntuples(rotation) == 0)
        DYE_FAIL(err, DYE_E_AGAIN, "rotate: %s: a rotation was begun meanwhile", o->source->path);
    o->rotation = store_int(rotation, 0, 0);
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.rotation_fresh (rotation_id, placement_id) SELECT $1, p.placement_id"
                      " FROM dyetrace.placement p JOIN pg_temp.new_placement n USING (leaf_index)",
                      "i", o->rotation));
    DYE_TRY(store_run(s, err, &out,
                      "INSERT INTO dyetrace.rotation_placement (rotation_id, placement_id, why)"
                      " SELECT $1, k.placement_id, k.why FROM dyetrace.rotation_pick($2::integer, $3) k"
                      " RETURNING placement_id",
                      "iii", o->rotation, o->source->source_id, (int64_t)o->count));
    if ((uint64_t)PQntuples(out) != o->count)
        DYE_FAIL(err, DYE_E_AGAIN, "rotate: %s: it has fewer canaries now", o->source->path);
    return DYE_OK;
}

enum dye_status rotation_open(const struct home *h, struct registrar *r, const struct source *source,
                              const struct rotation_request *q, int64_t *ret, struct dye_error *err)
{
    struct dye_sector sector;
    struct opening o = {.source = source, .count = q->count};
    char detail[256];
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    DYE_TRY(registrar_detail((long long)q->count, q->no_hit, detail, sizeof detail, err));
    const struct registrar_batch batch = {.sector = &sector,
                                          .owner_id = source->owner_id,
                                          .source_id = source->source_id,
                                          .source_path = source->path,
                                          .state = q->state,
                                          .count = q->count,
                                          .check = note,
                                          .check_arg = &o,
                                          .audit_event = "rotate",
                                          .audit_detail = detail};
    DYE_TRY(registrar_register(r, &batch, NULL, NULL, err));
    *ret = o.rotation;
    return DYE_OK;
}

/* ---- carrying out ---- */

static enum dye_status finish(struct store *s, const struct source *source, int64_t rotation,
                              const struct rotation_result *result, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    char detail[128];
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.rotation SET finished_at = now() WHERE rotation_id = $1"
                      " AND finished_at IS NULL RETURNING rotation_id",
                      "i", rotation));
    if (PQntuples(r) == 0) /* another run was faster */
        return DYE_OK;
    snprintf(detail, sizeof detail, "{\"rotation\":%" PRId64 ",\"remains\":%" PRIu64 "}", rotation, result->remains);
    return zone_audit(s, "rotated", source->path, "done", detail, err);
}

enum dye_status rotation_plant(const struct home *h, struct registrar *r, const struct source *source, int64_t rotation,
                               struct rotation_result *ret, struct dye_error *err)
{
    struct planting_result planted = {0};
    STORE_RESULT fresh = NULL;
    DYE_TRY(planting_plant(h, r, source, &planted, err));
    DYE_TRY(store_run(r->store, err, &fresh,
                      "SELECT count(*) FILTER (WHERE p.state <> 'committed'), count(*) FILTER (WHERE p.state ="
                      " 'committed') FROM dyetrace.rotation_fresh f JOIN dyetrace.placement p USING (placement_id)"
                      " WHERE f.rotation_id = $1",
                      "i", rotation));
    ret->planted = (uint64_t)store_int(fresh, 0, 0);
    ret->waiting = (uint64_t)store_int(fresh, 0, 1);
    if (ret->planted == 0)
        DYE_FAIL(err, DYE_E_AGAIN, "rotate: %s: it takes no fresh canary, so the old ones stay", source->path);
    return DYE_OK;
}

enum dye_status rotation_carry(const struct home *h, struct registrar *r, const struct source *source, int64_t rotation,
                               struct rotation_result *ret, struct dye_error *err)
{
    struct rotation_result result = {0};
    struct planting_result out = {0};
    DYE_TRY(rotation_plant(h, r, source, rotation, &result, err));
    DYE_TRY(planting_withdraw_rotation(h, r, source, rotation, &out, err));
    result.withdrawn = out.done;
    result.remains = out.remains;
    DYE_TRY(store_begin(r->store, err));
    DYE_TRY(finish(r->store, source, rotation, &result, err));
    DYE_TRY(store_commit(r->store, err));
    *ret = result;
    return DYE_OK;
}

static enum dye_status take_out(struct store *s, const struct source *source, int64_t rotation,
                                struct rotation_result *ret, struct dye_error *err)
{
    STORE_RESULT out = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, &out,
                      "UPDATE dyetrace.placement p SET state = 'withdrawn', withdrawn_at = now()"
                      " FROM dyetrace.rotation_placement o WHERE o.rotation_id = $1"
                      " AND o.placement_id = p.placement_id AND p.state = 'planted' RETURNING p.placement_id",
                      "i", rotation));
    ret->withdrawn = (uint64_t)PQntuples(out);
    DYE_TRY(finish(s, source, rotation, ret, err));
    return store_commit(s, err);
}

enum dye_status rotation_taken_out(struct store *s, const struct source *source, int64_t rotation,
                                   struct rotation_result *ret, struct dye_error *err)
{
    struct dye_error ignored;
    DYE_TRY(queue_lease(s, "source", source->path, err));
    enum dye_status status = take_out(s, source, rotation, ret, err);
    store_rollback(s);
    enum dye_status released = queue_release(s, "source", source->path, status == DYE_OK ? err : &ignored);
    return status == DYE_OK ? released : status;
}
