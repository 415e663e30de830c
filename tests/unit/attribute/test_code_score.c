#include "dye/code_score.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

enum { A = DYE_CODE_A, B = DYE_CODE_B, BOTH = DYE_CODE_A | DYE_CODE_B, N = 20 };

static void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* p = 0.2 is the chance of B: sqrt(0.8 / 0.2) = 2, sqrt(0.2 / 0.8) = 0.5. */
static void a_rare_agreement_counts_most(void **state)
{
    (void)state;
    static const struct {
        uint8_t seen, held;
        double want;
    } cases[] = {{B, B, 2}, {B, A, -0.5}, {A, A, 0.5},  {A, B, -2}, {0, A, 0},
                 {0, B, 0}, {BOTH, A, 0}, {BOTH, B, 0}, {A, 0, 0},  {B, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double bias = 0.2;
        assert_near(dye_code_score(&bias, &cases[i].seen, &cases[i].held, 1), cases[i].want, 1e-12);
    }
}

static void positions_add_up(void **state)
{
    (void)state;
    const double bias[4] = {0.2, 0.5, 0.8, 0.1};
    const uint8_t seen[4] = {B, A, BOTH, A};
    const uint8_t held[4] = {B, B, B, A};
    assert_near(dye_code_score(bias, seen, held, 4), 2 - 1 + 0 + 1.0 / 3, 1e-12);
    assert_true(dye_code_score(bias, seen, held, 0) == 0);
}

/* At p = 1/2 the score is that of a fair coin, whose Chernoff bound is known: 15 of 20 agreements, s = 10,
 * ln = -20 (0.75 ln 1.5 + 0.25 ln 0.5). */
static void the_bound_of_a_fair_coin_is_the_known_one(void **state)
{
    (void)state;
    double bias[N];
    uint8_t seen[N];
    for (int j = 0; j < N; j++) {
        bias[j] = 0.5;
        seen[j] = j % 3 == 0 ? A : B;
    }
    assert_near(dye_code_bound(bias, seen, N, 10), -20 * (0.75 * log(1.5) + 0.25 * log(0.5)), 1e-9);
    assert_near(dye_code_threshold(bias, seen, N, -20 * (0.75 * log(1.5) + 0.25 * log(0.5))), 10, 1e-6);
    assert_near(dye_code_bound(bias, seen, N, 20), 20 * log(0.5), 1e-9);
    assert_true(isinf(dye_code_bound(bias, seen, N, 20.01)));
    assert_true(dye_code_bound(bias, seen, N, 0) == 0);
    assert_true(dye_code_bound(bias, seen, N, -5) == 0);
}

static void a_leak_that_shows_too_little_names_nobody(void **state)
{
    (void)state;
    double bias[N];
    uint8_t seen[N] = {0};
    for (int j = 0; j < N; j++)
        bias[j] = 0.5;
    assert_true(isinf(dye_code_threshold(bias, seen, N, log(1e-3))));
    for (int j = 0; j < 9; j++)
        seen[j] = A; /* 2^-9 = 0.00195 */
    assert_true(isinf(dye_code_threshold(bias, seen, N, log(1e-3))));
    seen[9] = A;
    assert_true(dye_code_threshold(bias, seen, N, log(1e-3)) <= 10);
    assert_true(isinf(dye_code_threshold(bias, seen, 0, log(1e-3))));
}

static void what_says_nothing_does_not_move_the_bound(void **state)
{
    (void)state;
    const double bias[6] = {0.3, 0.01, 0.6, 0.9, 0.5, 0.2};
    const uint8_t with[6] = {A, BOTH, B, 0, B, A};
    const double bias4[4] = {0.3, 0.6, 0.5, 0.2};
    const uint8_t without[4] = {A, B, B, A};
    assert_near(dye_code_bound(bias, with, 6, 1.5), dye_code_bound(bias4, without, 4, 1.5), 1e-9);
}

/* Variants are names: exchanged everywhere, with their biases, nothing changes. */
static void the_score_is_symmetric(void **state)
{
    (void)state;
    const double bias[5] = {0.3, 0.01, 0.6, 0.9, 0.5};
    double other[5];
    const uint8_t seen[5] = {A, B, B, A, BOTH};
    const uint8_t held[5] = {A, A, B, B, A};
    uint8_t seen2[5];
    uint8_t held2[5];
    for (int j = 0; j < 5; j++) {
        other[j] = 1 - bias[j];
        seen2[j] = seen[j] == BOTH ? BOTH : BOTH - seen[j];
        held2[j] = BOTH - held[j];
    }
    assert_near(dye_code_score(other, seen2, held2, 5), dye_code_score(bias, seen, held, 5), 1e-12);
    assert_near(dye_code_bound(other, seen2, 5, 2), dye_code_bound(bias, seen, 5, 2), 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rare_agreement_counts_most),
        cmocka_unit_test(positions_add_up),
        cmocka_unit_test(the_bound_of_a_fair_coin_is_the_known_one),
        cmocka_unit_test(a_leak_that_shows_too_little_names_nobody),
        cmocka_unit_test(what_says_nothing_does_not_move_the_bound),
        cmocka_unit_test(the_score_is_symmetric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
