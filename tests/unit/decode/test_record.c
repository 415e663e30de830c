#include "dye/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct dye_layout layout;

static void detect(struct dye_span text)
{
    dye_layout_detect(DYE_UNIT_BYTE, dye_charset_detect(text), text, &layout);
}

/* ---- where records are ---- */

/* The record around the byte `at` of text, as text. */
static void check(const char *text, char at, const char *want)
{
    struct dye_records r;
    detect(dye_span_str(text));
    dye_records_init(&r, &layout, dye_span_str(text));
    dye_records_seek(&r, (size_t)(strchr(text, at) - text));
    char got[256];
    snprintf(got, sizeof got, "%.*s", (int)(r.end - r.start), text + r.start);
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
    check("-- x\n\tInsert Into t Values (1),(f('#', (2))),(3);\ny", '#', "(f('#', (2)))");
    check("INSERT INTO t VALUES (1),\n(2,'#')\nINSERT INTO t VALUES (3)", '#', "(2,'#')");
}

static void parentheses_and_quotes_in_a_value_are_minded(void **state)
{
    (void)state;
    check("INSERT INTO t VALUES (1,'a),(b'),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO t VALUES (1,'it''s ('),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO t VALUES (1,'it\\'s ('),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO t VALUES (1,'\x81\\'),(2,'#');", '#', "(2,'#')"); /* a GB18030 trail, no escape */
    check("INSERT INTO t VALUES (1,'\x81\\\\'),(2,'#');", '#', "(2,'#')");
    check("INSERT INTO `v(values` VALUES (1),('#');", '#', "('#')");
}

static void between_rows_it_is_what_stands_there(void **state)
{
    (void)state;
    check("INSERT INTO t VALUES (1), # (2);", '#', ", # ");
    check("INSERT INTO t# VALUES (1),(2);", '#', "INSERT INTO t# VALUES ");
    check("INSERT INTO `t#` VALUES (1),(2);", '#', "INSERT INTO `t#` VALUES ");
    check("INSERT INTO t VALUES (1),(2);# \nx", '#', ";# \nx");
    check("{\"a\":1,\"#\":[{\"b\":2}]}", '#', "{\"a\":1,\"#\":[");
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
    static const size_t places[] = {0, 100, 70000, 200000, 4 * DYE_RECORD_MAX_BYTES - 1};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t start = 0, end = n;
        dye_record_narrow(places[i], &start, &end);
        assert_true(end - start <= DYE_RECORD_MAX_BYTES);
        assert_true(start <= places[i] && places[i] < end && end <= n);
    }
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
        {"\xef\xbb\xbf\n", 0},
        {"INSERT INTO t VALUES (1),(2),('3)(');\nx\n", 3},
        {"INSERT INTO t VALUES (1)\nINSERT INTO t VALUES (1),(2)", 3},
        {"INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a);\nINSERT INTO t VALUES (2)", 2},
        {"INSERT INTO t VALUES ('unclosed", 1},
        {"--\n-- PostgreSQL database dump\n--\n\\restrict x\n\nSET a = b;\n", 0},
        {"xm,sjh\na,17412345678\nb,17412345679\n", 2},
        {"[]", 0},
        {"[{},{\"a\":[{},{}]}]", 2},
        {"{\"a\":{}}", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        detect(dye_span_str(table[i].text));
        assert_int_equal(dye_records_count(&layout, dye_span_str(table[i].text)), table[i].want);
    }
}

static void seeking_forwards_and_back_finds_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a\nb c\n\nlast line\r\nINSERT INTO u VALUES (4),(5)",
        "INSERT INTO t VALUES (1),(2), (3);\n\n-- x\r\nINSERT INTO u (a) VALUES (4),(5) ;",
        "a,b\n1,\"x\ny\"\n2,z\n",
        "{\"x\":[{\"a\":1}, {\"a\":[2]}],\"y\":3}",
        "BEGIN:VCARD\nFN:a\nEND:VCARD\nx\nBEGIN:VCARD\nFN:b\nEND:VCARD\n",
        "COPY t (a) FROM stdin;\n1\n2\n\\.\n\nx\n",
    };
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        const char *text = texts[t];
        struct dye_records walker;
        detect(dye_span_str(text));
        dye_records_init(&walker, &layout, dye_span_str(text));
        size_t n = strlen(text);
        for (size_t i = 0; i < 2 * n; i++) {
            size_t at = i < n ? i : 2 * n - 1 - i;
            struct dye_records fresh;
            dye_records_init(&fresh, &layout, dye_span_str(text));
            dye_records_seek(&fresh, at);
            dye_records_seek(&walker, at);
            assert_int_equal(walker.start, fresh.start);
            assert_int_equal(walker.end, fresh.end);
            assert_true(fresh.start <= at && at < fresh.end);
        }
    }
}

/* ---- what is in them ---- */

/* "name=value|value;" a record, as dye_record_fields and dye_field_value give them. */
static const char *render(const struct dye_layout *l, struct dye_span text)
{
    static struct dye_buf b;
    static struct dye_field fields[DYE_FIELDS_MAX];
    struct dye_records r;
    dye_buf_done(&b);
    dye_buf_init(&b, 1 << 20, false);
    assert_int_equal(dye_buf_append_str(&b, ""), DYE_OK);
    dye_records_init(&r, l, text);
    while (dye_records_next(&r)) {
        size_t n = dye_record_fields(&r, fields);
        for (size_t i = 0; i < n; i++) {
            size_t before = b.n;
            assert_int_equal(dye_buf_append_str(&b, i > 0 ? "|" : ""), DYE_OK);
            before = b.n;
            assert_int_equal(dye_field_name(&r, &fields[i], &b), DYE_OK);
            if (b.n > before)
                assert_int_equal(dye_buf_append_str(&b, "="), DYE_OK);
            assert_int_equal(dye_field_value(&r, &fields[i], &b), DYE_OK);
            assert_int_equal(fields[i].column, i);
            assert_true(fields[i].start >= r.start && fields[i].start + fields[i].n <= r.end);
        }
        assert_int_equal(dye_buf_append_str(&b, ";"), DYE_OK);
    }
    return (const char *)b.p;
}

struct row {
    const char *text, *want;
};

static void check_rows(enum dye_layout_kind kind, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        detect(dye_span_str(rows[i].text));
        assert_string_equal(render(&layout, dye_span_str(rows[i].text)), rows[i].want);
        assert_int_equal(layout.kind, kind);
    }
}
#define CHECK(kind, ...)                                                                                               \
    check_rows(kind, (const struct row[]){__VA_ARGS__}, sizeof(const struct row[]){__VA_ARGS__} / sizeof(struct row))

static void every_delimiter_of_the_market_is_found(void **state)
{
    (void)state;
    static const char *const delimiters[] = {"----", "---", "|",   "||", "\t", ",",    "，", ";", ":",
                                             "::",   " # ", "   ", " ",  "^",  "\x01", "~",  "/"};
    for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters; i++) {
        char text[512];
        const char *d = delimiters[i];
        snprintf(text, sizeof text,
                 "甲乙%s17412345678%s某市1路\n丙丁戊%s17412345679%s某县2号\n己%s17412345670%s某区3号\n", d, d, d, d, d,
                 d);
        detect(dye_span_str(text));
        assert_string_equal(render(&layout, dye_span_str(text)),
                            "甲乙|17412345678|某市1路;丙丁戊|17412345679|某县2号;己|17412345670|某区3号;");
    }
}

static void second_bytes_of_characters_part_nothing(void **state)
{
    (void)state;
    /* 亅 is 81 7c, 丱 81 5c */
    CHECK(DYE_LAYOUT_DELIMITED, {"\x81|a|17412345678\nb\x81||17412345679\nc|17412345670\n",
                                 "亅a|17412345678;b亅|17412345679;c|17412345670;"});
    CHECK(DYE_LAYOUT_SQL, {"INSERT INTO t VALUES ('\x81\\',1),('\x81|\x81\\','x\\'y');", "乗|1;亅乗|x'y;"});
}

static void quotes_hold_delimiters_line_ends_and_quotes(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_DELIMITED, {"a,\"b,\"\"c\"\"\n d\",e\n1,2,3\n4,5,6\n", "a|b,\"c\"\n d|e;1|2|3;4|5|6;"},
          {"a,\"\",c\n\"x\",y,\"z\"\n", "a||c;x|y|z;"},
          {"a,5\" disk,c\n1,\"open,2\n3,4,5\n6,7,8\n", "a|5\" disk|c;1|\"open|2;3|4|5;6|7|8;"},
          {"1,2\r\n\r\n3\r\n4,5,6\r\n7,8\r\n9,10\r\n", "1|2;3;4|5|6;7|8;9|10;"});
}

static void a_header_is_known_by_words_or_by_the_columns_below_it(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_DELIMITED, {"姓名,手机\n甲,17412345678\n", "姓名=甲|手机=17412345678;"},
          {"xm|sjh\na|17412345678\n", "xm=a|sjh=17412345678;"},
          {"\"Name\"\t\"Phone No\"\na\t17412345678\n", "Name=a|Phone No=17412345678;"},
          {"foo,bar\na,17412345678\nb,17412345679\nc,17412345670\n",
           "foo=a|bar=17412345678;foo=b|bar=17412345679;foo=c|bar=17412345670;"},
          {"\xef\xbb\xbf"
           "姓名,手机\n甲,17412345678,x\n",
           "姓名=甲|手机=17412345678|x;"},
          {"\xd0\xd5\xc3\xfb,\xca\xd6\xbb\xfa\n\xbc\xd7,17412345678\n", "姓名=甲|手机=17412345678;"},
          {"甲,17412345678\n乙,17412345679\n", "甲|17412345678;乙|17412345679;"});
}

static void values_and_text_are_read_by_lines(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_LINES, {"17412345678\n17412345679\n", "17412345678;17412345679;"},
          {"甲17412345678某市\n乙丙17412345679某省某县\n", "甲17412345678某市;乙丙17412345679某省某县;"},
          {"http://a.b/c\nhttp://d.e/f\n", "http://a.b/c;http://d.e/f;"},
          {"[2020-01-02] x\n[2020-01-03] y z\n", "[2020-01-02] x;[2020-01-03] y z;"});
}

static void columns_of_a_table_name_the_values_of_inserts(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_SQL,
          {"-- MySQL dump\nCREATE TABLE `p` (\n `id` int(11) NOT NULL,\n `xm` varchar(9) DEFAULT 'a,b',\n"
           " `n` decimal(10,2),\n PRIMARY KEY (`id`),\n KEY `k` (`xm`)\n);\nINSERT INTO `p` VALUES (1,'a',NULL),\n"
           "(2,'it''s, (x)\\n',0xE5BCA0);\nINSERT INTO p (`xm`) VALUES ('d');\nREPLACE INTO q VALUES (_binary "
           "'x\\\\');\n",
           "id=1|xm=a|n=;id=2|xm=it's, (x)\n|n=张;xm=d;x\\;"},
          {"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a, b TEXT);\nINSERT INTO t VALUES('C:\\',2);\n"
           "INSERT INTO t VALUES(replace('x''\\ny\\z','\\n',char(10)),X'e5bca0');\n",
           "a=C:\\|b=2;a=x'\ny\\z|b=张;"});
}

static void a_copy_block_has_tabs_and_escapes(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_SQL, {"--\n-- PostgreSQL database dump\n--\nCOPY public.p (id, \"the name\") FROM "
                           "stdin;\n1\ta\\tb\\\\\n2\t\\N\n\\.\n\n"
                           "INSERT INTO public.p VALUES ('C:\\', E'a\\nb', 'x''y');\n",
                           "id=1|the name=a\tb\\;id=2|the name=;C:\\|a\nb|x'y;"});
}

static void an_element_of_the_outermost_array_is_a_record(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_JSON,
          {"{\"code\":0,\"data\":{\"list\":[{\"n\":\"a\",\"t\":[\"x\",\"y\"],\"s\":{\"c\":1}},{\"n\":"
           "\"\\u5f20\\ud83d\\ude00\\\"\"}]}}",
           "n=a|t=x|t=y|c=1;n=张\xf0\x9f\x98\x80\";"},
          {"[{\"a\":null},\n{\"a\":-1.5e3}]", "a=;a=-1.5e3;"}, {"[[\"a\",1],[\"b\",2]]", "a|1;b|2;"},
          {"[\"17412345678\",\"17412345679\"]", "17412345678;17412345679;"}, {"{\n \"a\": \"b\"\n}\n", "a=b;"});
}

static void documents_in_a_row_are_records(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_JSON,
          {"{\"_id\":1,\"_source\":{\"n\":\"a\",\"l\":[{\"m\":2}]}}\n{\"_source\":{\"n\":\"b\"}}\n",
           "_id=1|n=a|m=2;n=b;"},
          {"{\"_id\":{\"$oid\":\"5f\"},\"n\":{\"$numberLong\":\"7\"}}\n{\"_id\":{\"$oid\":\"60\"}}\n",
           "_id=5f|n=7;_id=60;"},
          {"{\"a\":1}{\"a\":2} {\"a\":\n3}", "a=1;a=2;a=3;"},
          {"{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"a\":4}\n{\"a\":5}\n", "a=1;;a=3;a=4;a=5;"});
}

static void depth_costs_no_stack(void **state)
{
    (void)state;
    enum { DEPTH = 1000000 };
    char *p = malloc(2 * DEPTH + 1);
    memset(p, '[', DEPTH);
    memset(p + DEPTH, ']', DEPTH);
    for (size_t i = 0; i < 2; i++) {
        struct dye_span text = dye_span_of(p, i == 0 ? DEPTH : 2 * DEPTH);
        detect(text);
        assert_int_equal(layout.kind, DYE_LAYOUT_JSON);
        assert_int_equal(dye_records_count(&layout, text), 1);
        (void)render(&layout, text);
    }
    free(p);
}

static void cards_are_unfolded(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_VCARD,
          {"BEGIN:VCARD\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=\r\n=E4=B8=89\r\nTEL;CELL:1\r\n"
           "NOTE:long\r\n  line\\, folded\r\nEND:VCARD\r\nBEGIN:VCARD\nitem1.EMAIL:a@b.c\nEND:VCARD\n",
           "N=张;三|TEL=1|NOTE=long line, folded;EMAIL=a@b.c;"});
}

static void notations_of_whole_values_are_undone(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_DELIMITED,
          {"%E5%BC%A0,100%,a%40b.c\n&#24352;&amp;&#x4e09;,a&b,\\u5f20\n", "张|100%|a@b.c;张&三|a&b|张;"});
}

static void rows_of_another_charset_are_read_in_theirs(void **state)
{
    (void)state;
    CHECK(DYE_LAYOUT_DELIMITED, {"张三丰|1|a\n李四光|2|b\n王五一|3|c\n\xd5\xc5\x81|\xc8\xfd|4|d\n赵六合|5|e\n",
                                 "张三丰|1|a;李四光|2|b;王五一|3|c;张亅三|4|d;赵六合|5|e;"});
}

static void rendered_cells_are_rows_of_fields(void **state)
{
    (void)state;
    struct dye_span text = dye_span_str("姓名\x1f手机\n\n甲,乙\x1f\x1f\"x\n\x1f"
                                        "17412345678\n");
    dye_layout_detect(DYE_UNIT_CELL, DYE_CHARSET_UTF8, text, &layout);
    assert_string_equal(render(&layout, text), "姓名=甲,乙|手机=|\"x;姓名=|手机=17412345678;");
    assert_int_equal(layout.kind, DYE_LAYOUT_CELLS);
    text = dye_span_str("one\n\x0ctwo\x0cthree\x0c\n");
    dye_layout_detect(DYE_UNIT_PAGE, DYE_CHARSET_UTF8, text, &layout);
    assert_string_equal(render(&layout, text), "one;two;three;");
    assert_int_equal(layout.kind, DYE_LAYOUT_TEXT);
}

static void fields_beyond_the_last_are_in_the_last(void **state)
{
    (void)state;
    char text[2 * DYE_FIELDS_MAX + 16];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 == 0 ? 'x' : ',';
    static struct dye_field fields[DYE_FIELDS_MAX];
    struct dye_records r;
    detect(dye_span_of(text, sizeof text));
    dye_records_init(&r, &layout, dye_span_of(text, sizeof text));
    assert_true(dye_records_next(&r));
    assert_int_equal(dye_record_fields(&r, fields), DYE_FIELDS_MAX);
    assert_int_equal(fields[DYE_FIELDS_MAX - 1].start + fields[DYE_FIELDS_MAX - 1].n, sizeof text);
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
        cmocka_unit_test(every_delimiter_of_the_market_is_found),
        cmocka_unit_test(second_bytes_of_characters_part_nothing),
        cmocka_unit_test(quotes_hold_delimiters_line_ends_and_quotes),
        cmocka_unit_test(a_header_is_known_by_words_or_by_the_columns_below_it),
        cmocka_unit_test(values_and_text_are_read_by_lines),
        cmocka_unit_test(columns_of_a_table_name_the_values_of_inserts),
        cmocka_unit_test(a_copy_block_has_tabs_and_escapes),
        cmocka_unit_test(an_element_of_the_outermost_array_is_a_record),
        cmocka_unit_test(documents_in_a_row_are_records),
        cmocka_unit_test(depth_costs_no_stack),
        cmocka_unit_test(cards_are_unfolded),
        cmocka_unit_test(notations_of_whole_values_are_undone),
        cmocka_unit_test(rows_of_another_charset_are_read_in_theirs),
        cmocka_unit_test(rendered_cells_are_rows_of_fields),
        cmocka_unit_test(fields_beyond_the_last_are_in_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
