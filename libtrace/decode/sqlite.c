/*
 * sqlite: a data base file of SQLite, each table a part "base.db/people": a row of its columns' names, then its rows;
 * what was deleted and still stands in free pages or bytes is a part "base.db/deleted".
 *
 * By libsqlite3 over a file that can only be read. A schema is a program that somebody else wrote: nothing of it is
 * run. Only stored columns of real tables are selected, without an index; views, virtual tables and generated columns
 * are left out, for all that they show stands in tables (those behind a virtual table are tables too). An authorizer
 * refuses everything else, the machine is counted, memory is capped for the process while the file is open.
 */
#include "formats.h"

#include "base_file.h"
#include "free_pages.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    VALUE_BYTES = 128 << 20,
    SQL_BYTES = 4 << 20,
    STEPS_A_BYTE = 2000, /* a row of one byte may have as many columns */
    STEPS_FREE = 10000000,
    STEPS_A_CALL = 10000
};
#define HEAP_BYTES (INT64_C(320) << 20)

struct base {
    struct decoding *d;
    const char *path;
    struct base_file file;
    sqlite3 *db;
    uint64_t calls, max_calls; /* of the progress handler */
    const char *fault;         /* of the file as a whole */
    bool told;                 /* a part has said so */
};

static int on_progress(void *arg)
{
    struct base *b = arg;
    return ++b->calls > b->max_calls;
}

/* Reading, of no view's account, and the one question about a table. */
static int authorize(void *arg, int action, const char *a, const char *c, const char *base, const char *view)
{
    (void)arg, (void)c, (void)base;
    if (view != NULL)
        return SQLITE_DENY;
    if (action == SQLITE_SELECT || action == SQLITE_READ)
        return SQLITE_OK;
    return action == SQLITE_PRAGMA && strcmp(a, "table_xinfo") == 0 ? SQLITE_OK : SQLITE_DENY;
}

static int compare(void *arg, int an, const void *a, int bn, const void *b)
{
    (void)arg;
    int order = memcmp(a, b, (size_t)(an < bn ? an : bn));
    return order != 0 ? order : an - bn;
}

/* Programs bring orders of their own (Android's LOCALIZED); a table that is kept in one can be read without it. */
static void any_collation(void *arg, sqlite3 *db, int encoding, const char *name)
{
    (void)arg;
    (void)sqlite3_create_collation(db, name, encoding, NULL, compare);
}

static int harden(struct base *b, bool lenient)
{
    static const struct {
        int id, value;
    } limits[] = {{SQLITE_LIMIT_LENGTH, VALUE_BYTES},  {SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES},
                  {SQLITE_LIMIT_VDBE_OP, 100000},      {SQLITE_LIMIT_ATTACHED, 0},
                  {SQLITE_LIMIT_TRIGGER_DEPTH, 1},     {SQLITE_LIMIT_COMPOUND_SELECT, 10},
                  {SQLITE_LIMIT_WORKER_THREADS, 0},    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100},
                  {SQLITE_LIMIT_VARIABLE_NUMBER, 100}, {SQLITE_LIMIT_COLUMN, 2000}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        (void)sqlite3_limit(b->db, limits[i].id, limits[i].value);
    /* A schema that is damaged is read as far as it makes sense, which SQLite calls writable. Nothing writes here. */
    const struct {
        int id, on;
    } settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, !lenient}, {SQLITE_DBCONFIG_WRITABLE_SCHEMA, lenient},
                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},   {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}};
    int rc = sqlite3_exec(b->db, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY", NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof settings / sizeof *settings && rc == SQLITE_OK; i++)
        rc = sqlite3_db_config(b->db, settings[i].id, settings[i].on, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_collation_needed(b->db, NULL, any_collation);
    if (rc == SQLITE_OK)
        rc = sqlite3_set_authorizer(b->db, authorize, NULL);
    sqlite3_progress_handler(b->db, STEPS_A_CALL, on_progress, b);
    return rc;
}

static const char *fault_of(const struct base *b, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return NULL;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
        return "limit: memory";
    case SQLITE_INTERRUPT:
        return "limit: cpu";
    case SQLITE_IOERR:
        return "not read";
    case SQLITE_AUTH:
        return "unsupported";
    default:
        return base_file_is_short(&b->file) || b->file.whole->fault != NULL ? "truncated" : "damaged";
    }
}

static void put(struct table *t, sqlite3_stmt *s, int i)
{
    int type = sqlite3_column_type(s, i);
    const void *p = NULL;
    if (type == SQLITE_BLOB)
        p = sqlite3_column_blob(s, i);
    else if (type != SQLITE_NULL && (p = sqlite3_column_text(s, i)) == NULL)
        table_fault(t, "limit: memory");
    struct dye_span value = dye_span_of(p, p != NULL ? (size_t)sqlite3_column_bytes(s, i) : 0);
    if (type == SQLITE_BLOB)
        table_blob(t, value);
    else if (type == SQLITE_TEXT)
        table_value(t, value);
    else
        table_text(t, value);
}

/* Steps through the rows; returns how it ended. */
static int put_rows(struct table *t, sqlite3_stmt *s)
{
    int rc, n = sqlite3_column_count(s);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        for (int i = 0; i < n; i++)
            put(t, s, i);
        if (!table_row(t))
            return SQLITE_DONE;
    }
    return rc;
}

/* The columns that are stored, as a row and as a list for SELECT. sqlite3_str is capped by SQLITE_LIMIT_LENGTH. */
static int list_columns(struct base *b, const char *name, struct table *t, sqlite3_str *list)
{
    enum { NAME = 1, HIDDEN = 6 };
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("PRAGMA main.table_xinfo(%Q)", name);
    int rc = sql != NULL ? sqlite3_prepare_v2(b->db, sql, -1, &s, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    int n = 0;
    while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        rc = SQLITE_OK;
        const char *column = (const char *)sqlite3_column_text(s, NAME);
        if (column == NULL || sqlite3_column_int(s, HIDDEN) != 0)
            continue;
        sqlite3_str_appendf(list, "%s\"%w\"", n++ > 0 ? "," : "", column);
        table_value(t, dye_span_str(column));
    }
    sqlite3_finalize(s);
    if (rc == SQLITE_DONE)
        rc = sqlite3_str_errcode(list) != SQLITE_OK ? sqlite3_str_errcode(list) : n > 0 ? SQLITE_OK : SQLITE_CORRUPT;
    return rc;
}

static enum dye_status read_table(struct base *b, const char *name)
{
    struct table t;
    sqlite3_stmt *s = NULL;
    char *sql = NULL;
    table_begin(&t, b->d, b->path, name, "sqlite");
    sqlite3_str *list = sqlite3_str_new(b->db);
    int rc = list_columns(b, name, &t, list);
    char *columns = sqlite3_str_finish(list);
    if (rc == SQLITE_OK && table_row(&t)) {
        sql = sqlite3_mprintf("SELECT %s FROM main.\"%w\" NOT INDEXED", columns != NULL ? columns : "", name);
        rc = sql != NULL ? sqlite3_prepare_v2(b->db, sql, -1, &s, NULL) : SQLITE_NOMEM;
        if (rc == SQLITE_OK)
            rc = put_rows(&t, s);
    }
    sqlite3_finalize(s);
    sqlite3_free(sql);
    sqlite3_free(columns);
    const char *fault = fault_of(b, rc);
    b->told = b->told || fault != NULL;
    return table_end(&t, fault);
}

static enum dye_status read_tables(struct base *b, sqlite3_stmt *names)
{
    enum dye_status status = DYE_OK;
    int rc = SQLITE_DONE;
    while (status == DYE_OK && !b->d->over && (rc = sqlite3_step(names)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(names, 0);
        if (!decoding_count_entry(b->d))
            return part_bare(b->d, b->path, "limit: entries");
        status = name != NULL ? read_table(b, name) : part_bare(b->d, b->path, "damaged");
    }
    b->fault = fault_of(b, rc);
    return status;
}

/* Opens it and asks for its tables; a virtual one has no page. */
static int open_base(struct base *b, bool lenient, sqlite3_stmt **ret_names)
{
    int rc = sqlite3_open_v2("base", &b->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, b->file.name);
    if (rc == SQLITE_OK)
        rc = harden(b, lenient);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(b->db, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0", -1,
                                ret_names, NULL);
    return rc;
}

static enum dye_status read_base(struct base *b)
{
    sqlite3_stmt *names = NULL;
    uint32_t before = b->d->parts;
    int rc = open_base(b, false, &names);
    if (rc != SQLITE_OK && rc != SQLITE_NOMEM) {
        b->fault = fault_of(b, rc);
        sqlite3_close(b->db);
        rc = open_base(b, true, &names);
    }
    const char *schema_fault = b->fault;
    enum dye_status status = DYE_OK;
    if (rc == SQLITE_OK)
        status = read_tables(b, names);
    else
        b->fault = fault_of(b, rc);
    b->fault = b->fault != NULL ? b->fault : schema_fault;
    sqlite3_finalize(names);
    sqlite3_close(b->db);
    if (status == DYE_OK && !b->d->over)
        status = free_pages_read(b->d, b->file.whole, b->path);
    if (b->fault == NULL && (base_file_is_short(&b->file) || b->file.whole->fault != NULL))
        b->fault = b->file.whole->fault != NULL ? b->file.whole->fault : "truncated";
    if (status != DYE_OK || b->d->over || (b->d->parts > before && (b->fault == NULL || b->told)))
        return status;
    return part_bare(b->d, b->path, b->fault);
}

enum dye_status sqlite_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole w;
    const char *fault;
    (void)depth;
    DYE_TRY(whole_take(d, in, &w, &fault));
    if (fault != NULL)
        return part_bare(d, path, fault);
    struct base b = {.d = d, .path = path, .max_calls = (STEPS_FREE + STEPS_A_BYTE * w.bytes) / STEPS_A_CALL};
    enum dye_status status = DYE_E_NOMEM;
    sqlite3_int64 heap = sqlite3_hard_heap_limit64(-1);
    if (base_file_init(&b.file, &w)) {
        (void)sqlite3_hard_heap_limit64(HEAP_BYTES);
        status = read_base(&b);
        (void)sqlite3_hard_heap_limit64(heap);
        base_file_done(&b.file);
    }
    in->told = true;
    whole_done(&w);
    return status;
}
