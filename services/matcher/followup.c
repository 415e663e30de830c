#include "followup.h"

#include "attribution.h"
#include "dye/digest.h"
#include "location.h"
#include "log.h"
#include "queue.h"

#include <stdlib.h>
#include <unistd.h>

static bool stopping(const atomic_bool *stop)
{
    return stop != NULL && atomic_load(stop);
}

enum dye_status followup_attribute(struct store *s, const struct home *h, const atomic_bool *stop,
                                   struct dye_error *err)
{
    char dump[QUEUE_REFERENCE_MAX];
    enum dye_status status;
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
        log_event(LOG_WARN_, "sm3.missed", "dump=%s why=\"the original is not where it was\" outcome=\"no SM3\"", dump);
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
