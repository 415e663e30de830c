#include "spellings.h"

struct form_case {
    enum dye_form form;
    const char *bytes;
};

static void assert_forms(enum dye_kind kind, const char *value, const struct form_case *want, size_t n)
{
    struct dye_form_bytes got[DYE_FORMS_MAX];
    struct dye_value v = value_of(value);
    assert_int_equal(dye_ident_forms(kind, &v, got), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got[i].form, want[i].form);
        assert_string_equal(got[i].bytes.text, want[i].bytes);
        assert_int_equal(got[i].bytes.n, strlen(want[i].bytes));
    }
}

/* Of many forms: plain comes first, each wanted one is there, all are different, and there are n. */
static void assert_among_forms(enum dye_kind kind, const char *value, const struct form_case *want, size_t wanted,
                               size_t n)
{
    struct dye_form_bytes got[DYE_FORMS_MAX];
    struct dye_value v = value_of(value);
    size_t forms = dye_ident_forms(kind, &v, got);
    assert_int_equal(forms, n);
    assert_int_equal(got[0].form, DYE_PLAIN);
    for (size_t i = 0; i < wanted; i++) {
        size_t k = 0;
        while (k < forms && (got[k].form != want[i].form || strcmp(got[k].bytes.text, want[i].bytes) != 0))
            k++;
        if (k == forms)
            fail_msg("no form %s %s", dye_form_name(want[i].form), want[i].bytes);
    }
    for (size_t i = 0; i < forms; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(got[i].bytes.text, got[k].bytes.text) == 0)
                fail_msg("%s twice", got[i].bytes.text);
}

/* The digests were computed with the openssl program. */
static void a_mobile_stands_plain_hashed_masked_and_as_a_number(void **state)
{
    (void)state;
    static const struct form_case want[] = {
        {DYE_PLAIN, "17420000000"},
        {DYE_FORM_MD5, "a68514efa407e96f4aa97b579f103724"},
        {DYE_FORM_MD5_16, "a407e96f4aa97b57"},
        {DYE_FORM_MD5_BASE64, "poUU76QH6W9KqXtXnxA3JA=="},
        {DYE_FORM_SHA1, "0b7a5563d37c24b019ab910d57bdcae668f873c6"},
        {DYE_FORM_SHA256, "d1bf1860eb6f83ac19260a2eb7d222c262b87b36556cd10edf1a25b79c73c780"},
        {DYE_FORM_SM3, "a80e6942a90a8d023ec913a1e00601f7df58bdad975bc70f26a4b5e4a0137555"},
        {DYE_FORM_SM3, "ec693bc787ffa4c739c953910b2a3ba9e4495e260020dde119002f12f038a59b"}, /* of +8617420000000 */
        {DYE_FORM_SHA1, "8d625afecdee14f1c614b55d33072215215631a2"},                        /* with a line end */
        {DYE_FORM_SHA256_BASE64, "n53p64q9Jd/s4t+znck1m5bXH5tSxjFlKz20ivxgrLk="},           /* of 008617420000000 */
        {DYE_FORM_MASKED, "174****0000"},
        {DYE_FORM_MASKED, "1742000****"},
        {DYE_FORM_MASKED, "174*****000"},
        {DYE_FORM_GLIMPSE, "*0000"},
    };
    assert_among_forms(DYE_MOBILE, "17420000000", want, sizeof want / sizeof *want, 1 + 5 * 9 + 4);
    static const struct form_case number[] = {{DYE_FORM_SCIENTIFIC, "742001384e10"},
                                              {DYE_FORM_SCIENTIFIC, "742001384e"}};
    assert_among_forms(DYE_MOBILE, "17420013840", number, 2, 1 + 5 * 9 + 4 + 2);
}

static void an_email_stands_plain_and_hashed(void **state)
{
    (void)state;
    static const struct form_case want[] = {
        {DYE_PLAIN, "aaaaaa0000@example.com"},
        {DYE_FORM_MD5, "dd77a3d5ff6d98839ff7671e6635085f"},
        {DYE_FORM_SHA1, "92bccb357268584036ca5f023496b5358bed7c82"},
        {DYE_FORM_SHA256, "c61889f85efd4e597fbbc60e40ab71dacd7b379e6d36ced994c58adf3652c07d"},
        {DYE_FORM_SM3, "57ba4828ac0183526d0850bfd39303bd482641bda9c93385b6fe9f210975f82d"},
        {DYE_FORM_MASKED, "aa*@example.com"},
        {DYE_FORM_MASKED, "a*0@example.com"},
    };
    assert_among_forms(DYE_EMAIL, "aaaaaa0000@example.com", want, sizeof want / sizeof *want, 1 + 2 * 9 + 4);
}

static void an_id_that_ends_in_x_is_hashed_with_either_x(void **state)
{
    (void)state;
    static const struct form_case want[] = {
        {DYE_PLAIN, "11010519491231002x"},
        {DYE_FORM_MD5, "ae05564031c21338aa8a2e7266e7855c"},
        {DYE_FORM_MD5, "84488d6c78590d326627f5ecf902d3f9"},
        {DYE_FORM_SHA1, "6f54d2ff2a159a8b8fc236f8a21dee1e29b291ac"},
        {DYE_FORM_SHA1, "e2ba79fa03af34ec86e5e5c53d93707b9b8043b1"},
        {DYE_FORM_SHA256, "426695a0efdb59b9eaedaf0b5ca3eddf013cc2a7f9e283437704ea605f421e6d"},
        {DYE_FORM_SHA256, "4902ee4583c5f33a9395744013156b78eaa08cf2ab6ad7318ab41b2a4cc3ab74"},
        {DYE_FORM_SM3, "68199c826bbc42470ddf6ae62c8460c4c3b827bfeace826e0e800bc79823c980"},
        {DYE_FORM_SM3, "e2c24a4ddece84560a627d1e7be00ed4d4de2808b0ca7c2323181606d065fe68"},
        {DYE_FORM_MASKED, "110105********002x"},
        {DYE_FORM_MASKED, "110***********002x"},
        {DYE_FORM_MASKED, "1101**********002x"},
        {DYE_FORM_SHORT, "110105491231002"},
        {DYE_FORM_DAMAGED, "110105194912310000"},
        {DYE_FORM_GLIMPSE, "1*x"},
        {DYE_FORM_BIRTH, "19491231"},
    };
    assert_among_forms(DYE_RESIDENT_ID, "11010519491231002X", want, sizeof want / sizeof *want, 1 + 3 * 9 + 4 + 3);
}

static void an_id_of_another_century_has_no_short_form(void **state)
{
    (void)state;
    assert_among_forms(DYE_RESIDENT_ID, "440524188001010014", NULL, 0, 1 + 2 * 9 + 4 + 2);
}

static void the_others_stand_plain_only(void **state)
{
    (void)state;
    static const struct form_case waybill = {DYE_PLAIN, "sf0000000000001"};
    static const struct form_case mrn = {DYE_PLAIN, "zy-00001"};
    static const struct form_case card = {DYE_PLAIN, "6200000000000005"};
    static const struct form_case uscc = {DYE_PLAIN, "91110000600037341l"};
    static const struct form_case passport = {DYE_PLAIN, "ea0000001"};
    static const struct form_case name = {DYE_PLAIN, "mingli"};
    assert_forms(DYE_WAYBILL, "SF0000000000001", &waybill, 1);
    assert_forms(DYE_MRN, "ZY-00001", &mrn, 1);
    assert_forms(DYE_POLICY, "ZY-00001", &mrn, 1);
    assert_forms(DYE_ACCOUNT, "ZY-00001", &mrn, 1);
    assert_forms(DYE_BANK_CARD, "6200000000000005", &card, 1);
    assert_forms(DYE_USCC, "91110000600037341L", &uscc, 1);
    assert_forms(DYE_PASSPORT, "EA0000001", &passport, 1);
    struct dye_form_bytes got[DYE_FORMS_MAX];
    struct dye_value ming = value_of("Ming LI");
    assert_true(dye_ident_forms(DYE_NAME, &ming, got) >= 1);
    assert_string_equal(got[0].bytes.text, name.bytes);
}

/* The record's fields are folded, dots and hyphens out: so are these. */
static void what_only_corroborates_is_folded_as_fields_are(void **state)
{
    (void)state;
    static const struct form_case plate = {DYE_PLAIN, "鲁a12345"};
    static const struct form_case wechat = {DYE_PLAIN, "wxab1"};
    static const struct form_case qq = {DYE_PLAIN, "12345"};
    assert_forms(DYE_PLATE, "鲁A12345", &plate, 1);
    assert_forms(DYE_PLATE, "鲁A·12345", &plate, 1);
    assert_forms(DYE_WECHAT, "wx_ab-1", &wechat, 1);
    assert_forms(DYE_QQ, "12345", &qq, 1);
}

static void a_name_is_masked_by_its_shape_and_spelled_in_letters(void **state)
{
    (void)state;
    static const struct form_case want[] = {
        {DYE_FORM_MASKED, "单*"},          {DYE_FORM_MASKED, "*芳"},        {DYE_FORM_MASKED, "*田芳"},
        {DYE_FORM_MASKED, "单*芳"},        {DYE_FORM_MASKED, "单先生"},     {DYE_FORM_PINYIN, "shantianfang"},
        {DYE_FORM_PINYIN, "tianfangshan"}, {DYE_FORM_PINYIN, "shantf"},     {DYE_FORM_PINYIN, "stf"},
        {DYE_FORM_PINYIN, "dantianfang"},  {DYE_FORM_PINYIN, "tianfangdan"}};
    struct dye_form_bytes got[DYE_FORMS_MAX];
    struct dye_value v = value_of("单田芳");
    assert_among_forms(DYE_NAME, "单田芳", want, sizeof want / sizeof *want, dye_ident_forms(DYE_NAME, &v, got));
    static const struct form_case dotted[] = {{DYE_FORM_PINYIN, "lvbu"},
                                              {DYE_FORM_PINYIN, "lubu"},
                                              {DYE_FORM_PINYIN, "lyubu"},
                                              {DYE_FORM_PINYIN, "bulv"},
                                              {DYE_FORM_PINYIN, "l\xc3\xbc"
                                                                "bu"}};
    v = value_of("吕布");
    assert_among_forms(DYE_NAME, "吕布", dotted, 5, dye_ident_forms(DYE_NAME, &v, got));
    static const struct form_case compound[] = {{DYE_FORM_MASKED, "欧阳*"},
                                                {DYE_FORM_PINYIN, "ouyangxiu"},
                                                {DYE_FORM_PINYIN, "ouyangx"},
                                                {DYE_FORM_PINYIN, "xiuouyang"}};
    v = value_of("欧阳修");
    assert_among_forms(DYE_NAME, "欧阳修", compound, 4, dye_ident_forms(DYE_NAME, &v, got));
    /* Read otherwise in surnames (DOMAIN 3). */
    static const char *const surnames[][2] = {
        {"仇英", "qiuying"}, {"解缙", "xiejin"}, {"曾巩", "zenggong"}, {"盖伦", "gelun"}, {"查理", "zhali"}};
    for (size_t i = 0; i < 5; i++) {
        const struct form_case read = {DYE_FORM_PINYIN, surnames[i][1]};
        v = value_of(surnames[i][0]);
        assert_among_forms(DYE_NAME, surnames[i][0], &read, 1, dye_ident_forms(DYE_NAME, &v, got));
    }
}

static void an_address_has_its_road_and_its_community(void **state)
{
    (void)state;
    static const struct form_case want[] = {{DYE_PLAIN, "某省某市甲乙区丙丁路12号戊己花园3号楼2单元501室"},
                                            {DYE_FORM_PART, "丙丁路12"},
                                            {DYE_FORM_PART, "戊己花园"}};
    assert_forms(DYE_ADDRESS, "某省某市甲乙区丙丁路12号戊己花园3号楼2单元501室", want, 3);
}

static void nothing_has_no_forms(void **state)
{
    (void)state;
    struct dye_form_bytes got[DYE_FORMS_MAX];
    struct dye_value none = {.n = 0}, some = value_of("17420000000");
    assert_int_equal(dye_ident_forms(DYE_MOBILE, &none, got), 0);
    assert_int_equal(dye_ident_forms(DYE_KIND_NONE, &some, got), 0);
}

static void plain_forms_are_the_first_of_all_forms(void **state)
{
    (void)state;
    static const struct {
        enum dye_kind kind;
        const char *text;
        size_t n;
    } values[] = {
        {DYE_MOBILE, "17420013841", 1},
        {DYE_RESIDENT_ID, "37014419900307001X", 1},
        {DYE_EMAIL, "Who@Example.org", 1},
        {DYE_NAME, "单田芳", 1},
        {DYE_ADDRESS, "山东省济南市解放路2号", 1},
        {DYE_PERMIT, "H1234567890", 2},
        {DYE_PLATE, "鲁A12345", 1},
        {DYE_QQ, "123456", 1},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct dye_form_bytes all[DYE_FORMS_MAX], plain[DYE_PLAIN_FORMS_MAX];
        struct dye_value v;
        assert_int_equal(dye_ident_parse(values[i].kind, dye_span_str(values[i].text), &v), DYE_OK);
        size_t n = dye_ident_forms(values[i].kind, &v, all);
        assert_int_equal(dye_ident_plain_forms(values[i].kind, &v, plain), values[i].n);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(all[k].form == DYE_PLAIN, k < values[i].n);
            if (k < values[i].n)
                assert_string_equal(plain[k].bytes.text, all[k].bytes.text);
        }
    }
    struct dye_value none = {.n = 0};
    struct dye_form_bytes plain[DYE_PLAIN_FORMS_MAX];
    assert_int_equal(dye_ident_plain_forms(DYE_MOBILE, &none, plain), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mobile_stands_plain_hashed_masked_and_as_a_number),
        cmocka_unit_test(an_email_stands_plain_and_hashed),
        cmocka_unit_test(an_id_that_ends_in_x_is_hashed_with_either_x),
        cmocka_unit_test(an_id_of_another_century_has_no_short_form),
        cmocka_unit_test(the_others_stand_plain_only),
        cmocka_unit_test(what_only_corroborates_is_folded_as_fields_are),
        cmocka_unit_test(a_name_is_masked_by_its_shape_and_spelled_in_letters),
        cmocka_unit_test(an_address_has_its_road_and_its_community),
        cmocka_unit_test(nothing_has_no_forms),
        cmocka_unit_test(plain_forms_are_the_first_of_all_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
