#include "planting.h"

#include "drop.h"
#include "placed.h"
#include "queue.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

/* One way through a source's placements, a batch at a time. */
struct course {
    const struct home *home;
    struct registrar *registrar;
    const struct source *source;
    int64_t rotation; /* placed_filter's */
    bool lists, json; /* what remains, on standard output */
    struct connector connector;
    int64_t after;
    struct planting_result result;
    struct placed placed; /* the batch under way */
    enum connector_outcome outcome[PLACED_MAX];
};

static enum dye_status load(struct course *c, const char *state, struct dye_error *err)
{
    const struct placed_filter filter = {.state = state, .after = c->after, .rotation = c->rotation};
    memset(c->outcome, 0, sizeof c->outcome); /* CONNECTOR_PENDING */
    DYE_TRY(placed_load(c->home, c->registrar, c->source, &filter, &c->placed, err));
    return c->placed.n != 0 ? DYE_OK : DYE_END;
}

static uint64_t count(const struct course *c, enum connector_outcome outcome)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->placed.n; i++)
        n += c->outcome[i] == outcome;
    return n;
}

static enum dye_status set_states(struct course *c, const char *event, const char *sql, struct dye_error *err)
{
    struct store *s = c->registrar->store;
    char detail[64];
    uint64_t done = count(c, CONNECTOR_DONE);
    if (done == 0) /* the daemon comes by every few seconds: nothing done is nothing to audit */
        return DYE_OK;
    DYE_TRY(store_begin(s, err));
    for (size_t i = 0; i < c->placed.n; i++) {
        if (c->outcome[i] != CONNECTOR_DONE)
            continue;
        DYE_TRY(store_run(s, err, NULL, sql, "i", store_int(c->placed.rows, (int)i, 0)));
    }
    snprintf(detail, sizeof detail, "{\"count\":%" PRIu64 "}", done);
    DYE_TRY(zone_audit(s, event, c->source->path, "done", detail, err));
    DYE_TRY(store_commit(s, err));
    c->result.done += done;
    return DYE_OK;
}

static enum dye_status plant_batch(struct course *c, struct dye_error *err)
{
    struct store *s = c->registrar->store;
    uint64_t finished = 0;
    if (c->after == 0) { /* before anything else waits for the same canaries */
        DYE_TRY(drop_finish(s, c->source, &finished, err));
        c->result.done += finished;
    }
    DYE_TRY(load(c, "committed", err));
    struct drop_note note = {s, c->source, c->placed.rows};
    struct connector_batch records = placed_batch(&c->placed);
    records.note = drop_note;
    records.note_arg = &note;
    enum dye_status status = connector_plant(&c->connector, &records, c->outcome, err);
    if (status != DYE_OK)
        store_rollback(s); /* a note that failed half-way */
    DYE_TRY(set_states(
        c, "plant", "UPDATE dyetrace.placement SET state = 'planted' WHERE placement_id = $1 AND state = 'committed'",
        err));
    c->result.taken += count(c, CONNECTOR_TAKEN);
    c->result.refused += count(c, CONNECTOR_REFUSED);
    return status; /* of what broke off, the part that is certain is on record */
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

void planting_print_remains(const char *canary, const char *source, const char *why, bool json)
{
    if (!json) {
        printf("%s  %-32s remains: %s\n", canary, source, why);
        return;
    }
    json_t *o = json_pack("{s:s, s:s, s:s}", "canary", canary, "source", source, "remains", why);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

/* What is certain is on record also when the batch broke off in the middle. */
static enum dye_status take_out(struct course *c, bool confirmed, struct dye_error *err)
{
    const struct connector_batch records = placed_batch(&c->placed);
    enum dye_status status = connector_withdraw(&c->connector, &records, c->outcome, err);
    for (size_t i = 0; i < c->placed.n; i++) {
        if (c->outcome[i] != CONNECTOR_ALTERED && c->outcome[i] != CONNECTOR_REFUSED)
            continue;
        if (confirmed) {
            if (c->lists)
                planting_print_remains(store_text(c->placed.rows, (int)i, 2), c->source->path,
                                       c->outcome[i] == CONNECTOR_ALTERED ? "altered" : "refused", c->json);
            c->result.remains++;
        } else {
            c->outcome[i] = CONNECTOR_DONE; /* what a source does not know as ours, or refuses, was never planted */
        }
    }
    DYE_TRY(set_states(c, "withdraw",
                       "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now()"
                       " WHERE placement_id = $1 AND state <> 'withdrawn'",
                       err));
    return status;
}

static enum dye_status withdraw_standing(struct course *c, struct dye_error *err)
{
    DYE_TRY(load(c, "planted", err));
    return take_out(c, true, err);
}

/* What waits must not be planted after the withdrawal. It may stand all the same, when a crash came between the
 * source's commit and ours, so the source is asked. */
static enum dye_status withdraw_waiting(struct course *c, struct dye_error *err)
{
    DYE_TRY(load(c, "committed", err));
    return take_out(c, false, err);
}

/* The same where nobody can be asked: no connector, or one that can't take back. */
static enum dye_status call_off(struct store *s, const struct source *source, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(drop_call_off(s, source, err));
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now()"
                      " WHERE source_id = $1 AND state = 'committed' RETURNING placement_id",
                      "i", source->source_id));
    if (PQntuples(r) > 0)
        DYE_TRY(zone_audit(s, "call off", source->path, "done", NULL, err));
    DYE_TRY(store_commit(s, err));
    return drop_sweep(s, source, err);
}

static enum dye_status call_off_leased(struct store *s, const struct source *source, struct dye_error *err)
{
    struct dye_error ignored;
    DYE_TRY(queue_lease(s, "source", source->path, err));
    enum dye_status status = call_off(s, source, err);
    store_rollback(s);
    enum dye_status released = queue_release(s, "source", source->path, status == DYE_OK ? err : &ignored);
    return status == DYE_OK ? released : status;
}

/* DYE_END from a batch: there are no more. */
typedef enum dye_status (*batch_fn)(struct course *c, struct dye_error *err);

static enum dye_status leased(struct course *c, batch_fn fn, struct dye_error *err)
{
    enum dye_status status;
    DYE_TRY(connector_load(c->home, c->source->path, &c->connector, err));
    do {
        status = fn(c, err);
        if (status == DYE_OK)
            c->after = placed_last(&c->placed);
        placed_done(&c->placed);
        memset(&c->placed, 0, sizeof c->placed);
    } while (status == DYE_OK);
    return status == DYE_END ? DYE_OK : status;
}

static enum dye_status all_batches(struct course *c, batch_fn fn, struct planting_result *ret, struct dye_error *err)
{
    struct store *s = c->registrar->store;
    DYE_TRY(queue_lease(s, "source", c->source->path, err));
    enum dye_status status = leased(c, fn, err);
    if (status != DYE_OK) {
        struct dye_error ignored;
        store_rollback(s);
        (void)!queue_release(s, "source", c->source->path, &ignored);
        return status;
    }
    *ret = c->result;
    return queue_release(s, "source", c->source->path, err);
}

enum dye_status planting_plant(const struct home *h, struct registrar *r, const struct source *source,
                               struct planting_result *ret, struct dye_error *err)
{
    struct course c = {.home = h, .registrar = r, .source = source};
    return all_batches(&c, plant_batch, ret, err);
}

enum dye_status planting_withdraw(const struct home *h, struct registrar *r, const struct source *source, bool json,
                                  struct planting_result *ret, struct dye_error *err)
{
    struct course waiting = {.home = h, .registrar = r, .source = source};
    struct planting_result called_off = {0};
    enum dye_status status = all_batches(&waiting, withdraw_waiting, &called_off, err);
    if (status == DYE_E_NOTFOUND || status == DYE_E_USAGE)
        status = call_off_leased(r->store, source, err);
    DYE_TRY(status);
    struct course standing = {.home = h, .registrar = r, .source = source, .lists = true, .json = json};
    DYE_TRY(all_batches(&standing, withdraw_standing, ret, err));
    ret->done += called_off.done;
    return DYE_OK;
}

enum dye_status planting_withdraw_rotation(const struct home *h, struct registrar *r, const struct source *source,
                                           int64_t rotation, struct planting_result *ret, struct dye_error *err)
{
    struct course c = {.home = h, .registrar = r, .source = source, .rotation = rotation};
    return all_batches(&c, withdraw_standing, ret, err);
}

/* The values of canaries leave with this, so it is audited like a reveal, and before. */
static enum dye_status show_batch(struct course *c, struct dye_error *err)
{
    char detail[64];
    DYE_TRY(load(c, "committed", err));
    snprintf(detail, sizeof detail, "{\"count\":%zu}", c->placed.n);
    DYE_TRY(zone_audit(c->registrar->store, "plant dry run", c->source->path, "shown", detail, err));
    const struct connector_batch records = placed_batch(&c->placed);
    return connector_show(&c->connector, &records, err);
}

enum dye_status planting_show(const struct home *h, struct registrar *r, const struct source *source,
                              struct dye_error *err)
{
    struct course c = {.home = h, .registrar = r, .source = source};
    struct planting_result ignored;
    return all_batches(&c, show_batch, &ignored, err);
}
