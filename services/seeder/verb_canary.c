/* canary list, canary controls, canary import, canary burn. A reveal needs a reason and is audited before a value
 * leaves. */
#include "csv_reader.h"
#include "person.h"
#include "sector_file.h"
#include "seed_import.h"
#include "verb.h"
#include "verbs.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *opt_source;
static const char *opt_reason;
static const char *opt_count;
static const char *opt_mapping;
static bool opt_reveal;
static bool opt_assigned;
static struct common_options common;

static const struct option_spec options[] = {
    {"source", "P", "only those planted at or below this source; import: where they stand", &opt_source, NULL},
    {"reveal", NULL, "with the persons' values; needs --reason, and is audited", NULL, &opt_reveal},
    {"reason", "TEXT", "why: of a reveal, of a burn", &opt_reason, NULL},
    {"assigned", NULL, "burn: all whose values an authority has given out (table import)", NULL, &opt_assigned},
    {"count", "N", "controls: how many", &opt_count, NULL},
    {"mapping", "FILE", "import: YAML that says which column is what", &opt_mapping, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "canary list [--source P] [--reveal --reason TEXT] | canary controls --count N |"
    " canary import FILE.csv --source P [--mapping FILE.yaml] | canary burn CANARY|--assigned --reason TEXT",
    "Canaries: list or reveal them, make controls, which are never planted, take in seeds that stand already, or burn"
    " canaries: they are planted no more, and count for no source in dumps that come later.",
    options, 1, 2};

/* What an imported canary has not is null. */
static void set_text(json_t *o, const char *key, const char *text)
{
    json_object_set_new(o, key, text[0] != '\0' ? json_string(text) : json_null());
}

static void add_values(json_t *o, const struct dye_persona *p, const struct dye_sector *sector)
{
    json_t *identifiers = json_object();
    char sex[2] = {p->sex, '\0'};
    set_text(o, "name", p->written_name[0] != '\0' ? p->written_name : p->value[DYE_NAME].text);
    set_text(o, "sex", sex);
    set_text(o, "birth", p->birth);
    set_text(o, "address", p->value[DYE_ADDRESS].text);
    for (enum dye_kind k = 1; k < DYE_KIND_COUNT; k++)
        if (k != DYE_NAME && k != DYE_ADDRESS && p->value[k].n != 0 && (sector == NULL || dye_sector_has(sector, k)))
            json_object_set_new(identifiers, dye_kind_name(k), json_string(p->value[k].text));
    json_object_set_new(o, "identifiers", identifiers);
}

static void print_one(json_t *o)
{
    if (common.json) {
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        return;
    }
    const char *source = json_string_value(json_object_get(o, "source"));
    printf("%s  %-10s %s", json_string_value(json_object_get(o, "canary")),
           json_string_value(json_object_get(o, "type")), source != NULL ? source : "-");
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(o, "identifiers"), key, value) printf("  %s=%s", key, json_string_value(value));
    putchar('\n');
}

/* Sectors change from canary to canary only when sources do: the last one is kept. */
static enum dye_status sector_of(const struct home *h, const char *name, struct dye_sector *kept, bool *ret_any,
                                 struct dye_error *err)
{
    *ret_any = strcmp(name, "-") != 0;
    if (!*ret_any || strcmp(kept->name, name) == 0)
        return DYE_OK;
    return sector_load(h, name, kept, err);
}

/* Columns of the listing. */
enum { CANARY, SERIAL, TYPE, SECTOR, VARIANT, SOURCE, STATE, BURNED, SERIAL_B, MADE_ON };

static json_t *object_of(const PGresult *rows, int i)
{
    bool source = !PQgetisnull(rows, i, SOURCE);
    json_t *o =
        json_pack("{s:s, s:s?, s:s, s:s, s:s?}", "canary", store_text(rows, i, CANARY), "source",
                  source ? store_text(rows, i, SOURCE) : NULL, "variant", source ? store_text(rows, i, VARIANT) : "A",
                  "type", store_text(rows, i, TYPE), "state", source ? store_text(rows, i, STATE) : NULL);
    if (store_bool(rows, i, BURNED))
        json_object_set_new(o, "burned", json_true());
    return o;
}

static enum dye_status print_revealed(const struct home *h, struct registrar *r, const PGresult *rows, int from, int n,
                                      struct dye_sector *sector, struct dye_persona *persons, struct dye_error *err)
{
    static const struct person_columns columns = {.serial = SERIAL,
                                                  .canary = CANARY,
                                                  .variant = VARIANT,
                                                  .serial_b = SERIAL_B,
                                                  .made_on = MADE_ON,
                                                  .sector = SECTOR};
    DYE_TRY(person_load_rows(h, r, rows, &columns, from, n, persons, err));
    for (int i = 0; i < n; i++) {
        bool any = false;
        if (store_int(rows, from + i, SERIAL) >= 0)
            DYE_TRY(sector_of(h, store_text(rows, from + i, SECTOR), sector, &any, err));
        json_t *o = object_of(rows, from + i);
        add_values(o, &persons[i], any ? sector : NULL);
        print_one(o);
        json_decref(o);
    }
    return DYE_OK;
}

static enum dye_status print_all_revealed(const struct home *h, struct registrar *r, const PGresult *rows,
                                          struct dye_error *err)
{
    struct dye_sector sector = {0};
    struct dye_persona *persons = calloc(PERSONS_MAX, sizeof *persons);
    enum dye_status status = persons != NULL ? DYE_OK : dye_fail(err, DYE_E_NOMEM, "canary list: out of memory");
    for (int i = 0; status == DYE_OK && i < PQntuples(rows); i += PERSONS_MAX) {
        int left = PQntuples(rows) - i;
        status = print_revealed(h, r, rows, i, left < PERSONS_MAX ? left : PERSONS_MAX, &sector, persons, err);
    }
    if (persons != NULL)
        dye_wipe(persons, PERSONS_MAX * sizeof *persons);
    free(persons);
    return status;
}

static enum dye_status audit_reveal(struct store *s, struct dye_error *err)
{
    if (opt_reason == NULL || opt_reason[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "canary list: --reveal wants --reason TEXT");
    json_t *detail = json_pack("{s:s, s:s?}", "reason", opt_reason, "source", opt_source);
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--reason: UTF-8 text is wanted");
    enum dye_status status = zone_audit(s, "reveal", opt_source != NULL ? opt_source : "*", "done", text, err);
    free(text);
    return status;
}

static enum dye_status list(const struct home *h, struct store *s, struct dye_error *err)
{
    struct registrar r = {0};
    STORE_RESULT rows = NULL;
    struct source source;
    if (opt_source != NULL) /* one that is not there is no empty one */
        DYE_TRY(source_find(s, opt_source, &source, err));
    if (opt_reveal) {
        DYE_TRY(audit_reveal(s, err));
        DYE_TRY(registrar_open(h, s, &r, err));
    }
    enum dye_status status =
        store_run(s, err, &rows,
                  "SELECT c.canary_id, coalesce(c.serial, -1), c.type, c.sector, p.variant::text, s.path, p.state,"
                  " dyetrace.canary_is_burned(c.canary_id, now()), j.serial_b,"
                  " (c.created_at AT TIME ZONE 'UTC')::date - date '1970-01-01'"
                  " FROM dyetrace.canary c LEFT JOIN dyetrace.placement p USING (canary_id)"
                  " LEFT JOIN dyetrace.code_position j USING (canary_id)"
                  " LEFT JOIN dyetrace.source s USING (source_id)"
                  " WHERE $1::text IS NULL OR s.path = $1 OR starts_with(s.path, $1 || '/')"
                  " ORDER BY s.path NULLS LAST, c.canary_id",
                  "s", opt_source);
    if (status == DYE_OK && opt_reveal)
        status = print_all_revealed(h, &r, rows, err);
    for (int i = 0; status == DYE_OK && !opt_reveal && i < PQntuples(rows); i++) {
        json_t *o = object_of(rows, i);
        print_one(o);
        json_decref(o);
    }
    registrar_close(&r);
    return status;
}

static enum dye_status controls(const struct home *h, struct store *s, struct dye_error *err)
{
    struct registrar r = {0};
    long long count = 0;
    if (opt_count == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "canary controls: --count is missing");
    DYE_TRY(option_int("--count", opt_count, 1, 100000, &count, err));
    STORE_RESULT owner = NULL;
    DYE_TRY(store_run(s, err, &owner, "SELECT owner_id FROM dyetrace.owner WHERE name = $1", "s", h->config.owner));
    if (PQntuples(owner) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "owner: %s: unknown", h->config.owner);
    DYE_TRY(registrar_open(h, s, &r, err));
    struct registrar_batch batch = {.owner_id = store_int(owner, 0, 0),
                                    .source_path = "",
                                    .state = "",
                                    .count = (uint64_t)count,
                                    .audit_event = "controls"};
    enum dye_status status = registrar_register(&r, &batch, NULL, NULL, err);
    registrar_close(&r);
    if (status == DYE_OK)
        printf(common.json ? "{\"controls\":%lld}\n" : "%lld controls made\n", count);
    return status;
}

/* ---- burn ---- */

static enum dye_status burn(struct store *s, const char *canary, struct dye_error *err)
{
    STORE_RESULT burned = NULL;
    if (opt_reason == NULL || opt_reason[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "canary burn: --reason TEXT is wanted");
    DYE_TRY(store_begin(s, err));
    if (canary != NULL) {
        STORE_RESULT known = NULL;
        DYE_TRY(store_run(s, err, &known, "SELECT FROM dyetrace.canary WHERE canary_id = $1", "s", canary));
        if (PQntuples(known) == 0)
            DYE_FAIL(err, DYE_E_NOTFOUND, "canary: %.64s: unknown", canary);
    }
    DYE_TRY(
        store_run(s, err, &burned,
                  "INSERT INTO dyetrace.canary_burn (canary_id, reason) SELECT c.canary_id, $2 FROM dyetrace.canary c"
                  " WHERE c.canary_id = $1 OR ($1::text IS NULL AND EXISTS (SELECT FROM dyetrace.canary_assigned a"
                  " WHERE a.canary_id = c.canary_id)) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING canary_id",
                  "ss", canary, opt_reason));
    DYE_TRY(store_run(s, err, NULL,
                      "SELECT dyetrace.audit_append('burn', $1, 'done',"
                      " jsonb_build_object('reason', $2::text, 'count', $3::bigint))",
                      "ssi", canary != NULL ? canary : "--assigned", opt_reason, (int64_t)PQntuples(burned)));
    DYE_TRY(store_commit(s, err));
    for (int i = 0; i < PQntuples(burned); i++)
        printf(common.json ? "{\"canary\":\"%s\",\"burned\":true}\n" : "%s burned\n", store_text(burned, i, 0));
    return DYE_OK;
}

/* ---- import ---- */

enum { IMPORT_MAX = 256 << 20, MAPPING_MAX = 1 << 20 };

static void print_bad(size_t line, const char *why)
{
    printf(common.json ? "{\"line\":%zu,\"why\":\"%s\"}\n" : "line %zu: %s\n", line, why);
}

static enum dye_status import_texts(const struct home *h, struct store *s, struct dye_buf *csv,
                                    const struct dye_buf *mapping, struct dye_error *err)
{
    struct source source;
    struct registrar r = {0};
    uint64_t imported = 0;
    DYE_TRY(source_find(s, opt_source, &source, err));
    DYE_TRY(registrar_open(h, s, &r, err));
    struct seed_import_request q = {.home = h, .source = &source, .mapping_name = opt_mapping, .on_bad = print_bad};
    if (opt_mapping != NULL) {
        q.mapping = mapping->n != 0 ? (const char *)mapping->p : "";
        q.mapping_bytes = mapping->n;
    }
    enum dye_status status = seed_import(&r, &q, csv, &imported, err);
    registrar_close(&r);
    if (status == DYE_OK)
        printf(common.json ? "{\"imported\":%llu}\n" : "%llu canaries imported\n", (unsigned long long)imported);
    return status;
}

static enum dye_status import(const struct home *h, const char *path, struct dye_error *err)
{
    struct dye_buf csv;
    struct dye_buf mapping;
    struct store *s = NULL;
    if (opt_source == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "canary import: --source is missing");
    int fd = csv_open(path, err);
    if (fd < 0)
        return DYE_E_IO;
    int mapping_fd = opt_mapping != NULL ? csv_open(opt_mapping, err) : -1;
    if (opt_mapping != NULL && mapping_fd < 0) {
        close(fd);
        return DYE_E_IO;
    }
    dye_buf_init(&csv, IMPORT_MAX, true);
    dye_buf_init(&mapping, MAPPING_MAX, false);
    enum dye_status status = zone_enter(h, "seeder", &s, err); /* the process ends with what it has opened */
    if (status == DYE_OK)
        status = csv_read_all(fd, path, &csv, err);
    if (status == DYE_OK && mapping_fd >= 0)
        status = csv_read_all(mapping_fd, opt_mapping, &mapping, err);
    if (status == DYE_OK)
        status = import_texts(h, s, &csv, &mapping, err);
    dye_buf_done(&csv);
    dye_buf_done(&mapping);
    store_close(s);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    const int args = call->args;
    char **argv = call->argv;
    const char *what = argv[1];
    DYE_TRY(home_open(common.home, common.config, &h, err));
    if (strcmp(what, "import") == 0 && args == 2)
        return import(&h, argv[2], err);
    if (strcmp(what, "burn") == 0 && args == (opt_assigned ? 1 : 2)) {
        DYE_TRY(zone_enter(&h, "seeder", &s, err));
        enum dye_status burned = burn(s, args == 2 ? argv[2] : NULL, err);
        store_close(s);
        return burned;
    }
    if (args != 1 || (strcmp(what, "list") != 0 && strcmp(what, "controls") != 0))
        return options_usage(&spec, err);
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = what[0] == 'l' ? list(&h, s, err) : controls(&h, s, err);
    store_close(s);
    return status;
}

int verb_canary(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
