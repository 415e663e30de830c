#include "dye/prf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* The stream's values were computed with the openssl program: ChaCha20, counter 0, nonce 7. */
static struct dye_key counting_key(void)
{
    struct dye_key k;
    for (unsigned i = 0; i < sizeof k.bytes; i++)
        k.bytes[i] = (uint8_t)i;
    return k;
}

static void a_stream_is_chacha20_under_the_derived_key(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_prf r;
    uint64_t drawn[128];
    dye_prf_init(&r, &k, "test/stream", 7);
    for (size_t i = 0; i < 128; i++)
        drawn[i] = dye_prf_u64(&r);
    assert_true(drawn[0] == UINT64_C(0x416c4499b67dbdc2));
    assert_true(drawn[1] == UINT64_C(0x24b24d282c24fc8d));
    assert_true(drawn[31] == UINT64_C(0x269a6c23128d3af3));
    assert_true(drawn[32] == UINT64_C(0x736ae8a7ef9236cd)); /* the fifth pool */
    assert_true(drawn[64] == UINT64_C(0x0d7dcf817c1169a2));
    dye_prf_done(&r);
}

static void resetting_gives_the_same_values_again(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_prf r;
    dye_prf_init(&r, &k, "test/stream", 1);
    uint64_t first = dye_prf_u64(&r), second = dye_prf_u64(&r);
    dye_prf_reset(&r, 2);
    assert_true(dye_prf_u64(&r) != first);
    dye_prf_reset(&r, 1);
    assert_true(dye_prf_u64(&r) == first);
    assert_true(dye_prf_u64(&r) == second);
}

static void draws_below_n_are_in_range_and_even(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_prf r;
    unsigned seen[7] = {0};
    dye_prf_init(&r, &k, "test/below", 0);
    for (int i = 0; i < 70000; i++)
        seen[dye_prf_below(&r, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 9500, 10500); /* five standard deviations of 93 */
    assert_int_equal(dye_prf_below(&r, 1), 0);
}

static void picks_follow_their_weights(void **state)
{
    (void)state;
    static const uint32_t weights[] = {1, 0, 2, 7};
    struct dye_key k = counting_key();
    struct dye_prf r;
    unsigned seen[4] = {0};
    dye_prf_init(&r, &k, "test/pick", 0);
    for (int i = 0; i < 10000; i++)
        seen[dye_prf_pick(&r, weights, 4)]++;
    assert_in_range(seen[0], 850, 1150);
    assert_int_equal(seen[1], 0);
    assert_in_range(seen[2], 1800, 2200);
    assert_in_range(seen[3], 6770, 7230);
}

static void a_permutation_is_the_same_on_every_machine(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_perm p;
    dye_perm_init(&p, &k, "test/perm", 170000000);
    assert_int_equal(dye_perm_at(&p, 0), 169668671);
    assert_int_equal(dye_perm_at(&p, 1), 86136738);
    assert_int_equal(dye_perm_at(&p, 169999999), 17719246);
    dye_perm_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_chacha20_under_the_derived_key),
        cmocka_unit_test(resetting_gives_the_same_values_again),
        cmocka_unit_test(draws_below_n_are_in_range_and_even),
        cmocka_unit_test(picks_follow_their_weights),
        cmocka_unit_test(a_permutation_is_the_same_on_every_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
