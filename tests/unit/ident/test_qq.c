#include "spellings.h"

static void a_qq_number_has_five_to_eleven_digits(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"10000", "10000"},
        {"99999999999", "99999999999"},
        {" 1234567890 ", "1234567890"},
        {"１２３４５", "12345"},
    };
    ASSERT_SPELLINGS(DYE_QQ, cases);
}

static void other_numbers_are_no_qq(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},       {"1000", NULL},    {"100000000000", NULL}, {"01234", NULL},
        {"12345a", NULL}, {"123 456", NULL}, {"12345@qq.com", NULL},
    };
    ASSERT_SPELLINGS(DYE_QQ, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_qq_number_has_five_to_eleven_digits),
        cmocka_unit_test(other_numbers_are_no_qq),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
