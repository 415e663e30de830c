#include "dye/accounts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { CANARIES = 400, TOUCHES = 4000 };

static struct world {
    struct dye_accounts_canary canaries[CANARIES];
    struct dye_accounts_touch touches[TOUCHES];
    struct dye_accounts_case c;
    double chance;
} w;

/* Four hundred canaries, planted ten a day; the copy was taken before day 1000. */
static int make_world(void **state)
{
    (void)state;
    w = (struct world){.c = {.n_accounts = 10, .n_canaries = CANARIES, .taken_before = 1000}};
    for (uint32_t i = 0; i < CANARIES; i++)
        w.canaries[i].planted_at = i / 10;
    w.c.canaries = w.canaries;
    w.c.touches = w.touches;
    return 0;
}

static void opens(uint32_t account, uint32_t from, uint32_t to, uint32_t step, int64_t at)
{
    for (uint32_t i = from; i < to; i += step) {
        assert_true(w.c.n_touches < TOUCHES);
        w.touches[w.c.n_touches++] = (struct dye_accounts_touch){account, i, at};
    }
}

static void leaks(uint32_t from, uint32_t to, uint32_t step)
{
    for (uint32_t i = from; i < to; i += step)
        w.canaries[i].seen = 1;
}

static struct dye_attribution judge(void)
{
    struct dye_attribution a;
    assert_int_equal(dye_accounts(&w.c, NULL, &a, &w.chance, NULL), DYE_OK);
    return a;
}

static const struct dye_attribution_source *find(const struct dye_attribution *a, uint32_t account)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->sources[i].source == account)
            return &a->sources[i];
    return NULL;
}

/* Every other canary flowed here from another place, and of that place four in five leaked. One account works on
 * its rows alone, on those that leaked as on those that did not. */
static void who_works_on_the_place_that_leaked_is_not_named(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 7; i += 2)
        leaks(i, CANARIES, 10);
    leaks(0, CANARIES, 40);
    opens(3, 1, CANARIES / 2, 2, 500);
    opens(4, 0, CANARIES, 10, 500);
    struct dye_attribution a = judge();
    assert_int_equal(a.verdict, DYE_ATTRIBUTED); /* as if all were of one place */
    assert_true(find(&a, 3)->in_set);
    dye_attribution_done(&a);
    for (uint32_t i = 0; i < CANARIES; i++)
        w.canaries[i].place = i % 2;
    a = judge();
    assert_int_equal(a.verdict, DYE_INSUFFICIENT);
    assert_true(!find(&a, 3)->in_set && find(&a, 3)->p_value > 1e-2);
    dye_attribution_done(&a);
}

static void who_opened_what_leaked_is_named(void **state)
{
    (void)state;
    opens(3, 0, CANARIES, 20, 500); /* twenty, over all the time */
    opens(4, 5, CANARIES, 10, 500);
    leaks(0, 320, 20);
    struct dye_attribution a = judge();
    assert_int_equal(a.verdict, DYE_ATTRIBUTED);
    assert_int_equal(a.sources[0].source, 3);
    assert_true(a.sources[0].in_set && a.sources[0].planted == 20 && a.sources[0].seen == 16);
    assert_int_equal(a.n, 1); /* the other opened nothing that leaked */
    assert_true(w.chance > 0.04 && w.chance < 0.08);
    dye_attribution_done(&a);
}

static void who_opened_it_later_is_not(void **state)
{
    (void)state;
    opens(3, 0, CANARIES, 20, 1000);
    opens(4, 5, CANARIES, 10, 500);
    leaks(0, 320, 20);
    struct dye_attribution a = judge();
    assert_int_not_equal(a.verdict, DYE_ATTRIBUTED);
    assert_null(find(&a, 3));
    dye_attribution_done(&a);
}

static void who_opened_the_same_before_the_other_can_not_be_told(void **state)
{
    (void)state;
    opens(3, 0, CANARIES, 20, 500);
    opens(5, 0, CANARIES, 20, 600);
    leaks(0, 320, 20);
    struct dye_attribution a = judge();
    assert_int_not_equal(a.verdict, DYE_ATTRIBUTED);
    assert_true(a.groups == 1 && find(&a, 3)->group == 1 && find(&a, 5)->group == 1);
    dye_attribution_done(&a);
}

static void a_program_that_opens_all_is_not_named(void **state)
{
    (void)state;
    opens(7, 0, CANARIES, 1, 500);
    leaks(0, 320, 20);
    struct dye_attribution a = judge();
    assert_int_equal(a.verdict, DYE_INSUFFICIENT);
    assert_true(find(&a, 7)->log10_lr < 0.5);
    dye_attribution_done(&a);
}

/* Somebody exports the last month; a colleague who came last month opened none but such. */
static void who_works_where_the_leak_is_is_not_named_for_that(void **state)
{
    (void)state;
    opens(2, 370, CANARIES, 2, 500);
    leaks(360, CANARIES, 1);
    struct dye_attribution a = judge();
    const struct dye_attribution_source *s = find(&a, 2);
    assert_true(s->seen == 15 && s->planted == 15 &&
                s->log10_lr > 4); /* by the share of the whole source it would be */
    assert_true(s->p_value > 0.5);
    assert_int_equal(a.verdict, DYE_INSUFFICIENT);
    assert_false(s->in_set);
    dye_attribution_done(&a);
}

static void two_who_work_where_the_leak_is_are_no_group(void **state)
{
    (void)state;
    opens(2, 370, CANARIES, 2, 500);
    opens(6, 370, CANARIES, 2, 600);
    leaks(360, CANARIES, 1);
    struct dye_attribution a = judge();
    assert_int_equal(a.verdict, DYE_INSUFFICIENT);
    assert_true(a.groups == 0 && find(&a, 2)->group == 0 && find(&a, 6)->group == 0);
    dye_attribution_done(&a);
}

static void where_most_leaked_nobody_is_told_from_anybody(void **state)
{
    (void)state;
    opens(3, 0, CANARIES, 10, 500);
    leaks(0, CANARIES, 1);
    struct dye_attribution a = judge();
    assert_int_equal(a.verdict, DYE_INSUFFICIENT);
    dye_attribution_done(&a);
}

static void without_logs_nothing_is_covered(void **state)
{
    (void)state;
    leaks(0, 320, 20);
    struct dye_attribution a = judge();
    assert_int_equal(a.verdict, DYE_NOT_COVERED);
    dye_attribution_done(&a);
    w.c.n_canaries = w.c.n_accounts = 0;
    a = judge();
    assert_int_equal(a.verdict, DYE_NOT_COVERED);
    dye_attribution_done(&a);
}

static void a_touch_of_nothing_is_refused(void **state)
{
    (void)state;
    struct dye_attribution a;
    opens(10, 0, 1, 1, 5);
    assert_int_equal(dye_accounts(&w.c, NULL, &a, &w.chance, NULL), DYE_E_USAGE);
    w.touches[0] = (struct dye_accounts_touch){0, CANARIES, 5};
    assert_int_equal(dye_accounts(&w.c, NULL, &a, &w.chance, NULL), DYE_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(who_opened_what_leaked_is_named, make_world),
        cmocka_unit_test_setup(who_works_on_the_place_that_leaked_is_not_named, make_world),
        cmocka_unit_test_setup(who_opened_it_later_is_not, make_world),
        cmocka_unit_test_setup(who_opened_the_same_before_the_other_can_not_be_told, make_world),
        cmocka_unit_test_setup(a_program_that_opens_all_is_not_named, make_world),
        cmocka_unit_test_setup(who_works_where_the_leak_is_is_not_named_for_that, make_world),
        cmocka_unit_test_setup(two_who_work_where_the_leak_is_are_no_group, make_world),
        cmocka_unit_test_setup(where_most_leaked_nobody_is_told_from_anybody, make_world),
        cmocka_unit_test_setup(without_logs_nothing_is_covered, make_world),
        cmocka_unit_test_setup(a_touch_of_nothing_is_refused, make_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
