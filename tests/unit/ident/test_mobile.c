#include "spellings.h"

static void the_usual_spellings_are_read(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"17420000000", "17420000000"},
        {"+8617420000000", "17420000000"},
        {"+86 174 2000 0000", "17420000000"},
        {"+86-17420000000", "17420000000"},
        {"008617420000000", "17420000000"},
        {"8617420000000", "17420000000"},
        {"(+86)17420000000", "17420000000"},
        {"（+86）174-2000-0000", "17420000000"},
        {"017420000000", "17420000000"},
        {"174 2000 0000", "17420000000"},
        {"174-200-00000", "17420000000"},
        {"1742.0000.000", "17420000000"},
        {"174\xc2\xa0"
         "2000\xc2\xa0"
         "0000",
         "17420000000"},
        {"１７４２００００００１", "17420000001"},
        {"'17420000000", "17420000000"},
        {" 17420000000\t", "17420000000"},
        {"17420000000.0", "17420000000"},
        {"\xe2\x80\xad"
         "17420000000\xe2\x80\xac",
         "17420000000"}, /* as Windows pastes it */
    };
    ASSERT_SPELLINGS(DYE_MOBILE, cases);
}

static void what_is_no_mobile_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"1742000000", NULL},
        {"174200000000", NULL},
        {"12420000000", NULL},
        {"27420000000", NULL},
        {"1742000000a", NULL},
        {"174-2000 0000", NULL},
        {"17-42000-0000", NULL},
        {"174--2000-0000", NULL},
        {"+8517420000000", NULL},
        {"+86", NULL},
        {"1.742E+10", NULL},
        {"17420000000.5", NULL},
        {"一七四二", NULL},
    };
    ASSERT_SPELLINGS(DYE_MOBILE, cases);
}

static void the_space_is_what_nobody_was_assigned(void **state)
{
    (void)state;
    assert_true(dye_ident_space(DYE_MOBILE) == 170000000);
    assert_space_ends(DYE_MOBILE, "17420000000", "15499999999");
    struct dye_value v;
    dye_ident_at(DYE_MOBILE, 69999999, &v);
    assert_string_equal(v.text, "17489999999");
    dye_ident_at(DYE_MOBILE, 70000000, &v);
    assert_string_equal(v.text, "15400000000");
    static const char *const outside[] = {"17419999999", "17490000000", "15399999999", "15500000000", "19412345678"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        v = value_of(outside[i]);
        assert_false(dye_ident_is_safe(DYE_MOBILE, &v));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_spellings_are_read),
        cmocka_unit_test(what_is_no_mobile_is_refused),
        cmocka_unit_test(the_space_is_what_nobody_was_assigned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
