#include "decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first */
#include <cmocka.h>

static void numbers_are_read_exactly(void **state)
{
    (void)state;
    uint64_t v = 7;
    assert_true(decimal_read("4999.99", 2, 1000000, &v));
    assert_int_equal(v, 499999);
    assert_true(decimal_read("5", 2, 1000000, &v));
    assert_int_equal(v, 500);
    assert_true(decimal_read("1000000000000000000", 0, 1000000000000000000ULL, &v));
    assert_int_equal(v, 1000000000000000000ULL);
    assert_false(decimal_read("1000000000000000001", 0, 1000000000000000000ULL, &v));
    assert_false(decimal_read("1.234", 2, 1000000, &v));
    assert_false(decimal_read("", 2, 1000000, &v));
    assert_false(decimal_read("-1", 2, 1000000, &v));
    assert_false(decimal_read("1e3", 2, 1000000, &v));
}

static void moments_are_of_utc_unless_they_say_otherwise(void **state)
{
    (void)state;
    int64_t at = 0;
    assert_true(moment_read("2026-01-02", &at));
    assert_int_equal(at, 1767312000);
    assert_true(moment_read("2026-01-02T08:00:00Z", &at));
    assert_int_equal(at, 1767312000 + 8 * 3600);
    assert_true(moment_read("2026-01-02T08:00:00+08:00", &at));
    assert_int_equal(at, 1767312000);
    assert_true(moment_read("1969-12-31T23:59:59-00:30", &at));
    assert_int_equal(at, 1799);
}

static void what_is_no_moment_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "2026-02-30",
                                      "2026-1-2",
                                      "2026-01-02T",
                                      "2026-01-02T08:00:00",
                                      "2026-01-02T08:00:00+8:00",
                                      "2026-01-02 ",
                                      "2026-01-02T08:00:60Z",
                                      "2026-01-02T25:00:00Z"};
    int64_t at = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (moment_read(bad[i], &at))
            fail_msg("%s was read", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_exactly),
        cmocka_unit_test(moments_are_of_utc_unless_they_say_otherwise),
        cmocka_unit_test(what_is_no_moment_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
