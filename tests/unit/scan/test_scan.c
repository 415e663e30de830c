#include "dye/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct dye_index_keys keys;

static const struct {
    enum dye_kind kind;
    const char *form; /* as fingerprinted: lower case */
    uint32_t epoch;
    enum dye_form is;
} values[] = {
    {DYE_MOBILE, "17412345678", 1, DYE_PLAIN},
    {DYE_RESIDENT_ID, "11014619900307001x", 1, DYE_PLAIN},
    {DYE_EMAIL, "li.ming_7@mail.example.com", 1, DYE_PLAIN},
    {DYE_EMAIL, "ab-c+d@example.org", 1, DYE_PLAIN},
    {DYE_WAYBILL, "sf1234567890123", 1, DYE_PLAIN},
    {DYE_MOBILE, "0cc175b9c0f1b6a831c399e269772661", 1, DYE_FORM_MD5},
    {DYE_MOBILE, "15400000000", 9, DYE_PLAIN},
    {DYE_MOBILE, "174****5678", 1, DYE_FORM_MASKED},
    {DYE_RESIDENT_ID, "110146********001x", 1, DYE_FORM_MASKED},
    {DYE_MOBILE, "a168d8b0d2b8b4d8", 1, DYE_FORM_MD5_16},
    {DYE_MOBILE, "DMF1ucDxtqgxw5niaXcmYQ==", 1, DYE_FORM_MD5_BASE64},
    {DYE_MOBILE, "C3pVY9N8JLAZqxkQ1/vcrmaPhz8=", 1, DYE_FORM_SHA1_BASE64},
    {DYE_MOBILE, "qA5pQqkKjQI+yROh4AYB9991jb2tl1vHDyaktalwE3U=", 1, DYE_FORM_SM3_BASE64},
    {DYE_MOBILE, "7412345678e10", 1, DYE_FORM_SCIENTIFIC},
    {DYE_MOBILE, "7412345678e", 1, DYE_FORM_SCIENTIFIC},
    {DYE_RESIDENT_ID, "110146900307001", 1, DYE_FORM_SHORT},
    {DYE_RESIDENT_ID, "110146199003070000", 1, DYE_FORM_DAMAGED},
    {DYE_MOBILE, "1741234****", 1, DYE_FORM_MASKED},
    {DYE_RESIDENT_ID, "110146199003070", 1, DYE_FORM_DAMAGED},
    {DYE_RESIDENT_ID, "10146199003070e17", 1, DYE_FORM_SCIENTIFIC},
    {DYE_RESIDENT_ID, "10146199003070e", 1, DYE_FORM_SCIENTIFIC},
    {DYE_RESIDENT_ID, "1014619900307e17", 1, DYE_FORM_SCIENTIFIC},
    {DYE_RESIDENT_ID, "1014619900307e", 1, DYE_FORM_SCIENTIFIC},
};

/* words: with a number of an issuer, which any word may be; without one the scanner passes words by. */
static struct dye_index_set set_of_values(bool words)
{
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (values[i].kind == DYE_WAYBILL && !words)
            continue;
        struct dye_index_entry e = {
            .kind = (uint8_t)values[i].kind, .form = (uint8_t)values[i].is, .variant = 'A', .epoch = values[i].epoch};
        struct dye_span form = dye_span_str(values[i].form);
        dye_index_entry_set(&e, &keys, form);
        char id[16];
        snprintf(id, sizeof id, "c%zu", i);
        assert_int_equal(dye_index_builder_add(b, dye_span_str(id), &e), DYE_OK);
    }
    uint8_t *image = NULL;
    size_t bytes = 0;
    struct dye_index_set set = {{NULL, NULL}};
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, bytes, &keys, &set.part[0], NULL), DYE_OK);
    dye_index_builder_free(b);
    return set;
}

struct found {
    char text[512];               /* "id@start+n " each */
    size_t n, last_start, before; /* bytes before the text, which are in no place */
    enum dye_status answer;
};

static enum dye_status note(void *arg, const struct dye_hit *hit)
{
    struct found *f = arg;
    assert_true(hit->start >= f->last_start);
    f->last_start = hit->start;
    f->n += (size_t)snprintf(f->text + f->n, sizeof f->text - f->n, "%s@%zu+%zu ",
                             dye_index_canary_id(hit->index, hit->entry->canary), hit->start - f->before, hit->n);
    return f->answer;
}

static struct dye_index_set set, wordless;

static void check_by(enum dye_scan_path path, const struct dye_index_set *of, const char *padded, size_t before,
                     size_t n, const char *want)
{
    struct found f = {.before = before};
    enum dye_status status = dye_scan_by(path, of, UINT64_MAX, dye_span_of(padded, before + n), note, &f, NULL);
    if (status == DYE_E_USAGE && path > DYE_SCAN_SCALAR)
        return; /* this processor lacks it */
    assert_int_equal(status, DYE_OK);
    if (strcmp(f.text, want) != 0)
        print_error("path %d, behind %zu bytes: %.*s\n", (int)path, before, (int)n, padded + before);
    assert_string_equal(f.text, want);
}

/* Also by every path with the end of one of the scanner's windows at each byte of the text, and before and behind it.
 */
static void check(const char *text, const char *want)
{
    enum { WINDOW = 4096, AROUND = 3 };
    static char padded[WINDOW + 1024];
    size_t n = strlen(text);
    struct found f = {.n = 0};
    assert_int_equal(dye_scan(&set, UINT64_MAX, dye_span_str(text), note, &f, NULL), DYE_OK);
    if (strcmp(f.text, want) != 0)
        print_error("%s\n", text);
    assert_string_equal(f.text, want);
    memset(padded, '\n', sizeof padded);
    for (size_t before = WINDOW - n - AROUND; before < WINDOW + AROUND; before++) {
        memcpy(padded + before, text, n);
        for (enum dye_scan_path path = DYE_SCAN_SCALAR; path <= DYE_SCAN_AVX512; path++) {
            check_by(path, &set, padded, before, n, want);
            if (strstr(want, "c4@") == NULL && strstr(want, "delta") == NULL)
                check_by(path, &wordless, padded, before, n, want);
        }
        padded[before] = '\n';
    }
}

static void a_token_is_a_whole_run_of_letters_and_digits(void **state)
{
    (void)state;
    check("17412345678", "c0@0+11 ");
    check("a,17412345678,b", "c0@2+11 ");
    check("a----17412345678----b", "c0@5+11 ");
    check("174123456789", "");
    check("", "");
}

static void a_number_may_be_glued_to_letters(void **state)
{
    (void)state;
    check("tel17412345678", "c0@3+11 ");
    check("17412345678VIP", "c0@0+11 ");
    check("tel8617412345678x", "c0@5+11 ");
    check("id11014619900307001Xab", "c1@2+18 ");
    check("x174123456789", "");
    check("%2C17412345678%2C", "c0@3+11 ");
    check("%2017412345678%20", "c0@3+11 ");
}

static void two_numbers_may_be_glued_to_each_other(void **state)
{
    (void)state;
    check("1741234567811014619900307001X", "c0@0+11 c1@11+18 ");
    check("11014619900307001x17412345678", "c1@0+18 c0@18+11 ");
    check("17412345678110146199003070000", "c0@0+11 c16@11+18 ");
    check("11014619900307000017412345678", "c16@0+18 c0@18+11 ");
    check("1741234567815400000000", "c0@0+11 c6@11+11 ");
    check("1540000000017412345678", "c6@0+11 c0@11+11 ");
    check("2999999999917412345678", "c0@11+11 ");
    check("17412345678110146900307001", "c0@0+11 c15@11+15 ");
    check("11014690030700117412345678", "c15@0+15 c0@15+11 ");
    check("张三1741234567811014619900307001X,", "c0@6+11 c1@17+18 ");
    check("\xd5\xc5\xc8\xfd"
          "17412345678110146199003070000",
          "c0@4+11 c16@15+18 "); /* GBK: 张三 */
    check("zhang1741234567811014619900307001x", "c0@5+11 c1@16+18 ");
    check("11014619900307000017412345678VIP", "c16@0+18 c0@18+11 ");
    check("1741234567811014619900307001\xd0\xa5,", "c0@0+11 c1@11+19 "); /* Cyrillic */
    check("11014619900307001\xd0\xa5"
          "17412345678",
          "c1@0+19 c0@19+11 ");
    check("1741234567811014619900307001", "");
    check("1741234567811014619900307001张", "");
    check("91741234567811014619900307001X", "");
    check("174123456781101461990030700001", "");
}

static void an_id_ends_in_whatever_looks_like_x(void **state)
{
    (void)state;
    check("11014619900307001\xd0\xa5,", "c1@0+19 "); /* Cyrillic */
    check("11014619900307001\xd1\x85", "c1@0+19 ");
    check("11014619900307001\xe2\x85\xa9", "c1@0+20 "); /* Roman */
    check("11014619900307001\xc3\x97", "c1@0+19 ");     /* times */
    check("11014619900307001\xa7\xb7", "c1@0+19 ");     /* GBK */
    check("11014619900307001\xe5\xbc\xa0", "");
    check("110146 19900307 001X", "c1@0+20 ");
    check("110146-19900307-001x,", "c1@0+20 ");
    check("110146-19900307 001x", "");
}

static void rows_in_base64_are_looked_into(void **state)
{
    (void)state;
    /* "x,17412345678,11014619900307001X,f@x.example" by the base64 program */
    check("eCwxNzQxMjM0NTY3OCwxMTAxNDYxOTkwMDMwNzAwMVgsZkB4LmV4YW1wbGU=", "c0@0+59 c1@0+59 ");
    check("eHl6LDE3NDEyMzQ1Njc4LGFiY2RlZmdoaWprbG0/", "c0@0+40 "); /* "xyz,17412345678,abcdefghijklm?" */
    check("eCwxNzQxMjM0NTY3OA==", "");                             /* too short to tell from a word */
}

static void case_does_not_matter(void **state)
{
    (void)state;
    check("11014619900307001X|11014619900307001x", "c1@0+18 c1@19+18 ");
    check("(SF1234567890123)", "c4@1+15 ");
    check("0CC175B9C0F1B6A831C399E269772661", "c5@0+32 ");
}

static void a_masked_number_is_found_whatever_hides_it(void **state)
{
    (void)state;
    check("a,174****5678,b", "c7@2+11 ");
    check("174xxxx5678 174XXXX5678", "c7@0+11 c7@12+11 ");
    check("1741234xxxx,1741234XXXX", "c17@0+11 c17@12+11 ");
    check("174××××5678", "c7@0+15 ");
    check("a,174＊＊＊＊5678,b", "c7@2+19 ");
    check("号174●●●●5678号", "c7@3+19 ");
    check("174••••5678 174○○○○5678", "c7@0+19 c7@20+19 ");
    check("1741234●●●●", "c17@0+19 ");
    check("110146＊＊＊＊＊＊＊＊001X", "c8@0+34 ");
    check("110146xxxxxxxx001x", "c8@0+18 ");
    check("174\xa1\xc1\xa1\xc1\xa1\xc1\xa1\xc1"
          "5678",
          "c7@0+15 "); /* GBK: times */
    check("174\xa3\xaa\xa3\xaa\xa3\xaa\xa3\xaa"
          "5678\xba\xc5",
          "c7@0+15 "); /* star */
    check("\xb5\x40"
          "174\xa1\xf1\xa1\xf1\xa1\xf1\xa1\xf1"
          "5678",
          "c7@2+15 "); /* circle */
    check("174\xa1\xd1\xa1\xd1\xa1\xd1\xa1\xd1"
          "5678",
          "c7@0+15 "); /* Big5: times */
    check("174\xa1\xaf\xa1\xaf\xa1\xaf\xa1\xaf"
          "5678",
          "c7@0+15 "); /* star */
    check("174\xa1\xb4\xa1\xb4\xa1\xb4\xa1\xb4"
          "5678",
          "c7@0+15 "); /* circle */
    check("174\xa1\x45\xa1\x45\xa1\x45\xa1\x45,", "");
    check("1741234\xa1\x45\xa1\x45\xa1\x45\xa1\x45,", "c17@0+15 "); /* bullets */
    check("174****5678×2", "c7@0+11 ");
    check("174●●●5678", "");
    check("174●●●●5678●", "");
    check("110146********001X", "c8@0+18 ");
    check("1174****5678", "");
    check("174*****678", "");
    check("174****5678*", "");
}

static void a_mask_may_be_of_several_signs(void **state)
{
    (void)state;
    check("174●●××5678", "c7@0+17 ");
    check("a,174**xx5678,b", "c7@2+11 ");
    check("174XX**5678,", "c7@0+11 ");
    check("174x*x*5678 1741234*xx*", "c7@0+11 c17@12+11 ");
    check("110146●●●●●○●＊001x|", "c8@0+34 ");
    check("174＊＊**5678", "c7@0+15 ");
    check("174**＊＊5678", "c7@0+15 ");
    check("174＊*●*5678号", "c7@0+15 ");
    check("110146****xxxx001X", "c8@0+18 ");
    check("110146●●●●****001x", "c8@0+26 ");
    check("174\xa3\xaa\xa3\xaa**5678", "c7@0+13 "); /* GBK: stars of both widths */
    check("\xb5\x40"
          "174**\xa1\xd1\xa1\xd1"
          "5678",
          "c7@2+13 ");                                /* Big5: times */
    check("1741234**\xa1\x45\xa1\x45,", "c17@0+13 "); /* bullets */
    check("174**xxx5678", "");
    check("174*xx5678", "");
    check("174****5678×2", "c7@0+11 ");
    check("●174****5678", "c7@3+11 ");
    check("110146********0012", "");
    check("174＊＊xx5678 174xx＊＊5678", "c7@0+15 c7@16+15 ");
    check("174x●X×5678", "c7@0+14 ");
    check("174＊xxx5678", "c7@0+13 ");
    check("174×＊xx5678号", "c7@0+14 ");
    check("1741234x＊x＊,1741234＊x＊x,", "c17@0+15 c17@16+15 ");
    check("110146＊xxxxxx＊001X", "c8@0+22 ");
    check("174\xa3\xaa\xa3\xaaxx5678|174xx\xa1\xf1\xa1\xf1"
          "5678",
          "c7@0+13 c7@14+13 "); /* GBK: stars, circles */
    check("174＊＊xxx5678", "");
    check("174Ltd。", "");
}

static void digests_are_found_cut_and_in_base64(void **state)
{
    (void)state;
    check("A168D8B0D2B8B4D8", "c9@0+16 ");
    check("\"DMF1ucDxtqgxw5niaXcmYQ==\"", "c10@1+24 ");
    check("dmF1ucDxtqgxw5niaXcmYQ==", "");
    check("k=C3pVY9N8JLAZqxkQ1/vcrmaPhz8=", "c11@2+28 ");
    check("x,qA5pQqkKjQI+yROh4AYB9991jb2tl1vHDyaktalwE3U=,", "c12@2+44 ");
    check("0qA5pQqkKjQI+yROh4AYB9991jb2tl1vHDyaktalwE3U=,", "");
}

static void numbers_that_spreadsheets_and_programs_damage_are_found(void **state)
{
    (void)state;
    check("1.7412345678E10,", "c13@2+13 ");
    check("1.7412345678e+10,", "c14@2+11 ");
    check("17412345678.0", "c0@0+11 ");
    check("110146900307001", "c15@0+15 ");
    check("110146199003070000", "c16@0+18 ");
    check("110146199003070", "c18@0+15 ");
    check("1.10146199003070E17,", "c19@2+17 ");
    check("\"1.10146199003070E+17\"", "c20@3+15 ");
    check("1.1014619900307E17", "c21@2+16 ");
    check("1.1014619900307e+17", "c22@2+14 ");
    check("1.10146E+17", "");
    check("1.10146199003070E18", "");
}

static void digits_of_other_writings_are_found(void **state)
{
    (void)state;
    check("电话１７４１２３４５６７８。", "c0@6+33 ");
    check("\xb5\xe7\xa3\xb1\xa3\xb7\xa3\xb4\xa3\xb1\xa3\xb2\xa3\xb3\xa3\xb4\xa3\xb5\xa3\xb6\xa3\xb7\xa3\xb8",
          "c0@2+22 ");
    check("①⑦④①②③④⑤⑥⑦⑧", "c0@0+33 ");
    check("𝟏𝟕𝟒𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "c0@0+44 ");
    check("一七四一二三四五六七八", "c0@0+33 ");
    check("我的号码是幺拐四幺两三四五六七八请打电话给我", "c0@15+33 ");
    check("\xd2\xbb\xc6\xdf\xcb\xc4\xd2\xbb\xb6\xfe\xc8\xfd\xcb\xc4\xce\xe5\xc1\xf9\xc6\xdf\xb0\xcb", "c0@0+22 ");
    check("+８６１７４１２３４５６７８", "c0@1+39 ");
    check("１１０１４６１９９００３０７００１Ｘ", "c1@0+54 ");
    check("174\xe2\x80\x8b"
          "1234\xe2\x80\x8b"
          "5678",
          "c0@0+17 ");
    check("174\xc2\xa0"
          "1234\xc2\xa0"
          "5678",
          "c0@0+15 ");
    check("一七四一二三四五六七", "");
}

static void raised_and_lowered_digits_are_found(void **state)
{
    (void)state;
    check("¹⁷⁴¹²³⁴⁵⁶⁷⁸", "c0@0+29 ");
    check("a,¹⁵⁴⁰⁰⁰⁰⁰⁰⁰⁰,", "c6@2+32 ");
    check("₁₇₄₁₂₃₄₅₆₇₈", "c0@0+33 ");
    check("+⁸⁶¹⁷⁴¹²³⁴⁵⁶⁷⁸", "c0@1+35 ");
    check("17412345678²", "c0@0+11 ");
    check("\xc2\xb3\xa3\xb1\xa3\xb7\xa3\xb4\xa3\xb1\xa3\xb2\xa3\xb3\xa3\xb4\xa3\xb5\xa3\xb6\xa3\xb7\xa3\xb8",
          "c0@2+22 "); /* GBK: 鲁 before full-width ones */
    check("₉₁₇₄₁₂₃₄₅₆₇₈", "");
}

static void every_chinese_digit_is_known(void **state)
{
    (void)state;
    check("壹七四一贰叁肆伍陆柒捌 壹拐四壹两叁肆伍陆柒捌", "c0@0+33 c0@34+33 ");
    check("幺七四一二三四五六七八 一五四〇零洞〇〇〇〇〇", "c0@0+33 c6@34+33 ");
    check("\xd2\xbc\xc6\xdf\xcb\xc4\xd2\xbc\xb7\xa1\xc8\xfe\xcb\xc1\xce\xe9\xc2\xbd\xc6\xe2\xb0\xc6", "c0@0+22 ");
    check("\xe7\xdb\xb9\xd5\xcb\xc4\xd2\xbb\xc1\xbd\xc8\xfd\xcb\xc4\xce\xe5\xc1\xf9\xc6\xdf\xb0\xcb", "c0@0+22 ");
    check("一九九九九九玖玖勾勾九", "");
}

static void chinese_digits_are_found_in_big5(void **state)
{
    (void)state;
    check("\xa4\x40\xa4\x43\xa5\x7c\xa4\x40\xa4\x47\xa4\x54\xa5\x7c\xa4\xad\xa4\xbb\xa4\x43\xa4\x4b",
          "c0@0+22 "); /* 一七四一二三四五六七八 */
    check("\xb3\xfc\xac\x6d\xb8\x76\xb3\xfc\xb6\x4c\xb0\xd1\xb8\x76\xa5\xee\xb3\xb0\xac\x6d\xae\xc3",
          "c0@0+22 "); /* formal */
    check("\xa4\x5c\xa9\xe4\xa5\x7c\xa4\x5c\xa8\xe2\xa4\x54\xa5\x7c\xa4\xad\xa4\xbb\xa9\xe4\xa4\x4b",
          "c0@0+22 "); /* spoken */
    check("\xc1\x70\xb5\xb8\xb9\x71\xb8\xdc\xac\x4f\xa4\x40\xa4\x43\xa5\x7c\xa4\x40\xa4\x47\xa4\x54\xa5\x7c\xa4\xad\xa4"
          "\xbb\xa4\x43\xa4\x4b"
          ",1",
          "c0@10+22 "); /* behind five characters */
    check("a,"
          "\xa4\x40\xa4\xad\xa5\x7c\xb9\x73\xac\x7d\xa1\xb3\xb9\x73\xb9\x73\xb9\x73\xb9\x73\xb9\x73"
          ",1",
          "c6@2+22 "); /* 一五四 and zeros, three kinds of them */
    check("\xa4\x40\xa4\x40\xb9\x73\xa4\x40\xa5\x7c\xa4\xbb\xa4\x40\xa4\x45\xa4\x45\xb9\x73\xb9\x73\xa4\x54\xb9\x73\xa4"
          "\x43\xb9\x73\xb9\x73\xa4\x40"
          "x",
          "c1@0+35 ");                                                                             /* an ID */
    check("\xa4\x40\xa4\x43\xa5\x7c\xa4\x40\xa4\x47\xa4\x54\xa5\x7c\xa4\xad\xa4\xbb\xa4\x43", ""); /* a digit less */
}

static void an_address_is_found_with_its_sign_spelled(void **state)
{
    (void)state;
    check("ab-c+d(at)example.org", "c3@0+21 ");
    check("<Li.Ming_7 [AT] mail[dot]example(dot)com>", "c2@1+39 ");
    check("ab-c+d＠example．org", "c3@0+22 ");
    check("a----ab-c+d(at)example.org", "c3@5+21 ");
    check("f(at)x", "");
}

static void a_mobile_is_found_behind_its_prefixes(void **state)
{
    (void)state;
    check("+8617412345678", "c0@3+11 ");
    check("008617412345678", "c0@4+11 ");
    check("017412345678", "c0@1+11 ");
    check("8717412345678", "");
}

static void a_mobile_is_found_in_groups(void **state)
{
    (void)state;
    check("174-1234-5678", "c0@0+13 ");
    check("a,174 123 45678,b", "c0@2+13 ");
    check("1741.2345.678;", "c0@0+13 ");
    check("+86 174-1234-5678", "c0@4+13 ");
    check("174-1234 5678", "");
    check("174-1234-56789", "");
    check("174-123-45678x", "");
    check("174-1234-567", "");
    check("17-41234-5678", "");
    check("9174-1234-5678", "");
}

static void an_email_is_what_stands_around_an_at(void **state)
{
    (void)state;
    check("Li.Ming_7@Mail.Example.COM", "c2@0+26 ");
    check("<li.ming_7@mail.example.com>.", "c2@1+26 ");
    check("mail: li.ming_7@mail.example.com.", "c2@6+26 ");
    check("x----li.ming_7@mail.example.com----y", "c2@5+26 ");
    check("----ab-c+d@example.org----", "c3@4+18 ");
    check("-.ab-c+d@example.org-", "c3@2+18 ");
    check("@@ab-c+d@example.org@", "c3@2+18 ");
    check("xli.ming_7@mail.example.com", "");
    check("li.ming_7@mail.example.com.cn", "");
    check("@", "");
    check("a@", "");
}

static void a_gb18030_trail_byte_may_touch_a_token(void **state)
{
    (void)state;
    check("\x81\x41"
          "17412345678\x81\x41",
          "c0@2+11 ");
    check("\x81\x30\x81\x30"
          "17412345678",
          "c0@4+11 ");
    check("\xe5\xbc\xa0"
          "17412345678\xe5\xbc\xa0",
          "c0@3+11 ");
    check("\x81_li.ming_7@mail.example.com", "c2@2+26 ");
    check("\x81"
          "z017412345678",
          "c0@3+11 ");
}

static void an_escape_may_touch_a_token(void **state)
{
    (void)state;
    check("\"\\n17412345678\\t\"", "c0@3+11 ");
    check("\"\\u5f2017412345678\"", "c0@7+11 ");
    check("\\nli.ming_7@mail.example.com", "c2@2+26 ");
}

static void hits_come_in_order_even_inside_an_email(void **state)
{
    (void)state;
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    static const char *const both[] = {"x.17412345678@example.com"};
    struct dye_index_entry e = {.kind = DYE_EMAIL, .form = DYE_PLAIN, .variant = 'A'};
    dye_index_entry_set(&e, &keys, dye_span_str(both[0]));
    assert_int_equal(dye_index_builder_add(b, dye_span_str("delta"), &e), DYE_OK);
    uint8_t *image = NULL;
    size_t bytes = 0;
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, bytes, &keys, &set.part[1], NULL), DYE_OK);
    dye_index_builder_free(b);
    check("17412345678 x.17412345678@example.com 17412345678", "c0@0+11 delta@12+25 c0@14+11 c0@38+11 ");
    dye_index_unref(set.part[1]);
    set.part[1] = NULL;
}

static void entries_of_later_epochs_are_not_there(void **state)
{
    (void)state;
    struct found f = {.n = 0};
    assert_int_equal(dye_scan(&set, 8, dye_span_str("15400000000 17412345678"), note, &f, NULL), DYE_OK);
    assert_string_equal(f.text, "c0@12+11 ");
    check("15400000000", "c6@0+11 ");
}

static void stopping_is_returned_and_counted(void **state)
{
    (void)state;
    struct found f = {.answer = DYE_STOPPED};
    struct dye_scan_stats stats = {.bytes = 5};
    assert_int_equal(dye_scan(&set, UINT64_MAX, dye_span_str("17412345678 17412345678"), note, &f, &stats),
                     DYE_STOPPED);
    assert_string_equal(f.text, "c0@0+11 ");
    assert_int_equal(stats.bytes, 28);
    assert_int_equal(stats.hits, 1);
}

static void without_an_index_nothing_is_found(void **state)
{
    (void)state;
    struct dye_index_set none = {{NULL, NULL}};
    struct found f = {.n = 0};
    assert_int_equal(dye_scan(&none, UINT64_MAX, dye_span_str("17412345678"), note, &f, NULL), DYE_OK);
    assert_string_equal(f.text, "");
}

int main(void)
{
    struct dye_key k;
    memset(k.bytes, 7, sizeof k.bytes);
    dye_index_keys_init(&k, &keys);
    set = set_of_values(true);
    wordless = set_of_values(false);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_a_whole_run_of_letters_and_digits),
        cmocka_unit_test(a_number_may_be_glued_to_letters),
        cmocka_unit_test(two_numbers_may_be_glued_to_each_other),
        cmocka_unit_test(an_id_ends_in_whatever_looks_like_x),
        cmocka_unit_test(rows_in_base64_are_looked_into),
        cmocka_unit_test(case_does_not_matter),
        cmocka_unit_test(a_masked_number_is_found_whatever_hides_it),
        cmocka_unit_test(a_mask_may_be_of_several_signs),
        cmocka_unit_test(digests_are_found_cut_and_in_base64),
        cmocka_unit_test(numbers_that_spreadsheets_and_programs_damage_are_found),
        cmocka_unit_test(digits_of_other_writings_are_found),
        cmocka_unit_test(raised_and_lowered_digits_are_found),
        cmocka_unit_test(every_chinese_digit_is_known),
        cmocka_unit_test(chinese_digits_are_found_in_big5),
        cmocka_unit_test(an_address_is_found_with_its_sign_spelled),
        cmocka_unit_test(a_mobile_is_found_behind_its_prefixes),
        cmocka_unit_test(a_mobile_is_found_in_groups),
        cmocka_unit_test(an_email_is_what_stands_around_an_at),
        cmocka_unit_test(a_gb18030_trail_byte_may_touch_a_token),
        cmocka_unit_test(an_escape_may_touch_a_token),
        cmocka_unit_test(hits_come_in_order_even_inside_an_email),
        cmocka_unit_test(entries_of_later_epochs_are_not_there),
        cmocka_unit_test(stopping_is_returned_and_counted),
        cmocka_unit_test(without_an_index_nothing_is_found),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dye_index_unref(set.part[0]);
    dye_index_unref(wordless.part[0]);
    return failed;
}
