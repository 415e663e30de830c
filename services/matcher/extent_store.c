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
enum { PLACE, PATH, PLACE_POPULATION, PLANTED, WITHDRAWN, SEEN, RECEIVED, FED, SHARED, OPEN };

struct measured {
    struct dye_extent size;
    struct dye_extent_taken taken;
    json_t *strata;
    int64_t received, open, open_shared, unsized; /* canaries, as in attribution_extent */
};

static json_t *number(double v)
{
    return isfinite(v) ? json_integer((json_int_t)llround(v)) : json_null();
}

/*
 * The records that came with what flowed here, of the sources that they came from; 0 when that is not known of all, or
 * leaves nothing that is the source's own: then all is one table.
 */
static uint64_t received_population(const PGresult *rows, uint64_t population)
{
    uint64_t sum = 0;
    int64_t last = 0;
    for (int i = 0; i < PQntuples(rows); i++) {
        if (!store_bool(rows, i, RECEIVED) || store_bool(rows, i, OPEN) || store_int(rows, i, PLACE) == last)
            continue;
        last = store_int(rows, i, PLACE);
        uint64_t of_place = (uint64_t)store_int(rows, i, PLACE_POPULATION);
        if (of_place == 0 || store_bool(rows, i, FED) || of_place >= population - sum)
            return 0;
        sum += of_place;
    }
    return sum;
}

struct sizing {
    struct dye_extent_stratum *stratum;
    int *row; /* of each stratum, one that names it */
    size_t n;
};

static void add_canary(struct sizing *s, const PGresult *rows, int row, bool own_stratum, uint64_t population)
{
    if (s->n == 0 || own_stratum) {
        s->row[s->n] = row;
        s->stratum[s->n++].population = population;
    }
    s->stratum[s->n - 1].planted++;
    s->stratum[s->n - 1].seen += store_bool(rows, row, SEEN);
}

/*
 * A source with a population of its own is one stratum, with whatever stands in its parts; else each part is one. What
 * flowed to it is a stratum for each source that it came from, as long as their populations say what share is theirs:
 * an insider takes one hospital's rows out of a register of all. Into parts that are strata themselves it flowed to an
 * extent that nobody knows.
 */
static void divide(const PGresult *rows, uint64_t population, struct sizing *s, struct measured *ret)
{
    const uint64_t elsewhere = population != 0 ? received_population(rows, population) : 0;
    int64_t last = 0;
    for (int i = 0; i < PQntuples(rows); i++) {
        bool received = store_bool(rows, i, RECEIVED);
        if (store_bool(rows, i, OPEN)) {
            *(store_bool(rows, i, SHARED) ? &ret->open_shared : &ret->open) += 1;
            continue;
        }
        ret->received += received;
        if (received && population == 0) {
            ret->unsized++;
            continue;
        }
        bool by_place = population == 0 || (received && elsewhere != 0);
        add_canary(s, rows, i, by_place && store_int(rows, i, PLACE) != last,
                   by_place ? (uint64_t)store_int(rows, i, PLACE_POPULATION) : population - elsewhere);
        last = store_int(rows, i, PLACE);
    }
}

/*
 * Of one table in which nobody knows how many rows flowed there and how many are its own, any share of either may have
 * leaked: the interval is as wide as what each says by itself of the whole.
 */
static void widen(const PGresult *rows, uint64_t population, double z, struct dye_extent *size)
{
    struct dye_extent_stratum part[2] = {{.population = population}, {.population = population}};
    for (int i = 0; i < PQntuples(rows); i++)
        if (!store_bool(rows, i, OPEN)) {
            struct dye_extent_stratum *p = &part[store_bool(rows, i, RECEIVED)];
            p->planted++;
            p->seen += store_bool(rows, i, SEEN);
        }
    if (population == 0 || part[0].planted == 0 || part[1].planted == 0)
        return;
    for (size_t i = 0; i < 2; i++) {
        struct dye_extent e;
        dye_extent_seeded(&part[i], z, &e);
        size->low = fmin(size->low, e.low);
        size->high = fmax(size->high, e.high);
    }
}

static enum dye_status measure_size(const PGresult *rows, uint64_t population, double z, struct measured *ret,
                                    struct dye_error *err)
{
    int n = PQntuples(rows);
    struct sizing s = {calloc((size_t)n + 1, sizeof *s.stratum), calloc((size_t)n + 1, sizeof *s.row), 0};
    ret->strata = json_array();
    if (s.stratum == NULL || s.row == NULL || ret->strata == NULL) {
        free(s.stratum);
        free(s.row);
        DYE_FAIL(err, DYE_E_NOMEM, "extent: out of memory");
    }
    divide(rows, population, &s, ret);
    dye_extent_strata(s.stratum, s.n, z, &ret->size);
    if (s.n == 1)
        widen(rows, population, z, &ret->size);
    for (size_t k = 0; k < s.n && s.n > 1; k++) {
        struct dye_extent e;
        dye_extent_seeded(&s.stratum[k], z, &e);
        json_array_append_new(ret->strata,
                              json_pack("{s:s, s:i, s:i, s:o, s:o, s:o}", "source", store_text(rows, s.row[k], PATH),
                                        "seen", (int)s.stratum[k].seen, "planted", (int)s.stratum[k].planted,
                                        "estimate", number(e.estimate), "low", number(e.low), "high", number(e.high)));
    }
    free(s.stratum);
    free(s.row);
    return DYE_OK;
}

/*
 * What flowed here came some time after it was planted, and went some time after it was withdrawn, if it did: that it
 * is seen says that the copy is of after its planting, as the newest date in the rows does, and nothing else.
 */
static enum dye_status measure_time(const PGresult *rows, int64_t came, int64_t newest, struct measured *ret,
                                    struct dye_error *err)
{
    size_t n = 0;
    int64_t after = newest;
    struct dye_extent_placement *p = calloc((size_t)PQntuples(rows) + 1, sizeof *p);
    if (p == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "extent: out of memory");
    for (int i = 0; i < PQntuples(rows); i++) {
        int64_t planted = store_int(rows, i, PLANTED);
        bool seen = store_bool(rows, i, SEEN);
        if (store_bool(rows, i, OPEN))
            continue;
        if (!store_bool(rows, i, RECEIVED))
            p[n++] = (struct dye_extent_placement){
                .planted_at = planted,
                .withdrawn_at = PQgetisnull(rows, i, WITHDRAWN) ? INT64_MAX : store_int(rows, i, WITHDRAWN),
                .seen = seen};
        else if (seen && planted > after)
            after = planted;
    }
    enum dye_status status = dye_extent_taken(p, n, came, after, confidence_alpha, &ret->taken, err);
    ret->taken.by_newest = ret->taken.by_newest && after == newest;
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
        " taken_after, taken_before, likely_after, likely_before, by_newest, several, received, open, open_shared, "
        "unsized)"
        " SELECT $1, $2, $3, $4::float8, $5::float8, $6::float8, $7::jsonb, e + $8::bigint * u, e + $9::bigint * u,"
        " e + $10::bigint * u, e + $11::bigint * u, $12, $13, $14, $15, $16, $17"
        " FROM (SELECT timestamptz 'epoch', interval '1 microsecond') t (e, u)",
        "siissssssssooiiii", dump, store_int(sources, row, SOURCE_ID), store_int(sources, row, OWNER_ID),
        real(m->size.estimate, leaked, sizeof leaked), real(m->size.low, low, sizeof low),
        real(m->size.high, high, sizeof high), strata, moment(m->taken.after, after, sizeof after),
        moment(m->taken.before, before, sizeof before),
        moment(m->taken.likely_after, likely_after, sizeof likely_after),
        moment(m->taken.likely_before, likely_before, sizeof likely_before), (int)m->taken.by_newest,
        (int)m->taken.several, m->received, m->open, m->open_shared, m->unsized);
    free(strata);
    return status;
}

static enum dye_status measure(struct store *s, const char *dump, const char *scope, double z, const PGresult *sources,
                               int row, struct dye_error *err)
{
    struct measured m = {.strata = NULL};
    STORE_RESULT rows = NULL;
    int64_t newest = PQgetisnull(sources, row, NEWEST) ? INT64_MIN : store_int(sources, row, NEWEST);
    DYE_TRY(store_run(s, err, &rows, sql_extent_placements, "sis", scope, store_int(sources, row, SOURCE_ID), dump));
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
