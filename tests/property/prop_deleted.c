/*
 * Of a data base of SQLite whose rows were written and deleted in any order, what is read as deleted was: each row
 * whole as it was written, none that is there still, and most of what a page can show.
 */
#include "decoded.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { ROUNDS = 60, ROWS_MAX = 900, TEXT_BYTES = 128 };

static const char *const tables[] = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, phone TEXT, n INTEGER)",
    "CREATE TABLE t(name TEXT, phone TEXT, n INTEGER)",
    "CREATE TABLE t(n INTEGER, name TEXT, phone TEXT)",
};
enum { TABLES = sizeof tables / sizeof *tables };

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

static void insert(struct rng *r, size_t table, size_t i)
{
    static const char *const names[] = {"李明", "王小芳", "Ivy", "欧阳静静", "A. de Long-Name"};
    const char *name = names[rng_below(r, 5)];
    /* Each has values of its own; long ones so that lengths take two bytes. */
    char sql[512], note[160] = "";
    size_t more = rng_below(r, 6) == 0 ? 60 : 0;
    snprintf(note, sizeof note, "%s%.*s", name, (int)more,
             "----------------------------------------------------------------------");
    unsigned long phone = 17400000000ul + i;
    unsigned n = (unsigned)rng_below(r, 3) == 0 ? (unsigned)i + 300 : (unsigned)i + 70000;
    snprintf(sql, sizeof sql, "INSERT INTO t(name, phone, n) VALUES ('%s', '%lu', %u)", note, phone, n);
    run(sql);
    snprintf(made[i].text, TEXT_BYTES,
             table == 0   ? "|%s|%lu|%u"
             : table == 1 ? "%s|%lu|%u"
                          : "%3$u|%1$s|%2$lu",
             note, phone, n);
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

/* Each row of the part "deleted"; returns how many. */
static size_t check(char *text, size_t rows)
{
    char *at = strstr(text, "[deleted freepage cell]\n");
    size_t n = 0;
    if (at == NULL)
        return 0;
    for (char *line = strchr(at, '\n') + 1, *end; *line != '='; line = end + 1, n++) {
        end = strchr(line, '\n');
        *end = '\0';
        const char *fields = strchr(line, '|');
        size_t i = 0;
        while (fields != NULL && i < rows && strcmp(made[i].text, fields + 1) != 0)
            i++;
        if (fields == NULL || i == rows || made[i].there || made[i].told)
            fail_msg("%s: %s", line, i == rows ? "no such row" : made[i].there ? "not deleted" : "twice");
        made[i].told = true;
    }
    return n;
}

static void what_is_read_as_deleted_was(void **state)
{
    (void)state;
    struct rng r;
    size_t deleted = 0, found = 0;
    rng_init(&r, rng_seed(41));
    for (int round = 0; round < ROUNDS; round++) {
        size_t rows = 20 + rng_below(&r, ROWS_MAX - 20), table = rng_below(&r, TABLES);
        bool in_order = rng_below(&r, 2) == 0;
        char sql[128];
        assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
        snprintf(sql, sizeof sql, "PRAGMA secure_delete = OFF; PRAGMA page_size = %d; %s", 512 << rng_below(&r, 4),
                 tables[table]);
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
        sqlite3_int64 bytes;
        unsigned char *image = sqlite3_serialize(db, "main", &bytes, 0);
        char *text = decoded(dye_span_of(image, (size_t)bytes), NULL);
        found += check(text, rows);
        free(text);
        sqlite3_free(image);
        sqlite3_close(db);
    }
    printf("%zu of %zu deleted rows\n", found, deleted);
    assert_true(found * 10 >= deleted * 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_read_as_deleted_was)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
