#include "dye/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const struct {
    const char *in, *want;
} folds[] = {
    {"", ""},
    {"Ming LI", "mingli"},
    {"张 三", "张三"},
    {"\xef\xbb\xbf张\xe2\x80\x8b三\xe2\x80\x8d", "张三"}, /* BOM, zero-width space, joiner */
    {"买买提·艾力", "买买提艾力"},
    {"买买提•艾力‧", "买买提艾力"},
    {"１３８Ａｂ", "138ab"},
    {"①Ⅹ", "1x"},
    {"山东省，济南市（历下区）3-2-501", "山东省济南市历下区32501"},
    {"Straße", "strasse"},
    {"e-\xcc\x81", "\xc3\xa9"}, /* what stood between the letter and its accent went: they compose */
    {"e\xc2\xa8", "\xc3\xab"},  /* NFKC makes a spacing diaeresis a space and a mark: again */
    {"\t\r\n\x01\x7f", ""},
    {"a\xff"
     "b",
     "a\xef\xbf\xbd"
     "b"},
    {"\xf0\xa0\x80\x80", "\xf0\xa0\x80\x80"}, /* U+20000, a rare name */
    {"〇", "〇"},
    {"張曉明 歐陽 鄧", "张晓明欧阳邓"}, /* traditional */
    {"後 后 乾 苧", "后后干苎"},
};

static void texts_that_mean_the_same_fold_to_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        struct dye_buf b;
        dye_buf_init(&b, 256, true);
        assert_int_equal(dye_buf_append(&b, "", 0), DYE_OK);
        assert_int_equal(dye_text_fold(dye_span_str(folds[i].in), &b), DYE_OK);
        assert_string_equal((char *)b.p, folds[i].want);
        dye_buf_done(&b);
    }
}

static void a_fold_too_long_for_its_buffer_says_so(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 5, true);
    assert_int_equal(dye_text_fold(dye_span_str("张三丰"), &b), DYE_E_LIMIT);
    dye_buf_done(&b);
    /* U+FDFA becomes eighteen characters: the answer may be longer than the question. */
    dye_buf_init(&b, 256, true);
    assert_int_equal(dye_text_fold(dye_span_str("\xef\xb7\xba\xef\xb7\xba"), &b), DYE_OK);
    assert_true(b.n > 30);
    dye_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_mean_the_same_fold_to_the_same),
        cmocka_unit_test(a_fold_too_long_for_its_buffer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
