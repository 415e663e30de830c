/* What must be true of any case: persons, dumps, acts, overlaps at random. */
#include "dye/law.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PERSONS = 5, DUMPS = 5, ACTS = 14, OVERLAPS = 4, ROUNDS = 3000 };

struct world {
    struct dye_law_person persons[PERSONS];
    struct dye_law_case_dump dumps[DUMPS];
    struct dye_law_act acts[ACTS + 1];
    struct dye_law_overlap overlaps[OVERLAPS];
    struct dye_law_case c;
};

static struct dye_law law;
static struct rng rng;

static uint32_t below(uint32_t n)
{
    return (uint32_t)rng_below(&rng, n);
}

static struct dye_law_act some_act(void)
{
    struct dye_law_act a = {.person = below(PERSONS),
                            .dump = below(DUMPS),
                            .what = (enum dye_law_what)below(3),
                            .other = below(PERSONS + 1),
                            .records = below(3) == 0 ? below(200) : DYE_LAW_ALL_RECORDS,
                            .income = below(200000),
                            .at = DYE_LAW_NO_TIME};
    if (a.other == PERSONS || a.other == a.person)
        a.other = DYE_LAW_NOBODY;
    return a;
}

static void make_world(struct world *w, bool overlaps)
{
    *w = (struct world){0};
    for (unsigned i = 0; i < PERSONS; i++)
        w->persons[i] = (struct dye_law_person){below(3) == 0, below(4) == 0};
    for (unsigned i = 0; i < DUMPS; i++)
        for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++)
            w->dumps[i].items.n[c] = below(3) == 0 ? 0 : below(150);
    w->c = (struct dye_law_case){w->persons, PERSONS, w->dumps, DUMPS, w->acts, 0, w->overlaps, 0};
    w->c.n_acts = below(ACTS);
    for (size_t i = 0; i < w->c.n_acts; i++)
        w->acts[i] = some_act();
    for (unsigned i = below(OVERLAPS); overlaps && i > 0; i--) {
        uint32_t a = below(DUMPS), b = below(DUMPS);
        if (a != b)
            w->overlaps[w->c.n_overlaps++] = (struct dye_law_overlap){a, b, below(300)};
    }
}

static struct dye_law_verdict judged(const struct world *w)
{
    struct dye_law_verdict v = {0};
    assert_int_equal(dye_law_judge(&law, &w->c, &v, NULL), DYE_OK);
    return v;
}

static void same_persons(const struct dye_law_verdict *a, const struct dye_law_verdict *b)
{
    for (size_t i = 0; i < PERSONS; i++) {
        assert_memory_equal(&a->persons[i].items, &b->persons[i].items, sizeof a->persons[i].items);
        assert_memory_equal(a->persons[i].reached, b->persons[i].reached, sizeof a->persons[i].reached);
        assert_int_equal(a->persons[i].score, b->persons[i].score);
        assert_int_equal(a->persons[i].level, b->persons[i].level);
    }
}

static void the_order_of_acts_does_not_matter(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, true);
        struct dye_law_verdict a = judged(&w);
        for (size_t i = w.c.n_acts; i > 1; i--) {
            size_t j = below((uint32_t)i);
            struct dye_law_act t = w.acts[i - 1];
            w.acts[i - 1] = w.acts[j];
            w.acts[j] = t;
        }
        struct dye_law_verdict b = judged(&w);
        same_persons(&a, &b);
        assert_int_equal(a.n_steps, b.n_steps);
        for (size_t i = 0; i < a.n_steps; i++)
            assert_true(a.steps[i].why == b.steps[i].why && a.steps[i].records == b.steps[i].records);
        dye_law_verdict_done(&a);
        dye_law_verdict_done(&b);
    }
}

static void the_same_whole_dump_to_the_same_person_again_changes_no_items(void **state)
{
    (void)state;
    static struct world w;
    unsigned tried = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, true);
        if (w.c.n_acts == 0)
            continue;
        struct dye_law_act again = w.acts[below((uint32_t)w.c.n_acts)];
        if (again.records != DYE_LAW_ALL_RECORDS)
            continue;
        again.income = 0;
        struct dye_law_verdict a = judged(&w);
        w.acts[w.c.n_acts++] = again;
        struct dye_law_verdict b = judged(&w);
        same_persons(&a, &b);
        dye_law_verdict_done(&a);
        dye_law_verdict_done(&b);
        tried++;
    }
    assert_true(tried > ROUNDS / 4);
}

static void what_was_left_out_before_changes_no_score(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, true);
        struct dye_law_verdict a = judged(&w);
        for (unsigned i = 0; i < DUMPS; i++)
            w.dumps[i].untrue = w.dumps[i].duplicate = w.dumps[i].unidentified = 1 + below(1000);
        struct dye_law_verdict b = judged(&w);
        same_persons(&a, &b);
        assert_true(b.n_steps >= a.n_steps);
        dye_law_verdict_done(&a);
        dye_law_verdict_done(&b);
    }
}

static void one_more_act_or_item_never_lowers_a_score(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, false);
        struct dye_law_verdict a = judged(&w);
        if (below(2) == 0)
            w.acts[w.c.n_acts++] = some_act();
        else
            w.dumps[below(DUMPS)].items.n[DYE_LAW_A] += below(20);
        struct dye_law_verdict b = judged(&w);
        for (size_t i = 0; i < PERSONS; i++) {
            assert_true(b.persons[i].score >= a.persons[i].score);
            assert_true(b.persons[i].income >= a.persons[i].income);
        }
        dye_law_verdict_done(&a);
        dye_law_verdict_done(&b);
    }
}

/* The counted steps are the person's items, and a person's items are never more than all that went to each. */
static void steps_add_up(void **state)
{
    (void)state;
    static struct world w;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_world(&w, true);
        struct dye_law_verdict v = judged(&w);
        struct dye_law_items sum[PERSONS] = {{{0}}}, duty[PERSONS] = {{{0}}};
        for (size_t i = 0; i < v.n_steps; i++)
            for (unsigned c = DYE_LAW_C; v.steps[i].why == DYE_LAW_COUNTED && c < DYE_LAW_CLASSES; c++) {
                sum[v.steps[i].person].n[c] += v.steps[i].items.n[c];
                duty[v.steps[i].person].n[c] += v.steps[i].in_duty ? v.steps[i].items.n[c] : 0;
                assert_true(v.steps[i].items.n[c] <= w.dumps[v.steps[i].dump].items.n[c]);
            }
        for (unsigned i = 0; i < PERSONS; i++) {
            assert_memory_equal(&sum[i], &v.persons[i].items, sizeof sum[i]);
            assert_memory_equal(&duty[i], &v.persons[i].in_duty, sizeof duty[i]);
        }
        dye_law_verdict_done(&v);
    }
}

/* ---- dumps ---- */

struct pile {
    struct dye_law_column columns[3];
    struct dye_law_kinds kinds[3];
    struct dye_law_part parts[2];
    struct dye_law_dump d;
};

static void make_pile(struct pile *p)
{
    static const char *const names[] = {"轨迹", "诊断", "x"};
    *p = (struct pile){.kinds = {{1U << DYE_NAME | 1U << DYE_MOBILE, below(500)},
                                 {1U << DYE_MOBILE, below(100)},
                                 {1U << DYE_RESIDENT_ID | 1U << DYE_MOBILE, below(100)}}};
    uint64_t records = p->kinds[0].records + p->kinds[1].records + p->kinds[2].records + below(50);
    for (unsigned i = 0; i < 3; i++)
        p->columns[i] = (struct dye_law_column){names[i], rng_below(&rng, records + 1), {0}};
    p->parts[0] = (struct dye_law_part){records, records, below(20), p->columns, 3, p->kinds, 3};
    p->parts[1] = (struct dye_law_part){p->kinds[2].records, 0, below(5), p->columns + 2, 1, p->kinds + 2, 1};
    p->d = (struct dye_law_dump){p->parts, 1 + below(2), {{0}}};
    p->d.distinct[DYE_LAW_BY_MOBILE] =
        (struct dye_law_distinct){below(2) == 0, true, rng_below(&rng, records + 1), below(20)};
}

static void classes_add_up_and_duplicates_only_lower(void **state)
{
    (void)state;
    static struct pile p;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct dye_law_count c;
        make_pile(&p);
        assert_int_equal(dye_law_count(&law, &p.d, DYE_LAW_KEYS, &c, NULL), DYE_OK);
        for (unsigned k = 0; k < DYE_LAW_KEYS; k++) {
            const struct dye_law_scored *s = &c.by[k];
            assert_true(!s->known ||
                        s->items.n[DYE_LAW_A] + s->items.n[DYE_LAW_B] + s->items.n[DYE_LAW_C] == s->records);
            assert_true(!s->known || s->records + s->duplicate == c.by[DYE_LAW_ROWS].records);
            assert_true(s->score <= c.by[DYE_LAW_ROWS].score && s->insider_level >= s->level);
        }
        assert_true(c.certain.score <= c.by[c.key].score);
        assert_true(c.by[DYE_LAW_ROWS].records + c.canary_rows + c.unidentified == c.raw);
    }
}

static int start(void **state)
{
    (void)state;
    rng_init(&rng, rng_seed(1));
    law.identify[law.n_identify++] = 1U << DYE_RESIDENT_ID;
    law.identify[law.n_identify++] = 1U << DYE_NAME | 1U << DYE_MOBILE;
    for (unsigned c = DYE_LAW_C, weight = 1; c < DYE_LAW_CLASSES; c++, weight *= 10)
        law.class[c].weight = weight;
    law.rule[0] = (struct dye_law_rule){.class = DYE_LAW_A, .basis.certainty = 'H', .words = "轨迹\n"};
    law.rule[1] = (struct dye_law_rule){.class = DYE_LAW_B, .basis.certainty = 'M', .words = "诊断\n"};
    law.rules = 2;
    law.level[0] = (struct dye_law_level){"serious", "", 5000, 500000, ""};
    law.level[1] = (struct dye_law_level){"grave", "", 50000, 5000000, ""};
    law.levels = 2;
    law.insider.divisor = 2;
    law.lawful.there = law.once = law.add_up = true;
    law.lawful.classes = 1U << DYE_LAW_C;
    law.lawful.profit = 5000000;
    law.key[0] = DYE_LAW_BY_MOBILE;
    law.keys = 1;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_acts_does_not_matter),
        cmocka_unit_test(the_same_whole_dump_to_the_same_person_again_changes_no_items),
        cmocka_unit_test(what_was_left_out_before_changes_no_score),
        cmocka_unit_test(one_more_act_or_item_never_lowers_a_score),
        cmocka_unit_test(steps_add_up),
        cmocka_unit_test(classes_add_up_and_duplicates_only_lower),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
