#include "portal.h"

#include "dye/buf.h"
#include "queries.h"
#include "zone.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { DUMPS_MAX = 500, SIGHTINGS_MAX = 2000, ANSWER_BYTES_MAX = 32 << 20 };

/* What one data request works with, inside its transaction. */
struct reading {
    struct store *store;
    struct http_call *call;
    const char *label;   /* of the token: the viewer */
    struct dye_buf *out; /* the JSON of the answer */
};

typedef enum dye_status (*reader)(const struct reading *r, struct dye_error *err);

static bool is_dump_id(const char *id)
{
    return id[0] == 'd' && strspn(id + 1, "0123456789abcdef") == 16 && id[17] == '\0';
}

/*
 * One request, one transaction: session, queries, audit, COMMIT. What was read is answered only when its audit row is
 * committed. DYE_E_NOTFOUND is committed too: that somebody asked is worth a row.
 */
static void serve(struct portal *p, struct http_call *c, reader read)
{
    uint8_t presented[SESSION_HASH_BYTES];
    char label[PORTAL_LABEL_MAX];
    struct dye_error err = {0};
    if (!portal_identify(p, c, presented))
        return;
    struct store *s = database_store(p->database);
    if (s == NULL) {
        http_answer_error(c, 503, "the database is away");
        return;
    }
    enum dye_status status = portal_begin(s, presented, label, &err);
    if (status == DYE_E_NOTFOUND) {
        database_recover(p->database);
        portal_reject(p, c);
        return;
    }
    struct dye_buf out;
    dye_buf_init(&out, ANSWER_BYTES_MAX, false);
    if (status == DYE_OK)
        status = read(&(struct reading){s, c, label, &out}, &err);
    if (status == DYE_OK || status == DYE_E_NOTFOUND) {
        enum dye_status committed = store_commit(s, &err);
        status = committed != DYE_OK ? committed : status;
    }
    if (status == DYE_OK)
        http_answer(c, 200, "application/json; charset=utf-8", dye_buf_span(&out));
    else if (status == DYE_E_NOTFOUND)
        http_answer_error(c, 404, "not found");
    else
        portal_fail(p, c, &err);
    dye_buf_done(&out);
}

static enum dye_status put(struct dye_buf *out, const char *text, struct dye_error *err)
{
    enum dye_status status = dye_buf_append_str(out, text);
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "portal: the answer is too long");
}

/* "name":[row,row,...],"more":false -- rows are JSON already; those beyond `max` say `more`. */
static enum dye_status put_rows(struct dye_buf *out, const char *name, const PGresult *rows, int max,
                                struct dye_error *err)
{
    int n = PQntuples(rows);
    DYE_TRY(put(out, "\"", err));
    DYE_TRY(put(out, name, err));
    DYE_TRY(put(out, "\":[", err));
    for (int i = 0; i < n && i < max; i++) {
        DYE_TRY(put(out, i != 0 ? "," : "", err));
        DYE_TRY(put(out, store_text(rows, i, 0), err));
    }
    DYE_TRY(put(out, "],\"more\":", err));
    return put(out, n > max ? "true" : "false", err);
}

/* Who looked at what: a row in the audit chain, in the transaction of the view. */
static enum dye_status audit_view(const struct reading *r, const char *what, bool found, struct dye_error *err)
{
    json_t *o = json_pack("{s:s,s:s}", "viewer", r->label, "what", what);
    char *detail = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    if (detail == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "portal: out of memory");
    enum dye_status status =
        zone_audit(r->store, "view", http_call_param(r->call), found ? "done" : "not found", detail, err);
    free(detail);
    return status;
}

static enum dye_status dumps(const struct reading *r, struct dye_error *err)
{
    STORE_RESULT rows = NULL;
    json_t *label = json_string(r->label);
    char *viewer = label != NULL ? json_dumps(label, JSON_ENCODE_ANY) : NULL;
    json_decref(label);
    enum dye_status status = store_run(r->store, err, &rows, sql_dumps_json, "i", (int64_t)DUMPS_MAX + 1);
    if (status == DYE_OK)
        status = put(r->out, "{\"viewer\":", err);
    if (status == DYE_OK)
        status = put(r->out, viewer != NULL ? viewer : "null", err);
    free(viewer);
    DYE_TRY(status);
    DYE_TRY(put(r->out, ",", err));
    DYE_TRY(put_rows(r->out, "dumps", rows, DUMPS_MAX, err));
    return put(r->out, "}\n", err);
}

/* The one row of a query about the dump that the path names. */
static enum dye_status one(const struct reading *r, const char *sql, bool *ret_found, struct dye_error *err)
{
    STORE_RESULT row = NULL;
    *ret_found = false;
    if (!is_dump_id(http_call_param(r->call)))
        return DYE_OK;
    DYE_TRY(store_run(r->store, err, &row, sql, "s", http_call_param(r->call)));
    if (PQntuples(row) == 0)
        return DYE_OK;
    *ret_found = true;
    DYE_TRY(put(r->out, store_text(row, 0, 0), err));
    return put(r->out, "\n", err);
}

static enum dye_status dump(const struct reading *r, struct dye_error *err)
{
    bool found;
    DYE_TRY(one(r, sql_portal_dump_json, &found, err));
    return found ? DYE_OK : DYE_E_NOTFOUND;
}

static enum dye_status attribution(const struct reading *r, struct dye_error *err)
{
    bool found;
    DYE_TRY(one(r, sql_attribution_json, &found, err));
    if (is_dump_id(http_call_param(r->call)))
        DYE_TRY(audit_view(r, "attribution", found, err));
    return found ? DYE_OK : DYE_E_NOTFOUND;
}

static enum dye_status sightings(const struct reading *r, struct dye_error *err)
{
    const char *id = http_call_param(r->call);
    const char *weak = http_call_query(r->call, "weak");
    STORE_RESULT seen = NULL;
    STORE_RESULT rows = NULL;
    if (!is_dump_id(id))
        return DYE_E_NOTFOUND;
    DYE_TRY(store_run(r->store, err, &seen, "SELECT FROM dyetrace.dump d WHERE d.dump_id = $1", "s", id));
    bool found = PQntuples(seen) != 0;
    if (found) {
        struct dye_buf sql;
        dye_buf_init(&sql, 1 << 16, false);
        enum dye_status status =
            dye_buf_printf(&sql, "SELECT q.* FROM (\n%s\n) q LIMIT $5::bigint", sql_sightings_json);
        if (status == DYE_OK)
            status = store_run(r->store, err, &rows, (const char *)sql.p, "sssoi", id, NULL, NULL,
                               weak != NULL && strcmp(weak, "1") == 0, (int64_t)SIGHTINGS_MAX + 1);
        dye_buf_done(&sql);
        DYE_TRY(status);
        DYE_TRY(put(r->out, "{", err));
        DYE_TRY(put_rows(r->out, "sightings", rows, SIGHTINGS_MAX, err));
        DYE_TRY(put(r->out, "}\n", err));
    }
    DYE_TRY(audit_view(r, "sightings", found, err));
    return found ? DYE_OK : DYE_E_NOTFOUND;
}

void read_dumps(struct http_call *c, void *portal)
{
    serve(portal, c, dumps);
}

void read_dump(struct http_call *c, void *portal)
{
    serve(portal, c, dump);
}

void read_sightings(struct http_call *c, void *portal)
{
    serve(portal, c, sightings);
}

void read_attribution(struct http_call *c, void *portal)
{
    serve(portal, c, attribution);
}

void read_health(struct http_call *c, void *portal)
{
    struct portal *p = portal;
    if (!database_alive(p->database)) {
        http_answer_error(c, 503, "the database is away");
        return;
    }
    http_answer(c, 200, "application/json; charset=utf-8", dye_span_str("{\"status\":\"ok\"}\n"));
}
