#include "ingest.h"

#include "dye/digest.h"
#include "lineage.h"
#include "location.h"
#include "matching.h"
#include "progress.h"
#include "queries.h"
#include "queue.h"
#include "zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the bytes as received ---- */

static enum dye_status hash_file(const struct ingest *in, int fd, struct ingest_result *ret, uint8_t sha256[32],
                                 struct dye_error *err)
{
    enum { PIECE = 1 << 20 };
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        DYE_FAIL(err, DYE_E_IO, "dump: not a regular file");
    uint8_t *piece = malloc(PIECE);
    struct dye_digester *d = dye_digester_new(DYE_SHA256);
    if (piece == NULL) {
        dye_digester_free(d);
        DYE_FAIL(err, DYE_E_NOMEM, "dump: out of memory");
    }
    struct progress progress;
    progress_start(&progress, "hash", "B", (uint64_t)st.st_size);
    progress.on = progress.on && in->show_progress;
    enum dye_status status = DYE_OK;
    uint64_t at = 0;
    for (;;) {
        ssize_t n = pread(fd, piece, PIECE, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            status = dye_fail(err, DYE_E_IO, "dump: can't be read: %s", strerror(errno));
        else if (ingest_stopping(in))
            status = DYE_STOPPED;
        if (n <= 0 || status != DYE_OK)
            break;
        dye_digester_feed(d, dye_span_of(piece, (size_t)n));
        at += (uint64_t)n;
        progress_at(&progress, at);
    }
    progress_end(&progress);
    dye_digester_end(d, sha256);
    dye_digester_free(d);
    free(piece);
    ret->bytes = at;
    dye_hex(sha256, 32, ret->sha256);
    snprintf(ret->dump, sizeof ret->dump, "d%.16s", ret->sha256);
    return status;
}

/* ---- opening ---- */

static enum dye_status add_acquisition(struct ingest *in, const struct ingest_acquisition *a, struct ingest_result *ret,
                                       struct dye_error *err)
{
    uint8_t random[8];
    char fresh[20] = "a";
    char location[LOCATION_MAX];
    char label[LOCATION_MAX];
    STORE_RESULT r = NULL;
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, fresh + 1);
    location_of(a->location, location);
    location_of(a->label, label);
    DYE_TRY(store_run(in->store, err, &r, sql_acquisition_add, "sssssssssso", fresh, ret->dump, location, label,
                      a->feed, a->origin, a->seller, a->price, a->basis, a->acquired_at, (int)a->in_spool));
    snprintf(ret->acquisition, sizeof ret->acquisition, "%s", store_text(r, 0, 0));
    return DYE_OK;
}

static enum dye_status open_dump(struct ingest *in, const struct registry_snapshot *snapshot, const uint8_t sha256[32],
                                 const struct ingest_acquisition *a, struct ingest_result *ret, uint64_t *ret_epoch,
                                 uint64_t *ret_canaries, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(in->store, err));
    DYE_TRY(store_run(in->store, err, NULL,
                      "INSERT INTO dyetrace.dump (dump_id, sha256, bytes, epoch, canaries) VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (dump_id) DO NOTHING",
                      "sbiii", ret->dump, dye_span_of(sha256, 32), (int64_t)ret->bytes, (int64_t)snapshot->epoch,
                      (int64_t)snapshot->canaries));
    DYE_TRY(store_run(in->store, err, &r,
                      "SELECT sha256 = $2, state = 'complete', epoch, canaries FROM dyetrace.dump WHERE dump_id = $1",
                      "sb", ret->dump, dye_span_of(sha256, 32)));
    if (PQntuples(r) != 1 || !store_bool(r, 0, 0))
        DYE_FAIL(err, DYE_E_BUG, "dump: two dumps have the id %s", ret->dump);
    ret->duplicate = store_bool(r, 0, 1);
    *ret_epoch = (uint64_t)store_int(r, 0, 2);
    *ret_canaries = (uint64_t)store_int(r, 0, 3);
    DYE_TRY(add_acquisition(in, a, ret, err));
    if (ret->duplicate)
        DYE_TRY(lineage_came_earlier(in->store, ret->dump, err));
    DYE_TRY(zone_audit(in->store, "ingest", ret->dump, ret->duplicate ? "duplicate" : "opened", NULL, err));
    return store_commit(in->store, err);
}

/* What is known of a dump that is complete. DYE_E_NOTFOUND when it is not. */
static enum dye_status find_complete(struct ingest *in, const char *dump, uint64_t *ret_epoch, uint64_t *ret_canaries,
                                     bool *ret_read, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(in->store, err, &r,
                      "SELECT epoch, canaries, verdict = 'read' FROM dyetrace.dump"
                      " WHERE dump_id = $1 AND state = 'complete'",
                      "s", dump));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump %s: it is not complete; ingest it again", dump);
    *ret_epoch = (uint64_t)store_int(r, 0, 0);
    *ret_canaries = (uint64_t)store_int(r, 0, 1);
    *ret_read = store_bool(r, 0, 2);
    return DYE_OK;
}

/* Holding the lease, and the dump is complete: it stays so, whatever becomes of this. */
static enum dye_status match_again(struct ingest *in, const struct registry_snapshot *snapshot, int fd,
                                   const struct ingest_result *result, struct dye_error *err)
{
    uint64_t epoch = 0;
    uint64_t canaries = 0;
    bool read = false;
    DYE_TRY(find_complete(in, result->dump, &epoch, &canaries, &read, err));
    if (read)
        return DYE_OK;
    if (snapshot->epoch < epoch)
        DYE_FAIL(err, DYE_E_AGAIN, "dump %s: its registry epoch is not here yet; try again", result->dump);
    DYE_TRY(zone_audit(in->store, "retry", result->dump, "decoded again", NULL, err));
    return matching_run(in, snapshot, fd, result, &(struct matching){.epoch = epoch, .canaries = canaries}, err);
}

/* Holding the lease. */
static enum dye_status ingest_leased(struct ingest *in, int fd, const uint8_t sha256[32],
                                     const struct ingest_acquisition *a, struct ingest_result *ret,
                                     struct dye_error *err)
{
    uint64_t epoch = 0;
    uint64_t canaries = 0;
    struct registry_snapshot *snapshot = registry_take(in->registry);
    enum dye_status status = open_dump(in, snapshot, sha256, a, ret, &epoch, &canaries, err);
    if (status == DYE_OK && !ret->duplicate && snapshot->epoch < epoch)
        /* Another machine pinned an epoch that this one has not loaded yet. */
        status = dye_fail(err, DYE_E_AGAIN, "dump %s: its registry epoch is not here yet; try again", ret->dump);
    if (status == DYE_OK && !ret->duplicate)
        status = matching_run(in, snapshot, fd, ret, &(struct matching){.epoch = epoch, .canaries = canaries}, err);
    if (status == DYE_OK && ret->duplicate && in->n_passwords > 0)
        status = match_again(in, snapshot, fd, ret, err);
    registry_put(snapshot);
    return status;
}

/* Gives the lease back, whatever happened. */
static enum dye_status release(struct ingest *in, const char *dump, enum dye_status status, struct dye_error *err)
{
    struct dye_error ignored;
    store_rollback(in->store);
    enum dye_status released = queue_release(in->store, "dump", dump, status == DYE_OK ? err : &ignored);
    return status == DYE_OK ? released : status;
}

enum dye_status ingest_dump(struct ingest *in, int fd, const struct ingest_acquisition *a, struct ingest_result *ret,
                            struct dye_error *err)
{
    struct ingest_result result = {0};
    uint8_t sha256[32];
    DYE_TRY(hash_file(in, fd, &result, sha256, err));
    DYE_TRY(queue_lease(in->store, "dump", result.dump, err));
    enum dye_status status = ingest_leased(in, fd, sha256, a, &result, err);
    status = release(in, result.dump, status, err);
    if (status == DYE_OK)
        *ret = result;
    return status;
}

enum dye_status ingest_again(struct ingest *in, int fd, const char *dump, struct ingest_result *ret,
                             struct dye_error *err)
{
    struct ingest_result result = {.duplicate = true};
    uint8_t sha256[32];
    DYE_TRY(hash_file(in, fd, &result, sha256, err));
    if (strcmp(result.dump, dump) != 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump %s: its original has changed", dump);
    DYE_TRY(queue_lease(in->store, "dump", dump, err));
    struct registry_snapshot *snapshot = registry_take(in->registry);
    enum dye_status status = match_again(in, snapshot, fd, &result, err);
    registry_put(snapshot);
    status = release(in, dump, status, err);
    if (status == DYE_OK)
        *ret = result;
    return status;
}

/* Its epoch moves first: whatever is sighted from here on belongs to canaries that the dump's epoch has. */
static enum dye_status open_again(struct ingest *in, const struct registry_snapshot *snapshot, const char *dump,
                                  bool *ret_sketched, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(in->store, err));
    DYE_TRY(store_run(in->store, err, &r,
                      "UPDATE dyetrace.dump SET epoch = $2, canaries = $3 WHERE dump_id = $1 AND state = 'complete'"
                      " AND epoch <= $2 RETURNING sketched <> 'none'",
                      "sii", dump, (int64_t)snapshot->epoch, (int64_t)snapshot->canaries));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_AGAIN, "dump %s: it is not complete, or its registry epoch is not here yet", dump);
    *ret_sketched = store_bool(r, 0, 0);
    if (!*ret_sketched) /* what an interrupted reading left */
        DYE_TRY(store_run(in->store, err, NULL, "DELETE FROM dyetrace.sketch WHERE dump_id = $1", "s", dump));
    DYE_TRY(store_run(in->store, err, NULL, "SELECT dyetrace.sketch_sightings_drop($1)", "s", dump));
    DYE_TRY(zone_audit(in->store, "re-read", dump, "opened", NULL, err));
    return store_commit(in->store, err);
}

enum dye_status ingest_reread(struct ingest *in, const struct registry_snapshot *snapshot, int fd, const char *dump,
                              struct dye_error *err)
{
    struct ingest_result result = {0};
    uint8_t sha256[32];
    struct matching m = {.epoch = snapshot->epoch, .canaries = snapshot->canaries, .reread = true};
    DYE_TRY(hash_file(in, fd, &result, sha256, err));
    if (strcmp(result.dump, dump) != 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump %s: its original has changed", dump);
    DYE_TRY(queue_lease(in->store, "dump", dump, err));
    enum dye_status status = open_again(in, snapshot, dump, &m.sketched, err);
    if (status == DYE_OK)
        status = matching_run(in, snapshot, fd, &result, &m, err);
    return release(in, dump, status, err);
}
