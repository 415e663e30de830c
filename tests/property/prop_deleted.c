/*
 * Of a data base of SQLite whose rows were written and deleted in any order, what is read as deleted was: each row
 * whole as it was written, or a long one as far as it stood in its page and mostly the rest behind it, none that is
 * there still, and most of what a page can show.
 */
#include "decoded.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { ROUNDS = 100, ROWS_MAX = 900, NOTE_BYTES = 6000, TEXT_BYTES = NOTE_BYTES + 128 };

static const char *const tables[] = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, phone TEXT, n INTEGER)",
    "CREATE TABLE t(name TEXT, phone TEXT, n INTEGER)",
    "CREATE TABLE t(n INTEGER, name TEXT, phone TEXT)",
    "CREATE TABLE t(name TEXT, phone TEXT, n INTEGER, note TEXT)",
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, phone TEXT, n INTEGER, note TEXT)",
};
enum { TABLES = sizeof tables / sizeof *tables, NOTED = 3 }; /* from which on rows have notes */

static struct made {
    char text[TEXT_BYTES]; /* its fields as the part has them, without the number */
    bool there, told;
} made[ROWS_MAX];

static sqlite3 *db;

static void run(const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

/* A long text that no other row has a page of. */
static void make_note(struct rng *r, size_t i, char *ret)
{
    size_t n = 0, want = rng_below(r, 3) == 0 ? 0 : rng_below(r, rng_below(r, 4) == 0 ? NOTE_BYTES - 64 : 900);
    for (unsigned k = 0; n < want; k++)
        n += (size_t)sprintf(ret + n, rng_below(r, 2) == 0 ? "row %zu part %u; " : "第%zu行%u段。", i, k);
    ret[n] = '\0';
}

static void insert(struct rng *r, size_t table, size_t i)
{
    static const char *const names[] = {"李明", "王小芳", "Ivy", "欧阳静静", "A. de Long-Name"};
    const char *name = names[rng_below(r, 5)];
    /* Each has values of its own; long ones so that lengths take two bytes. */
    static char sql[TEXT_BYTES + 256], note[NOTE_BYTES];
    char long_name[160] = "";
    size_t more = table < NOTED && rng_below(r, 6) == 0 ? 60 : 0;
    snprintf(long_name, sizeof long_name, "%s%.*s", name, (int)more,
             "----------------------------------------------------------------------");
    unsigned long phone = 17400000000ul + i;
    unsigned n = (unsigned)rng_below(r, 3) == 0 ? (unsigned)i + 300 : (unsigned)i + 70000;
    note[0] = '\0';
    if (table >= NOTED)
        make_note(r, i, note);
    snprintf(sql, sizeof sql, "INSERT INTO t(name, phone, n%s) VALUES ('%s', '%lu', %u%s%s%s)",
             table >= NOTED ? ", note" : "", long_name, phone, n, table >= NOTED ? ", '" : "", note,
             table >= NOTED ? "'" : "");
    run(sql);
    snprintf(made[i].text, TEXT_BYTES,
             table == 0   ? "|%s|%lu|%u"
             : table == 1 ? "%s|%lu|%u"
             : table == 2 ? "%3$u|%1$s|%2$lu"
             : table == 3 ? "%s|%lu|%u|%s"
                          : "|%s|%lu|%u|%s",
             long_name, phone, n, note);
    if (table >= NOTED && note[0] == '\0')
        made[i].text[strlen(made[i].text) - 1] = '\0'; /* empty cells that end a row are not there */
    made[i].there = true;
    made[i].told = false;
}

static void delete (size_t i)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DELETE FROM t WHERE phone = '%lu'", 17400000000ul + i);
    run(sql);
    made[i].there = false;
}

struct told {
    size_t rows, cut, mended, others;
};

/* Whether this is what a long row begins with. */
static bool is_cut(const char *fields, const char *whole)
{
    size_t n = strlen(fields);
    while (n > 0 && (fields[n - 1] & 0x80) != 0) /* a character may be cut */
        n--;
    return strlen(whole) > 400 && n >= 20 && strncmp(fields, whole, n) == 0;
}

/* What follows a row that is cut is the rest of it, but for a character between; or begins as another does that was
 * deleted too and had its pages later. */
static void check_rest(const char *cut, const char *rest, size_t i, size_t rows, struct told *told)
{
    const char *whole = made[i].text;
    size_t all = strlen(whole), n = strlen(rest);
    if (n <= all && strcmp(whole + all - n, rest) == 0 && all - n <= strlen(cut) + 3) {
        told->mended++;
        return;
    }
    char begin[25] = "";
    snprintf(begin, sizeof begin, "%s", rest);
    size_t of = 0;
    while (of < rows && (made[of].there || strstr(made[of].text, begin) == NULL))
        of++;
    if (of == rows)
        fail_msg("%s: %s: of no row", cut, rest);
    told->others++;
}

/* Each row of the part "deleted". */
static void check(char *text, size_t rows, struct told *told)
{
    char *at = strstr(text, "[deleted freepage cell]\n");
    const char *cut = NULL; /* the row before, row number `was` */
    size_t was = 0;
    if (at == NULL)
        return;
    for (char *line = strchr(at, '\n') + 1, *end; *line != '='; line = end + 1) {
        end = strchr(line, '\n');
        *end = '\0';
        const char *fields = strchr(line, '|');
        size_t i = 0;
        while (fields != NULL && i < rows && strcmp(made[i].text, fields + 1) != 0)
            i++;
        bool is_whole = i < rows;
        for (i = is_whole ? i : 0; fields != NULL && !is_whole && i < rows && !is_cut(fields + 1, made[i].text);)
            i++;
        if (i == rows && cut != NULL && line[0] == '|') {
            check_rest(cut, line + 1, was, rows, told);
            cut = NULL;
            continue;
        }
        if (fields == NULL || i == rows || made[i].there || made[i].told)
            fail_msg("%s: %s", line, i == rows ? "no such row" : made[i].there ? "not deleted" : "twice");
        made[i].told = true;
        told->rows++;
        told->cut += !is_whole;
        cut = is_whole ? NULL : fields + 1;
        was = i;
    }
}

static void what_is_read_as_deleted_was(void **state)
{
    (void)state;
    struct rng r;
    size_t deleted = 0;
    struct told told = {0};
    rng_init(&r, rng_seed(41));
    for (int round = 0; round < ROUNDS; round++) {
        size_t rows = 20 + rng_below(&r, ROWS_MAX - 20), table = rng_below(&r, TABLES);
        size_t page_bytes = (size_t)512 << rng_below(&r, 4);
        bool in_order = rng_below(&r, 2) == 0;
        char sql[256];
        assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
        snprintf(sql, sizeof sql, "PRAGMA secure_delete = OFF; PRAGMA page_size = %zu; %s", page_bytes, tables[table]);
        run(sql);
        run("BEGIN");
        for (size_t i = 0; i < rows; i++)
            insert(&r, table, i);
        run("COMMIT");
        /* A few here and there, or stretches. */
        for (size_t i = 0; i < rows; i++)
            if (in_order ? i / 8 % 5 == 1 : rng_below(&r, 12) == 0) {
                delete (i);
                deleted++;
            }
        /* And some that take their place, of which some are deleted again. */
        size_t later = rng_below(&r, 3) == 0 ? rng_below(&r, ROWS_MAX - rows + 1) / 4 : 0;
        for (size_t i = rows; i < rows + later; i++)
            insert(&r, table, i);
        for (size_t i = rows; i < rows + later; i++)
            if (rng_below(&r, 2) == 0) {
                delete (i);
                deleted++;
            }
        rows += later;
        sqlite3_int64 bytes;
        unsigned char *image = sqlite3_serialize(db, "main", &bytes, 0);
        char *text = decoded(dye_span_of(image, (size_t)bytes), NULL);
        check(text, rows, &told);
        free(text);
        sqlite3_free(image);
        sqlite3_close(db);
    }
    printf("%zu of %zu deleted rows; %zu are long, of %zu of them the rest was read, of %zu something else\n",
           told.rows, deleted, told.cut, told.mended, told.others);
    assert_true(told.rows * 10 >= deleted * 5);
    assert_true(told.mended * 10 >= told.cut * 5 && told.mended > ROUNDS && told.others * 20 < told.mended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_read_as_deleted_was)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
