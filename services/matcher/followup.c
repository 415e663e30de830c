#include "followup.h"

#include "attribution.h"
#include "dye/digest.h"
#include "lineage.h"
#include "location.h"
#include "log.h"
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool stopping(const atomic_bool *stop)
{
    return stop != NULL && atomic_load(stop);
}

/* Before attributions: what a dump comes from says which of its sightings count. */
static enum dye_status find_lineages(struct store *s, const atomic_bool *stop, struct dye_error *err)
{
    char dump[QUEUE_REFERENCE_MAX];
    enum dye_status status;
    while (!stopping(stop) && (status = queue_claim(s, "lineage", dump, err)) != DYE_END) {
        DYE_TRY(status);
        struct dye_error one = {0};
        status = lineage_run(s, dump, "lineage", &one);
        if (status != DYE_OK) {
            log_event(LOG_ERROR_, "lineage.failed", "dump=%s why=\"%s\" outcome=\"attributed without it\"", dump,
                      one.message);
            DYE_TRY(store_recover(s, err));
            DYE_TRY(queue_push(s, "attribute", dump, err));
            DYE_TRY(queue_done(s, "lineage", dump, err));
        }
        DYE_TRY(queue_release(s, "lineage", dump, err));
    }
    return DYE_OK;
}

enum dye_status followup_attribute(struct store *s, const struct home *h, const atomic_bool *stop,
                                   struct dye_error *err)
{
    char dump[QUEUE_REFERENCE_MAX];
    enum dye_status status;
    DYE_TRY(find_lineages(s, stop, err));
    while (!stopping(stop) && (status = queue_claim(s, "attribute", dump, err)) != DYE_END) {
        DYE_TRY(status);
        struct dye_error one = {0};
        status = attribution_run(s, &h->config, dump, "attribute", &one);
        if (status != DYE_OK) {
            log_event(LOG_ERROR_, "attribute.failed", "dump=%s why=\"%s\" outcome=\"left for dyetrace attribute\"",
                      dump, one.message);
            DYE_TRY(store_recover(s, err));
            DYE_TRY(queue_done(s, "attribute", dump, err));
        }
        DYE_TRY(queue_release(s, "attribute", dump, err));
    }
    return DYE_OK;
}

/* Both digests in one pass: an SM3 is only worth something for bytes that still are the dump. */
static bool sm3_of(const char *location, const uint8_t sha256[32], uint8_t ret[32], const atomic_bool *stop)
{
    enum { PIECE = 1 << 20 };
    int fd = location_open(location);
    uint8_t *piece = malloc(PIECE);
    bool ok = fd >= 0 && piece != NULL;
    struct dye_digester *sm3 = dye_digester_new(DYE_SM3);
    struct dye_digester *sha = dye_digester_new(DYE_SHA256);
    ssize_t n = 0;
    while (ok && !stopping(stop) && (n = read(fd, piece, PIECE)) > 0) {
        dye_digester_feed(sm3, dye_span_of(piece, (size_t)n));
        dye_digester_feed(sha, dye_span_of(piece, (size_t)n));
    }
    uint8_t again[32];
    dye_digester_end(sm3, ret);
    dye_digester_end(sha, again);
    dye_digester_free(sm3);
    dye_digester_free(sha);
    free(piece);
    if (fd >= 0)
        close(fd);
    return ok && n == 0 && memcmp(again, sha256, 32) == 0;
}

/* The original among done/NAME, done/NAME.1 ... (spool_move), by its bytes: the name alone may be another dump's. */
static bool find_done(const char *spool, const char *name, const uint8_t sha256[32], const atomic_bool *stop,
                      char ret[LOCATION_MAX])
{
    enum { GAP = 16 }; /* files that somebody took out of done/ */
    uint8_t sm3[32];
    for (unsigned n = 0, missing = 0; missing < GAP && !stopping(stop); n++) {
        int length = n == 0 ? snprintf(ret, LOCATION_MAX, "%s/done/%s", spool, name)
                            : snprintf(ret, LOCATION_MAX, "%s/done/%s.%u", spool, name, n);
        int fd = length < LOCATION_MAX ? location_open(ret) : -1;
        if (fd < 0) {
            missing++;
            continue;
        }
        close(fd);
        if (sm3_of(ret, sha256, sm3, stop))
            return true;
    }
    return false;
}

enum dye_status followup_locate(struct store *s, const struct home *h, const atomic_bool *stop, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    char spool[LOCATION_MAX];
    char at[LOCATION_MAX];
    STORE_RESULT r = NULL;
    DYE_TRY(home_path(h, path, err, "spool"));
    location_of(path, spool);
    DYE_TRY(store_run(s, err, &r,
                      "SELECT a.acquisition_id, substr(a.location, length($1) + 2), d.sha256, a.location"
                      " FROM dyetrace.acquisition a JOIN dyetrace.dump d USING (dump_id) WHERE d.state = 'complete'"
                      " AND starts_with(a.location, $1 || '/') AND strpos(substr(a.location, length($1) + 2), '/') = 0",
                      "s", spool));
    for (int i = 0; i < PQntuples(r) && !stopping(stop); i++) {
        uint8_t sha256[32];
        int fd = location_open(store_text(r, i, 3));
        if (fd >= 0)
            close(fd); /* it waits for its move, or another dump has its name until then */
        else if (store_bytes(r, i, 2, sha256, sizeof sha256) && find_done(spool, store_text(r, i, 1), sha256, stop, at))
            DYE_TRY(
                store_run(s, err, NULL,
                          "UPDATE dyetrace.acquisition SET location = $2 WHERE acquisition_id = $1 AND location = $3",
                          "sss", store_text(r, i, 0), at, store_text(r, i, 3)));
    }
    return DYE_OK;
}

static enum dye_status sm3_one(struct store *s, const char *dump, const atomic_bool *stop, struct dye_error *err)
{
    uint8_t sha256[32];
    uint8_t sm3[32];
    STORE_RESULT r = NULL;
    bool found = false;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT d.sha256, a.location FROM dyetrace.dump d JOIN dyetrace.acquisition a USING (dump_id)"
                      " WHERE d.dump_id = $1 ORDER BY a.recorded_at DESC",
                      "s", dump));
    for (int i = 0; !found && i < PQntuples(r); i++)
        found = store_bytes(r, i, 0, sha256, sizeof sha256) && sm3_of(store_text(r, i, 1), sha256, sm3, stop);
    if (stopping(stop))
        return DYE_OK;
    DYE_TRY(store_begin(s, err));
    if (found)
        DYE_TRY(store_run(s, err, NULL, "UPDATE dyetrace.dump SET sm3 = $2 WHERE dump_id = $1", "sb", dump,
                          dye_span_of(sm3, sizeof sm3)));
    else
        log_event(
            LOG_WARN_, "sm3.missed",
            "dump=%s why=\"the original is not where it was, or the home's user may not read it\" outcome=\"no SM3\"",
            dump);
    DYE_TRY(queue_done(s, "sm3", dump, err));
    return store_commit(s, err);
}

enum dye_status followup_sm3(struct store *s, const atomic_bool *stop, struct dye_error *err)
{
    char dump[QUEUE_REFERENCE_MAX];
    enum dye_status status;
    while (!stopping(stop) && (status = queue_claim(s, "sm3", dump, err)) != DYE_END) {
        DYE_TRY(status);
        status = sm3_one(s, dump, stop, err);
        if (status != DYE_OK) { /* the connection may go on: nothing of this may be left on it */
            struct dye_error ignored;
            store_rollback(s);
            (void)!queue_release(s, "sm3", dump, &ignored);
            return status;
        }
        DYE_TRY(queue_release(s, "sm3", dump, err));
    }
    return DYE_OK;
}
