#include "law_dump.h"

#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum { PATH, RECORDS, PARSEABLE, CENSUS, UNREAD, CANARY_ROWS };

void law_dump_done(struct law_dump *d)
{
    free(d->places);
    free(d->parts);
    free(d->columns);
    free(d->kinds);
    PQclear(d->rows);
    json_decref(d->census);
    *d = (struct law_dump){0};
}

static uint64_t count_of(const json_t *n)
{
    json_int_t v = json_integer_value(n);
    return v > 0 ? (uint64_t)v : 0;
}

static enum dye_status read_head(struct store *s, const char *dump, struct law_dump *d, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT d.state = 'complete', floor(extract(epoch FROM min(a.acquired_at))) FROM dyetrace.dump d"
                      " JOIN dyetrace.acquisition a USING (dump_id) WHERE d.dump_id = $1 GROUP BY d.dump_id",
                      "s", dump));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump: %.40s: unknown", dump);
    if (!store_bool(r, 0, 0))
        DYE_FAIL(err, DYE_E_AGAIN, "dump: %.40s: its ingest is not finished", dump);
    d->acquired_at = store_int(r, 0, 1);
    return DYE_OK;
}

/* ---- parts ---- */

static void add_columns(struct law_dump *d, json_t *columns)
{
    size_t i;
    json_t *c;
    const char *cell;
    json_t *n;
    json_array_foreach(columns, i, c)
    {
        struct dye_law_column *to = &d->columns[d->n_columns++];
        const char *name = json_string_value(json_object_get(c, "name"));
        to->name = name != NULL ? name : "";
        json_object_foreach(json_object_get(c, "cells"), cell, n)
        {
            to->filled += count_of(n);
            enum dye_kind kind = dye_kind_from_name(dye_span_str(cell));
            if (kind != DYE_KIND_NONE)
                to->cells[kind] = count_of(n);
        }
    }
}

static void add_kinds(struct law_dump *d, json_t *kinds)
{
    size_t i, j;
    json_t *k, *name;
    json_array_foreach(kinds, i, k)
    {
        struct dye_law_kinds *to = &d->kinds[d->n_kinds++];
        to->records = count_of(json_object_get(k, "records"));
        json_array_foreach(json_object_get(k, "kinds"), j, name)
        {
            enum dye_kind kind = dye_kind_from_name(dye_span_str(json_string_value(name)));
            to->mask |= kind != DYE_KIND_NONE ? 1U << kind : 0;
        }
    }
}

static enum dye_status read_parts(struct law_dump *d, struct dye_error *err)
{
    size_t n = (size_t)PQntuples(d->rows), columns = 0, kinds = 0;
    d->census = json_array();
    for (size_t i = 0; i < n; i++) {
        const char *text = store_text(d->rows, (int)i, CENSUS);
        json_t *census = text[0] != '\0' ? json_loads(text, 0, NULL) : json_object();
        if (json_array_append_new(d->census, census) != 0)
            DYE_FAIL(err, DYE_E_DATABASE, "dump: a part's counts can't be read");
        columns += json_array_size(json_object_get(census, "columns"));
        kinds += json_array_size(json_object_get(census, "kinds"));
    }
    d->places = calloc(n + 1, sizeof *d->places);
    d->parts = calloc(n + 1, sizeof *d->parts);
    d->columns = calloc(columns + 1, sizeof *d->columns);
    d->kinds = calloc(kinds + 1, sizeof *d->kinds);
    if (d->places == NULL || d->parts == NULL || d->columns == NULL || d->kinds == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "dump: out of memory");
    for (size_t i = 0; i < n; i++) {
        json_t *census = json_array_get(d->census, i);
        struct dye_law_part *p = &d->parts[i];
        d->places[i] = (struct law_dump_part){.path = store_text(d->rows, (int)i, PATH), .first = d->n_columns};
        *p = (struct dye_law_part){.records = (uint64_t)store_int(d->rows, (int)i, RECORDS),
                                   .parseable = (uint64_t)store_int(d->rows, (int)i, PARSEABLE),
                                   .canary_rows = (uint64_t)store_int(d->rows, (int)i, CANARY_ROWS),
                                   .columns = d->columns + d->n_columns,
                                   .kinds = d->kinds + d->n_kinds};
        size_t kinds_before = d->n_kinds;
        add_columns(d, json_object_get(census, "columns"));
        add_kinds(d, json_object_get(census, "kinds"));
        p->n_columns = d->places[i].n = d->n_columns - d->places[i].first;
        p->n_kinds = d->n_kinds - kinds_before;
        d->uncounted += count_of(json_array_get(json_object_get(census, "uncounted"), 1));
        d->unread += store_bool(d->rows, (int)i, UNREAD);
    }
    d->dump.parts = d->parts;
    d->dump.n_parts = n;
    return DYE_OK;
}

/* ---- what is distinct ---- */

static enum dye_status read_distinct(struct store *s, const char *dump, struct law_dump *d, struct dye_error *err)
{
    STORE_RESULT canaries = NULL;
    STORE_RESULT sets = NULL;
    DYE_TRY(store_run(s, err, &canaries, sql_law_canaries, "s", dump));
    DYE_TRY(store_run(s, err, &sets,
                      "SELECT kind, distinct_n, scale = 1, seen_before FROM dyetrace.identifier_set WHERE dump_id = $1",
                      "s", dump));
    for (int i = 0; i < PQntuples(sets); i++) {
        enum dye_law_key key = dye_law_key_from_name(store_text(sets, i, 0));
        if (key == DYE_LAW_KEYS || key == DYE_LAW_ROWS)
            continue;
        d->dump.distinct[key] = (struct dye_law_distinct){
            .known = true, .exact = store_bool(sets, i, 2), .n = (uint64_t)store_int(sets, i, 1)};
        d->seen_before[key].known = !PQgetisnull(sets, i, 3);
        d->seen_before[key].n = (uint64_t)store_int(sets, i, 3);
    }
    for (int i = 0; i < PQntuples(canaries); i++) {
        enum dye_law_key key = dye_law_key_from_name(store_text(canaries, i, 0));
        d->dump.distinct[key].canaries = (uint64_t)store_int(canaries, i, 1);
        if (key == DYE_LAW_BY_MOBILE)
            d->dump.distinct[DYE_LAW_BY_NAME_MOBILE].canaries = (uint64_t)store_int(canaries, i, 1);
    }
    return DYE_OK;
}

enum dye_status law_dump_load(struct store *s, const char *dump, struct law_dump *ret, struct dye_error *err)
{
    struct law_dump d = {0};
    DYE_TRY(read_head(s, dump, &d, err));
    enum dye_status status = store_run(s, err, &d.rows, sql_law_parts, "s", dump);
    if (status == DYE_OK)
        status = read_parts(&d, err);
    if (status == DYE_OK)
        status = read_distinct(s, dump, &d, err);
    if (status == DYE_OK)
        *ret = d;
    else
        law_dump_done(&d);
    return status;
}
