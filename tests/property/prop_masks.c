/*
 * A masked number is found whatever sign hides it, whatever characters stand around, wherever the scanner's window
 * ends, and by every path; with one sign more or less it is not.
 */
#include "dye/scan.h"
#include "rng.h"

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROUNDS = 3000, PAD = 4600, ROOM = 8192 }; /* a window of the scanner is 4,096 bytes */

static struct dye_index_keys keys;
static struct dye_index_set set;

static const struct mask {
    const char *head, *tail;
    size_t hidden;
    enum dye_kind kind;
} masks[] = {
    {"174", "5678", 4, DYE_MOBILE},         {"174", "678", 5, DYE_MOBILE},        {"1741234", "", 4, DYE_MOBILE},
    {"110146", "001x", 8, DYE_RESIDENT_ID}, {"110", "0012", 11, DYE_RESIDENT_ID}, {"1101", "0012", 10, DYE_RESIDENT_ID},
};
enum { MASKS = sizeof masks / sizeof *masks };

static void make_set(void)
{
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    for (size_t i = 0; i < MASKS; i++) {
        char form[32];
        int n =
            snprintf(form, sizeof form, "%s%.*s%s", masks[i].head, (int)masks[i].hidden, "***********", masks[i].tail);
        struct dye_index_entry e = {
            .kind = (uint8_t)masks[i].kind, .form = DYE_FORM_MASKED, .variant = 'A', .epoch = (uint32_t)i};
        dye_index_entry_set(&e, &keys, dye_span_of(form, (size_t)n));
        assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_OK);
    }
    uint8_t *image = NULL;
    size_t n = 0;
    assert_int_equal(dye_index_builder_image(b, &image, &n, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, n, &keys, &set.part[0], NULL), DYE_OK);
    dye_index_builder_free(b);
}

static size_t convert(const char *charset, const char *text, uint8_t *ret, size_t room)
{
    char *in = (char *)(uintptr_t)text, *out = (char *)ret;
    size_t in_n = strlen(text), left = room;
    iconv_t to = iconv_open(charset, "UTF-8");
    assert_true(to != (iconv_t)-1);
    assert_int_equal(iconv(to, &in, &in_n, &out, &left), 0);
    iconv_close(to);
    return room - left;
}

struct wanted {
    size_t start, n, found, all;
    uint32_t mask;
};

static enum dye_status note(void *arg, const struct dye_hit *hit)
{
    struct wanted *w = arg;
    w->all++;
    w->found += hit->entry->epoch == w->mask && hit->start == w->start && hit->n == w->n;
    return DYE_OK;
}

static void append(char *text, const char *sign, size_t n)
{
    while (n-- > 0)
        strcat(text, sign);
}

static void a_mask_is_found_whatever_hides_it(void **state)
{
    (void)state;
    static const char *const charsets[] = {"UTF-8", "GB18030", "BIG5-HKSCS"};
    static const char *const signs[] = {"*", "x", "X", "×", "＊", "●", "○"};
    enum { SIGNS = sizeof signs / sizeof *signs };
    static const char *const glue[] = {"山", "號", "，", ",", "|", " ", "----", "電", "。", "\t"};
    static uint8_t text[ROOM];
    struct rng r;
    rng_init(&r, rng_seed(31));
    for (int round = 0; round < ROUNDS; round++) {
        const char *charset = charsets[rng_below(&r, 3)], *sign = "";
        size_t usual = rng_below(&r, SIGNS);
        const struct mask *m = &masks[rng_below(&r, MASKS)];
        bool wrong = rng_below(&r, 8) == 0;
        char words[512] = "";
        size_t pad = rng_below(&r, PAD);
        memset(text, '\n', pad);
        for (size_t k = rng_below(&r, 40); k > 0; k--)
            append(words, glue[rng_below(&r, 10)], 1);
        append(words, ",", 1);
        struct wanted w = {.start = pad + convert(charset, words, text + pad, ROOM - pad),
                           .mask = (uint32_t)(m - masks)};
        words[0] = '\0';
        append(words, m->head, 1);
        size_t mixed = rng_below(&r, 4); /* of four signs so many are of any kind */
        for (size_t k = 0; k < m->hidden; k++) {
            sign = rng_below(&r, 4) < mixed ? signs[rng_below(&r, SIGNS)] : signs[usual];
            append(words, sign, 1);
        }
        append(words, sign, wrong); /* another one might be a word behind the mask */
        append(words, m->tail, 1);
        w.n = convert(charset, words, text + w.start, ROOM - w.start);
        size_t n = w.start + w.n + convert(charset, glue[rng_below(&r, 10)], text + w.start + w.n, 64);
        uint8_t *exact = malloc(n);
        memcpy(exact, text, n);
        for (enum dye_scan_path path = DYE_SCAN_AUTO; path <= DYE_SCAN_AVX512; path++) {
            w.found = w.all = 0;
            if (dye_scan_by(path, &set, UINT64_MAX, dye_span_of(exact, n), note, &w, NULL) != DYE_OK)
                continue; /* this processor lacks it */
            if (w.found != !wrong || w.all != w.found)
                printf("path %d, %s: %.*s at %zu\n", (int)path, charset, (int)(n - pad), (char *)exact + pad, w.start);
            assert_int_equal(w.found, !wrong);
            assert_int_equal(w.all, w.found);
        }
        free(exact);
    }
}

int main(void)
{
    struct dye_key k;
    memset(k.bytes, 3, sizeof k.bytes);
    dye_index_keys_init(&k, &keys);
    make_set();
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_mask_is_found_whatever_hides_it)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dye_index_unref(set.part[0]);
    return failed;
}
