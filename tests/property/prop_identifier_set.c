/*
 * A set is a function of what was put in: the same in whatever order, however often, cut into whatever readings; and
 * beyond a million what is kept of it still says how many there are.
 */
#include "dye/census.h"
#include "dye/identifier_set.h"
#include "rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct dye_key key = {{1, 2, 3}};

struct images {
    uint8_t *at[DYE_IDENTIFIER_KINDS];
    size_t n[DYE_IDENTIFIER_KINDS];
};

static enum dye_status keep(void *arg, unsigned kind, struct dye_span image)
{
    struct images *x = arg;
    x->at[kind] = malloc(image.n);
    memcpy(x->at[kind], image.p, image.n);
    x->n[kind] = image.n;
    return DYE_OK;
}

static void drop(struct images *x)
{
    for (size_t k = 0; k < DYE_IDENTIFIER_KINDS; k++)
        free(x->at[k]);
    memset(x, 0, sizeof *x);
}

static void seal(struct dye_identifier_sets *s, struct images *ret)
{
    memset(ret, 0, sizeof *ret);
    assert_int_equal(dye_identifier_sets_images(s, keep, ret), DYE_OK);
    dye_identifier_sets_free(s);
}

static void assert_same(const struct images *a, const struct images *b)
{
    for (size_t k = 0; k < DYE_IDENTIFIER_KINDS; k++) {
        assert_int_equal(a->n[k], b->n[k]);
        if (a->n[k] > 0)
            assert_memory_equal(a->at[k], b->at[k], a->n[k]);
    }
}

/* ---- order ---- */

/* Person i's record: some have no ID, some two phones. */
static void put(struct dye_identifier_sets *s, uint64_t i)
{
    char id[24], first[24], second[24];
    snprintf(id, sizeof id, "%018llu", (unsigned long long)i);
    snprintf(first, sizeof first, "%011llu", (unsigned long long)i);
    snprintf(second, sizeof second, "%011llu", (unsigned long long)(i / 2));
    assert_int_equal(dye_identifier_sets_take(s, DYE_MOBILE, dye_span_str(first)), DYE_OK);
    if (i % 3 != 0)
        assert_int_equal(dye_identifier_sets_take(s, DYE_RESIDENT_ID, dye_span_str(id)), DYE_OK);
    if (i % 5 == 0)
        assert_int_equal(dye_identifier_sets_take(s, DYE_MOBILE, dye_span_str(second)), DYE_OK);
    assert_int_equal(dye_identifier_sets_record(s), DYE_OK);
}

static void the_order_and_repeats_change_nothing(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(7));
    for (unsigned turn = 0; turn < 6; turn++) {
        uint64_t n = 1 + rng_below(&r, turn < 4 ? 500 : 200000);
        struct dye_identifier_sets *a = dye_identifier_sets_new(&key), *b = dye_identifier_sets_new(&key);
        struct images x, y;
        for (uint64_t i = 0; i < n; i++)
            put(a, i);
        for (uint64_t i = 0; i < n; i++)
            put(b, n - 1 - i);
        for (uint64_t i = 0; i < n; i++)
            put(b, rng_below(&r, n));
        seal(a, &x);
        seal(b, &y);
        assert_same(&x, &y);
        drop(&x);
        drop(&y);
    }
}

/* ---- beyond what is kept ---- */

static void of_more_than_are_kept_every_order_keeps_the_same_and_the_number_is_estimated(void **state)
{
    (void)state;
    enum { N = 2500000 };
    struct dye_identifier_sets *a = dye_identifier_sets_new(&key), *b = dye_identifier_sets_new(&key),
                               *c = dye_identifier_sets_new(&key);
    struct images x, y, z;
    struct dye_identifier_set set;
    char text[24];
    for (uint64_t i = 0; i < N; i++) {
        snprintf(text, sizeof text, "%011llu", (unsigned long long)i);
        assert_int_equal(dye_identifier_sets_take(i % 2 == 0 ? a : b, DYE_MOBILE, dye_span_str(text)), DYE_OK);
        assert_int_equal(dye_identifier_sets_record(i % 2 == 0 ? a : b), DYE_OK);
        snprintf(text, sizeof text, "%011llu", (unsigned long long)(N - 1 - i));
        assert_int_equal(dye_identifier_sets_take(c, DYE_MOBILE, dye_span_str(text)), DYE_OK);
        assert_int_equal(dye_identifier_sets_record(c), DYE_OK);
    }
    /* Two readings, put together, are the one. */
    seal(b, &y);
    assert_int_equal(dye_identifier_sets_add(a, dye_span_of(y.at[DYE_MOBILE], y.n[DYE_MOBILE]), NULL), DYE_OK);
    seal(a, &x);
    seal(c, &z);
    assert_same(&x, &z);
    assert_int_equal(dye_identifier_set_open(dye_span_of(x.at[DYE_MOBILE], x.n[DYE_MOBILE]), &set, NULL), DYE_OK);
    double distinct = (double)dye_identifier_set_distinct(&set);
    printf("%d elements: %zu kept at scale 2^-%u, %.0f estimated\n", N, set.n, set.scale_bits, distinct);
    assert_int_equal(set.scale_bits, 2);
    assert_true(fabs(distinct - N) < 6 * sqrt(4.0 * N));
    assert_int_equal(dye_identifier_set_persons(&set), dye_identifier_set_distinct(&set));
    dye_identifier_set_done(&set);
    drop(&x);
    drop(&y);
    drop(&z);
}

/* ---- chunks ---- */

struct counting {
    struct dye_census *census;
};

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    const struct counting *c = arg;
    dye_census_clear(c->census);
    return dye_census_chunk(c->census, chunk);
}

static void sets_of(struct dye_span text, size_t target, size_t piece, struct images *ret)
{
    struct dye_identifier_sets *s = dye_identifier_sets_new(&key);
    const struct dye_census_sink sink = {dye_identifier_sets_take, dye_identifier_sets_record, s};
    struct counting c = {dye_census_new()};
    struct dye_chunker *chunker = dye_chunker_new(target, 1 << 20, on_chunk, &c);
    dye_census_tell(c.census, &sink);
    for (size_t at = 0; at < text.n; at += piece)
        assert_int_equal(dye_chunker_feed(chunker, dye_span_of(text.p + at, text.n - at < piece ? text.n - at : piece)),
                         DYE_OK);
    assert_int_equal(dye_chunker_finish(chunker), DYE_OK);
    dye_chunker_free(chunker);
    dye_census_free(c.census);
    seal(s, ret);
}

static void any_chunking_gives_the_same_sets(void **state)
{
    (void)state;
    struct rng r;
    struct dye_buf text;
    rng_init(&r, rng_seed(8));
    dye_buf_init(&text, 1 << 20, false);
    assert_int_equal(dye_buf_append_str(&text, "姓名,手机号,邮箱\n"), DYE_OK);
    for (unsigned i = 0; i < 3000; i++)
        assert_int_equal(dye_buf_printf(&text, "%s%s,%s1742%03u%04u,u%u@post.invalid\n", rng_below(&r, 2) ? "张" : "張",
                                        rng_below(&r, 2) ? "建国" : "敏", rng_below(&r, 3) == 0 ? "+86 " : "",
                                        (unsigned)rng_below(&r, 10), (unsigned)rng_below(&r, 10000),
                                        (unsigned)rng_below(&r, 5000)),
                         DYE_OK);
    struct images whole, cut;
    sets_of(dye_buf_span(&text), 1 << 20, text.n, &whole);
    assert_true(whole.n[DYE_MOBILE] > 0 && whole.n[DYE_EMAIL] > 0 && whole.n[DYE_NAME_AND_MOBILE] > 0);
    for (unsigned turn = 0; turn < 8; turn++) {
        sets_of(dye_buf_span(&text), 100 + rng_below(&r, 20000), 1 + rng_below(&r, 5000), &cut);
        assert_same(&whole, &cut);
        drop(&cut);
    }
    drop(&whole);
    dye_buf_done(&text);
}

static void the_same_people_in_other_writings_are_the_same_elements(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "姓名,手机号,身份证号\n張敏,17420010001,370144198001010019\n李建国,17420010002,\n",
        "姓名,手机号,身份证号\n张敏,+86 174-2001-0001,370144 19800101 0019\n李建国,0086 17420010002,\n",
        "17420010001----370144198001010019----张敏\n17420010002----李建国\n张*,174****0003,3701**********0014\n",
    };
    struct images first, other;
    sets_of(dye_span_str(texts[0]), 1 << 20, 1 << 20, &first);
    assert_true(first.n[DYE_MOBILE] > 0 && first.n[DYE_RESIDENT_ID] > 0 && first.n[DYE_NAME_AND_MOBILE] > 0);
    for (size_t i = 1; i < sizeof texts / sizeof *texts; i++) {
        sets_of(dye_span_str(texts[i]), 1 << 20, 1 << 20, &other);
        assert_same(&first, &other);
        drop(&other);
    }
    struct dye_buf gb;
    dye_buf_init(&gb, 4096, false);
    assert_int_equal(dye_text_to_gb18030(dye_span_str(texts[0]), &gb), DYE_OK);
    sets_of(dye_buf_span(&gb), 1 << 20, 1 << 20, &other);
    assert_same(&first, &other);
    drop(&other);
    dye_buf_done(&gb);
    drop(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_and_repeats_change_nothing),
        cmocka_unit_test(of_more_than_are_kept_every_order_keeps_the_same_and_the_number_is_estimated),
        cmocka_unit_test(any_chunking_gives_the_same_sets),
        cmocka_unit_test(the_same_people_in_other_writings_are_the_same_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
