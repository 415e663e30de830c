#include "retro.h"

#include "dye/buf.h"
#include "dye/link.h"
#include "ingest.h"
#include "location.h"
#include "log.h"
#include "queries.h"
#include "queue.h"
#include "suspects.h"
#include "zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *retro_outcome_name(enum retro_outcome o)
{
    static const char *const names[] = {"re-read", "original gone", "not covered"};
    return names[o];
}

static bool stopping(const struct retro *h)
{
    return h->stop != NULL && atomic_load(h->stop);
}

/* ---- which canaries ---- */

struct wanted {
    PGresult *ids; /* sorted as strcmp does; NULL: all */
};

static void wanted_done(struct wanted *w)
{
    PQclear(w->ids);
}

static bool is_wanted(void *arg, const char *canary)
{
    const struct wanted *w = arg;
    int low = 0, high = PQntuples(w->ids);
    while (low < high) {
        int mid = low + (high - low) / 2;
        int order = strcmp(canary, store_text(w->ids, mid, 0));
        if (order == 0)
            return true;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return false;
}

static enum dye_status find_wanted(const struct retro *h, struct wanted *ret, struct dye_error *err)
{
    if (h->canary == NULL && h->source == NULL)
        return DYE_OK;
    DYE_TRY(store_run(h->store, err, &ret->ids,
                      "SELECT c.canary_id FROM dyetrace.canary c WHERE ($1::text IS NULL OR c.canary_id = $1)"
                      " AND ($2::text IS NULL OR EXISTS (SELECT FROM dyetrace.placement p JOIN dyetrace.source s"
                      " USING (source_id) WHERE p.canary_id = c.canary_id AND (s.path = $2"
                      " OR starts_with(s.path, $2 || '/')))) ORDER BY c.canary_id COLLATE \"C\"",
                      "ss", h->canary, h->source));
    if (PQntuples(ret->ids) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "retro-hunt: no canary is %s", h->canary != NULL ? "that" : "planted there");
    return DYE_OK;
}

/* ---- one dump ---- */

struct hunt {
    const struct retro *h;
    const struct registry_snapshot *snapshot;
    struct dye_error *err;
};

/* Where its original lies, whichever acquisition left it. DYE_E_NOTFOUND: nowhere, or other bytes are there now. */
static enum dye_status reread(const struct hunt *t, const char *dump)
{
    const struct retro *h = t->h;
    struct ingest in = {.home = h->home, .store = h->store, .registry = h->registry, .stop = h->stop};
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(h->store, t->err, &r,
                      "SELECT location FROM dyetrace.acquisition WHERE dump_id = $1 AND location <> ''"
                      " GROUP BY 1 ORDER BY max(recorded_at) DESC",
                      "s", dump));
    enum dye_status status = dye_fail(t->err, DYE_E_NOTFOUND, "dump %s: its original is not where it was", dump);
    for (int i = 0; status == DYE_E_NOTFOUND && i < PQntuples(r); i++) {
        int fd = location_open(store_text(r, i, 0));
        if (fd < 0)
            continue;
        status = ingest_reread(&in, t->snapshot, fd, dump, t->err);
        close(fd);
        if (status == DYE_E_IO) /* a directory has that name now, or a disk fails: the other places are left */
            status = DYE_E_NOTFOUND;
    }
    return status;
}

static enum dye_status put_suspect(struct dye_buf *json, const struct suspect *x, uint64_t images, uint64_t canaries)
{
    double bits = 0;
    for (unsigned k = 0; k < DYE_KIND_COUNT; k++)
        bits += x->bits[k];
    DYE_TRY(dye_buf_printf(json,
                           "%s{\"part\":%" PRIu32 ",\"canary\":\"%s\",\"variant\":\"%c\",\"bits\":%.6f,"
                           "\"probability\":%.9g,\"evidence\":[",
                           json->n == 0 ? "[" : ",", x->part, x->canary, x->variant, bits,
                           dye_link_probability(bits, images, canaries)));
    bool first = true;
    for (unsigned k = 0; k < DYE_KIND_COUNT; k++) {
        if ((x->kinds & UINT64_C(1) << k) == 0)
            continue;
        DYE_TRY(dye_buf_printf(json, "%s{\"kind\":\"%s\",\"form\":\"%s\",\"bits\":%.6f}", first ? "" : ",",
                               dye_kind_name(k), dye_form_name(x->form[k]), x->bits[k]));
        first = false;
    }
    return dye_buf_append_str(json, "]}");
}

/* The suspects of one dump that two kinds agree on, of parts that nobody could read again. */
static enum dye_status store_weak(const struct hunt *t, const struct suspect *x, size_t n, const char *dump,
                                  int64_t *ret_n)
{
    enum { MAX_BYTES = 256 << 20 };
    struct store *s = t->h->store;
    struct dye_buf json;
    STORE_RESULT images = NULL;
    STORE_RESULT stored = NULL;
    enum dye_status status = DYE_OK;
    *ret_n = 0;
    DYE_TRY(store_run(s, t->err, &images, "SELECT count(*) FROM dyetrace.sketch WHERE dump_id = $1", "s", dump));
    uint64_t pairs = store_int(images, 0, 0) > 0 ? (uint64_t)store_int(images, 0, 0) : 1;
    dye_buf_init(&json, MAX_BYTES, false);
    for (size_t i = 0; i < n && status == DYE_OK; i++)
        if (__builtin_popcountll(x[i].kinds) >= 2)
            status = put_suspect(&json, &x[i], pairs, t->snapshot->canaries > 0 ? t->snapshot->canaries : 1);
    if (status == DYE_OK && json.n > 0)
        status = dye_buf_append_str(&json, "]");
    if (status != DYE_OK)
        status = dye_fail(t->err, status, "retro-hunt: too many suspects in one dump");
    if (status == DYE_OK && json.n > 0)
        status = store_run(s, t->err, &stored, sql_sketch_sightings, "sis", dump, (int64_t)t->snapshot->epoch,
                           (const char *)json.p);
    dye_buf_done(&json);
    if (status != DYE_OK || stored == NULL)
        return status;
    *ret_n = store_int(stored, 0, 0);
    /* Its epoch has the canaries that it shows; so an attribution counts them. */
    if (*ret_n > 0) {
        DYE_TRY(store_run(s, t->err, NULL,
                          "UPDATE dyetrace.dump SET epoch = $2, canaries = $3 WHERE dump_id = $1 AND epoch < $2", "sii",
                          dump, (int64_t)t->snapshot->epoch, (int64_t)t->snapshot->canaries));
        DYE_TRY(queue_push(s, "attribute", dump, t->err));
    }
    return DYE_OK;
}

static enum dye_status count_sightings(struct store *s, const char *dump, int64_t *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT count(*) FROM dyetrace.sighting WHERE dump_id = $1 AND NOT by_sketch", "s",
                      dump));
    *ret = store_int(r, 0, 0);
    return DYE_OK;
}

/* n suspects of one dump; none for one without sketches. */
static enum dye_status settle(const struct hunt *t, const struct suspect *x, size_t n, const char *dump)
{
    struct store *s = t->h->store;
    struct retro_result result = {.dump = dump, .outcome = RETRO_READ, .suspects = n};
    int64_t before = 0, after = 0;
    char detail[160];
    DYE_TRY(count_sightings(s, dump, &before, t->err));
    enum dye_status status = reread(t, dump);
    if (status == DYE_E_NOTFOUND)
        result.outcome = n > 0 ? RETRO_GONE : RETRO_NOT_COVERED;
    else if (status != DYE_OK)
        return status;
    DYE_TRY(count_sightings(s, dump, &after, t->err));
    result.sightings = after - before;
    DYE_TRY(store_begin(s, t->err));
    DYE_TRY(store_weak(t, x, n, dump, &result.by_sketch));
    snprintf(detail, sizeof detail,
             "{\"epoch\":%" PRIu64 ",\"suspects\":%" PRIu64 ",\"sightings\":%" PRId64 ",\"by_sketch\":%" PRId64 "}",
             t->snapshot->epoch, result.suspects, result.sightings, result.by_sketch);
    DYE_TRY(zone_audit(s, "retro-hunt", dump, retro_outcome_name(result.outcome), detail, t->err));
    DYE_TRY(store_commit(s, t->err));
    if (t->h->on_dump != NULL)
        t->h->on_dump(t->h->arg, &result);
    return DYE_OK;
}

/* ---- all of them ---- */

static enum dye_status settle_suspects(const struct hunt *t, const struct suspects *x)
{
    for (size_t i = 0, end; i < x->n; i = end) {
        for (end = i + 1; end < x->n && strcmp(x->at[end].dump, x->at[i].dump) == 0; end++)
            ;
        if (stopping(t->h))
            return DYE_STOPPED;
        DYE_TRY(settle(t, x->at + i, end - i, x->at[i].dump));
    }
    return DYE_OK;
}

static enum dye_status ask_sketches(const struct hunt *t, struct wanted *wanted)
{
    const struct retro *h = t->h;
    const struct suspects_query q = {.since = h->since, .epoch = t->snapshot->epoch, .skip_hunted = h->automatic};
    uint64_t floor = 0;
    DYE_TRY(suspects_floor(h->store, &q, &floor, t->err));
    if (floor >= q.epoch)
        return DYE_OK;
    DYE_CLEANUP(dye_key_wipe) struct dye_key key = {0};
    DYE_TRY(zone_key(h->home, "matcher", "sketch", h->store, &key, t->err));
    struct dye_marks *marks = NULL;
    struct suspects suspects = {0};
    DYE_TRY(
        dye_marks_new(&t->snapshot->set, &key, floor, wanted->ids != NULL ? is_wanted : NULL, wanted, &marks, t->err));
    enum dye_status status =
        dye_marks_count(marks) > 0 ? suspects_find(h->store, &q, marks, h->stop, &suspects, t->err) : DYE_OK;
    dye_marks_free(marks);
    if (status == DYE_OK)
        status = settle_suspects(t, &suspects);
    suspects_done(&suspects);
    return status;
}

/* Those that have no sketches: the ones from before there were any are read again, once; the others are told. */
static enum dye_status settle_uncovered(const struct hunt *t, const PGresult *dumps)
{
    for (int i = 0; i < PQntuples(dumps); i++) {
        if (stopping(t->h))
            return DYE_STOPPED;
        if (strcmp(store_text(dumps, i, 1), "none") == 0)
            DYE_TRY(settle(t, NULL, 0, store_text(dumps, i, 0)));
        else if (strcmp(store_text(dumps, i, 1), "gone") == 0 && t->h->on_dump != NULL)
            t->h->on_dump(t->h->arg,
                          &(struct retro_result){.dump = store_text(dumps, i, 0), .outcome = RETRO_NOT_COVERED});
    }
    return DYE_OK;
}

static enum dye_status hunt(const struct hunt *t)
{
    const struct retro *h = t->h;
    DYE_CLEANUP(wanted_done) struct wanted wanted = {NULL};
    STORE_RESULT dumps = NULL;
    DYE_TRY(find_wanted(h, &wanted, t->err));
    /* What completes from here on has asked for its own epoch alone, and is the next hunt's. */
    DYE_TRY(store_run(h->store, t->err, &dumps,
                      "SELECT dump_id, sketched FROM dyetrace.dump WHERE state = 'complete'"
                      " AND greatest(epoch, $2, CASE WHEN $3 THEN hunted ELSE 0 END) < $1 ORDER BY dump_id",
                      "iio", (int64_t)t->snapshot->epoch, (int64_t)h->since, (int)h->automatic));
    DYE_TRY(ask_sketches(t, &wanted));
    DYE_TRY(settle_uncovered(t, dumps));
    if (h->since > 0 || wanted.ids != NULL)
        return DYE_OK;
    DYE_TRY(store_begin(h->store, t->err));
    for (int i = 0; i < PQntuples(dumps); i++)
        DYE_TRY(store_run(h->store, t->err, NULL,
                          "UPDATE dyetrace.dump SET hunted = $2 WHERE dump_id = $1 AND hunted < $2", "si",
                          store_text(dumps, i, 0), (int64_t)t->snapshot->epoch));
    return store_commit(h->store, t->err);
}

static enum dye_status has_work(const struct retro *h, uint64_t epoch, bool *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(h->store, err, &r,
                      "SELECT EXISTS (SELECT FROM dyetrace.dump WHERE state = 'complete' AND hunted < $1)"
                      " AND pg_try_advisory_lock(hashtextextended('dyetrace.retro-hunt.all', 0))",
                      "i", (int64_t)epoch));
    *ret = store_bool(r, 0, 0);
    return DYE_OK;
}

enum dye_status retro_hunt(const struct retro *h, struct dye_error *err)
{
    struct dye_error ignored;
    bool work = true;
    struct registry_snapshot *snapshot = registry_take(h->registry);
    const struct hunt t = {h, snapshot, err};
    enum dye_status status =
        h->automatic ? has_work(h, snapshot->epoch, &work, err) : queue_lease(h->store, "retro-hunt", "all", err);
    if (status == DYE_OK && work) {
        status = hunt(&t);
        store_rollback(h->store);
        enum dye_status released = queue_release(h->store, "retro-hunt", "all", status == DYE_OK ? err : &ignored);
        if (status == DYE_OK)
            status = released;
    }
    registry_put(snapshot);
    return status;
}

/* ---- deletion ---- */

enum dye_status retro_forget(struct store *s, const char *dump, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.dump SET sketched = 'gone' WHERE dump_id = $1 AND state = 'complete'"
                      " RETURNING dump_id",
                      "s", dump));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump: %s: unknown, or its ingest is not finished", dump);
    DYE_TRY(store_run(s, err, NULL, "DELETE FROM dyetrace.sketch WHERE dump_id = $1", "s", dump));
    DYE_TRY(
        store_run(s, err, NULL,
                  "WITH gone AS (UPDATE dyetrace.identifier_set SET image = NULL WHERE dump_id = $1 RETURNING set_no)"
                  " DELETE FROM dyetrace.identifier_sample x USING gone WHERE x.set_no = gone.set_no",
                  "s", dump));
    DYE_TRY(zone_audit(s, "sketch forget", dump, "deleted", NULL, err));
    return store_commit(s, err);
}

enum dye_status retro_expire(struct store *s, const struct config *c, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, &r, "SELECT dyetrace.sketches_expire($1) + dyetrace.identifier_sets_expire($1)", "i",
                      c->sketch_retention_days));
    if (store_int(r, 0, 0) > 0) {
        char detail[64];
        snprintf(detail, sizeof detail, "{\"images\":%" PRId64 ",\"days\":%" PRId64 "}", store_int(r, 0, 0),
                 c->sketch_retention_days);
        DYE_TRY(zone_audit(s, "sketch expire", "sketches", "deleted", detail, err));
    }
    return store_commit(s, err);
}
