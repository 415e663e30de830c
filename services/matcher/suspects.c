#include "suspects.h"

#include "dye/link.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What is asked of a part, by what is known of it: from which epoch on. */
#define FLOOR "greatest(coalesce(p.epoch, 0), $2::bigint, CASE WHEN $3::boolean THEN d.hunted ELSE 0 END)"
#define FROM_SKETCHES                                                                                                  \
    " FROM dyetrace.sketch k JOIN dyetrace.part p ON p.dump_id = k.dump_id AND p.ordinal = k.part"                     \
    " JOIN dyetrace.dump d ON d.dump_id = k.dump_id WHERE d.state = 'complete' AND d.sketched = 'kept' AND " FLOOR     \
    " < $1::bigint"

enum dye_status suspects_floor(struct store *s, const struct suspects_query *q, uint64_t *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT coalesce(min(" FLOOR "), $1::bigint)" FROM_SKETCHES, "iio", (int64_t)q->epoch,
                      (int64_t)q->since, (int)q->skip_hunted));
    *ret = (uint64_t)store_int(r, 0, 0);
    return DYE_OK;
}

struct asking {
    struct suspects *out;
    const char *dump;
    uint32_t part;
};

/*
 * A hit says no more than the sketch can tell: 2^-bits a form, and a canary has forms, fewer than 2^6 of a kind and
 * class. Nor more than the field would in a row.
 */
static double bits_of(const struct dye_mark_hit *hit)
{
    enum { FORMS = 6 };
    return fmin(dye_weight_bits(hit->mark->kind, hit->mark->form), hit->bits - FORMS);
}

/* A suspect a hit, for the time being. */
static enum dye_status on_hit(void *arg, const struct dye_mark_hit *hit)
{
    const struct asking *a = arg;
    struct suspects *x = a->out;
    if (x->n == x->cap) {
        size_t cap = x->cap != 0 ? 2 * x->cap : 64;
        if (x->n >= SUSPECTS_MAX)
            return DYE_E_LIMIT;
        struct suspect *at = reallocarray(x->at, cap, sizeof *at);
        if (at == NULL)
            return DYE_E_NOMEM;
        x->at = at;
        x->cap = cap;
    }
    uint8_t kind = hit->mark->kind;
    struct suspect *n = &x->at[x->n++];
    *n = (struct suspect){
        .part = a->part, .canary = hit->mark->canary, .variant = hit->mark->variant, .kinds = UINT64_C(1) << kind};
    snprintf(n->dump, sizeof n->dump, "%s", a->dump);
    n->form[kind] = hit->mark->form;
    n->bits[kind] = bits_of(hit);
    return DYE_OK;
}

static int by_canary(const void *a, const void *b)
{
    const struct suspect *x = a, *y = b;
    int order = strcmp(x->canary, y->canary);
    return order != 0 ? order : x->variant - y->variant;
}

/* The hits of one image, [first, n): one suspect a canary, of each kind the form that says most. */
static void merge(struct suspects *x, size_t first)
{
    if (x->n - first < 2)
        return;
    qsort(x->at + first, x->n - first, sizeof *x->at, by_canary);
    size_t n = first;
    for (size_t i = first + 1; i < x->n; i++) {
        struct suspect *into = &x->at[n];
        if (by_canary(into, &x->at[i]) != 0) {
            x->at[++n] = x->at[i];
            continue;
        }
        unsigned kind = (unsigned)__builtin_ctzll(x->at[i].kinds);
        if (x->at[i].bits[kind] > into->bits[kind]) {
            into->form[kind] = x->at[i].form[kind];
            into->bits[kind] = x->at[i].bits[kind];
        }
        into->kinds |= x->at[i].kinds;
    }
    x->n = n + 1;
}

/* A row in binary: dump, part and floor as text, the image as it is. */
static enum dye_status ask_row(const PGresult *row, const struct dye_marks *marks, struct suspects *out,
                               struct dye_error *err)
{
    struct dye_sketch sketch;
    struct asking a = {.out = out, .dump = store_text(row, 0, 0), .part = (uint32_t)store_int(row, 0, 1)};
    size_t first = out->n;
    struct dye_span image = dye_span_of((const uint8_t *)PQgetvalue(row, 0, 3), (size_t)PQgetlength(row, 0, 3));
    DYE_TRY(dye_sketch_open(image, &sketch, err));
    enum dye_status status = dye_marks_check(marks, &sketch, (uint64_t)store_int(row, 0, 2), 0, on_hit, &a);
    if (status != DYE_OK)
        return dye_fail(err, status, "retro-hunt: too many canaries at once; narrow it by --since or --source");
    merge(out, first);
    return DYE_OK;
}

static enum dye_status send_query(PGconn *pg, const struct suspects_query *q, struct dye_error *err)
{
    char epoch[24], since[24];
    snprintf(epoch, sizeof epoch, "%" PRIu64, q->epoch);
    snprintf(since, sizeof since, "%" PRIu64, q->since);
    const char *values[] = {epoch, since, q->skip_hunted ? "t" : "f"};
    if (PQsendQueryParams(pg,
                          "SELECT k.dump_id, k.part::text, (" FLOOR ")::text, k.image" FROM_SKETCHES
                          " ORDER BY k.dump_id, k.part, k.number",
                          3, NULL, values, NULL, NULL, 1) != 1 ||
        PQsetSingleRowMode(pg) != 1)
        DYE_FAIL(err, DYE_E_DATABASE, "database: the sketches can't be read");
    return DYE_OK;
}

static void cancel(PGconn *pg)
{
    char why[256];
    PGcancel *c = PQgetCancel(pg);
    if (c != NULL)
        PQcancel(c, why, sizeof why);
    PQfreeCancel(c);
}

enum dye_status suspects_find(struct store *s, const struct suspects_query *q, const struct dye_marks *marks,
                              const atomic_bool *stop, struct suspects *ret, struct dye_error *err)
{
    PGconn *pg = store_pg(s);
    DYE_TRY(send_query(pg, q, err));
    enum dye_status status = DYE_OK;
    for (PGresult *r; (r = PQgetResult(pg)) != NULL; PQclear(r)) {
        if (status != DYE_OK)
            continue; /* what is still on the wire */
        if (PQresultStatus(r) == PGRES_SINGLE_TUPLE)
            status = ask_row(r, marks, ret, err);
        else if (PQresultStatus(r) != PGRES_TUPLES_OK)
            status = dye_fail(err, DYE_E_DATABASE, "database: the sketches broke off");
        if (status == DYE_OK && stop != NULL && atomic_load(stop))
            status = DYE_STOPPED;
        if (status != DYE_OK)
            cancel(pg);
    }
    return status;
}

void suspects_done(struct suspects *x)
{
    free(x->at);
    *x = (struct suspects){0};
}
