#include "dye/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <iconv.h>
#include <string.h>

/* UTF-8 `in` written in `written`, taken for `read`, and written as UTF-8 again: by glibc. */
static const char *garble(const char *in, const char *written, const char *read)
{
    static char out[256];
    char bytes[256], *from = (char *)(uintptr_t)in, *to = bytes;
    size_t left = strlen(in), room = sizeof bytes;
    iconv_t cd = iconv_open(written, "UTF-8");
    assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
    iconv_close(cd);
    from = bytes;
    left = sizeof bytes - room;
    to = out;
    room = sizeof out - 1;
    cd = iconv_open("UTF-8", read);
    assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
    iconv_close(cd);
    *to = '\0';
    return out;
}

static void check(const char *value, enum dye_mojibake want, const char *mended)
{
    struct dye_buf b;
    dye_buf_init(&b, 256, true);
    assert_int_equal(dye_buf_append_str(&b, ""), DYE_OK);
    assert_int_equal(dye_text_mend(dye_span_str(value), &b), want);
    assert_string_equal((const char *)b.p, mended);
    dye_buf_done(&b);
}

static void what_lost_nothing_is_mended(void **state)
{
    (void)state;
    check(garble("张三丰收", "UTF-8", "GBK"), DYE_MOJIBAKE_UTF8_AS_GBK, "张三丰收");
    check(garble("某省 12号码", "UTF-8", "GB18030"), DYE_MOJIBAKE_UTF8_AS_GBK, "某省 12号码");
    check(garble("张三丰", "UTF-8", "ISO-8859-1"), DYE_MOJIBAKE_UTF8_AS_LATIN1, "张三丰");
    check(garble("张三丰", "GB18030", "ISO-8859-1"), DYE_MOJIBAKE_GBK_AS_LATIN1, "张三丰");
    check(garble("姓名", "GB18030", "CP1252"), DYE_MOJIBAKE_GBK_AS_LATIN1, "姓名");
}

static void what_lost_characters_is_named(void **state)
{
    (void)state;
    check(garble("\xef\xbf\xbd\xef\xbf\xbd", "UTF-8", "GBK"), DYE_MOJIBAKE_REPLACED_AS_GBK, "");
    check("a锟斤拷b", DYE_MOJIBAKE_REPLACED_AS_GBK, "");
    check("a\xef\xbf\xbd\xef\xbf\xbd", DYE_MOJIBAKE_REPLACED, "");
}

static void sound_text_is_left_alone(void **state)
{
    (void)state;
    static const char *const sound[] = {"",      "abc",      "张三", "欧阳锟", "张三丰收到",   "é",   "Zoë Ångström",
                                        "ñandú", "联通公司", "李𠮷", "①②",     "\xef\xbf\xbd", "αβγ", "한국어"};
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        check(sound[i], DYE_MOJIBAKE_NONE, "");
}

static void a_text_is_named_by_what_many_of_its_values_show(void **state)
{
    (void)state;
    assert_int_equal(dye_text_mojibake(dye_span_str("张三,1\n李四,2\n")), DYE_MOJIBAKE_NONE);
    assert_int_equal(dye_text_mojibake(dye_span_str("锟斤拷,1\n李四,2\n")), DYE_MOJIBAKE_REPLACED_AS_GBK);
    assert_int_equal(dye_text_mojibake(dye_span_str("a,1\n")), DYE_MOJIBAKE_NONE);
    assert_string_equal(dye_mojibake_name(DYE_MOJIBAKE_UTF8_AS_GBK), "utf-8 as gbk");
    assert_string_equal(dye_mojibake_name(DYE_MOJIBAKE_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lost_nothing_is_mended),
        cmocka_unit_test(what_lost_characters_is_named),
        cmocka_unit_test(sound_text_is_left_alone),
        cmocka_unit_test(a_text_is_named_by_what_many_of_its_values_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
