#include "connector.h"

#include "yaml_doc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum dye_status copy(struct yaml_doc *d, const yaml_node_t *map, const char *key, const char *dflt, char *to,
                            size_t n, struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, map, key, dflt, &text, err));
    if (strlen(text) >= n)
        return yaml_doc_fail(d, map, err, "`%s` is longer than %zu bytes", key, n - 1);
    memcpy(to, text, strlen(text) + 1);
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

static enum dye_status read_connector(struct yaml_doc *d, const yaml_node_t *map, struct connector *c,
                                      struct dye_error *err)
{
    static const char *const known[] = {"source", "kind", "conninfo", "table", "key", "columns", "directory", NULL};
    char kind[16];
    DYE_TRY(yaml_doc_only_keys(d, map, known, err));
    DYE_TRY(copy(d, map, "kind", NULL, kind, sizeof kind, err));
    DYE_TRY(read_columns(d, yaml_doc_get(d, map, "columns"), c, err));
    if (strcmp(kind, "sql") == 0) {
        c->kind = CONNECTOR_SQL;
        DYE_TRY(copy(d, map, "conninfo", NULL, c->conninfo, sizeof c->conninfo, err));
        DYE_TRY(copy(d, map, "table", "", c->table, sizeof c->table, err));
        return copy(d, map, "key", NULL, c->key, sizeof c->key, err);
    }
    if (strcmp(kind, "csv") == 0) {
        c->kind = CONNECTOR_CSV;
        return copy(d, map, "directory", NULL, c->directory, sizeof c->directory, err);
    }
    return yaml_doc_fail(d, map, err, "kind `%s`: sql or csv is wanted", kind);
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
        if (strcmp(of, source) == 0)
            return read_connector(d, map, ret, err);
    }
    DYE_FAIL(err, DYE_E_NOTFOUND, "source: %s: it has no connector in %s", source, d->path);
}

enum dye_status connector_load(const struct home *h, const char *source, struct connector *ret, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    struct yaml_doc d = {0};
    struct connector c = {0};
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

enum dye_status connector_plant(const struct connector *c, const struct dye_sector *sector,
                                const struct dye_persona *personas, size_t n, enum connector_outcome *ret_outcome,
                                struct dye_error *err)
{
    return (c->kind == CONNECTOR_SQL ? connector_sql_plant : connector_csv_plant)(c, sector, personas, n, ret_outcome,
                                                                                  err);
}

enum dye_status connector_withdraw(const struct connector *c, const struct dye_sector *sector,
                                   const struct dye_persona *personas, size_t n, enum connector_outcome *ret_outcome,
                                   struct dye_error *err)
{
    if (c->kind != CONNECTOR_SQL)
        DYE_FAIL(err, DYE_E_USAGE, "withdraw: what a CSV drop planted is taken out by the source's own people");
    return connector_sql_withdraw(c, sector, personas, n, ret_outcome, err);
}

enum dye_status connector_show(const struct connector *c, const struct dye_sector *sector,
                               const struct dye_persona *personas, size_t n, struct dye_error *err)
{
    if (c->kind == CONNECTOR_SQL)
        return connector_sql_show(c, sector, personas, n, err);
    struct dye_buf text;
    dye_buf_init(&text, (size_t)1 << 30, true);
    enum dye_status status = dye_record_header(sector, DYE_FORMAT_CSV, &text);
    for (size_t i = 0; status == DYE_OK && i < n; i++)
        status = dye_record_write(sector, &personas[i], DYE_FORMAT_CSV, &text);
    if (status == DYE_OK) {
        printf("-- a new file in %s:\n", c->directory);
        fwrite(text.p, 1, text.n, stdout);
    }
    dye_buf_done(&text);
    return status;
}
