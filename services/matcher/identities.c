#include "identities.h"

#include "zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct identities {
    struct dye_identifier_sets *sets;
    struct dye_census_sink sink;
    bool stored;           /* sets of this dump were there before */
    uint32_t part, chunks; /* up to where, while it is ingested */
    uint64_t since, cost;  /* bytes read since they were last stored, and what that wrote */
};

/* Storing writes 8 to 80 MiB of a large dump: at most a byte for so many read. */
enum { READ_FOR_EACH = 4, READ_AT_LEAST = 8 << 20 };

/* The images of a dump, each given to fn. */
typedef enum dye_status (*image_fn)(void *arg, struct dye_span image, struct dye_error *err);
static enum dye_status each_image(struct store *s, const char *dump, image_fn fn, void *arg, struct dye_error *err)
{
    STORE_RESULT r =
        PQexecParams(store_pg(s), "SELECT image FROM dyetrace.identifier_set WHERE dump_id = $1 AND image IS NOT NULL",
                     1, NULL, &dump, NULL, NULL, 1);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        DYE_FAIL(err, DYE_E_DATABASE, "database: the identifier sets can't be read");
    for (int i = 0; i < PQntuples(r); i++)
        DYE_TRY(fn(arg, dye_span_of((const uint8_t *)PQgetvalue(r, i, 0), (size_t)PQgetlength(r, i, 0)), err));
    return DYE_OK;
}

static enum dye_status add_stored(void *arg, struct dye_span image, struct dye_error *err)
{
    const struct identities *x = arg;
    return dye_identifier_sets_add(x->sets, image, err);
}

enum dye_status identities_new(const struct home *h, struct store *s, const char *dump, bool once,
                               struct identities **ret, struct dye_error *err)
{
    *ret = NULL;
    if (h->config.sketch_retention_days == 0)
        return DYE_OK;
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT count(i), count(i.image), d.identified_part, d.identified_chunks FROM dyetrace.dump d"
                      " LEFT JOIN dyetrace.identifier_set i USING (dump_id) WHERE d.dump_id = $1 GROUP BY d.dump_id",
                      "s", dump));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump: %s: unknown", dump);
    bool stored = store_int(r, 0, 0) > 0, gone = stored && store_int(r, 0, 1) == 0;
    if (gone || (once && stored))
        return DYE_OK;
    DYE_CLEANUP(dye_key_wipe) struct dye_key key = {0};
    DYE_TRY(zone_key(h, "matcher", "sketch", s, &key, err));
    struct identities *x = calloc(1, sizeof *x);
    if (x == NULL || (x->sets = dye_identifier_sets_new(&key)) == NULL) {
        free(x);
        DYE_FAIL(err, DYE_E_NOMEM, "identifier sets: out of memory");
    }
    x->sink = (struct dye_census_sink){dye_identifier_sets_take, dye_identifier_sets_record, x->sets};
    x->stored = stored;
    x->part = (uint32_t)store_int(r, 0, 2);
    x->chunks = (uint32_t)store_int(r, 0, 3);
    enum dye_status status = x->stored ? each_image(s, dump, add_stored, x, err) : DYE_OK;
    if (status != DYE_OK) {
        identities_free(x);
        return status;
    }
    *ret = x;
    return DYE_OK;
}

void identities_free(struct identities *x)
{
    if (x == NULL)
        return;
    dye_identifier_sets_free(x->sets);
    free(x);
}

const struct dye_census_sink *identities_sink(const struct identities *x)
{
    return x != NULL ? &x->sink : NULL;
}

/* ---- storing ---- */

struct storing {
    const struct identities *x;
    struct store *s;
    const char *dump;
    bool sampled; /* the sample too: others find the set by it */
    uint64_t bytes;
    struct dye_buf hashes;
    struct dye_error *err;
};

enum dye_status identities_append(const uint64_t *at, size_t n, struct dye_buf *ret)
{
    DYE_TRY(dye_buf_append_str(ret, "{"));
    for (size_t i = 0; i < n; i++) {
        char text[24];
        int length = snprintf(text, sizeof text, "%s%" PRId64, i > 0 ? "," : "", (int64_t)(at[i] & ~UINT64_C(1)));
        DYE_TRY(dye_buf_append(ret, text, (size_t)length));
    }
    return dye_buf_append_str(ret, "}");
}

/* The sample, in which those of the set that was there before may stand already. */
static enum dye_status store_sample(struct storing *t, const struct dye_identifier_set *set, int64_t number)
{
    const struct dye_lineage_set whole = {set->kind, set->scale_bits, set->at, set->n};
    dye_buf_clear(&t->hashes);
    enum dye_status status = identities_append(set->at, dye_lineage_sample(&whole), &t->hashes);
    if (status != DYE_OK)
        return dye_fail(t->err, status, "identifier sets: out of memory");
    return store_run(t->s, t->err, NULL,
                     "INSERT INTO dyetrace.identifier_sample (hash, set_no)"
                     " SELECT h, $2::integer FROM unnest($1::bigint[]) AS u (h) WHERE NOT $3::boolean OR NOT EXISTS"
                     " (SELECT FROM dyetrace.identifier_sample x WHERE x.hash = u.h AND x.set_no = $2)",
                     "sio", (const char *)t->hashes.p, number, (int)t->x->stored);
}

static enum dye_status store_image(void *arg, unsigned kind, struct dye_span image)
{
    struct storing *t = arg;
    struct dye_identifier_set set;
    STORE_RESULT r = NULL;
    DYE_TRY(dye_identifier_set_open(image, &set, t->err));
    enum dye_status status = store_run(
        t->s, t->err, &r,
        "INSERT INTO dyetrace.identifier_set (dump_id, kind, distinct_n, persons_n, scale, image)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dump_id, kind) DO UPDATE SET distinct_n = excluded.distinct_n,"
        " persons_n = excluded.persons_n, scale = excluded.scale, image = excluded.image, made_at = now()"
        " RETURNING set_no",
        "ssiifb", t->dump, dye_identifier_kind_name(kind), (int64_t)dye_identifier_set_distinct(&set),
        (int64_t)dye_identifier_set_persons(&set), 1 / (double)(UINT64_C(1) << set.scale_bits), image);
    t->bytes += image.n;
    if (status == DYE_OK && t->sampled && dye_identifier_kind_is_personal(kind))
        status = store_sample(t, &set, store_int(r, 0, 0));
    dye_identifier_set_done(&set);
    return status;
}

enum dye_status identities_chunk(struct identities *x, struct store *s, const char *dump, uint32_t part,
                                 uint32_t number, uint64_t bytes, struct dye_error *err)
{
    if (x == NULL || (x->since += bytes) < READ_AT_LEAST + READ_FOR_EACH * x->cost)
        return DYE_OK;
    struct storing t = {.x = x, .s = s, .dump = dump, .err = err};
    enum dye_status status = dye_identifier_sets_images(x->sets, store_image, &t);
    if (status != DYE_OK)
        return status == DYE_E_NOMEM ? dye_fail(err, status, "identifier sets: out of memory") : status;
    DYE_TRY(store_run(s, err, NULL,
                      "UPDATE dyetrace.dump SET identified_part = $2, identified_chunks = $3 WHERE dump_id = $1", "sii",
                      dump, (int64_t)part, (int64_t)number + 1));
    x->part = part;
    x->chunks = number + 1;
    x->since = 0;
    x->cost = t.bytes;
    return DYE_OK;
}

uint32_t identities_covered(const struct identities *x, uint32_t part)
{
    if (x == NULL || part < x->part)
        return UINT32_MAX;
    return part == x->part ? x->chunks : 0;
}

enum dye_status identities_finish(struct identities *x, struct store *s, const char *dump, struct dye_error *err)
{
    if (x == NULL)
        return DYE_OK;
    struct storing t = {.x = x, .s = s, .dump = dump, .sampled = true, .err = err};
    dye_buf_init(&t.hashes, IDENTITIES_SQL_MAX_BYTES, true);
    enum dye_status status = dye_identifier_sets_images(x->sets, store_image, &t);
    dye_buf_done(&t.hashes);
    return status == DYE_E_NOMEM ? dye_fail(err, status, "identifier sets: out of memory") : status;
}

/* ---- reading ---- */

void dump_sets_done(struct dump_sets *d)
{
    for (size_t i = 0; i < d->n; i++)
        dye_identifier_set_done(&d->at[i]);
    *d = (struct dump_sets){.n = 0};
}

static int by_kind(const void *a, const void *b)
{
    const struct dye_identifier_set *x = a, *y = b;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static void list_personal(struct dump_sets *d)
{
    size_t n = 0;
    if (d->n > 0)
        qsort(d->at, d->n, sizeof *d->at, by_kind);
    for (size_t i = 0; i < d->n; i++)
        if (dye_identifier_kind_is_personal(d->at[i].kind))
            d->personal[n++] = (struct dye_lineage_set){d->at[i].kind, d->at[i].scale_bits, d->at[i].at, d->at[i].n};
    d->lineage = (struct dye_lineage_dump){d->personal, n};
}

static enum dye_status open_stored(void *arg, struct dye_span image, struct dye_error *err)
{
    struct dump_sets *d = arg;
    if (d->n == DYE_IDENTIFIER_KINDS)
        DYE_FAIL(err, DYE_E_BUG, "identifier sets: a dump has more kinds than there are");
    DYE_TRY(dye_identifier_set_open(image, &d->at[d->n], err));
    d->n++;
    return DYE_OK;
}

enum dye_status dump_sets_load(struct store *s, const char *dump, struct dump_sets *ret, struct dye_error *err)
{
    *ret = (struct dump_sets){.n = 0};
    enum dye_status status = each_image(s, dump, open_stored, ret, err);
    if (status != DYE_OK)
        dump_sets_done(ret);
    else
        list_personal(ret);
    return status;
}
