/* The files of tests/fuzz/corpus/sqlite were made with SQLite 3.40. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void tables_are_parts_and_views_and_computed_columns_are_not(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/sqlite/kinds.db", "[people sqlite cell]\n"
                                                   "id|name|phone|balance|note\n"
                                                   "1|张三|17421234567|13800138000.0\n"
                                                   "2|李四|154 98765432|1.5|00112233445566778899aabbccddeeff\n"
                                                   "3||||ax\n"
                                                   "4|王五|-1|0.0|多行 文本\n"
                                                   "= read\n"
                                                   "[odd \"name/x sqlite cell]\n"
                                                   "a|b\n"
                                                   "who@example.org|5\n"
                                                   "= read\n"
                                                   "[derived sqlite cell]\n"
                                                   "a\n"
                                                   "q\n"
                                                   "= read\n"
                                                   "[empty sqlite cell]\n"
                                                   "x\n"
                                                   "= read\n"
                                                   "");
}

static void utf16_is_text_like_any_other(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/sqlite/utf16.db", "[客户 sqlite cell]\n"
                                                   "姓名|电话\n"
                                                   "张三|17421234567\n"
                                                   "= read\n"
                                                   "");
}

static void the_log_that_is_not_there_is_not_missed(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/sqlite/wal.db", "[t sqlite cell]\n"
                                                 "a\n"
                                                 "17421234567\n"
                                                 "= read\n"
                                                 "");
}

static void what_a_virtual_table_shows_stands_in_tables(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/sqlite/search.db", NULL);
    assert_null(strstr(text, "[ft sqlite"));
    assert_non_null(strstr(text, "[ft_content sqlite cell]\ndocid|c0body\n1|电话 17421234567\n= read\n"));
    free(text);
}

static void deleted_rows_in_free_pages_are_a_part(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/sqlite/deleted.db", NULL);
    assert_int_equal(strncmp(text, "[keep sqlite cell]\na\nx\n= read\n[deleted freepage cell]\n", 53), 0);
    const char *rows = strstr(text, "\n1|张三0|");
    assert_non_null(rows);
    assert_string_equal(rows,
                        "\n1|张三0|17421234500|-1.5\n2|张三1|17421234501|-1.5\n3|张三2|17421234502|-1.5\n"
                        "4|张三3|17421234503|-1.5\n5|张三4|17421234504|-1.5\n6|张三5|17421234505|-1.5\n"
                        "7|张三6|17421234506|-1.5\n8|张三7|17421234507|-1.5\n"
                        "15|p14p14p14p14p14p14p14p14p14p14p14p14\n16|p15p15p15p15p15p15p15p15p15p15p15p15\n17|"
                        "p16p16p16p16p16p16p16p16p16p16p16p16\n18|p17p17p17p17p17p17p17p17p17p17p17p17\n19|"
                        "p18p18p18p18p18p18p18p18p18p18p18p18\n20|p19p19p19p19p19p19p19p19p19p19p19p19\n= read\n");
    free(text);
}

static void deleted_rows_in_pages_in_use_are_of_it_too(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/sqlite/cells.db", NULL);
    /* Below number 128 rows of which the name's type is lost are left out. */
    assert_non_null(strstr(text, "[deleted freepage cell]\n||甲7|17421234007\n||甲8|17421234008\n||甲3|17421234003\n"
                                 "|乙135|17421235135\n|乙129|17421235129\n|乙130|17421235130\n"
                                 "|乙131|17421235131\n= read\n"));
    free(text);
}

static void what_a_deleted_row_had_in_other_pages_stands_behind_it(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/sqlite/deleted_long.db");
    static const char last[] = "七八九十|15498765432\n";
    char *text = decoded(in, NULL), *cut = strstr(text, "|甲2|17421234002|一二三四");
    assert_non_null(cut);
    char *rest = strchr(cut, '\n') + 1, *end = strchr(rest, '\n') + 1;
    assert_int_equal(strncmp(rest, "|", 1), 0);
    assert_int_equal(strncmp(end - strlen(last), last, strlen(last)), 0);
    assert_true(end - cut > 3 * 400);
    free(text);
    /* But not where they are more than the row says. */
    uint8_t *p = (uint8_t *)(uintptr_t)in.p;
    for (size_t page = 0; page < in.n / 512; page++)
        if (memmem(p + 512 * page, 512, "15498765432", 11) != NULL)
            p[512 * page + 3] = 3;
    text = decoded(in, NULL);
    assert_non_null(strstr(text, "|甲2|17421234002|一二三四"));
    assert_null(strstr(text, "15498765432"));
    free(text);
    free(p);
}

static void deleted_rows_of_a_number_alone_are_told(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/sqlite/deleted_long.db", NULL);
    char *at = strstr(text, "[deleted freepage cell]\n");
    assert_non_null(at);
    assert_non_null(strstr(at, "\n17499000060\n17499000061\n"));
    free(text);
}

static void a_list_of_free_pages_that_is_a_circle_ends(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/sqlite/deleted.db");
    size_t trunk = ((size_t)in.p[34] << 8 | in.p[35]) - 1;
    memcpy((uint8_t *)(uintptr_t)in.p + 512 * trunk, in.p + 32, 4); /* the next is itself */
    char *text = decoded(in, NULL);
    assert_non_null(strstr(text, "\n8|张三7|17421234507|-1.5\n"));
    free(text);
    free((void *)(uintptr_t)in.p);
}

static void rows_before_the_cut_are_kept(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/sqlite/many.db");
    in.n -= 2048;
    char *text = decoded(in, NULL);
    assert_non_null(strstr(text, "[t sqlite cell]\nn|s\n1|00000000000000000001\n2|"));
    assert_non_null(strstr(text, "= partly truncated\n"));
    free(text);
    free((void *)(uintptr_t)in.p);
}

static void no_cut_passes_for_a_whole(void **state)
{
    (void)state;
    static const char *const names[] = {"kinds.db", "many.db", "utf16.db"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[64];
        snprintf(name, sizeof name, "fuzz/corpus/sqlite/%s", names[i]);
        struct dye_span in = decoded_load(name);
        for (size_t n = in.n; n-- > 16;) {
            char *text = decoded(dye_span_of(in.p, n), NULL);
            if (strstr(text, " truncated\n") == NULL && strstr(text, " damaged\n") == NULL)
                fail_msg("%s cut at %zu: %s", names[i], n, text);
            free(text);
        }
        free((void *)(uintptr_t)in.p);
    }
}

static void a_schema_that_is_damaged_is_read_as_far_as_it_makes_sense(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/sqlite/kinds.db");
    uint8_t *sql = memmem(in.p, in.n, "CREATE VIEW", 11);
    assert_non_null(sql);
    memcpy(sql, "CREATE VEIW", 11);
    char *text = decoded(in, NULL);
    assert_non_null(strstr(text, "1|张三|17421234567|13800138000.0\n"));
    assert_non_null(strstr(text, "= unread damaged\n"));
    free(text);
    free((void *)(uintptr_t)in.p);
}

static void a_schema_is_not_run(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/sqlite/hostile.db", "[v sqlite cell]\n"
                                                     "= unread damaged\n"
                                                     "[t sqlite cell]\n"
                                                     "a\n"
                                                     "1\n"
                                                     "= read\n"
                                                     "");
}

static void inside_something_else_it_needs_scratch_space(void **state)
{
    (void)state;
    struct decoded_options o = {.forwards = true};
    char *text = decoded_file("fuzz/corpus/sqlite/utf16.db", &o);
    assert_string_equal(text, "[]\n= unread limit: spill\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_parts_and_views_and_computed_columns_are_not),
        cmocka_unit_test(utf16_is_text_like_any_other),
        cmocka_unit_test(the_log_that_is_not_there_is_not_missed),
        cmocka_unit_test(what_a_virtual_table_shows_stands_in_tables),
        cmocka_unit_test(deleted_rows_in_free_pages_are_a_part),
        cmocka_unit_test(deleted_rows_in_pages_in_use_are_of_it_too),
        cmocka_unit_test(what_a_deleted_row_had_in_other_pages_stands_behind_it),
        cmocka_unit_test(deleted_rows_of_a_number_alone_are_told),
        cmocka_unit_test(a_list_of_free_pages_that_is_a_circle_ends),
        cmocka_unit_test(rows_before_the_cut_are_kept),
        cmocka_unit_test(no_cut_passes_for_a_whole),
        cmocka_unit_test(a_schema_that_is_damaged_is_read_as_far_as_it_makes_sense),
        cmocka_unit_test(a_schema_is_not_run),
        cmocka_unit_test(inside_something_else_it_needs_scratch_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
