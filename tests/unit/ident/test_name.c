#include "spellings.h"

static void names_and_addresses_are_read_folded(void **state)
{
    (void)state;
    static const struct spelling_case names[] = {
        {"张三", "张三"}, {" 张 三 ", "张三"}, {"Ming LI", "mingli"}, {"买买提·艾力", "买买提艾力"},
        {"张", NULL},     {"", NULL},          {"张三1", NULL},       {"--", NULL},
    };
    static const struct spelling_case addresses[] = {
        {"济南市 历下区, 文化路1号", "济南市历下区文化路1号"},
        {"济南市", NULL},
        {"", NULL},
    };
    ASSERT_SPELLINGS(DYE_NAME, names);
    ASSERT_SPELLINGS(DYE_ADDRESS, addresses);
}

static void what_is_too_long_for_a_value_is_refused(void **state)
{
    (void)state;
    char text[1000];
    struct dye_value v;
    memset(text, 'a', sizeof text);
    for (int kind = DYE_KIND_NONE; kind <= DYE_KIND_COUNT; kind++)
        assert_int_equal(dye_ident_parse((enum dye_kind)kind, dye_span_of(text, sizeof text), &v), DYE_E_RECORD);
}

static void they_have_no_space(void **state)
{
    (void)state;
    struct dye_value v = value_of("张三");
    assert_true(dye_ident_space(DYE_NAME) == 0);
    assert_true(dye_ident_space(DYE_ADDRESS) == 0);
    assert_false(dye_ident_is_safe(DYE_NAME, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_addresses_are_read_folded),
        cmocka_unit_test(what_is_too_long_for_a_value_is_refused),
        cmocka_unit_test(they_have_no_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
