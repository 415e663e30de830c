/*
 * What must be true of any case: sources of their own canaries, flows that share them, copies, strays, weak sightings,
 * late plantings, at random; trees, flows as such and shared canaries with variants where enrich() adds them.
 */
#include "dye/attribute.h"
#include "rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SOURCES = 14, CANARIES = 220, HOLDINGS = 4000, SEEN = 400, ROUNDS = 1500 };

struct world {
    struct dye_attribute_source sources[SOURCES];
    struct dye_attribute_canary canaries[CANARIES];
    struct dye_attribute_holding holdings[HOLDINGS];
    struct dye_attribute_seen seen[SEEN];
    struct dye_attribute_flow flows[SOURCES];
    struct dye_attribute_case c;
};

static struct rng rng;
static struct rng ends; /* of flows: a stream of their own, so that the rest of a seed's world stays what it was */

static uint32_t below(uint32_t n)
{
    return (uint32_t)rng_below(&rng, n);
}

static void attach(struct world *w)
{
    w->c.sources = w->sources;
    w->c.canaries = w->canaries;
    w->c.holdings = w->holdings;
    w->c.seen = w->seen;
    w->c.flows = w->flows;
}

static void hold(struct world *w, uint32_t source, uint32_t canary)
{
    int64_t at = (int64_t)rng_below(&rng, 1000);
    if (below(50) == 0)
        at += 2000; /* after the acquisition */
    if (w->c.n_holdings < HOLDINGS)
        w->holdings[w->c.n_holdings++] =
            (struct dye_attribute_holding){.canary = canary, .source = source, .planted_at = at};
}

/* `overlap`: some sources also hold what an earlier one does. One or two spare sources and canaries stay unused. */
static void make_world(struct world *w, bool overlap)
{
    *w = (struct world){.c = {.records = 1 + rng_below(&rng, 5000), .acquired_at = 1000}};
    attach(w);
    w->c.n_sources = 2 + below(SOURCES - 3);
    for (uint32_t s = 0; s < w->c.n_sources; s++) {
        uint32_t first = (uint32_t)w->c.n_canaries;
        w->sources[s].population = below(3) == 0 ? 0 : 1 + below(20000);
        uint32_t own = below(16);
        w->c.n_canaries += own;
        for (uint32_t i = 0; i < own; i++)
            hold(w, s, first + i);
        if (!overlap || s == 0 || below(2) == 0)
            continue;
        uint32_t upstream = below(s);
        uint32_t share = 1 + below(4);
        for (size_t i = w->c.n_holdings; i-- > 0;)
            if (w->holdings[i].source == upstream && below(4) < share)
                hold(w, s, w->holdings[i].canary);
    }
    bool leaks[SOURCES] = {false};
    for (uint32_t i = below(4); i > 0; i--)
        leaks[below((uint32_t)w->c.n_sources)] = true;
    double survival = rng_unit(&rng);
    for (size_t i = 0; i < w->c.n_holdings && w->c.n_seen < SEEN; i++)
        if (leaks[w->holdings[i].source] ? rng_unit(&rng) < survival : below(60) == 0)
            w->seen[w->c.n_seen++] =
                (struct dye_attribute_seen){.canary = w->holdings[i].canary,
                                            .probability = below(4) == 0 ? rng_unit(&rng) : 1 - rng_unit(&rng) * 1e-6};
}

/* A tree, flows, and copies of a shared table, of which some holder's or a mixture is seen. */
static void enrich(struct world *w)
{
    uint32_t n = (uint32_t)w->c.n_sources;
    for (uint32_t s = 1; s < n; s++)
        w->sources[s].parent = below(3) == 0 ? 0 : 1 + below(s);
    for (uint32_t i = below(4); i > 0; i--)
        w->flows[w->c.n_flows++] =
            (struct dye_attribute_flow){.from = below(n),
                                        .to = below(n),
                                        .until = rng_below(&ends, 3) == 0 ? 1 + (int64_t)rng_below(&ends, 1200) : 0};
    uint32_t leaking = below(n);
    uint32_t joined = below(n);
    uint32_t positions = below(60);
    for (uint32_t j = 0; j < positions && w->c.n_canaries < CANARIES && w->c.n_seen < SEEN; j++) {
        uint32_t t = (uint32_t)w->c.n_canaries++;
        uint8_t shown = 0;
        w->canaries[t].bias = 0.01 + 0.98 * rng_unit(&rng);
        w->canaries[t].code = j % 3 == 0;
        for (uint32_t s = 0; s < n && w->c.n_holdings < HOLDINGS; s++) {
            uint8_t variant = rng_unit(&rng) < w->canaries[t].bias ? 2 : 1;
            w->holdings[w->c.n_holdings++] = (struct dye_attribute_holding){
                .canary = t, .source = s, .variants = variant, .withdrawn_at = below(8) == 0 ? 900 : 0};
            if (s == leaking || (s == joined && below(2) == 0))
                shown |= variant;
        }
        if (below(4) != 0)
            w->seen[w->c.n_seen++] = (struct dye_attribute_seen){
                .canary = t, .variants = shown, .probability = below(5) == 0 ? rng_unit(&rng) : 0.99999};
    }
    for (size_t i = 0; i < w->c.n_seen; i++)
        w->seen[i].inherited = below(25) == 0;
}

static struct dye_attribution attribute(const struct world *w)
{
    struct dye_attribution a;
    struct dye_error err;
    if (dye_attribute(&w->c, NULL, &a, &err) != DYE_OK)
        fail_msg("%s", err.message);
    return a;
}

static const struct dye_attribution_source *find(const struct dye_attribution *a, uint32_t source)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->sources[i].source == source)
            return &a->sources[i];
    return NULL;
}

static void assert_same_number(double a, double b)
{
    if (isnan(a) != isnan(b) || (!isnan(a) && fabs(a - b) > 1e-9 * (1 + fabs(a))))
        fail_msg("%.17g became %.17g", a, b);
}

static void shuffle(uint32_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        p[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = below(i);
        uint32_t kept = p[i - 1];
        p[i - 1] = p[j];
        p[j] = kept;
    }
}

static void order_does_not_matter(void **state)
{
    (void)state;
    static struct world w, v;
    static uint32_t s_to[SOURCES], t_to[CANARIES], h_to[HOLDINGS], y_to[SEEN];
    unsigned attributed = 0;
    unsigned grouped = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, round % 2 == 0);
        if (round % 3 == 0)
            enrich(&w);
        v = w;
        attach(&v);
        shuffle(s_to, (uint32_t)w.c.n_sources);
        shuffle(t_to, (uint32_t)w.c.n_canaries);
        shuffle(h_to, (uint32_t)w.c.n_holdings);
        shuffle(y_to, (uint32_t)w.c.n_seen);
        for (size_t i = 0; i < w.c.n_sources; i++)
            v.sources[s_to[i]] = (struct dye_attribute_source){
                w.sources[i].population, w.sources[i].parent != 0 ? 1 + s_to[w.sources[i].parent - 1] : 0};
        for (size_t i = 0; i < w.c.n_canaries; i++)
            v.canaries[t_to[i]] = w.canaries[i];
        for (size_t i = 0; i < w.c.n_flows; i++)
            v.flows[w.c.n_flows - 1 - i] =
                (struct dye_attribute_flow){s_to[w.flows[i].from], s_to[w.flows[i].to], w.flows[i].until};
        for (size_t i = 0; i < w.c.n_holdings; i++) {
            struct dye_attribute_holding *h = &v.holdings[h_to[i]];
            *h = w.holdings[i];
            h->canary = t_to[h->canary];
            h->source = s_to[h->source];
        }
        for (size_t i = 0; i < w.c.n_seen; i++) {
            v.seen[y_to[i]] = w.seen[i];
            v.seen[y_to[i]].canary = t_to[w.seen[i].canary];
        }
        struct dye_attribution a = attribute(&w);
        struct dye_attribution b = attribute(&v);
        assert_int_equal(a.verdict, b.verdict);
        assert_int_equal(a.n, b.n);
        assert_int_equal(a.groups, b.groups);
        assert_int_equal(a.unexplained, b.unexplained);
        assert_same_number(a.power, b.power);
        for (size_t i = 0; i < a.n; i++) {
            const struct dye_attribution_source *x = &a.sources[i];
            const struct dye_attribution_source *y = find(&b, s_to[x->source]);
            assert_non_null(y);
            assert_int_equal(x->in_set, y->in_set);
            assert_int_equal(x->group != 0, y->group != 0);
            assert_int_equal(x->seen, y->seen);
            assert_int_equal(x->planted, y->planted);
            assert_true(x->taken_after == y->taken_after);
            assert_same_number(x->log10_lr, y->log10_lr);
            assert_same_number(x->posterior, y->posterior);
            assert_same_number(x->p_value, y->p_value);
            assert_same_number(x->baseline, y->baseline);
            assert_same_number(x->leaked_high, y->leaked_high);
            assert_same_number(x->code_p_value, y->code_p_value);
            assert_int_equal(x->agree, y->agree);
        }
        attributed += a.verdict == DYE_ATTRIBUTED;
        grouped += a.groups > 0;
        dye_attribution_done(&a);
        dye_attribution_done(&b);
    }
    print_message("%u of %d cases attributed, %u with groups\n", attributed, ROUNDS, grouped);
    assert_true(attributed > ROUNDS / 10 && grouped > ROUNDS / 50); /* or nothing was tested */
}

static void what_is_said_of_a_source_is_consistent(void **state)
{
    (void)state;
    static struct world w;
    struct dye_attribute_params p;
    dye_attribute_params_default(&p);
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, round % 2 == 0);
        struct dye_attribution a = attribute(&w);
        size_t named = 0;
        for (size_t i = 0; i < a.n; i++) {
            const struct dye_attribution_source *x = &a.sources[i];
            assert_true(x->posterior >= 0 && x->posterior <= 1 && x->p_value >= 0 && x->p_value <= 1);
            assert_true(x->baseline >= 0 && x->baseline <= 1 && x->seen <= x->planted);
            assert_true(x->group <= a.groups && !(x->in_set && x->group != 0));
            assert_true(isnan(x->leaked) || (x->leaked_low <= x->leaked && x->leaked <= x->leaked_high));
            assert_true((x->taken_after == INT64_MIN) == (x->seen == 0) && x->taken_after <= w.c.acquired_at);
            named += x->in_set;
            if (x->in_set)
                assert_true(x->log10_lr >= p.min_log10_lr && x->posterior >= p.min_posterior &&
                            x->p_value <= p.max_p_value && x->seen >= p.min_seen);
            for (size_t j = 0; j < i; j++)
                assert_true(a.sources[j].source != x->source && a.sources[j].in_set >= x->in_set);
        }
        assert_int_equal(a.verdict == DYE_ATTRIBUTED, named > 0);
        assert_int_equal(a.verdict == DYE_NOT_COVERED, w.c.n_seen == 0);
        dye_attribution_done(&a);
    }
}

static double odds(double probability) /* the logarithm */
{
    return log(probability) - log1p(-probability);
}

static void an_unseen_unrelated_source_changes_nothing(void **state)
{
    (void)state;
    static struct world w;
    struct dye_attribute_params p;
    dye_attribute_params_default(&p);
    unsigned skipped = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, round % 2 == 0);
        struct dye_attribution a = attribute(&w);
        uint32_t other = (uint32_t)w.c.n_sources++;
        for (unsigned i = 0; i < 8 && w.c.n_canaries < CANARIES; i++)
            hold(&w, other, (uint32_t)w.c.n_canaries++);
        struct dye_attribution b = attribute(&w);
        /* One more source is one more test, so Bonferroni's factor grows by at most a half, and so does what mis-links
         * and strays can fall on, of few canaries: only what is as near as that to a limit may tip. */
        bool near = false;
        for (size_t i = 0; i < a.n; i++) {
            double beyond = odds(a.sources[i].posterior) - odds(p.min_posterior);
            double p_value = a.sources[i].p_value / p.max_p_value;
            near |= (p_value > 0.5 && p_value <= 10) || (beyond > -1 && beyond < 0.5);
        }
        skipped += near;
        for (size_t i = 0; i < a.n && !near; i++) {
            const struct dye_attribution_source *y = find(&b, a.sources[i].source);
            assert_non_null(y);
            assert_int_equal(a.sources[i].in_set, y->in_set);
            assert_int_equal(a.sources[i].group, y->group);
            assert_same_number(a.sources[i].log10_lr, y->log10_lr);
        }
        dye_attribution_done(&a);
        dye_attribution_done(&b);
    }
    print_message("%u of %d cases near a limit\n", skipped, ROUNDS);
    assert_true(skipped < ROUNDS / 4);
}

static void more_sightings_never_weaken_a_source_of_its_own_canaries(void **state)
{
    (void)state;
    static struct world w;
    struct dye_attribute_params p;
    dye_attribute_params_default(&p);
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, false);
        if (w.c.n_seen == SEEN || w.c.n_holdings == 0)
            continue;
        const struct dye_attribute_holding *h = &w.holdings[below((uint32_t)w.c.n_holdings)];
        if (h->planted_at > w.c.acquired_at)
            continue;
        struct dye_attribution a = attribute(&w);
        w.seen[w.c.n_seen++] = (struct dye_attribute_seen){.canary = h->canary, .probability = 1};
        struct dye_attribution b = attribute(&w);
        const struct dye_attribution_source *x = find(&a, h->source);
        const struct dye_attribution_source *y = find(&b, h->source);
        assert_non_null(y);
        if (x != NULL) {
            assert_true(y->in_set >= x->in_set && y->seen >= x->seen);
            /* Of what is less than likely mis-links may explain the second sighting better than a leak does. */
            assert_true(y->posterior >= x->posterior - 1e-9 || y->posterior < p.prior);
            assert_true(y->log10_lr >= x->log10_lr - 1e-9);
            assert_true(y->p_value <= x->p_value * (1 + 1e-9) && y->baseline >= x->baseline - 1e-9);
        }
        dye_attribution_done(&a);
        dye_attribution_done(&b);
    }
}

static void a_source_with_a_perfect_copy_is_never_named(void **state)
{
    (void)state;
    static struct world w;
    unsigned would = 0;
    for (unsigned round = 0; round < 4 * ROUNDS; round++) {
        make_world(&w, round % 2 == 0);
        struct dye_attribution a = attribute(&w);
        uint32_t original = below((uint32_t)w.c.n_sources);
        uint32_t copy = (uint32_t)w.c.n_sources++;
        size_t n = w.c.n_holdings;
        for (size_t i = 0; i < n; i++)
            if (w.holdings[i].source == original) {
                assert_true(w.c.n_holdings < HOLDINGS); /* else it is no perfect copy */
                w.holdings[w.c.n_holdings] = w.holdings[i];
                w.holdings[w.c.n_holdings++].source = copy;
            }
        struct dye_attribution b = attribute(&w);
        const struct dye_attribution_source *x = find(&b, original);
        const struct dye_attribution_source *y = find(&b, copy);
        assert_false(x != NULL && x->in_set);
        assert_false(y != NULL && y->in_set);
        would += find(&a, original) != NULL && find(&a, original)->in_set;
        dye_attribution_done(&a);
        dye_attribution_done(&b);
    }
    assert_true(would > ROUNDS / 20); /* of these, the copy took the name away */
}

static void a_control_takes_every_name_away(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned round = 0; round < ROUNDS / 5; round++) {
        make_world(&w, round % 2 == 0);
        if (w.c.n_seen == SEEN || w.c.n_canaries == CANARIES)
            continue;
        uint32_t control = (uint32_t)w.c.n_canaries++;
        w.canaries[control].control = true;
        w.seen[w.c.n_seen++] = (struct dye_attribute_seen){.canary = control, .probability = 0.5 + rng_unit(&rng) / 2};
        struct dye_attribution a = attribute(&w);
        assert_int_equal(a.verdict, DYE_CONTROL_HIT);
        assert_int_equal(a.controls, 1);
        for (size_t i = 0; i < a.n; i++)
            assert_true(!a.sources[i].in_set && a.sources[i].group == 0);
        dye_attribution_done(&a);
    }
}

static void inherited_canaries_are_as_good_as_none(void **state)
{
    (void)state;
    static struct world w, v;
    for (unsigned round = 0; round < ROUNDS / 2; round++) {
        bool gone[CANARIES] = {false};
        make_world(&w, round % 2 == 0);
        enrich(&w);
        for (size_t i = 0; i < w.c.n_seen; i++)
            gone[w.seen[i].canary] |= w.seen[i].inherited;
        v = w;
        attach(&v);
        v.c.n_holdings = v.c.n_seen = 0;
        for (size_t i = 0; i < w.c.n_holdings; i++)
            if (!gone[w.holdings[i].canary])
                v.holdings[v.c.n_holdings++] = w.holdings[i];
        for (size_t i = 0; i < w.c.n_seen; i++)
            if (!gone[w.seen[i].canary])
                v.seen[v.c.n_seen++] = w.seen[i];
        if (v.c.n_seen == 0)
            continue;
        struct dye_attribution a = attribute(&w);
        struct dye_attribution b = attribute(&v);
        assert_int_equal(a.verdict, b.verdict);
        assert_int_equal(a.n, b.n);
        for (size_t i = 0; i < a.n; i++) {
            assert_int_equal(a.sources[i].source, b.sources[i].source);
            assert_int_equal(a.sources[i].in_set, b.sources[i].in_set);
            assert_same_number(a.sources[i].log10_lr, b.sources[i].log10_lr);
            assert_same_number(a.sources[i].posterior, b.sources[i].posterior);
        }
        dye_attribution_done(&a);
        dye_attribution_done(&b);
    }
}

/* Whoever took no part was dealt its variants by their biases. Over all that it may have been dealt, the e-value has
 * mean 1, whatever was seen: a holder a codeword, each weighed by its chance. */
static void the_e_value_of_a_copy_has_mean_one(void **state)
{
    enum { POSITIONS = 7, WORDS = 1 << POSITIONS };
    (void)state;
    static struct dye_attribute_source sources[WORDS];
    static struct dye_attribute_holding holdings[WORDS * POSITIONS];
    for (unsigned round = 0; round < 200; round++) {
        struct dye_attribute_canary canaries[POSITIONS] = {0};
        struct dye_attribute_seen seen[POSITIONS];
        double weight[WORDS];
        struct dye_attribution a;
        for (unsigned j = 0; j < POSITIONS; j++) {
            canaries[j].bias = 0.01 + 0.98 * rng_unit(&rng);
            canaries[j].code = j == 0;
            seen[j] = (struct dye_attribute_seen){.canary = j,
                                                  .variants = j == 1 ? 1 : (uint8_t)below(4),
                                                  .probability = below(2) == 0 ? 1 : rng_unit(&rng)};
        }
        for (unsigned word = 0; word < WORDS; word++) {
            weight[word] = 1;
            for (unsigned j = 0; j < POSITIONS; j++) {
                bool b = (word >> j & 1) != 0;
                weight[word] *= b ? canaries[j].bias : 1 - canaries[j].bias;
                holdings[word * POSITIONS + j] =
                    (struct dye_attribute_holding){.canary = j, .source = word, .variants = b ? 2 : 1};
            }
        }
        const struct dye_attribute_case c = {
            .sources = sources,
            .n_sources = WORDS,
            .canaries = canaries,
            .n_canaries = POSITIONS,
            .holdings = holdings,
            .n_holdings = WORDS * POSITIONS,
            .seen = seen,
            .n_seen = POSITIONS,
            .acquired_at = 1,
        };
        assert_int_equal(dye_attribute(&c, NULL, &a, NULL), DYE_OK);
        double mean = 0;
        double listed = 0;
        for (size_t i = 0; i < a.n; i++) { /* the ratio of a holder of nothing else is (1 + e) / 2 */
            mean += weight[a.sources[i].source] * (2 * pow(10, a.sources[i].log10_lr) - 1);
            listed += weight[a.sources[i].source];
        }
        if (listed > 1 - 1e-12) /* who shows nothing is not listed */
            assert_true(fabs(mean - 1) < 1e-9);
        dye_attribution_done(&a);
    }
}

/* Everybody has the same copy: it says nothing of anybody. */
static void copies_that_are_all_alike_name_nobody(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned round = 0; round < ROUNDS / 5; round++) {
        w = (struct world){.c = {.records = 100, .acquired_at = 1000}};
        attach(&w);
        w.c.n_sources = 2 + below(SOURCES - 3);
        for (uint32_t j = 0; j < 150; j++) {
            uint32_t t = (uint32_t)w.c.n_canaries++;
            uint8_t variant = (uint8_t)(1 + below(2));
            w.canaries[t].bias = 0.01 + 0.98 * rng_unit(&rng);
            for (uint32_t s = 0; s < w.c.n_sources; s++)
                w.holdings[w.c.n_holdings++] =
                    (struct dye_attribute_holding){.canary = t, .source = s, .variants = variant};
            w.seen[w.c.n_seen++] = (struct dye_attribute_seen){.canary = t, .variants = variant, .probability = 1};
        }
        struct dye_attribution a = attribute(&w);
        assert_int_equal(a.verdict, DYE_INSUFFICIENT);
        assert_int_equal(a.groups, 1);
        dye_attribution_done(&a);
    }
}

static int start(void **state)
{
    (void)state;
    rng_init(&ends, 1);
    rng_init(&rng, rng_seed(1)); /* a seed at which greed alone names a source that has a copy */
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(inherited_canaries_are_as_good_as_none),
        cmocka_unit_test(the_e_value_of_a_copy_has_mean_one),
        cmocka_unit_test(copies_that_are_all_alike_name_nobody),
        cmocka_unit_test(what_is_said_of_a_source_is_consistent),
        cmocka_unit_test(an_unseen_unrelated_source_changes_nothing),
        cmocka_unit_test(more_sightings_never_weaken_a_source_of_its_own_canaries),
        cmocka_unit_test(a_source_with_a_perfect_copy_is_never_named),
        cmocka_unit_test(a_control_takes_every_name_away),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
