/* Shared canaries: copies with variants, and what the exclusive canaries of their holders add. */
#include "dye/code_score.h"
#include "rng.h"
#include "story.h"

enum { HOLDERS = 6, POSITIONS = 160 };

/* Six holders of copies, each with five exclusive canaries; the first is source 0. */
struct chain {
    uint32_t shared, own;
    uint8_t symbol[POSITIONS][HOLDERS];
};

static struct chain chain(struct story *s)
{
    struct chain k;
    struct rng r;
    rng_init(&r, 77);
    for (unsigned h = 0; h < HOLDERS; h++)
        source(s, 4000);
    k.shared = canaries(s, POSITIONS);
    k.own = canaries(s, 5 * HOLDERS);
    for (unsigned j = 0; j < POSITIONS; j++) {
        s->canaries[k.shared + j].bias = 0.02 + 0.96 * rng_unit(&r);
        for (unsigned h = 0; h < HOLDERS; h++) {
            k.symbol[j][h] = rng_unit(&r) < s->canaries[k.shared + j].bias ? DYE_CODE_B : DYE_CODE_A;
            s->holdings[s->c.n_holdings++] = (struct dye_attribute_holding){
                .canary = k.shared + j, .source = h, .planted_at = DAY, .variants = k.symbol[j][h]};
        }
    }
    for (unsigned h = 0; h < HOLDERS; h++)
        plant(s, h, k.own + 5 * h, 5);
    return k;
}

static void see_variant(struct story *s, uint32_t canary, uint8_t variants, double probability)
{
    s->seen[s->c.n_seen++] =
        (struct dye_attribute_seen){.canary = canary, .variants = variants, .probability = probability};
}

/* The first n positions of a holder's copy. */
static void see_copy(struct story *s, const struct chain *k, unsigned holder, unsigned n, double probability)
{
    for (unsigned j = 0; j < n; j++)
        see_variant(s, k->shared + j, k->symbol[j][holder], probability);
}

static void a_copy_that_leaked_names_its_holder(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    see_copy(s, &k, 3, POSITIONS, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_int_equal(s->got.n, HOLDERS); /* all hold some of what was seen */
    for (uint32_t h = 0; h < HOLDERS; h++)
        assert_int_equal(in_set(s, h), h == 3);
    assert_int_equal(of(s, 3)->shared, POSITIONS);
    assert_int_equal(of(s, 3)->agree, POSITIONS);
    assert_int_equal(of(s, 3)->seen, POSITIONS);
    assert_int_equal(of(s, 3)->planted, POSITIONS + 5);
    assert_true(of(s, 3)->code_p_value < 1e-12 && of(s, 3)->posterior > 0.999);
    assert_true(of(s, 1)->agree > 0 && of(s, 1)->agree < POSITIONS && of(s, 1)->code_p_value == 1);
    assert_true(of(s, 1)->posterior < 0.005);
}

static void a_little_of_a_copy_is_insufficient(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    see_copy(s, &k, 3, 8, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
}

static void holders_who_join_are_both_named(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    for (unsigned j = 0; j < POSITIONS; j++)
        see_variant(s, k.shared + j, k.symbol[j][j % 2 == 0 ? 1 : 4], 1);
    run(s);
    for (uint32_t h = 0; h < HOLDERS; h++)
        assert_int_equal(in_set(s, h), h == 1 || h == 4);
}

static void both_variants_seen_say_as_little_as_none(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    see_copy(s, &k, 3, 100, 1);
    run(s);
    double alone = of(s, 3)->log10_lr;
    dye_attribution_done(&s->got);
    for (unsigned j = 100; j < POSITIONS; j++)
        see_variant(s, k.shared + j, DYE_CODE_A | DYE_CODE_B, 1);
    run(s);
    assert_near(of(s, 3)->log10_lr, alone, 1e-12);
    assert_int_equal(of(s, 3)->shared, 100);
    dye_attribution_done(&s->got);
    s->c.n_seen = 100; /* and in two sightings, one a variant */
    for (unsigned j = 100; j < POSITIONS; j++) {
        see_variant(s, k.shared + j, DYE_CODE_A, 1);
        see_variant(s, k.shared + j, DYE_CODE_B, 0.9);
    }
    run(s);
    assert_near(of(s, 3)->log10_lr, alone, 1e-12);
}

static void weak_sightings_of_variants_count_for_less(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    double before = INFINITY;
    for (double p = 1; p >= 0.5; p -= 0.12) { /* weaker ones have no part in choosing theta */
        s->c.n_seen = 0;
        see_copy(s, &k, 3, 60, 1);
        for (unsigned j = 60; j < POSITIONS; j++)
            see_variant(s, k.shared + j, k.symbol[j][3], p);
        run(s);
        assert_true(of(s, 3)->log10_lr < before);
        before = of(s, 3)->log10_lr;
        dye_attribution_done(&s->got);
    }
}

static void copies_and_exclusive_canaries_add_up(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    unsigned enough = 8; /* positions that are one too few by themselves */
    for (; !in_set(s, 3); enough++) {
        dye_attribution_done(&s->got);
        s->c.n_seen = 0;
        see_copy(s, &k, 3, enough, 1);
        run(s);
    }
    enough -= 2;
    dye_attribution_done(&s->got);
    s->c.n_seen = 0;
    see(s, k.own + 15, 2, 1); /* two of its five are too few as well */
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    dye_attribution_done(&s->got);
    see_copy(s, &k, 3, enough, 1);
    run(s);
    assert_true(in_set(s, 3));
    dye_attribution_done(&s->got);
    for (unsigned i = 0; i < 2; i++)
        s->seen[i].canary = k.own + 10 + i; /* of another holder's */
    run(s);
    assert_false(in_set(s, 3));
}

/* What is left is what they have alike: the two look the same there, and both are named. */
static void holders_who_sell_what_they_have_alike_are_both_named(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    for (unsigned j = 0; j < POSITIONS; j++)
        if (k.symbol[j][1] == k.symbol[j][4])
            see_variant(s, k.shared + j, k.symbol[j][1], 1);
    run(s);
    for (uint32_t h = 0; h < HOLDERS; h++)
        assert_int_equal(in_set(s, h), h == 1 || h == 4);
}

static void a_copy_passed_on_is_a_group_until_something_else_tells(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    uint32_t vendor = source(s, 0);
    s->flows[s->c.n_flows++] = (struct dye_attribute_flow){.from = 3, .to = vendor};
    uint32_t own = canaries(s, 10);
    plant(s, vendor, own, 10);
    see_copy(s, &k, 3, POSITIONS, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_true(of(s, 3)->group == 1 && of(s, vendor)->group == 1 && s->got.groups == 1);
    dye_attribution_done(&s->got);
    see(s, own, 8, 1);
    run(s);
    assert_true(in_set(s, vendor) && !in_set(s, 3) && s->got.groups == 0);
}

static void equal_copies_are_never_told_apart(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    uint32_t twin = source(s, 0);
    for (unsigned j = 0; j < POSITIONS; j++)
        s->holdings[s->c.n_holdings++] = (struct dye_attribute_holding){
            .canary = k.shared + j, .source = twin, .planted_at = DAY, .variants = k.symbol[j][2]};
    see_copy(s, &k, 2, POSITIONS, 1);
    run(s);
    assert_false(in_set(s, 2) || in_set(s, twin));
    assert_true(of(s, 2)->group == 1 && of(s, twin)->group == 1);
}

static void each_code_is_weighed_by_itself(void **state)
{
    struct story *s = *state;
    struct chain k = chain(s);
    see_copy(s, &k, 3, 60, 1);
    run(s);
    double alone = of(s, 3)->log10_lr;
    dye_attribution_done(&s->got);
    for (unsigned j = 60; j < POSITIONS; j++)
        s->canaries[k.shared + j].code = 2;
    for (unsigned j = 60; j < POSITIONS; j++)
        see_variant(s, k.shared + j, k.symbol[j][3], 1);
    run(s);
    double both = of(s, 3)->log10_lr;
    assert_true(both > alone + 3);
    dye_attribution_done(&s->got);
    for (unsigned j = 60; j < POSITIONS; j++)
        s->canaries[k.shared + j].code = 9; /* the number itself says nothing */
    run(s);
    assert_near(of(s, 3)->log10_lr, both, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_copy_that_leaked_names_its_holder),      STORY(a_little_of_a_copy_is_insufficient),
        STORY(holders_who_join_are_both_named),          STORY(holders_who_sell_what_they_have_alike_are_both_named),
        STORY(both_variants_seen_say_as_little_as_none), STORY(weak_sightings_of_variants_count_for_less),
        STORY(copies_and_exclusive_canaries_add_up),     STORY(a_copy_passed_on_is_a_group_until_something_else_tells),
        STORY(equal_copies_are_never_told_apart),        STORY(each_code_is_weighed_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
