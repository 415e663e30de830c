/* pool import, pool list: the values that an owner has for its canaries. */
#include "allotment.h"
#include "csv_reader.h"
#include "dye/digest.h"
#include "pool_file.h"
#include "registrar.h"
#include "unfound.h"
#include "verb.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

static const char *opt_kind;
static const char *opt_name;
static const char *opt_no_hit;
static const char *opt_owner;
static struct common_options common;

static const struct option_spec options[] = {
    {"kind", "K", "import: what the values are: mobile, email, waybill, mrn, policy ...", &opt_kind, NULL},
    {"name", "N", "import: the pool's name (default: the file's); values are added to one that is there", &opt_name,
     NULL},
    {"no-hit", "REF", "import: the certificate that says that the values are nobody's", &opt_no_hit, NULL},
    {"owner", "O", "whose they are (default home.owner)", &opt_owner, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "pool import FILE --kind K [--name N] [--no-hit REF] [--owner O] | pool list",
    "Values for canaries (one a line or CSV; ranges as FROM-TO; mail domains): sealed, and allotted once.", options, 1,
    2};

enum { FILE_MAX = 64 << 20, ROWS_MAX = 1 << 30 };

struct import {
    struct store *store;
    struct vault vault;
    struct dye_index_keys index_keys;
    enum dye_kind kind;
    int64_t owner_id, pool_id;
    char name[128];
    struct dye_buf rows; /* COPY text: line, whole, fp, plain, sealed */
    uint64_t values, bad;
    struct unfound unfound;
};

/* ---- the file ---- */

static void bad_line(void *arg, size_t line, const char *why)
{
    struct import *m = arg;
    m->bad++;
    if (common.json)
        printf("{\"line\":%zu,\"why\":\"%s\"}\n", line, why);
    else
        printf("line %zu: %s\n", line, why);
}

/* Of a mail domain: an address at it. */
static void note_unfound(struct import *m, const struct pool_value *v)
{
    struct dye_value address;
    char text[DYE_VALUE_MAX_BYTES + 4];
    int n = snprintf(text, sizeof text, "aa@%s", v->value.text);
    if (v->whole)
        unfound_note(&m->unfound, m->kind, &v->value, v->line);
    else if (dye_ident_parse(m->kind, dye_span_of(text, (size_t)n), &address) == DYE_OK)
        unfound_note(&m->unfound, m->kind, &address, v->line);
}

static enum dye_status add_value(void *arg, const struct pool_value *v, struct dye_error *err)
{
    struct import *m = arg;
    uint8_t fp[DYE_FP_BYTES];
    uint8_t plain[DYE_FP_BYTES];
    char fp_hex[2 * DYE_FP_BYTES + 1];
    char plain_hex[2 * DYE_FP_BYTES + 1];
    char sealed_hex[2 * VAULT_SEALED_MAX_BYTES + 1];
    char row[VAULT_ROW_MAX];
    struct vault_sealed sealed;
    struct dye_form_bytes forms[DYE_PLAIN_FORMS_MAX];
    if (v->whole && (m->kind == DYE_MOBILE || m->kind == DYE_EMAIL) && dye_ident_is_safe(m->kind, &v->value)) {
        bad_line(m, v->line, "in the default space, which personas use");
        return DYE_OK;
    }
    note_unfound(m, v);
    vault_fp(&m->vault, v->whole ? dye_kind_name(m->kind) : "domain", &v->value, fp);
    dye_hex(fp, sizeof fp, fp_hex);
    vault_row_pool(row, fp_hex);
    DYE_TRY(vault_seal(&m->vault, row, &v->value, &sealed, err));
    (void)dye_ident_plain_forms(m->kind, &v->value, forms);
    dye_fp(&m->index_keys, dye_value_span(&forms[0].bytes), plain);
    dye_wipe(forms, sizeof forms);
    dye_hex(plain, sizeof plain, plain_hex);
    dye_hex(sealed.p, sealed.n, sealed_hex);
    m->values++;
    return dye_buf_printf(&m->rows, "%zu\t%c\t\\\\x%s\t\\\\x%s\t\\\\x%s\n", v->line, v->whole ? 't' : 'f', fp_hex,
                          plain_hex, sealed_hex);
}

/* ---- the registry ---- */

static enum dye_status find_pool(struct import *m, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(m->store, err, NULL,
                      "INSERT INTO dyetrace.pool (owner_id, name, kind, no_hit) VALUES ($1, $2, $3, $4)"
                      " ON CONFLICT (owner_id, name) DO NOTHING",
                      "isss", m->owner_id, m->name, dye_kind_name(m->kind), opt_no_hit));
    DYE_TRY(store_run(m->store, err, &r,
                      "SELECT pool_id, kind, no_hit IS NOT DISTINCT FROM $3 FROM dyetrace.pool"
                      " WHERE owner_id = $1 AND name = $2",
                      "iss", m->owner_id, m->name, opt_no_hit));
    if (strcmp(store_text(r, 0, 1), dye_kind_name(m->kind)) != 0)
        DYE_FAIL(err, DYE_E_USAGE, "pool: %s: its values are of kind %s", m->name, store_text(r, 0, 1));
    if (!store_bool(r, 0, 2))
        DYE_FAIL(err, DYE_E_USAGE, "pool: %s: it has another --no-hit reference; give this one a name of its own",
                 m->name);
    m->pool_id = store_int(r, 0, 0);
    return DYE_OK;
}

static enum dye_status copy_rows(struct import *m, struct dye_error *err)
{
    enum { PIECE = 1 << 20 };
    DYE_TRY(store_run(m->store, err, NULL,
                      "CREATE TEMPORARY TABLE new_value (line bigint, whole boolean, fp bytea, plain bytea,"
                      " sealed bytea) ON COMMIT DROP",
                      ""));
    DYE_TRY(store_copy_begin(m->store, "COPY pg_temp.new_value FROM STDIN", err));
    for (size_t at = 0; at < m->rows.n; at += PIECE) {
        size_t n = m->rows.n - at < PIECE ? m->rows.n - at : PIECE;
        DYE_TRY(store_copy_line(m->store, (const char *)m->rows.p + at, n, err));
    }
    return store_copy_end(m->store, err);
}

/* In a pool, in the file before, or a canary's: all the same to whoever asks. */
static enum dye_status find_taken(struct import *m, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(m->store, err, &r,
                      "SELECT line FROM (SELECT n.line, n.fp, n.plain, row_number() OVER (PARTITION BY n.fp"
                      " ORDER BY n.line) AS nth FROM pg_temp.new_value n) n WHERE nth > 1"
                      " OR EXISTS (SELECT FROM dyetrace.pool_value v WHERE v.fp = n.fp)"
                      " OR EXISTS (SELECT FROM dyetrace.fingerprint f WHERE f.form = 'plain' AND f.fp = n.plain)"
                      " GROUP BY line ORDER BY line",
                      ""));
    for (int i = 0; i < PQntuples(r); i++)
        bad_line(m, (size_t)store_int(r, i, 0), "taken already");
    return DYE_OK;
}

static enum dye_status audit(struct import *m, struct dye_error *err)
{
    json_t *detail = json_pack("{s:s, s:I, s:s?}", "kind", dye_kind_name(m->kind), "count", (json_int_t)m->values,
                               "no_hit", opt_no_hit);
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--no-hit: UTF-8 text is wanted");
    enum dye_status status = zone_audit(m->store, "pool import", m->name, "done", text, err);
    free(text);
    return status;
}

static enum dye_status write_rows(struct import *m, struct dye_error *err)
{
    DYE_TRY(store_begin(m->store, err));
    DYE_TRY(find_pool(m, err));
    DYE_TRY(copy_rows(m, err));
    DYE_TRY(find_taken(m, err));
    if (m->bad != 0)
        DYE_FAIL(err, DYE_E_USAGE, "pool: %" PRIu64 " of its lines can't be pooled; nothing was imported", m->bad);
    DYE_TRY(store_run(m->store, err, NULL,
                      "INSERT INTO dyetrace.pool_value (fp, pool_id, owner_id, whole, sealed)"
                      " SELECT fp, $1, $2, whole, sealed FROM pg_temp.new_value",
                      "ii", m->pool_id, m->owner_id));
    DYE_TRY(audit(m, err));
    return store_commit(m->store, err);
}

static enum dye_status find_owner(const struct home *h, struct store *s, int64_t *ret, struct dye_error *err)
{
    const char *name = opt_owner != NULL ? opt_owner : h->config.owner;
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT owner_id FROM dyetrace.owner WHERE name = $1", "s", name));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "owner: %s: unknown; source add --owner makes it", name);
    *ret = store_int(r, 0, 0);
    return DYE_OK;
}

static enum dye_status import_text(const struct home *h, struct import *m, struct dye_buf *text, struct dye_error *err)
{
    struct registrar r = {0};
    DYE_TRY(find_owner(h, m->store, &m->owner_id, err));
    DYE_TRY(registrar_open(h, m->store, &r, err));
    m->vault = r.vault;
    m->index_keys = r.index_keys;
    registrar_close(&r);
    enum dye_status status = pool_file_read(text, m->kind, add_value, bad_line, m, err);
    if (status == DYE_OK && m->values == 0 && m->bad == 0)
        status = dye_fail(err, DYE_E_USAGE, "pool: there is no value in the file");
    if (status == DYE_OK)
        status = write_rows(m, err);
    vault_wipe(&m->vault);
    dye_index_keys_wipe(&m->index_keys);
    return status;
}

static enum dye_status read_request(const char *path, struct import *m, struct dye_error *err)
{
    if (opt_kind == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "pool import: --kind is missing");
    m->kind = dye_kind_from_name(dye_span_str(opt_kind));
    if (m->kind == DYE_RESIDENT_ID)
        DYE_FAIL(err, DYE_E_USAGE,
                 "--kind: an ID says its holder's sex, birth and region: canary import takes persons");
    if (m->kind == DYE_KIND_NONE || !allotment_pools(m->kind))
        DYE_FAIL(err, DYE_E_USAGE, "--kind: %s: no kind of identifier that can be pooled", opt_kind);
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    size_t n = opt_name != NULL ? strlen(opt_name) : strcspn(base, ".");
    if (n == 0 || n >= sizeof m->name)
        DYE_FAIL(err, DYE_E_USAGE, "--name: 1 to %zu bytes are wanted", sizeof m->name - 1);
    snprintf(m->name, sizeof m->name, "%.*s", (int)n, opt_name != NULL ? opt_name : base);
    for (const char *c = m->name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\')
            DYE_FAIL(err, DYE_E_USAGE, "--name: no quotes, backslashes and control characters are wanted");
    return DYE_OK;
}

static enum dye_status import(const char *path, struct dye_error *err)
{
    struct home h;
    struct import m = {0};
    struct dye_buf text;
    DYE_TRY(read_request(path, &m, err));
    DYE_TRY(home_open(common.home, common.config, &h, err));
    int fd = csv_open(path, err);
    if (fd < 0)
        return DYE_E_IO;
    dye_buf_init(&text, FILE_MAX, true);
    dye_buf_init(&m.rows, ROWS_MAX, false);
    enum dye_status status = zone_enter(&h, "seeder", &m.store, err);
    if (status == DYE_OK)
        status = csv_read_all(fd, path, &text, err);
    else
        close(fd);
    if (status == DYE_OK)
        status = import_text(&h, &m, &text, err);
    if (status == DYE_OK)
        unfound_print(&m.unfound, "pool");
    store_close(m.store);
    dye_buf_done(&m.rows);
    dye_buf_done(&text);
    if (status == DYE_OK && common.json)
        printf("{\"pool\":\"%s\",\"imported\":%" PRIu64 "}\n", m.name, m.values);
    else if (status == DYE_OK)
        printf("%s: %" PRIu64 " values\n", m.name, m.values);
    return status;
}

static enum dye_status print_pools(const struct home *h, struct store *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    int64_t owner;
    if (opt_owner != NULL) /* one that is not there is no empty one */
        DYE_TRY(find_owner(h, s, &owner, err));
    DYE_TRY(store_run(
        s, err, &r,
        common.json ? "SELECT json_build_object('pool', name, 'owner', owner, 'kind', kind, 'no_hit', no_hit, 'values',"
                      " whole, 'left', whole - used, 'domains', domains) FROM dyetrace.pool_state"
                      " WHERE $1::text IS NULL OR owner = $1 ORDER BY owner, name"
                    : "SELECT format('%-24s %-16s %-10s %s of %s left%s', name, owner, kind, whole - used, whole,"
                      " CASE WHEN domains > 0 THEN format(', %s mail domains', domains) END) FROM dyetrace.pool_state"
                      " WHERE $1::text IS NULL OR owner = $1 ORDER BY owner, name",
        "s", opt_owner));
    for (int i = 0; i < PQntuples(r); i++)
        puts(store_text(r, i, 0));
    return DYE_OK;
}

static enum dye_status list(struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = print_pools(&h, s, err);
    store_close(s);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    if (strcmp(call->argv[1], "import") == 0 && call->args == 2)
        return import(call->argv[2], err);
    if (strcmp(call->argv[1], "list") == 0 && call->args == 1)
        return list(err);
    return options_usage(&spec, err);
}

int verb_pool(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
