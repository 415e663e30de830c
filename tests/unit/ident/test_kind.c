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
    static const char *const kinds[] = {"none",    "mobile",  "resident_id", "email", "name",
                                        "address", "waybill", "policy",      "mrn"};
    static const char *const forms[] = {"none", "plain", "md5", "sha1", "sha256", "sm3"};
    for (int k = 0; k < (int)(sizeof kinds / sizeof *kinds); k++)
        assert_string_equal(dye_kind_name((enum dye_kind)k), kinds[k]);
    for (int f = 0; f < (int)(sizeof forms / sizeof *forms); f++)
        assert_string_equal(dye_form_name((enum dye_form)f), forms[f]);
}

static void names_and_addresses_are_not_scanned_for(void **state)
{
    (void)state;
    assert_false(dye_kind_is_scanned(DYE_NAME));
    assert_false(dye_kind_is_scanned(DYE_ADDRESS));
    assert_false(dye_kind_is_scanned(DYE_KIND_NONE));
    assert_true(dye_kind_is_scanned(DYE_MOBILE));
    assert_true(dye_kind_is_scanned(DYE_RESIDENT_ID));
    assert_true(dye_kind_is_scanned(DYE_EMAIL));
    assert_true(dye_kind_is_scanned(DYE_WAYBILL));
    assert_true(dye_kind_is_scanned(DYE_POLICY));
    assert_true(dye_kind_is_scanned(DYE_MRN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_and_form_has_a_name_that_leads_back),
        cmocka_unit_test(what_is_no_kind_or_form_has_none),
        cmocka_unit_test(the_numbers_stay_what_they_are),
        cmocka_unit_test(names_and_addresses_are_not_scanned_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
