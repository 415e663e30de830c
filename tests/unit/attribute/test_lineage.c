/* Lineage: what two dumps have in common, whose rows a dump's are, and which elements an index of all dumps needs. */
#include "dye/lineage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PHONE = 1, ID = 2, MAIL = 3, MOST = 1 << 17 };

/* The element of person i in a kind: any function that spreads. */
static uint64_t element(unsigned kind, uint64_t i)
{
    uint64_t x = (i * 8 + kind + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return (x ^ x >> 32) | 2;
}

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

struct made {
    uint64_t *at[3];
    struct dye_lineage_set set[3];
    struct dye_lineage_dump dump;
};

/* Adds the persons [from, to) as a kind, marked or not. Kinds in order. */
static void add(struct made *m, unsigned kind, uint64_t from, uint64_t to, bool marked)
{
    size_t k = m->dump.n;
    bool more = k > 0 && m->set[k - 1].kind == kind;
    k -= more;
    size_t n = more ? m->set[k].n : 0;
    m->at[k] = realloc(m->at[k], (n + to - from) * sizeof *m->at[k]);
    for (uint64_t i = from; i < to; i++)
        m->at[k][n++] = (element(kind, i) & ~UINT64_C(1)) | marked;
    qsort(m->at[k], n, sizeof *m->at[k], compare);
    m->set[k] = (struct dye_lineage_set){.kind = kind, .at = m->at[k], .n = n};
    m->dump = (struct dye_lineage_dump){m->set, k + 1};
}

static void drop(struct made *m)
{
    for (size_t k = 0; k < 3; k++)
        free(m->at[k]);
}

static enum dye_lineage_relation relation(const struct made *a, const struct made *b)
{
    struct dye_lineage_pair p;
    dye_lineage_compare(&a->dump, &b->dump, &p);
    return p.relation;
}

static void people_in_common_say_what_a_dump_is_to_another(void **state)
{
    (void)state;
    static const struct {
        uint64_t from, to, other_from, other_to;
        const char *relation;
    } cases[] = {
        {0, 1000, 0, 1000, "same"},        {0, 1000, 50, 1040, "same"},     {0, 261, 0, 100000, "subset"},
        {0, 100000, 500, 761, "superset"}, {0, 1000, 500, 1500, "overlap"}, {0, 1000, 1000, 2000, "unrelated"},
        {0, 2, 0, 1000, "unrelated"},      {0, 3, 0, 1000, "subset"},       {0, 10000, 9990, 20000, "unrelated"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made a = {.dump.n = 0}, b = {.dump.n = 0};
        add(&a, PHONE, cases[i].from, cases[i].to, true);
        add(&b, PHONE, cases[i].other_from, cases[i].other_to, true);
        assert_string_equal(dye_lineage_relation_name(relation(&a, &b)), cases[i].relation);
        drop(&a);
        drop(&b);
    }
}

static void the_numbers_of_a_pair_are_of_persons(void **state)
{
    (void)state;
    struct made a = {.dump.n = 0}, b = {.dump.n = 0};
    struct dye_lineage_pair p;
    add(&a, PHONE, 0, 300, false); /* two phones each, and an ID, which stands for the person */
    add(&a, PHONE, 1000, 1300, false);
    add(&a, ID, 0, 300, true);
    add(&b, PHONE, 100, 500, true);
    add(&b, PHONE, 1100, 1500, false);
    dye_lineage_compare(&a.dump, &b.dump, &p);
    assert_int_equal(p.persons, 300);
    assert_int_equal(p.other_persons, 400);
    assert_int_equal(p.common, 200);
    assert_true(p.jaccard == 200 / 500.0);
    assert_true(p.containment == 200 / 300.0);
    assert_true(p.containment_other == 0.5);
    drop(&a);
    drop(&b);
}

static void one_kind_in_common_is_enough_though_it_marks_nobody(void **state)
{
    (void)state;
    struct made a = {.dump.n = 0}, b = {.dump.n = 0}, c = {.dump.n = 0};
    add(&a, ID, 0, 500, true);
    add(&a, MAIL, 0, 500, false);
    add(&b, PHONE, 0, 200, true);
    add(&b, MAIL, 0, 200, false);
    add(&c, PHONE, 0, 200, true);
    assert_int_equal(relation(&b, &a), DYE_LINEAGE_SUBSET);
    assert_int_equal(relation(&c, &b), DYE_LINEAGE_SAME);
    assert_int_equal(relation(&c, &a), DYE_LINEAGE_UNRELATED);
    drop(&a);
    drop(&b);
    drop(&c);
}

static void of_a_scaled_set_what_both_keep_says_how_much_is_in_common(void **state)
{
    (void)state;
    struct made a = {.dump.n = 0}, b = {.dump.n = 0};
    struct dye_lineage_pair p;
    add(&a, PHONE, 0, 60000, true);
    add(&b, PHONE, 30000, 130000, true);
    b.set[0].scale_bits = 2;
    while (b.set[0].at[b.set[0].n - 1] >> 62 != 0)
        b.set[0].n--;
    dye_lineage_compare(&a.dump, &b.dump, &p);
    assert_int_equal(p.persons, 60000);
    assert_in_range(p.other_persons, 98000, 102000);
    assert_in_range(p.common, 29000, 31000);
    drop(&a);
    drop(&b);
}

static size_t parents_of(const struct made *dump, struct made *const *earlier, size_t n, struct dye_lineage_parent *ret)
{
    struct dye_lineage_dump dumps[8];
    size_t found;
    for (size_t i = 0; i < n; i++)
        dumps[i] = earlier[i]->dump;
    assert_int_equal(dye_lineage_parents(&dump->dump, dumps, n, ret, &found, NULL), DYE_OK);
    return found;
}

static void a_merge_comes_from_its_parts_and_from_no_other(void **state)
{
    (void)state;
    struct made all = {.dump.n = 0}, first = {.dump.n = 0}, second = {.dump.n = 0}, sample = {.dump.n = 0},
                few = {.dump.n = 0}, other = {.dump.n = 0};
    struct dye_lineage_parent parents[8];
    add(&all, PHONE, 0, 20100, true); /* and a hundred of its own */
    add(&first, PHONE, 0, 12000, true);
    add(&sample, PHONE, 2000, 8000, true);
    add(&second, PHONE, 11000, 19740, true);
    add(&few, PHONE, 19739, 20000, true); /* 261, of 1.3 % */
    add(&other, PHONE, 30000, 40000, true);
    struct made *earlier[] = {&sample, &other, &second, &few, &first};
    assert_int_equal(parents_of(&all, earlier, 5, parents), 3);
    assert_int_equal(parents[0].earlier, 4);
    assert_int_equal(parents[0].explains, 12000);
    assert_int_equal(parents[1].earlier, 2);
    assert_int_equal(parents[1].explains, 7740);
    assert_int_equal(parents[2].earlier, 3);
    assert_int_equal(parents[2].explains, 260);
    drop(&all);
    drop(&first);
    drop(&second);
    drop(&sample);
    drop(&few);
    drop(&other);
}

static void of_those_that_explain_as_much_the_likest_is_the_parent_then_the_first(void **state)
{
    (void)state;
    struct made original = {.dump.n = 0}, half = {.dump.n = 0}, again = {.dump.n = 0}, sale = {.dump.n = 0};
    struct dye_lineage_parent parents[8];
    add(&original, PHONE, 0, 10000, true);
    add(&half, PHONE, 0, 5000, true);
    add(&again, PHONE, 0, 5000, true);
    add(&sale, PHONE, 0, 1000, true);
    struct made *earlier[] = {&original, &half, &again};
    assert_int_equal(parents_of(&sale, earlier, 3, parents), 1);
    assert_int_equal(parents[0].earlier, 1);
    assert_int_equal(parents[0].explains, 1000);
    assert_int_equal(parents_of(&original, earlier, 0, parents), 0);
    drop(&original);
    drop(&half);
    drop(&again);
    drop(&sale);
}

static void too_many_earlier_dumps_are_refused(void **state)
{
    (void)state;
    struct dye_lineage_dump none = {NULL, 0};
    struct dye_lineage_parent parent;
    size_t n;
    assert_int_equal(dye_lineage_parents(&none, &none, DYE_LINEAGE_EARLIER_MAX + 1, &parent, &n, NULL), DYE_E_USAGE);
}

static void small_sets_are_sampled_whole_and_large_ones_sparsely(void **state)
{
    (void)state;
    static const struct {
        uint64_t distinct;
        unsigned bits;
    } cases[] = {{0, 0}, {1, 0}, {512, 0}, {1024, 1}, {5000, 4}, {400000, 4}, {1 << 20, 5}, {UINT64_C(1) << 40, 25}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(dye_lineage_sample_bits(cases[i].distinct), cases[i].bits);
    struct made a = {.dump.n = 0};
    add(&a, PHONE, 0, MOST, true);
    size_t n = dye_lineage_sample(&a.set[0]);
    assert_in_range(n, MOST / 16 - 400, MOST / 16 + 400);
    assert_true(a.set[0].at[n - 1] >> 60 == 0 && a.set[0].at[n] >> 60 != 0);
    drop(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_in_common_say_what_a_dump_is_to_another),
        cmocka_unit_test(the_numbers_of_a_pair_are_of_persons),
        cmocka_unit_test(one_kind_in_common_is_enough_though_it_marks_nobody),
        cmocka_unit_test(of_a_scaled_set_what_both_keep_says_how_much_is_in_common),
        cmocka_unit_test(a_merge_comes_from_its_parts_and_from_no_other),
        cmocka_unit_test(of_those_that_explain_as_much_the_likest_is_the_parent_then_the_first),
        cmocka_unit_test(too_many_earlier_dumps_are_refused),
        cmocka_unit_test(small_sets_are_sampled_whole_and_large_ones_sparsely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
