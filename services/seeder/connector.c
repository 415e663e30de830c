#include "connector.h"

#include "options.h"
#include "yaml_doc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum dye_status copy(struct yaml_doc *d, const yaml_node_t *map, const char *key, const char *dflt, char *to,
                            size_t n, struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, map, key, dflt, &text, err));
    if (strlen(text) >= n)
        return yaml_doc_fail(d, map, err, "`%s` is longer than %zu bytes", key, n - 1);
    memmove(to, text, strlen(text) + 1); /* the default may be what stands there */
    return DYE_OK;
}

static enum dye_status read_columns(struct yaml_doc *d, const yaml_node_t *map, struct connector *c,
                                    struct dye_error *err)
{
    if (map == NULL)
        return DYE_OK;
    if (map->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, map, err, "`columns` wants `record column: table column`");
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&d->document, p->key);
        const char *record = yaml_doc_text(key);
        const char *table = yaml_doc_text(yaml_document_get_node(&d->document, p->value));
        if (record == NULL || table == NULL || strlen(record) > 63 || strlen(table) > 63 ||
            c->columns == DYE_SECTOR_COLUMNS_MAX)
            return yaml_doc_fail(d, key, err, "a column's name is wanted");
        memcpy(c->column[c->columns].record, record, strlen(record) + 1);
        memcpy(c->column[c->columns].table, table, strlen(table) + 1);
        c->columns++;
    }
    return DYE_OK;
}

static enum dye_status read_timeout(struct yaml_doc *d, const yaml_node_t *map, struct connector *c,
                                    struct dye_error *err)
{
    const char *text;
    long long seconds = 0;
    DYE_TRY(yaml_doc_get_text(d, map, "timeout", "30", &text, err));
    if (option_int("timeout", text, 1, 600, &seconds, NULL) != DYE_OK)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "timeout"), err, "`timeout` wants seconds, 1 to 600");
    c->timeout_s = (int)seconds;
    return DYE_OK;
}

static enum dye_status read_rotation(struct yaml_doc *d, const yaml_node_t *map, struct connector *c,
                                     struct dye_error *err)
{
    const char *text;
    char *end;
    long long days = 0;
    DYE_TRY(yaml_doc_get_text(d, map, "rotate_days", "0", &text, err));
    if (option_int("rotate_days", text, 0, 3650, &days, NULL) != DYE_OK)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "rotate_days"), err, "`rotate_days` wants days, 0 to 3650");
    c->rotate_days = (int)days;
    DYE_TRY(yaml_doc_get_text(d, map, "rotate_share", "0.1", &text, err));
    c->rotate_share = strtod(text, &end);
    if (end == text || *end != '\0' || !(c->rotate_share > 0 && c->rotate_share <= 1))
        return yaml_doc_fail(d, yaml_doc_get(d, map, "rotate_share"), err,
                             "`rotate_share` wants a share above 0, to 1");
    if (c->rotate_days != 0 && !connector_takes_back(c))
        return yaml_doc_fail(d, yaml_doc_get(d, map, "rotate_days"), err,
                             "`rotate_days`: what this connector planted is taken out by the source's own people");
    return DYE_OK;
}

static enum dye_status read_fhir(struct yaml_doc *d, const yaml_node_t *map, struct connector *c, struct dye_error *err)
{
    yaml_node_t *systems = yaml_doc_get(d, map, "systems");
    struct dye_exchange *x = &c->exchange;
    DYE_TRY(read_timeout(d, map, c, err));
    DYE_TRY(copy(d, map, "url", NULL, c->url, sizeof c->url, err));
    DYE_TRY(copy(d, map, "ca", "", c->ca, sizeof c->ca, err));
    DYE_TRY(copy(d, map, "token_file", "", c->token_file, sizeof c->token_file, err));
    if (strncmp(c->url, "https://", 8) != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "url"), err, "`url` begins with https://");
    if (c->url[strlen(c->url) - 1] == '/')
        c->url[strlen(c->url) - 1] = '\0';
    if (systems == NULL || systems->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, systems != NULL ? systems : map, err, "`systems` wants `kind: URI`, mrn at least");
    for (yaml_node_pair_t *p = systems->data.mapping.pairs.start; p < systems->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&d->document, p->key);
        const char *name = yaml_doc_text(key);
        if (name == NULL)
            return yaml_doc_fail(d, key, err, "a kind of number is wanted");
        enum dye_kind kind = dye_kind_from_name(dye_span_str(name));
        char *to = strcmp(name, "visit") == 0 ? x->visit_system : kind != DYE_KIND_NONE ? x->system[kind] : NULL;
        if (to == NULL)
            return yaml_doc_fail(d, key, err, "unknown kind `%s`", name);
        DYE_TRY(copy(d, systems, name, NULL, to, sizeof x->visit_system, err));
    }
    if (x->system[DYE_MRN][0] == '\0')
        return yaml_doc_fail(d, systems, err, "`mrn` is missing: patients are found by it");
    return DYE_OK;
}

static enum dye_status read_event(struct yaml_doc *d, const yaml_node_t *map, const char *key, const char *dflt,
                                  enum dye_hl7_event first, enum dye_hl7_event second, enum dye_hl7_event *ret,
                                  struct dye_error *err)
{
    static const char *const names[] = {
        [DYE_HL7_A04] = "A04", [DYE_HL7_A28] = "A28", [DYE_HL7_A23] = "A23", [DYE_HL7_A29] = "A29"};
    char text[8];
    DYE_TRY(copy(d, map, key, dflt, text, sizeof text, err));
    if (strcmp(text, names[first]) != 0 && strcmp(text, names[second]) != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, key), err, "`%s`: %s or %s is wanted", key, names[first],
                             names[second]);
    *ret = strcmp(text, names[first]) == 0 ? first : second;
    return DYE_OK;
}

static enum dye_status read_address(struct yaml_doc *d, const yaml_node_t *map, struct connector *c,
                                    struct dye_error *err)
{
    char text[256];
    DYE_TRY(copy(d, map, "address", NULL, text, sizeof text, err));
    char *colon = strrchr(text, ':');
    size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;
    if (colon == NULL || colon == text || digits == 0 || digits > 5 || colon[1 + digits] != '\0')
        return yaml_doc_fail(d, yaml_doc_get(d, map, "address"), err, "`address` wants host:port");
    *colon = '\0';
    memcpy(c->port, colon + 1, digits + 1);
    bool bracketed = text[0] == '[' && colon[-1] == ']'; /* IPv6 */
    if (bracketed)
        colon[-1] = '\0';
    snprintf(c->host, sizeof c->host, "%s", text + bracketed);
    return DYE_OK;
}

static enum dye_status read_mllp(struct yaml_doc *d, const yaml_node_t *map, struct connector *c, struct dye_error *err)
{
    struct dye_exchange *x = &c->exchange;
    char charset[16];
    DYE_TRY(read_timeout(d, map, c, err));
    DYE_TRY(read_address(d, map, c, err));
    DYE_TRY(copy(d, map, "charset", "utf-8", charset, sizeof charset, err));
    if (strcmp(charset, "utf-8") != 0 && strcmp(charset, "gb18030") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "charset"), err, "`charset`: utf-8 or gb18030 is wanted");
    x->charset = strcmp(charset, "gb18030") == 0 ? DYE_CHARSET_GB18030 : DYE_CHARSET_UTF8;
    DYE_TRY(copy(d, map, "application", x->application, x->application, sizeof x->application, err));
    DYE_TRY(copy(d, map, "facility", x->facility, x->facility, sizeof x->facility, err));
    DYE_TRY(copy(d, map, "receiver_application", "", x->receiver_application, sizeof x->receiver_application, err));
    DYE_TRY(copy(d, map, "receiver_facility", "", x->receiver_facility, sizeof x->receiver_facility, err));
    DYE_TRY(copy(d, map, "authority", x->authority, x->authority, sizeof x->authority, err));
    DYE_TRY(read_event(d, map, "event", "A28", DYE_HL7_A28, DYE_HL7_A04, &c->event, err));
    c->takes_back = yaml_doc_get(d, map, "withdraw") != NULL;
    return c->takes_back ? read_event(d, map, "withdraw", NULL, DYE_HL7_A29, DYE_HL7_A23, &c->withdraw, err) : DYE_OK;
}

static enum dye_status read_connector(struct yaml_doc *d, const yaml_node_t *map, struct connector *c,
                                      struct dye_error *err)
{
    static const char *const sql[] = {"source",  "kind",        "conninfo",     "table", "key",
                                      "columns", "rotate_days", "rotate_share", NULL};
    static const char *const csv[] = {"source", "kind", "directory", NULL};
    static const char *const fhir[] = {"source",     "kind",    "url",         "systems",      "ca",
                                       "token_file", "timeout", "rotate_days", "rotate_share", NULL};
    static const char *const mllp[] = {"source",
                                       "kind",
                                       "address",
                                       "charset",
                                       "event",
                                       "withdraw",
                                       "application",
                                       "facility",
                                       "receiver_application",
                                       "receiver_facility",
                                       "authority",
                                       "timeout",
                                       "rotate_days",
                                       "rotate_share",
                                       NULL};
    char kind[16];
    DYE_TRY(copy(d, map, "kind", NULL, kind, sizeof kind, err));
    if (strcmp(kind, "sql") == 0) {
        c->kind = CONNECTOR_SQL;
        DYE_TRY(yaml_doc_only_keys(d, map, sql, err));
        DYE_TRY(read_columns(d, yaml_doc_get(d, map, "columns"), c, err));
        DYE_TRY(copy(d, map, "conninfo", NULL, c->conninfo, sizeof c->conninfo, err));
        DYE_TRY(copy(d, map, "table", "", c->table, sizeof c->table, err));
        return copy(d, map, "key", NULL, c->key, sizeof c->key, err);
    }
    if (strcmp(kind, "csv") == 0) {
        c->kind = CONNECTOR_CSV;
        DYE_TRY(yaml_doc_only_keys(d, map, csv, err));
        return copy(d, map, "directory", NULL, c->directory, sizeof c->directory, err);
    }
    if (strcmp(kind, "fhir") == 0) {
        c->kind = CONNECTOR_FHIR;
        DYE_TRY(yaml_doc_only_keys(d, map, fhir, err));
        return read_fhir(d, map, c, err);
    }
    if (strcmp(kind, "mllp") == 0) {
        c->kind = CONNECTOR_MLLP;
        DYE_TRY(yaml_doc_only_keys(d, map, mllp, err));
        return read_mllp(d, map, c, err);
    }
    return yaml_doc_fail(d, yaml_doc_get(d, map, "kind"), err, "kind `%s`: sql, csv, fhir or mllp is wanted", kind);
}

static enum dye_status find(struct yaml_doc *d, const char *source, struct connector *ret, struct dye_error *err)
{
    static const char *const known[] = {"connectors", NULL};
    DYE_TRY(yaml_doc_only_keys(d, yaml_doc_root(d), known, err));
    yaml_node_t *all = yaml_doc_get(d, yaml_doc_root(d), "connectors");
    if (all == NULL || all->type != YAML_SEQUENCE_NODE)
        return yaml_doc_fail(d, yaml_doc_root(d), err, "`connectors` wants a list");
    for (yaml_node_item_t *i = all->data.sequence.items.start; i < all->data.sequence.items.top; i++) {
        yaml_node_t *map = yaml_document_get_node(&d->document, *i);
        const char *of;
        DYE_TRY(yaml_doc_get_text(d, map, "source", NULL, &of, err));
        if (strcmp(of, source) != 0)
            continue;
        DYE_TRY(read_connector(d, map, ret, err));
        return read_rotation(d, map, ret, err);
    }
    DYE_FAIL(err, DYE_E_NOTFOUND, "source: %s: it has no connector in %s", source, d->path);
}

enum dye_status connector_load(const struct home *h, const char *source, struct connector *ret, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    struct yaml_doc d = {0};
    struct connector c = {0};
    char institution[512];
    snprintf(institution, sizeof institution, "%.*s", (int)strcspn(source, "/"), source);
    dye_exchange_init(&c.exchange, institution);
    memset(c.exchange.system, 0, sizeof c.exchange.system); /* a server's systems are its own: only what is given */
    c.exchange.visit_system[0] = '\0';
    DYE_TRY(home_path(h, path, err, "zones/seeder/connectors.yaml"));
    if (access(path, F_OK) != 0 && errno == ENOENT)
        DYE_FAIL(err, DYE_E_NOTFOUND, "source: %s: it has no connector; there is no %s", source, path);
    DYE_TRY(yaml_doc_read(path, &d, err));
    enum dye_status status = find(&d, source, &c, err);
    yaml_doc_done(&d);
    if (status == DYE_OK)
        *ret = c;
    return status;
}

const char *connector_column(const struct connector *c, const char *record)
{
    for (size_t i = 0; i < c->columns; i++)
        if (strcmp(c->column[i].record, record) == 0)
            return c->column[i].table;
    return record;
}

bool connector_is_key(const struct connector *c, const struct dye_column *column)
{
    return strcmp(connector_column(c, column->name), c->key) == 0 || strcmp(column->name, c->key) == 0;
}

bool connector_same_place(const struct connector *a, const struct connector *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case CONNECTOR_SQL:
        return strcmp(a->conninfo, b->conninfo) == 0 && strcmp(a->table, b->table) == 0;
    case CONNECTOR_CSV:
        return strcmp(a->directory, b->directory) == 0;
    case CONNECTOR_FHIR:
        return strcmp(a->url, b->url) == 0;
    case CONNECTOR_MLLP:
        return strcmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
    }
    return false;
}

/* One row a kind. A kind that is never asked to take back has no `withdraw`, and one that can't be read no `look_at`.
 */
typedef enum dye_status (*carry_fn)(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err);
static const struct {
    carry_fn plant, withdraw;
    enum dye_status (*show)(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
    enum dye_status (*look_at)(const struct connector *c, const struct connector_batch *b,
                               struct connector_look *ret_look, struct dye_error *err);
} kinds[] = {
    [CONNECTOR_SQL] = {connector_sql_plant, connector_sql_withdraw, connector_sql_show, connector_sql_look_at},
    [CONNECTOR_CSV] = {connector_csv_plant, NULL, connector_csv_show, NULL},
    [CONNECTOR_FHIR] = {connector_fhir_plant, connector_fhir_withdraw, connector_fhir_show, connector_fhir_look_at},
    [CONNECTOR_MLLP] = {connector_mllp_plant, connector_mllp_withdraw, connector_mllp_show, NULL},
};

static enum dye_status carries(const struct connector *c, const struct dye_sector *sector, struct dye_error *err)
{
    if ((c->kind == CONNECTOR_FHIR || c->kind == CONNECTOR_MLLP) && !dye_sector_has(sector, DYE_MRN))
        DYE_FAIL(err, DYE_E_CONFIG, "connector: sector %s has no mrn, which FHIR and HL7 know a patient by",
                 sector->name);
    return DYE_OK;
}

enum dye_status connector_plant(const struct connector *c, const struct connector_batch *b,
                                enum connector_outcome *ret_outcome, struct dye_error *err)
{
    DYE_TRY(carries(c, b->sector, err));
    return kinds[c->kind].plant(c, b, ret_outcome, err);
}

bool connector_takes_back(const struct connector *c)
{
    return kinds[c->kind].withdraw != NULL && (c->kind != CONNECTOR_MLLP || c->takes_back);
}

enum dye_status connector_withdraw(const struct connector *c, const struct connector_batch *b,
                                   enum connector_outcome *ret_outcome, struct dye_error *err)
{
    if (!connector_takes_back(c))
        DYE_FAIL(err, DYE_E_USAGE, "withdraw: what this connector planted is taken out by the source's own people");
    DYE_TRY(carries(c, b->sector, err));
    return kinds[c->kind].withdraw(c, b, ret_outcome, err);
}

enum dye_status connector_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err)
{
    DYE_TRY(carries(c, b->sector, err));
    return kinds[c->kind].show(c, b, err);
}

enum dye_status connector_reads_back(const struct connector *c, struct dye_error *err)
{
    if (kinds[c->kind].look_at == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "connector: what %s can't be read back",
                 c->kind == CONNECTOR_CSV ? "was dropped as a file" : "was sent over MLLP");
    return DYE_OK;
}

enum dye_kind connector_key_kind(const struct connector *c, const struct dye_sector *sector)
{
    if (c->kind != CONNECTOR_SQL)
        return DYE_MRN;
    for (size_t i = 0; i < sector->columns; i++)
        if (connector_is_key(c, &sector->column[i]) && sector->column[i].what == DYE_COLUMN_KIND)
            return sector->column[i].kind;
    return DYE_KIND_NONE;
}

enum dye_status connector_look_at(const struct connector *c, const struct connector_batch *b,
                                  struct connector_look *ret_look, struct dye_error *err)
{
    memset(ret_look, 0, b->n * sizeof *ret_look);
    DYE_TRY(connector_reads_back(c, err));
    DYE_TRY(carries(c, b->sector, err));
    return kinds[c->kind].look_at(c, b, ret_look, err);
}

void connector_look_add(struct connector_look *l, const char *field)
{
    size_t n = strlen(l->fields);
    if (n + strlen(field) + 2 <= sizeof l->fields) /* a longer list says enough */
        snprintf(l->fields + n, sizeof l->fields - n, "%s%s", n != 0 ? "," : "", field);
}
