#include "dye/chunker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct cuts { /* "start+length " of each chunk */
    char text[512];
    size_t n;
    enum dye_status answer;
};

static enum dye_status note(void *arg, const struct dye_chunk *c)
{
    struct cuts *cuts = arg;
    cuts->n += (size_t)snprintf(cuts->text + cuts->n, sizeof cuts->text - cuts->n, "%u:%llu+%zu ", c->number,
                                (unsigned long long)c->start, c->bytes.n);
    return cuts->answer;
}

static void check(size_t target, size_t max, const char *text, const char *want)
{
    struct cuts cuts = {.n = 0};
    struct dye_chunker *c = dye_chunker_new(target, max, note, &cuts);
    assert_non_null(c);
    assert_int_equal(dye_chunker_feed(c, dye_span_str(text)), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    dye_chunker_free(c);
    assert_string_equal(cuts.text, want);
}

static void a_chunk_ends_after_the_first_line_end_at_its_target(void **state)
{
    (void)state;
    check(4, 100, "ab\ncd\nef\n", "0:0+6 1:6+3 ");
    check(3, 100, "ab\ncd\n", "0:0+3 1:3+3 ");
    check(4, 100, "abcdefgh\nx", "0:0+9 1:9+1 ");
}

static void without_a_line_end_it_is_cut_where_no_token_is(void **state)
{
    (void)state;
    check(4, 8, "ab,cdefghijkl\n", "0:0+3 1:3+8 2:11+3 ");
    check(4, 8, "a@b.c-d%ef,g", "0:0+8 1:8+4 ");
    check(4, 8, "12;45678901", "0:0+3 1:3+8 ");
}

static void a_token_longer_than_a_chunk_is_cut_at_the_maximum(void **state)
{
    (void)state;
    check(4, 8, "abcdefghijklmnopqrst", "0:0+8 1:8+8 2:16+4 ");
}

static void the_halves_of_a_gb18030_character_are_no_place_to_cut(void **state)
{
    (void)state;
    /* 0x81 0x7c: the second byte is '|', which delimits elsewhere. */
    check(4, 8, "a,\x81|\x81|\x81|\x81|", "0:0+2 1:2+8 ");
}

static void a_chunk_ends_where_a_record_of_its_layout_does(void **state)
{
    (void)state;
    check(8, 100, "a,\"x\ny\",b\n\"\",2,3\n", "0:0+10 1:10+7 ");
    check(20, 100, "INSERT INTO t VALUES (1,'a'),(2,'b'),(3,'c');\n", "0:0+28 1:28+18 ");
    check(5, 100, "[{\"a\":\n1},{\"b\":2}]\n", "0:0+9 1:9+8 2:17+2 ");
    check(5, 100, "BEGIN:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n", "0:0+27 1:27+22 ");
    check(30, 100, "COPY t (a) FROM stdin;\n12345678\n9\n\\.\n\n", "0:0+32 1:32+6 ");
}

static void for_tokens_alone_a_chunk_ends_with_a_line_or_between_values(void **state)
{
    (void)state;
    static const struct {
        size_t target, max;
        const char *text, *want;
        bool cut;
    } table[] = {
        {4, 100, "a,\"x\ny\",bbbbb\n\"\",2,3\n", "0:0+5 1:5+9 2:14+7 ", false},
        {4, 12, "(1,'a'),(2,'b'),(3,'c')", "0:0+11 1:11+8 2:19+4 ", false},
        {4, 8, "12 456789012\n", "0:0+3 1:3+8 2:11+2 ", true},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct cuts cuts = {.n = 0};
        struct dye_chunker *c = dye_chunker_new(table[i].target, table[i].max, note, &cuts);
        dye_chunker_ignore_records(c);
        assert_int_equal(dye_chunker_feed(c, dye_span_str(table[i].text)), DYE_OK);
        assert_int_equal(dye_chunker_finish(c), DYE_OK);
        assert_int_equal(dye_chunker_cut_a_record(c), table[i].cut);
        dye_chunker_free(c);
        assert_string_equal(cuts.text, table[i].want);
    }
}

static enum dye_status note_places(void *arg, const struct dye_chunk *c)
{
    struct cuts *cuts = arg;
    struct dye_chunk_cursor cursor = {0};
    for (size_t i = 0; i < c->text.n; i++) { /* of each '#' */
        if (c->text.p[i] != '#')
            continue;
        struct dye_place at = dye_chunk_place(c, &cursor, i);
        cuts->n += (size_t)snprintf(cuts->text + cuts->n, sizeof cuts->text - cuts->n, "%u:%llu/%llu/%u ", c->number,
                                    (unsigned long long)(c->start + at.byte), (unsigned long long)at.row, at.field);
    }
    struct dye_chunk_cursor fresh = {0}; /* and back again */
    assert_int_equal(dye_chunk_place(c, &cursor, 0).row, dye_chunk_place(c, &fresh, 0).row);
    return DYE_OK;
}

static void check_places(enum dye_unit unit, const char *text, size_t n, const char *want)
{
    struct cuts cuts = {.n = 0};
    struct dye_chunker *c = dye_chunker_new(8, 12, note_places, &cuts);
    dye_chunker_begin(c, unit);
    assert_int_equal(dye_chunker_feed(c, dye_span_of(text, n)), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    dye_chunker_free(c);
    assert_string_equal(cuts.text, want);
}

static void places_count_what_the_unit_says_across_chunks(void **state)
{
    (void)state;
    static const char cells[] = "a\x1f#\n\n#\nb\x1f\x1f#\n1234567,\x1f#,8901234\x1f#\n#";
    check_places(DYE_UNIT_CELL, cells, sizeof cells - 1, "0:2/1/2 0:5/3/1 0:10/4/3 1:21/5/2 2:31/5/3 3:33/6/1 ");
    check_places(DYE_UNIT_ROW, "#\n\n#\nabcdef\n#", strlen("#\n\n#\nabcdef\n#"), "0:0/1/0 0:3/3/0 1:12/5/0 ");
    check_places(DYE_UNIT_PAGE, "#\x0c\x0c#\n#\nabcdef\n\x0c#", strlen("#\x0c\x0c#\n#\nabcdef\n\x0c#"),
                 "0:0/1/0 0:3/3/0 0:5/3/0 1:15/4/0 ");
    check_places(DYE_UNIT_BYTE, "#\n#bcdefg\n#", strlen("#\n#bcdefg\n#"), "0:0/0/0 0:2/0/0 1:10/0/0 ");
    /* 姓#, line end, 𠮷#: two bytes a unit, four for the last ideograph */
    static const char wide[] = "\xff\xfe\xd3\x59#\0\n\0\x42\xd8\xb7\xdf#\0\n\0#\0";
    check_places(DYE_UNIT_BYTE, wide, sizeof wide - 1, "0:4/0/0 1:12/0/0 2:16/0/0 ");
}

static void a_record_longer_than_a_chunk_is_cut_and_told(void **state)
{
    (void)state;
    struct cuts cuts = {.n = 0};
    struct dye_chunker *c = dye_chunker_new(4, 8, note, &cuts);
    assert_null(dye_chunker_layout(c));
    assert_int_equal(dye_chunker_feed(c, dye_span_str("ab,cdefghi,jkl\nx,y\n")), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    assert_true(dye_chunker_cut_a_record(c));
    assert_int_equal(dye_chunker_layout(c)->kind, DYE_LAYOUT_DELIMITED);
    assert_string_equal(cuts.text, "0:0+3 1:3+8 2:11+4 3:15+4 ");
    assert_int_equal(dye_chunker_feed(c, dye_span_str("ab\ncd\n")), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    assert_false(dye_chunker_cut_a_record(c));
    dye_chunker_free(c);
}

static void a_record_that_fits_is_whole_in_a_chunk_however_late_it_begins(void **state)
{
    (void)state;
    check(4, 8, "ab\ncdefghi\nj\n", "0:0+3 1:3+8 2:11+2 ");
    check(12, 24, "a,\"x\ny\",b\n\"0123456789,012\n4\",c\nd,e\n", "0:0+10 1:10+21 2:31+4 ");
    check(8, 12, "{\"a\":1}\n{\"a\":23456}\n", "0:0+7 1:7+12 2:19+1 ");
}

static enum dye_status note_layouts(void *arg, const struct dye_chunk *c)
{
    struct cuts *cuts = arg;
    cuts->n += (size_t)snprintf(cuts->text + cuts->n, sizeof cuts->text - cuts->n, "%s %llu ",
                                dye_layout_name(c->layout->kind), (unsigned long long)c->records);
    return cuts->answer;
}

static void check_layouts(const char *text, bool turned, const char *want)
{
    struct cuts cuts = {.n = 0};
    struct dye_chunker *c = dye_chunker_new(1 << 16, 1 << 17, note_layouts, &cuts);
    assert_int_equal(dye_chunker_feed(c, dye_span_str(text)), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    assert_int_equal(dye_chunker_turned(c), turned);
    assert_string_equal(cuts.text, want);
    dye_chunker_free(c);
}

#define DUMP "INSERT INTO t VALUES (1,'a'),\n(2,'b');\nINSERT INTO t VALUES (3,'c');\n"
#define ROWS "a----1----x\nb----2----y\nc----3----z\n"
#define OBJECTS "{\"a\":1}\n{\"a\":2}\n"

#define DASHED "u----1----p\nv----2----q\nw----3----r\nx----4----s\n"

static void glued_pieces_are_read_each_in_its_layout(void **state)
{
    (void)state;
    check_layouts(DUMP ROWS OBJECTS, true, "sql 3 delimited 3 json 2 ");
    check_layouts(OBJECTS ROWS DUMP, true, "json 2 delimited 3 sql 3 ");
    check_layouts(ROWS "-- MySQL dump 10.13\n--\n" DUMP OBJECTS, true, "delimited 3 sql 3 json 2 ");
    check_layouts("COPY t (a) FROM stdin;\n1\n2\n\\.\n" ROWS, true, "sql 2 delimited 3 ");
    check_layouts("BEGIN:VCARD\nFN:a\nEND:VCARD\n" ROWS "BEGIN:VCARD\nFN:b\nEND:VCARD\n", true,
                  "vcard 1 delimited 3 vcard 1 ");
}

static void rows_that_something_else_parts_are_of_another_layout(void **state)
{
    (void)state;
    check_layouts("a,1,x\nb,2,y\nc,3,z\n" DASHED, true, "delimited 3 delimited 4 ");
    check_layouts(DASHED "a,1,x\nb,2,y\nc,3,z\nd,4,z\ne,5,z\nf,6,z\ng,7,z\n", true, "delimited 4 delimited 7 ");
    check_layouts("a,1\nb,2\nc,3\n" DASHED "a\t1\nb\t2\nc\t3\n", true, "delimited 3 delimited 4 delimited 3 ");
    check_layouts(DUMP "a,1\nb,2\nc,3\n" DASHED DASHED DASHED, true, "sql 3 delimited 3 delimited 12 ");
    check_layouts("\xc0\xee\x83\x7c|1\n\xcd\xf5|2\n\xd5\xc5|3\n" DASHED, true, "delimited 3 delimited 4 ");
    check_layouts("a,1\nb,2\nc,3\nx----1\ny----2\nd,4\ne,5\n", false, "delimited 7 "); /* two are too few */
    check_layouts("a,1\nb,2\nc,3\nx: 1\ny: 2\nz: 3\nd,4\ne,5\nf,6\n", false, "delimited 9 ");
    check_layouts("a,1\nb,2\nc,3\nwords\n\n3 rows\nof them\nd,4\ne,5\nf,6\n", false, "delimited 9 ");
}

static enum dye_status count_chunks(void *arg, const struct dye_chunk *c)
{
    (void)c;
    ++*(size_t *)arg;
    return DYE_OK;
}

/* As of two files that were sorted together: any three in a row of one would make a chunk. */
static void rows_that_alternate_do_not_make_a_chunk_each(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    struct dye_buf text;
    size_t chunks = 0;
    uint32_t lot = 1;
    dye_buf_init(&text, 1 << 20, false);
    for (unsigned i = 0; i < LINES; i++) {
        lot = lot * 1664525 + 1013904223;
        assert_int_equal(dye_buf_printf(&text, lot >> 30 == 0 ? "%u,%u,x\n" : "%u----%u----x\n", i, lot % 1000),
                         DYE_OK);
    }
    struct dye_chunker *c = dye_chunker_new(1 << 18, 1 << 19, count_chunks, &chunks);
    assert_int_equal(dye_chunker_feed(c, dye_buf_span(&text)), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    assert_in_range(chunks, 1, 64 * 5);
    dye_chunker_free(c);
    dye_buf_done(&text);
}

static void what_stands_in_a_layout_does_not_change_it(void **state)
{
    (void)state;
    check_layouts("CREATE TABLE t (\na int,\nb int,\nc int\n);\n" DUMP "-- a, b\n-- c, d\n-- e, f\n" DUMP, false,
                  "sql 6 ");
    check_layouts("CREATE FUNCTION f() AS $$\nBEGIN\na := b, c;\nd := e, f;\ng := h, i;\nEND;\n$$;\n" DUMP, false,
                  "sql 3 ");
    check_layouts("{1},a,x\n{2},b,y\n{\"k\":3},c,z\n{\"k\":4},d,z\n[5],d,z\n", false, "delimited 5 ");
    check_layouts("Set Li,1\ncopy,2\ninsert into,3\nbegin,4\n", false, "delimited 4 ");
    check_layouts("[\n{\"a\":\n1},\n{\"a\":2}\n]\n", false, "json 2 ");
    check_layouts(DUMP "two words\nof, notes\n" DUMP, false, "sql 6 ");
}

static void a_part_of_no_bytes_has_no_chunk(void **state)
{
    (void)state;
    check(4, 8, "", "");
}

static void the_next_part_starts_afresh(void **state)
{
    (void)state;
    struct cuts cuts = {.n = 0};
    struct dye_chunker *c = dye_chunker_new(4, 8, note, &cuts);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dye_chunker_feed(c, dye_span_str("abc\ndefg\nh")), DYE_OK);
        assert_int_equal(dye_chunker_finish(c), DYE_OK);
    }
    assert_string_equal(cuts.text, "0:0+4 1:4+5 2:9+1 0:0+4 1:4+5 2:9+1 ");
    dye_chunker_free(c);
}

static void what_the_callback_returns_is_returned(void **state)
{
    (void)state;
    struct cuts cuts = {.answer = DYE_STOPPED};
    struct dye_chunker *c = dye_chunker_new(4, 8, note, &cuts);
    assert_int_equal(dye_chunker_feed(c, dye_span_str("abc\ndefg")), DYE_STOPPED);
    dye_chunker_free(c);
    dye_chunker_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_ends_after_the_first_line_end_at_its_target),
        cmocka_unit_test(without_a_line_end_it_is_cut_where_no_token_is),
        cmocka_unit_test(a_token_longer_than_a_chunk_is_cut_at_the_maximum),
        cmocka_unit_test(the_halves_of_a_gb18030_character_are_no_place_to_cut),
        cmocka_unit_test(a_chunk_ends_where_a_record_of_its_layout_does),
        cmocka_unit_test(for_tokens_alone_a_chunk_ends_with_a_line_or_between_values),
        cmocka_unit_test(places_count_what_the_unit_says_across_chunks),
        cmocka_unit_test(a_record_longer_than_a_chunk_is_cut_and_told),
        cmocka_unit_test(a_record_that_fits_is_whole_in_a_chunk_however_late_it_begins),
        cmocka_unit_test(glued_pieces_are_read_each_in_its_layout),
        cmocka_unit_test(rows_that_something_else_parts_are_of_another_layout),
        cmocka_unit_test(rows_that_alternate_do_not_make_a_chunk_each),
        cmocka_unit_test(what_stands_in_a_layout_does_not_change_it),
        cmocka_unit_test(a_part_of_no_bytes_has_no_chunk),
        cmocka_unit_test(the_next_part_starts_afresh),
        cmocka_unit_test(what_the_callback_returns_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
