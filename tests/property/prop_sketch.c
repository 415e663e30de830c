/* A sketch forgets no token, says yes to others as rarely as it states, and no damage goes unseen. */
#include "dye/scan.h"
#include "dye/sketch.h"
#include "rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct dye_key key = {{1, 2, 3}};

struct images {
    struct dye_span at[16];
    size_t n;
};

static enum dye_status keep(void *arg, struct dye_span image)
{
    struct images *k = arg;
    assert_true(k->n < 16);
    uint8_t *copy = malloc(image.n);
    memcpy(copy, image.p, image.n);
    k->at[k->n++] = dye_span_of(copy, image.n);
    return DYE_OK;
}

static void drop(struct images *k)
{
    for (size_t i = 0; i < k->n; i++)
        free((void *)(uintptr_t)k->at[i].p);
    k->n = 0;
}

static bool holds(const struct images *k, uint64_t token)
{
    bool found = false;
    for (size_t i = 0; i < k->n; i++) {
        struct dye_sketch s;
        assert_int_equal(dye_sketch_open(k->at[i], &s, NULL), DYE_OK);
        found = found || dye_sketch_maybe(&s, token);
    }
    return found;
}

/* n probes that are a function of i, so that they need not be kept. */
static uint64_t probe_at(uint64_t seed, uint64_t i)
{
    uint64_t x = (seed + i) * UINT64_C(0xd6e8feb86659fd93);
    return (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93) | 1;
}

static void put(struct dye_sketch_builder *b, uint64_t seed, uint64_t n, uint64_t repeats)
{
    enum { BATCH = 100 }; /* not the builder's own */
    uint64_t probe[BATCH];
    uint8_t classes[BATCH];
    memset(classes, 1u << DYE_TOKEN_MOBILE | 1u << DYE_TOKEN_OTHER, sizeof classes);
    for (uint64_t again = 0; again < repeats; again++)
        for (uint64_t i = 0; i < n;) {
            size_t batch = 0;
            while (batch < BATCH && i < n)
                probe[batch++] = probe_at(seed, i++);
            assert_int_equal(dye_sketch_builder_take(b, probe, classes, batch), DYE_OK);
        }
}

static void check(uint64_t n, uint64_t seed)
{
    uint64_t strangers = n > DYE_SKETCH_SMALL ? 200000 : 5000;
    struct images k = {.n = 0};
    struct dye_sketch_builder *b = dye_sketch_builder_new(&key, keep, &k);
    struct dye_sketch_hasher *h = dye_sketch_hasher_new(&key);
    put(b, seed, n, 2);
    assert_int_equal(dye_sketch_builder_tokens(b), n);
    assert_int_equal(dye_sketch_builder_seal(b), DYE_OK);
    assert_int_equal(k.n, n > 0 ? 1 : 0);
    struct dye_sketch s;
    uint64_t token, probe, wrong = 0;
    for (uint64_t i = 0; i < n; i++) {
        probe = probe_at(seed, i);
        dye_sketch_hash(h, &probe, 1, &token);
        assert_true(holds(&k, token));
    }
    if (n > 0) {
        assert_int_equal(dye_sketch_open(k.at[0], &s, NULL), DYE_OK);
        assert_int_equal(s.tokens, n);
        assert_int_equal(s.counts[DYE_TOKEN_MOBILE], n);
        assert_int_equal(s.counts[DYE_TOKEN_DIGEST], 0);
        for (uint64_t i = n; i < n + strangers; i++) {
            probe = probe_at(seed, i);
            dye_sketch_hash(h, &probe, 1, &token);
            wrong += dye_sketch_maybe(&s, token);
        }
        double expected = ldexp((double)strangers, -(int)s.bits);
        printf("%llu tokens: %.2f bytes a token, %llu of %llu strangers, %.1f expected\n", (unsigned long long)n,
               (double)k.at[0].n / (double)n, (unsigned long long)wrong, (unsigned long long)strangers, expected);
        assert_true((double)wrong <= expected + 5 * sqrt(expected) + 2);
        assert_true(n <= DYE_SKETCH_SMALL || (double)k.at[0].n / (double)n < 2.1);
    }
    dye_sketch_hasher_free(h);
    dye_sketch_builder_free(b);
    drop(&k);
}

static void what_was_put_in_is_found_and_little_else(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(5));
    for (uint64_t n = 0; n < 40; n++)
        check(n, rng_u64(&r));
    for (unsigned i = 0; i < 10; i++)
        check(rng_below(&r, 3000), rng_u64(&r));
    check(DYE_SKETCH_SMALL, rng_u64(&r));
    check(DYE_SKETCH_SMALL + 1, rng_u64(&r));
    check(100000 + rng_below(&r, 100000), rng_u64(&r));
}

static void a_full_image_is_sealed_on_the_way(void **state)
{
    (void)state;
    struct images k = {.n = 0};
    struct dye_sketch_builder *b = dye_sketch_builder_new(&key, keep, &k);
    struct dye_sketch_hasher *h = dye_sketch_hasher_new(&key);
    put(b, 1, DYE_SKETCH_TOKENS + 5, 1);
    assert_int_equal(k.n, 1);
    assert_int_equal(dye_sketch_builder_tokens(b), 5);
    assert_int_equal(dye_sketch_builder_seal(b), DYE_OK);
    assert_int_equal(k.n, 2);
    for (uint64_t i = 0; i < DYE_SKETCH_TOKENS + 5; i += 97) {
        uint64_t probe = probe_at(1, i), token;
        dye_sketch_hash(h, &probe, 1, &token);
        assert_true(holds(&k, token));
    }
    put(b, 2, 3, 1); /* and a small one after it */
    dye_sketch_builder_clear(b);
    assert_int_equal(dye_sketch_builder_seal(b), DYE_OK);
    assert_int_equal(k.n, 2);
    dye_sketch_hasher_free(h);
    dye_sketch_builder_free(b);
    drop(&k);
}

static void another_key_gives_other_tokens(void **state)
{
    (void)state;
    struct dye_key other = {{9}};
    struct dye_sketch_hasher *a = dye_sketch_hasher_new(&key), *b = dye_sketch_hasher_new(&other);
    uint64_t probe[100], x[100], y[100];
    for (uint64_t i = 0; i < 100; i++)
        probe[i] = probe_at(3, i);
    dye_sketch_hash(a, probe, 100, x);
    dye_sketch_hash(b, probe, 100, y);
    for (size_t i = 0; i < 100; i++) {
        assert_true(x[i] != y[i] && x[i] != probe[i]);
        dye_sketch_hash(a, probe + i, 1, y);
        assert_true(y[0] == x[i]);
    }
    dye_sketch_hasher_free(a);
    dye_sketch_hasher_free(b);
}

/* Every hit that a scan of an index gives is of a token that the sink was given too. */
struct found {
    struct images k;
    struct dye_sketch_hasher *h;
    size_t hits;
};

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    struct found *f = arg;
    uint64_t probe = hit->entry->probe, token;
    dye_sketch_hash(f->h, &probe, 1, &token);
    struct dye_sketch s;
    assert_int_equal(dye_sketch_open(f->k.at[0], &s, NULL), DYE_OK);
    assert_true(s.counts[dye_index_entry_class(hit->entry)] > 0);
    assert_true(dye_sketch_maybe(&s, token));
    f->hits++;
    return DYE_OK;
}

static void whatever_a_scan_would_find_is_in_the_sketch(void **state)
{
    (void)state;
    static const struct {
        enum dye_kind kind;
        enum dye_form form;
        const char *bytes, *written;
    } rows[] = {
        {DYE_MOBILE, DYE_PLAIN, "17420013841", "x,+86 17420013841,y"},
        {DYE_MOBILE, DYE_PLAIN, "17420013842", "174-2001-3842"},
        {DYE_MOBILE, DYE_PLAIN, "17420013843",
         "\xe7\x94\xb5\xe8\xaf\x9d"
         "17420013843"},
        {DYE_MOBILE, DYE_FORM_MASKED, "174****3844", "174****3844"},
        {DYE_RESIDENT_ID, DYE_PLAIN, "37014719910101002x", "37014719910101002X"},
        {DYE_EMAIL, DYE_PLAIN, "seed.two@post.invalid", "<Seed.Two@post.invalid>"},
        {DYE_EMAIL, DYE_PLAIN, "seed.three@post.invalid", "seed.three(at)post.invalid"},
        {DYE_WAYBILL, DYE_PLAIN, "sf1234567890123", "\\nSF1234567890123"},
        {DYE_MOBILE, DYE_FORM_MD5, "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF"},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    struct dye_index_keys keys;
    dye_index_keys_init(&key, &keys);
    struct dye_index_builder *ib = dye_index_builder_new(&keys, false);
    char text[2048] = "";
    for (size_t i = 0; i < ROWS; i++) {
        struct dye_index_entry e = {.kind = (uint8_t)rows[i].kind, .form = (uint8_t)rows[i].form, .variant = 'A'};
        dye_index_entry_set(&e, &keys, dye_span_str(rows[i].bytes));
        assert_int_equal(dye_index_builder_add(ib, dye_span_str("c1"), &e), DYE_OK);
        strcat(strcat(text, rows[i].written), "\n");
    }
    uint8_t *image;
    size_t bytes;
    struct dye_index_set set = {{NULL, NULL}}, none = {{NULL, NULL}};
    assert_int_equal(dye_index_builder_image(ib, &image, &bytes, NULL), DYE_OK);
    dye_index_builder_free(ib);
    assert_int_equal(dye_index_take(image, bytes, &keys, &set.part[0], NULL), DYE_OK);

    struct found f = {.h = dye_sketch_hasher_new(&key)};
    struct dye_sketch_builder *b = dye_sketch_builder_new(&key, keep, &f.k);
    const struct dye_token_sink sink = {&keys, dye_sketch_builder_take, b};
    /* The sketch is made without an index, as of a dump that came before any canary. */
    assert_int_equal(dye_scan_tokens(&none, UINT64_MAX, dye_span_str(text), on_hit, &f, &sink, NULL), DYE_OK);
    assert_int_equal(dye_sketch_builder_seal(b), DYE_OK);
    assert_int_equal(f.hits, 0);
    assert_int_equal(dye_scan(&set, UINT64_MAX, dye_span_str(text), on_hit, &f, NULL), DYE_OK);
    assert_int_equal(f.hits, ROWS);
    dye_index_unref(set.part[0]);
    dye_sketch_hasher_free(f.h);
    dye_sketch_builder_free(b);
    drop(&f.k);
}

static void a_flipped_bit_or_a_missing_byte_is_an_error(void **state)
{
    (void)state;
    struct images k = {.n = 0};
    struct dye_sketch s;
    struct dye_sketch_builder *b = dye_sketch_builder_new(&key, keep, &k);
    put(b, 7, 50, 1);
    assert_int_equal(dye_sketch_builder_seal(b), DYE_OK);
    uint8_t *image = (uint8_t *)(uintptr_t)k.at[0].p;
    for (size_t bit = 0; bit < 8 * k.at[0].n; bit++) {
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(dye_sketch_open(k.at[0], &s, NULL), DYE_E_STREAM);
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < k.at[0].n; n++)
        assert_int_equal(dye_sketch_open(dye_span_of(image, n), &s, NULL), DYE_E_STREAM);
    assert_int_equal(dye_sketch_open(k.at[0], &s, NULL), DYE_OK);
    dye_sketch_builder_free(b);
    drop(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_found_and_little_else),
        cmocka_unit_test(a_full_image_is_sealed_on_the_way),
        cmocka_unit_test(another_key_gives_other_tokens),
        cmocka_unit_test(whatever_a_scan_would_find_is_in_the_sketch),
        cmocka_unit_test(a_flipped_bit_or_a_missing_byte_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
