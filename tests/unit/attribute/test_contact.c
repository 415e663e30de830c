#include "dye/contact.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { DAY = 86400, PLANTED = 30, CONTROLS = 40, LINES = PLANTED + CONTROLS, CONTACTS = 200 };

/* Thirty lines of one source, planted on day 100, and forty controls; all watched from day 0 to 400. */
static struct world {
    struct dye_contact_line lines[LINES];
    struct dye_contact_holding held[PLANTED];
    struct dye_contact contacts[CONTACTS];
    struct dye_contact_case c;
} w;

static int make_world(void **state)
{
    (void)state;
    w = (struct world){.c = {.n_lines = LINES, .n_holdings = PLANTED, .n_sources = 1, .until = 400 * DAY}};
    for (uint32_t i = 0; i < LINES; i++)
        w.lines[i].block = 3;
    for (uint32_t i = 0; i < PLANTED; i++)
        w.held[i] = (struct dye_contact_holding){i, 0, 100 * DAY};
    w.c.lines = w.lines;
    w.c.holdings = w.held;
    w.c.contacts = w.contacts;
    return 0;
}

static void call(uint32_t line, uint64_t caller, int64_t at)
{
    assert_true(w.c.n_contacts < CONTACTS);
    w.contacts[w.c.n_contacts++] = (struct dye_contact){line, caller, at};
}

static struct dye_contact_source weigh(void)
{
    struct dye_contact_source s[2];
    assert_int_equal(dye_contact_weigh(&w.c, NULL, s, NULL), DYE_OK);
    return s[0];
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * fabs(want)))
        fail_msg("got %.17g, want %.17g", got, want);
}

static void nobody_who_calls_is_no_lead(void **state)
{
    (void)state;
    struct dye_contact_source s = weigh();
    assert_int_equal(s.verdict, DYE_CONTACT_NONE);
    assert_true(s.p_value == 1 && s.lines == PLANTED && s.controls == CONTROLS);
    assert_near(s.exposure_s, 30.0 * 300 * DAY);
    assert_near(s.baseline_exposure_s, 30.0 * 100 * DAY + 40.0 * 400 * DAY);
}

static void one_call_is_a_lead(void **state)
{
    (void)state;
    call(4, 1, 200 * DAY);
    assert_int_equal(weigh().verdict, DYE_CONTACT_LEAD);
}

static void call_backs_and_duplicates_are_one_call(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        call(4, 1, 200 * DAY + i * 3600 * 10); /* each within a day of the last */
    call(4, 0, 210 * DAY);                     /* somebody */
    call(4, 0, 210 * DAY + 60);                /* the same, for all that is known */
    call(4, 2, 210 * DAY + 90);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.contacts, 3);
    assert_int_equal(s.lines_reached, 1);
    call(4, 1, 300 * DAY);
    assert_int_equal(weigh().contacts, 4);
}

static void a_series_above_the_controls_is_evidence(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20; i++)
        call(i, 100 + i, (200 + (int64_t)i) * DAY);
    call(PLANTED, 1, 250 * DAY);
    call(PLANTED + 7, 2, 260 * DAY);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.verdict, DYE_CONTACT_EVIDENCE);
    assert_int_equal(s.contacts, 20);
    assert_int_equal(s.baseline_contacts, 2);
    assert_true(s.p_rate < 1e-6);
    /* Python: sum(comb(30,j) comb(40,22-j) for j in 20..22) / comb(70,22), and three starts were tried. */
    assert_near(s.p_spread, 3 * 2.7971856943456377e-08);
    assert_near(s.p_value, s.p_spread > s.p_rate ? s.p_spread : s.p_rate);
}

/* Python: 8 trials with share 300/900 on average: exposure 9000 of 9000 + 18000 line days; 6 or more. */
static void the_rate_is_held_against_controls_and_the_time_before(void **state)
{
    (void)state;
    w.c.n_lines = PLANTED + 15; /* exposure 9000 days; baseline 3000 before, 6000 of controls */
    for (uint32_t i = 0; i < 6; i++)
        call(i, i + 1, 150 * DAY);
    call(3, 9, 50 * DAY); /* before it was planted */
    call(PLANTED + 1, 9, 150 * DAY);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.baseline_contacts, 2);
    /* sum(comb(8,j) / 2**8 for j in 6..8) */
    assert_near(s.p_rate, 37.0 / 256);
    assert_int_equal(s.verdict, DYE_CONTACT_LEAD);
}

static void one_recycled_number_is_no_evidence(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 100; i++) /* a hundred people who look for who had it before */
        call(4, 1000 + (uint64_t)i, (110 + 2 * i) * DAY);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.contacts, 100);
    assert_true(s.p_rate < 1e-20 && s.p_spread > 0.4);
    assert_int_equal(s.verdict, DYE_CONTACT_LEAD);
}

static void a_sink_that_leaked_is_told_from_a_source(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LINES; i++) /* all mailboxes get it, in the last month; none did in the year before */
        call(i, 100 + i, 380 * DAY + i);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.verdict, DYE_CONTACT_SINK);
    assert_int_equal(s.controls_reached, CONTROLS);
    assert_true(s.p_spread == 1);
}

static void without_controls_nothing_is_evidence(void **state)
{
    (void)state;
    for (uint32_t i = PLANTED; i < LINES; i++)
        w.lines[i].block = 4; /* another pool's */
    for (uint32_t i = 0; i < 20; i++)
        call(i, 100 + i, 200 * DAY);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.controls, 0);
    assert_true(s.p_value == 1);
    assert_int_equal(s.verdict, DYE_CONTACT_LEAD);
}

/* Two blocks with shares of their own: five trials at 1/2, four at 1/4; Python gives 0.079345703125 for six or more. */
static void blocks_have_shares_of_their_own(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LINES; i++)
        w.lines[i].block = i < 10 || (i >= PLANTED && i < PLANTED + 5) ? 1 : 2;
    for (uint32_t i = 0; i < PLANTED; i++)
        w.held[i].planted_at = i < 10 ? 200 * DAY : i < 20 ? 0 : 300 * DAY;
    /* Block 1: 10 x 200 days against 10 x 200 before: no controls of it are left. Block 2: 10 x 400 planted at once. */
    w.c.n_lines = PLANTED;
    for (uint32_t i = 20; i < PLANTED; i++)
        w.held[i] = w.held[10]; /* repeats; lines 20 to 29 are controls of block 2 */
    for (uint32_t i = 20; i < PLANTED; i++)
        w.lines[i].watched_from = -800 * DAY;
    for (uint32_t i = 0; i < 3; i++)
        call(i, 1 + i, 300 * DAY);
    call(4, 9, 100 * DAY);
    call(5, 9, 100 * DAY);
    for (uint32_t i = 10; i < 13; i++)
        call(i, 1 + i, 300 * DAY);
    call(25, 9, 200 * DAY);
    struct dye_contact_source s = weigh();
    assert_int_equal(s.contacts, 6);
    assert_int_equal(s.baseline_contacts, 3);
    assert_near(s.p_rate, 0.079345703125);
}

static void sources_that_are_asked_about_count_in_the_p(void **state)
{
    (void)state;
    struct dye_contact_source s[2];
    w.c.n_sources = 2;
    for (uint32_t i = 15; i < PLANTED; i++)
        w.held[i].source = 1;
    for (uint32_t i = 0; i < 12; i++)
        call(i, 100 + i, 200 * DAY);
    assert_int_equal(dye_contact_weigh(&w.c, NULL, s, NULL), DYE_OK);
    assert_near(s[0].p_value, 2 * (s[0].p_rate > s[0].p_spread ? s[0].p_rate : s[0].p_spread));
    assert_int_equal(s[0].verdict, DYE_CONTACT_EVIDENCE);
    assert_int_equal(s[1].verdict, DYE_CONTACT_NONE);
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    struct dye_contact_source s[1] = {{.lines = 77}};
    call(LINES, 1, 200 * DAY);
    assert_int_equal(dye_contact_weigh(&w.c, NULL, s, NULL), DYE_E_USAGE);
    w.c.n_contacts = 0;
    w.held[3].source = 1;
    assert_int_equal(dye_contact_weigh(&w.c, NULL, s, NULL), DYE_E_USAGE);
    assert_int_equal(s[0].lines, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nobody_who_calls_is_no_lead, make_world),
        cmocka_unit_test_setup(one_call_is_a_lead, make_world),
        cmocka_unit_test_setup(call_backs_and_duplicates_are_one_call, make_world),
        cmocka_unit_test_setup(a_series_above_the_controls_is_evidence, make_world),
        cmocka_unit_test_setup(the_rate_is_held_against_controls_and_the_time_before, make_world),
        cmocka_unit_test_setup(one_recycled_number_is_no_evidence, make_world),
        cmocka_unit_test_setup(a_sink_that_leaked_is_told_from_a_source, make_world),
        cmocka_unit_test_setup(without_controls_nothing_is_evidence, make_world),
        cmocka_unit_test_setup(blocks_have_shares_of_their_own, make_world),
        cmocka_unit_test_setup(sources_that_are_asked_about_count_in_the_p, make_world),
        cmocka_unit_test_setup(what_is_out_of_range_is_refused, make_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
