#include "assignment.h"

#include "person.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct import {
    const struct home *home;
    struct registrar *r;
    const struct dye_assigned *table;
    const char *kind;
    int64_t release_id;
    assignment_fn fn;
    uint64_t canaries;
};

static enum dye_status add_release(struct import *m, const char *release, const uint8_t sha256[32],
                                   struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(m->r->store, err, NULL,
                      "INSERT INTO dyetrace.assigned_release (kind, name, sha256, entries, meets_space)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, name) DO NOTHING",
                      "ssbio", m->kind, release, dye_span_of(sha256, 32), (int64_t)dye_assigned_entries(m->table),
                      (int)dye_assigned_meets_space(m->table)));
    DYE_TRY(store_run(m->r->store, err, &r,
                      "SELECT release_id, sha256 = $3 FROM dyetrace.assigned_release WHERE kind = $1 AND name = $2",
                      "ssb", m->kind, release, dye_span_of(sha256, 32)));
    if (!store_bool(r, 0, 1))
        DYE_FAIL(err, DYE_E_USAGE, "table: release %.80s is known, and is another table", release);
    m->release_id = store_int(r, 0, 0);
    return DYE_OK;
}

static enum dye_status look_at(struct import *m, const PGresult *rows, int n, struct dye_persona *persons,
                               struct dye_error *err)
{
    static const struct person_columns columns = {
        .canary = 0, .serial = 1, .variant = 3, .serial_b = 4, .made_on = 5, .sector = 6};
    enum dye_kind kind = dye_assigned_kind(m->table);
    DYE_TRY(person_load_rows(m->home, m->r, rows, &columns, 0, n, persons, err));
    for (int i = 0; i < n; i++) {
        const struct dye_value *v = &persons[i].value[kind];
        if (v->n == 0 || !dye_ident_is_safe(kind, v) || !dye_ident_assigned(kind, v, m->table))
            continue;
        DYE_TRY(store_run(m->r->store, err, NULL,
                          "INSERT INTO dyetrace.canary_assigned (canary_id, kind, release_id) VALUES ($1, $2, $3)"
                          " ON CONFLICT DO NOTHING",
                          "ssi", store_text(rows, i, 0), m->kind, m->release_id));
        m->fn(store_text(rows, i, 0), store_text(rows, i, 2));
        m->canaries++;
    }
    return DYE_OK;
}

/* Canaries that carry the kind in what was planted, that is: have a fingerprint of it. */
static enum dye_status look_at_all(struct import *m, struct dye_persona *persons, struct dye_error *err)
{
    char after[64] = "";
    for (;;) {
        STORE_RESULT rows = NULL;
        DYE_TRY(
            store_run(m->r->store, err, &rows,
                      "SELECT c.canary_id, coalesce(c.serial, -1), (SELECT min(s.path) FROM dyetrace.placement p"
                      " JOIN dyetrace.source s USING (source_id) WHERE p.canary_id = c.canary_id),"
                      " 'A', 0, (c.created_at AT TIME ZONE 'UTC')::date - date '1970-01-01', c.sector"
                      " FROM dyetrace.canary c WHERE c.canary_id > $1 AND EXISTS (SELECT FROM dyetrace.fingerprint f"
                      " WHERE f.canary_id = c.canary_id AND f.kind = $2 AND f.form = 'plain')"
                      " AND NOT EXISTS (SELECT FROM dyetrace.canary_burn b WHERE b.canary_id = c.canary_id)"
                      " ORDER BY c.canary_id LIMIT $3",
                      "ssi", after, m->kind, (int64_t)PERSONS_MAX));
        int n = PQntuples(rows);
        if (n == 0)
            return DYE_OK;
        DYE_TRY(look_at(m, rows, n, persons, err));
        snprintf(after, sizeof after, "%s", store_text(rows, n - 1, 0));
    }
}

enum dye_status assignment_import(const struct home *h, struct registrar *r, const struct dye_assigned *table,
                                  const char *release, const uint8_t sha256[32], assignment_fn fn,
                                  uint64_t *ret_canaries, struct dye_error *err)
{
    struct import m = {.home = h, .r = r, .table = table, .fn = fn};
    char detail[96];
    m.kind = dye_kind_name(dye_assigned_kind(table));
    struct dye_persona *persons = calloc(PERSONS_MAX, sizeof *persons);
    if (persons == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "table: out of memory");
    enum dye_status status = store_begin(r->store, err);
    if (status == DYE_OK)
        status = add_release(&m, release, sha256, err);
    if (status == DYE_OK)
        status = look_at_all(&m, persons, err);
    snprintf(detail, sizeof detail, "{\"kind\":\"%s\",\"canaries\":%" PRIu64 "}", m.kind, m.canaries);
    if (status == DYE_OK)
        status = zone_audit(r->store, "table import", release, "done", detail, err);
    if (status == DYE_OK)
        status = store_commit(r->store, err);
    dye_wipe(persons, PERSONS_MAX * sizeof *persons);
    free(persons);
    if (status == DYE_OK)
        *ret_canaries = m.canaries;
    return status;
}

static enum dye_status allows_kind(struct store *s, const char *kind, int64_t owner_id, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT count(DISTINCT a.canary_id) FROM dyetrace.canary_assigned a"
                      " JOIN dyetrace.placement p USING (canary_id) WHERE a.kind = $1 AND p.state <> 'withdrawn'"
                      " AND NOT EXISTS (SELECT FROM dyetrace.canary_burn b WHERE b.canary_id = a.canary_id)",
                      "s", kind));
    int64_t live = store_int(r, 0, 0);
    if (live != 0)
        DYE_FAIL(err, DYE_E_USAGE,
                 "%s: a new release assigns the values of %" PRId64 " canaries; dyetrace canary burn --assigned", kind,
                 live);
    STORE_RESULT newest = NULL;
    DYE_TRY(
        store_run(s, err, &newest,
                  "SELECT a.name FROM dyetrace.assigned_release a WHERE a.kind = $1 AND a.meets_space"
                  " AND a.release_id = (SELECT max(n.release_id) FROM dyetrace.assigned_release n WHERE n.kind = $1)"
                  " AND NOT EXISTS (SELECT FROM dyetrace.pool p WHERE p.owner_id = $2 AND p.kind = $1)",
                  "si", kind, owner_id));
    if (PQntuples(newest) != 0)
        DYE_FAIL(err, DYE_E_USAGE, "%s: release %.80s assigns values of the default space; a pool is wanted", kind,
                 store_text(newest, 0, 0));
    return DYE_OK;
}

enum dye_status assignment_allows(struct store *s, const struct dye_sector *sector, int64_t owner_id,
                                  struct dye_error *err)
{
    for (enum dye_kind kind = 1; sector != NULL && kind < DYE_KIND_COUNT; kind++)
        if (dye_sector_has(sector, kind) && dye_ident_space(kind) != 0)
            DYE_TRY(allows_kind(s, dye_kind_name(kind), owner_id, err));
    return DYE_OK;
}
