#include "dye/planner.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* Sizes of sale that occurred, and the densities that Python's 1 - 0.05 ** (1 / L) gives for them. */
static void densities_are_those_of_the_formula(void **state)
{
    (void)state;
    static const struct {
        uint64_t sale;
        double want;
    } cases[] = {{261, 0.01141224}, {1287, 0.002324971}, {8614, 0.0003477138}, {400000, 7.489303e-06}, {1, 0.95}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_near(dye_plan_density(cases[i].sale, 0.95), cases[i].want, 1e-5);
}

static void a_fraction_needs_canaries_whatever_the_table(void **state)
{
    (void)state;
    assert_int_equal(dye_plan_leak(0.1, 0.95), 29);
    assert_int_equal(dye_plan_leak(0.01, 0.95), 299);
    assert_int_equal(dye_plan_leak(0.5, 0.5), 1); /* exactly */
    assert_int_equal(dye_plan_leak(0.5, 0.75), 2);
    assert_int_equal(dye_plan_leak(1, 0.999), 1);
    assert_true(dye_plan_leak(1e-300, 0.95) == UINT64_MAX);
}

/* The power by multiplication, row after row. */
static double power_row_by_row(uint64_t population, uint64_t canaries, uint64_t sale)
{
    double none = 1;
    for (uint64_t i = 0; i < sale; i++)
        none *= (double)population / (double)(population + canaries);
    return 1 - none;
}

static void a_sale_needs_the_fewest_canaries_that_have_the_power(void **state)
{
    (void)state;
    static const struct {
        uint64_t population, sale;
        double power;
    } cases[] = {{100000, 261, 0.95}, {100000, 1287, 0.95}, {4000, 261, 0.95}, {120000, 8614, 0.99},
                 {50, 10, 0.5},       {1000000, 100, 0.9},  {7, 3, 0.999}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t n = cases[i].population;
        uint64_t k = dye_plan_sale(n, cases[i].sale, cases[i].power);
        assert_true(power_row_by_row(n, k, cases[i].sale) >= cases[i].power);
        assert_true(k == 1 || power_row_by_row(n, k - 1, cases[i].sale) < cases[i].power);
        assert_near(dye_plan_sale_power(n, k, cases[i].sale), power_row_by_row(n, k, cases[i].sale), 1e-9);
    }
}

static void a_whole_table_needs_one(void **state)
{
    (void)state;
    assert_int_equal(dye_plan_sale(1000, 1000, 0.999), 1);
    assert_true(dye_plan_sale_power(1000, 1, 999) < 1);
    assert_int_equal(dye_plan_sale(1000, 400000, 0.999), 1);
    assert_true(dye_plan_sale_power(1000, 1, 1000) == 1);
}

static void nothing_planted_shows_nothing(void **state)
{
    (void)state;
    assert_true(dye_plan_sale_power(1000, 0, 5000) == 0);
    assert_true(dye_plan_leak_power(0, 1) == 0);
    assert_near(dye_plan_leak_power(29, 0.1), 1 - pow(0.9, 29), 1e-12);
    assert_true(dye_plan_leak_power(1, 1) == 1);
}

static void what_no_table_could_hold_is_said(void **state)
{
    (void)state;
    assert_true(dye_plan_sale(1000000000000000, 1, 0.95) == UINT64_MAX);
    assert_int_equal(dye_plan_sale(1000, 1, 0.95), 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(densities_are_those_of_the_formula),
        cmocka_unit_test(a_fraction_needs_canaries_whatever_the_table),
        cmocka_unit_test(a_sale_needs_the_fewest_canaries_that_have_the_power),
        cmocka_unit_test(a_whole_table_needs_one),
        cmocka_unit_test(nothing_planted_shows_nothing),
        cmocka_unit_test(what_no_table_could_hold_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
