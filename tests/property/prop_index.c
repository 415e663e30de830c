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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
