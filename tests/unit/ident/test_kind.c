#include "spellings.h"

static void every_kind_and_form_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (int k = DYE_KIND_NONE + 1; k < DYE_KIND_COUNT; k++)
        assert_int_equal(dye_kind_from_name(dye_span_str(dye_kind_name((enum dye_kind)k))), k);
    for (int f = DYE_FORM_NONE + 1; f < DYE_FORM_COUNT; f++)
        assert_int_equal(dye_form_from_name(dye_span_str(dye_form_name((enum dye_form)f))), f);
}

static void what_is_no_kind_or_form_has_none(void **state)
{
    (void)state;
    assert_int_equal(dye_kind_from_name(dye_span_str("none")), DYE_KIND_NONE);
    assert_int_equal(dye_kind_from_name(dye_span_str("")), DYE_KIND_NONE);
    assert_int_equal(dye_kind_from_name(dye_span_str("mobiles")), DYE_KIND_NONE);
    assert_int_equal(dye_form_from_name(dye_span_str("MD5")), DYE_FORM_NONE);
    assert_string_equal(dye_kind_name((enum dye_kind)99), "none");
    assert_string_equal(dye_form_name((enum dye_form)99), "none");
    assert_true(dye_ident_space((enum dye_kind)99) == 0);
}

/* Index files hold the numbers: a change here makes them say something else. */
static void the_numbers_stay_what_they_are(void **state)
{
    (void)state;
    static const char *const kinds[] = {"none",     "mobile", "resident_id", "email",     "name",   "address",
                                        "waybill",  "policy", "mrn",         "bank_card", "uscc",   "plate",
                                        "passport", "permit", "qq",          "wechat",    "account"};
    static const char *const forms[] = {"none", "plain", "md5", "sha1", "sha256", "sm3"};
    for (int k = 0; k < (int)(sizeof kinds / sizeof *kinds); k++)
        assert_string_equal(dye_kind_name((enum dye_kind)k), kinds[k]);
    for (int f = 0; f < (int)(sizeof forms / sizeof *forms); f++)
        assert_string_equal(dye_form_name((enum dye_form)f), forms[f]);
}

/* What is short or is also a word only corroborates. */
static void what_is_scanned_could_be_nothing_else(void **state)
{
    (void)state;
    static const enum dye_kind scanned[] = {DYE_MOBILE,   DYE_RESIDENT_ID, DYE_EMAIL,     DYE_WAYBILL,
                                            DYE_POLICY,   DYE_MRN,         DYE_BANK_CARD, DYE_USCC,
                                            DYE_PASSPORT, DYE_PERMIT,      DYE_ACCOUNT};
    static const enum dye_kind not [] = {DYE_KIND_NONE, DYE_NAME, DYE_ADDRESS, DYE_PLATE, DYE_QQ, DYE_WECHAT};
    for (size_t i = 0; i < sizeof scanned / sizeof *scanned; i++)
        assert_true(dye_kind_is_scanned(scanned[i]));
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        assert_false(dye_kind_is_scanned(not [i]));
    assert_int_equal(sizeof scanned / sizeof *scanned + sizeof not / sizeof *not, DYE_KIND_COUNT);
}

static void kinds_without_a_safe_space_have_none(void **state)
{
    (void)state;
    static const enum dye_kind pools_only[] = {DYE_BANK_CARD, DYE_USCC, DYE_PLATE,  DYE_PASSPORT,
                                               DYE_PERMIT,    DYE_QQ,   DYE_WECHAT, DYE_ACCOUNT};
    for (size_t i = 0; i < sizeof pools_only / sizeof *pools_only; i++) {
        struct dye_value v = value_of("6200000000000005");
        assert_true(dye_ident_space(pools_only[i]) == 0);
        assert_false(dye_ident_is_safe(pools_only[i], &v));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_and_form_has_a_name_that_leads_back),
        cmocka_unit_test(what_is_no_kind_or_form_has_none),
        cmocka_unit_test(the_numbers_stay_what_they_are),
        cmocka_unit_test(what_is_scanned_could_be_nothing_else),
        cmocka_unit_test(kinds_without_a_safe_space_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
