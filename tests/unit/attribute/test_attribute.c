#include "story.h"

/* Likelihood ratios of a lone source by Python's decimal with 60 digits, from the definition in the header. */
static void likelihood_ratio_is_that_of_the_definition(void **state)
{
    static const struct {
        uint32_t unseen, strong, weak;
        double probability, want;
    } cases[] = {
        {28, 12, 0, 0, 36.473012734884}, {0, 40, 0, 0, 158.440702730663},   {36, 4, 0, 0, 9.447737221473},
        {37, 3, 0, 0, 6.484457818005},   {38, 2, 0, 0, 3.701033287892},     {39, 1, 0, 0, 1.218137182300},
        {0, 2, 0, 0, 7.305674356018},    {30, 0, 10, 0.99, 9.370509879172}, {36, 0, 4, 0.6, -0.539902203308},
    };
    struct story *s = *state;
    struct dye_attribute_params no_mislinks;
    dye_attribute_params_default(&no_mislinks);
    no_mislinks.mislink = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->c.n_sources = s->c.n_canaries = s->c.n_holdings = s->c.n_seen = 0;
        uint32_t a = source(s, 0);
        uint32_t t = canaries(s, cases[i].strong + cases[i].weak + cases[i].unseen);
        plant(s, a, t, cases[i].strong + cases[i].weak + cases[i].unseen);
        see(s, t, cases[i].strong, 1);
        see(s, t + cases[i].strong, cases[i].weak, cases[i].probability);
        run_with(s, &no_mislinks);
        double odds = pow(10, cases[i].want) * 0.005 / 0.995;
        assert_near(s->got.sources[0].log10_lr, cases[i].want, 1e-9);
        assert_near(s->got.sources[0].posterior, odds / (1 + odds), 1e-9);
        dye_attribution_done(&s->got);
    }
}

static void one_leaking_source_is_named_with_its_figures(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 10000);
    uint32_t b = source(s, 20000);
    uint32_t ta = canaries(s, 40);
    uint32_t tb = canaries(s, 40);
    plant(s, a, ta, 40);
    plant(s, b, tb, 40);
    s->holdings[7].planted_at = 9 * DAY;   /* seen */
    s->holdings[20].planted_at = 50 * DAY; /* not seen */
    see(s, ta, 12, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_int_equal(s->got.n, 1); /* nothing of b was seen */
    const struct dye_attribution_source *x = of(s, a);
    assert_true(x->in_set);
    assert_int_equal(x->group, 0);
    assert_int_equal(x->seen, 12);
    assert_int_equal(x->planted, 40);
    assert_near(x->log10_lr, 36.473012734884, 1e-9);
    assert_near(x->p_value, 2 * 5.572431699315828e-39, 1e-8); /* two sources were tested */
    assert_near(x->baseline, 1 - pow(0.01, 12), 1e-12);
    assert_near(x->power, 0.908846717070176, 1e-12);
    assert_near(x->leaked, 3000, 1e-12);
    assert_near(x->leaked_low, 1807.46709157, 1e-9);
    assert_near(x->leaked_high, 4543.03106543, 1e-9);
    assert_true(x->taken_after == 9 * DAY);
    assert_near(s->got.power, x->power, 0);
    assert_int_equal(s->got.unexplained + s->got.controls + s->got.groups, 0);
}

static void two_leaks_merged_name_both(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t c = source(s, 0);
    uint32_t t = canaries(s, 120);
    plant(s, a, t, 40);
    plant(s, b, t + 40, 40);
    plant(s, c, t + 80, 40);
    see(s, t, 30, 1);
    see(s, t + 40, 12, 1);
    see(s, t + 80, 1, 1); /* a stray one */
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_true(in_set(s, a) && in_set(s, b) && !in_set(s, c));
    assert_int_equal(s->got.n, 3);
    assert_int_equal(s->got.sources[0].source, a); /* best first */
    assert_int_equal(s->got.sources[2].source, c);
    assert_true(isnan(s->got.power)); /* no population is known */
    assert_true(isnan(of(s, a)->leaked) && isnan(of(s, a)->leaked_low) && isnan(of(s, a)->leaked_high));
}

static void sources_that_hold_the_same_are_undecided(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    plant(s, b, t, 40);
    see(s, t, 20, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.groups, 1);
    assert_int_equal(of(s, a)->group, 1);
    assert_int_equal(of(s, b)->group, 1);
    assert_true(!in_set(s, a) && !in_set(s, b));
    assert_near(of(s, a)->log10_lr, of(s, b)->log10_lr, 1e-12);
}

static void all_that_hold_the_same_are_in_one_group(void **state)
{
    struct story *s = *state;
    uint32_t t = canaries(s, 40);
    for (unsigned i = 0; i < 5; i++)
        plant(s, source(s, 0), t, 40);
    see(s, t, 20, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.groups, 1);
    assert_int_equal(s->got.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(s->got.sources[i].group, 1);
}

static void an_undecided_pair_does_not_hide_a_third_source(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t c = source(s, 0);
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, b, t, 40);
    plant(s, c, t + 40, 40);
    see(s, t, 20, 1);
    see(s, t + 40, 12, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_true(in_set(s, c) && !in_set(s, a) && !in_set(s, b));
    assert_int_equal(s->got.groups, 1);
    assert_int_equal(s->got.sources[0].source, c);
}

/* What flows downstream: b holds all of a's canaries and forty of its own. */
static void a_flow_is_decided_by_what_is_not_seen(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, b, t, 80);
    see(s, t, 12, 1);
    run(s);
    assert_true(in_set(s, a) && !in_set(s, b)); /* b's own forty are missing */
    assert_true(of(s, b)->log10_lr < 0);        /* and a explains the rest away */
    assert_int_equal(of(s, b)->seen, 12);
}

static void a_flow_is_decided_by_what_only_downstream_holds(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, b, t, 80);
    see(s, t, 8, 1);
    see(s, t + 40, 8, 1);
    run(s);
    assert_true(!in_set(s, a) && in_set(s, b));
}

static void one_sighting_does_not_decide_between_two_sources(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 41);
    plant(s, a, t, 40);
    plant(s, b, t, 41); /* one more than a, and that one is seen: four orders of magnitude, on one row */
    see(s, t, 20, 1);
    see(s, t + 40, 1, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.groups, 1);
    assert_true(of(s, a)->group == 1 && of(s, b)->group == 1);
}

/* j holds what b and c hold together: two leaks, or one? Priors would say one; they are not asked. */
static void a_source_that_two_others_could_replace_is_undecided(void **state)
{
    struct story *s = *state;
    uint32_t j = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t c = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant(s, j, t, 40);
    plant(s, b, t, 20);
    plant(s, c, t + 20, 20);
    see(s, t, 8, 1);
    see(s, t + 20, 8, 1);
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.groups, 1);
    assert_true(of(s, j)->group == 1 && of(s, b)->group == 1 && of(s, c)->group == 1);
}

static void a_control_seen_overrides_everything(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 10000);
    uint32_t t = canaries(s, 40);
    uint32_t control = canaries(s, 2);
    s->canaries[control].control = s->canaries[control + 1].control = true;
    plant(s, a, t, 40);
    see(s, t, 30, 1);
    see(s, control, 1, 0.5);
    see(s, control + 1, 1, 0.49);
    run(s);
    assert_int_equal(s->got.verdict, DYE_CONTROL_HIT);
    assert_int_equal(s->got.controls, 1);
    assert_int_equal(s->got.n, 1);
    assert_false(of(s, a)->in_set);
    assert_true(of(s, a)->log10_lr > 4); /* listed as it stands */
}

static void a_faint_control_is_not_a_hit(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 41);
    s->canaries[t + 40].control = true;
    plant(s, a, t, 41); /* a holding of a control counts for nothing */
    see(s, t, 30, 1);
    see(s, t + 40, 1, 0.3);
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_int_equal(s->got.controls, 0);
    assert_int_equal(of(s, a)->planted, 40);
}

static void nothing_seen_is_not_covered_and_says_how_little_that_means(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 10000);
    uint32_t b = source(s, 1000);
    source(s, 0); /* a branch of the tree: of no known population */
    uint32_t t = canaries(s, 80);
    plant(s, a, t, 40);
    plant(s, b, t + 40, 40);
    run(s);
    assert_int_equal(s->got.verdict, DYE_NOT_COVERED);
    assert_int_equal(s->got.n, 3); /* all sources, for their power */
    assert_near(s->got.power, 0.908846717070176, 1e-12);
    assert_near(of(s, a)->power, 0.908846717070176, 1e-12);
    assert_true(of(s, b)->power > 0.999 && isnan(s->got.sources[2].power) == isnan(s->got.sources[2].leaked));
    assert_near(of(s, a)->log10_lr, -0.555948373074, 1e-9);
    assert_true(of(s, a)->leaked == 0 && of(s, a)->leaked_low == 0);
    assert_near(of(s, a)->leaked_high, 750, 1e-9);
    assert_true(of(s, a)->taken_after == INT64_MIN);
}

static void nothing_planted_has_no_power(void **state)
{
    struct story *s = *state;
    source(s, 10000);
    run(s);
    assert_int_equal(s->got.verdict, DYE_NOT_COVERED);
    assert_true(s->got.power == 0);
    dye_attribution_done(&s->got);
    s->c.n_sources = 0;
    run(s);
    assert_int_equal(s->got.verdict, DYE_NOT_COVERED);
    assert_int_equal(s->got.n, 0);
    assert_true(s->got.power == 0);
}

static void a_source_without_canaries_pulls_the_power_down(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 10000);
    source(s, 5000);
    plant(s, a, canaries(s, 40), 40);
    run(s);
    assert_true(s->got.power == 0);
}

static void too_little_is_insufficient(void **state)
{
    static const struct {
        uint32_t strong, weak;
    } cases[] = {{1, 0}, {2, 0}, {1, 5}, {0, 40}}; /* of forty; weak ones at 0.3 */
    struct story *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->c.n_sources = s->c.n_canaries = s->c.n_holdings = s->c.n_seen = 0;
        uint32_t a = source(s, 0);
        uint32_t t = canaries(s, 40);
        plant(s, a, t, 40);
        see(s, t, cases[i].strong, 1);
        see(s, t + cases[i].strong, cases[i].weak, 0.3);
        run(s);
        assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
        assert_int_equal(s->got.n, 1);
        assert_int_equal(of(s, a)->seen, cases[i].strong);
        dye_attribution_done(&s->got);
    }
}

static void every_threshold_holds_on_its_own(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant(s, a, t, 40);
    see(s, t, 12, 1);
    struct dye_attribute_params usual;
    dye_attribute_params_default(&usual);
    struct dye_attribute_params p[6] = {usual, usual, usual, usual, usual, usual};
    p[1].min_log10_lr = 37; /* it has 36.47 */
    p[2].min_posterior = 1.1;
    p[3].max_p_value = 5e-39; /* it has 5.6e-39 */
    p[4].min_seen = 13;
    p[5].epsilon = 0.2;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(dye_attribute(&s->c, &p[i], &s->got, NULL), DYE_OK);
        assert_int_equal(s->got.verdict, i == 0 ? DYE_ATTRIBUTED : DYE_INSUFFICIENT);
        dye_attribution_done(&s->got);
    }
}

static void what_was_planted_after_the_acquisition_is_unexplained(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 21);
    plant_at(s, a, t, 20, 100 * DAY + 1);
    see(s, t, 21, 1); /* and one that nobody ever held */
    run(s);
    assert_int_equal(s->got.verdict, DYE_INSUFFICIENT);
    assert_int_equal(s->got.unexplained, 21);
    assert_int_equal(s->got.n, 0);
    dye_attribution_done(&s->got);
    for (size_t i = 0; i < 20; i++)
        s->holdings[i].planted_at = 100 * DAY; /* the very second still counts */
    run(s);
    assert_int_equal(s->got.verdict, DYE_ATTRIBUTED);
    assert_int_equal(s->got.unexplained, 1);
}

static void repeats_count_once(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t t = canaries(s, 40);
    plant_at(s, a, t, 40, 60 * DAY);
    plant_at(s, a, t, 40, 2 * DAY); /* withdrawn and planted again: the earliest counts */
    see(s, t, 1, 0.2);
    see(s, t, 1, 1);
    see(s, t, 1, 0.7);
    see(s, t + 1, 11, 1);
    run(s);
    assert_int_equal(of(s, a)->planted, 40);
    assert_int_equal(of(s, a)->seen, 12);
    assert_true(of(s, a)->taken_after == 2 * DAY);
    assert_near(of(s, a)->log10_lr, 36.473012734884, 1e-9);
}

static void baseline_shares_a_canary_among_its_holders(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    uint32_t b = source(s, 0);
    uint32_t t = canaries(s, 2);
    plant(s, a, t, 2);
    plant(s, b, t + 1, 1);
    see(s, t, 1, 0.5);
    see(s, t + 1, 1, 1);
    run(s);
    assert_near(of(s, a)->baseline, 1 - (1 - 0.5 * 0.99) * (1 - 0.99 / 2), 1e-12);
    assert_near(of(s, b)->baseline, 0.99 / 2, 1e-12);
}

static void a_case_that_makes_no_sense_is_refused(void **state)
{
    struct story *s = *state;
    uint32_t a = source(s, 0);
    plant(s, a, canaries(s, 2), 2);
    see(s, 0, 1, 1);
    struct dye_attribution untouched = {.n = 77};
    struct dye_error err;
    const struct dye_attribute_holding holding = s->holdings[0];
    const struct dye_attribute_seen seen = s->seen[0];

    s->holdings[0].canary = 2;
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    s->holdings[0] = holding;
    s->holdings[0].source = 1;
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    s->holdings[0] = holding;
    s->seen[0].canary = 2;
    assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    const double not_probabilities[] = {-0.1, 1.1, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        s->seen[0] = seen;
        s->seen[0].probability = not_probabilities[i];
        assert_int_equal(dye_attribute(&s->c, NULL, &untouched, &err), DYE_E_USAGE);
    }
    s->seen[0] = seen;
    struct dye_attribute_params usual;
    dye_attribute_params_default(&usual);
    struct dye_attribute_params p[5] = {usual, usual, usual, usual, usual};
    p[0].epsilon = 0;
    p[1].prior = 1;
    p[2].min_seen = 0;
    p[3].z = NAN;
    p[4].epsilon = NAN;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(dye_attribute(&s->c, &p[i], &untouched, &err), DYE_E_USAGE);
    assert_int_equal(err.status, DYE_E_USAGE);
    assert_int_equal(untouched.n, 77);
}

static void verdicts_have_their_names(void **state)
{
    (void)state;
    assert_string_equal(dye_attribution_verdict_name(DYE_ATTRIBUTED), "attributed");
    assert_string_equal(dye_attribution_verdict_name(DYE_INSUFFICIENT), "insufficient");
    assert_string_equal(dye_attribution_verdict_name(DYE_NOT_COVERED), "not-covered");
    assert_string_equal(dye_attribution_verdict_name(DYE_CONTROL_HIT), "control-hit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(likelihood_ratio_is_that_of_the_definition),
        STORY(one_leaking_source_is_named_with_its_figures),
        STORY(two_leaks_merged_name_both),
        STORY(sources_that_hold_the_same_are_undecided),
        STORY(all_that_hold_the_same_are_in_one_group),
        STORY(an_undecided_pair_does_not_hide_a_third_source),
        STORY(a_flow_is_decided_by_what_is_not_seen),
        STORY(a_flow_is_decided_by_what_only_downstream_holds),
        STORY(one_sighting_does_not_decide_between_two_sources),
        STORY(a_source_that_two_others_could_replace_is_undecided),
        STORY(a_control_seen_overrides_everything),
        STORY(a_faint_control_is_not_a_hit),
        STORY(nothing_seen_is_not_covered_and_says_how_little_that_means),
        STORY(nothing_planted_has_no_power),
        STORY(a_source_without_canaries_pulls_the_power_down),
        STORY(too_little_is_insufficient),
        STORY(every_threshold_holds_on_its_own),
        STORY(what_was_planted_after_the_acquisition_is_unexplained),
        STORY(repeats_count_once),
        STORY(baseline_shares_a_canary_among_its_holders),
        STORY(a_case_that_makes_no_sense_is_refused),
        cmocka_unit_test(verdicts_have_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
