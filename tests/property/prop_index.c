/* All that was added is found, nothing else is, and no damage goes unseen. */
#include "dye/index.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CANARIES = 2000, ABSENT = 200000 };

static struct dye_index_keys keys;

static void value_of(uint64_t i, char ret[24])
{
    snprintf(ret, 24, "v%llu", (unsigned long long)(i * UINT64_C(0x9e3779b97f4a7c15)));
}

static void build(size_t canaries, uint8_t **ret, size_t *ret_n)
{
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    for (uint64_t i = 0; i < canaries * 5; i++) {
        char id[16], value[24];
        snprintf(id, sizeof id, "c%llu", (unsigned long long)(i % canaries));
        value_of(i, value);
        struct dye_index_entry e = {
            .kind = DYE_MOBILE, .form = (uint8_t)(1 + i % 5), .variant = 'A', .epoch = (uint32_t)(i % canaries)};
        dye_index_entry_set(&e, &keys, dye_span_str(value));
        assert_int_equal(dye_index_builder_add(b, dye_span_str(id), &e), DYE_OK);
    }
    assert_int_equal(dye_index_builder_image(b, ret, ret_n, NULL), DYE_OK);
    dye_index_builder_free(b);
}

static void all_added_are_found_and_nothing_else(void **state)
{
    (void)state;
    uint8_t *image = NULL;
    size_t n = 0;
    build(CANARIES, &image, &n);
    struct dye_index *x = NULL;
    assert_int_equal(dye_index_take(image, n, &keys, &x, NULL), DYE_OK);
    assert_int_equal(dye_index_canaries(x), CANARIES);
    struct dye_index_entry found[4];
    char value[24], id[16];
    for (uint64_t i = 0; i < CANARIES * 5; i++) {
        value_of(i, value);
        uint64_t probe = dye_probe(&keys, dye_span_str(value));
        assert_true(dye_index_maybe(x, i % 5 == 0 ? DYE_TOKEN_MOBILE : DYE_TOKEN_DIGEST, probe));
        assert_true(dye_index_call_found(x, probe));
        assert_int_equal(dye_index_find(x, probe, dye_span_str(value), found, 4), 1);
        snprintf(id, sizeof id, "c%llu", (unsigned long long)(i % CANARIES));
        assert_string_equal(dye_index_canary_id(x, found[0].canary), id);
        assert_int_equal(found[0].epoch, i % CANARIES);
    }
    size_t maybes = 0;
    for (uint64_t i = CANARIES * 5; i < CANARIES * 5 + ABSENT; i++) {
        value_of(i, value);
        uint64_t probe = dye_probe(&keys, dye_span_str(value));
        maybes += dye_index_maybe(x, DYE_TOKEN_DIGEST, probe);
        assert_false(dye_index_call_found(x, probe));
        assert_int_equal(dye_index_find(x, probe, dye_span_str(value), found, 4), 0);
    }
    printf("filter passes %.3f %% of what is absent\n", 100.0 * (double)maybes / ABSENT);
    assert_true(maybes < ABSENT / 100);
    dye_index_unref(x);
}

static enum dye_status open_copy(const uint8_t *image, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    memcpy(copy, image, n);
    struct dye_index *x = NULL;
    enum dye_status status = dye_index_take(copy, n, &keys, &x, NULL);
    if (status == DYE_OK)
        dye_index_unref(x);
    return status;
}

static void a_flipped_bit_anywhere_is_an_error(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(13));
    uint8_t *image = NULL;
    size_t n = 0;
    build(20, &image, &n);
    assert_int_equal(open_copy(image, n), DYE_OK);
    for (size_t bit = 0; bit < 8 * 384 + 4000; bit++) { /* every bit of the header, and some of the rest */
        size_t at = bit < 8 * 384 ? bit : 8 * 384 + rng_below(&r, 8 * (n - 384));
        image[at / 8] ^= (uint8_t)(1u << at % 8);
        assert_int_equal(open_copy(image, n), DYE_E_STREAM);
        image[at / 8] ^= (uint8_t)(1u << at % 8);
    }
    free(image);
}

/* Something of few canaries, values and epochs, so that much comes again. */
static void add_any(struct dye_index_builder *b, uint64_t which)
{
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_EMAIL, DYE_NAME, DYE_ADDRESS};
    struct rng r;
    rng_init(&r, which);
    char id[16], value[24];
    snprintf(id, sizeof id, "c%llu", (unsigned long long)rng_below(&r, 30));
    struct dye_index_entry e = {.kind = (uint8_t)kinds[rng_below(&r, 4)],
                                .form = DYE_PLAIN,
                                .variant = (char)('A' + rng_below(&r, 2)),
                                .flags = (uint8_t)(rng_below(&r, 2) * DYE_INDEX_CONTROL),
                                .epoch = (uint32_t)rng_below(&r, 3)};
    value_of(rng_below(&r, 20), value);
    dye_index_entry_set(&e, &keys, dye_span_str(value));
    assert_int_equal(dye_index_builder_add(b, dye_span_str(id), &e), DYE_OK);
}

static struct dye_index *made_of(struct dye_index_builder *b, uint8_t **ret_copy, size_t *ret_n)
{
    uint8_t *image = NULL;
    struct dye_index *x = NULL;
    assert_int_equal(dye_index_builder_image(b, &image, ret_n, NULL), DYE_OK);
    *ret_copy = malloc(*ret_n);
    memcpy(*ret_copy, image, *ret_n);
    assert_int_equal(dye_index_take(image, *ret_n, &keys, &x, NULL), DYE_OK);
    dye_index_builder_free(b);
    return x;
}

static void an_index_put_together_of_parts_is_that_of_the_whole(void **state)
{
    (void)state;
    enum { ROUNDS = 50, ENTRIES = 600, INDEXES = 4 /* two parts, both, the whole */ };
    struct rng r;
    rng_init(&r, rng_seed(17));
    for (int round = 0; round < ROUNDS; round++) {
        struct dye_index_builder *b[INDEXES];
        struct dye_index *x[INDEXES];
        uint8_t *image[INDEXES];
        size_t n[INDEXES];
        for (int i = 0; i < INDEXES; i++)
            b[i] = dye_index_builder_new(&keys, false);
        for (uint64_t i = 0, entries = rng_below(&r, ENTRIES); i < entries; i++) {
            uint64_t which = rng_below(&r, UINT64_MAX);
            add_any(b[rng_below(&r, 2)], which);
            add_any(b[3], which);
        }
        for (int i = 0; i < 2; i++) {
            x[i] = made_of(b[i], &image[i], &n[i]);
            assert_int_equal(dye_index_builder_add_all(b[2], x[i]), DYE_OK);
        }
        for (int i = 2; i < INDEXES; i++)
            x[i] = made_of(b[i], &image[i], &n[i]);
        assert_int_equal(n[2], n[3]);
        assert_memory_equal(image[2], image[3], n[2]);
        for (int i = 0; i < INDEXES; i++) {
            dye_index_unref(x[i]);
            free(image[i]);
        }
    }
}

static void a_shortened_image_is_an_error(void **state)
{
    (void)state;
    uint8_t *image = NULL;
    size_t n = 0;
    build(5, &image, &n);
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(open_copy(image, cut), DYE_E_STREAM);
    free(image);
}

int main(void)
{
    struct dye_key k;
    memset(k.bytes, 9, sizeof k.bytes);
    dye_index_keys_init(&k, &keys);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_added_are_found_and_nothing_else),
        cmocka_unit_test(a_flipped_bit_anywhere_is_an_error),
        cmocka_unit_test(a_shortened_image_is_an_error),
        cmocka_unit_test(an_index_put_together_of_parts_is_that_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
