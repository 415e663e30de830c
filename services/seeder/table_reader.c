#include "table_reader.h"

#include "dye/text.h"
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum dye_status table_map_read(const char *text, struct table_map *ret, struct dye_error *err)
{
    memset(ret, 0, sizeof *ret);
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, ","), name = strcspn(text, "=");
        if (ret->rows == DYE_SECTOR_COLUMNS_MAX || name == 0 || name >= n || name >= 64 || n - name - 1 >= 64)
            DYE_FAIL(err, DYE_E_USAGE, "--map: RECORD=TABLE,... is wanted: names of columns");
        snprintf(ret->row[ret->rows].record, 64, "%.*s", (int)name, text);
        snprintf(ret->row[ret->rows++].table, 64, "%.*s", (int)(n - name - 1), text + name + 1);
        text += n + (text[n] == ',');
    }
    return DYE_OK;
}

static const char *table_column(const struct table_map *m, const char *record)
{
    for (size_t i = 0; i < m->rows; i++)
        if (strcmp(m->row[i].record, record) == 0)
            return m->row[i].table;
    return record;
}

/* ---- CSV ---- */

enum { RECORD_BYTES = 1 << 20, FIELDS_MAX = 1024, NOWHERE = -1 };

struct csv {
    FILE *file;
    struct dye_buf record; /* the fields' bytes, quotes taken off */
    size_t start[FIELDS_MAX + 1];
    size_t fields;
    uint64_t number;
    struct dye_buf utf8;
};

static enum dye_status read_field(struct csv *c, int *ret_end)
{
    int ch = getc(c->file);
    bool quoted = ch == '"';
    if (quoted)
        ch = getc(c->file);
    for (;; ch = getc(c->file)) {
        if (quoted && ch == '"') {
            ch = getc(c->file);
            quoted = ch == '"';
        }
        if (ch == EOF || (!quoted && (ch == ',' || ch == '\n')))
            break;
        if (quoted || ch != '\r')
            DYE_TRY(dye_buf_append_u8(&c->record, (uint8_t)ch));
    }
    *ret_end = ch;
    return quoted ? DYE_E_RECORD : DYE_OK;
}

/* DYE_END after the last. */
static enum dye_status read_record(struct csv *c, struct dye_error *err)
{
    int end = ',';
    dye_buf_clear(&c->record);
    c->fields = 0;
    c->number++;
    while (end == ',') {
        c->start[c->fields] = c->record.n;
        enum dye_status status = c->fields < FIELDS_MAX ? read_field(c, &end) : DYE_E_LIMIT;
        if (status != DYE_OK)
            DYE_FAIL(err, DYE_E_RECORD, "table: record %llu is not CSV, or too long", (unsigned long long)c->number);
        c->fields++;
    }
    c->start[c->fields] = c->record.n;
    if (ferror(c->file))
        DYE_FAIL(err, DYE_E_IO, "table: can't be read");
    return end == EOF && c->record.n == 0 && c->fields == 1 ? DYE_END : DYE_OK;
}

static enum dye_status to_utf8(struct csv *c, size_t field, struct dye_span *ret)
{
    struct dye_span raw = dye_span_of(c->record.p + c->start[field], c->start[field + 1] - c->start[field]);
    *ret = raw;
    if (dye_charset_detect(raw) != DYE_CHARSET_GB18030)
        return DYE_OK;
    dye_buf_clear(&c->utf8);
    DYE_TRY(dye_text_to_utf8(DYE_CHARSET_GB18030, raw, &c->utf8));
    *ret = dye_buf_span(&c->utf8);
    return DYE_OK;
}

static enum dye_status read_header(struct csv *c, const struct dye_sector *s, const struct table_map *m,
                                   int at[DYE_SECTOR_COLUMNS_MAX], size_t *ret_columns, struct dye_error *err)
{
    *ret_columns = 0;
    for (size_t i = 0; i < s->columns; i++)
        at[i] = NOWHERE;
    enum dye_status status = read_record(c, err);
    if (status == DYE_END)
        DYE_FAIL(err, DYE_E_RECORD, "table: it is empty");
    DYE_TRY(status);
    for (size_t f = 0; f < c->fields; f++) {
        struct dye_span name;
        DYE_TRY(to_utf8(c, f, &name));
        if (f == 0 && name.n >= 3 && memcmp(name.p, "\xef\xbb\xbf", 3) == 0)
            name = dye_span_of(name.p + 3, name.n - 3);
        for (size_t i = 0; i < s->columns; i++) {
            const char *wanted = table_column(m, s->column[i].name);
            if (at[i] == NOWHERE && strlen(wanted) == name.n &&
                strncasecmp(wanted, (const char *)name.p, name.n) == 0) {
                at[i] = (int)f;
                ++*ret_columns;
            }
        }
    }
    return DYE_OK;
}

static enum dye_status read_rows(struct csv *c, const struct dye_sector *s, const struct table_map *m, table_row_fn fn,
                                 void *arg, size_t *ret_columns, struct dye_error *err)
{
    int at[DYE_SECTOR_COLUMNS_MAX];
    struct dye_value *cell = calloc(DYE_SECTOR_COLUMNS_MAX, sizeof *cell);
    struct dye_span cells[DYE_SECTOR_COLUMNS_MAX];
    if (cell == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "table: out of memory");
    enum dye_status status = read_header(c, s, m, at, ret_columns, err);
    while (status == DYE_OK && (status = read_record(c, err)) == DYE_OK) {
        for (size_t i = 0; i < s->columns && status == DYE_OK; i++) {
            struct dye_span text = {0};
            if (at[i] != NOWHERE && (size_t)at[i] < c->fields)
                status = to_utf8(c, (size_t)at[i], &text);
            cell[i].n = text.n <= DYE_VALUE_MAX_BYTES ? text.n : DYE_VALUE_MAX_BYTES;
            if (cell[i].n != 0)
                memcpy(cell[i].text, text.p, cell[i].n);
            cells[i] = dye_value_span(&cell[i]);
        }
        if (status == DYE_OK)
            fn(arg, cells);
    }
    dye_wipe(cell, DYE_SECTOR_COLUMNS_MAX * sizeof *cell);
    free(cell);
    return status == DYE_END ? DYE_OK : status;
}

enum dye_status table_read_csv(int fd, const struct dye_sector *s, const struct table_map *m, table_row_fn fn,
                               void *arg, size_t *ret_columns, struct dye_error *err)
{
    struct csv *c = calloc(1, sizeof *c);
    enum dye_status status = DYE_E_NOMEM;
    int copy = dup(fd);
    if (c != NULL && copy >= 0 && (c->file = fdopen(copy, "r")) != NULL) {
        dye_buf_init(&c->record, RECORD_BYTES, true);
        dye_buf_init(&c->utf8, 2 * RECORD_BYTES, true);
        status = read_rows(c, s, m, fn, arg, ret_columns, err);
        fclose(c->file);
        dye_buf_done(&c->record);
        dye_buf_done(&c->utf8);
    } else {
        status = dye_fail(err, DYE_E_IO, "table: can't be read: %s", strerror(errno));
        if (copy >= 0)
            close(copy);
    }
    free(c);
    return status;
}

/* ---- SQL ---- */

/* A name, or schema.name, quoted. */
static enum dye_status append_name(struct store *s, const char *name, struct dye_buf *sql)
{
    const char *dot = strchr(name, '.');
    char *first = PQescapeIdentifier(store_pg(s), name, dot != NULL ? (size_t)(dot - name) : strlen(name));
    char *second = dot != NULL ? PQescapeIdentifier(store_pg(s), dot + 1, strlen(dot + 1)) : NULL;
    enum dye_status status = first == NULL || (dot != NULL && second == NULL) ? DYE_E_CONFIG : DYE_OK;
    if (status == DYE_OK)
        status = dye_buf_printf(sql, "%s%s%s", first, dot != NULL ? "." : "", second != NULL ? second : "");
    PQfreemem(first);
    PQfreemem(second);
    return status;
}

static enum dye_status check_table(struct store *s, const char *quoted, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT to_regclass($1) IS NOT NULL", "s", quoted));
    if (!store_bool(r, 0, 0))
        DYE_FAIL(err, DYE_E_USAGE, "table: %.160s: unknown", quoted);
    return DYE_OK;
}

/* Whether the table has the column: to_regclass and pg_attribute see what the role may. */
static enum dye_status has_column(struct store *s, const char *table, const char *column, bool *ret,
                                  struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT count(a.*) FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attname = $2"
                      " AND NOT a.attisdropped AND a.attnum > 0",
                      "ss", table, column));
    *ret = store_int(r, 0, 0) == 1;
    return DYE_OK;
}

static enum dye_status select_of(struct store *s, const char *table, const struct dye_sector *sector,
                                 const struct table_map *m, struct dye_buf *sql, size_t *ret_columns,
                                 struct dye_error *err)
{
    struct dye_buf quoted;
    dye_buf_init(&quoted, 1024, false);
    enum dye_status status = append_name(s, table, &quoted);
    *ret_columns = 0;
    if (status == DYE_OK)
        status = check_table(s, (const char *)quoted.p, err);
    if (status == DYE_OK)
        status = dye_buf_append_str(sql, "DECLARE profile NO SCROLL CURSOR FOR SELECT ");
    for (size_t i = 0; status == DYE_OK && i < sector->columns; i++) {
        const char *column = table_column(m, sector->column[i].name);
        bool has = false;
        status = has_column(s, (const char *)quoted.p, column, &has, err);
        if (status == DYE_OK && i != 0)
            status = dye_buf_append_str(sql, ", ");
        if (status == DYE_OK && has) {
            char *name = PQescapeIdentifier(store_pg(s), column, strlen(column));
            status = name != NULL ? dye_buf_printf(sql, "%s::text", name) : DYE_E_CONFIG;
            PQfreemem(name);
        } else if (status == DYE_OK) {
            status = dye_buf_append_str(sql, "NULL::text");
        }
        *ret_columns += has;
    }
    if (status == DYE_OK)
        status = dye_buf_printf(sql, " FROM %s", (const char *)quoted.p);
    dye_buf_done(&quoted);
    if (status == DYE_E_CONFIG || status == DYE_E_LIMIT)
        DYE_FAIL(err, DYE_E_USAGE, "table: its name, or that of a column, can't be quoted");
    return status;
}

static enum dye_status fetch(struct store *s, size_t columns, table_row_fn fn, void *arg, struct dye_error *err)
{
    for (;;) {
        STORE_RESULT r = NULL;
        DYE_TRY(store_run(s, err, &r, "FETCH 1000 FROM profile", ""));
        for (int row = 0; row < PQntuples(r); row++) {
            struct dye_span cells[DYE_SECTOR_COLUMNS_MAX];
            for (size_t i = 0; i < columns; i++)
                cells[i] = dye_span_of(PQgetvalue(r, row, (int)i), (size_t)PQgetlength(r, row, (int)i));
            fn(arg, cells);
        }
        if (PQntuples(r) == 0)
            return DYE_OK;
    }
}

enum dye_status table_read_sql(const char *conninfo, const char *table, const struct dye_sector *s,
                               const struct table_map *m, table_row_fn fn, void *arg, size_t *ret_columns,
                               struct dye_error *err)
{
    struct store *other = NULL;
    struct dye_buf sql;
    DYE_TRY(store_open(conninfo, "export", &other, err));
    dye_buf_init(&sql, 16384, false);
    enum dye_status status =
        store_run(other, err, NULL, "SELECT set_config('search_path', 'pg_catalog, public', false)", "");
    if (status == DYE_OK)
        status = store_run(other, err, NULL, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", "");
    if (status == DYE_OK)
        status = select_of(other, table, s, m, &sql, ret_columns, err);
    if (status == DYE_OK && *ret_columns > 0)
        status = store_run(other, err, NULL, (const char *)sql.p, "");
    if (status == DYE_OK && *ret_columns > 0)
        status = fetch(other, s->columns, fn, arg, err);
    store_rollback(other);
    store_close(other);
    dye_buf_done(&sql);
    return status;
}
