/*
 * audit: verifies the chain of audit rows, and the heads of it that were authenticated with the audit key before.
 */
#include "cluster.h"
#include "verb.h"
#include "verbs.h"
#include "zone.h"

#include <inttypes.h>
#include <string.h>

static struct common_options common;

static void checkpoint_mac(const struct dye_key *k, int64_t audit_id, const uint8_t hash[32], uint8_t ret[32])
{
    uint8_t text[72];
    int n = snprintf((char *)text, sizeof text, "dyetrace/1/checkpoint %" PRId64 " ", audit_id);
    memcpy(text + n, hash, 32);
    dye_hmac(k, dye_span_of(text, (size_t)n + 32), ret);
}

/* The first row that does not follow from the one before it; 0 when all do. */
static enum dye_status first_broken(struct store *s, int64_t *ret_broken, int64_t *ret_rows, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(
        store_run(s, err, &r,
                  "SELECT min(c.audit_id) FILTER (WHERE c.audit_id <> c.n OR c.hash <>"
                  " dyetrace.audit_hash(c.before, c.audit_id, c.at, c.role, c.event, c.object, c.result, c.detail)),"
                  " count(*) FROM (SELECT a.*, row_number() OVER w AS n,"
                  " coalesce(lag(a.hash) OVER w, ''::bytea) AS before FROM dyetrace.audit a"
                  " WINDOW w AS (ORDER BY a.audit_id)) c",
                  ""));
    *ret_broken = store_int(r, 0, 0);
    *ret_rows = store_int(r, 0, 1);
    return DYE_OK;
}

static enum dye_status check_heads(struct store *s, const struct dye_key *k, int64_t *ret_broken, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT c.audit_id, c.mac, a.hash FROM dyetrace.audit_checkpoint c"
                      " LEFT JOIN dyetrace.audit a USING (audit_id) ORDER BY c.audit_id",
                      ""));
    for (int i = 0; i < PQntuples(r); i++) {
        uint8_t mac[32];
        uint8_t hash[32];
        uint8_t right[32];
        bool whole = store_bytes(r, i, 1, mac, sizeof mac) && store_bytes(r, i, 2, hash, sizeof hash);
        if (whole)
            checkpoint_mac(k, store_int(r, i, 0), hash, right);
        if (!whole || !dye_equal_secret(mac, right, sizeof mac)) {
            *ret_broken = store_int(r, i, 0);
            return DYE_OK;
        }
    }
    *ret_broken = 0;
    return DYE_OK;
}

static enum dye_status add_head(struct store *s, const struct dye_key *k, struct dye_error *err)
{
    uint8_t hash[32];
    uint8_t mac[32];
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT audit_id, hash FROM dyetrace.audit ORDER BY audit_id DESC LIMIT 1", ""));
    if (PQntuples(r) == 0 || !store_bytes(r, 0, 1, hash, sizeof hash))
        return DYE_OK;
    checkpoint_mac(k, store_int(r, 0, 0), hash, mac);
    return store_run(s, err, NULL,
                     "INSERT INTO dyetrace.audit_checkpoint (audit_id, mac) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                     "ib", store_int(r, 0, 0), dye_span_of(mac, sizeof mac));
}

static enum dye_status verify(bool *ret_holds, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    DYE_CLEANUP(dye_key_wipe) struct dye_key k = {0};
    int64_t broken = 0;
    int64_t rows = 0;
    int64_t head = 0;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    if (home_has_cluster(&h))
        DYE_TRY(cluster_start(&h, err));
    DYE_TRY(zone_enter(&h, "auditor", &s, err));
    enum dye_status status = zone_key(&h, "auditor", "audit", s, &k, err);
    if (status == DYE_OK)
        status = first_broken(s, &broken, &rows, err);
    if (status == DYE_OK)
        status = check_heads(s, &k, &head, err);
    if (status == DYE_OK && broken == 0 && head == 0)
        status = add_head(s, &k, err);
    store_close(s);
    if (status != DYE_OK)
        return status;
    *ret_holds = broken == 0 && head == 0;
    if (common.json)
        printf("{\"holds\":%s,\"rows\":%" PRId64 ",\"first_broken\":%" PRId64 "}\n", *ret_holds ? "true" : "false",
               rows, broken != 0 ? broken : head);
    else if (*ret_holds)
        printf("audit: %" PRId64 " rows, the chain holds\n", rows);
    else
        printf("audit: the chain is broken at row %" PRId64 "\n", broken != 0 ? broken : head);
    return DYE_OK;
}

static const struct verb_spec spec = {"audit verify", "Verifies the audit chain.", NULL, 1, 1};

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    bool holds = false;
    if (strcmp(call->argv[1], "verify") != 0)
        return options_usage(&spec, err);
    DYE_TRY(verify(&holds, err));
    call->code = holds ? 0 : 1;
    return DYE_OK;
}

int verb_audit(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
