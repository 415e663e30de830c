#include "spellings.h"

static void permits_of_both_directions_are_read(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"C00000001", "C00000001"},  {"c00000001", "C00000001"},       {"CA0000001", "CA0000001"},
        {"CA 0000001", "CA0000001"}, {"H0000000101", "H0000000101"},   {"m0000000101", "M0000000101"},
        {"H00000001", "H00000001"},  {"H 00000001 01", "H0000000101"},
    };
    ASSERT_SPELLINGS(DYE_PERMIT, cases);
}

static void what_is_no_permit_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},          {"C", NULL},           {"C0000001", NULL},    {"C000000001", NULL},
        {"CI0000001", NULL}, {"CO0000001", NULL},   {"C0000000101", NULL}, {"H000000010", NULL},
        {"HA0000001", NULL}, {"H000000010A", NULL}, {"E00000001", NULL},   {"H000000010101", NULL},
    };
    ASSERT_SPELLINGS(DYE_PERMIT, cases);
}

static void a_renewed_permit_is_looked_up_by_its_holder_too(void **state)
{
    (void)state;
    struct dye_form_bytes got[DYE_FORMS_MAX];
    struct dye_value v = value_of("H0000000102");
    assert_int_equal(dye_ident_forms(DYE_PERMIT, &v, got), 2);
    assert_int_equal(got[0].form, DYE_PLAIN);
    assert_string_equal(got[0].bytes.text, "h0000000102");
    assert_int_equal(got[1].form, DYE_PLAIN);
    assert_string_equal(got[1].bytes.text, "h00000001");
    v = value_of("C00000001");
    assert_int_equal(dye_ident_forms(DYE_PERMIT, &v, got), 1);
    assert_string_equal(got[0].bytes.text, "c00000001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_of_both_directions_are_read),
        cmocka_unit_test(what_is_no_permit_is_refused),
        cmocka_unit_test(a_renewed_permit_is_looked_up_by_its_holder_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
