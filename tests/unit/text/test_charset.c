#include "dye/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <iconv.h>
#include <stdio.h>
#include <string.h>

static enum dye_charset detect(const char *s)
{
    return dye_charset_detect(dye_span_str(s));
}

/* Converts into a small buffer and compares. */
static void assert_utf8(enum dye_charset from, const char *in, size_t n, const char *want)
{
    struct dye_buf b;
    dye_buf_init(&b, 1 << 16, true);
    assert_int_equal(dye_buf_append(&b, "", 0), DYE_OK);
    assert_int_equal(dye_text_to_utf8(from, dye_span_of(in, n), &b), DYE_OK);
    assert_string_equal((char *)b.p, want);
    dye_buf_done(&b);
}

static void charsets_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(detect(""), DYE_CHARSET_ASCII);
    assert_int_equal(detect("name,phone\r\n"), DYE_CHARSET_ASCII);
    assert_int_equal(detect("姓名,手机"), DYE_CHARSET_UTF8);
    assert_int_equal(detect("\xef\xbb\xbfname"), DYE_CHARSET_UTF8);
    assert_int_equal(detect("\xd0\xd5\xc3\xfb,\xca\xd6\xbb\xfa"), DYE_CHARSET_GB18030);
    assert_int_equal(detect("\xc1\xaa\xcd\xa8"), DYE_CHARSET_GB18030); /* 联通, which old Notepad took for UTF-8 */
    assert_int_equal(detect("\xfe\x9f\x82\x35\x8f\x33"), DYE_CHARSET_GB18030); /* 䶮 and a four-byte character */
    assert_int_equal(dye_charset_detect(dye_span_of("\xff\xfe"
                                                    "a\0b\0c\0",
                                                    8)),
                     DYE_CHARSET_UTF16LE);
    assert_int_equal(dye_charset_detect(dye_span_of("a\0b\0c\0d\0", 8)), DYE_CHARSET_UTF16LE);
    assert_int_equal(detect("\xff\xff\xff"), DYE_CHARSET_UNKNOWN);
}

static void a_character_cut_by_the_end_does_not_count(void **state)
{
    (void)state;
    const char *utf8 = "姓名";
    for (size_t n = 4; n <= 6; n++)
        assert_int_equal(dye_charset_detect(dye_span_of(utf8, n)), DYE_CHARSET_UTF8);
    assert_int_equal(dye_charset_detect(dye_span_of("\xd0\xd5\xc3", 3)), DYE_CHARSET_GB18030);
}

/* In the charset that glibc calls so. */
static struct dye_span encoded(const char *charset, const char *utf8)
{
    static char out[1 << 16];
    char *in = (char *)(uintptr_t)utf8, *to = out;
    size_t left = strlen(utf8), room = sizeof out;
    iconv_t cd = iconv_open(charset, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    assert_int_equal(iconv(cd, &in, &left, &to, &room), 0);
    iconv_close(cd);
    return dye_span_of(out, sizeof out - room);
}

/* A table of `rows`, of which `chinese` have a name and a place in Chinese. */
static const char *table_of(int rows, int chinese, bool traditional)
{
    static char text[1 << 16];
    static const char *const simplified[] = {"王建国,广东省深圳市", "李丽,收件人手机号", "张伟,保险单已审核",
                                             "欧阳晓东,医院门诊"};
    static const char *const old[] = {"許功蓋,臺北市信義區", "陳淑芬,收件人手機號碼", "張偉,保險單已審核",
                                      "歐陽曉東,醫院門診"};
    size_t n = 0;
    for (int i = 0; i < rows; i++) {
        const char *who = i < rows - chinese ? "x,y" : (traditional ? old : simplified)[i % 4];
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,1741234%04d,a%d@example.com,%s\n", i, i, i, who);
    }
    return text;
}

static void charsets_are_known_by_few_names_in_much_ascii(void **state)
{
    (void)state;
    static const struct {
        const char *iconv;
        bool traditional;
        enum dye_charset want;
    } rows[] = {{"UTF-8", false, DYE_CHARSET_UTF8},       {"GB18030", false, DYE_CHARSET_GB18030},
                {"GBK", true, DYE_CHARSET_GB18030},       {"BIG5", true, DYE_CHARSET_BIG5},
                {"UTF-16LE", false, DYE_CHARSET_UTF16LE}, {"UTF-16BE", true, DYE_CHARSET_UTF16BE},
                {"UTF-32LE", false, DYE_CHARSET_UTF32LE}, {"UTF-32BE", true, DYE_CHARSET_UTF32BE},
                {"UTF-16", false, DYE_CHARSET_UTF16LE},   {"UTF-32", false, DYE_CHARSET_UTF32LE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int chinese = 2; chinese <= 800; chinese *= 20) {
            struct dye_span s =
                encoded(rows[i].iconv, table_of(800 / 4, chinese < 200 ? chinese : 200, rows[i].traditional));
            assert_int_equal(dye_charset_detect(s), rows[i].want);
            for (size_t cut = 1; cut < 4; cut++)
                assert_int_equal(dye_charset_detect(dye_span_of(s.p, s.n - cut)), rows[i].want);
        }
}

static void rows_of_two_charsets_are_mixed_and_read_in_theirs(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 1 << 16, true);
    for (int i = 0; i < 40; i++)
        assert_int_equal(dye_buf_append_str(&b, i % 2 ? "张三丰,1\n" : "\xd5\xc5\xc8\xfd\xb7\xe1,1\n"), DYE_OK);
    assert_int_equal(dye_charset_detect(dye_buf_span(&b)), DYE_CHARSET_MIXED);
    dye_buf_done(&b);
    static const enum dye_charset parts[] = {DYE_CHARSET_MIXED, DYE_CHARSET_ASCII, DYE_CHARSET_UTF8,
                                             DYE_CHARSET_GB18030};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_int_equal(dye_charset_of_record(parts[i], dye_span_str("张三丰,1")), DYE_CHARSET_UTF8);
        assert_int_equal(dye_charset_of_record(parts[i], dye_span_str("\xd5\xc5\xc8\xfd,1")), DYE_CHARSET_GB18030);
        assert_int_equal(dye_charset_of_record(parts[i], dye_span_str("a,1")), DYE_CHARSET_ASCII);
    }
    /* as rows of GB18030, and no UTF-8 for all that they have its shape */
    assert_int_equal(dye_charset_of_record(DYE_CHARSET_GB18030, dye_span_str("\xc1\xaa\xcd\xa8")), DYE_CHARSET_GB18030);
}

static void wide_text_becomes_utf8_and_is_measured_back(void **state)
{
    (void)state;
    static const char *const charsets[] = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};
    const char *utf8 = "a姓𠮷é\n";
    for (size_t i = 0; i < 4; i++) {
        enum dye_charset c = (enum dye_charset)(DYE_CHARSET_UTF16LE + i);
        struct dye_span s = encoded(charsets[i], utf8);
        assert_utf8(c, (const char *)s.p, s.n, utf8);
        for (size_t n = 0; n <= strlen(utf8); n += n == 1 ? 3 : n == 4 ? 4 : n == 8 ? 2 : 1) {
            char head[16];
            memcpy(head, utf8, n);
            head[n] = '\0';
            assert_int_equal(dye_text_wide_bytes(c, dye_span_str(head)), encoded(charsets[i], head).n);
        }
    }
    assert_utf8(DYE_CHARSET_UTF16LE, "a\0\0\xd8z\0\0\xdcq", 9, "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
    assert_utf8(DYE_CHARSET_UTF32BE, "\0\x11\0\0\0\0\xd8\0\0\0\0z", 12, "\xef\xbf\xbd\xef\xbf\xbdz");
}

static void big5_becomes_utf8(void **state)
{
    (void)state;
    assert_utf8(DYE_CHARSET_BIG5, "\xb3\x5c\xa5\x5c\xbb\x5c|1", 8, "許功蓋|1");
    const uint8_t gong[] = {0xa5, 0x5c, '\\'};
    assert_int_equal(dye_charset_step(DYE_CHARSET_BIG5, gong, 3), 2);
    assert_int_equal(dye_charset_step(DYE_CHARSET_GB18030, gong, 3), 2);
    assert_int_equal(dye_charset_step(DYE_CHARSET_UTF8, gong, 3), 1);
    assert_int_equal(dye_charset_step(DYE_CHARSET_GB18030, (const uint8_t *)"\x82\x35\x8f\x33|", 5), 4);
}

static void a_few_stray_rows_do_not_turn_the_verdict(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 1 << 16, false);
    for (int i = 0; i < 200; i++)
        assert_int_equal(dye_buf_append_str(&b, "患者姓名,"), DYE_OK);
    assert_int_equal(dye_buf_append_str(&b, "\xd0\xd5\xc3\xfb\n"), DYE_OK);
    assert_int_equal(dye_charset_detect(dye_buf_span(&b)), DYE_CHARSET_UTF8);
    dye_buf_done(&b);
}

static void gb18030_becomes_utf8(void **state)
{
    (void)state;
    assert_utf8(DYE_CHARSET_GB18030, "\xd0\xd5\xc3\xfb,138", 8, "姓名,138");
    assert_utf8(DYE_CHARSET_UNKNOWN, "\xd0\xd5\xc3\xfb", 4, "姓名");
    assert_utf8(DYE_CHARSET_GB18030, "\xfe\x9f", 2, "䶮");
    assert_utf8(DYE_CHARSET_GB18030, "\x95\x32\x82\x36", 4, "\xf0\xa0\x80\x80"); /* U+20000 */
    assert_utf8(DYE_CHARSET_GB18030, "\x81\x7c|", 3, "亅|"); /* a trail byte that looks like a delimiter */
}

static void bytes_that_are_not_of_the_charset_become_one_mark_each(void **state)
{
    (void)state;
    assert_utf8(DYE_CHARSET_ASCII, "a\x80z", 3, "a�z");
    assert_utf8(DYE_CHARSET_UTF8, "a\xff\xe5\xa7z", 5, "a���z");
    assert_utf8(DYE_CHARSET_UTF8, "\xc0\x80\xed\xa0\x80", 5, "�����");
    assert_utf8(DYE_CHARSET_GB18030, "a\xff,b", 4, "a�,b");
    assert_utf8(DYE_CHARSET_GB18030, "a\xd0", 2, "a�");
    assert_utf8(DYE_CHARSET_GB18030,
                "\xd0"
                "138,",
                5, "�138,"); /* a lone lead byte does not eat the number after it */
    assert_utf8(DYE_CHARSET_GB18030, "a\xfe\x39\xfe\x39z", 6, "a����z"); /* beyond U+10FFFF */
}

static void long_text_survives_the_pieces_it_is_converted_in(void **state)
{
    (void)state;
    struct dye_buf gb, utf8;
    dye_buf_init(&gb, 1 << 17, false);
    dye_buf_init(&utf8, 1 << 18, false);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(dye_buf_append_str(&gb, i % 3 == 0 ? "\x95\x32\x82\x36" : "\xd0\xd5"), DYE_OK);
        assert_int_equal(dye_buf_append_str(&utf8, i % 3 == 0 ? "\xf0\xa0\x80\x80" : "姓"), DYE_OK);
    }
    struct dye_buf got;
    dye_buf_init(&got, 1 << 18, true);
    assert_int_equal(dye_text_to_utf8(DYE_CHARSET_GB18030, dye_buf_span(&gb), &got), DYE_OK);
    assert_int_equal(got.n, utf8.n);
    assert_memory_equal(got.p, utf8.p, utf8.n);
    dye_buf_done(&got);
    dye_buf_init(&got, 1000, true);
    assert_int_equal(dye_text_to_utf8(DYE_CHARSET_GB18030, dye_buf_span(&gb), &got), DYE_E_LIMIT);
    dye_buf_done(&got);
    dye_buf_done(&gb);
    dye_buf_done(&utf8);
}

static void utf8_becomes_gb18030(void **state)
{
    (void)state;
    static const struct {
        const char *utf8, *want;
        enum dye_status status;
    } rows[] = {
        {"", "", DYE_OK},
        {"a|b\r", "a|b\r", DYE_OK},
        {"姓", "\xd0\xd5", DYE_OK},
        {"䶮", "\xfe\x9f", DYE_OK},
        {"x𠮷", "x\x95\x34\xb2\x35", DYE_OK},
        {"é", "\xa8\xa6", DYE_OK},
        {"a\xff", "a\x84\x31\xa4\x37", DYE_OK}, /* no UTF-8 */
        {"\xff\xff\xff", "\x84\x31\xa4\x37\x84\x31\xa4\x37\x84\x31\xa4\x37", DYE_OK},
        {"a\xe5\xa7", "a\x84\x31\xa4\x37", DYE_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dye_buf b;
        dye_buf_init(&b, 64, true);
        assert_int_equal(dye_buf_append(&b, "", 0), DYE_OK);
        assert_int_equal(dye_text_to_gb18030(dye_span_str(rows[i].utf8), &b), rows[i].status);
        assert_string_equal((char *)b.p, rows[i].want);
        dye_buf_done(&b);
    }
    struct dye_buf b;
    dye_buf_init(&b, 3, true);
    assert_int_equal(dye_text_to_gb18030(dye_span_str("姓名"), &b), DYE_E_LIMIT);
    assert_int_equal(b.n, 0);
    dye_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charsets_are_told_apart),
        cmocka_unit_test(a_character_cut_by_the_end_does_not_count),
        cmocka_unit_test(charsets_are_known_by_few_names_in_much_ascii),
        cmocka_unit_test(rows_of_two_charsets_are_mixed_and_read_in_theirs),
        cmocka_unit_test(wide_text_becomes_utf8_and_is_measured_back),
        cmocka_unit_test(big5_becomes_utf8),
        cmocka_unit_test(a_few_stray_rows_do_not_turn_the_verdict),
        cmocka_unit_test(gb18030_becomes_utf8),
        cmocka_unit_test(utf8_becomes_gb18030),
        cmocka_unit_test(bytes_that_are_not_of_the_charset_become_one_mark_each),
        cmocka_unit_test(long_text_survives_the_pieces_it_is_converted_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
