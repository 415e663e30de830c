#include "pacing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct pacing_rule rule = {.window_s = 60, .cooldown_s = 900};

/* Which of the items go, as bits. */
static unsigned goes(const struct pacing_item *item, size_t n)
{
    bool picked[PACING_MAX_ALERTS * 2] = {false};
    unsigned bits = 0;
    size_t count = pacing_pick(item, n, &rule, picked);
    for (size_t i = 0; i < n; i++) {
        bits |= picked[i] ? 1U << i : 0;
        count -= picked[i];
    }
    assert_int_equal(count, 0);
    return bits;
}

static void an_alert_waits_for_the_window_and_takes_the_later_ones_with_it(void **state)
{
    (void)state;
    struct pacing_item item[] = {{false, 59, INFINITY, INFINITY}, {false, 1, INFINITY, INFINITY}};
    assert_int_equal(goes(item, 2), 0);
    item[0].waited_s = 60;
    assert_int_equal(goes(item, 2), 3);
}

static void a_control_hit_waits_for_nothing_and_goes_alone(void **state)
{
    (void)state;
    const struct pacing_item item[] = {
        {false, 1000, INFINITY, INFINITY}, {true, 0, 1, 1}, {true, 0, INFINITY, INFINITY}};
    assert_int_equal(goes(item, 3), 6);
}

static void a_dump_that_was_told_of_lately_is_held(void **state)
{
    (void)state;
    const struct pacing_item item[] = {{false, 899, 899, INFINITY}, {false, 60, INFINITY, INFINITY}};
    assert_int_equal(goes(item, 2), 2);
}

static void an_alert_of_known_sources_alone_is_held_until_the_cooldown_ends(void **state)
{
    (void)state;
    struct pacing_item item = {false, 100, INFINITY, 899};
    assert_int_equal(goes(&item, 1), 0);
    item.sources_told_s = 900;
    assert_int_equal(goes(&item, 1), 1);
}

static void what_is_held_opens_no_window_for_others(void **state)
{
    (void)state;
    const struct pacing_item item[] = {{false, 800, 10, INFINITY}, {false, 59, INFINITY, INFINITY}};
    assert_int_equal(goes(item, 2), 0);
}

static void without_window_and_cooldown_each_goes_at_once(void **state)
{
    (void)state;
    const struct pacing_rule none = {0};
    const struct pacing_item item = {false, 0, 0, 0};
    bool picked = false;
    assert_int_equal(pacing_pick(&item, 1, &none, &picked), 1);
    assert_true(picked);
}

static void a_message_has_no_more_than_its_most(void **state)
{
    (void)state;
    struct pacing_item item[PACING_MAX_ALERTS + 5];
    bool picked[PACING_MAX_ALERTS + 5];
    for (size_t i = 0; i < PACING_MAX_ALERTS + 5; i++)
        item[i] = (struct pacing_item){false, 100, INFINITY, INFINITY};
    assert_int_equal(pacing_pick(item, PACING_MAX_ALERTS + 5, &rule, picked), PACING_MAX_ALERTS);
    assert_true(picked[0]);
    assert_false(picked[PACING_MAX_ALERTS]);
}

static void the_wait_between_tries_doubles_up_to_an_hour(void **state)
{
    (void)state;
    static const int64_t wanted_s[] = {5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600};
    for (unsigned i = 0; i < sizeof wanted_s / sizeof *wanted_s; i++)
        assert_int_equal(backoff_ms(i + 1, 5000, 0), wanted_s[i] * 1000);
    assert_int_equal(backoff_ms(1000000, 5000, 0), BACKOFF_MAX_MS);
}

static void chance_takes_off_up_to_half_of_it(void **state)
{
    (void)state;
    assert_int_equal(backoff_ms(3, 5000, 0.5), 15000);
    for (double r = 0; r < 1; r += 0.01) {
        assert_true(backoff_ms(4, 5000, r) <= 40000);
        assert_true(backoff_ms(4, 5000, r) >= 20000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_waits_for_the_window_and_takes_the_later_ones_with_it),
        cmocka_unit_test(a_control_hit_waits_for_nothing_and_goes_alone),
        cmocka_unit_test(a_dump_that_was_told_of_lately_is_held),
        cmocka_unit_test(an_alert_of_known_sources_alone_is_held_until_the_cooldown_ends),
        cmocka_unit_test(what_is_held_opens_no_window_for_others),
        cmocka_unit_test(without_window_and_cooldown_each_goes_at_once),
        cmocka_unit_test(a_message_has_no_more_than_its_most),
        cmocka_unit_test(the_wait_between_tries_doubles_up_to_an_hour),
        cmocka_unit_test(chance_takes_off_up_to_half_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
