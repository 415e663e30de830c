#include "dye/attribute.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) + DBL_MIN))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* Python, with p the exact value of the double and 60 digits (decimal):
 * sum(comb(n,j) * P**j * (1-P)**(n-j) for j in range(k, n+1)), or 1 minus the other side where k <= n p. */
static void binomial_tail_is_exact(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, k;
        double p, want;
    } cases[] = {
        {40, 1, 1e-4, 3.992209870867576e-03},        {40, 2, 1e-4, 7.780267390698862e-06},
        {40, 3, 1e-4, 9.852622442124151e-09},        {40, 12, 1e-4, 5.572431699315828e-39},
        {40, 40, 1e-4, 1.000000000000002e-160},      {75, 75, 1e-4, 1.000000000000004e-300},
        {100, 50, 0.5, 5.397946186935894e-01},       {100, 51, 0.5, 4.602053813064106e-01},
        {10, 10, 0.3, 5.904899999999997e-06},        {1000, 3, 1e-4, 1.542234847472547e-04},
        {1000000, 200, 1e-4, 9.296562418359702e-19}, {1000000, 1500, 1e-3, 2.780615425408215e-49},
        {1000, 990, 0.9, 1.450898832178329e-32},     {5, 3, 0.2, 5.792000000000001e-02},
        {400, 120, 1e-3, 4.322869360910455e-256},    {20000, 1, 1e-9, 1.999980001133313e-05},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_near(dye_binomial_tail(cases[i].n, cases[i].k, cases[i].p), cases[i].want, 1e-8);
}

static void binomial_tail_has_the_right_ends(void **state)
{
    (void)state;
    assert_true(dye_binomial_tail(0, 0, 0.5) == 1);
    assert_true(dye_binomial_tail(40, 0, 1e-4) == 1);
    assert_true(dye_binomial_tail(40, 41, 0.5) == 0);
    assert_true(dye_binomial_tail(40, 1, 0) == 0);
    assert_true(dye_binomial_tail(40, 40, 1) == 1);
    assert_true(dye_binomial_tail(77, 77, 1e-4) > 0);             /* 1e-308 */
    assert_true(dye_binomial_tail(200, 200, 1e-4) == 0);          /* beyond the smallest double */
    assert_near(dye_binomial_tail(1000000, 1000, 0.5), 1, 1e-15); /* far below the mean */
    assert_near(dye_binomial_tail(UINT32_MAX, 1, 0.5), 1, 1e-15);
    assert_near(dye_binomial_tail(UINT32_MAX, 1, 1e-12), 4.285745e-3, 1e-5);
}

static void binomial_tails_fall_with_k(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 60; n++)
        for (double p = 0.05; p < 1; p += 0.15) {
            double last = 1;
            for (uint32_t k = 0; k <= n; k++) {
                double tail = dye_binomial_tail(n, k, p);
                assert_true(tail >= 0 && tail <= last * (1 + 1e-12));
                last = tail;
            }
            assert_near(last, pow(p, n), 1e-10);
        }
}

/* Python: c = z*z/n; ((k/n + c/2 -+ z*sqrt(k/n*(1-k/n)/n + c/(4*n))) / (1 + c)), z = 1.96. */
static void wilson_interval_is_that_of_the_formula(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, k;
        double low, high;
    } cases[] = {
        {40, 12, 0.180746709157, 0.454303106543},
        {40, 0, 0, 0.087624539250},
        {40, 40, 0.912375460750, 1},
        {10, 1, 0.017875749516, 0.404156385498},
        {1000, 500, 0.469069034179, 0.530930965821},
        {0, 0, 0, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double low, high;
        dye_wilson(cases[i].n, cases[i].k, 1.96, &low, &high);
        assert_near(low, cases[i].low, 1e-9);
        assert_near(high, cases[i].high, 1e-9);
    }
}

static void detection_power_is_that_of_the_planner(void **state)
{
    (void)state;
    /* 1 - (1 - 40/10040)**600; and METHODS 1: 1.14 % of canaries shows a sale of 261 rows with 95 %. */
    assert_near(dye_detection_power(10000, 40, 600), 0.908846717070176, 1e-12);
    assert_near(dye_detection_power(9886, 114, 261), 0.949, 2e-3);
    assert_near(dye_detection_power(UINT64_C(1) << 62, 1, 1), 0x1p-62, 1e-9);
    assert_true(dye_detection_power(1000, 0, 500) == 0);
    assert_true(dye_detection_power(1000, 10, 0) == 0);
    assert_true(dye_detection_power(1000, 1, 1001) == 1);
    assert_true(dye_detection_power(1000, 1, UINT64_MAX) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binomial_tail_is_exact),
        cmocka_unit_test(binomial_tail_has_the_right_ends),
        cmocka_unit_test(binomial_tails_fall_with_k),
        cmocka_unit_test(wilson_interval_is_that_of_the_formula),
        cmocka_unit_test(detection_power_is_that_of_the_planner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
