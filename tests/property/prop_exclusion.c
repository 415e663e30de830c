/*
 * Whoever is in a list is found, and nobody else: rows whose numbers lie close together, in every spelling, judged by
 * the list and by comparing texts one by one.
 */
#include "dye/exclusion.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CANARIES = 400, ROWS = 20000, SPACE = 4000 };

struct person {
    struct dye_value mobile, id; /* n = 0: none */
};

/* Numbers in a space so small that rows meet canaries by chance; values that nobody has. */
static void draw_mobile(uint64_t i, struct dye_value *ret)
{
    ret->n = (size_t)snprintf(ret->text, sizeof ret->text, "1600000%04d", (int)(i % SPACE));
}

static void draw_id(uint64_t i, struct dye_value *ret)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    ret->n = (size_t)snprintf(ret->text, sizeof ret->text, "3701%02d1980%02d%02d%03dC", 44 + (int)(i % 2),
                              1 + (int)(i / 2 % 2), 1 + (int)(i / 4 % 10), (int)(i / 40 % 100));
    for (int c = 0; c < 17; c++)
        sum += weights[c] * (ret->text[c] - '0');
    ret->text[17] = "10X98765432"[sum % 11];
}

static struct person canary[CANARIES];

/* Each its own mobile; three in four have an ID, each its own. */
static void draw_canaries(struct rng *r)
{
    uint64_t mobile_at = rng_below(r, SPACE);
    uint64_t id_at = rng_below(r, SPACE);
    for (uint64_t i = 0; i < CANARIES; i++) {
        draw_mobile(mobile_at + 7 * i, &canary[i].mobile);
        if (rng_below(r, 4) != 0)
            draw_id(id_at + 9 * i, &canary[i].id);
        else
            canary[i].id.n = 0;
    }
}

static bool same(const struct dye_value *a, const struct dye_value *b)
{
    return a->n != 0 && dye_span_equal(dye_value_span(a), dye_value_span(b));
}

static enum dye_exclusion_verdict expected(const struct person *row)
{
    const struct person *by_mobile = NULL;
    for (size_t i = 0; i < CANARIES; i++) {
        if (same(&canary[i].id, &row->id))
            return DYE_EXCLUSION_CANARY;
        if (same(&canary[i].mobile, &row->mobile))
            by_mobile = &canary[i];
    }
    if (by_mobile != NULL)
        return row->id.n != 0 && by_mobile->id.n != 0 ? DYE_EXCLUSION_DISPUTED : DYE_EXCLUSION_CANARY;
    return row->id.n != 0 || row->mobile.n != 0 ? DYE_EXCLUSION_OTHER : DYE_EXCLUSION_UNREADABLE;
}

static struct dye_exclusion *list_of_canaries(void)
{
    const struct dye_exclusion_terms terms = {.system = "billing", .made_at = 1, .expires_at = 2};
    const struct dye_exclusion_cost cheap = {.kib = 8, .passes = 1};
    const struct dye_key k = {{1}};
    struct dye_exclusion_builder *b = NULL;
    struct dye_exclusion *x = NULL;
    struct dye_buf file;
    dye_buf_init(&file, 1 << 24, false);
    assert_int_equal(dye_exclusion_builder_new(&terms, &k, &cheap, &b, NULL), DYE_OK);
    for (size_t i = 0; i < CANARIES; i++) {
        char id[DYE_VALUE_MAX_BYTES];
        snprintf(id, sizeof id, "c%016zx", i);
        assert_int_equal(dye_exclusion_builder_canary(b, id, 'A', NULL), DYE_OK);
        assert_int_equal(dye_exclusion_builder_value(b, DYE_MOBILE, &canary[i].mobile, NULL), DYE_OK);
        if (canary[i].id.n != 0)
            assert_int_equal(dye_exclusion_builder_value(b, DYE_RESIDENT_ID, &canary[i].id, NULL), DYE_OK);
    }
    assert_int_equal(dye_exclusion_builder_seal(b, &file, NULL), DYE_OK);
    assert_int_equal(dye_exclusion_open(dye_buf_span(&file), &k, &x, NULL), DYE_OK);
    dye_exclusion_builder_free(b);
    dye_buf_done(&file);
    return x;
}

/* One of the ways that it is written. */
static struct dye_value written(struct rng *r, enum dye_kind kind, const struct dye_value *v)
{
    struct dye_value ways[DYE_DISPLAYS_MAX];
    if (v->n == 0)
        return *v;
    return ways[rng_below(r, dye_ident_displays(kind, v, ways))];
}

static void whoever_is_in_a_list_is_found_and_nobody_else(void **state)
{
    (void)state;
    static enum dye_exclusion_verdict wanted[ROWS];
    size_t seen[4] = {0};
    struct rng r;
    rng_init(&r, rng_seed(20261122));
    draw_canaries(&r);
    struct dye_exclusion *x = list_of_canaries();
    struct dye_exclusion_batch *b = dye_exclusion_batch_new(x);
    for (size_t i = 0; i < ROWS; i++) {
        struct person row = {0};
        if (rng_below(&r, 8) != 0)
            draw_mobile(rng_u64(&r), &row.mobile);
        if (rng_below(&r, 3) == 0)
            draw_id(rng_u64(&r), &row.id);
        wanted[i] = expected(&row);
        struct dye_value mobile = written(&r, DYE_MOBILE, &row.mobile);
        struct dye_value id = written(&r, DYE_RESIDENT_ID, &row.id);
        const struct dye_exclusion_cell cells[] = {{DYE_MOBILE, dye_value_span(&mobile)},
                                                   {DYE_NAME, dye_span_str("李测试")},
                                                   {DYE_RESIDENT_ID, dye_value_span(&id)}};
        assert_int_equal(dye_exclusion_batch_add(b, cells, 3), DYE_OK);
    }
    assert_int_equal(dye_exclusion_batch_end(b, 1, NULL), DYE_OK);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(dye_exclusion_batch_answer(b, i)->verdict, wanted[i]);
        seen[wanted[i]]++;
    }
    for (size_t v = 0; v < 4; v++)
        assert_true(seen[v] > 50); /* each had its turn */
    dye_exclusion_batch_free(b);
    dye_exclusion_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whoever_is_in_a_list_is_found_and_nobody_else)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
