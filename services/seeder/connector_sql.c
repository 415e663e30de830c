/* Rows of a table in another PostgreSQL, in one transaction. Types are the table's: every value goes as a parameter
 * whose type the server derives from its column. */
#include "connector.h"
#include "store.h"

#include <stdio.h>
#include <stdlib.h>

struct table {
    struct store *store;
    const struct connector *c;
    const struct dye_sector *sector;
    size_t key; /* number of the key's column in the sector */
    char quoted_table[300];
    char insert[8192], find[8192], find_key[512], take[8192], look[8192];
    char quoted_key[150];
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
    char same[6144] = "";
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
        bool is_key = connector_is_key(t->c, &t->sector->column[i]);
        used = strlen(where);
        /* Equal to the key by its index; of the others one may be NULL. */
        snprintf(where + used, sizeof where - used, "%s%s %s $%zu", i != 0 ? " AND " : "", q,
                 is_key ? "=" : "IS NOT DISTINCT FROM", i + 1);
        used = strlen(same);
        snprintf(same + used, sizeof same - used, ", %s IS NOT DISTINCT FROM $%zu", q, i + 1);
        if (is_key) {
            t->key = i;
            memcpy(t->quoted_key, q, strlen(q) + 1);
        }
    }
    if (t->key == SIZE_MAX)
        DYE_FAIL(err, DYE_E_CONFIG, "connector: key %s is no column of sector %s", t->c->key, t->sector->name);
    snprintf(t->insert, sizeof t->insert, "INSERT INTO %s (%s) VALUES (%s)", t->quoted_table, names, marks);
    snprintf(t->find, sizeof t->find, "SELECT FROM %s WHERE %s", t->quoted_table, where);
    snprintf(t->find_key, sizeof t->find_key, "SELECT FROM %s WHERE %s = $1", t->quoted_table, t->quoted_key);
    snprintf(t->take, sizeof t->take, "DELETE FROM %s WHERE %s", t->quoted_table, where);
    snprintf(t->look, sizeof t->look, "SELECT %s::text%s FROM %s WHERE %s = $%zu LIMIT 2", t->quoted_key, same,
             t->quoted_table, t->quoted_key, t->key + 1);
    return DYE_OK;
}

/* The other database's message can quote a value: only its code is passed on. */
static enum dye_status ask(struct table *t, const char *sql, const char *const *values, size_t n, PGresult **ret,
                           struct dye_error *err)
{
    *ret = PQexecParams(store_pg(t->store), sql, (int)n, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(*ret);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        const char *state = PQresultErrorField(*ret, PG_DIAG_SQLSTATE);
        DYE_FAIL(err, DYE_E_DATABASE, "connector: table %s refused a row (%s)", t->quoted_table,
                 state != NULL ? state : "no answer");
    }
    return DYE_OK;
}

static enum dye_status run(struct table *t, const char *sql, const struct dye_value *cells, size_t n, int *ret_rows,
                           struct dye_error *err)
{
    const char *values[DYE_SECTOR_COLUMNS_MAX];
    STORE_RESULT r = NULL;
    for (size_t i = 0; i < n; i++)
        values[i] = cells[i].n != 0 ? cells[i].text : NULL; /* what is empty is NULL: no date and no number is '' */
    DYE_TRY(ask(t, sql, values, n, &r, err));
    *ret_rows = PQntuples(r);
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

static enum dye_status table_open(struct table *t, struct dye_error *err)
{
    DYE_TRY(store_open(t->c->conninfo, "import", &t->store, err)); /* its log must not give the canaries away */
    /* The table's name is the source's: it is looked up where the source's own programs do. */
    return store_run(t->store, err, NULL, "SELECT set_config('search_path', 'public', false)", "");
}

static void table_close(struct table *t)
{
    if (t->store != NULL)
        store_rollback(t->store);
    store_close(t->store);
}

static enum dye_status open_and(const struct connector *c, row_fn fn, const struct connector_batch *b,
                                enum connector_outcome *ret_outcome, struct dye_error *err)
{
    struct table t = {.c = c, .sector = b->sector};
    enum dye_status status = table_open(&t, err);
    if (status == DYE_OK)
        status = each_row(&t, fn, b, ret_outcome, err);
    for (size_t i = 0; status != DYE_OK && i < b->n; i++)
        ret_outcome[i] = CONNECTOR_PENDING; /* one transaction: nothing of it is certain */
    table_close(&t);
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

/* ---- how rows are found ---- */

struct finding { /* of one record */
    size_t rows, found;
    bool twice, elsewhere;
    uint32_t differs;                          /* bits of the sector's columns */
    struct dye_value key[DYE_SECTOR_ROWS_MAX]; /* of its rows that are there, as the table writes it */
    struct dye_value other;                    /* the key of another row with an identifier of its */
};

static void copy_text(struct dye_value *to, const char *text)
{
    to->n = strnlen(text, DYE_VALUE_MAX_BYTES - 1);
    memcpy(to->text, text, to->n);
    to->text[to->n] = '\0';
}

/* Looks a row up by a key; what differs from the cells in it. */
static enum dye_status look_up(struct table *t, const struct dye_value *cells, const char *key, int *ret_rows,
                               uint32_t *ret_differs, struct dye_value *ret_key, struct dye_error *err)
{
    const char *values[DYE_SECTOR_COLUMNS_MAX];
    STORE_RESULT r = NULL;
    for (size_t i = 0; i < t->sector->columns; i++)
        values[i] = cells[i].n != 0 ? cells[i].text : NULL;
    values[t->key] = key;
    DYE_TRY(ask(t, t->look, values, t->sector->columns, &r, err));
    *ret_rows = PQntuples(r);
    for (size_t i = 0; *ret_rows != 0 && i < t->sector->columns; i++)
        *ret_differs |= (uint32_t)!store_bool(r, 0, (int)i + 1) << i;
    if (*ret_rows != 0)
        copy_text(ret_key, store_text(r, 0, 0));
    return DYE_OK;
}

static enum dye_status look_at_rows(struct table *t, const struct dye_persona *p, struct finding *f,
                                    struct dye_error *err)
{
    struct dye_value cells[DYE_SECTOR_COLUMNS_MAX];
    f->rows = dye_sector_rows(t->sector, p);
    for (size_t row = 0; row < f->rows; row++) {
        int rows = 0;
        enum dye_status status = make_cells(t->sector, p, row, cells, err);
        if (status == DYE_OK)
            status = look_up(t, cells, cells[t->key].text, &rows, &f->differs, &f->key[row], err);
        dye_wipe(cells, sizeof cells);
        DYE_TRY(status);
        f->found += rows != 0;
        f->twice |= rows > 1;
    }
    return DYE_OK;
}

struct needle { /* a cell that another row must not have */
    struct dye_value value;
    size_t i;
};

static int compare_needles(const void *a, const void *b)
{
    return strcmp(((const struct needle *)a)->value.text, ((const struct needle *)b)->value.text);
}

static enum dye_status gather_needles(const struct connector_batch *b, const struct dye_column *column,
                                      struct needle *ret, size_t *ret_n, struct dye_buf *ret_array,
                                      struct dye_error *err)
{
    bool fits = dye_buf_append(ret_array, "{", 1) == DYE_OK;
    size_t n = 0;
    for (size_t i = 0; fits && i < b->n; i++)
        for (size_t row = 0; fits && row < dye_sector_rows(b->sector, &b->personas[i]); row++) {
            struct needle *x = &ret[n];
            if (dye_sector_cell_of(column, &b->personas[i], row, &x->value) != DYE_OK || x->value.n == 0 ||
                strpbrk(x->value.text, "\"\\") != NULL)
                continue; /* no identifier has these */
            x->i = i;
            fits = dye_buf_printf(ret_array, "%s\"%s\"", n != 0 ? "," : "", x->value.text) == DYE_OK;
            n++;
        }
    if (!fits || dye_buf_append(ret_array, "}", 1) != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "connector: out of memory");
    qsort(ret, n, sizeof *ret, compare_needles);
    *ret_n = n;
    return DYE_OK;
}

static void note_elsewhere(struct finding *f, const char *key)
{
    struct dye_value here;
    copy_text(&here, key);
    for (size_t row = 0; row < f->rows; row++)
        if (strcmp(here.text, f->key[row].text) == 0)
            return;
    f->elsewhere = true;
    f->other = here;
}

/* One scan of the table for a whole batch: identifiers have no index as often as not. */
static enum dye_status search_column(struct table *t, const struct connector_batch *b, size_t column,
                                     struct needle *needles, struct finding *f, struct dye_error *err)
{
    DYE_CLEANUP(dye_buf_done) struct dye_buf array;
    STORE_RESULT r = NULL;
    char q[150];
    char sql[1024];
    size_t n = 0;
    dye_buf_init(&array, (size_t)16 << 20, true);
    DYE_TRY(quote(t->store, connector_column(t->c, t->sector->column[column].name), q, sizeof q, err));
    DYE_TRY(gather_needles(b, &t->sector->column[column], needles, &n, &array, err));
    snprintf(sql, sizeof sql, "SELECT %s::text, %s::text FROM %s WHERE %s::text = ANY ($1::text[]) LIMIT 100000", q,
             t->quoted_key, t->quoted_table, q);
    const char *const values[] = {(const char *)array.p};
    DYE_TRY(ask(t, sql, values, 1, &r, err));
    for (int row = 0; row < PQntuples(r); row++) {
        struct needle seen = {.i = 0};
        copy_text(&seen.value, store_text(r, row, 0));
        const struct needle *x = bsearch(&seen, needles, n, sizeof *needles, compare_needles);
        if (x != NULL && !PQgetisnull(r, row, 1))
            note_elsewhere(&f[x->i], store_text(r, row, 1));
    }
    return DYE_OK;
}

static bool tells_apart(const struct dye_column *c)
{
    return c->what == DYE_COLUMN_KIND && c->kind != DYE_NAME && c->kind != DYE_ADDRESS;
}

/* Its rows are gone and an identifier of its stands in another: that row under a new key, or a merge with somebody
 * else's, which has another name. */
static enum dye_status judge_moved(struct table *t, const struct dye_persona *p, struct finding *f,
                                   struct connector_look *ret, struct dye_error *err)
{
    struct dye_value cells[DYE_SECTOR_COLUMNS_MAX];
    struct dye_value ignored;
    int rows = 0;
    enum dye_status status = make_cells(t->sector, p, 0, cells, err);
    if (status == DYE_OK)
        status = look_up(t, cells, f->other.text, &rows, &f->differs, &ignored, err);
    dye_wipe(cells, sizeof cells);
    DYE_TRY(status);
    ret->state = CONNECTOR_CHANGED;
    f->differs |= UINT32_C(1) << t->key;
    for (size_t i = 0; i < t->sector->columns; i++)
        if (t->sector->column[i].what == DYE_COLUMN_KIND && t->sector->column[i].kind == DYE_NAME &&
            (f->differs >> i & 1) != 0)
            ret->state = CONNECTOR_MERGED;
    return DYE_OK;
}

static enum dye_status judge(struct table *t, const struct dye_persona *p, struct finding *f,
                             struct connector_look *ret, struct dye_error *err)
{
    ret->other = f->other;
    if (f->found == 0 && !f->elsewhere)
        ret->state = CONNECTOR_DROPPED;
    else if (f->found == 0)
        DYE_TRY(judge_moved(t, p, f, ret, err));
    else if (f->twice || f->elsewhere)
        ret->state = CONNECTOR_DOUBLED;
    else
        ret->state = f->differs != 0 || f->found < f->rows ? CONNECTOR_CHANGED : CONNECTOR_PRESENT;
    for (size_t i = 0; i < t->sector->columns; i++)
        if ((f->differs >> i & 1) != 0)
            connector_look_add(ret, t->sector->column[i].name);
    if (f->found != 0 && f->found < f->rows)
        connector_look_add(ret, "rows");
    return DYE_OK;
}

static enum dye_status look_at_all(struct table *t, const struct connector_batch *b, struct finding *f,
                                   struct needle *needles, struct connector_look *ret_look, struct dye_error *err)
{
    DYE_TRY(write_statements(t, err));
    DYE_TRY(store_begin(t->store, err));
    DYE_TRY(store_run(t->store, err, NULL, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", ""));
    for (size_t i = 0; i < b->n; i++)
        DYE_TRY(look_at_rows(t, &b->personas[i], &f[i], err));
    for (size_t i = 0; i < b->sector->columns; i++)
        if (i != t->key && tells_apart(&b->sector->column[i]))
            DYE_TRY(search_column(t, b, i, needles, f, err));
    for (size_t i = 0; i < b->n; i++)
        DYE_TRY(judge(t, &b->personas[i], &f[i], &ret_look[i], err));
    return store_commit(t->store, err);
}

enum dye_status connector_sql_look_at(const struct connector *c, const struct connector_batch *b,
                                      struct connector_look *ret_look, struct dye_error *err)
{
    struct table t = {.c = c, .sector = b->sector};
    const size_t needles_n = b->n * DYE_SECTOR_ROWS_MAX;
    struct finding *f = calloc(b->n + 1, sizeof *f);
    struct needle *needles = calloc(needles_n + 1, sizeof *needles);
    enum dye_status status =
        f != NULL && needles != NULL ? table_open(&t, err) : dye_fail(err, DYE_E_NOMEM, "connector: out of memory");
    if (status == DYE_OK)
        status = look_at_all(&t, b, f, needles, ret_look, err);
    table_close(&t);
    if (f != NULL)
        dye_wipe(f, b->n * sizeof *f);
    if (needles != NULL)
        dye_wipe(needles, needles_n * sizeof *needles);
    free(f);
    free(needles);
    return status;
}
