/*
 * Of tokens of any length that stand close together every path finds exactly those that the index knows: through
 * filters that stay in the cache and through one whose words are called for ahead.
 */
#include "dye/scan.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NEAR_MAX = 1 << 14 }; /* words of a filter that the scanner expects in a cache */
enum { TEXTS = 6, TOKENS = 1500, FORM_MAX = 100, TEXT_MAX = TOKENS * (FORM_MAX + 1), FAR_KEYS = 200000 };

struct made {
    char form[FORM_MAX];
    size_t start, n;
    enum dye_kind kind;
    bool known;
};

static struct made made[TOKENS];
static uint8_t text[TEXT_MAX];
static size_t text_bytes, next, found;

static size_t digits(struct rng *r, char *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (char)('0' + rng_below(r, 10));
    return n;
}

/* Small letters and digits, first and last, and dots and the like between them, no two side by side. */
static size_t name(struct rng *r, char *to, size_t n, const char *between)
{
    static const char common[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < n; i++) {
        bool may = i > 0 && i + 1 < n && strchr(between, to[i - 1]) == NULL && rng_below(r, 6) == 0;
        to[i] = may ? between[rng_below(r, strlen(between))] : common[rng_below(r, sizeof common - 1)];
    }
    return n;
}

static void make_token(struct rng *r, struct made *m)
{
    switch (rng_below(r, 4)) {
    case 0:
        m->kind = DYE_MOBILE;
        m->n = digits(r, m->form, 11);
        break;
    case 1:
        m->kind = DYE_RESIDENT_ID;
        m->n = digits(r, m->form, 18);
        if (rng_below(r, 3) == 0)
            m->form[17] = 'x';
        break;
    default:
        m->kind = DYE_EMAIL;
        m->n = name(r, m->form, 1 + rng_below(r, rng_below(r, 5) == 0 ? 60 : 14), "._-+");
        m->form[m->n++] = '@';
        m->n += name(r, m->form + m->n, 3 + rng_below(r, 30), ".-");
    }
}

/* Now and then a letter as a capital, which its form is not. */
static void write_token(struct rng *r, struct made *m)
{
    bool capitals = rng_below(r, 10) == 0;
    m->start = text_bytes;
    for (size_t i = 0; i < m->n; i++) {
        char c = m->form[i];
        text[text_bytes++] = (uint8_t)(capitals && c >= 'a' && c <= 'z' && rng_below(r, 8) == 0 ? c - 'a' + 'A' : c);
    }
    text[text_bytes++] = (uint8_t) ",;'\n"[rng_below(r, 4)];
}

static void add(struct dye_index_builder *b, const struct dye_index_keys *keys, const struct made *m)
{
    struct dye_index_entry e = {.kind = (uint8_t)m->kind, .form = DYE_PLAIN, .variant = 'A'};
    dye_index_entry_set(&e, keys, dye_span_of(m->form, m->n));
    assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_OK);
}

static struct dye_index_set make(struct rng *r, size_t more)
{
    struct dye_index_keys keys;
    struct dye_key key;
    memset(key.bytes, 3, sizeof key.bytes);
    dye_index_keys_init(&key, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, true);
    text_bytes = 0;
    for (size_t i = 0; i < TOKENS; i++) {
        make_token(r, &made[i]);
        made[i].known = rng_below(r, 3) != 0;
        if (made[i].known)
            add(b, &keys, &made[i]);
        write_token(r, &made[i]);
    }
    for (size_t i = 0; i < more; i++) {
        struct made other;
        make_token(r, &other);
        add(b, &keys, &other);
    }
    uint8_t *image = NULL;
    size_t bytes = 0;
    struct dye_index_set set = {{NULL, NULL}};
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, bytes, &keys, &set.part[0], NULL), DYE_OK);
    dye_index_builder_free(b);
    return set;
}

static enum dye_status note(void *arg, const struct dye_hit *hit)
{
    (void)arg;
    while (next < TOKENS && (!made[next].known || made[next].start < hit->start))
        next += made[next].start < hit->start && made[next].known ? TOKENS : 1; /* one that was known is missing */
    assert_true(next < TOKENS);
    assert_int_equal(hit->start, made[next].start);
    assert_int_equal(hit->n, made[next].n);
    next++;
    found++;
    return DYE_OK;
}

/* The bytes are one allocation, so that a sanitizer sees what reads past them. */
static void check(const struct dye_index_set *set)
{
    uint8_t *exact = malloc(text_bytes);
    size_t known = 0;
    assert_non_null(exact);
    memcpy(exact, text, text_bytes);
    for (size_t i = 0; i < TOKENS; i++)
        known += made[i].known;
    for (enum dye_scan_path path = DYE_SCAN_SCALAR; path <= DYE_SCAN_AVX512; path++) {
        next = found = 0;
        enum dye_status status = dye_scan_by(path, set, UINT64_MAX, dye_span_of(exact, text_bytes), note, NULL, NULL);
        if (status == DYE_E_USAGE && path > DYE_SCAN_SCALAR)
            continue; /* this processor lacks it */
        assert_int_equal(status, DYE_OK);
        assert_int_equal(found, known);
    }
    free(exact);
}

static void every_path_finds_what_the_index_knows(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(15));
    for (size_t i = 0; i < TEXTS; i++) {
        bool far = i + 1 == TEXTS;
        struct dye_index_set set = make(&r, far ? FAR_KEYS : 0);
        assert_int_equal(dye_index_filter_of(set.part[0], DYE_TOKEN_EMAIL).n_words > NEAR_MAX, far);
        check(&set);
        dye_index_unref(set.part[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_path_finds_what_the_index_knows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
