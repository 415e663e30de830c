/* What a web page says, as rows; tests/fuzz/corpus/html. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void tables_are_rows_of_cells_and_other_text_is_rows(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/html/t.html", "[ html cell]\n"
                                               "客户 & 名单\n"
                                               "/* 17421234567 */\n"
                                               "var a = {\"phone\":\"15498765432\"};\n"
                                               "var b=1;\n"
                                               "Hi\n"
                                               "secret 17400000001\n"
                                               "name|phone\n"
                                               "张三|174****4567|17421234567\n"
                                               "李 四|1\n"
                                               "|2\n"
                                               "w||call me|tel:15400000000\n"
                                               "a < b 周&unknown; 5 < 6\n"
                                               "next\n"
                                               "line|周五\n"
                                               "= read\n"
                                               "");
}

static void the_charset_is_the_declared_one_or_what_it_looks_like(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/html/tg.html", "[ html cell]\n"
                                                "客户 & 名单\n"
                                                "/* 17421234567 */\n"
                                                "var a = {\"phone\":\"15498765432\"};\n"
                                                "var b=1;\n"
                                                "Hi\n"
                                                "secret 17400000001\n"
                                                "name|phone\n"
                                                "张三|174****4567|17421234567\n"
                                                "李 四|1\n"
                                                "|2\n"
                                                "w||call me|tel:15400000000\n"
                                                "a < b 周&unknown; 5 < 6\n"
                                                "next\n"
                                                "line|周五\n"
                                                "= read\n"
                                                "");
}

static void a_chat_is_a_row_a_message(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/html/telegram.html",
                    "[ html cell]\n"
                    "Exported Data\n"
                    "一手料 <群>\n"
                    "from|date|text\n"
                    "||2 January 2023\n"
                    "卖家 甲|02.01.2023 10:11:12 UTC+08:00|张三 17421234567 李四 15498765432\n"
                    "卖家 甲|02.01.2023 10:12:00 UTC+08:00|别人 01.01.2023 价格 0.8 元\n"
                    "买家|02.01.2023 10:13:00 UTC+08:00|list.xlsx 12.3 KB\n"
                    "= read\n"
                    "");
}

static void a_table_in_a_cell_is_rows_of_its_own(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>"), "[ html cell]\n"
                                                                                            "a\n"
                                                                                            "b|c\n"
                                                                                            "d\n"
                                                                                            "e\n"
                                                                                            "= read\n"
                                                                                            "");
}

static void what_only_looks_like_a_tag_is_text(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<html>1<2 & 3>2 &amp;&lt;b&gt; <"), "[ html cell]\n"
                                                                 "1<2 & 3>2 &<b> <\n"
                                                                 "= read\n"
                                                                 "");
}

static void a_tag_that_never_ends_is_text(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<html><p>x</p><a href=\"17421234567"), "[ html cell]\n"
                                                                    "x\n"
                                                                    "a href=\"17421234567\n"
                                                                    "= read\n"
                                                                    "");
}

static void a_picture_in_the_page_is_said(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<html><p>x</p><img src=\"data:image/png;base64,AAAA\">"), "[ html cell]\n"
                                                                                       "x\n"
                                                                                       "= partly format: image\n"
                                                                                       "");
}

static void a_comment_never_swallows_the_page(void **state)
{
    (void)state;
    char *page = malloc(70000);
    for (size_t n = 65500; n < 65560; n++) { /* its end stands across the end of a piece */
        memcpy(page, "<html><!--", 10);
        memset(page + 10, 'x', n);
        memcpy(page + 10 + n, "-->17421234567</html>", 22);
        char *text = decoded(dye_span_str(page), NULL);
        assert_string_equal(text, "[ html cell]\n17421234567\n= read\n");
        free(text);
    }
    free(page);
}

static void text_that_holds_tags_is_no_page(void **state)
{
    (void)state;
    decoded_is(dye_span_str("<b>x</b>,17421234567\n"
                            ""),
               "[]\n"
               "<b>x</b>,17421234567\n"
               "= read\n"
               "");
    decoded_is(dye_span_str("<张三>,1\n"
                            ""),
               "[]\n"
               "<张三>,1\n"
               "= read\n"
               "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_rows_of_cells_and_other_text_is_rows),
        cmocka_unit_test(the_charset_is_the_declared_one_or_what_it_looks_like),
        cmocka_unit_test(a_chat_is_a_row_a_message),
        cmocka_unit_test(a_table_in_a_cell_is_rows_of_its_own),
        cmocka_unit_test(what_only_looks_like_a_tag_is_text),
        cmocka_unit_test(a_tag_that_never_ends_is_text),
        cmocka_unit_test(a_picture_in_the_page_is_said),
        cmocka_unit_test(a_comment_never_swallows_the_page),
        cmocka_unit_test(text_that_holds_tags_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
