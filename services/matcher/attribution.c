#include "attribution.h"

#include "dye/attribute.h"
#include "extent_store.h"
#include "log.h"
#include "queries.h"
#include "queue.h"
#include "zone.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The case with the rows it was read from: numbers in the case are row numbers. */
struct dossier {
    PGresult *dump;     /* epoch, records, acquired_at (seconds), acquired_at (text) */
    PGresult *sources;  /* source_id, owner_id, population */
    PGresult *canaries; /* canary_id, control */
    PGresult *holdings; /* canary_id, source_id, planted_at (seconds) */
    PGresult *seen;     /* canary_id, probability, whether an earlier dump that it comes from showed it */
    struct dye_attribute_case c;
    struct dye_attribute_source *source;
    struct dye_attribute_canary *canary;
    struct dye_attribute_holding *holding;
    struct dye_attribute_seen *sighted;
};

static void dossier_done(struct dossier *d)
{
    PQclear(d->dump);
    PQclear(d->sources);
    PQclear(d->canaries);
    PQclear(d->holdings);
    PQclear(d->seen);
    free(d->source);
    free(d->canary);
    free(d->holding);
    free(d->sighted);
}

/* The dumps that a case is about, as an array for SQL: the one, or its leak. */
static enum dye_status read_scope(struct store *s, const char *dump, bool leak, PGresult **ret, struct dye_error *err)
{
    return store_run(s, err, ret,
                     leak ? "SELECT array_agg(x.dump_id)::text FROM dyetrace.lineage_leak($1) x"
                          : "SELECT ARRAY[$1::text]::text",
                     "s", dump);
}

static enum dye_status read_rows(struct store *s, const char *dump, const char *scope, struct dossier *d,
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
    int64_t epoch = store_int(d->dump, 0, 0);
    DYE_TRY(store_run(s, err, &d->seen,
                      "SELECT g.canary_id, max(g.probability), bool_and(i.canary_id IS NOT NULL)"
                      " FROM dyetrace.sighting g LEFT JOIN (SELECT DISTINCT x.canary_id, x.variant"
                      " FROM dyetrace.sighting x JOIN dyetrace.lineage_ancestors($2) u USING (dump_id)"
                      " WHERE NOT x.weak AND x.dump_id <> ALL ($1::text[])) i USING (canary_id, variant)"
                      " WHERE g.dump_id = ANY ($1::text[])"
                      " AND NOT dyetrace.canary_is_burned(g.canary_id, dyetrace.dump_came(g.dump_id)) GROUP BY 1",
                      "ss", scope, dump));
    DYE_TRY(store_run(s, err, &d->holdings,
                      "SELECT p.canary_id, p.source_id, floor(extract(epoch FROM p.planted_at))"
                      " FROM dyetrace.placement p JOIN dyetrace.canary c USING (canary_id) WHERE c.epoch <= $1"
                      " AND NOT dyetrace.canary_is_burned(c.canary_id, dyetrace.dump_came($2))"
                      " AND c.type <> 'shared'" /* who holds a variant is judged by the code, not by holding it */
                      " AND (p.state <> 'committed' OR EXISTS (SELECT FROM dyetrace.sighting g"
                      " WHERE g.dump_id = ANY ($3::text[]) AND g.canary_id = p.canary_id))",
                      "iss", epoch, dump, scope));
    DYE_TRY(store_run(s, err, &d->canaries,
                      "SELECT c.canary_id, c.type = 'control' FROM dyetrace.canary c WHERE c.epoch <= $1"
                      " AND NOT dyetrace.canary_is_burned(c.canary_id, dyetrace.dump_came($2))"
                      " AND (EXISTS (SELECT FROM dyetrace.placement p WHERE p.canary_id = c.canary_id)"
                      " OR EXISTS (SELECT FROM dyetrace.sighting g WHERE g.dump_id = ANY ($3::text[])"
                      " AND g.canary_id = c.canary_id)) ORDER BY c.canary_id COLLATE \"C\"",
                      "iss", epoch, dump, scope));
    return store_run(s, err, &d->sources,
                     "SELECT s.source_id, s.owner_id, coalesce(s.population, 0) FROM dyetrace.source s"
                     " WHERE EXISTS (SELECT FROM dyetrace.placement p WHERE p.source_id = s.source_id)"
                     " ORDER BY s.source_id",
                     "");
}

static bool find_canary(const PGresult *canaries, const char *id, uint32_t *ret)
{
    int low = 0;
    int high = PQntuples(canaries);
    while (low < high) {
        int mid = low + (high - low) / 2;
        int order = strcmp(store_text(canaries, mid, 0), id);
        if (order == 0) {
            *ret = (uint32_t)mid;
            return true;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

static bool find_source(const PGresult *sources, int64_t id, uint32_t *ret)
{
    int low = 0;
    int high = PQntuples(sources);
    while (low < high) {
        int mid = low + (high - low) / 2;
        int64_t here = store_int(sources, mid, 0);
        if (here == id) {
            *ret = (uint32_t)mid;
            return true;
        }
        if (here < id)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

static void *array(const PGresult *rows, size_t size)
{
    return calloc((size_t)PQntuples(rows) + 1, size);
}

static enum dye_status number_rows(struct dossier *d, struct dye_error *err)
{
    d->source = array(d->sources, sizeof *d->source);
    d->canary = array(d->canaries, sizeof *d->canary);
    d->holding = array(d->holdings, sizeof *d->holding);
    d->sighted = array(d->seen, sizeof *d->sighted);
    if (d->source == NULL || d->canary == NULL || d->holding == NULL || d->sighted == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    for (int i = 0; i < PQntuples(d->sources); i++)
        d->source[i].population = (uint64_t)store_int(d->sources, i, 2);
    for (int i = 0; i < PQntuples(d->canaries); i++)
        d->canary[i].control = store_bool(d->canaries, i, 1);
    for (int i = 0; i < PQntuples(d->holdings); i++) {
        struct dye_attribute_holding *x = &d->holding[d->c.n_holdings];
        if (!find_canary(d->canaries, store_text(d->holdings, i, 0), &x->canary) ||
            !find_source(d->sources, store_int(d->holdings, i, 1), &x->source))
            continue; /* came between two of the queries, so after the dump's epoch */
        x->planted_at = store_int(d->holdings, i, 2);
        d->c.n_holdings++;
    }
    for (int i = 0; i < PQntuples(d->seen); i++) {
        struct dye_attribute_seen *x = &d->sighted[d->c.n_seen];
        if (!find_canary(d->canaries, store_text(d->seen, i, 0), &x->canary))
            DYE_FAIL(err, DYE_E_BUG, "attribution: a sighting of a canary after the dump's epoch");
        x->probability = store_real(d->seen, i, 1);
        x->inherited = store_bool(d->seen, i, 2);
        d->c.n_seen++;
    }
    d->c.sources = d->source;
    d->c.n_sources = (size_t)PQntuples(d->sources);
    d->c.canaries = d->canary;
    d->c.n_canaries = (size_t)PQntuples(d->canaries);
    d->c.holdings = d->holding;
    d->c.seen = d->sighted;
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

static enum dye_status store_source(struct store *s, const char *dump, const struct dossier *d, int64_t rank,
                                    const struct dye_attribution_source *a, struct dye_error *err)
{
    char power[32];
    char leaked[32];
    char low[32];
    char high[32];
    char after[32];
    snprintf(after, sizeof after, "%lld", (long long)a->taken_after);
    return store_run(s, err, NULL,
                     "INSERT INTO dyetrace.attribution_source (dump_id, source_id, owner_id, rank, in_set, undecided,"
                     " seen, planted, posterior, log10_lr, p_value, baseline, power, leaked, leaked_low, leaked_high,"
                     " taken_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::float8,"
                     " $14::float8, $15::float8, $16::float8, to_timestamp($17::float8))",
                     "siiioiiiffffsssss", dump, store_int(d->sources, (int)a->source, 0),
                     store_int(d->sources, (int)a->source, 1), rank, (int)a->in_set, (int64_t)a->group,
                     (int64_t)a->seen, (int64_t)a->planted, a->posterior, a->log10_lr, a->p_value, a->baseline,
                     number(a->power, power, sizeof power), number(a->leaked, leaked, sizeof leaked),
                     number(a->leaked_low, low, sizeof low), number(a->leaked_high, high, sizeof high),
                     a->taken_after != INT64_MIN ? after : NULL);
}

static enum dye_status store_result(struct store *s, const char *dump, const char *scope, const struct dossier *d,
                                    const struct dye_attribution *a, double z, struct dye_error *err)
{
    char power[32];
    const char *verdict = dye_attribution_verdict_name(a->verdict);
    DYE_TRY(store_run(s, err, NULL, "DELETE FROM dyetrace.attribution WHERE dump_id = $1", "s", dump));
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.attribution (dump_id, epoch, acquired_at, verdict, power, controls,"
                      " unexplained) VALUES ($1, $2, $3::timestamptz, $4, $5::float8, $6, $7)",
                      "sisssii", dump, store_int(d->dump, 0, 0), store_text(d->dump, 0, 3), verdict,
                      number(a->power, power, sizeof power), (int64_t)a->controls, (int64_t)a->unexplained));
    for (size_t i = 0; i < a->n; i++)
        DYE_TRY(store_source(s, dump, d, (int64_t)i, &a->sources[i], err));
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
    enum dye_status status = read_scope(s, dump, ret != NULL, &scope, err);
    if (status == DYE_OK)
        status = read_rows(s, dump, store_text(scope, 0, 0), &d, err);
    if (status == DYE_OK)
        status = number_rows(&d, err);
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
