/* Records of XML documents; tests/fuzz/corpus/xml. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_repeated_element_is_the_record(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/xml/g.xml", "[ xml cell]\n"
                                             "@id|name|phone|phone[2]|home/city|home/@zip|note\n"
                                             "made by x\n"
                                             "2023-01-01\n"
                                             "客户\n"
                                             "1|张三|17421234567|15498765432|济南\n"
                                             "2|李四 公司 王|||青岛|250000|a<b\n"
                                             "3\n"
                                             "end\n"
                                             "9||17400000000\n"
                                             "= read\n"
                                             "");
}

static void a_workbook_of_excel_is_rows_of_cells(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/xml/book.xml", "[ xml cell]\n"
                                                "姓名|电话\n"
                                                "张三||17421234567|z\n"
                                                "= read\n"
                                                "");
}

static void what_was_cut_off_says_so_and_keeps_what_came(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/xml/cut.xml", NULL);
    assert_non_null(strstr(text, "\n1|张三|17421234567|15498765432|济南\n"));
    assert_non_null(strstr(text, "end\n<person id=\n= partly truncated\n"));
    free(text);
}

static void where_it_makes_no_sense_the_rest_is_text(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/xml/bad.xml", NULL);
    assert_non_null(strstr(text, "\n2|李四\n& B &co; &#x738B;</name><home zip=\"250000\">"));
    assert_non_null(strstr(text, "<phone>17400000000</phone></person></rows></export>\n= partly damaged\n"));
    free(text);
}

static void a_billion_laughs_end_by_a_limit(void **state)
{
    (void)state;
    char *text = decoded_file("fuzz/corpus/xml/laugh.xml", NULL);
    assert_non_null(strstr(text, "= partly limit: ratio\n"));
    free(text);
}

static void depth_ends_by_a_limit(void **state)
{
    (void)state;
    size_t n = 1000000;
    char *deep = malloc(3 * n + 64);
    size_t at = (size_t)sprintf(deep, "<?xml version=\"1.0\"?>");
    for (size_t i = 0; i < n; i++, at += 3)
        memcpy(deep + at, "<a>", 3);
    char *text = decoded(dye_span_of(deep, at), NULL);
    assert_non_null(strstr(text, "= partly limit: depth\n"));
    free(text);
    free(deep);
}

static void is_read_as(const char *xml, const char *want)
{
    char *text = decoded(dye_span_str(xml), NULL);
    assert_string_equal(text, want);
    free(text);
}

static void a_field_that_names_itself_is_its_column(void **state)
{
    (void)state;
    is_read_as("<?xml version='1.0'?><t xmlns:xsi='x'><row><field name='n'>A</field><field name='p'>1</field></row>"
               "<row><field name='n' xsi:nil='true'/><field name='p'>2</field></row></t>",
               "[ xml cell]\nn|p\nA|1\n|2\n= read\n");
    is_read_as("<?xml version='1.0'?><r><doc><str name='n'>A</str><long name='p'>1</long></doc>"
               "<doc><str name='n'>B</str><long name='p'>2</long><long name='p'>3</long></doc></r>",
               "[ xml cell]\nn|p|p[2]\nA|1\nB|2|3\n= read\n");
    /* A name that is a person's stays a value. */
    is_read_as(
        "<?xml version='1.0'?><r><home><person name='A'>1</person></home><home><person name='B'>2</person></home></r>",
        "[ xml cell]\nperson/@name|person\nA|1\nB|2\n= read\n");
}

static void a_field_that_is_named_too_late_keeps_its_name_as_a_value(void **state)
{
    (void)state;
    size_t rows = 8000, cap = rows * 64;
    char *xml = malloc(cap);
    size_t n = (size_t)sprintf(xml, "<?xml version='1.0'?><t>");
    for (size_t i = 0; i < rows; i++)
        n += (size_t)snprintf(xml + n, cap - n, "<row><field name='n'>A</field><field name='p'>1</field></row>");
    n += (size_t)snprintf(xml + n, cap - n, "<row><field name='late'>3</field></row></t>");
    char *text = decoded(dye_span_of(xml, n), NULL);
    assert_non_null(strstr(text, "[ xml cell]\nn|p\nA|1\n"));
    assert_non_null(strstr(text, "\n||late|3\n= read\n"));
    free(text);
    free(xml);
}

static void a_document_with_one_record_is_one(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<?xml version=\"1.0\"?><p><n>a</n><t>17421234567</t></p>"), "[ xml cell]\n"
                                                                                         "n|t\n"
                                                                                         "a|17421234567\n"
                                                                                         "= read\n"
                                                                                         "");
}

static void documents_may_follow_each_other(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<?xml version=\"1.0\"?><p><n>a</n></p>\n"
                            "<?xml version=\"1.0\"?><p><n>b</n><m>c</m></p>"),
               "[ xml cell]\n"
               "n\n"
               "a\n"
               "b|c\n"
               "= read\n"
               "");
}

static void entities_of_other_files_are_not_fetched(void **state)
{
    (void)state;
    decoded_is(
        dye_span_str(
            "<?xml version=\"1.0\"?><!DOCTYPE p [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><p><n>a&e;b</n></p>"),
        "[ xml cell]\n"
        "n\n"
        "ab\n"
        "= read\n"
        "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_repeated_element_is_the_record),
        cmocka_unit_test(a_workbook_of_excel_is_rows_of_cells),
        cmocka_unit_test(what_was_cut_off_says_so_and_keeps_what_came),
        cmocka_unit_test(where_it_makes_no_sense_the_rest_is_text),
        cmocka_unit_test(a_billion_laughs_end_by_a_limit),
        cmocka_unit_test(depth_ends_by_a_limit),
        cmocka_unit_test(a_field_that_names_itself_is_its_column),
        cmocka_unit_test(a_field_that_is_named_too_late_keeps_its_name_as_a_value),
        cmocka_unit_test(a_document_with_one_record_is_one),
        cmocka_unit_test(documents_may_follow_each_other),
        cmocka_unit_test(entities_of_other_files_are_not_fetched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
