#include "spellings.h"

static void addresses_are_read_without_regard_to_case(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"Someone.Else@Example.COM", "someone.else@example.com"},
        {"a@b.cn", "a@b.cn"},
        {" x_y-z+tag@mail.example.org\n", "x_y-z+tag@mail.example.org"},
        {"abc＠example.com", "abc@example.com"},
        {"1234567@example.xn--fiqs8s", "1234567@example.xn--fiqs8s"},
        {"1234567890123456789012345678901234567890123456789012345678901234@example.com",
         "1234567890123456789012345678901234567890123456789012345678901234@example.com"},
    };
    ASSERT_SPELLINGS(DYE_EMAIL, cases);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"@example.com", NULL},
        {"a@", NULL},
        {"a@b", NULL},
        {"a@@b.cn", NULL},
        {"a@b@c.cn", NULL},
        {".a@b.cn", NULL},
        {"a.@b.cn", NULL},
        {"a..b@c.cn", NULL},
        {"a b@c.cn", NULL},
        {"a@-b.cn", NULL},
        {"a@b-.cn", NULL},
        {"a@b..cn", NULL},
        {"a@b.cn.", NULL},
        {"a@1.2.3.4", NULL},
        {"a@127.0.0.11", NULL},
        {"12345678901234567890123456789012345678901234567890123456789012345@example.com", NULL},
        {"张三@example.com", NULL},
    };
    ASSERT_SPELLINGS(DYE_EMAIL, cases);
}

static void the_space_is_at_reserved_domains(void **state)
{
    (void)state;
    assert_true(dye_ident_space(DYE_EMAIL) == UINT64_C(308915776) * 10000 * 3);
    assert_space_ends(DYE_EMAIL, "aaaaaa0000@example.com", "zzzzzz9999@example.net");
    static const char *const outside[] = {"aaaaaa0000@example.cn", "a@example.com.cn", "AA@example.com", "a@", ""};
    static const char *const inside[] = {"wanglei19870312@example.net", "493817265@example.org"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        struct dye_value v = value_of(inside[i]);
        assert_true(dye_ident_is_safe(DYE_EMAIL, &v));
    }
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct dye_value v = value_of(outside[i]);
        assert_false(dye_ident_is_safe(DYE_EMAIL, &v));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_without_regard_to_case),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(the_space_is_at_reserved_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
