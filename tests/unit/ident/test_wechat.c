#include "spellings.h"

static void a_wechat_name_begins_with_a_letter_and_has_no_case(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"abcdef", "abcdef"},
        {"A_b-C1", "a_b-c1"},
        {"wxid_0123456789abcde", "wxid_0123456789abcde"},
        {"zhang19900101", "zhang19900101"},
    };
    ASSERT_SPELLINGS(DYE_WECHAT, cases);
}

static void what_wechat_would_not_take_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},        {"abcde", NULL},      {"abcdefghijklmnopqrstu", NULL},
        {"1abcdef", NULL}, {"_abcdef", NULL},    {"abc def", NULL},
        {"abc.def", NULL}, {"微信abcdef", NULL}, {"a@bcdef", NULL},
    };
    ASSERT_SPELLINGS(DYE_WECHAT, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wechat_name_begins_with_a_letter_and_has_no_case),
        cmocka_unit_test(what_wechat_would_not_take_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
