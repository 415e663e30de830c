#include "extent_store.h"

#include "dye/extent.h"
#include "queries.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double confidence_alpha = 0.05;

/* Columns of extent_sources.sql and of extent_placements.sql. */
enum { SOURCE_ID, OWNER_ID, POPULATION, CAME, NEWEST };
enum { STRATUM, PATH, STRATUM_POPULATION, PLANTED, WITHDRAWN, SEEN };

struct measured {
    struct dye_extent size;
    struct dye_extent_taken taken;
    json_t *strata;
};

static json_t *number(double v)
{
    return isfinite(v) ? json_integer((json_int_t)llround(v)) : json_null();
}

/* A source with a population of its own is one stratum, with whatever stands in its parts; else each part is one. */
static enum dye_status measure_size(const PGresult *rows, uint64_t population, double z, struct measured *ret,
                                    struct dye_error *err)
{
    int n = PQntuples(rows);
    size_t strata = 0;
    struct dye_extent_stratum *s = calloc((size_t)n + 1, sizeof *s);
    ret->strata = json_array();
    if (s == NULL || ret->strata == NULL) {
        free(s);
        DYE_FAIL(err, DYE_E_NOMEM, "extent: out of memory");
    }
    for (int i = 0; i < n; i++) {
        if (i == 0 || (population == 0 && store_int(rows, i, STRATUM) != store_int(rows, i - 1, STRATUM)))
            s[strata++].population = population != 0 ? population : (uint64_t)store_int(rows, i, STRATUM_POPULATION);
        s[strata - 1].planted++;
        s[strata - 1].seen += store_bool(rows, i, SEEN);
    }
    dye_extent_strata(s, strata, z, &ret->size);
    for (int i = 0, k = 0; i < n && strata > 1; i += (int)s[k++].planted) {
        struct dye_extent e;
        dye_extent_seeded(&s[k], z, &e);
        json_array_append_new(ret->strata,
                              json_pack("{s:s, s:i, s:i, s:o, s:o, s:o}", "source", store_text(rows, i, PATH), "seen",
                                        (int)s[k].seen, "planted", (int)s[k].planted, "estimate", number(e.estimate),
                                        "low", number(e.low), "high", number(e.high)));
    }
    free(s);
    return DYE_OK;
}

static enum dye_status measure_time(const PGresult *rows, int64_t came, int64_t newest, struct measured *ret,
                                    struct dye_error *err)
{
    int n = PQntuples(rows);
    struct dye_extent_placement *p = calloc((size_t)n + 1, sizeof *p);
    if (p == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "extent: out of memory");
    for (int i = 0; i < n; i++)
        p[i] = (struct dye_extent_placement){
            .planted_at = store_int(rows, i, PLANTED),
            .withdrawn_at = PQgetisnull(rows, i, WITHDRAWN) ? INT64_MAX : store_int(rows, i, WITHDRAWN),
            .seen = store_bool(rows, i, SEEN)};
    enum dye_status status = dye_extent_taken(p, (size_t)n, came, newest, confidence_alpha, &ret->taken, err);
    free(p);
    return status;
}

/* Microseconds for SQL; NULL where there is no bound. */
static const char *moment(int64_t at, char *buffer, size_t n)
{
    if (at == INT64_MIN || at == INT64_MAX)
        return NULL;
    snprintf(buffer, n, "%" PRId64, at);
    return buffer;
}

static const char *real(double v, char *buffer, size_t n)
{
    if (!isfinite(v))
        return NULL;
    snprintf(buffer, n, "%.17g", v);
    return buffer;
}

static enum dye_status insert(struct store *s, const char *dump, const PGresult *sources, int row,
                              const struct measured *m, struct dye_error *err)
{
    char leaked[32];
    char low[32];
    char high[32];
    char after[32];
    char before[32];
    char likely_after[32];
    char likely_before[32];
    char *strata = json_dumps(m->strata, JSON_COMPACT);
    if (strata == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "extent: out of memory");
    enum dye_status status = store_run(
        s, err, NULL,
        "INSERT INTO dyetrace.attribution_extent (dump_id, source_id, owner_id, leaked, leaked_low, leaked_high, "
        "strata,"
        " taken_after, taken_before, likely_after, likely_before, by_newest, several)"
        " SELECT $1, $2, $3, $4::float8, $5::float8, $6::float8, $7::jsonb, e + $8::bigint * u, e + $9::bigint * u,"
        " e + $10::bigint * u, e + $11::bigint * u, $12, $13"
        " FROM (SELECT timestamptz 'epoch', interval '1 microsecond') t (e, u)",
        "siissssssssoo", dump, store_int(sources, row, SOURCE_ID), store_int(sources, row, OWNER_ID),
        real(m->size.estimate, leaked, sizeof leaked), real(m->size.low, low, sizeof low),
        real(m->size.high, high, sizeof high), strata, moment(m->taken.after, after, sizeof after),
        moment(m->taken.before, before, sizeof before),
        moment(m->taken.likely_after, likely_after, sizeof likely_after),
        moment(m->taken.likely_before, likely_before, sizeof likely_before), (int)m->taken.by_newest,
        (int)m->taken.several);
    free(strata);
    return status;
}

static enum dye_status measure(struct store *s, const char *dump, const char *scope, double z, const PGresult *sources,
                               int row, struct dye_error *err)
{
    struct measured m = {.strata = NULL};
    STORE_RESULT rows = NULL;
    int64_t newest = PQgetisnull(sources, row, NEWEST) ? INT64_MIN : store_int(sources, row, NEWEST);
    DYE_TRY(store_run(s, err, &rows, sql_extent_placements, "si", scope, store_int(sources, row, SOURCE_ID)));
    enum dye_status status = measure_size(rows, (uint64_t)store_int(sources, row, POPULATION), z, &m, err);
    if (status == DYE_OK)
        status = measure_time(rows, store_int(sources, row, CAME), newest, &m, err);
    if (status == DYE_OK && PQntuples(rows) > 0)
        status = insert(s, dump, sources, row, &m, err);
    json_decref(m.strata);
    return status;
}

enum dye_status extent_store(struct store *s, const char *dump, const char *scope, double z, struct dye_error *err)
{
    STORE_RESULT sources = NULL;
    DYE_TRY(store_run(s, err, &sources, sql_extent_sources, "ss", dump, scope));
    for (int i = 0; i < PQntuples(sources); i++)
        DYE_TRY(measure(s, dump, scope, z, sources, i, err));
    return DYE_OK;
}
