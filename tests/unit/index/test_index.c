#include "dye/index.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void keys_of(uint8_t seed, struct dye_index_keys *ret)
{
    struct dye_key k;
    memset(k.bytes, seed, sizeof k.bytes);
    dye_index_keys_init(&k, ret);
}

static void add(struct dye_index_builder *b, const struct dye_index_keys *keys, const char *canary, enum dye_kind kind,
                const char *value, uint64_t epoch)
{
    struct dye_index_entry e = {.epoch = (uint32_t)epoch, .kind = (uint8_t)kind, .form = DYE_PLAIN, .variant = 'A'};
    dye_index_entry_set(&e, keys, dye_span_str(value));
    assert_int_equal(dye_index_builder_add(b, dye_span_str(canary), &e), DYE_OK);
}

static struct dye_index_builder *three(const struct dye_index_keys *keys, bool embed, bool backwards)
{
    static const struct {
        const char *canary;
        enum dye_kind kind;
        const char *value;
        uint64_t epoch;
    } rows[] = {
        {"c01", DYE_MOBILE, "17412345678", 11}, {"c01", DYE_NAME, "somebody", 11},
        {"c02", DYE_MOBILE, "17412345678", 12}, {"c02", DYE_EMAIL, "a@example.com", 12},
        {"c03", DYE_MRN, "mrn0000001", 14},
    };
    struct dye_index_builder *b = dye_index_builder_new(keys, embed);
    for (size_t i = 0; i < 5; i++) {
        size_t k = backwards ? 4 - i : i;
        add(b, keys, rows[k].canary, rows[k].kind, rows[k].value, rows[k].epoch);
    }
    return b;
}

static struct dye_index *built(struct dye_index_builder *b, const struct dye_index_keys *keys)
{
    uint8_t *image = NULL;
    size_t bytes = 0;
    struct dye_index *x = NULL;
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, bytes, keys, &x, NULL), DYE_OK);
    dye_index_builder_free(b);
    return x;
}

static size_t find(const struct dye_index *x, const char *value, struct dye_index_entry ret[8])
{
    uint64_t probe = dye_probe(dye_index_keys_of(x), dye_span_str(value));
    return dye_index_find(x, probe, dye_span_str(value), ret, 8);
}

static void what_was_added_is_found_with_its_canary(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index *x = built(three(&keys, false, false), &keys);
    assert_int_equal(dye_index_canaries(x), 3);
    assert_int_equal(dye_index_entries(x), 5);
    assert_int_equal(dye_index_epoch(x), 14);
    struct dye_index_entry found[8];
    assert_int_equal(find(x, "a@example.com", found), 1);
    assert_string_equal(dye_index_canary_id(x, found[0].canary), "c02");
    assert_int_equal(found[0].kind, DYE_EMAIL);
    assert_int_equal(find(x, "b@example.com", found), 0);
    assert_true(dye_index_maybe(x, DYE_TOKEN_OTHER, dye_probe(&keys, dye_span_str("mrn0000001"))));
    dye_index_unref(x);
}

static void one_value_of_two_canaries_is_found_twice(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index *x = built(three(&keys, false, false), &keys);
    struct dye_index_entry found[8];
    assert_int_equal(find(x, "17412345678", found), 2);
    assert_int_not_equal(found[0].canary, found[1].canary);
    struct dye_index_entry one[1];
    assert_int_equal(
        dye_index_find(x, dye_probe(&keys, dye_span_str("17412345678")), dye_span_str("17412345678"), one, 1), 1);
    dye_index_unref(x);
}

static void a_probe_alone_is_no_hit(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index *x = built(three(&keys, false, false), &keys);
    struct dye_index_entry found[8];
    uint64_t right = dye_probe(&keys, dye_span_str("17412345678"));
    assert_int_equal(dye_index_find(x, right, dye_span_str("17412345679"), found, 8), 0);
    dye_index_unref(x);
}

static void names_are_kept_for_linking_but_not_found(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index *x = built(three(&keys, false, false), &keys);
    struct dye_index_entry found[8];
    assert_int_equal(find(x, "somebody", found), 0);
    struct dye_index_entry e, given;
    dye_index_entry_set(&given, &keys, dye_span_str("somebody"));
    assert_true(dye_index_trait_at(x, 0, 0, &e));
    assert_int_equal(e.kind, DYE_NAME);
    assert_int_equal(e.form, DYE_PLAIN);
    assert_int_equal(e.epoch, 11);
    assert_memory_equal(e.fp, given.fp, sizeof e.fp);
    assert_false(dye_index_trait_at(x, 0, 1, &e));
    assert_false(dye_index_trait_at(x, 3, 0, &e));
    dye_index_unref(x);
}

static void the_order_of_adding_does_not_show(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    uint8_t *image[2];
    size_t bytes[2];
    for (int i = 0; i < 2; i++) {
        struct dye_index_builder *b = three(&keys, false, i == 1);
        assert_int_equal(dye_index_builder_image(b, &image[i], &bytes[i], NULL), DYE_OK);
        dye_index_builder_free(b);
    }
    /* Epochs follow the rows, not the order, so the images are the same. */
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(image[0], image[1], bytes[0]);
    free(image[0]);
    free(image[1]);
}

static void repeats_are_folded_onto_the_earliest_epoch(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, &keys, "c01", DYE_MOBILE, "17412345678", 9);
    add(b, &keys, "c01", DYE_MOBILE, "17412345678", 7);
    add(b, &keys, "c01", DYE_MOBILE, "17412345678", 9);
    struct dye_index *x = built(b, &keys);
    assert_int_equal(dye_index_entries(x), 1);
    assert_int_equal(dye_index_epoch(x), 7);
    dye_index_unref(x);
}

static void a_canary_of_two_epochs_has_a_number_for_each(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, &keys, "c02", DYE_MOBILE, "17412345679", 5);
    add(b, &keys, "c01", DYE_MOBILE, "17412345678", 9);
    add(b, &keys, "c01", DYE_EMAIL, "a@example.com", 7);
    add(b, &keys, "c01", DYE_NAME, "somebody", 9);
    add(b, &keys, "c01", DYE_NAME, "nobody", 7);
    struct dye_index *x = built(b, &keys);
    struct dye_index_entry found[8], e;
    assert_int_equal(dye_index_canaries(x), 3);
    assert_int_equal(find(x, "a@example.com", found), 1);
    assert_int_equal(found[0].canary, 0);
    assert_int_equal(found[0].epoch, 7);
    assert_int_equal(find(x, "17412345678", found), 1);
    assert_int_equal(found[0].canary, 1);
    assert_int_equal(found[0].epoch, 9);
    for (uint32_t c = 0; c < 2; c++) {
        assert_string_equal(dye_index_canary_id(x, c), "c01");
        assert_int_equal(dye_index_canary_epoch(x, c), c == 0 ? 7 : 9);
        assert_true(dye_index_trait_at(x, c, 0, &e));
        assert_int_equal(e.epoch, c == 0 ? 7 : 9);
        assert_false(dye_index_trait_at(x, c, 1, &e));
    }
    assert_string_equal(dye_index_canary_id(x, 2), "c02");
    dye_index_unref(x);
}

static void a_control_and_a_variant_stay_what_they_are(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    struct dye_index_entry found[8], e = {.kind = DYE_ACCOUNT, .form = DYE_FORM_SCIENTIFIC, .variant = 'Z'};
    e.flags = DYE_INDEX_CONTROL;
    dye_index_entry_set(&e, &keys, dye_span_str("17412345678"));
    assert_int_equal(dye_index_builder_add(b, dye_span_str("c01"), &e), DYE_OK);
    struct dye_index *x = built(b, &keys);
    assert_int_equal(find(x, "17412345678", found), 1);
    assert_int_equal(found[0].kind, DYE_ACCOUNT);
    assert_int_equal(found[0].form, DYE_FORM_SCIENTIFIC);
    assert_int_equal(found[0].variant, 'Z');
    assert_int_equal(found[0].flags, DYE_INDEX_CONTROL);
    assert_true(found[0].probe == e.probe);
    assert_memory_equal(found[0].fp, e.fp, sizeof e.fp);
    dye_index_unref(x);
}

/* A value that very many have makes one stretch of equal probes. */
static void a_value_of_many_canaries_is_sorted_too(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    for (int i = 0; i < MANY; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", i * 7919 % MANY);
        add(b, &keys, id, DYE_MOBILE, "17412345678", 1);
    }
    struct dye_index *x = built(b, &keys);
    struct dye_index_entry e;
    assert_int_equal(dye_index_keys(x), MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_true(dye_index_key_at(x, i, &e));
        assert_int_equal(e.canary, i);
    }
    dye_index_unref(x);
}

static void a_builder_is_empty_once_it_has_made_its_image(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = three(&keys, false, false);
    uint8_t *image = NULL;
    size_t bytes = 0;
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    free(image);
    add(b, &keys, "c09", DYE_MOBILE, "17412345679", 1);
    struct dye_index *x = built(b, &keys);
    assert_int_equal(dye_index_canaries(x), 1);
    assert_int_equal(dye_index_entries(x), 1);
    assert_string_equal(dye_index_canary_id(x, 0), "c09");
    dye_index_unref(x);
}

static void an_index_of_another_version_says_so(void **state)
{
    (void)state;
    enum { VERSION_AT = 8 };
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = three(&keys, false, false);
    uint8_t *image = NULL;
    size_t bytes = 0;
    struct dye_index *x = NULL;
    struct dye_error err = {0};
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    dye_index_builder_free(b);
    image[VERSION_AT] = 2;
    assert_int_equal(dye_index_take(image, bytes, &keys, &x, &err), DYE_E_STREAM);
    assert_non_null(strstr(err.message, "another version"));
    assert_non_null(strstr(err.message, "build it again"));
}

static void a_delta_folds_into_its_base(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index *base = built(three(&keys, false, false), &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, &keys, "c01", DYE_WAYBILL, "sf1234567890123", 20);
    assert_int_equal(dye_index_builder_add_all(b, base), DYE_OK);
    struct dye_index *both = built(b, &keys);
    assert_int_equal(dye_index_canaries(both), 4); /* c01 has two epochs */
    assert_int_equal(dye_index_entries(both), 6);
    dye_index_unref(base);
    dye_index_unref(both);
}

static void an_empty_index_finds_nothing(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index *x = built(dye_index_builder_new(&keys, false), &keys);
    struct dye_index_entry found[8];
    assert_int_equal(find(x, "17412345678", found), 0);
    assert_int_equal(dye_index_canaries(x), 0);
    dye_index_unref(x);
}

static void the_key_decides_who_may_open_it(void **state)
{
    (void)state;
    struct dye_index_keys keys, other;
    keys_of(1, &keys);
    keys_of(2, &other);
    struct dye_index *x = NULL;
    uint8_t *image = NULL;
    size_t bytes = 0;
    for (int i = 0; i < 2; i++) {
        struct dye_index_builder *b = three(&keys, false, false);
        assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
        dye_index_builder_free(b);
        assert_int_equal(dye_index_take(image, bytes, i == 0 ? NULL : &other, &x, NULL), DYE_E_KEY);
    }
    struct dye_index_builder *b = three(&keys, true, false);
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    dye_index_builder_free(b);
    assert_int_equal(dye_index_take(image, bytes, NULL, &x, NULL), DYE_OK);
    struct dye_index_entry found[8];
    assert_int_equal(find(x, "mrn0000001", found), 1);
    dye_index_unref(x);
}

static void a_file_is_mapped_and_a_bad_one_is_told(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = three(&keys, false, false);
    uint8_t *image = NULL;
    size_t bytes = 0;
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    dye_index_builder_free(b);
    char path[] = "/tmp/test_index.XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, image, bytes), bytes);
    struct dye_index *x = NULL;
    struct dye_error err = {0};
    assert_int_equal(dye_index_open(path, &keys, &x, &err), DYE_OK);
    struct dye_index *same = dye_index_ref(x);
    dye_index_unref(x);
    assert_int_equal(dye_index_canaries(same), 3);
    dye_index_unref(same);
    dye_index_unref(NULL);
    assert_int_equal(ftruncate(fd, (off_t)bytes - 1), 0);
    assert_int_equal(dye_index_open(path, &keys, &x, &err), DYE_E_STREAM);
    assert_int_equal(ftruncate(fd, 3), 0);
    assert_int_equal(dye_index_open(path, &keys, &x, &err), DYE_E_STREAM);
    close(fd);
    unlink(path);
    assert_int_equal(dye_index_open(path, &keys, &x, &err), DYE_E_IO);
    free(image);
}

static void a_mapped_file_is_verified_beside_its_use(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = three(&keys, false, false);
    uint8_t *image = NULL;
    size_t bytes = 0;
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    dye_index_builder_free(b);
    char path[] = "/tmp/test_index.XXXXXX";
    int fd = mkstemp(path);
    struct dye_index *x = NULL;
    enum { HEADER = 384 };
    for (size_t at = HEADER - 1; at < bytes; at++) { /* the byte before HEADER stands for none */
        if (at >= HEADER)
            image[at] ^= 0x81;
        assert_int_equal(pwrite(fd, image, bytes, 0), bytes);
        enum dye_status status = dye_index_map(path, &keys, &x, NULL);
        if (status == DYE_OK) { /* all but a last name without an end */
            struct dye_index_entry e, found[4];
            assert_int_equal(dye_index_verify(x, NULL), at >= HEADER ? DYE_E_STREAM : DYE_OK);
            for (uint64_t i = 0; i < dye_index_keys(x); i++) {
                bool names = dye_index_key_at(x, i, &e);
                assert_true(!names || strlen(dye_index_canary_id(x, e.canary)) < bytes);
                dye_index_find(x, names ? e.probe : i, dye_span_str("x"), found, 4);
            }
            for (uint32_t c = 0; c < dye_index_canaries(x); c++)
                for (size_t i = 0; dye_index_trait_at(x, c, i, &e); i++)
                    assert_int_equal(e.canary, c);
            dye_index_unref(x);
        } else {
            assert_int_equal(status, DYE_E_STREAM);
        }
        if (at >= HEADER)
            image[at] ^= 0x81;
    }
    close(fd);
    unlink(path);
    free(image);
}

static void a_bad_entry_is_refused(void **state)
{
    (void)state;
    struct dye_index_keys keys;
    keys_of(1, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    struct dye_index_entry good = {.probe = 1, .kind = DYE_MOBILE, .form = DYE_PLAIN, .variant = 'A'}, e;
    assert_int_equal(dye_index_builder_add(b, dye_span_str(""), &good), DYE_E_USAGE);
    assert_int_equal(dye_index_builder_add(b, dye_span_of("a\0b", 3), &good), DYE_E_USAGE);
    char longest[64];
    memset(longest, 'c', sizeof longest);
    assert_int_equal(dye_index_builder_add(b, dye_span_of(longest, 64), &good), DYE_E_USAGE);
    assert_int_equal(dye_index_builder_add(b, dye_span_of(longest, 63), &good), DYE_OK);
    e = good;
    e.probe = 0;
    assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_E_USAGE);
    e = good;
    e.kind = DYE_KIND_COUNT;
    assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_E_USAGE);
    e = good;
    e.variant = 'a';
    assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_E_USAGE);
    dye_index_builder_free(b);
    dye_index_builder_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found_with_its_canary),
        cmocka_unit_test(one_value_of_two_canaries_is_found_twice),
        cmocka_unit_test(a_probe_alone_is_no_hit),
        cmocka_unit_test(names_are_kept_for_linking_but_not_found),
        cmocka_unit_test(the_order_of_adding_does_not_show),
        cmocka_unit_test(repeats_are_folded_onto_the_earliest_epoch),
        cmocka_unit_test(a_canary_of_two_epochs_has_a_number_for_each),
        cmocka_unit_test(a_control_and_a_variant_stay_what_they_are),
        cmocka_unit_test(a_value_of_many_canaries_is_sorted_too),
        cmocka_unit_test(a_builder_is_empty_once_it_has_made_its_image),
        cmocka_unit_test(an_index_of_another_version_says_so),
        cmocka_unit_test(a_delta_folds_into_its_base),
        cmocka_unit_test(an_empty_index_finds_nothing),
        cmocka_unit_test(the_key_decides_who_may_open_it),
        cmocka_unit_test(a_file_is_mapped_and_a_bad_one_is_told),
        cmocka_unit_test(a_mapped_file_is_verified_beside_its_use),
        cmocka_unit_test(a_bad_entry_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
