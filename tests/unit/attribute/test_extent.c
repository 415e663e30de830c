#include "dye/extent.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-6 * fabs(want) + 1e-9))
        fail_msg("got %.17g, want %.17g", got, want);
}

static void a_share_of_the_canaries_is_a_share_of_the_records(void **state)
{
    (void)state;
    const struct dye_extent_stratum s = {10000, 40, 12};
    struct dye_extent e;
    dye_extent_seeded(&s, 1.96, &e);
    assert_near(e.estimate, 3000);
    assert_near(e.low, 1807.46709157); /* Wilson's, of test_statistics.c */
    assert_near(e.high, 4543.03106543);
}

static void where_none_is_seen_at_most_three_of_k_leaked(void **state)
{
    (void)state;
    struct dye_extent e;
    dye_extent_seeded(&(struct dye_extent_stratum){10000, 40, 0}, 1.96, &e);
    assert_near(e.estimate, 0);
    assert_near(e.low, 0);
    assert_near(e.high, 750);
    dye_extent_seeded(&(struct dye_extent_stratum){10000, 2, 0}, 1.96, &e);
    assert_near(e.high, 10000);
}

static void without_canaries_or_population_nothing_is_known(void **state)
{
    (void)state;
    struct dye_extent e;
    dye_extent_seeded(&(struct dye_extent_stratum){0, 40, 3}, 1.96, &e);
    assert_true(isnan(e.estimate) && isnan(e.low) && isnan(e.high));
    dye_extent_seeded(&(struct dye_extent_stratum){10000, 0, 0}, 1.96, &e);
    assert_true(isnan(e.estimate));
    dye_extent_strata(NULL, 0, 1.96, &e);
    assert_true(isnan(e.estimate));
}

/* Python: sqrt of the sums of squares of what each stratum's interval reaches below and above. */
static void strata_add_up(void **state)
{
    (void)state;
    const struct dye_extent_stratum s[] = {{10000, 40, 12}, {10000, 40, 12}, {5000, 0, 0}};
    struct dye_extent e;
    dye_extent_strata(s, COUNT(s), 1.96, &e);
    assert_near(e.estimate, 6000);
    assert_near(e.low, 6000 - sqrt(2) * (3000 - 1807.46709157));
    assert_near(e.high, 6000 + sqrt(2) * (4543.03106543 - 3000));
}

/* Python: n12 = n1-m, n21 = n2-m, q = (n12+.5)(n21+.5)/(m+.5), s = sqrt(1/(m+.5) + 1/(n12+.5) + 1/(n21+.5) + 1/q);
 * n1+n2-m - .5 + q exp(-+1.96 s); no less than n1+n2-m. */
static void two_dumps_tell_how_large_their_table_is(void **state)
{
    (void)state;
    static const struct {
        uint64_t first, second, common;
        double estimate, low, high;
    } cases[] = {
        {200, 150, 30, 978.064516129, 757.098261, 1356.425594},
        {1000, 1000, 0, 1002000, 127042.589100, 32054998.437027},
        {50, 40, 40, 50, 50, 110.045693},
        {8614, 400000, 120, 28479409.041322, 23957761.214663, 34151563.554098},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct dye_extent e;
        dye_extent_chapman(cases[i].first, cases[i].second, cases[i].common, 1.96, &e);
        assert_near(e.estimate, cases[i].estimate);
        assert_near(e.low, cases[i].low);
        assert_near(e.high, cases[i].high);
    }
    struct dye_extent none;
    dye_extent_chapman(0, 0, 0, 1.96, &none);
    assert_true(isnan(none.estimate));
}

/* ---- time ---- */

enum { BATCHES_MAX = 100 };

static struct dye_extent_taken taken(const struct dye_extent_placement *p, size_t n, int64_t acquired, int64_t newest)
{
    struct dye_extent_taken t;
    assert_int_equal(dye_extent_taken(p, n, acquired, newest, 0.05, &t, NULL), DYE_OK);
    return t;
}

static void a_copy_was_taken_between_the_plantings_and_withdrawals_seen(void **state)
{
    (void)state;
    const struct dye_extent_placement p[] = {
        {100, INT64_MAX, true}, {200, 500, true}, {300, INT64_MAX, true}, {400, INT64_MAX, false}, {50, 150, false}};
    struct dye_extent_taken t = taken(p, COUNT(p), 1000, INT64_MIN);
    assert_int_equal(t.after, 300);
    assert_int_equal(t.before, 500);
    assert_true(!t.several && !t.by_newest);
    t = taken(p, COUNT(p), 450, INT64_MIN);
    assert_int_equal(t.before, 450);
}

static void the_newest_day_in_the_rows_moves_the_start(void **state)
{
    (void)state;
    const struct dye_extent_placement p[] = {{100, INT64_MAX, true}, {200, 500, true}};
    struct dye_extent_taken t = taken(p, COUNT(p), 1000, 350);
    assert_int_equal(t.after, 350);
    assert_true(t.by_newest);
    t = taken(p, COUNT(p), 1000, 150);
    assert_int_equal(t.after, 200);
    assert_false(t.by_newest);
    t = taken(p, COUNT(p), 1000, 600); /* after the withdrawal: a day to come */
    assert_int_equal(t.after, 200);
    assert_false(t.by_newest);
}

static void copies_of_several_days_have_no_bracket(void **state)
{
    (void)state;
    const struct dye_extent_placement p[] = {{100, 200, true}, {300, INT64_MAX, true}};
    struct dye_extent_taken t = taken(p, COUNT(p), 1000, INT64_MIN);
    assert_true(t.several);
    assert_int_equal(t.after, 300);
    assert_int_equal(t.before, 1000);
    assert_int_equal(t.likely_before, 1000);
}

static void nothing_seen_leaves_it_open(void **state)
{
    (void)state;
    const struct dye_extent_placement p[] = {{100, 200, false}};
    struct dye_extent_taken t = taken(p, COUNT(p), 1000, INT64_MIN);
    assert_true(t.after == INT64_MIN && t.before == 1000 && t.likely_after == INT64_MIN && t.likely_before == 1000);
}

/* 20 planted by then, five seen; then one more at each of 100, 101 ...: C(20,5) / C(40,5) is the first below 0.025. */
static void canaries_planted_later_and_not_seen_say_that_it_was_before(void **state)
{
    (void)state;
    struct dye_extent_placement p[BATCHES_MAX];
    for (size_t i = 0; i < BATCHES_MAX; i++)
        p[i] = (struct dye_extent_placement){i < 20 ? 1 : 80 + (int64_t)i, INT64_MAX, i < 5};
    struct dye_extent_taken t = taken(p, BATCHES_MAX, 1000, INT64_MIN);
    assert_int_equal(t.after, 1);
    assert_int_equal(t.before, 1000);
    assert_int_equal(t.likely_after, 1);
    assert_int_equal(t.likely_before, 80 + 39);
    for (size_t i = 1; i < 5; i++)
        p[i].seen = false; /* one alone says little */
    t = taken(p, BATCHES_MAX, 1000, INT64_MIN);
    assert_int_equal(t.likely_before, 1000);
}

static void canaries_withdrawn_earlier_and_not_seen_say_that_it_was_after(void **state)
{
    (void)state;
    struct dye_extent_placement p[BATCHES_MAX];
    for (size_t i = 0; i < BATCHES_MAX; i++) /* the same, backwards in time */
        p[i] = (struct dye_extent_placement){1, i < 20 ? INT64_MAX : 220 - (int64_t)i, i < 5};
    struct dye_extent_taken t = taken(p, BATCHES_MAX, 1000, INT64_MIN);
    assert_int_equal(t.after, 1);
    assert_int_equal(t.likely_after, 220 - 39);
    assert_int_equal(t.likely_before, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_the_canaries_is_a_share_of_the_records),
        cmocka_unit_test(where_none_is_seen_at_most_three_of_k_leaked),
        cmocka_unit_test(without_canaries_or_population_nothing_is_known),
        cmocka_unit_test(strata_add_up),
        cmocka_unit_test(two_dumps_tell_how_large_their_table_is),
        cmocka_unit_test(a_copy_was_taken_between_the_plantings_and_withdrawals_seen),
        cmocka_unit_test(the_newest_day_in_the_rows_moves_the_start),
        cmocka_unit_test(copies_of_several_days_have_no_bracket),
        cmocka_unit_test(nothing_seen_leaves_it_open),
        cmocka_unit_test(canaries_planted_later_and_not_seen_say_that_it_was_before),
        cmocka_unit_test(canaries_withdrawn_earlier_and_not_seen_say_that_it_was_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
