/* The bound holds: the exact tail of a holder who took no part, by trying all of its 2^n copies, is never above it. */
#include "dye/code_score.h"
#include "rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

enum { N_MAX = 10, CASES = 400 };

static struct rng r;

struct copies { /* every copy there could be, with its score and its chance */
    double bias[N_MAX];
    uint8_t seen[N_MAX];
    size_t n, all;
    double score[1 << N_MAX], chance[1 << N_MAX];
};

static void draw(struct copies *c)
{
    c->n = 1 + (size_t)rng_below(&r, N_MAX);
    c->all = (size_t)1 << c->n;
    for (size_t j = 0; j < c->n; j++) {
        double u = sin(rng_unit(&r) * 1.5707963);
        c->bias[j] = fmin(fmax(u * u, 1 / 600.0), 1 - 1 / 600.0);
        c->seen[j] = (uint8_t)rng_below(&r, 8);
        c->seen[j] = c->seen[j] > 3 ? 1 + c->seen[j] % 2 : c->seen[j];
    }
    for (size_t i = 0; i < c->all; i++) {
        uint8_t held[N_MAX];
        c->chance[i] = 1;
        for (size_t j = 0; j < c->n; j++) {
            bool b = (i >> j & 1) != 0;
            held[j] = b ? DYE_CODE_B : DYE_CODE_A;
            c->chance[i] *= b ? c->bias[j] : 1 - c->bias[j];
        }
        c->score[i] = dye_code_score(c->bias, c->seen, held, c->n);
    }
}

static double tail(const struct copies *c, double score)
{
    double sum = 0;
    for (size_t i = 0; i < c->all; i++)
        if (c->score[i] >= score - 1e-9)
            sum += c->chance[i];
    return sum;
}

static void no_copy_gets_further_than_its_bound_says(void **state)
{
    (void)state;
    static struct copies c;
    for (int i = 0; i < CASES; i++) {
        draw(&c);
        for (int s = 0; s < 20; s++) {
            double score = c.score[rng_below(&r, c.all)] + (s % 2 == 0 ? 0 : rng_unit(&r));
            double bound = dye_code_bound(c.bias, c.seen, c.n, score);
            assert_true(bound <= 0);
            if (tail(&c, score) > exp(bound) * (1 + 1e-7))
                fail_msg("score %g: exact %g, bound %g", score, tail(&c, score), exp(bound));
        }
    }
}

static void a_threshold_is_where_the_bound_is_met(void **state)
{
    (void)state;
    static struct copies c;
    unsigned met = 0;
    for (int i = 0; i < CASES; i++) {
        draw(&c);
        double log_p = -6 * rng_unit(&r) - 0.01;
        double threshold = dye_code_threshold(c.bias, c.seen, c.n, log_p);
        if (isinf(threshold)) {
            for (size_t k = 0; k < c.all; k++)
                assert_true(dye_code_bound(c.bias, c.seen, c.n, c.score[k]) > log_p);
            continue;
        }
        met++;
        assert_true(tail(&c, threshold) <= exp(log_p) * (1 + 1e-7));
        assert_true(dye_code_bound(c.bias, c.seen, c.n, threshold + 1e-6) <= log_p + 1e-5);
        assert_true(dye_code_bound(c.bias, c.seen, c.n, threshold - 1e-3) > log_p);
    }
    assert_true(met > CASES / 4);
}

static void a_holder_who_took_no_part_has_mean_0_and_variance_1_a_position(void **state)
{
    (void)state;
    static struct copies c;
    for (int i = 0; i < CASES; i++) {
        draw(&c);
        double mean = 0;
        double square = 0;
        double told = 0;
        for (size_t j = 0; j < c.n; j++)
            told += c.seen[j] == DYE_CODE_A || c.seen[j] == DYE_CODE_B;
        for (size_t k = 0; k < c.all; k++) {
            mean += c.chance[k] * c.score[k];
            square += c.chance[k] * c.score[k] * c.score[k];
        }
        assert_true(fabs(mean) < 1e-9);
        assert_true(fabs(square - told) < 1e-8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_copy_gets_further_than_its_bound_says),
        cmocka_unit_test(a_threshold_is_where_the_bound_is_met),
        cmocka_unit_test(a_holder_who_took_no_part_has_mean_0_and_variance_1_a_position),
    };
    rng_init(&r, rng_seed(20261122));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
