#include "limiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { TRIES = 3, WINDOW_MS = 60000, ADDRESSES = 2 };

static struct limiter *limiter;

static int setup(void **state)
{
    (void)state;
    limiter = limiter_new(TRIES, WINDOW_MS, ADDRESSES);
    return limiter == NULL;
}

static int teardown(void **state)
{
    (void)state;
    limiter_free(limiter);
    return 0;
}

static void so_many_tries_pass_and_the_next_does_not(void **state)
{
    (void)state;
    for (int i = 0; i < TRIES; i++) {
        assert_false(limiter_full(limiter, "10.0.0.1", 5));
        assert_true(limiter_take(limiter, "10.0.0.1", 5));
    }
    assert_true(limiter_full(limiter, "10.0.0.1", 6));
    assert_false(limiter_take(limiter, "10.0.0.1", 6));
}

static void a_new_window_begins_after_the_old_one(void **state)
{
    (void)state;
    for (int i = 0; i < TRIES; i++)
        assert_true(limiter_take(limiter, "10.0.0.1", 1000 + i));
    assert_false(limiter_take(limiter, "10.0.0.1", 1000 + WINDOW_MS - 1));
    assert_false(limiter_full(limiter, "10.0.0.1", 1000 + WINDOW_MS));
    assert_true(limiter_take(limiter, "10.0.0.1", 1000 + WINDOW_MS));
}

static void addresses_do_not_share_their_tries(void **state)
{
    (void)state;
    for (int i = 0; i < TRIES; i++)
        assert_true(limiter_take(limiter, "10.0.0.1", 5));
    assert_false(limiter_take(limiter, "10.0.0.1", 5));
    assert_true(limiter_take(limiter, "10.0.0.11", 5));
    assert_false(limiter_full(limiter, "10.0.0", 5));
}

static void beyond_its_size_it_forgets_the_oldest_window(void **state)
{
    (void)state;
    for (int i = 0; i < TRIES; i++)
        assert_true(limiter_take(limiter, "a", 20));
    for (int i = 0; i < TRIES; i++)
        assert_true(limiter_take(limiter, "b", 10));
    assert_true(limiter_take(limiter, "c", 30));
    assert_true(limiter_full(limiter, "a", 31));
    assert_false(limiter_full(limiter, "b", 31));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(so_many_tries_pass_and_the_next_does_not, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_window_begins_after_the_old_one, setup, teardown),
        cmocka_unit_test_setup_teardown(addresses_do_not_share_their_tries, setup, teardown),
        cmocka_unit_test_setup_teardown(beyond_its_size_it_forgets_the_oldest_window, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
