#include "planting.h"

#include "connector.h"
#include "person.h"
#include "queue.h"
#include "sector_file.h"
#include "stamp_time.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct batch {
    struct connector connector;
    struct dye_sector sector;
    PGresult
        *rows; /* placement_id, serial, canary_id, variant, serial_b, day made on, sector made for, planted_at (s) */
    struct dye_persona *personas;
    struct dye_stamp *stamps;
    enum connector_outcome *outcome;
    size_t n;
};

static void batch_done(struct batch *b)
{
    PQclear(b->rows);
    for (size_t i = 0; b->personas != NULL && i < b->n; i++)
        dye_persona_wipe(&b->personas[i]);
    free(b->personas);
    free(b->stamps);
    free(b->outcome);
}

enum { BATCH = PERSONS_MAX }; /* some KiB each */

static enum dye_status batch_load(const struct home *h, struct registrar *r, const struct source *source,
                                  const char *state, int64_t after, struct batch *ret, struct dye_error *err)
{
    DYE_TRY(connector_load(h, source->path, &ret->connector, err));
    DYE_TRY(sector_load(h, source->sector, &ret->sector, err));
    DYE_TRY(store_run(r->store, err, &ret->rows,
                      "SELECT p.placement_id, c.serial, c.canary_id, p.variant::text, j.serial_b,"
                      " (c.created_at AT TIME ZONE 'UTC')::date - date '1970-01-01', c.sector,"
                      " extract(epoch FROM p.planted_at)::bigint"
                      " FROM dyetrace.placement p JOIN dyetrace.canary c USING (canary_id)"
                      " LEFT JOIN dyetrace.code_position j USING (canary_id) WHERE p.source_id = $1 AND p.state = $2"
                      " AND c.serial IS NOT NULL"
                      " AND (p.state <> 'committed' OR NOT dyetrace.canary_is_burned(p.canary_id, now()))"
                      " AND p.placement_id > $3 ORDER BY p.placement_id LIMIT $4",
                      "isii", source->source_id, state, after, (int64_t)BATCH));
    size_t n = (size_t)PQntuples(ret->rows);
    ret->personas = calloc(n + 1, sizeof *ret->personas);
    ret->stamps = calloc(n + 1, sizeof *ret->stamps);
    ret->outcome = calloc(n + 1, sizeof *ret->outcome);
    if (ret->personas == NULL || ret->stamps == NULL || ret->outcome == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "planting: out of memory");
    ret->n = n;
    for (int row = 0; row < (int)n; row++) {
        char when[15];
        stamp_time((time_t)store_int(ret->rows, row, 7), when);
        dye_stamp_make(&r->message_key, store_text(ret->rows, row, 2), store_text(ret->rows, row, 3)[0], source->path,
                       when, &ret->stamps[row]);
    }
    /* A source's sector may be another now, or that of another holder: who the person is does not change by it. */
    static const struct person_columns columns = {
        .serial = 1, .canary = 2, .variant = 3, .serial_b = 4, .made_on = 5, .sector = 6};
    return person_load_rows(h, r, ret->rows, &columns, 0, (int)n, ret->personas, err);
}

static struct connector_batch carried(const struct batch *b)
{
    return (struct connector_batch){&b->sector, b->personas, b->stamps, b->n};
}

static uint64_t count(const struct batch *b, enum connector_outcome outcome)
{
    uint64_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->outcome[i] == outcome;
    return n;
}

static enum dye_status set_states(struct store *s, const struct batch *b, const char *event, const char *sql,
                                  const struct source *source, uint64_t *ret_done, struct dye_error *err)
{
    char detail[64];
    uint64_t done = count(b, CONNECTOR_DONE);
    if (done == 0) /* the daemon comes by every few seconds: nothing done is nothing to audit */
        return DYE_OK;
    DYE_TRY(store_begin(s, err));
    for (size_t i = 0; i < b->n; i++) {
        if (b->outcome[i] != CONNECTOR_DONE)
            continue;
        DYE_TRY(store_run(s, err, NULL, sql, "i", store_int(b->rows, (int)i, 0)));
    }
    snprintf(detail, sizeof detail, "{\"count\":%" PRIu64 "}", done);
    DYE_TRY(zone_audit(s, event, source->path, "done", detail, err));
    DYE_TRY(store_commit(s, err));
    *ret_done = done;
    return DYE_OK;
}

static enum dye_status plant_batch(const struct home *h, struct registrar *r, const struct source *source,
                                   int64_t *after, struct planting_result *result, struct batch *b,
                                   struct dye_error *err)
{
    DYE_TRY(batch_load(h, r, source, "committed", *after, b, err));
    if (b->n == 0)
        return DYE_END;
    const struct connector_batch records = carried(b);
    uint64_t done = 0;
    enum dye_status status = connector_plant(&b->connector, &records, b->outcome, err);
    DYE_TRY(
        set_states(r->store, b, "plant",
                   "UPDATE dyetrace.placement SET state = 'planted' WHERE placement_id = $1 AND state = 'committed'",
                   source, &done, err));
    result->taken += count(b, CONNECTOR_TAKEN);
    result->refused += count(b, CONNECTOR_REFUSED);
    result->done += done;
    DYE_TRY(status); /* of what broke off, the part that is certain is on record */
    *after = store_int(b->rows, (int)b->n - 1, 0);
    return DYE_OK;
}

void planting_print(const char *source, const struct planting_result *result, bool json)
{
    if (!json) {
        printf("%s: %" PRIu64 " planted, %" PRIu64 " with a key that another row has, %" PRIu64 " refused\n", source,
               result->done, result->taken, result->refused);
        return;
    }
    json_t *o = json_pack("{s:s, s:I, s:I, s:I}", "source", source, "planted", (json_int_t)result->done, "taken",
                          (json_int_t)result->taken, "refused", (json_int_t)result->refused);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

void planting_print_remains(const char *canary, const char *source, const char *why)
{
    json_t *o = json_pack("{s:s, s:s, s:s}", "canary", canary, "source", source, "remains", why);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

/* What is certain is on record also when the batch broke off in the middle. */
static enum dye_status take_out(struct registrar *r, const struct source *source, bool confirmed,
                                struct planting_result *result, struct batch *b, struct dye_error *err)
{
    const struct connector_batch records = carried(b);
    uint64_t done = 0;
    enum dye_status status = connector_withdraw(&b->connector, &records, b->outcome, err);
    for (size_t i = 0; i < b->n; i++) {
        if (b->outcome[i] != CONNECTOR_ALTERED && b->outcome[i] != CONNECTOR_REFUSED)
            continue;
        if (confirmed) {
            planting_print_remains(store_text(b->rows, (int)i, 2), source->path,
                                   b->outcome[i] == CONNECTOR_ALTERED ? "altered" : "refused");
            result->remains++;
        } else {
            b->outcome[i] = CONNECTOR_DONE; /* what a source does not know as ours, or refuses, was never planted */
        }
    }
    DYE_TRY(set_states(r->store, b, "withdraw",
                       "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now()"
                       " WHERE placement_id = $1 AND state <> 'withdrawn'",
                       source, &done, err));
    result->done += done;
    return status;
}

static enum dye_status withdraw_state(const struct home *h, struct registrar *r, const struct source *source,
                                      const char *state, bool confirmed, int64_t *after, struct planting_result *result,
                                      struct batch *b, struct dye_error *err)
{
    DYE_TRY(batch_load(h, r, source, state, *after, b, err));
    if (b->n == 0)
        return DYE_END;
    DYE_TRY(take_out(r, source, confirmed, result, b, err));
    *after = store_int(b->rows, (int)b->n - 1, 0);
    return DYE_OK;
}

static enum dye_status withdraw_batch(const struct home *h, struct registrar *r, const struct source *source,
                                      int64_t *after, struct planting_result *result, struct batch *b,
                                      struct dye_error *err)
{
    return withdraw_state(h, r, source, "planted", true, after, result, b, err);
}

/* What waits must not be planted after the withdrawal. It may stand all the same, when a crash came between the
 * source's commit and ours, so the source is asked. */
static enum dye_status withdraw_waiting(const struct home *h, struct registrar *r, const struct source *source,
                                        int64_t *after, struct planting_result *result, struct batch *b,
                                        struct dye_error *err)
{
    return withdraw_state(h, r, source, "committed", false, after, result, b, err);
}

/* The same where nobody can be asked: no connector, or one that can't take back. */
static enum dye_status call_off(struct store *s, const struct source *source, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now()"
                      " WHERE source_id = $1 AND state = 'committed' RETURNING placement_id",
                      "i", source->source_id));
    if (PQntuples(r) > 0)
        DYE_TRY(zone_audit(s, "call off", source->path, "done", NULL, err));
    return store_commit(s, err);
}

typedef enum dye_status (*batch_fn)(const struct home *h, struct registrar *r, const struct source *source,
                                    int64_t *after, struct planting_result *result, struct batch *b,
                                    struct dye_error *err);

static enum dye_status all_batches(const struct home *h, struct registrar *r, const struct source *source, batch_fn fn,
                                   struct planting_result *ret, struct dye_error *err)
{
    struct planting_result result = {0};
    int64_t after = 0;
    enum dye_status status;
    DYE_TRY(queue_lease(r->store, "source", source->path, err));
    do {
        struct batch b = {0};
        status = fn(h, r, source, &after, &result, &b, err);
        batch_done(&b);
    } while (status == DYE_OK);
    if (status != DYE_END) {
        struct dye_error ignored;
        store_rollback(r->store);
        (void)!queue_release(r->store, "source", source->path, &ignored);
        return status;
    }
    *ret = result;
    return queue_release(r->store, "source", source->path, err);
}

enum dye_status planting_plant(const struct home *h, struct registrar *r, const struct source *source,
                               struct planting_result *ret, struct dye_error *err)
{
    return all_batches(h, r, source, plant_batch, ret, err);
}

enum dye_status planting_withdraw(const struct home *h, struct registrar *r, const struct source *source,
                                  struct planting_result *ret, struct dye_error *err)
{
    struct planting_result waiting = {0};
    enum dye_status status = all_batches(h, r, source, withdraw_waiting, &waiting, err);
    if (status == DYE_E_NOTFOUND || status == DYE_E_USAGE)
        status = call_off(r->store, source, err);
    DYE_TRY(status);
    DYE_TRY(all_batches(h, r, source, withdraw_batch, ret, err));
    ret->done += waiting.done;
    return DYE_OK;
}

/* The values of canaries leave with this, so it is audited like a reveal, and before. */
static enum dye_status show_batch(const struct home *h, struct registrar *r, const struct source *source,
                                  int64_t *after, struct planting_result *result, struct batch *b,
                                  struct dye_error *err)
{
    char detail[64];
    (void)result;
    DYE_TRY(batch_load(h, r, source, "committed", *after, b, err));
    if (b->n == 0)
        return DYE_END;
    snprintf(detail, sizeof detail, "{\"count\":%zu}", b->n);
    DYE_TRY(zone_audit(r->store, "plant dry run", source->path, "shown", detail, err));
    *after = store_int(b->rows, (int)b->n - 1, 0);
    const struct connector_batch records = carried(b);
    return connector_show(&b->connector, &records, err);
}

enum dye_status planting_show(const struct home *h, struct registrar *r, const struct source *source,
                              struct dye_error *err)
{
    struct planting_result ignored;
    return all_batches(h, r, source, show_batch, &ignored, err);
}
