#include "attribution.h"

#include "dye/attribute.h"
#include "dye/code_score.h"
#include "extent_store.h"
#include "log.h"
#include "queries.h"
#include "queue.h"
#include "zone.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The case with the rows it was read from: numbers in the case are row numbers. */
struct dossier {
    PGresult *dump;     /* epoch, records, acquired_at (seconds), acquired_at (text), complete */
    PGresult *sources;  /* source_id, owner_id, population, parent_id */
    PGresult *canaries; /* control, bias, code */
    PGresult *holdings; /* row of canaries, source_id, variant, planted_at, withdrawn_at (seconds) */
    PGresult *seen;  /* row of canaries, variant, probability, whether an earlier dump that it comes from showed it */
    PGresult *flows; /* from_id, to_id, ended_at (seconds) */
    double code_epsilon;
    struct dye_attribute_case c;
    int64_t *source_id; /* by row */
    struct dye_attribute_source *source;
    struct dye_attribute_canary *canary;
    struct dye_attribute_holding *holding;
    struct dye_attribute_seen *sighted;
    struct dye_attribute_flow *flow;
};

static void dossier_done(struct dossier *d)
{
    PQclear(d->dump);
    PQclear(d->sources);
    PQclear(d->canaries);
    PQclear(d->holdings);
    PQclear(d->seen);
    PQclear(d->flows);
    free(d->source_id);
    free(d->source);
    free(d->canary);
    free(d->holding);
    free(d->sighted);
    free(d->flow);
}

/* The dumps that a case is about, as an array for SQL: the one, or its leak. */
static enum dye_status read_scope(struct store *s, const char *dump, bool leak, PGresult **ret, struct dye_error *err)
{
    return store_run(s, err, ret,
                     leak ? "SELECT array_agg(x.dump_id)::text FROM dyetrace.lineage_leak($1) x"
                          : "SELECT ARRAY[$1::text]::text",
                     "s", dump);
}

static enum dye_status read_dump(struct store *s, const char *dump, const char *scope, struct dossier *d,
                                 struct dye_error *err)
{
    /* Of a leak, rows count where they first came up: what parents explain is theirs. */
    DYE_TRY(
        store_run(s, err, &d->dump,
                  "SELECT max(d.epoch), round(sum(d.records * (1 - least(1, p.share))))::bigint,"
                  " floor(extract(epoch FROM min(a.came))), min(a.came), bool_and(d.state = 'complete')"
                  " FROM dyetrace.dump d CROSS JOIN LATERAL (SELECT min(x.acquired_at) AS came"
                  " FROM dyetrace.acquisition x WHERE x.dump_id = d.dump_id) a"
                  " CROSS JOIN LATERAL (SELECT coalesce(sum(l.explains::float8 / greatest(l.persons, 1)), 0) AS share"
                  " FROM dyetrace.lineage l WHERE l.dump_id = d.dump_id AND l.parent"
                  " AND l.other_id = ANY ($1::text[])) p WHERE d.dump_id = ANY ($1::text[]) HAVING count(*) > 0",
                  "s", scope));
    if (PQntuples(d->dump) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump: %s: unknown", dump);
    if (!store_bool(d->dump, 0, 4))
        DYE_FAIL(err, DYE_E_AGAIN, "dump: %s: its ingest is not finished", dump);
    return DYE_OK;
}

/* The code's own promise, of those that anything of is in the dump; the library's where there is none. */
static enum dye_status read_code_epsilon(struct store *s, const char *scope, double *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT min(k.epsilon) FROM dyetrace.code k JOIN dyetrace.code_position j USING (code_id)"
                      " JOIN dyetrace.sighting g ON g.canary_id = j.canary_id WHERE g.dump_id = ANY ($1::text[])",
                      "s", scope));
    *ret = PQgetisnull(r, 0, 0) ? 0 : store_real(r, 0, 0);
    return DYE_OK;
}

/* $1 the epoch: a canary's number is its row when all are in the order in which they lie there, which is the same in
 * one snapshot. To order a million texts would take as long as all the rest. */
#define NUMBERED                                                                                                       \
    "WITH n AS MATERIALIZED (SELECT c.canary_id, row_number() OVER (ORDER BY c.ctid) - 1 AS n"                         \
    " FROM dyetrace.canary c WHERE c.epoch <= $1)"

/* Within one snapshot, so that a number is the same in all statements that count. */
static enum dye_status read_rows(struct store *s, const char *dump, const char *scope, struct dossier *d,
                                 struct dye_error *err)
{
    DYE_TRY(read_dump(s, dump, scope, d, err));
    DYE_TRY(read_code_epsilon(s, scope, &d->code_epsilon, err));
    int64_t epoch = store_int(d->dump, 0, 0);
    DYE_TRY(store_run(s, err, &d->canaries,
                      "SELECT c.type = 'control', coalesce(j.bias, 0), coalesce(j.code_id, 0) FROM dyetrace.canary c"
                      " LEFT JOIN dyetrace.code_position j USING (canary_id) WHERE c.epoch <= $1 ORDER BY c.ctid",
                      "i", epoch));
    DYE_TRY(store_run(s, err, &d->seen,
                      NUMBERED " SELECT n.n, g.variant, max(g.probability), bool_and(i.canary_id IS NOT NULL)"
                               " FROM dyetrace.sighting g JOIN n USING (canary_id)"
                               " LEFT JOIN (SELECT DISTINCT x.canary_id, x.variant"
                               " FROM dyetrace.sighting x JOIN dyetrace.lineage_before($3) u USING (dump_id)"
                               " WHERE NOT x.weak AND x.dump_id <> ALL ($2::text[])) i USING (canary_id, variant)"
                               " WHERE g.dump_id = ANY ($2::text[])"
                               " AND NOT dyetrace.canary_is_burned(g.canary_id, dyetrace.dump_came(g.dump_id))"
                               " GROUP BY 1, 2",
                      "iss", epoch, scope, dump));
    DYE_TRY(store_run(s, err, &d->holdings,
                      NUMBERED " SELECT n.n, p.source_id, p.variant, floor(extract(epoch FROM p.planted_at))::bigint,"
                               " floor(extract(epoch FROM p.withdrawn_at))::bigint"
                               " FROM dyetrace.placement p JOIN n USING (canary_id) WHERE p.canary_id NOT IN"
                               " (SELECT dyetrace.canaries_burned(dyetrace.dump_came($3))) AND (p.state <> 'committed'"
                               " OR EXISTS (SELECT FROM dyetrace.sighting g WHERE g.dump_id = ANY ($2::text[])"
                               " AND g.canary_id = p.canary_id))",
                      "iss", epoch, scope, dump));
    DYE_TRY(store_run(s, err, &d->flows,
                      "SELECT from_id, to_id, ceil(extract(epoch FROM ended_at))::bigint FROM dyetrace.source_flow"
                      " ORDER BY 1, 2",
                      ""));
    return store_run(s, err, &d->sources,
                     "WITH RECURSIVE holding (source_id) AS (SELECT DISTINCT p.source_id FROM dyetrace.placement p"
                     " UNION SELECT f.to_id FROM dyetrace.source_flow f JOIN holding h ON f.from_id = h.source_id),"
                     " listed (source_id, parent_id) AS (SELECT s.source_id, s.parent_id FROM dyetrace.source s"
                     " JOIN holding USING (source_id) UNION SELECT s.source_id, s.parent_id FROM dyetrace.source s"
                     " JOIN listed l ON s.source_id = l.parent_id)"
                     " SELECT s.source_id, s.owner_id, coalesce(s.population, 0), coalesce(s.parent_id, 0)"
                     " FROM dyetrace.source s JOIN listed USING (source_id) ORDER BY s.source_id",
                     "");
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return (*x > *y) - (*x < *y);
}

static bool find_source(const struct dossier *d, int64_t id, uint32_t *ret)
{
    const int64_t *at = bsearch(&id, d->source_id, (size_t)PQntuples(d->sources), sizeof id, compare_ids);
    if (at == NULL)
        return false;
    *ret = (uint32_t)(at - d->source_id);
    return true;
}

static void *array(size_t n, size_t size)
{
    return calloc(n + 1, size);
}

/* Of a shared canary; exclusive ones have no variants. */
static uint8_t variant_of(const struct dossier *d, uint32_t canary, const PGresult *rows, int row, int column)
{
    if (d->canary[canary].bias == 0)
        return 0;
    return store_text(rows, row, column)[0] == 'B' ? DYE_CODE_B : DYE_CODE_A;
}

static void number_sources(struct dossier *d)
{
    for (int i = 0; i < PQntuples(d->sources); i++)
        d->source_id[i] = store_int(d->sources, i, 0);
    for (int i = 0; i < PQntuples(d->sources); i++) {
        uint32_t parent;
        d->source[i].population = (uint64_t)store_int(d->sources, i, 2);
        if (find_source(d, store_int(d->sources, i, 3), &parent))
            d->source[i].parent = 1 + parent;
    }
    for (int i = 0; i < PQntuples(d->flows); i++) {
        struct dye_attribute_flow *f = &d->flow[d->c.n_flows];
        f->until = store_int(d->flows, i, 2); /* NULL is 0: it goes on */
        if (find_source(d, store_int(d->flows, i, 0), &f->from) &&
            find_source(d, store_int(d->flows, i, 1), &f->to)) /* else nothing flows there */
            d->c.n_flows++;
    }
}

static size_t rows(const PGresult *r)
{
    return (size_t)PQntuples(r);
}

static enum dye_status number_holdings(struct dossier *d, struct dye_error *err)
{
    for (int i = 0; i < PQntuples(d->holdings); i++) {
        struct dye_attribute_holding *x = &d->holding[d->c.n_holdings++];
        x->canary = (uint32_t)store_int(d->holdings, i, 0);
        if (!find_source(d, store_int(d->holdings, i, 1), &x->source))
            DYE_FAIL(err, DYE_E_BUG, "attribution: a placement in no source");
        x->variants = variant_of(d, x->canary, d->holdings, i, 2);
        x->planted_at = store_int(d->holdings, i, 3);
        x->withdrawn_at = store_int(d->holdings, i, 4); /* NULL is 0: never */
    }
    return DYE_OK;
}

static void number_sightings(struct dossier *d)
{
    for (int i = 0; i < PQntuples(d->seen); i++) {
        struct dye_attribute_seen *x = &d->sighted[d->c.n_seen++];
        x->canary = (uint32_t)store_int(d->seen, i, 0);
        x->variants = variant_of(d, x->canary, d->seen, i, 1);
        x->probability = store_real(d->seen, i, 2);
        x->inherited = store_bool(d->seen, i, 3);
    }
}

static enum dye_status number_rows(struct dossier *d, struct dye_error *err)
{
    d->source_id = array(rows(d->sources), sizeof *d->source_id);
    d->source = array(rows(d->sources), sizeof *d->source);
    d->canary = array(rows(d->canaries), sizeof *d->canary);
    d->holding = array(rows(d->holdings), sizeof *d->holding);
    d->sighted = array(rows(d->seen), sizeof *d->sighted);
    d->flow = array(rows(d->flows), sizeof *d->flow);
    if (d->source_id == NULL || d->source == NULL || d->canary == NULL || d->holding == NULL || d->sighted == NULL ||
        d->flow == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    for (int i = 0; i < PQntuples(d->canaries); i++) {
        d->canary[i].control = store_bool(d->canaries, i, 0);
        d->canary[i].bias = store_real(d->canaries, i, 1);
        d->canary[i].code = (uint32_t)store_int(d->canaries, i, 2);
    }
    number_sources(d);
    DYE_TRY(number_holdings(d, err));
    number_sightings(d);
    d->c.sources = d->source;
    d->c.n_sources = rows(d->sources);
    d->c.canaries = d->canary;
    d->c.n_canaries = rows(d->canaries);
    d->c.holdings = d->holding;
    d->c.seen = d->sighted;
    d->c.flows = d->flow;
    d->c.records = (uint64_t)store_int(d->dump, 0, 1);
    d->c.acquired_at = store_int(d->dump, 0, 2);
    return DYE_OK;
}

/* A number for SQL, NULL where there is none. */
static const char *number(double v, char *buffer, size_t n)
{
    if (!isfinite(v))
        return NULL;
    snprintf(buffer, n, "%.17g", v);
    return buffer;
}

static json_t *real(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *source_json(const struct dossier *d, size_t rank, const struct dye_attribution_source *a)
{
    int row = (int)a->source;
    return json_pack("{s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}",
                     "source_id", (json_int_t)store_int(d->sources, row, 0), "owner_id",
                     (json_int_t)store_int(d->sources, row, 1), "rank", (json_int_t)rank, "in_set", (int)a->in_set,
                     "undecided", (json_int_t)a->group, "seen", (json_int_t)a->seen, "planted", (json_int_t)a->planted,
                     "posterior", real(a->posterior), "log10_lr", real(a->log10_lr), "p_value", real(a->p_value),
                     "baseline", real(a->baseline), "power", real(a->power), "leaked", real(a->leaked), "leaked_low",
                     real(a->leaked_low), "leaked_high", real(a->leaked_high), "taken_after",
                     a->taken_after != INT64_MIN ? json_integer(a->taken_after) : json_null(), "shared",
                     (json_int_t)a->shared, "agree", (json_int_t)a->agree, "code_p_value", real(a->code_p_value));
}

/* All in one statement: ten thousand by themselves would take longer than to judge them. */
static enum dye_status store_sources(struct store *s, const char *dump, const struct dossier *d,
                                     const struct dye_attribution *a, struct dye_error *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < a->n; i++)
        if (json_array_append_new(list, source_json(d, i, &a->sources[i])) != 0)
            break;
    char *text = json_array_size(list) == a->n ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    enum dye_status status = store_run(
        s, err, NULL,
        "INSERT INTO dyetrace.attribution_source (dump_id, source_id, owner_id, rank, in_set, undecided, seen,"
        " planted, posterior, log10_lr, p_value, baseline, power, leaked, leaked_low, leaked_high,"
        " taken_after, shared, agree, code_p_value) SELECT $1, j.source_id, j.owner_id, j.rank, j.in_set,"
        " j.undecided, j.seen, j.planted, j.posterior, j.log10_lr, j.p_value, j.baseline, j.power, j.leaked,"
        " j.leaked_low, j.leaked_high, to_timestamp(j.taken_after), j.shared, j.agree, j.code_p_value"
        " FROM json_to_recordset($2::json) AS j (source_id integer, owner_id integer, rank integer,"
        " in_set boolean, undecided integer, seen integer, planted integer, posterior float8,"
        " log10_lr float8, p_value float8, baseline float8, power float8, leaked float8, leaked_low float8,"
        " leaked_high float8, taken_after float8, shared integer, agree integer, code_p_value float8)",
        "ss", dump, text);
    free(text);
    return status;
}

static enum dye_status store_result(struct store *s, const char *dump, const char *scope, const struct dossier *d,
                                    const struct dye_attribution *a, double z, struct dye_error *err)
{
    char power[32];
    const char *verdict = dye_attribution_verdict_name(a->verdict);
    DYE_TRY(store_run(s, err, NULL, "DELETE FROM dyetrace.attribution WHERE dump_id = $1", "s", dump));
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.attribution (dump_id, epoch, acquired_at, verdict, power, controls,"
                      " unexplained, inherited) VALUES ($1, $2, $3::timestamptz, $4, $5::float8, $6, $7, $8)",
                      "sisssiii", dump, store_int(d->dump, 0, 0), store_text(d->dump, 0, 3), verdict,
                      number(a->power, power, sizeof power), (int64_t)a->controls, (int64_t)a->unexplained,
                      (int64_t)a->inherited));
    DYE_TRY(store_sources(s, dump, d, a, err));
    return extent_store(s, dump, scope, z, err);
}

/* The result is the dump's from here on. */
static enum dye_status keep(struct store *s, const char *dump, const char *removes, const char *verdict,
                            struct dye_error *err)
{
    DYE_TRY(zone_audit(s, "attribute", dump, verdict, NULL, err));
    if (removes != NULL)
        DYE_TRY(queue_done(s, removes, dump, err));
    return store_commit(s, err);
}

/* A leak's is told and not kept: the dump keeps its own. Of the object the end is opened again for its dumps. */
static enum dye_status tell(struct store *s, const char *dump, const char *verdict, struct dye_buf *ret,
                            struct dye_error *err)
{
    STORE_RESULT r = NULL;
    STORE_RESULT dumps = NULL;
    DYE_TRY(store_run(s, err, &r, sql_attribution_json, "s", dump));
    store_rollback(s);
    DYE_TRY(store_run(s, err, &dumps, "SELECT json_agg(x.dump_id ORDER BY x.dump_id) FROM dyetrace.lineage_leak($1) x",
                      "s", dump));
    DYE_TRY(zone_audit(s, "attribute", dump, verdict, "{\"leak\":true}", err));
    const char *object = store_text(r, 0, 0);
    if (dye_buf_printf(ret, "%.*s, \"leak\" : %s}", (int)strlen(object) - 1, object, store_text(dumps, 0, 0)) != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    return DYE_OK;
}

void attribution_params(const struct config *c, struct dye_attribute_params *ret)
{
    dye_attribute_params_default(ret);
    ret->epsilon = c->attribution_epsilon;
    ret->prior = c->attribution_prior;
    ret->min_log10_lr = c->attribution_min_log10_lr;
    ret->min_posterior = c->attribution_min_posterior;
    ret->max_p_value = c->attribution_max_p_value;
    ret->min_log10_margin = c->attribution_min_log10_margin;
    ret->min_seen = (uint32_t)c->attribution_min_seen;
    ret->mislink = c->attribution_mislink;
    ret->max_mislink_p = c->attribution_max_mislink_p;
}

/* ret: NULL, or where a leak's result goes. */
static enum dye_status run(struct store *s, const struct config *c, const char *dump, const char *removes,
                           struct dye_buf *ret, struct dye_error *err)
{
    struct dossier d = {0};
    struct dye_attribute_params params;
    struct dye_attribution a = {0};
    STORE_RESULT scope = NULL;
    attribution_params(c, &params);
    enum dye_status status = store_begin(s, err);
    if (status == DYE_OK)
        status = store_run(s, err, NULL, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", "");
    if (status == DYE_OK)
        status = read_scope(s, dump, ret != NULL, &scope, err);
    if (status == DYE_OK)
        status = read_rows(s, dump, store_text(scope, 0, 0), &d, err);
    if (status == DYE_OK)
        status = store_commit(s, err);
    if (status != DYE_OK)
        store_rollback(s);
    if (status == DYE_OK)
        status = number_rows(&d, err);
    if (status == DYE_OK && d.code_epsilon > 0)
        params.code_epsilon = d.code_epsilon;
    if (status == DYE_OK)
        status = dye_attribute(&d.c, &params, &a, err);
    if (status == DYE_OK) {
        const char *verdict = dye_attribution_verdict_name(a.verdict);
        status = store_begin(s, err);
        if (status == DYE_OK)
            status = store_result(s, dump, store_text(scope, 0, 0), &d, &a, params.z, err);
        if (status == DYE_OK)
            status = ret != NULL ? tell(s, dump, verdict, ret, err) : keep(s, dump, removes, verdict, err);
        if (status != DYE_OK)
            store_rollback(s);
        else
            log_event(LOG_INFO_, "attributed", "dump=%s verdict=%s controls=%u", dump, verdict, a.controls);
        dye_attribution_done(&a);
    }
    dossier_done(&d);
    return status;
}

enum dye_status attribution_run(struct store *s, const struct config *c, const char *dump, const char *removes,
                                struct dye_error *err)
{
    return run(s, c, dump, removes, NULL, err);
}

enum dye_status attribution_leak(struct store *s, const struct config *c, const char *dump, struct dye_buf *ret,
                                 struct dye_error *err)
{
    return run(s, c, dump, NULL, ret, err);
}
