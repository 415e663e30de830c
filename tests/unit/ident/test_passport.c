#include "spellings.h"

static void a_passport_has_an_e_and_eight_characters(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"E00000001", "E00000001"}, {"e00000001", "E00000001"},  {"EA0000001", "EA0000001"},
        {"ez0000001", "EZ0000001"}, {"E 00000001", "E00000001"}, {"EA-0000001", "EA0000001"},
    };
    ASSERT_SPELLINGS(DYE_PASSPORT, cases);
}

static void what_is_no_passport_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},          {"E", NULL},         {"E0000001", NULL},  {"E000000001", NULL},
        {"EI0000001", NULL}, {"EO0000001", NULL}, {"EAA000001", NULL}, {"G00000001", NULL},
        {"C00000001", NULL}, {"000000001", NULL}, {"E0000000A", NULL},
    };
    ASSERT_SPELLINGS(DYE_PASSPORT, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passport_has_an_e_and_eight_characters),
        cmocka_unit_test(what_is_no_passport_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
