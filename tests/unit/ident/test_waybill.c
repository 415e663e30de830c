#include "spellings.h"

static void each_carriers_numbers_are_read(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"SF0000000000001", "SF0000000000001"}, {"sf 0000 0000 0000 1", "SF0000000000001"},
        {"SF000000000001", "SF000000000001"},   {"SF0000000000000001", "SF0000000000000001"},
        {"000000000001", "000000000001"},       {"YT0000000000001", "YT0000000000001"},
        {"73000000000001", "73000000000001"},   {"75000000000001", "75000000000001"},
        {"78000000000001", "78000000000001"},   {"77000000000001", "77000000000001"},
        {"770000000000001", "770000000000001"}, {"0000000000001", "0000000000001"},
        {"JDX00000000001", "JDX00000000001"},   {"JDVA000000000001", "JDVA000000000001"},
        {"JT0000000000001", "JT0000000000001"}, {"DPK000000000001", "DPK000000000001"},
        {"RB123456785GB", "RB123456785GB"},     {"rb 123 456 785 gb", "RB123456785GB"},
    };
    ASSERT_SPELLINGS(DYE_WAYBILL, cases);
}

static void what_no_carrier_issues_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"SF", NULL},
        {"SF00000000001", NULL},
        {"SF00000000000000001", NULL},
        {"YT000000000001", NULL},
        {"74000000000001", NULL},
        {"00000000001", NULL},
        {"JD00000000001", NULL},
        {"JDXYZ00000000001", NULL},
        {"DPK0000000000001", NULL},
        {"SF000000000000A", NULL},
        {"RB123456784GB", NULL}, /* check digit */
        {"RB12345678GB", NULL},
        {"R1123456785GB", NULL},
    };
    ASSERT_SPELLINGS(DYE_WAYBILL, cases);
}

/* 11 - sum % 11 gives 10 and 11 too, which are written 0 and 5. */
static void the_postal_unions_check_digit_has_two_exceptions(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"RB000000005GB", "RB000000005GB"}, /* sum 0: 11 */
        {"RB000000000GB", NULL},
        {"RB020000000GB", "RB020000000GB"}, /* sum 12: 10 */
    };
    ASSERT_SPELLINGS(DYE_WAYBILL, cases);
}

static void the_space_is_a_carriers_prefix_and_thirteen_digits(void **state)
{
    (void)state;
    assert_space_ends(DYE_WAYBILL, "SF0000000000000", "SF9999999999999");
    struct dye_value v = value_of("YT0000000000001");
    assert_false(dye_ident_is_safe(DYE_WAYBILL, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_carriers_numbers_are_read),
        cmocka_unit_test(what_no_carrier_issues_is_refused),
        cmocka_unit_test(the_postal_unions_check_digit_has_two_exceptions),
        cmocka_unit_test(the_space_is_a_carriers_prefix_and_thirteen_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
