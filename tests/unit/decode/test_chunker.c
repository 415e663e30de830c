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
        cmocka_unit_test(a_part_of_no_bytes_has_no_chunk),
        cmocka_unit_test(the_next_part_starts_afresh),
        cmocka_unit_test(what_the_callback_returns_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
