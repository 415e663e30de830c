#include "registrar.h"

#include "allotment.h"
#include "assignment.h"
#include "dye/digest.h"
#include "dye/merkle.h"
#include "person.h"
#include "progress.h"

#include <inttypes.h>
#include <stdlib.h>

static enum dye_status open_with(const struct dye_key *persona, struct store *s, struct registrar *ret,
                                 struct dye_error *err)
{
    struct dye_persona_maker *maker = dye_persona_maker_new(persona);
    if (maker == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "personas: out of memory");
    ret->store = s;
    ret->maker = maker;
    dye_key_derive(persona, "dyetrace/1/code", &ret->code_key);
    following_init(&ret->following, s, persona, maker);
    dye_key_derive(persona, "dyetrace/1/message", &ret->message_key);
    vault_init(persona, &ret->vault);
    return DYE_OK;
}

enum dye_status registrar_open(const struct home *h, struct store *s, struct registrar *ret, struct dye_error *err)
{
    DYE_CLEANUP(dye_key_wipe) struct dye_key persona = {0};
    DYE_CLEANUP(dye_key_wipe) struct dye_key index = {0};
    DYE_TRY(zone_key(h, "seeder", "persona", s, &persona, err));
    DYE_TRY(zone_key(h, "seeder", "index", s, &index, err));
    DYE_TRY(open_with(&persona, s, ret, err));
    dye_index_keys_init(&index, &ret->index_keys);
    return DYE_OK;
}

enum dye_status registrar_open_examples(struct store *s, struct registrar *ret, struct dye_error *err)
{
    DYE_CLEANUP(dye_key_wipe) struct dye_key persona = {0};
    DYE_TRY(dye_random(persona.bytes, sizeof persona.bytes, err));
    return open_with(&persona, s, ret, err);
}

void registrar_use_store(struct registrar *r, struct store *s)
{
    r->store = s;
    r->following.store = s;
}

void registrar_close(struct registrar *r)
{
    dye_persona_maker_free(r->maker);
    r->maker = NULL;
    dye_index_keys_wipe(&r->index_keys);
    following_done(&r->following);
    dye_key_wipe(&r->message_key);
    vault_wipe(&r->vault);
    dye_key_wipe(&r->code_key);
}

enum dye_status registrar_persona(const struct registrar *r, const struct registrar_ref *ref, struct dye_persona *ret,
                                  struct dye_error *err)
{
    struct dye_persona own;
    struct dye_persona other;
    const struct following *f = &r->following;
    if (ref->variant == 'A')
        return following_make(f, ref->profile, ref->sector, ref->made_on, ref->serial, ret, err);
    DYE_TRY(following_make(f, ref->profile, ref->sector, ref->made_on, ref->serial, &own, err));
    /* Of the other only values are taken: without a sector it has them all. */
    enum dye_status status = dye_persona_make(r->maker, ref->serial_b, NULL, ref->made_on, &other, err);
    if (status == DYE_OK)
        dye_persona_variant(&own, &other, ret);
    dye_persona_wipe(&own);
    dye_persona_wipe(&other);
    return status;
}

/* ---- one canary's rows ---- */

enum { FINGERPRINTS_MAX = DYE_KIND_COUNT * DYE_FORMS_MAX };

struct fingerprint {
    uint8_t fp[DYE_FP_BYTES];
    uint8_t probe[DYE_SEAL_BYTES];
    enum dye_kind kind;
    enum dye_form form;
};

static size_t fingerprints_of(const struct registrar *r, const struct dye_sector *sector, const struct dye_persona *p,
                              struct fingerprint ret[FINGERPRINTS_MAX])
{
    size_t n = 0;
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++) {
        struct dye_form_bytes forms[DYE_FORMS_MAX];
        if (p->value[kind].n == 0 || (sector != NULL && !dye_sector_has(sector, kind)))
            continue;
        size_t n_forms = dye_ident_forms(kind, &p->value[kind], forms);
        for (size_t i = 0; i < n_forms; i++) {
            struct dye_span bytes = dye_value_span(&forms[i].bytes);
            struct fingerprint *f = &ret[n++];
            f->kind = kind;
            f->form = forms[i].form;
            dye_fp(&r->index_keys, bytes, f->fp);
            dye_probe_seal(&r->index_keys, dye_probe(&r->index_keys, bytes), f->fp, f->probe);
        }
        dye_wipe(forms, sizeof forms);
    }
    return n;
}

/* Whether its records show an identifier that a scan finds. */
static bool is_findable(const struct dye_sector *sector, const struct dye_persona *p)
{
    struct dye_value cell;
    bool found = false;
    for (size_t i = 0; i < sector->columns && !found; i++) {
        const struct dye_column *c = &sector->column[i];
        found = c->what == DYE_COLUMN_KIND && dye_ident_is_found(c->kind, &p->value[c->kind]) &&
                dye_sector_cell(c, p, &cell) == DYE_OK && cell.n != 0;
    }
    dye_wipe(&cell, sizeof cell);
    return found;
}

static int compare_fp(const void *a, const void *b)
{
    return memcmp(((const struct fingerprint *)a)->fp, ((const struct fingerprint *)b)->fp, DYE_FP_BYTES);
}

/* SHA-256 over the fingerprints in ascending order: what the leaf commits to, without telling a value. */
static void hash_values(struct fingerprint *f, size_t n, uint8_t ret[DYE_HASH_BYTES])
{
    qsort(f, n, sizeof *f, compare_fp);
    struct dye_digester *d = dye_digester_new(DYE_SHA256);
    for (size_t i = 0; i < n; i++)
        dye_digester_feed(d, dye_span_of(f[i].fp, DYE_FP_BYTES));
    dye_digester_end(d, ret);
    dye_digester_free(d);
}

/* ---- the Merkle log ---- */

static enum dye_status log_read(struct store *s, struct dye_merkle *ret, struct dye_error *err)
{
    dye_merkle_init(ret);
    DYE_TRY(store_run(s, err, NULL, "SELECT pg_advisory_xact_lock(hashtextextended('dyetrace.log', 0))", ""));
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT size, peaks FROM dyetrace.log_head ORDER BY size DESC LIMIT 1", ""));
    if (PQntuples(r) == 0)
        return DYE_OK;
    ret->size = (uint64_t)store_int(r, 0, 0);
    if (!store_bytes(r, 0, 1, ret->peak, dye_merkle_peaks(ret) * sizeof *ret->peak))
        DYE_FAIL(err, DYE_E_DATABASE, "log: its head is damaged");
    return DYE_OK;
}

static enum dye_status log_write_head(struct store *s, const struct dye_merkle *m, struct dye_error *err)
{
    struct dye_hash root;
    dye_merkle_root(m, &root);
    return store_run(s, err, NULL, "INSERT INTO dyetrace.log_head (size, root, peaks) VALUES ($1, $2, $3)", "ibb",
                     (int64_t)m->size, dye_span_of(&root, sizeof root),
                     dye_span_of(m->peak, dye_merkle_peaks(m) * sizeof *m->peak));
}

/* ---- a batch ---- */

struct rows { /* COPY text, one buffer a table */
    struct dye_buf canaries, values, fingerprints, leaves, placements, positions;
};

enum { ROWS_MAX_BYTES = 1 << 30 };

static void rows_init(struct rows *t)
{
    dye_buf_init(&t->canaries, ROWS_MAX_BYTES, false);
    dye_buf_init(&t->values, ROWS_MAX_BYTES, false);
    dye_buf_init(&t->fingerprints, ROWS_MAX_BYTES, false);
    dye_buf_init(&t->leaves, ROWS_MAX_BYTES, false);
    dye_buf_init(&t->placements, ROWS_MAX_BYTES, false);
    dye_buf_init(&t->positions, ROWS_MAX_BYTES, false);
}

static void rows_done(struct rows *t)
{
    dye_buf_done(&t->canaries);
    dye_buf_done(&t->values);
    dye_buf_done(&t->fingerprints);
    dye_buf_done(&t->leaves);
    dye_buf_done(&t->placements);
    dye_buf_done(&t->positions);
}

struct batch_context {
    struct registrar *r;
    const struct registrar_batch *b;
    struct rows rows;
    struct allotment pools;
    struct dye_merkle log;
    uint64_t log_size;    /* before this batch */
    uint64_t unfound;     /* canaries that no scan could find */
    struct dye_code code; /* of shared canaries, with its row's number */
    int64_t code_id;
    int64_t epoch;
    char now[32];  /* RFC 3339, seconds, UTC: the time that the leaf commits to */
    int32_t today; /* its day: ages and dates are counted from it */
};

static enum dye_status add_fingerprints(struct batch_context *x, const char *canary, char variant,
                                        const struct fingerprint *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char fp[2 * DYE_FP_BYTES + 1];
        char probe[2 * DYE_SEAL_BYTES + 1];
        dye_hex(f[i].fp, DYE_FP_BYTES, fp);
        dye_hex(f[i].probe, DYE_SEAL_BYTES, probe);
        DYE_TRY(dye_buf_printf(&x->rows.fingerprints, "%s\t%c\t%s\t%s\t\\\\x%s\t\\\\x%s\t%" PRId64 "\n", canary,
                               variant, dye_kind_name(f[i].kind), dye_form_name(f[i].form), fp, probe, x->epoch));
    }
    return DYE_OK;
}

struct place { /* where a copy is planted, and since when */
    int64_t source_id, owner_id;
    const char *path;
    const char *planted_at;
};

static enum dye_status add_placement(struct batch_context *x, const char *canary, char variant, const struct place *at,
                                     struct fingerprint *f, size_t n, struct dye_error *err)
{
    struct dye_placement_leaf leaf = {
        .canary = canary, .variant = variant, .source = at->path, .planted_at = at->planted_at};
    struct dye_hash hash;
    char nonce_hex[65];
    char values_hex[65];
    char hash_hex[65];
    DYE_TRY(dye_random(leaf.nonce, sizeof leaf.nonce, err));
    hash_values(f, n, leaf.values_hash);
    DYE_TRY(dye_placement_leaf_hash(&leaf, &hash));
    dye_hex(leaf.nonce, 32, nonce_hex);
    dye_hex(leaf.values_hash, 32, values_hex);
    dye_hex(hash.bytes, 32, hash_hex);
    uint64_t index = x->log.size;
    dye_merkle_append(&x->log, &hash);
    DYE_TRY(dye_buf_printf(&x->rows.leaves, "%" PRIu64 "\t\\\\x%s\n", index, hash_hex));
    return dye_buf_printf(&x->rows.placements,
                          "%s\t%c\t%" PRId64 "\t%" PRId64 "\t%s\t%s\t%" PRIu64 "\t\\\\x%s\t\\\\x%s\n", canary, variant,
                          at->source_id, at->owner_id, at->planted_at, x->b->state, index, nonce_hex, values_hex);
}

static enum dye_status add_row(struct batch_context *x, const char *canary, const char *serial, const char *type)
{
    return dye_buf_printf(&x->rows.canaries, "%s\t%s\t%s\t%" PRId64 "\t%s\t%" PRId64 "\t%s\n", canary, serial, type,
                          x->b->owner_id, x->b->sector != NULL ? x->b->sector->name : "-", x->epoch, x->now);
}

/* An imported canary has no serial to be made from again: all of it is sealed. */
static enum dye_status add_values(struct batch_context *x, const struct dye_persona *p, struct dye_error *err)
{
    struct dye_value v = {.text = {p->sex}, .n = p->sex != '\0'};
    if (v.n != 0)
        DYE_TRY(allotment_row(&x->r->vault, p->canary, 'A', "sex", x->b->owner_id, &v, NULL, &x->rows.values, err));
    v.n = (size_t)snprintf(v.text, sizeof v.text, "%s", p->birth);
    if (v.n != 0)
        DYE_TRY(allotment_row(&x->r->vault, p->canary, 'A', "birth", x->b->owner_id, &v, NULL, &x->rows.values, err));
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
        if (p->value[kind].n != 0)
            DYE_TRY(allotment_row(&x->r->vault, p->canary, 'A', dye_kind_name(kind), x->b->owner_id, &p->value[kind],
                                  NULL, &x->rows.values, err));
    return DYE_OK;
}

static enum dye_status add_rows(struct batch_context *x, const struct dye_persona *p, const char *serial,
                                const char *type, const char *planted_at, struct dye_error *err)
{
    struct fingerprint f[FINGERPRINTS_MAX];
    size_t n = fingerprints_of(x->r, x->b->imported != NULL ? NULL : x->b->sector, p, f);
    const struct place place = {x->b->source_id, x->b->owner_id, x->b->source_path, planted_at};
    DYE_TRY(add_row(x, p->canary, serial, type));
    DYE_TRY(add_fingerprints(x, p->canary, 'A', f, n));
    return x->b->source_id != 0 ? add_placement(x, p->canary, 'A', &place, f, n, err) : DYE_OK;
}

/* As person_load makes it again: pools first, so that a profile finds the identifiers final. */
static enum dye_status add_canary(struct batch_context *x, uint64_t number, uint64_t serial, struct dye_error *err)
{
    struct dye_persona p;
    char text[24];
    struct following *f = &x->r->following;
    DYE_TRY(following_make(f, f->current, x->b->sector, x->today, serial, &p, err));
    snprintf(text, sizeof text, "%" PRIu64, serial);
    enum dye_status status = allotment_apply(&x->pools, x->b->sector, number, 'A', &p, &x->rows.values, err);
    if (status == DYE_OK)
        following_adopt(f, f->current, x->b->sector, serial, &p);
    x->unfound += x->b->sector != NULL && !is_findable(x->b->sector, &p);
    if (status == DYE_OK)
        status = add_rows(x, &p, text, x->b->source_id == 0 ? "control" : "exclusive", x->now, err);
    dye_persona_wipe(&p);
    return status;
}

static enum dye_status add_imported(struct batch_context *x, const struct registrar_import *m, struct dye_error *err)
{
    DYE_TRY(add_values(x, &m->persona, err));
    return add_rows(x, &m->persona, "\\N", "imported", m->planted_at[0] != '\0' ? m->planted_at : x->now, err);
}

/* A shared canary at a position of the code: both variants, each with pool values of its own, and a placement a holder.
 */
static enum dye_status add_shared(struct batch_context *x, uint64_t position, uint64_t serial, uint64_t serial_b,
                                  struct dye_error *err)
{
    struct fingerprint f[2][FINGERPRINTS_MAX];
    size_t n[2];
    char canary[DYE_CANARY_ID_BYTES];
    char text[24];
    bool findable = true;
    snprintf(text, sizeof text, "%" PRIu64, serial);
    for (int v = 0; v < 2; v++) {
        struct dye_persona p;
        const struct following *following = &x->r->following;
        const struct registrar_ref ref = {serial,       (char)('A' + v), serial_b,
                                          x->b->sector, x->today,        following->current};
        DYE_TRY(registrar_persona(x->r, &ref, &p, err));
        enum dye_status status =
            allotment_apply(&x->pools, x->b->sector, 2 * position + (uint64_t)v, ref.variant, &p, &x->rows.values, err);
        if (status == DYE_OK)
            following_adopt(following, following->current, x->b->sector, serial, &p);
        findable = findable && is_findable(x->b->sector, &p);
        n[v] = fingerprints_of(x->r, x->b->sector, &p, f[v]);
        memcpy(canary, p.canary, sizeof canary);
        dye_persona_wipe(&p);
        DYE_TRY(status);
    }
    x->unfound += !findable;
    DYE_TRY(add_row(x, canary, text, "shared"));
    DYE_TRY(dye_buf_printf(&x->rows.positions, "%" PRId64 "\t%" PRIu64 "\t%s\t%.17g\t%" PRIu64 "\n", x->code_id,
                           position, canary, x->code.bias[position], serial_b));
    for (int v = 0; v < 2; v++)
        DYE_TRY(add_fingerprints(x, canary, (char)('A' + v), f[v], n[v]));
    for (uint32_t i = 0; i < x->code.holders; i++) {
        const struct source *holder = &x->b->code->holder[i];
        const struct place place = {holder->source_id, holder->owner_id, holder->path, x->now};
        char variant = dye_code_symbol(&x->code, position, i);
        DYE_TRY(add_placement(x, canary, variant, &place, f[variant - 'A'], n[variant - 'A'], err));
    }
    return DYE_OK;
}

static enum dye_status copy_table(struct store *s, const char *sql, const struct dye_buf *rows, struct dye_error *err)
{
    enum { PIECE = 1 << 20 };
    if (rows->n == 0)
        return DYE_OK;
    DYE_TRY(store_copy_begin(s, sql, err));
    for (size_t at = 0; at < rows->n; at += PIECE) {
        size_t n = rows->n - at < PIECE ? rows->n - at : PIECE;
        DYE_TRY(store_copy_line(s, (const char *)rows->p + at, n, err));
    }
    return store_copy_end(s, err);
}

static enum dye_status write_rows(struct batch_context *x, struct dye_error *err)
{
    struct store *s = x->r->store;
    DYE_TRY(copy_table(s,
                       "COPY dyetrace.canary (canary_id, serial, type, owner_id, sector, epoch, created_at) FROM STDIN",
                       &x->rows.canaries, err));
    DYE_TRY(copy_table(s, "COPY dyetrace.canary_value (canary_id, variant, kind, owner_id, sealed, pool_fp) FROM STDIN",
                       &x->rows.values, err));
    DYE_TRY(copy_table(s, "COPY dyetrace.fingerprint (canary_id, variant, kind, form, fp, probe, epoch) FROM STDIN",
                       &x->rows.fingerprints, err));
    DYE_TRY(copy_table(s, "COPY dyetrace.log_leaf (leaf_index, leaf_hash) FROM STDIN", &x->rows.leaves, err));
    if (x->log.size == x->log_size)
        return DYE_OK;
    DYE_TRY(copy_table(s, "COPY dyetrace.code_position (code_id, position, canary_id, bias, serial_b) FROM STDIN",
                       &x->rows.positions, err));
    /* COPY does not go into a table with row-level security. */
    DYE_TRY(
        store_run(s, err, NULL,
                  "CREATE TEMPORARY TABLE new_placement ON COMMIT DROP AS SELECT canary_id, variant, source_id,"
                  " owner_id, planted_at, state, leaf_index, nonce, values_hash FROM dyetrace.placement WHERE false",
                  ""));
    DYE_TRY(copy_table(s, "COPY pg_temp.new_placement FROM STDIN", &x->rows.placements, err));
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.placement (canary_id, variant, source_id, owner_id, planted_at, state,"
                      " leaf_index, nonce, values_hash) SELECT * FROM pg_temp.new_placement ORDER BY leaf_index",
                      ""));
    DYE_TRY(following_keep(&x->r->following, err));
    return log_write_head(s, &x->log, err);
}

static enum dye_status take_serials(struct store *s, uint64_t count, PGresult **ret, struct dye_error *err)
{
    return store_run(s, err, ret,
                     "SELECT nextval('dyetrace.canary_serial') FROM generate_series(1, $1::bigint) ORDER BY 1", "i",
                     (int64_t)count);
}

static enum dye_status make_code(struct batch_context *x, struct dye_error *err)
{
    const struct registrar_code *c = x->b->code;
    STORE_RESULT row = NULL;
    DYE_TRY(dye_code_make(&x->r->code_key, (uint64_t)x->epoch, c->holders, c->params.colluders, c->plan.positions,
                          &x->code, err));
    DYE_TRY(store_run(x->r->store, err, &row,
                      "INSERT INTO dyetrace.code (owner_id, epoch, holders, colluders, epsilon, survival, surviving,"
                      " positions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING code_id",
                      "iiiiffii", x->b->owner_id, x->epoch, (int64_t)c->holders, (int64_t)c->params.colluders,
                      c->params.epsilon, c->params.survival, (int64_t)c->plan.surviving, (int64_t)c->plan.positions));
    x->code_id = store_int(row, 0, 0);
    return DYE_OK;
}

static enum dye_status add_one(struct batch_context *x, const PGresult *serials, uint64_t i, struct dye_error *err)
{
    if (x->b->imported != NULL)
        return add_imported(x, &x->b->imported[i], err);
    if (x->b->code == NULL)
        return add_canary(x, i, (uint64_t)store_int(serials, (int)i, 0), err);
    return add_shared(x, i, (uint64_t)store_int(serials, (int)(2 * i), 0),
                      (uint64_t)store_int(serials, (int)(2 * i) + 1, 0), err);
}

/* A canary that can't be found is a promise that can't be kept. */
static enum dye_status tell_unfound(const struct batch_context *x, struct dye_error *err)
{
    if (x->unfound == 0)
        return DYE_OK;
    if (x->unfound == x->b->count)
        DYE_FAIL(err, DYE_E_USAGE,
                 "sector: %s: no scan finds what its records show, and with it none of these canaries",
                 x->b->sector->name);
    fprintf(stderr, "dyetrace: %s: %" PRIu64 " of %" PRIu64 " canaries show nothing that a scan finds\n",
            x->b->audit_event, x->unfound, x->b->count);
    return DYE_OK;
}

static enum dye_status add_all(struct batch_context *x, const PGresult *serials, struct dye_error *err)
{
    struct progress progress;
    enum dye_status status = DYE_OK;
    progress_start(&progress, x->b->audit_event, "canaries", x->b->count);
    for (uint64_t i = 0; status == DYE_OK && i < x->b->count; i++) {
        status = add_one(x, serials, i, err);
        progress_at(&progress, i);
    }
    progress_end(&progress);
    if (status == DYE_E_LIMIT || status == DYE_E_NOMEM)
        DYE_FAIL(err, status, "batch: too large; seed in several");
    DYE_TRY(status);
    return tell_unfound(x, err);
}

/* Serials never repeat a value, but a variant's resident ID is derived from another's. */
static enum dye_status check_repeats(struct batch_context *x, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    /* Written so that each new value is one look-up in the index, whatever the planner knows of a table just filled. */
    DYE_TRY(store_run(x->r->store, err, &r,
                      "SELECT EXISTS (SELECT FROM (SELECT n.fp, n.canary_id, n.variant FROM dyetrace.fingerprint n"
                      " WHERE n.epoch = $1 AND n.kind = 'resident_id' AND n.form = 'plain' OFFSET 0) f"
                      " CROSS JOIN LATERAL (SELECT o.canary_id, o.variant FROM dyetrace.fingerprint o"
                      " WHERE o.fp = f.fp AND o.kind = 'resident_id' AND o.form = 'plain' OFFSET 0) g"
                      " WHERE g.canary_id <> f.canary_id AND (f.variant <> 'A' OR g.variant <> 'A'))",
                      "i", x->epoch));
    if (store_bool(r, 0, 0))
        DYE_FAIL(err, DYE_E_AGAIN,
                 "batch: a variant's value would repeat another canary's; the same call again draws"
                 " others");
    return DYE_OK;
}

enum dye_status registrar_follow(struct registrar *r, const struct source *source, size_t n, struct dye_error *err)
{
    int64_t *ids = calloc(n, sizeof *ids);
    if (ids == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "profiles: out of memory");
    for (size_t i = 0; i < n; i++)
        ids[i] = source[i].source_id;
    enum dye_status status = following_source(&r->following, ids, n, err);
    free(ids);
    return status;
}

static enum dye_status follow(struct batch_context *x, struct dye_error *err)
{
    const struct registrar_batch *b = x->b;
    if (b->code != NULL)
        return registrar_follow(x->r, b->code->holder, b->code->holders, err);
    /* An imported canary is as it stands already, and a control stands nowhere. */
    return following_source(&x->r->following, &b->source_id, b->imported == NULL && b->source_id != 0, err);
}

static enum dye_status run_batch(struct batch_context *x, PGresult **ret_serials, struct dye_error *err)
{
    struct store *s = x->r->store;
    STORE_RESULT moment = NULL;
    STORE_RESULT epoch = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(follow(x, err));
    uint64_t sets = x->b->imported != NULL ? 0 : x->b->code != NULL ? 2 * x->b->count : x->b->count;
    if (sets != 0)
        DYE_TRY(take_serials(s, sets, ret_serials, err));
    DYE_TRY(log_read(s, &x->log, err));
    x->log_size = x->log.size;
    if (sets != 0) {
        DYE_TRY(assignment_allows(s, x->b->sector, x->b->owner_id, err));
        DYE_TRY(allotment_take(s, &x->r->vault, x->b->sector, x->b->owner_id, sets, &x->pools, err));
    }
    DYE_TRY(store_run(s, err, &epoch, "SELECT dyetrace.epoch_next($1)", "s", x->b->audit_event));
    DYE_TRY(store_run(s, err, &moment,
                      "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
                      " (clock_timestamp() AT TIME ZONE 'UTC')::date - date '1970-01-01'",
                      ""));
    x->epoch = store_int(epoch, 0, 0);
    snprintf(x->now, sizeof x->now, "%s", store_text(moment, 0, 0));
    x->today = (int32_t)store_int(moment, 0, 1);
    if (x->b->code != NULL)
        DYE_TRY(make_code(x, err));
    DYE_TRY(add_all(x, *ret_serials, err));
    DYE_TRY(write_rows(x, err));
    if (x->b->check != NULL)
        DYE_TRY(x->b->check(s, x->b->check_arg, err));
    DYE_TRY(check_repeats(x, err));
    DYE_TRY(zone_audit(s, x->b->audit_event, x->log.size != x->log_size ? x->b->source_path : "-", "done",
                       x->b->audit_detail, err));
    return store_commit(s, err);
}

static enum dye_status hand_out_some(const struct batch_context *x, const PGresult *serials, int from, size_t n,
                                     struct dye_persona *persons, registrar_fn fn, void *arg, struct dye_error *err)
{
    struct person_ref ref[PERSONS_MAX] = {0};
    for (size_t i = 0; i < n; i++)
        ref[i] = (struct person_ref){.serial = store_int(serials, from + (int)i, 0),
                                     .variant = 'A',
                                     .sector = x->b->sector,
                                     .made_on = x->today};
    DYE_TRY(person_load(x->r, ref, n, persons, err));
    for (size_t i = 0; i < n; i++)
        DYE_TRY(fn(arg, &persons[i]));
    return DYE_OK;
}

static enum dye_status hand_out(const struct batch_context *x, const PGresult *serials, registrar_fn fn, void *arg,
                                struct dye_error *err)
{
    struct dye_persona *persons = calloc(PERSONS_MAX, sizeof *persons);
    if (persons == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "registrar: out of memory");
    enum dye_status status = DYE_OK;
    for (int i = 0; status == DYE_OK && i < PQntuples(serials); i += PERSONS_MAX) {
        int left = PQntuples(serials) - i;
        status = hand_out_some(x, serials, i, (size_t)(left < PERSONS_MAX ? left : PERSONS_MAX), persons, fn, arg, err);
    }
    dye_wipe(persons, PERSONS_MAX * sizeof *persons);
    free(persons);
    return status;
}

static enum dye_status hand_out_copy(const struct batch_context *x, const PGresult *serials, uint32_t holder,
                                     struct dye_persona *persons, struct dye_error *err)
{
    const struct registrar_code *c = x->b->code;
    struct person_ref ref[PERSONS_MAX] = {0};
    for (uint64_t from = 0; from < x->code.positions; from += PERSONS_MAX) {
        uint64_t left = x->code.positions - from;
        size_t n = left < PERSONS_MAX ? (size_t)left : PERSONS_MAX;
        for (size_t i = 0; i < n; i++) {
            int row = (int)(2 * (from + i));
            ref[i] = (struct person_ref){.serial = store_int(serials, row, 0),
                                         .variant = dye_code_symbol(&x->code, from + i, holder),
                                         .serial_b = store_int(serials, row + 1, 0),
                                         .sector = x->b->sector,
                                         .made_on = x->today};
        }
        DYE_TRY(person_load(x->r, ref, n, persons, err));
        for (size_t i = 0; i < n; i++)
            DYE_TRY(c->fn(c->arg, holder, ref[i].variant, &persons[i]));
    }
    return DYE_OK;
}

static enum dye_status hand_out_copies(const struct batch_context *x, const PGresult *serials, struct dye_error *err)
{
    struct dye_persona *persons = calloc(PERSONS_MAX, sizeof *persons);
    if (persons == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "registrar: out of memory");
    enum dye_status status = DYE_OK;
    for (uint32_t holder = 0; status == DYE_OK && holder < x->b->code->holders; holder++)
        status = hand_out_copy(x, serials, holder, persons, err);
    dye_wipe(persons, PERSONS_MAX * sizeof *persons);
    free(persons);
    return status;
}

enum dye_status registrar_register(struct registrar *r, const struct registrar_batch *b, registrar_fn fn, void *arg,
                                   struct dye_error *err)
{
    struct batch_context x = {.r = r, .b = b};
    STORE_RESULT serials = NULL;
    rows_init(&x.rows);
    enum dye_status status = run_batch(&x, &serials, err);
    rows_done(&x.rows);
    allotment_done(&x.pools);
    if (status != DYE_OK)
        store_rollback(r->store);
    else if (b->code != NULL && b->code->fn != NULL)
        status = hand_out_copies(&x, serials, err);
    else if (fn != NULL)
        status = hand_out(&x, serials, fn, arg, err);
    dye_code_done(&x.code);
    return status;
}

enum dye_status registrar_detail(long long count, const char *no_hit, char *ret, size_t n, struct dye_error *err)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:";
    if (no_hit == NULL)
        no_hit = "";
    if (strspn(no_hit, plain) != strlen(no_hit) || strlen(no_hit) > 128) /* kept to what JSON need not escape */
        DYE_FAIL(err, DYE_E_USAGE, "--no-hit: at most 128 letters, digits and - _ . / : are wanted");
    snprintf(ret, n, "{\"count\":%lld,\"no_hit\":\"%s\"}", count, no_hit);
    return DYE_OK;
}
