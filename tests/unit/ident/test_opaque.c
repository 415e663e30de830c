#include "spellings.h"

static void numbers_of_an_issuer_are_read_as_they_stand(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"9000000001", "9000000001"},
        {"zy-2024/000123", "ZY-2024/000123"},
        {" P0001234 ", "P0001234"},
        {"００１２３４５６", "00123456"},
    };
    ASSERT_SPELLINGS(DYE_MRN, cases);
    ASSERT_SPELLINGS(DYE_POLICY, cases);
    ASSERT_SPELLINGS(DYE_ACCOUNT, cases);
}

static void words_and_scraps_are_no_numbers(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"1234", NULL},
        {"patient", NULL},
        {"ABC123", NULL},
        {"-12345", NULL},
        {"12345-", NULL},
        {"12--345", NULL},
        {"123 456", NULL},
        {"12,3456", NULL},
        {"病案12345", NULL},
        {"12345678901234567890123456789012345678901", NULL},
    };
    ASSERT_SPELLINGS(DYE_MRN, cases);
    ASSERT_SPELLINGS(DYE_POLICY, cases);
    ASSERT_SPELLINGS(DYE_ACCOUNT, cases);
}

static void the_spaces_have_their_shapes(void **state)
{
    (void)state;
    assert_space_ends(DYE_MRN, "9000000000", "9999999999");
    assert_space_ends(DYE_POLICY, "100000000000000", "999999999999999");
    struct dye_value v = value_of("8999999999");
    assert_false(dye_ident_is_safe(DYE_MRN, &v));
    v = value_of("099999999999999");
    assert_false(dye_ident_is_safe(DYE_POLICY, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_an_issuer_are_read_as_they_stand),
        cmocka_unit_test(words_and_scraps_are_no_numbers),
        cmocka_unit_test(the_spaces_have_their_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
