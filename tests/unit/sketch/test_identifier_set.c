/* Identifier sets: what is an element, what is marked, and what a damaged image comes to. */
#include "dye/identifier_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <xxhash.h>

#include <cmocka.h>

static const struct dye_key key = {{9}};

struct images {
    uint8_t *at[DYE_IDENTIFIER_KINDS];
    size_t n[DYE_IDENTIFIER_KINDS];
};

static enum dye_status keep(void *arg, unsigned kind, struct dye_span image)
{
    struct images *x = arg;
    assert_null(x->at[kind]);
    x->at[kind] = malloc(image.n);
    memcpy(x->at[kind], image.p, image.n);
    x->n[kind] = image.n;
    return DYE_OK;
}

static void drop(struct images *x)
{
    for (size_t k = 0; k < DYE_IDENTIFIER_KINDS; k++)
        free(x->at[k]);
}

static void take(struct dye_identifier_sets *s, enum dye_kind kind, const char *value)
{
    assert_int_equal(dye_identifier_sets_take(s, kind, dye_span_str(value)), DYE_OK);
}

static void end(struct dye_identifier_sets *s)
{
    assert_int_equal(dye_identifier_sets_record(s), DYE_OK);
}

static void open_set(const struct images *x, unsigned kind, struct dye_identifier_set *ret)
{
    assert_non_null(x->at[kind]);
    assert_int_equal(dye_identifier_set_open(dye_span_of(x->at[kind], x->n[kind]), ret, NULL), DYE_OK);
    assert_int_equal(ret->kind, kind);
}

static uint64_t distinct(const struct images *x, unsigned kind)
{
    struct dye_identifier_set s;
    if (x->at[kind] == NULL)
        return 0;
    open_set(x, kind, &s);
    uint64_t n = dye_identifier_set_distinct(&s);
    dye_identifier_set_done(&s);
    return n;
}

static uint64_t persons(const struct images *x, unsigned kind)
{
    struct dye_identifier_set s;
    open_set(x, kind, &s);
    uint64_t n = dye_identifier_set_persons(&s);
    dye_identifier_set_done(&s);
    return n;
}

static void repeats_count_once_and_the_best_of_a_record_stands_for_a_person(void **state)
{
    (void)state;
    struct images x = {{NULL}, {0}};
    struct dye_identifier_sets *s = dye_identifier_sets_new(&key);
    take(s, DYE_MOBILE, "17420010001"); /* the ID comes last and is the best */
    take(s, DYE_MOBILE, "17420010002");
    take(s, DYE_RESIDENT_ID, "110144199003070010");
    end(s);
    take(s, DYE_MOBILE, "17420010003");
    end(s);
    take(s, DYE_MOBILE, "17420010003");
    take(s, DYE_EMAIL, "a@post.invalid");
    end(s);
    take(s, DYE_MOBILE, "17420010002"); /* the second phone above, and here all there is */
    end(s);
    take(s, DYE_MRN, "0001");
    end(s);
    assert_int_equal(dye_identifier_sets_images(s, keep, &x), DYE_OK);
    assert_int_equal(distinct(&x, DYE_MOBILE), 3);
    assert_int_equal(persons(&x, DYE_MOBILE), 2);
    assert_int_equal(persons(&x, DYE_RESIDENT_ID), 1);
    assert_int_equal(persons(&x, DYE_EMAIL), 0);
    assert_int_equal(distinct(&x, DYE_MRN), 1);
    assert_int_equal(persons(&x, DYE_MRN), 0);
    dye_identifier_sets_free(s);
    drop(&x);
}

static void a_name_is_an_element_with_a_mobile_beside_it_alone(void **state)
{
    (void)state;
    struct images x = {{NULL}, {0}};
    struct dye_identifier_sets *s = dye_identifier_sets_new(&key);
    take(s, DYE_NAME, "甲");
    end(s);
    take(s, DYE_MOBILE, "17420010001");
    take(s, DYE_NAME, "甲");
    end(s);
    take(s, DYE_NAME, "乙");
    take(s, DYE_MOBILE, "17420010001");
    end(s);
    take(s, DYE_NAME, "乙");
    take(s, DYE_MOBILE, "17420010001");
    end(s);
    assert_int_equal(dye_identifier_sets_images(s, keep, &x), DYE_OK);
    assert_int_equal(distinct(&x, DYE_NAME), 0);
    assert_int_equal(distinct(&x, DYE_NAME_AND_MOBILE), 2);
    assert_string_equal(dye_identifier_kind_name(DYE_NAME_AND_MOBILE), "name+mobile");
    assert_int_equal(dye_identifier_kind_from_name(dye_span_str("name+mobile")), DYE_NAME_AND_MOBILE);
    assert_int_equal(dye_identifier_kind_from_name(dye_span_str("mobile")), DYE_MOBILE);
    dye_identifier_sets_free(s);
    drop(&x);
}

static void one_value_is_other_elements_in_other_kinds_and_under_other_keys(void **state)
{
    (void)state;
    const struct dye_key others = {{8}};
    struct images x = {{NULL}, {0}}, y = {{NULL}, {0}};
    struct dye_identifier_sets *s = dye_identifier_sets_new(&key), *t = dye_identifier_sets_new(&others);
    take(s, DYE_QQ, "12345678");
    take(s, DYE_ACCOUNT, "12345678");
    end(s);
    take(t, DYE_QQ, "12345678");
    end(t);
    assert_int_equal(dye_identifier_sets_images(s, keep, &x), DYE_OK);
    assert_int_equal(dye_identifier_sets_images(t, keep, &y), DYE_OK);
    struct dye_identifier_set a, b, c;
    open_set(&x, DYE_QQ, &a);
    open_set(&x, DYE_ACCOUNT, &b);
    open_set(&y, DYE_QQ, &c);
    assert_true(a.at[0] >> 1 != b.at[0] >> 1 && a.at[0] >> 1 != c.at[0] >> 1);
    dye_identifier_set_done(&a);
    dye_identifier_set_done(&b);
    dye_identifier_set_done(&c);
    dye_identifier_sets_free(s);
    dye_identifier_sets_free(t);
    drop(&x);
    drop(&y);
}

/* Each with its checksum put right, so that it is the numbers behind it that are refused. */
static void what_is_no_set_is_refused(void **state)
{
    (void)state;
    enum { CHECKSUM_AT = 8, KIND_AT = 16, SCALE_AT = 20, N_AT = 24, FIRST_AT = 32, SECOND_AT = 40 };
    static const struct {
        size_t at;
        uint64_t is;
        const char *what;
    } cases[] = {{KIND_AT, 0, "no kind"},
                 {KIND_AT, 250, "an unknown kind"},
                 {SCALE_AT, 41, "too fine a scale"},
                 {N_AT, 0, "none"},
                 {N_AT, 3, "more than there are"},
                 {N_AT, UINT64_MAX / 8 + 1, "a size that wraps"},
                 {FIRST_AT, 1, "a free slot"},
                 {FIRST_AT, UINT64_MAX, "out of order"},
                 {SECOND_AT, 0, "out of order"}};
    struct images x = {{NULL}, {0}};
    struct dye_identifier_sets *s = dye_identifier_sets_new(&key);
    struct dye_identifier_set set;
    take(s, DYE_MOBILE, "17420010001");
    end(s);
    take(s, DYE_MOBILE, "17420010002");
    end(s);
    assert_int_equal(dye_identifier_sets_images(s, keep, &x), DYE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t image[48];
        assert_int_equal(x.n[DYE_MOBILE], sizeof image);
        memcpy(image, x.at[DYE_MOBILE], sizeof image);
        memcpy(image + cases[i].at, &cases[i].is, cases[i].at < N_AT ? 4 : 8);
        uint64_t sum = XXH3_64bits(image + KIND_AT, sizeof image - KIND_AT);
        memcpy(image + CHECKSUM_AT, &sum, sizeof sum);
        if (dye_identifier_set_open(dye_span_of(image, sizeof image), &set, NULL) != DYE_E_STREAM)
            fail_msg("%s", cases[i].what);
    }
    for (size_t n = 0; n < x.n[DYE_MOBILE]; n++)
        assert_int_equal(dye_identifier_set_open(dye_span_of(x.at[DYE_MOBILE], n), &set, NULL), DYE_E_STREAM);
    x.at[DYE_MOBILE][FIRST_AT] ^= 1;
    assert_int_equal(dye_identifier_set_open(dye_span_of(x.at[DYE_MOBILE], x.n[DYE_MOBILE]), &set, NULL), DYE_E_STREAM);
    dye_identifier_sets_free(s);
    drop(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_count_once_and_the_best_of_a_record_stands_for_a_person),
        cmocka_unit_test(a_name_is_an_element_with_a_mobile_beside_it_alone),
        cmocka_unit_test(one_value_is_other_elements_in_other_kinds_and_under_other_keys),
        cmocka_unit_test(what_is_no_set_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
