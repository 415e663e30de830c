/* The tree of sources, flows between them, and what does not count: mis-links, reposts, what was withdrawn. */
#include "rng.h"
#include "story.h"

static uint32_t below(struct story *s, uint32_t parent, uint64_t population)
{
    uint32_t which = source(s, population);
    s->sources[which].parent = parent + 1;
    return which;
}

static void flow(struct story *s, uint32_t from, uint32_t to)
{
    s->flows[s->c.n_flows++] = (struct dye_attribute_flow){.from = from, .to = to};
}

static void branches_that_cannot_be_told_apart_name_what_is_above_them(void **state)
{
    struct story *s = *state;
    uint32_t hospital = source(s, 0);
    uint32_t a = below(s, hospital, 0);
    uint32_t b = below(s, hospital, 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    plant(s, b, t, 40);
    see(s, t, 20, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_true(in_set(s, hospital) && !in_set(s, a) && !in_set(s, b));
    assert_int_equal(s->got.groups, 1);
    assert_true(of(s, a)->group == 1 && of(s, b)->group == 1);
    assert_int_equal(of(s, hospital)->seen, 20); /* once, whoever holds them */
    assert_int_equal(of(s, hospital)->planted, 40);
    assert_int_equal(s->got.sources[0].source, hospital);
}

static void a_group_across_the_tree_stays_undecided(void **state)
{
    struct story *s = *state;
    uint32_t a = below(s, source(s, 0), 0);
    uint32_t b = below(s, source(s, 0), 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    plant(s, b, t, 40);
    see(s, t, 20, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.groups, 1); /* the lowest level says it, the one above does not repeat it */
    assert_true(of(s, a)->group == 1 && of(s, b)->group == 1);
    assert_int_equal(of(s, 0)->group + of(s, 2)->group, 0);
}

static void a_little_of_every_branch_names_the_whole(void **state)
{
    struct story *s = *state;
    uint32_t chain = source(s, 0);
    for (unsigned i = 0; i < 12; i++) {
        uint32_t branch = below(s, chain, 0);
        uint32_t t = canaries(s, 10);
        plant(s, branch, t, 10);
        see(s, t, 2, 1);
    }
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_true(in_set(s, chain));
    for (uint32_t i = 1; i <= 12; i++)
        assert_false(in_set(s, i));
    assert_int_equal(of(s, chain)->seen, 24);
    assert_int_equal(of(s, chain)->planted, 120);
}

static void what_is_above_a_named_source_is_listed_and_not_named(void **state)
{
    struct story *s = *state;
    uint32_t hospital = source(s, 0);
    uint32_t his = below(s, hospital, 0);
    uint32_t ward = below(s, his, 0);
    uint32_t other = below(s, his, 0);
    uint32_t t = canaries(s, 80);
    plant(s, ward, t, 40);
    plant(s, other, t + 40, 40);
    see(s, t, 25, 1);
    see(s, t + 40, 1, 1);
    run(s);
    assert_true(in_set(s, ward) && !in_set(s, other) && !in_set(s, his) && !in_set(s, hospital));
    assert_true(of(s, his)->posterior > 0.99 && of(s, hospital)->posterior > 0.99);
    assert_true(of(s, hospital)->log10_lr > 20 && of(s, hospital)->log10_lr < of(s, ward)->log10_lr);
    assert_int_equal(of(s, hospital)->seen, 26);
    assert_int_equal(s->got.sources[0].source, ward);
}

static void what_flows_downstream_is_held_there_too(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t c = source(s, 0);
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, c, t + 40, 40);
    flow(s, a, b);
    flow(s, b, c);
    flow(s, c, a); /* a cycle: all hold all */
    see(s, t, 20, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(of(s, i)->planted, 80);
        assert_int_equal(of(s, i)->group, 1);
    }
    dye_attribution_done(&s->got);
    s->c.n_flows = 2; /* and without the last, c has forty of its own that are missing */
    run(s);
    assert_true(of(s, a)->group == 1 && of(s, b)->group == 1 && of(s, c)->group == 0);
    assert_int_equal(of(s, b)->planted, 40);
    assert_int_equal(of(s, c)->planted, 80);
}

/* Forty planted in a at time 0 and forty at 100; acquired long after. */
static void what_is_planted_after_a_flow_ended_is_not_downstream(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t c = source(s, 0);
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, a, t + 40, 40);
    for (size_t i = 0; i < 80; i++)
        s->holdings[i].planted_at = i < 40 ? 10 : 100;
    s->c.acquired_at = 1000;
    flow(s, a, b);
    flow(s, b, c);
    see(s, t + 40, 20, 1);
    static const struct {
        int64_t first, second;
        uint32_t b, c;
    } cases[] = {{0, 0, 80, 80}, {100, 0, 40, 40}, {101, 100, 80, 40}, {10, 0, 0, 0}, {0, 50, 80, 40}, {50, 10, 40, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->flows[0].until = cases[i].first;
        s->flows[1].until = cases[i].second;
        s->c.n_seen = 0; /* none: all sources are listed */
        run(s);
        assert_int_equal(of(s, a)->planted, 80);
        assert_int_equal(of(s, b)->planted, cases[i].b);
        assert_int_equal(of(s, c)->planted, cases[i].c);
        dye_attribution_done(&s->got);
    }
    flow(s, a, c); /* a way that is open longer */
    s->flows[0].until = s->flows[1].until = 50;
    s->flows[2].until = 200;
    flow(s, c, b);
    see(s, t + 40, 20, 1);
    run(s);
    assert_true(of(s, a)->planted == 80 && of(s, b)->planted == 80 && of(s, c)->planted == 80);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    dye_attribution_done(&s->got);
    s->c.n_flows = 2;
    run(s); /* what b and c did not get any more can only be from a */
    assert_true(s->got.verdict == DYE_ATTRIBUTED && in_set(s, a));
}

static void what_is_withdrawn_after_a_flow_ended_stays_downstream(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    s->c.acquired_at = 1000;
    for (size_t i = 0; i < 40; i++) {
        s->holdings[i].planted_at = 10;
        s->holdings[i].withdrawn_at = i < 20 ? 500 : 0;
    }
    flow(s, a, b);
    run(s);
    assert_true(of(s, a)->planted == 20 && of(s, b)->planted == 20); /* deleted here, deleted there */
    dye_attribution_done(&s->got);
    s->flows[0].until = 400;
    run(s);
    assert_true(of(s, a)->planted == 20 && of(s, b)->planted == 40);
}

static void a_few_mislinks_do_not_make_a_second_source(void **state)
{
    static const struct {
        uint32_t first, second;
        bool named;
    } cases[] = {{40, 2, false}, {40, 6, false}, {40, 8, false}, {40, 14, true}, {10, 4, false}, {10, 7, true}};
    struct story *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->c.n_sources = s->c.n_canaries = s->c.n_holdings = s->c.n_seen = 0;
        uint32_t a = source(s, 0);
        uint32_t b = source(s, 0);
        uint32_t t = canaries(s, 80);
        plant(s, a, t, 40);
        plant(s, b, t + 40, 40);
        see(s, t, cases[i].first, 1);
        see(s, t + 40, cases[i].second, 1);
        run(s);
        assert_true(in_set(s, a));
        assert_int_equal(in_set(s, b), cases[i].named);
        dye_attribution_done(&s->got);
    }
}

static void mislinks_downstream_do_not_move_the_name_there(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, b, t + 40, 40);
    flow(s, a, b);
    see(s, t, 36, 1);
    see(s, t + 40, 4, 1); /* b explains all of it, and a explains it but for mis-links */
    run(s);
    assert_false(in_set(s, b));
}

static void a_repost_speaks_for_nobody(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    see(s, t, 12, 1);
    for (size_t i = 0; i < s->c.n_seen; i++)
        s->seen[i].inherited = true;
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.inherited, 12);
    assert_int_equal(s->got.unexplained, 0);
    for (size_t i = 0; i < s->got.n; i++)
        assert_false(s->got.sources[i].in_set);
}

static void an_inherited_canary_is_as_if_it_had_never_been(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    see(s, t, 12, 1);
    see(s, t, 1, 0.4); /* one of several sightings is enough */
    s->seen[12].inherited = true;
    run(s);
    double with = of(s, a)->log10_lr;
    assert_int_equal(of(s, a)->planted, 39);
    assert_int_equal(of(s, a)->seen, 11);
    dye_attribution_done(&s->got);
    s->c.n_seen = s->c.n_holdings = 0;
    plant(s, a, t + 1, 39);
    see(s, t + 1, 11, 1);
    run(s);
    assert_near(of(s, a)->log10_lr, with, 1e-12);
}

static void an_inherited_control_still_alarms(void **state)
{
    struct story *s = *state;
    uint32_t t = canaries(s, 1);
    s->canaries[t].control = true;
    see(s, t, 1, 1);
    s->seen[0].inherited = true;
    run(s);
    assert_int_equal(s->got.verdict, DYE_CONTROL_HIT);
}

static void the_absence_of_what_was_withdrawn_says_nothing(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 60);
    plant(s, a, t, 60);
    see(s, t, 12, 1);
    for (size_t i = 40; i < 60; i++)
        s->holdings[i].withdrawn_at = 50 * DAY;
    s->holdings[3].withdrawn_at = 50 * DAY; /* but it was seen */
    run(s);
    assert_int_equal(of(s, a)->planted, 40);
    assert_near(of(s, a)->log10_lr, 36.473012734884, 1e-9);
    dye_attribution_done(&s->got);
    for (size_t i = 40; i < 60; i++)
        s->holdings[i].withdrawn_at = 100 * DAY; /* after the copy was taken, at the earliest */
    run(s);
    assert_int_equal(of(s, a)->planted, 60);
}

/* A leak of 30 % upstream, or downstream, 200 times each, with as many canaries downstream alone as planned. */
static void as_many_canaries_as_planned_tell_a_flow_apart(void **state)
{
    struct story *s = *state;
    struct rng r;
    unsigned right[2] = {0, 0};
    uint32_t needed = (uint32_t)dye_attribute_flow_needed(40, 0.3, 0.9, NULL);
    assert_in_range(needed, 20, 400);
    rng_init(&r, 5);
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 40 + needed);
    plant(s, a, t, 40);
    plant(s, b, t + 40, needed);
    flow(s, a, b);
    for (unsigned round = 0; round < 400; round++) {
        uint32_t leaking = round % 2 == 0 ? a : b;
        s->c.n_seen = 0;
        for (uint32_t i = 0; i < (leaking == a ? 40 : 40 + needed); i++)
            if (rng_unit(&r) < 0.3)
                see(s, t + i, 1, 1);
        run(s);
        assert_false(in_set(s, leaking == a ? b : a));
        right[leaking == b] += in_set(s, leaking);
        dye_attribution_done(&s->got);
    }
    print_message("%u canaries: upstream %u, downstream %u of 200\n", needed, right[0], right[1]);
    assert_true(right[0] >= 180 && right[1] >= 180);
}

static void a_flow_wants_more_canaries_the_less_leaks(void **state)
{
    (void)state;
    uint64_t before = 0;
    for (double fraction = 1; fraction > 0.1; fraction /= 2) {
        uint64_t needed = dye_attribute_flow_needed(200, fraction, 0.95, NULL);
        assert_true(needed > before);
        before = needed;
    }
    assert_true(dye_attribute_flow_needed(40, 1e-9, 0.95, NULL) == UINT64_MAX);
}

static void a_tree_or_flow_that_makes_no_sense_is_refused(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = below(s, a, 0);
    struct dye_error err;
    struct dye_attribution untouched = {.n = 77};
    s->sources[a].parent = b + 1; /* a cycle */
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    s->sources[a].parent = 9; /* nobody */
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    s->sources[a].parent = 0;
    flow(s, a, 2);
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    s->c.n_flows = 0;
    s->canaries[canaries(s, 1)].bias = 1;
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    assert_int_equal(untouched.n, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(branches_that_cannot_be_told_apart_name_what_is_above_them),
        STORY(a_group_across_the_tree_stays_undecided),
        STORY(a_little_of_every_branch_names_the_whole),
        STORY(what_is_above_a_named_source_is_listed_and_not_named),
        STORY(what_flows_downstream_is_held_there_too),
        STORY(what_is_planted_after_a_flow_ended_is_not_downstream),
        STORY(what_is_withdrawn_after_a_flow_ended_stays_downstream),
        STORY(a_few_mislinks_do_not_make_a_second_source),
        STORY(mislinks_downstream_do_not_move_the_name_there),
        STORY(a_repost_speaks_for_nobody),
        STORY(an_inherited_canary_is_as_if_it_had_never_been),
        STORY(an_inherited_control_still_alarms),
        STORY(the_absence_of_what_was_withdrawn_says_nothing),
        STORY(as_many_canaries_as_planned_tell_a_flow_apart),
        cmocka_unit_test(a_flow_wants_more_canaries_the_less_leaks),
        STORY(a_tree_or_flow_that_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
