#include "registry.h"

#include "dye/digest.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct registry {
    struct dye_index_keys keys;
    pthread_mutex_t lock; /* guards `now` only */
    struct registry_snapshot *now;
};

static struct registry_snapshot *snapshot_new(void)
{
    struct registry_snapshot *s = calloc(1, sizeof *s);
    if (s != NULL)
        atomic_init(&s->refs, 1);
    return s;
}

void registry_put(struct registry_snapshot *s)
{
    if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    dye_index_unref(s->set.part[0]);
    dye_index_unref(s->set.part[1]);
    free(s);
}

enum dye_status registry_new(const struct dye_index_keys *keys, struct registry **ret, struct dye_error *err)
{
    struct registry *r = calloc(1, sizeof *r);
    struct registry_snapshot *s = snapshot_new();
    if (r == NULL || s == NULL) {
        free(r);
        free(s);
        DYE_FAIL(err, DYE_E_NOMEM, "registry: out of memory");
    }
    r->keys = *keys;
    r->now = s;
    pthread_mutex_init(&r->lock, NULL);
    *ret = r;
    return DYE_OK;
}

void registry_free(struct registry *r)
{
    if (r == NULL)
        return;
    registry_put(r->now);
    pthread_mutex_destroy(&r->lock);
    dye_index_keys_wipe(&r->keys);
    free(r);
}

const struct dye_index_keys *registry_keys(const struct registry *r)
{
    return &r->keys;
}

struct registry_snapshot *registry_take(struct registry *r)
{
    pthread_mutex_lock(&r->lock);
    struct registry_snapshot *s = r->now;
    atomic_fetch_add(&s->refs, 1);
    pthread_mutex_unlock(&r->lock);
    return s;
}

static void registry_swap(struct registry *r, struct registry_snapshot *next)
{
    pthread_mutex_lock(&r->lock);
    struct registry_snapshot *old = r->now;
    r->now = next;
    pthread_mutex_unlock(&r->lock);
    registry_put(old);
}

/* ---- loading ---- */

/* A line of COPY text: fields are ids, names and hex, which COPY never escapes but for bytea's backslash. */
static bool split(char *line, char *field[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        field[i] = line;
        line = strpbrk(line, "\t\n");
        if (line == NULL)
            return false;
        *line++ = '\0';
    }
    return true;
}

enum { FIELDS = 8 };

static enum dye_status add_line(struct registry *r, struct dye_index_builder *b, char *line, struct dye_error *err)
{
    char *f[FIELDS];
    struct dye_index_entry e = {0};
    uint8_t sealed[DYE_SEAL_BYTES];
    uint8_t fp[DYE_FP_BYTES];
    uint64_t probe = 0;
    if (!split(line, f, FIELDS) || !dye_unhex(dye_span_str(f[4]), fp, DYE_FP_BYTES) ||
        !dye_unhex(dye_span_str(f[5]), sealed, DYE_SEAL_BYTES))
        DYE_FAIL(err, DYE_E_DATABASE, "registry: a fingerprint's row is damaged");
    if (dye_probe_open(&r->keys, sealed, fp, &probe) != DYE_OK)
        DYE_FAIL(err, DYE_E_KEY, "key: the index key does not open this registry");
    memcpy(e.fp, fp, sizeof e.fp);
    e.probe = probe;
    e.variant = f[1][0];
    e.kind = (uint8_t)dye_kind_from_name(dye_span_str(f[2]));
    e.form = (uint8_t)dye_form_from_name(dye_span_str(f[3]));
    uint64_t epoch = strtoull(f[6], NULL, 10);
    if (epoch > UINT32_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "registry: an index can't hold so late an epoch");
    e.epoch = (uint32_t)epoch;
    e.flags = f[7][0] == 't' ? DYE_INDEX_CONTROL : 0;
    if (e.kind == DYE_KIND_NONE || e.form == DYE_FORM_NONE)
        DYE_FAIL(err, DYE_E_DATABASE, "registry: a kind or form that this program does not know; update it");
    enum dye_status status = dye_index_builder_add(b, dye_span_str(f[0]), &e);
    dye_wipe(&e, sizeof e);
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "registry: %s", dye_status_name(status));
}

static enum dye_status load_rows(struct registry *r, struct store *s, uint64_t after, uint64_t upto,
                                 struct dye_index_builder *b, struct dye_error *err)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "COPY (SELECT f.canary_id, f.variant, f.kind, f.form, encode(f.fp, 'hex'), encode(f.probe, 'hex'),"
             " f.epoch, c.type = 'control' FROM dyetrace.fingerprint f JOIN dyetrace.canary c USING (canary_id)"
             " WHERE f.epoch > %" PRIu64 " AND f.epoch <= %" PRIu64 ") TO STDOUT",
             after, upto);
    STORE_RESULT start = PQexec(store_pg(s), sql);
    if (PQresultStatus(start) != PGRES_COPY_OUT)
        DYE_FAIL(err, DYE_E_DATABASE, "database: the registry can't be read");
    enum dye_status status = DYE_OK;
    char *line = NULL;
    int n;
    while ((n = PQgetCopyData(store_pg(s), &line, 0)) > 0) {
        if (status == DYE_OK)
            status = add_line(r, b, line, err);
        PQfreemem(line);
    }
    for (PGresult *end; (end = PQgetResult(store_pg(s))) != NULL; PQclear(end))
        if (status == DYE_OK && (n != -1 || PQresultStatus(end) != PGRES_COMMAND_OK))
            status = dye_fail(err, DYE_E_DATABASE, "database: the registry broke off");
    return status;
}

static enum dye_status build(struct registry *r, struct dye_index_builder *b, struct dye_index **ret,
                             struct dye_error *err)
{
    uint8_t *image;
    size_t bytes;
    DYE_TRY(dye_index_builder_image(b, &image, &bytes, err));
    return dye_index_take(image, bytes, &r->keys, ret, err);
}

/* Base and delta with the new rows: a new delta while it is small beside the base, else a new base. */
static enum dye_status extend(struct registry *r, struct store *s, const struct registry_snapshot *from,
                              struct registry_snapshot *to, struct dye_error *err)
{
    struct dye_index *base = from->set.part[0];
    struct dye_index *delta = from->set.part[1];
    struct dye_index_builder *b = dye_index_builder_new(&r->keys, false);
    if (b == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "registry: out of memory");
    struct dye_index *made = NULL;
    enum dye_status status = delta != NULL ? dye_index_builder_add_all(b, delta) : DYE_OK;
    if (status == DYE_OK)
        status = load_rows(r, s, from->epoch, to->epoch, b, err);
    if (status == DYE_OK)
        status = build(r, b, &made, err);
    bool fold = status == DYE_OK && (base == NULL || dye_index_entries(made) > dye_index_entries(base) / 8);
    if (fold && base != NULL) {
        status = dye_index_builder_add_all(b, made);
        if (status == DYE_OK)
            status = dye_index_builder_add_all(b, base);
        dye_index_unref(made);
        made = NULL;
        if (status == DYE_OK)
            status = build(r, b, &made, err);
    }
    dye_index_builder_free(b);
    if (status != DYE_OK) {
        dye_index_unref(made);
        return status;
    }
    to->set.part[0] = fold ? made : dye_index_ref(base);
    to->set.part[1] = fold ? NULL : made;
    return DYE_OK;
}

enum dye_status registry_refresh(struct registry *r, struct store *s, bool *ret_changed, struct dye_error *err)
{
    /* Epochs are assigned under a lock held to commit: whoever sees one sees all before it. */
    STORE_RESULT q = NULL;
    DYE_TRY(store_run(s, err, &q, "SELECT coalesce(max(epoch), 0) FROM dyetrace.epoch", ""));
    uint64_t epoch = (uint64_t)store_int(q, 0, 0);
    struct registry_snapshot *from = registry_take(r);
    enum dye_status status = DYE_OK;
    bool changed = epoch > from->epoch;
    if (changed) {
        struct registry_snapshot *to = snapshot_new();
        STORE_RESULT count = NULL;
        status = to != NULL ? DYE_OK : dye_fail(err, DYE_E_NOMEM, "registry: out of memory");
        if (status == DYE_OK)
            status = store_run(s, err, &count, "SELECT count(*) FROM dyetrace.canary WHERE epoch <= $1", "i",
                               (int64_t)epoch);
        if (status == DYE_OK) {
            to->epoch = epoch;
            to->canaries = (uint64_t)store_int(count, 0, 0);
            status = extend(r, s, from, to, err);
        }
        if (status == DYE_OK)
            registry_swap(r, to);
        else
            registry_put(to);
    }
    registry_put(from);
    if (status == DYE_OK && ret_changed != NULL)
        *ret_changed = changed;
    return status;
}
