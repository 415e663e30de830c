/* Rows of a table in another PostgreSQL, in one transaction. Types are the table's: every value goes as a parameter
 * whose type the server derives from its column. */
#include "connector.h"
#include "store.h"

#include <stdio.h>

struct table {
    struct store *store;
    const struct connector *c;
    const struct dye_sector *sector;
    size_t key; /* number of the key's column in the sector */
    char quoted_table[300];
    char insert[8192], find[8192], find_key[512], take[8192];
};

static enum dye_status quote(struct store *s, const char *name, char *to, size_t n, struct dye_error *err)
{
    char *q = PQescapeIdentifier(store_pg(s), name, strlen(name));
    bool fits = q != NULL && strlen(q) < n;
    if (fits)
        memcpy(to, q, strlen(q) + 1);
    PQfreemem(q);
    if (!fits)
        DYE_FAIL(err, DYE_E_CONFIG, "connector: a name can't be quoted");
    return DYE_OK;
}

static enum dye_status quote_table(struct table *t, struct dye_error *err)
{
    char first[150];
    const char *name = t->c->table[0] != '\0' ? t->c->table : t->sector->table;
    const char *dot = strchr(name, '.');
    if (dot == NULL)
        return quote(t->store, name, t->quoted_table, sizeof t->quoted_table, err);
    char schema[128];
    snprintf(schema, sizeof schema, "%.*s", (int)(dot - name), name);
    DYE_TRY(quote(t->store, schema, first, sizeof first, err));
    char second[150];
    DYE_TRY(quote(t->store, dot + 1, second, sizeof second, err));
    snprintf(t->quoted_table, sizeof t->quoted_table, "%s.%s", first, second);
    return DYE_OK;
}

static enum dye_status write_statements(struct table *t, struct dye_error *err)
{
    char names[4096] = "";
    char marks[256] = "";
    char where[6144] = "";
    char key[150] = "";
    t->key = SIZE_MAX;
    DYE_TRY(quote_table(t, err));
    for (size_t i = 0; i < t->sector->columns; i++) {
        const char *column = connector_column(t->c, t->sector->column[i].name);
        char q[150];
        DYE_TRY(quote(t->store, column, q, sizeof q, err));
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i != 0 ? ", " : "", q);
        used = strlen(marks);
        snprintf(marks + used, sizeof marks - used, "%s$%zu", i != 0 ? ", " : "", i + 1);
        bool is_key = strcmp(column, t->c->key) == 0 || strcmp(t->sector->column[i].name, t->c->key) == 0;
        used = strlen(where);
        /* Equal to the key by its index; of the others one may be NULL. */
        snprintf(where + used, sizeof where - used, "%s%s %s $%zu", i != 0 ? " AND " : "", q,
                 is_key ? "=" : "IS NOT DISTINCT FROM", i + 1);
        if (is_key) {
            t->key = i;
            memcpy(key, q, strlen(q) + 1);
        }
    }
    if (t->key == SIZE_MAX)
        DYE_FAIL(err, DYE_E_CONFIG, "connector: key %s is no column of sector %s", t->c->key, t->sector->name);
    snprintf(t->insert, sizeof t->insert, "INSERT INTO %s (%s) VALUES (%s)", t->quoted_table, names, marks);
    snprintf(t->find, sizeof t->find, "SELECT FROM %s WHERE %s", t->quoted_table, where);
    snprintf(t->find_key, sizeof t->find_key, "SELECT FROM %s WHERE %s = $1", t->quoted_table, key);
    snprintf(t->take, sizeof t->take, "DELETE FROM %s WHERE %s", t->quoted_table, where);
    return DYE_OK;
}

/* The other database's message can quote a value: only its code is passed on. */
static enum dye_status run(struct table *t, const char *sql, const struct dye_value *cells, size_t n, int *ret_rows,
                           struct dye_error *err)
{
    const char *values[DYE_SECTOR_COLUMNS_MAX];
    for (size_t i = 0; i < n; i++)
        values[i] = cells[i].n != 0 ? cells[i].text : NULL; /* what is empty is NULL: no date and no number is '' */
    STORE_RESULT r = PQexecParams(store_pg(t->store), sql, (int)n, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
        DYE_FAIL(err, DYE_E_DATABASE, "connector: table %s refused a row (%s)", t->quoted_table,
                 state != NULL ? state : "no answer");
    }
    *ret_rows = status == PGRES_TUPLES_OK ? PQntuples(r) : 0;
    return DYE_OK;
}

static enum dye_status make_cells(const struct dye_sector *sector, const struct dye_persona *p, size_t row,
                                  struct dye_value *cells, struct dye_error *err)
{
    for (size_t i = 0; i < sector->columns; i++)
        if (dye_sector_cell_of(&sector->column[i], p, row, &cells[i]) != DYE_OK)
            DYE_FAIL(err, DYE_E_CONFIG, "sector %s: column %s can't be filled", sector->name, sector->column[i].name);
    return DYE_OK;
}

static enum dye_status plant_row(struct table *t, const struct dye_value *cells, enum connector_outcome *ret,
                                 struct dye_error *err)
{
    int rows = 0;
    DYE_TRY(run(t, t->find, cells, t->sector->columns, &rows, err));
    if (rows == 0) {
        DYE_TRY(run(t, t->find_key, &cells[t->key], 1, &rows, err));
        if (rows != 0) {
            *ret = CONNECTOR_TAKEN;
            return DYE_OK;
        }
        DYE_TRY(run(t, t->insert, cells, t->sector->columns, &rows, err));
        DYE_TRY(run(t, t->find, cells, t->sector->columns, &rows, err));
        if (rows != 1)
            DYE_FAIL(err, DYE_E_DATABASE, "connector: table %s does not give a row back as it was written",
                     t->quoted_table);
    }
    *ret = CONNECTOR_DONE;
    return DYE_OK;
}

static enum dye_status withdraw_row(struct table *t, const struct dye_value *cells, enum connector_outcome *ret,
                                    struct dye_error *err)
{
    int rows = 0;
    DYE_TRY(run(t, t->take, cells, t->sector->columns, &rows, err));
    DYE_TRY(run(t, t->find_key, &cells[t->key], 1, &rows, err));
    *ret = rows == 0 ? CONNECTOR_DONE : CONNECTOR_ALTERED;
    return DYE_OK;
}

typedef enum dye_status (*row_fn)(struct table *t, const struct dye_value *cells, enum connector_outcome *ret,
                                  struct dye_error *err);

static enum dye_status each_row(struct table *t, row_fn fn, const struct connector_batch *b,
                                enum connector_outcome *ret_outcome, struct dye_error *err)
{
    struct dye_value cells[DYE_SECTOR_COLUMNS_MAX];
    DYE_TRY(write_statements(t, err));
    DYE_TRY(store_begin(t->store, err));
    for (size_t i = 0; i < b->n; i++) {
        size_t rows = dye_sector_rows(t->sector, &b->personas[i]);
        ret_outcome[i] = CONNECTOR_DONE;
        for (size_t row = 0; row < rows; row++) {
            enum connector_outcome outcome = CONNECTOR_DONE;
            DYE_TRY(make_cells(t->sector, &b->personas[i], row, cells, err));
            enum dye_status status = fn(t, cells, &outcome, err);
            dye_wipe(cells, sizeof cells);
            DYE_TRY(status);
            if (outcome != CONNECTOR_DONE)
                ret_outcome[i] = outcome;
        }
    }
    return store_commit(t->store, err);
}

static enum dye_status open_and(const struct connector *c, row_fn fn, const struct connector_batch *b,
                                enum connector_outcome *ret_outcome, struct dye_error *err)
{
    struct table t = {.c = c, .sector = b->sector};
    if (store_open(c->conninfo, "import", &t.store, err) != DYE_OK) /* its log must not give the canaries away */
        return err->status;
    /* The table's name is the source's: it is looked up where the source's own programs do. */
    enum dye_status status = store_run(t.store, err, NULL, "SELECT set_config('search_path', 'public', false)", "");
    if (status == DYE_OK)
        status = each_row(&t, fn, b, ret_outcome, err);
    for (size_t i = 0; status != DYE_OK && i < b->n; i++)
        ret_outcome[i] = CONNECTOR_PENDING; /* one transaction: nothing of it is certain */
    store_rollback(t.store);
    store_close(t.store);
    return status;
}

enum dye_status connector_sql_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err)
{
    return open_and(c, plant_row, b, ret_outcome, err);
}

enum dye_status connector_sql_withdraw(const struct connector *c, const struct connector_batch *b,
                                       enum connector_outcome *ret_outcome, struct dye_error *err)
{
    return open_and(c, withdraw_row, b, ret_outcome, err);
}

enum dye_status connector_sql_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err)
{
    const struct dye_sector *sector = b->sector;
    struct dye_value cells[DYE_SECTOR_COLUMNS_MAX];
    const char *table = c->table[0] != '\0' ? c->table : sector->table;
    for (size_t i = 0; i < b->n; i++)
        for (size_t row = 0; row < dye_sector_rows(sector, &b->personas[i]); row++) {
            DYE_TRY(make_cells(sector, &b->personas[i], row, cells, err));
            printf("INSERT INTO %s (", table);
            for (size_t k = 0; k < sector->columns; k++)
                printf("%s%s", k != 0 ? ", " : "", connector_column(c, sector->column[k].name));
            printf(") VALUES (");
            for (size_t k = 0; k < sector->columns; k++)
                if (cells[k].n != 0)
                    printf("%s'%s'", k != 0 ? ", " : "", cells[k].text);
                else
                    printf("%sNULL", k != 0 ? ", " : "");
            printf(");\n");
        }
    dye_wipe(cells, sizeof cells);
    return DYE_OK;
}
