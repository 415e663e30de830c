#include "spellings.h"

static void a_plate_is_read_with_and_without_its_dot(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"鲁A12345", "鲁A12345"},        {"鲁a1234b", "鲁A1234B"},    {"鲁A·12345", "鲁A12345"},
        {"鲁A•12345", "鲁A12345"},       {"鲁A 12345", "鲁A12345"},   {"鲁A-12345", "鲁A12345"},
        {"京AD12345", "京AD12345"},      {"粤B·D12345", "粤BD12345"}, {"琼O00001", "琼O00001"},
        {" 新Ｚ９９９９９", "新Z99999"}, {" '沪C88888", "沪C88888"},
    };
    ASSERT_SPELLINGS(DYE_PLATE, cases);
}

static void other_plates_and_lookalikes_are_none(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},           {"鲁", NULL},        {"A12345", NULL},     {"鲁A1234", NULL},
        {"鲁A1234567", NULL}, {"鲁I12345", NULL},  {"鲁AI2345", NULL},   {"鲁AO2345", NULL},
        {"鲁A1234学", NULL},  {"使014578", NULL},  {"齐A12345", NULL},   {"鲁112345", NULL},
        {"鲁A··12345", NULL}, {"鲁A12 345", NULL}, {"鲁鲁A12345", NULL}, {"鲁\377\377\37712345", NULL},
    };
    ASSERT_SPELLINGS(DYE_PLATE, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plate_is_read_with_and_without_its_dot),
        cmocka_unit_test(other_plates_and_lookalikes_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
