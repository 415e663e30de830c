#include "health.h"

#include "dye/digest.h"
#include "placed.h"
#include "queries.h"
#include "queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[HEALTH_STATES] = {
    [CONNECTOR_UNKNOWN] = "unknown", [CONNECTOR_PRESENT] = "present", [CONNECTOR_DROPPED] = "dropped",
    [CONNECTOR_CHANGED] = "altered", [CONNECTOR_MERGED] = "merged",   [CONNECTOR_DOUBLED] = "duplicated"};

const char *health_state_name(size_t state)
{
    return names[state];
}

struct check {
    const struct home *home;
    struct registrar *registrar;
    const struct source *source;
    struct connector connector;
    health_fn fn;
    void *arg;
    struct health_result result;
};

/* ---- findings on record ---- */

struct findings { /* arrays as PostgreSQL reads them */
    struct dye_buf ids, states, fields, merged;
    size_t n;
};

static void findings_init(struct findings *f)
{
    *f = (struct findings){0};
    dye_buf_init(&f->ids, 1 << 20, false);
    dye_buf_init(&f->states, 1 << 20, false);
    dye_buf_init(&f->fields, 1 << 22, false);
    dye_buf_init(&f->merged, 1 << 20, false);
}

static void findings_done(struct findings *f)
{
    dye_buf_done(&f->ids);
    dye_buf_done(&f->states);
    dye_buf_done(&f->fields);
    dye_buf_done(&f->merged);
}

static enum dye_status findings_add(struct findings *f, int64_t placement, size_t state, const char *fields,
                                    const char *merged)
{
    const char *open = f->n++ == 0 ? "{" : ",";
    DYE_TRY(dye_buf_printf(&f->ids, "%s%" PRId64, open, placement));
    DYE_TRY(dye_buf_printf(&f->states, "%s%s", open, names[state]));
    DYE_TRY(dye_buf_printf(&f->fields, "%s\"", open));
    for (; *fields != '\0'; fields++)
        DYE_TRY(dye_buf_printf(&f->fields, "%s%c", *fields == '"' || *fields == '\\' ? "\\" : "", *fields));
    DYE_TRY(dye_buf_append_str(&f->fields, "\""));
    return dye_buf_printf(&f->merged, "%s\"%s\"", open, merged);
}

static enum dye_status findings_store(struct check *x, struct findings *f, struct dye_error *err)
{
    STORE_RESULT changed = NULL;
    if (f->n == 0)
        return DYE_OK;
    if (dye_buf_append_str(&f->ids, "}") != DYE_OK || dye_buf_append_str(&f->states, "}") != DYE_OK ||
        dye_buf_append_str(&f->fields, "}") != DYE_OK || dye_buf_append_str(&f->merged, "}") != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "health: out of memory");
    DYE_TRY(store_run(x->registrar->store, err, &changed, sql_health_note, "ssss", (const char *)f->ids.p,
                      (const char *)f->states.p, (const char *)f->fields.p, (const char *)f->merged.p));
    for (int i = 0; i < PQntuples(changed); i++) {
        const struct health_change c = {
            .canary = store_text(changed, i, 0),
            .variant = store_text(changed, i, 1),
            .was = store_text(changed, i, 2),
            .now = store_text(changed, i, 3),
            .fields = store_text(changed, i, 4),
            .merged_with = store_text(changed, i, 5),
        };
        if (c.was[0] == '\0' && (strcmp(c.now, "present") == 0 || strcmp(c.now, "unknown") == 0))
            continue; /* nobody expected anything else */
        x->result.changed++;
        if (x->fn != NULL)
            x->fn(x->arg, x->source, &c);
    }
    return DYE_OK;
}

/* ---- a batch ---- */

/* The canary of this source whose key or mrn that is; *ret is "" for none. */
static enum dye_status find_owner(struct check *x, const struct placed *p, const struct dye_value *key, const char *own,
                                  char ret[DYE_CANARY_ID_BYTES], struct dye_error *err)
{
    enum dye_kind kind = connector_key_kind(&x->connector, &p->sector);
    struct dye_value canonical = {0};
    STORE_RESULT r = NULL;
    uint8_t fp[DYE_FP_BYTES];
    ret[0] = '\0';
    if (key->n == 0 || kind == DYE_KIND_NONE || dye_ident_parse(kind, dye_value_span(key), &canonical) != DYE_OK)
        return DYE_OK;
    dye_fp(&x->registrar->index_keys, dye_value_span(&canonical), fp);
    dye_wipe(&canonical, sizeof canonical);
    DYE_TRY(store_run(x->registrar->store, err, &r,
                      "SELECT f.canary_id FROM dyetrace.fingerprint f JOIN dyetrace.placement p USING (canary_id)"
                      " WHERE f.fp = $1 AND f.kind = $2 AND f.form = 'plain' AND p.source_id = $3"
                      " AND p.variant = f.variant AND f.canary_id <> $4",
                      "bsis", dye_span_of(fp, sizeof fp), dye_kind_name(kind), x->source->source_id, own));
    if (PQntuples(r) != 0)
        snprintf(ret, DYE_CANARY_ID_BYTES, "%s", store_text(r, 0, 0));
    return DYE_OK;
}

static enum dye_status note_batch(struct check *x, const struct placed *p, const struct connector_look *looks,
                                  struct findings *f, struct dye_error *err)
{
    for (size_t i = 0; i < p->n; i++) {
        char owner[DYE_CANARY_ID_BYTES];
        size_t state = looks[i].state;
        DYE_TRY(find_owner(x, p, &looks[i].other, p->personas[i].canary, owner, err));
        if (owner[0] != '\0')
            state = CONNECTOR_MERGED; /* two canaries in one record */
        x->result.n[state]++;
        if (findings_add(f, store_int(p->rows, (int)i, 0), state, looks[i].fields, owner) != DYE_OK)
            DYE_FAIL(err, DYE_E_NOMEM, "health: out of memory");
    }
    return findings_store(x, f, err);
}

static enum dye_status look_at_batch(struct check *x, const struct placed *p, struct dye_error *err)
{
    struct connector_look *looks = calloc(p->n, sizeof *looks);
    struct findings f;
    if (looks == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "health: out of memory");
    const struct connector_batch records = placed_batch(p);
    findings_init(&f);
    enum dye_status status = connector_look_at(&x->connector, &records, looks, err);
    if (status == DYE_OK)
        status = note_batch(x, p, looks, &f, err);
    findings_done(&f);
    dye_wipe(looks, p->n * sizeof *looks);
    free(looks);
    return status;
}

static enum dye_status look_at_all(struct check *x, struct dye_error *err)
{
    struct placed_filter filter = {.state = "planted"};
    enum dye_status status = DYE_OK;
    while (status == DYE_OK) {
        struct placed p = {0};
        status = placed_load(x->home, x->registrar, x->source, &filter, &p, err);
        if (status == DYE_OK)
            status = p.n != 0 ? look_at_batch(x, &p, err) : DYE_END;
        if (status == DYE_OK)
            filter.after = placed_last(&p);
        placed_done(&p);
    }
    return status == DYE_END ? DYE_OK : status;
}

/* ---- a source ---- */

/* Those that nobody can ask for: all, or the imported ones. */
static enum dye_status note_unknown(struct check *x, bool all, struct dye_error *err)
{
    int64_t after = 0;
    int n;
    do {
        STORE_RESULT r = NULL;
        struct findings f;
        DYE_TRY(store_run(x->registrar->store, err, &r,
                          "SELECT p.placement_id FROM dyetrace.placement p JOIN dyetrace.canary c USING (canary_id)"
                          " WHERE p.source_id = $1 AND p.state = 'planted' AND ($2 OR c.serial IS NULL)"
                          " AND p.placement_id > $3 ORDER BY 1 LIMIT 1000",
                          "ioi", x->source->source_id, all, after));
        n = PQntuples(r);
        findings_init(&f);
        enum dye_status status = DYE_OK;
        for (int i = 0; status == DYE_OK && i < n; i++)
            status = findings_add(&f, after = store_int(r, i, 0), CONNECTOR_UNKNOWN, "", "");
        if (status != DYE_OK)
            dye_fail(err, status, "health: out of memory");
        else
            status = findings_store(x, &f, err);
        findings_done(&f);
        DYE_TRY(status);
        x->result.n[CONNECTOR_UNKNOWN] += (uint64_t)n;
    } while (n != 0);
    return DYE_OK;
}

static enum dye_status note_check(struct check *x, const char *why, struct dye_error *err)
{
    return store_run(x->registrar->store, err, NULL,
                     "INSERT INTO dyetrace.source_check (source_id, checked_at, why) VALUES ($1, now(), $2)"
                     " ON CONFLICT (source_id) DO UPDATE SET checked_at = excluded.checked_at, why = excluded.why",
                     "is", x->source->source_id, why);
}

static enum dye_status audit(struct check *x, const char *result, struct dye_error *err)
{
    char detail[256] = "{";
    for (size_t i = 0; i < HEALTH_STATES; i++) {
        size_t n = strlen(detail);
        snprintf(detail + n, sizeof detail - n, "%s\"%s\":%" PRIu64, i != 0 ? "," : "", names[i], x->result.n[i]);
    }
    size_t n = strlen(detail);
    snprintf(detail + n, sizeof detail - n, "}");
    return zone_audit(x->registrar->store, "health", x->source->path, result, detail, err);
}

static enum dye_status check_source(struct check *x, struct dye_error *err)
{
    struct dye_error why = {0};
    enum dye_status status = connector_load(x->home, x->source->path, &x->connector, &why);
    if (status == DYE_OK)
        status = connector_reads_back(&x->connector, &why);
    bool asks = status == DYE_OK;
    if (!asks && status != DYE_E_NOTFOUND && status != DYE_E_USAGE)
        DYE_FAIL(err, status, "%s", why.message);
    if (asks)
        DYE_TRY(look_at_all(x, err));
    DYE_TRY(note_unknown(x, !asks, err));
    DYE_TRY(note_check(x, asks ? NULL : why.message, err));
    return audit(x, "done", err);
}

/* What was found before the source broke off is kept, and so is that it did. */
static void note_failure(struct check *x, const char *why)
{
    struct dye_error ignored;
    if (store_recover(x->registrar->store, &ignored) == DYE_OK && note_check(x, why, &ignored) == DYE_OK)
        (void)!audit(x, "failed", &ignored);
}

enum dye_status health_check(const struct home *h, struct registrar *r, const struct source *source, health_fn fn,
                             void *arg, struct health_result *ret, struct dye_error *err)
{
    struct check x = {.home = h, .registrar = r, .source = source, .fn = fn, .arg = arg};
    struct dye_error own = {0};
    DYE_TRY(queue_lease(r->store, "source", source->path, err)); /* nothing is planted or withdrawn meanwhile */
    enum dye_status status = check_source(&x, &own);
    if (status != DYE_OK) {
        note_failure(&x, own.message);
        dye_fail(err, status, "%s", own.message);
    }
    struct dye_error ignored;
    enum dye_status released = queue_release(r->store, "source", source->path, status == DYE_OK ? err : &ignored);
    if (status == DYE_OK)
        status = released;
    if (status == DYE_OK)
        *ret = x.result;
    return status;
}
