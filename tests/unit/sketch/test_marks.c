/* Marks: which entries of an index are asked of which sketch. */
#include "dye/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct dye_key key = {{4}};
static struct dye_index_keys keys;
static struct dye_index *registry;
static uint8_t *image;
static size_t image_bytes;

static const struct {
    const char *canary;
    enum dye_kind kind;
    enum dye_form form;
    uint32_t epoch;
    const char *bytes;
} entries[] = {
    {"old", DYE_MOBILE, DYE_PLAIN, 1, "17420010001"},
    {"new", DYE_MOBILE, DYE_PLAIN, 5, "17420010002"},
    {"new", DYE_EMAIL, DYE_PLAIN, 5, "new@post.invalid"},
    {"new", DYE_MOBILE, DYE_FORM_MD5, 5, "0123456789abcdef0123456789abcdef"},
    {"newest", DYE_MOBILE, DYE_PLAIN, 7, "17420010003"},
};
enum { ENTRIES = sizeof entries / sizeof *entries };

static enum dye_status keep(void *arg, struct dye_span made)
{
    (void)arg;
    image = malloc(made.n);
    memcpy(image, made.p, made.n);
    image_bytes = made.n;
    return DYE_OK;
}

/* A registry of all entries, and a sketch of a part that holds all of them but the digest. */
static int set_up(void **state)
{
    (void)state;
    dye_index_keys_init(&key, &keys);
    struct dye_index_builder *ib = dye_index_builder_new(&keys, false);
    struct dye_sketch_builder *sb = dye_sketch_builder_new(&key, keep, NULL);
    for (size_t i = 0; i < ENTRIES; i++) {
        struct dye_index_entry e = {.kind = (uint8_t)entries[i].kind,
                                    .form = (uint8_t)entries[i].form,
                                    .variant = 'A',
                                    .epoch = entries[i].epoch};
        dye_index_entry_set(&e, &keys, dye_span_str(entries[i].bytes));
        assert_int_equal(dye_index_builder_add(ib, dye_span_str(entries[i].canary), &e), DYE_OK);
        uint64_t probe = e.probe;
        uint8_t classes = (uint8_t)(1u << dye_index_entry_class(&e));
        if (entries[i].form == DYE_PLAIN)
            assert_int_equal(dye_sketch_builder_take(sb, &probe, &classes, 1), DYE_OK);
    }
    uint8_t *made;
    size_t n;
    assert_int_equal(dye_index_builder_image(ib, &made, &n, NULL), DYE_OK);
    assert_int_equal(dye_index_take(made, n, &keys, &registry, NULL), DYE_OK);
    assert_int_equal(dye_sketch_builder_seal(sb), DYE_OK);
    dye_index_builder_free(ib);
    dye_sketch_builder_free(sb);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dye_index_unref(registry);
    free(image);
    return 0;
}

struct seen {
    size_t hits;
    char canaries[64]; /* the last letter of each */
};

static enum dye_status on_hit(void *arg, const struct dye_mark_hit *hit)
{
    struct seen *s = arg;
    assert_int_equal(hit->image, 42);
    assert_int_equal(hit->bits, DYE_SKETCH_WIDE_BITS);
    s->canaries[s->hits++] = hit->mark->canary[strlen(hit->mark->canary) - 1];
    return DYE_OK;
}

static size_t hits(const struct dye_key *k, uint64_t gathered_since, uint64_t since, dye_mark_filter_fn filter,
                   size_t *ret_marks)
{
    const struct dye_index_set set = {{NULL, registry}};
    struct dye_marks *m;
    struct dye_sketch s;
    struct seen seen = {0};
    assert_int_equal(dye_marks_new(&set, k, gathered_since, filter, NULL, &m, NULL), DYE_OK);
    *ret_marks = dye_marks_count(m);
    assert_int_equal(dye_sketch_open(dye_span_of(image, image_bytes), &s, NULL), DYE_OK);
    assert_int_equal(dye_marks_check(m, &s, since, 42, on_hit, &seen), DYE_OK);
    dye_marks_free(m);
    return seen.hits;
}

static void every_entry_that_is_there_is_met(void **state)
{
    (void)state;
    size_t marks;
    assert_int_equal(hits(&key, 0, 0, NULL, &marks), 4);
    assert_int_equal(marks, ENTRIES);
}

static void only_later_epochs_are_asked(void **state)
{
    (void)state;
    size_t marks;
    assert_int_equal(hits(&key, 0, 1, NULL, &marks), 3);
    assert_int_equal(marks, ENTRIES);
    assert_int_equal(hits(&key, 1, 5, NULL, &marks), 1);
    assert_int_equal(marks, ENTRIES - 1);
    assert_int_equal(hits(&key, 7, 0, NULL, &marks), 0);
    assert_int_equal(marks, 0);
}

static bool is_new(void *arg, const char *canary)
{
    (void)arg;
    return strcmp(canary, "new") == 0;
}

static void only_the_canaries_wanted_are_asked(void **state)
{
    (void)state;
    size_t marks;
    assert_int_equal(hits(&key, 0, 0, is_new, &marks), 2);
    assert_int_equal(marks, 3);
}

static void another_sketch_key_meets_nothing(void **state)
{
    (void)state;
    const struct dye_key other = {{5}};
    size_t marks;
    assert_int_equal(hits(&other, 0, 0, NULL, &marks), 0);
}

static void a_class_that_the_part_has_not_is_not_asked(void **state)
{
    (void)state;
    struct dye_sketch s;
    assert_int_equal(dye_sketch_open(dye_span_of(image, image_bytes), &s, NULL), DYE_OK);
    assert_int_equal(s.counts[DYE_TOKEN_MOBILE], 3);
    assert_int_equal(s.counts[DYE_TOKEN_EMAIL], 1);
    assert_int_equal(s.counts[DYE_TOKEN_DIGEST], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_that_is_there_is_met),
        cmocka_unit_test(only_later_epochs_are_asked),
        cmocka_unit_test(only_the_canaries_wanted_are_asked),
        cmocka_unit_test(another_sketch_key_meets_nothing),
        cmocka_unit_test(a_class_that_the_part_has_not_is_not_asked),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
