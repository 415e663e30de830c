#include "spellings.h"

/* The first is the vector of the standard; the others were computed apart */
static void a_code_is_read_as_it_is_printed(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"91110000600037341L", "91110000600037341L"},    {"91110000600037341l", "91110000600037341L"},
        {"91 110000 600037341 L", "91110000600037341L"}, {"91110000-60003734-1L", "91110000600037341L"},
        {"N2370100MF0000001R", "N2370100MF0000001R"},    {"91440149MA0000001A", "91440149MA0000001A"},
        {"YY111111YYYYYYYYYF", "YY111111YYYYYYYYYF"},    {"９１１１００００６０００３７３４１Ｌ", "91110000600037341L"},
    };
    ASSERT_SPELLINGS(DYE_USCC, cases);
}

static void a_slip_in_a_code_is_seen(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"91110000600037341M", NULL},
        {"91110000600037314L", NULL},
        {"19110000600037341L", NULL},
        {"9111000060003734L", NULL},
        {"91110000600037341LL", NULL},
        {"91A10000600037341L", NULL},
        {"9111000060003734IL", NULL},
        {"91110000600037341L机", NULL},
    };
    ASSERT_SPELLINGS(DYE_USCC, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_read_as_it_is_printed),
        cmocka_unit_test(a_slip_in_a_code_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
