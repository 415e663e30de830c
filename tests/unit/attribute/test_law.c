/* The counting, by a small law of the test's own: weights 100, 10 and 1, levels at 100 and 1000, halves for insiders.
 */
#include "dye/law.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct dye_law law;

static struct dye_law_basis basis(const char *article)
{
    struct dye_law_basis b = {.certainty = 'H'};
    strncpy(b.article, article, sizeof b.article - 1);
    return b;
}

static void add_rule(const char *name, enum dye_law_class class, char certainty, uint32_t kinds, const char *words)
{
    struct dye_law_rule *r = &law.rule[law.rules++];
    strncpy(r->name, name, sizeof r->name - 1);
    strncpy(r->words, words, sizeof r->words - 1);
    r->class = class;
    r->kinds = kinds;
    r->basis = basis("of the rule");
    r->basis.certainty = certainty;
}

static int make_law(void **state)
{
    (void)state;
    memset(&law, 0, sizeof law);
    law.identify[law.n_identify++] = 1U << DYE_RESIDENT_ID;
    law.identify[law.n_identify++] = 1U << DYE_NAME | 1U << DYE_MOBILE;
    law.class[DYE_LAW_A].weight = 100;
    law.class[DYE_LAW_B].weight = 10;
    law.class[DYE_LAW_C].weight = 1;
    add_rule("track", DYE_LAW_A, 'H', 0, "轨迹\nlat\n");
    add_rule("health", DYE_LAW_B, 'H', 0, "诊断\ndiagnosis\n");
    add_rule("id", DYE_LAW_B, 'M', 1U << DYE_RESIDENT_ID, "");
    law.level[0] = (struct dye_law_level){"serious", "", 100, 50000, ""};
    law.level[1] = (struct dye_law_level){"grave", "", 1000, 500000, "of the level"};
    law.levels = 2;
    law.insider.divisor = 2;
    law.lawful.there = true;
    law.lawful.classes = 1U << DYE_LAW_C;
    law.lawful.profit = 1000000;
    law.once = law.add_up = true;
    law.key[0] = DYE_LAW_BY_RESIDENT_ID;
    law.key[1] = DYE_LAW_BY_MOBILE;
    law.keys = 2;
    law.coverage_percent = 90;
    return 0;
}

/* ---- a dump ---- */

static const struct dye_law_kinds people[] = {{1U << DYE_NAME | 1U << DYE_MOBILE, 200}};

static struct dye_law_count counted(const struct dye_law_part *part, enum dye_law_key key)
{
    struct dye_law_dump d = {part, 1, {{0}}};
    struct dye_law_count c;
    assert_int_equal(dye_law_count(&law, &d, key, &c, NULL), DYE_OK);
    return c;
}

static void records_are_of_their_gravest_class(void **state)
{
    (void)state;
    const struct dye_law_column columns[] = {{"轨迹", 30, {0}}, {"诊断", 120, {0}}, {"名", 200, {0}}};
    const struct dye_law_part part = {
        .records = 200, .columns = columns, .n_columns = 3, .kinds = people, .n_kinds = 1};
    struct dye_law_count c = counted(&part, DYE_LAW_KEYS);
    const struct dye_law_scored *s = &c.by[DYE_LAW_ROWS];
    assert_int_equal(s->items.n[DYE_LAW_A], 30);
    assert_int_equal(s->items.n[DYE_LAW_B], 90); /* of the 120, 30 may be those with tracks */
    assert_int_equal(s->items.n[DYE_LAW_C], 80);
    assert_int_equal(s->score, 30 * 100 + 90 * 10 + 80);
    assert_int_equal(s->level, 2);
    assert_int_equal(c.rule_records[0], 30);
    assert_int_equal(c.rule_records[1], 120);
}

static void words_of_letters_are_whole_words(void **state)
{
    (void)state;
    struct dye_law_column c = {"platform", 5, {0}};
    assert_null(dye_law_column_rule(&law, &c));
    c.name = "user_lat";
    assert_string_equal(dye_law_column_rule(&law, &c)->name, "track");
    c.name = "mainDiagnosis";
    assert_string_equal(dye_law_column_rule(&law, &c)->name, "health");
    c.name = "出院诊断日期";
    assert_string_equal(dye_law_column_rule(&law, &c)->name, "health");
    c.filled = 0;
    assert_null(dye_law_column_rule(&law, &c));
}

static void a_bare_phone_identifies_nobody(void **state)
{
    (void)state;
    const struct dye_law_kinds kinds[] = {{1U << DYE_MOBILE, 50}, {1U << DYE_NAME | 1U << DYE_MOBILE, 10}};
    const struct dye_law_part part = {.records = 70, .kinds = kinds, .n_kinds = 2};
    struct dye_law_count c = counted(&part, DYE_LAW_KEYS);
    assert_int_equal(c.bare_phone, 50);
    assert_int_equal(c.unidentified, 60);
    assert_int_equal(c.by[DYE_LAW_ROWS].items.n[DYE_LAW_C], 10);
}

static void canaries_are_taken_out_of_rows_and_of_what_is_distinct(void **state)
{
    (void)state;
    const struct dye_law_part part = {.records = 200, .canary_rows = 20, .kinds = people, .n_kinds = 1};
    struct dye_law_dump d = {&part, 1, {{0}}};
    struct dye_law_count c;
    d.distinct[DYE_LAW_BY_MOBILE] = (struct dye_law_distinct){true, true, 100, 10};
    assert_int_equal(dye_law_count(&law, &d, DYE_LAW_KEYS, &c, NULL), DYE_OK);
    assert_int_equal(c.by[DYE_LAW_ROWS].records, 180);
    assert_int_equal(c.by[DYE_LAW_BY_MOBILE].records, 90);
    assert_int_equal(c.by[DYE_LAW_BY_MOBILE].duplicate, 90);
    assert_int_equal(c.key, DYE_LAW_BY_MOBILE); /* every record has one */
    d.distinct[DYE_LAW_BY_MOBILE].exact = false;
    assert_int_equal(dye_law_count(&law, &d, DYE_LAW_KEYS, &c, NULL), DYE_OK);
    assert_int_equal(c.key, DYE_LAW_ROWS); /* an estimate proves nothing */
}

static void a_key_that_bare_rows_have_is_an_estimate(void **state)
{
    (void)state;
    const struct dye_law_kinds kinds[] = {{1U << DYE_NAME | 1U << DYE_MOBILE, 200}, {1U << DYE_MOBILE, 20}};
    const struct dye_law_part part = {.records = 220, .kinds = kinds, .n_kinds = 2};
    struct dye_law_dump d = {&part, 1, {{0}}};
    struct dye_law_count c;
    d.distinct[DYE_LAW_BY_MOBILE] = (struct dye_law_distinct){true, true, 110, 0};
    assert_int_equal(dye_law_count(&law, &d, DYE_LAW_KEYS, &c, NULL), DYE_OK);
    assert_int_equal(c.by[DYE_LAW_BY_MOBILE].records, 100);
    assert_false(c.by[DYE_LAW_BY_MOBILE].exact);
    assert_int_equal(c.key, DYE_LAW_ROWS);
}

static void records_without_the_key_are_no_duplicates(void **state)
{
    (void)state;
    const struct dye_law_kinds kinds[] = {{1U << DYE_RESIDENT_ID, 100}, {1U << DYE_NAME | 1U << DYE_MOBILE, 100}};
    const struct dye_law_part part = {.records = 200, .kinds = kinds, .n_kinds = 2};
    struct dye_law_dump d = {&part, 1, {{0}}};
    struct dye_law_count c;
    d.distinct[DYE_LAW_BY_MOBILE] = (struct dye_law_distinct){true, true, 40, 0};
    assert_int_equal(dye_law_count(&law, &d, DYE_LAW_BY_MOBILE, &c, NULL), DYE_OK);
    assert_int_equal(c.by[DYE_LAW_BY_MOBILE].records, 140);
}

static void what_is_not_certain_is_the_mildest_class(void **state)
{
    (void)state;
    const struct dye_law_kinds kinds[] = {{1U << DYE_RESIDENT_ID | 1U << DYE_NAME, 20}};
    const struct dye_law_part part = {.records = 20, .kinds = kinds, .n_kinds = 1};
    struct dye_law_count c = counted(&part, DYE_LAW_KEYS);
    assert_int_equal(c.by[DYE_LAW_ROWS].score, 200);
    assert_int_equal(c.certain.score, 20);
}

static void numbers_that_pass_by_chance_are_not_enough(void **state)
{
    (void)state;
    struct dye_law_column columns[] = {{"no", 100, {[DYE_BANK_CARD] = 10}}};
    struct dye_law_kinds kinds[] = {{1U << DYE_NAME | 1U << DYE_MOBILE, 90},
                                    {1U << DYE_NAME | 1U << DYE_MOBILE | 1U << DYE_BANK_CARD, 10}};
    const struct dye_law_part part = {.records = 100, .columns = columns, .n_columns = 1, .kinds = kinds, .n_kinds = 2};
    add_rule("cards", DYE_LAW_A, 'M', 1U << DYE_BANK_CARD, "");
    law.rule[law.rules - 1].share_percent = 50;
    assert_int_equal(counted(&part, DYE_LAW_KEYS).by[DYE_LAW_ROWS].items.n[DYE_LAW_A], 0);
    columns[0] = (struct dye_law_column){"no", 12, {[DYE_BANK_CARD] = 10}}; /* few have one, but those are cards */
    assert_int_equal(counted(&part, DYE_LAW_KEYS).by[DYE_LAW_ROWS].items.n[DYE_LAW_A], 10);
    assert_int_equal(dye_law_column_rule(&law, &columns[0])->class, DYE_LAW_A);
}

static void a_key_that_was_not_counted_is_refused(void **state)
{
    (void)state;
    const struct dye_law_part part = {.records = 200, .kinds = people, .n_kinds = 1};
    struct dye_law_dump d = {&part, 1, {{0}}};
    struct dye_law_count c;
    assert_int_equal(dye_law_count(&law, &d, DYE_LAW_BY_MOBILE, &c, NULL), DYE_E_USAGE);
}

static void sums_beyond_64_bits_are_refused(void **state)
{
    (void)state;
    const struct dye_law_kinds kinds[] = {{1U << DYE_RESIDENT_ID, UINT64_MAX / 4}};
    const struct dye_law_part part = {.records = UINT64_MAX / 4, .kinds = kinds, .n_kinds = 1};
    struct dye_law_dump d = {&part, 1, {{0}}};
    struct dye_law_count c;
    assert_int_equal(dye_law_count(&law, &d, DYE_LAW_KEYS, &c, NULL), DYE_E_LIMIT);
}

/* ---- persons ---- */

enum { P, Q, R };

static struct dye_law_verdict judged(const struct dye_law_person *persons, const struct dye_law_case_dump *dumps,
                                     size_t n_dumps, const struct dye_law_act *acts, size_t n_acts)
{
    struct dye_law_case c = {persons, 3, dumps, n_dumps, acts, n_acts, NULL, 0};
    struct dye_law_verdict v = {0};
    assert_int_equal(dye_law_judge(&law, &c, &v, NULL), DYE_OK);
    return v;
}

static const struct dye_law_person plain[3];
static const struct dye_law_case_dump hundred[] = {{{{0, 100, 0, 0}}, 3, 0, 0}, {{{0, 60, 0, 0}}, 0, 0, 0}};

#define ACT(who, did, which, whom)                                                                                     \
    {                                                                                                                  \
        .person = who, .dump = which, .what = did, .other = whom, .records = DYE_LAW_ALL_RECORDS,                      \
        .at = DYE_LAW_NO_TIME                                                                                          \
    }

static void obtained_then_sold_counts_once(void **state)
{
    (void)state;
    const struct dye_law_act acts[] = {ACT(P, DYE_LAW_SOLD, 0, Q), ACT(P, DYE_LAW_OBTAINED, 0, DYE_LAW_NOBODY)};
    struct dye_law_verdict v = judged(plain, hundred, 1, acts, 2);
    assert_int_equal(v.persons[P].score, 100);
    assert_int_equal(v.persons[P].level, 1);
    dye_law_verdict_done(&v);
}

static void different_buyers_add_up_and_the_same_one_does_not(void **state)
{
    (void)state;
    const struct dye_law_act acts[] = {ACT(P, DYE_LAW_SOLD, 0, Q), ACT(P, DYE_LAW_PROVIDED, 0, R),
                                       ACT(P, DYE_LAW_SOLD, 0, R)};
    struct dye_law_verdict v = judged(plain, hundred, 1, acts, 3);
    assert_int_equal(v.persons[P].score, 200);
    dye_law_verdict_done(&v);
}

static void one_below_the_threshold_is_below_it(void **state)
{
    (void)state;
    struct dye_law_case_dump d[] = {{{{0, 99, 0, 0}}, 0, 0, 0}};
    const struct dye_law_act acts[] = {ACT(P, DYE_LAW_OBTAINED, 0, DYE_LAW_NOBODY)};
    struct dye_law_verdict v = judged(plain, d, 1, acts, 1);
    assert_int_equal(v.persons[P].level, 0);
    dye_law_verdict_done(&v);
    d[0].items.n[DYE_LAW_C] = 100;
    v = judged(plain, d, 1, acts, 1);
    assert_int_equal(v.persons[P].level, 1);
    dye_law_verdict_done(&v);
}

static void an_insider_needs_half_unless_it_was_bought(void **state)
{
    (void)state;
    const struct dye_law_person persons[3] = {{.insider = true}};
    const struct dye_law_act acts[] = {ACT(P, DYE_LAW_SOLD, 1, Q), ACT(P, DYE_LAW_OBTAINED, 1, R)};
    struct dye_law_verdict v = judged(persons, hundred, 2, acts, 1);
    assert_int_equal(v.persons[P].level, 1);
    assert_int_equal(v.persons[P].reached[DYE_LAW_BY_INSIDER], 1);
    assert_int_equal(v.persons[P].reached[DYE_LAW_BY_CLASS_C], 0);
    dye_law_verdict_done(&v);
    v = judged(persons, hundred, 2, acts, 2);
    assert_int_equal(v.persons[P].level, 0);
    dye_law_verdict_done(&v);
}

static void a_lawful_business_answers_for_profit_and_for_resale(void **state)
{
    (void)state;
    const struct dye_law_person persons[3] = {{.lawful = true}};
    struct dye_law_act acts[] = {ACT(P, DYE_LAW_OBTAINED, 0, Q), ACT(P, DYE_LAW_SOLD, 1, R)};
    acts[0].income = 999999;
    struct dye_law_verdict v = judged(persons, hundred, 2, acts, 1);
    assert_int_equal(v.persons[P].level, 0);
    assert_int_equal(v.persons[P].score, 0);
    dye_law_verdict_done(&v);
    acts[0].income = 1000000;
    v = judged(persons, hundred, 2, acts, 1);
    assert_int_equal(v.persons[P].reached[DYE_LAW_BY_PROFIT], 1);
    assert_int_equal(v.persons[P].income, 0);
    dye_law_verdict_done(&v);
    v = judged(persons, hundred, 2, acts, 2);
    assert_int_equal(v.persons[P].score, 60);
    dye_law_verdict_done(&v);
}

static void what_two_dumps_share_counts_once(void **state)
{
    (void)state;
    const struct dye_law_act acts[] = {ACT(P, DYE_LAW_OBTAINED, 0, DYE_LAW_NOBODY), ACT(P, DYE_LAW_SOLD, 1, Q),
                                       ACT(P, DYE_LAW_SOLD, 1, R)};
    const struct dye_law_overlap overlap[] = {{1, 0, 60}};
    struct dye_law_case c = {plain, 3, hundred, 2, acts, 3, overlap, 1};
    struct dye_law_verdict v = {0};
    assert_int_equal(dye_law_judge(&law, &c, &v, NULL), DYE_OK);
    assert_int_equal(v.persons[P].score, 40 + 60 + 60);
    dye_law_verdict_done(&v);
}

static void a_part_of_a_dump_is_its_mildest_records(void **state)
{
    (void)state;
    const struct dye_law_case_dump d[] = {{{{0, 50, 10, 5}}, 0, 0, 0}};
    struct dye_law_act acts[] = {ACT(P, DYE_LAW_SOLD, 0, Q), ACT(P, DYE_LAW_SOLD, 0, Q)};
    acts[0].records = acts[1].records = 28;
    struct dye_law_verdict v = judged(plain, d, 1, acts, 2);
    assert_int_equal(v.persons[P].items.n[DYE_LAW_C], 50);
    assert_int_equal(v.persons[P].items.n[DYE_LAW_B], 6);
    assert_int_equal(v.persons[P].items.n[DYE_LAW_A], 0);
    dye_law_verdict_done(&v);
}

static void acts_of_nobody_are_refused(void **state)
{
    (void)state;
    const struct dye_law_act nobody[] = {ACT(3, DYE_LAW_SOLD, 0, Q)};
    const struct dye_law_act self[] = {ACT(P, DYE_LAW_SOLD, 0, P)};
    struct dye_law_case c = {plain, 3, hundred, 1, nobody, 1, NULL, 0};
    struct dye_law_verdict v = {0};
    assert_int_equal(dye_law_judge(&law, &c, &v, NULL), DYE_E_USAGE);
    c.acts = self;
    assert_int_equal(dye_law_judge(&law, &c, &v, NULL), DYE_E_USAGE);
    assert_null(v.persons);
}

/* ---- notices ---- */

static void clocks_run_by_hours_and_by_working_days(void **state)
{
    (void)state;
    enum { FRIDAY = 1767949200 }; /* 2026-01-09 17:00 in China */
    uint64_t by_rule[DYE_LAW_RULES_MAX] = {[1] = 10};
    struct dye_law_due due[DYE_LAW_NOTICES_MAX];
    law.notice[0] = (struct dye_law_notice){.persons = 50, .rule = -1, .clock = DYE_LAW_HOURS, .amount = 4};
    law.notice[1] = (struct dye_law_notice){.persons = 10, .rule = 1, .clock = DYE_LAW_WORKING_DAYS, .amount = 2};
    law.notice[2] = (struct dye_law_notice){.persons = 51, .rule = -1};
    law.notices = 3;
    law.calendar.offset_seconds = 8 * 3600;
    law.calendar.first_year = law.calendar.last_year = 2026;
    law.calendar.holiday[law.calendar.holidays++] = 20260112;
    assert_int_equal(dye_law_notices(&law, 50, by_rule, FRIDAY, due), 2);
    assert_int_equal(due[0].deadline, FRIDAY + 4 * 3600);
    assert_int_equal(due[1].deadline, 1768406399); /* to the end of Wednesday: Monday is a holiday */
    assert_true(due[1].by_calendar);
    law.calendar.working[law.calendar.workings++] = 20260110; /* the Saturday */
    assert_int_equal(dye_law_notices(&law, 50, by_rule, FRIDAY, due), 2);
    assert_int_equal(due[1].deadline, 1768406399 - 86400);
    law.calendar.last_year = 2025;
    assert_int_equal(dye_law_notices(&law, 50, by_rule, FRIDAY, due), 2);
    assert_false(due[1].by_calendar);
}

int main(void)
{
#define SENTENCE(f) cmocka_unit_test_setup(f, make_law)
    const struct CMUnitTest tests[] = {
        SENTENCE(records_are_of_their_gravest_class),
        SENTENCE(words_of_letters_are_whole_words),
        SENTENCE(a_bare_phone_identifies_nobody),
        SENTENCE(canaries_are_taken_out_of_rows_and_of_what_is_distinct),
        SENTENCE(a_key_that_bare_rows_have_is_an_estimate),
        SENTENCE(records_without_the_key_are_no_duplicates),
        SENTENCE(what_is_not_certain_is_the_mildest_class),
        SENTENCE(numbers_that_pass_by_chance_are_not_enough),
        SENTENCE(a_key_that_was_not_counted_is_refused),
        SENTENCE(sums_beyond_64_bits_are_refused),
        SENTENCE(obtained_then_sold_counts_once),
        SENTENCE(different_buyers_add_up_and_the_same_one_does_not),
        SENTENCE(one_below_the_threshold_is_below_it),
        SENTENCE(an_insider_needs_half_unless_it_was_bought),
        SENTENCE(a_lawful_business_answers_for_profit_and_for_resale),
        SENTENCE(what_two_dumps_share_counts_once),
        SENTENCE(a_part_of_a_dump_is_its_mildest_records),
        SENTENCE(acts_of_nobody_are_refused),
        SENTENCE(clocks_run_by_hours_and_by_working_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
