#include "dye/prf.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdlib.h>

static void random_key(struct rng *r, struct dye_key *ret)
{
    for (size_t i = 0; i < sizeof ret->bytes; i++)
        ret->bytes[i] = (uint8_t)rng_u64(r);
}

/* Every size up to 300 and some around powers of two and four, where the network's width changes. */
static void a_permutation_hits_every_number_once(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(1));
    static const unsigned more[] = {1023, 1024, 1025, 4095, 4096, 4097, 10007, 65535, 65536, 65537};
    for (unsigned i = 1; i <= 300 + sizeof more / sizeof *more; i++) {
        unsigned n = i <= 300 ? i : more[i - 301];
        struct dye_key k;
        struct dye_perm p;
        random_key(&r, &k);
        dye_perm_init(&p, &k, "test/perm", n);
        uint8_t *seen = calloc(n, 1);
        assert_non_null(seen);
        for (unsigned x = 0; x < n; x++) {
            uint64_t y = dye_perm_at(&p, x);
            assert_true(y < n);
            assert_false(seen[y]);
            seen[y] = 1;
        }
        free(seen);
        dye_perm_done(&p);
    }
}

/* Of 4! orders under random keys each comes about equally often: no order is built in. */
static void keys_reach_all_orders(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(2));
    unsigned seen[256] = {0}, orders = 0;
    for (int i = 0; i < 24 * 200; i++) {
        struct dye_key k;
        struct dye_perm p;
        random_key(&r, &k);
        dye_perm_init(&p, &k, "test/perm", 4);
        unsigned order = 0;
        for (unsigned x = 0; x < 4; x++)
            order = order << 2 | (unsigned)dye_perm_at(&p, x);
        seen[order]++;
    }
    /* A balanced Feistel network is an even permutation at this width or an odd one as its rounds fall: both occur. */
    for (unsigned i = 0; i < 256; i++) {
        orders += seen[i] > 0;
        assert_true(seen[i] < 400);
    }
    assert_true(orders >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_permutation_hits_every_number_once),
        cmocka_unit_test(keys_reach_all_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
