#include "dye/code.h"
#include "dye/digest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static struct dye_key counting_key(void)
{
    struct dye_key k;
    for (unsigned i = 0; i < sizeof k.bytes; i++)
        k.bytes[i] = (uint8_t)i;
    return k;
}

static void lengths_are_those_of_the_central_limit_and_a_quarter(void **state)
{
    (void)state;
    static const struct {
        uint32_t c;
        double bound; /* pi^2/2 c^2 ln(50,000), rounded up */
    } cases[] = {{1, 54}, {2, 214}, {3, 481}};
    for (size_t i = 0; i < 3; i++) {
        struct dye_code_params p = {.holders = 50, .colluders = cases[i].c, .epsilon = 1e-3, .survival = 1};
        struct dye_code_plan plan;
        assert_int_equal(dye_code_plan(&p, &plan, NULL), DYE_OK);
        assert_true(ceil(plan.bound) == cases[i].bound);
        assert_true((double)plan.surviving >= plan.bound && (double)plan.surviving <= 1.3 * plan.bound);
        assert_int_equal(plan.positions, plan.surviving);
    }
}

static void a_code_is_longer_by_what_a_leak_loses(void **state)
{
    (void)state;
    struct dye_code_params p = {.holders = 50, .colluders = 2, .epsilon = 1e-3, .survival = 0.25};
    struct dye_code_plan plan;
    assert_int_equal(dye_code_plan(&p, &plan, NULL), DYE_OK);
    assert_int_equal(plan.positions, 4 * plan.surviving);
}

static void a_plan_that_cannot_reach_its_epsilon_is_refused_with_the_numbers(void **state)
{
    (void)state;
    struct dye_code_params p = {.holders = 50, .colluders = 3, .epsilon = 1e-3, .survival = 0.5, .limit = 1201};
    struct dye_code_plan plan = {.positions = 7};
    struct dye_error err = {0};
    assert_int_equal(dye_code_plan(&p, &plan, &err), DYE_E_USAGE);
    assert_int_equal(plan.positions, 7);
    assert_string_equal(err.message, "code: 3 colluders of 50 holders at epsilon 0.001 want 601 canaries that survive,"
                                     " 1202 planted at a survival of 0.5; 1201 are possible, enough for epsilon 0.001");
    p.limit = 1202;
    assert_int_equal(dye_code_plan(&p, &plan, &err), DYE_OK);
    p.limit = 20;
    assert_int_equal(dye_code_plan(&p, &plan, &err), DYE_E_USAGE);
    assert_non_null(strstr(err.message, "20 are possible, enough for no epsilon at all"));
    /* The epsilon it names is one that the limit does reach. */
    p.limit = 800;
    assert_int_equal(dye_code_plan(&p, &plan, &err), DYE_E_USAGE);
    p.epsilon = 1.01 * strtod(strstr(err.message, "enough for epsilon ") + strlen("enough for epsilon "), NULL);
    assert_true(p.epsilon < 1);
    p.epsilon *= 1.05; /* it is printed with two digits */
    assert_int_equal(dye_code_plan(&p, &plan, &err), DYE_OK);
}

static void senseless_plans_are_refused(void **state)
{
    (void)state;
    static const struct dye_code_params bad[] = {
        {.holders = 1, .colluders = 1, .epsilon = 0.1, .survival = 1},
        {.holders = 100001, .colluders = 1, .epsilon = 0.1, .survival = 1},
        {.holders = 3, .colluders = 0, .epsilon = 0.1, .survival = 1},
        {.holders = 3, .colluders = 4, .epsilon = 0.1, .survival = 1},
        {.holders = 3, .colluders = 1, .epsilon = 0, .survival = 1},
        {.holders = 3, .colluders = 1, .epsilon = 1, .survival = 1},
        {.holders = 3, .colluders = 1, .epsilon = NAN, .survival = 1},
        {.holders = 3, .colluders = 1, .epsilon = 0.1, .survival = 0},
        {.holders = 3, .colluders = 1, .epsilon = 0.1, .survival = 1.01},
        {.holders = 3, .colluders = 1, .epsilon = 0.1, .survival = NAN},
        {.holders = 3, .colluders = 1, .epsilon = 0.1, .survival = 1e-300},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dye_code_plan plan;
        assert_int_equal(dye_code_plan(&bad[i], &plan, NULL), DYE_E_USAGE);
    }
}

/* Whoever changes a label or a draw makes every code that was ever planted another one: this test is the alarm. */
static void a_code_is_the_same_on_every_machine(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_code c;
    uint8_t hash[DYE_DIGEST_MAX_BYTES];
    char hex[2 * DYE_DIGEST_MAX_BYTES + 1];
    assert_int_equal(dye_code_make(&k, 7, 50, 2, 267, &c, NULL), DYE_OK);
    struct dye_digester *d = dye_digester_new(DYE_SHA256);
    dye_digester_feed(d, dye_span_of(c.symbol, 50 * 267));
    dye_digester_end(d, hash);
    dye_digester_free(d);
    dye_hex(hash, 32, hex);
    assert_string_equal(hex, "f52f84d5c179f12dd3f4000ad996a9f7f0dea2f71f19facf51fb4d7d6ce1155f");
    for (uint64_t j = 0; j < c.positions; j++)
        assert_true(c.bias[j] * 0x1p32 == floor(c.bias[j] * 0x1p32));
    dye_code_done(&c);
}

static void another_epoch_or_key_is_another_code(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_code c[3];
    assert_int_equal(dye_code_make(&k, 1, 10, 2, 100, &c[0], NULL), DYE_OK);
    assert_int_equal(dye_code_make(&k, 2, 10, 2, 100, &c[1], NULL), DYE_OK);
    k.bytes[3] ^= 1;
    assert_int_equal(dye_code_make(&k, 1, 10, 2, 100, &c[2], NULL), DYE_OK);
    for (int i = 0; i < 3; i++) {
        const struct dye_code *a = &c[i];
        const struct dye_code *b = &c[(i + 1) % 3];
        assert_true(memcmp(a->symbol, b->symbol, 1000) != 0);
        assert_true(memcmp(a->bias, b->bias, 100 * sizeof(double)) != 0);
    }
    for (int i = 0; i < 3; i++)
        dye_code_done(&c[i]);
    dye_code_done(&c[0]); /* takes a zeroed one */
}

/* Biases: F(p) = 2/pi asin(sqrt p), but for the ends that are cut off. Symbols: B with the bias, holder by holder. */
static void a_code_is_drawn_as_the_method_says(void **state)
{
    (void)state;
    enum { HOLDERS = 40, POSITIONS = 20000 };
    struct dye_key k = counting_key();
    struct dye_code c;
    assert_int_equal(dye_code_make(&k, 3, HOLDERS, 2, POSITIONS, &c, NULL), DYE_OK);
    unsigned below[3] = {0}; /* 0.1464 = sin^2(pi/8), 0.25, 0.5 */
    double cut = 1 / 600.0;
    double excess = 0;
    double variance = 0;
    for (uint64_t j = 0; j < POSITIONS; j++) {
        double p = c.bias[j];
        assert_true(p >= cut - 1e-9 && p <= 1 - cut + 1e-9);
        below[0] += p < 0.14644661;
        below[1] += p < 0.25;
        below[2] += p < 0.5;
        for (uint32_t i = 0; i < HOLDERS; i++) {
            char v = dye_code_symbol(&c, j, i);
            assert_true(v == 'A' || v == 'B');
            excess += (v == 'B') - p;
            variance += p * (1 - p);
        }
    }
    /* t' = asin(sqrt(1/600)) = 0.04084 of pi/2 on either side: shares (x - t') / (pi/2 - 2 t'). Four deviations. */
    double edge = asin(sqrt(cut));
    const double at[3] = {acos(-1) / 8, acos(-1) / 6, acos(-1) / 4};
    for (int i = 0; i < 3; i++) {
        double share = (at[i] - edge) / (acos(-1) / 2 - 2 * edge);
        assert_true(fabs(below[i] - share * POSITIONS) < 4 * sqrt(share * (1 - share) * POSITIONS));
    }
    assert_true(fabs(excess) < 4 * sqrt(variance));
    dye_code_done(&c);
}

static void too_large_a_code_is_refused(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_code c = {.holders = 9};
    assert_int_equal(dye_code_make(&k, 1, 2, 1, DYE_CODE_POSITIONS_MAX + 1, &c, NULL), DYE_E_USAGE);
    assert_int_equal(dye_code_make(&k, 1, 0, 1, 10, &c, NULL), DYE_E_USAGE);
    assert_int_equal(c.holders, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_those_of_the_central_limit_and_a_quarter),
        cmocka_unit_test(a_code_is_longer_by_what_a_leak_loses),
        cmocka_unit_test(a_plan_that_cannot_reach_its_epsilon_is_refused_with_the_numbers),
        cmocka_unit_test(senseless_plans_are_refused),
        cmocka_unit_test(a_code_is_the_same_on_every_machine),
        cmocka_unit_test(another_epoch_or_key_is_another_code),
        cmocka_unit_test(a_code_is_drawn_as_the_method_says),
        cmocka_unit_test(too_large_a_code_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
