#include "dye/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The record around the byte `at` of text, as text. */
static void check(const char *text, char at, const char *want)
{
    size_t start = 0, end = 0;
    dye_record_around(dye_span_str(text), (size_t)(strchr(text, at) - text), &start, &end);
    char got[256];
    snprintf(got, sizeof got, "%.*s", (int)(end - start), text + start);
    assert_string_equal(got, want);
}

static void a_record_is_a_line_without_its_end(void **state)
{
    (void)state;
    check("one\ntwo #\nthree", '#', "two #");
    check("#one\n", '#', "#one");
    check("one\r\ntwo #\r\nthree", '#', "two #");
    check("one\n\nlast #", '#', "last #");
}

static void a_row_of_an_insert_is_a_record(void **state)
{
    (void)state;
    check("INSERT INTO t VALUES (1,'a'),(2,'#'),(3,'c');\n", '#', "(2,'#')");
    check("insert  into `t` (a, b) values(1,'#');", '#', "(1,'#')");
    check("x\n\tInsert Into t Values (1),(f('#', (2))),(3);\ny", '#', "(f('#', (2)))");
}

static void parentheses_and_quotes_in_a_value_are_minded(void **state)
{
    (void)state;
    check("INSERT INTO t VALUES (1,'a),(b'),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO t VALUES (1,'it''s ('),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO t VALUES (1,'it\\'s ('),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO t VALUES (1,'\x81\\'),(2,'#');", '#', "(2,'#')"); /* a GB18030 trail, no escape */
    check("INSERT INTO `v(values` VALUES (1),('#');", '#', "('#')");
}

static void between_rows_it_is_what_stands_there(void **state)
{
    (void)state;
    check("INSERT INTO t VALUES (1), # (2);", '#', ", # ");
    check("INSERT INTO t# VALUES (1),(2);", '#', "INSERT INTO t# VALUES ");
    check("INSERT INTO t VALUES (1),(2);# \nx", '#', ";# ");
}

static void other_lines_about_inserting_are_lines(void **state)
{
    (void)state;
    check("INSERTED INTO t VALUES (#)", '#', "INSERTED INTO t VALUES (#)");
    check("INSERT INTO t SELECT (#)", '#', "INSERT INTO t SELECT (#)");
    check("(1,'a'),\n(2,'#'),\n", '#', "(2,'#'),");
}

static void a_long_record_is_narrowed_around_the_place(void **state)
{
    (void)state;
    size_t n = 4 * DYE_RECORD_MAX_BYTES;
    char *p = malloc(n);
    memset(p, 'x', n);
    static const size_t places[] = {0, 100, 70000, 200000, 4 * DYE_RECORD_MAX_BYTES - 1};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t start = 0, end = 0;
        dye_record_around(dye_span_of(p, n), places[i], &start, &end);
        assert_true(end - start <= DYE_RECORD_MAX_BYTES);
        assert_true(start <= places[i] && places[i] < end && end <= n);
    }
    free(p);
}

static void records_are_counted_once_each(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t want;
    } table[] = {
        {"", 0},
        {"\n", 0},
        {"\n\r\n\n", 0},
        {"a", 1},
        {"a\n", 1},
        {"\na\r\n\r\nb", 2},
        {"INSERT INTO t VALUES (1),(2),('3)(');\nx\n", 4},
        {"INSERT INTO t VALUES (1)\nINSERT INTO t VALUES (1),(2)", 3},
        {"INSERT INTO t VALUES", 1},
        {"INSERT INTO t VALUES ('unclosed", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(dye_record_count(dye_span_str(table[i].text)), table[i].want);
}

static void seeking_forwards_and_back_finds_the_same(void **state)
{
    (void)state;
    const char *text = "a\nINSERT INTO t VALUES (1),(2), (3);\n\nlast line\r\nINSERT INTO u VALUES (4),(5)";
    struct dye_records walker;
    dye_records_init(&walker, dye_span_str(text));
    size_t n = strlen(text);
    for (size_t i = 0; i < 2 * n; i++) {
        size_t at = i < n ? i : 2 * n - 1 - i;
        if (text[at] == '\n' || text[at] == '\r')
            continue;
        struct dye_records fresh;
        dye_records_init(&fresh, dye_span_str(text));
        dye_records_seek(&fresh, at);
        dye_records_seek(&walker, at);
        assert_int_equal(walker.start, fresh.start);
        assert_int_equal(walker.end, fresh.end);
        assert_true(fresh.start <= at && at < fresh.end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_a_line_without_its_end),
        cmocka_unit_test(a_row_of_an_insert_is_a_record),
        cmocka_unit_test(parentheses_and_quotes_in_a_value_are_minded),
        cmocka_unit_test(between_rows_it_is_what_stands_there),
        cmocka_unit_test(other_lines_about_inserting_are_lines),
        cmocka_unit_test(a_long_record_is_narrowed_around_the_place),
        cmocka_unit_test(records_are_counted_once_each),
        cmocka_unit_test(seeking_forwards_and_back_finds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
