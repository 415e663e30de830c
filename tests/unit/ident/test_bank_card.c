#include "spellings.h"

static void a_card_is_read_in_its_groups(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"6200000000000005", "6200000000000005"},
        {"62000000000000000", "62000000000000000"},
        {"620000000000000005", "620000000000000005"},
        {"6200000000000000000", "6200000000000000000"},
        {"6212345678901234569", "6212345678901234569"},
        {"6200 0000 0000 0005", "6200000000000005"},
        {"6200-0000-0000-0005", "6200000000000005"},
        {"6212 3456 7890 1234 569", "6212345678901234569"},
        {"6200 0000 0000 0000 05", "620000000000000005"},
        {"'6200000000000005", "6200000000000005"},
        {"６２０００００００００００００５", "6200000000000005"},
    };
    ASSERT_SPELLINGS(DYE_BANK_CARD, cases);
}

/* 620000000000000 passes Luhn as well, but has 15 digits; sixteen zeros do, and are what a form is left at */
static void what_fails_luhn_or_has_another_length_is_no_card(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"6200000000000004", NULL},
        {"6200000000000050", NULL},
        {"2600000000000005", NULL},
        {"620000000000000", NULL},
        {"62000000000000000005", NULL},
        {"0000000000000000", NULL},
        {"6200 0000-0000 0005", NULL},
        {"62000000 00000005", NULL},
        {"620000000000000X", NULL},
        {"6.2E+15", NULL},
    };
    ASSERT_SPELLINGS(DYE_BANK_CARD, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_read_in_its_groups),
        cmocka_unit_test(what_fails_luhn_or_has_another_length_is_no_card),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
