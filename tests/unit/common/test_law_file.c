#include "law_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first */
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const char *const smallest =
    "law: x\ntitle: t\ncurrency: XXX\n"
    "identifies: {article: 1, certainty: H, sets: [[name, mobile]]}\n"
    "classes:\n"
    "  A: {weight: 3, article: a, certainty: H}\n"
    "  B: {weight: 2, article: b, certainty: H}\n"
    "  C: {weight: 1, article: c, certainty: H}\n"
    "information: [{name: health, class: B, article: b, certainty: M, words: [diagnosis]}]\n"
    "levels: [{name: one, score: 10, income: 0.50}]\n"
    "mixed: {article: m, certainty: H}\n"
    "income: {article: i, certainty: H}\n"
    "counting:\n"
    "  obtained_then_handed_on: {count: once, article: o, certainty: H}\n"
    "  different_buyers: {count: add, article: d, certainty: H}\n"
    "  bulk: {article: l, certainty: H}\n"
    "  untrue: {article: u, certainty: H}\n"
    "  duplicate: {article: p, certainty: H}\n"
    "keys: {order: [mobile, rows], coverage: 50}\n"
    "notices: [{name: n, to: somebody, clock: 3 working days, of: health, article: z, certainty: L}]\n"
    "calendar: {offset: '-03:30', years: [2026], holidays: [2026-12-30..2027-01-02], working: [2026-01-03]}\n";

static struct dye_law law;

static void the_smallest_file_is_read(void **state)
{
    (void)state;
    assert_int_equal(law_parse("x", smallest, strlen(smallest), &law, NULL), DYE_OK);
    assert_int_equal(law.class[DYE_LAW_A].weight, 3);
    assert_int_equal(law.identify[0], 1U << DYE_NAME | 1U << DYE_MOBILE);
    assert_string_equal(law.rule[0].words, "diagnosis\n");
    assert_int_equal(law.rule[0].basis.certainty, 'M');
    assert_int_equal(law.level[0].income, 50);
    assert_int_equal(law.insider.divisor, 1);
    assert_false(law.lawful.there);
    assert_true(law.once && law.add_up);
    assert_int_equal(law.notice[0].clock, DYE_LAW_WORKING_DAYS);
    assert_int_equal(law.notice[0].amount, 3);
    assert_int_equal(law.notice[0].rule, 0);
    assert_int_equal(law.calendar.offset_seconds, -(3 * 3600 + 30 * 60));
    assert_int_equal(law.calendar.holidays, 4);
    assert_int_equal(law.calendar.holiday[3], 20270102);
}

static void a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *line, *instead, *place, *told;
    } mistakes[] = {
        {"title: t", "titel: t", "x:2:", "unknown key `titel`"},
        {"[[name, mobile]]", "[[name, moblie]]", "x:4:", "unknown kind `moblie`"},
        {"weight: 2", "weight: two", "x:7:", "`weight` wants a number"},
        {"certainty: M", "certainty: sure", "x:9:", "`certainty` wants H, M or L"},
        {"class: B", "class: D", "x:9:", "a class is A, B or C"},
        {"words: [diagnosis]", "words: [icd-10]",
         "x:9:", "`icd-10`: a word that begins with a letter is letters alone"},
        {", words: [diagnosis]", "", "x:9:", "`health` has neither kinds nor words"},
        {"score: 10", "score: 0", "x:10:", "a threshold of 0 is none"},
        {"count: once", "count: twice", "x:14:", "`count` wants once or add"},
        {"[mobile, rows]", "[iris]", "x:19:", "a key is resident_id, mobile, name+mobile or rows"},
        {"3 working days", "soon", "x:20:", "`clock` wants at once"},
        {"of: health", "of: wealth", "x:20:", "`of`: no information is named `wealth`"},
        {"'-03:30'", "east", "x:21:", "`offset` wants hours and minutes"},
        {"2026-01-03]", "2026-02-30]", "x:21:", "a day such as 2026-01-31"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char text[4096];
        struct dye_error err = {0};
        const char *at = strstr(smallest, mistakes[i].line);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - smallest), smallest, mistakes[i].instead,
                 at + strlen(mistakes[i].line));
        assert_int_equal(law_parse("x", text, strlen(text), &law, &err), DYE_E_CONFIG);
        if (strncmp(err.message, mistakes[i].place, strlen(mistakes[i].place)) != 0 ||
            strstr(err.message, mistakes[i].told) == NULL)
            fail_msg("told: %s, wanted: %s %s", err.message, mistakes[i].place, mistakes[i].told);
    }
}

static void what_the_program_brings_is_the_law_as_it_stands(void **state)
{
    (void)state;
    struct dye_error err = {0};
    if (law_load(NULL, "cn", &law, &err) != DYE_OK)
        fail_msg("%s", err.message);
    assert_int_equal(law.levels, 2);
    assert_int_equal(law.level[0].score, 50 * law.class[DYE_LAW_A].weight);
    assert_int_equal(law.level[0].score, 500 * law.class[DYE_LAW_B].weight);
    assert_int_equal(law.level[0].score, 5000 * law.class[DYE_LAW_C].weight);
    assert_int_equal(law.level[1].score, 10 * law.level[0].score);
    assert_int_equal(law.level[1].income, 10 * law.level[0].income);
    assert_int_equal(law.level[0].income, 500000);
    assert_int_equal(law.lawful.profit, 5000000);
}

/* Thirty working days from Tuesday 10 February 2026: three more and a Saturday that is worked, then the holidays of
 * spring to the 23rd, four days and another such Saturday, then weeks to 30 March. */
static void a_large_leak_sets_off_reports_and_a_filing(void **state)
{
    (void)state;
    enum { KNOWN = 1770692400 };
    static const struct {
        const char *name;
        int64_t deadline;
    } wanted[] = {{"notice", KNOWN},
                  {"incident-cii", KNOWN + 3600},
                  {"incident-central", KNOWN + 7200},
                  {"incident-other", KNOWN + 14400},
                  {"face-filing", 1774886399}};
    uint64_t by_rule[DYE_LAW_RULES_MAX] = {0};
    struct dye_law_due due[DYE_LAW_NOTICES_MAX];
    assert_int_equal(law_load(NULL, "cn", &law, NULL), DYE_OK);
    size_t face = 0;
    while (strcmp(law.rule[face].name, "face") != 0)
        face++;
    by_rule[face] = 99999;
    assert_int_equal(dye_law_notices(&law, 999999, by_rule, KNOWN, due), 1);
    by_rule[face] = 100000;
    assert_int_equal(dye_law_notices(&law, 1000000, by_rule, KNOWN, due), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(due[i].notice->name, wanted[i].name);
        assert_int_equal(due[i].deadline, wanted[i].deadline);
        assert_true(due[i].by_calendar);
    }
    assert_int_equal(dye_law_notices(&law, 0, by_rule, KNOWN, due), 1); /* the faces alone */
}

static void an_unknown_law_is_refused(void **state)
{
    (void)state;
    assert_int_equal(law_load(NULL, "atlantis", &law, NULL), DYE_E_USAGE);
    assert_int_equal(law_load(NULL, "../cn", &law, NULL), DYE_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_file_is_read),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(what_the_program_brings_is_the_law_as_it_stands),
        cmocka_unit_test(a_large_leak_sets_off_reports_and_a_filing),
        cmocka_unit_test(an_unknown_law_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
