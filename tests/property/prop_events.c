/* What size, time, contacts and accounts say stays the same, or moves one way only, when a case is changed so that it
 * must. */
#include "dye/accounts.h"
#include "dye/contact.h"
#include "dye/extent.h"
#include "rng.h"

#include <math.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

enum { ROUNDS = 300, PLACEMENTS = 60, LINES = 60, CONTACTS = 300, CANARIES = 120, TOUCHES = 600 };
static struct rng rng;

static uint32_t below(uint32_t n)
{
    return (uint32_t)rng_below(&rng, n);
}

static void an_interval_holds_its_estimate_and_narrows_with_canaries(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20 * ROUNDS; i++) {
        struct dye_extent_stratum s = {1 + rng_below(&rng, 1000000), 1 + below(500), 0};
        s.seen = below(s.planted + 1);
        struct dye_extent_stratum more = {s.population, 4 * s.planted, 4 * s.seen};
        struct dye_extent e, wide, narrow;
        dye_extent_seeded(&s, 1.96, &e);
        dye_extent_seeded(&s, 2.58, &wide);
        dye_extent_seeded(&more, 1.96, &narrow);
        assert_true(0 <= e.low && e.low <= e.estimate && e.estimate <= e.high && e.high <= (double)s.population);
        assert_true(wide.low <= e.low && wide.high >= e.high);
        assert_true(narrow.high - narrow.low <= e.high - e.low + 1e-9);
    }
}

static void two_dumps_are_alike_in_either_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20 * ROUNDS; i++) {
        uint64_t common = rng_below(&rng, 1000);
        uint64_t first = common + rng_below(&rng, 100000) + 1;
        uint64_t second = common + rng_below(&rng, 100000);
        struct dye_extent a, b, more;
        dye_extent_chapman(first, second, common, 1.96, &a);
        dye_extent_chapman(second, first, common, 1.96, &b);
        assert_true(fabs(a.low - b.low) <= 1e-9 * a.high && fabs(a.high - b.high) <= 1e-9 * a.high);
        assert_true(a.low <= a.estimate * (1 + 1e-9) && a.estimate <= a.high * (1 + 1e-9));
        assert_true(a.low >= (double)(first + second - common));
        if (common < first && common < second) {
            dye_extent_chapman(first, second, common + 1, 1.96, &more);
            assert_true(more.estimate < a.estimate);
        }
    }
}

static void a_bracket_holds_what_is_likely_in_any_order(void **state)
{
    (void)state;
    unsigned narrowed = 0;
    for (unsigned round = 0; round < 10 * ROUNDS; round++) {
        struct dye_extent_placement p[PLACEMENTS];
        struct dye_extent_taken t, again;
        size_t n = below(PLACEMENTS + 1);
        int64_t copied = 500;
        for (size_t i = 0; i < n; i++) {
            p[i].planted_at = below(900);
            p[i].withdrawn_at = below(2) != 0 ? INT64_MAX : p[i].planted_at + 1 + below(500);
            p[i].seen = p[i].planted_at <= copied && copied < p[i].withdrawn_at && below(2) != 0;
        }
        int64_t newest = below(3) != 0 ? INT64_MIN : (int64_t)below(1000);
        assert_int_equal(dye_extent_taken(p, n, 1000, newest, 0.05, &t, NULL), DYE_OK);
        assert_true(t.after <= t.likely_after && t.likely_after <= t.likely_before && t.likely_before <= t.before);
        assert_true(t.before <= 1000 && !t.several);
        assert_true(t.by_newest || (t.after <= copied && copied < t.before));
        narrowed += t.likely_before < t.before;
        for (size_t i = n; i > 1; i--) {
            size_t k = below((uint32_t)i);
            struct dye_extent_placement swap = p[k];
            p[k] = p[i - 1];
            p[i - 1] = swap;
        }
        assert_int_equal(dye_extent_taken(p, n, 1000, newest, 0.05, &again, NULL), DYE_OK);
        assert_true(again.after == t.after && again.before == t.before && again.likely_after == t.likely_after &&
                    again.likely_before == t.likely_before);
    }
    assert_true(narrowed > ROUNDS / 10);
}

/* ---- contacts ---- */

struct book {
    struct dye_contact_line lines[LINES];
    struct dye_contact_holding held[LINES];
    struct dye_contact contacts[CONTACTS + 1];
    struct dye_contact_case c;
};

static void make_book(struct book *b)
{
    size_t n = 0;
    for (uint32_t i = 0; i < LINES; i++) {
        b->lines[i] = (struct dye_contact_line){.block = below(3), .watched_from = below(500)};
        if (i % 3 != 0)
            b->held[n++] = (struct dye_contact_holding){i, below(4), b->lines[i].watched_from + below(2000)};
    }
    size_t contacts = below(CONTACTS);
    for (size_t i = 0; i < contacts; i++)
        b->contacts[i] = (struct dye_contact){below(LINES), below(9), below(10000)};
    b->c = (struct dye_contact_case){b->lines, LINES, b->held, n, b->contacts, contacts, 4, 10000};
}

static const struct dye_contact_params short_window = {.max_p_value = 0.01, .min_series = 2, .window_s = 100};

static void weigh(const struct book *b, struct dye_contact_source ret[4])
{
    assert_int_equal(dye_contact_weigh(&b->c, &short_window, ret, NULL), DYE_OK);
}

static void contacts_say_the_same_in_any_order_and_twice(void **state)
{
    (void)state;
    static struct book b;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct dye_contact_source s[4], again[4];
        make_book(&b);
        weigh(&b, s);
        if (b.c.n_contacts == 0)
            continue;
        for (size_t i = b.c.n_contacts; i > 1; i--) {
            size_t k = below((uint32_t)i);
            struct dye_contact swap = b.contacts[k];
            b.contacts[k] = b.contacts[i - 1];
            b.contacts[i - 1] = swap;
        }
        b.contacts[b.c.n_contacts] = b.contacts[below((uint32_t)b.c.n_contacts)];
        b.c.n_contacts++;
        weigh(&b, again);
        for (size_t k = 0; k < 4; k++)
            assert_true(s[k].contacts == again[k].contacts && s[k].verdict == again[k].verdict &&
                        s[k].p_value == again[k].p_value && s[k].baseline_contacts == again[k].baseline_contacts);
    }
}

static void a_call_to_a_control_never_strengthens_a_source(void **state)
{
    (void)state;
    static struct book b;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct dye_contact_source s[4], after[4];
        make_book(&b);
        weigh(&b, s);
        b.contacts[b.c.n_contacts++] = (struct dye_contact){3 * below(LINES / 3), 1000, 9999};
        weigh(&b, after);
        for (size_t k = 0; k < 4; k++) {
            assert_true(after[k].p_rate >= s[k].p_rate * (1 - 1e-9));
            assert_true(after[k].p_spread >= 0 && after[k].p_spread <= 1 && after[k].p_value <= 1);
            assert_true(after[k].contacts == s[k].contacts && after[k].lines_reached <= after[k].lines);
            assert_true(after[k].verdict != DYE_CONTACT_EVIDENCE || after[k].p_value <= short_window.max_p_value);
        }
    }
}

/* ---- accounts ---- */

static void accounts_are_named_by_what_they_opened_in_time_and_by_no_order(void **state)
{
    (void)state;
    static struct dye_accounts_canary canaries[CANARIES];
    static struct dye_accounts_touch touches[TOUCHES];
    struct dye_attribute_params p;
    unsigned named = 0;
    dye_attribute_params_default(&p);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct dye_accounts_case c = {6, canaries, CANARIES, touches, 0, 1000};
        uint32_t leaker = below(6);
        for (uint32_t i = 0; i < CANARIES; i++)
            canaries[i] = (struct dye_accounts_canary){.planted_at = below(50)};
        while (c.n_touches < 200) {
            struct dye_accounts_touch t = {below(6), below(CANARIES), below(1200)};
            touches[c.n_touches++] = t;
            if (t.account == leaker && t.at < 1000 && below(4) != 0 && round % 2 == 0)
                canaries[t.canary].seen = 1;
        }
        struct dye_attribution a, again;
        double chance;
        assert_int_equal(dye_accounts(&c, NULL, &a, &chance, NULL), DYE_OK);
        for (size_t i = 0; i < a.n; i++) {
            const struct dye_attribution_source *s = &a.sources[i];
            assert_true(s->seen <= s->planted && s->p_value >= 0 && s->p_value <= 1);
            assert_true(!s->in_set || (s->source == leaker && s->p_value <= p.max_p_value));
            named += s->in_set;
        }
        for (size_t i = c.n_touches; i > 1; i--) {
            size_t k = below((uint32_t)i);
            struct dye_accounts_touch swap = touches[k];
            touches[k] = touches[i - 1];
            touches[i - 1] = swap;
        }
        for (size_t i = 0; i < 100; i++) /* later ones, and repeats, change nothing */
            touches[c.n_touches++] =
                i % 2 == 0 ? touches[i] : (struct dye_accounts_touch){below(6), below(CANARIES), 1000};
        assert_int_equal(dye_accounts(&c, NULL, &again, &chance, NULL), DYE_OK);
        assert_true(a.verdict == again.verdict && a.n == again.n);
        for (size_t i = 0; i < a.n; i++)
            assert_true(a.sources[i].source == again.sources[i].source &&
                        a.sources[i].in_set == again.sources[i].in_set &&
                        a.sources[i].p_value == again.sources[i].p_value);
        dye_attribution_done(&a);
        dye_attribution_done(&again);
    }
    print_message("%u of %d leakers named\n", named, ROUNDS / 2);
    assert_true(named > ROUNDS / 8);
}

static int start(void **state)
{
    (void)state;
    rng_init(&rng, rng_seed(1));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interval_holds_its_estimate_and_narrows_with_canaries),
        cmocka_unit_test(two_dumps_are_alike_in_either_order),
        cmocka_unit_test(a_bracket_holds_what_is_likely_in_any_order),
        cmocka_unit_test(contacts_say_the_same_in_any_order_and_twice),
        cmocka_unit_test(a_call_to_a_control_never_strengthens_a_source),
        cmocka_unit_test(accounts_are_named_by_what_they_opened_in_time_and_by_no_order),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
