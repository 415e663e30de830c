#include "dye/ident.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>

static const char *const alphabet[] = {"0",  "1",    "2", "3", "4", "5", "6", "7",  "8", "9", "X",  "x",
                                       "a",  "@",    ".", "-", " ", "+", "S", "F",  "J", "D", "１", "Ⅹ",
                                       "张", "\xff", "'", "(", "E", "C", "H", "鲁", "·", "_", "W"};

static void a_canonical_value_is_read_as_itself(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(3));
    unsigned read = 0;
    for (int i = 0; i < 400000; i++) {
        char text[128];
        size_t n = 0, pieces = rng_below(&r, 24);
        /* Mostly digits, so that many are read. */
        for (size_t k = 0; k < pieces; k++) {
            const char *piece =
                alphabet[rng_below(&r, rng_below(&r, 4) == 0 ? sizeof alphabet / sizeof *alphabet : 10)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        enum dye_kind kind = (enum dye_kind)(1 + rng_below(&r, DYE_KIND_COUNT - 1));
        struct dye_value v, again;
        if (dye_ident_parse(kind, dye_span_of(text, n), &v) != DYE_OK)
            continue;
        read++;
        assert_true(v.n > 0 && v.n <= DYE_VALUE_MAX_BYTES);
        assert_int_equal(strlen(v.text), v.n);
        assert_int_equal(dye_ident_parse(kind, dye_value_span(&v), &again), DYE_OK);
        assert_string_equal(v.text, again.text);
    }
    assert_true(read > 10000); /* otherwise this would say nothing */
}

/* A value of a kind, by rules of this file's own: what the kinds below are read from. */
static void draw_value(struct rng *r, enum dye_kind kind, char ret[64])
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ", *const provinces[] = {"京", "鲁", "粤", "新", "藏"};
    static const char *const names[] = {"zhang", "li_", "wx-", "Abc_d"};
    unsigned d[4];
    for (int i = 0; i < 4; i++)
        d[i] = (unsigned)rng_below(r, 100000);
    char letter = letters[rng_below(r, sizeof letters - 1)];
    switch ((int)kind) {
    case DYE_PLATE:
        snprintf(ret, 64, "%s%c%05u", provinces[d[0] % 5], letter, d[1]);
        break;
    case DYE_PASSPORT:
        snprintf(ret, 64, "E%c%05u%02u", d[0] % 2 == 0 ? letter : '7', d[1], d[2] % 100);
        break;
    case DYE_PERMIT:
        snprintf(ret, 64, "%c%05u%05u", d[0] % 2 == 0 ? 'H' : 'M', d[1], d[2]);
        break;
    case DYE_QQ:
        snprintf(ret, 64, "%u%.*s", 1 + d[0] % 9, (int)(4 + d[1] % 7), "0123456789");
        break;
    case DYE_WECHAT:
        snprintf(ret, 64, "%s%05u", names[d[0] % 4], d[1]);
        break;
    default:
        snprintf(ret, 64, "%05u%c%05u", d[0], letter, d[1]);
    }
}

static void however_a_value_is_written_it_is_read_back(void **state)
{
    (void)state;
    static const enum dye_kind drawn[] = {DYE_PLATE, DYE_PASSPORT, DYE_PERMIT, DYE_QQ, DYE_WECHAT, DYE_ACCOUNT};
    struct rng r;
    rng_init(&r, rng_seed(7));
    for (int i = 0; i < 60000; i++) {
        enum dye_kind kind = (enum dye_kind)(1 + rng_below(&r, DYE_KIND_COUNT - 1));
        struct dye_value v, again, displays[DYE_DISPLAYS_MAX];
        struct dye_mask masks[DYE_MASKS_MAX];
        uint64_t space = dye_ident_space(kind);
        if (space != 0) {
            dye_ident_at(kind, rng_below(&r, space), &v);
        } else {
            char text[64];
            kind = drawn[rng_below(&r, sizeof drawn / sizeof *drawn)];
            draw_value(&r, kind, text);
            if (dye_ident_parse(kind, dye_span_str(text), &v) != DYE_OK)
                fail_msg("%s \"%s\" was not read", dye_kind_name(kind), text);
        }
        size_t n = dye_ident_displays(kind, &v, displays), n_masks = dye_ident_masks(kind, &v, masks);
        assert_true(n >= 1 && n_masks >= 1);
        for (size_t k = 0; k < n; k++) {
            if (dye_ident_parse(kind, dye_value_span(&displays[k]), &again) != DYE_OK)
                fail_msg("%s \"%s\" was not read", dye_kind_name(kind), displays[k].text);
            if (kind != DYE_PERMIT || again.n == v.n)
                assert_string_equal(again.text, v.text);
        }
        for (size_t k = 0; k < n_masks; k++)
            assert_true(strstr(masks[k].text.text, v.text) == NULL && masks[k].head + masks[k].tail < v.n);
    }
}

/* Numbers next to each other and far apart: equal values are the mistake that a wrong radix makes. */
static void numbers_of_a_space_are_values_one_to_one(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(4));
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++) {
        uint64_t space = dye_ident_space((enum dye_kind)kind);
        for (int i = 0; space != 0 && i < 20000; i++) {
            uint64_t a = rng_below(&r, space),
                     b = i % 2 == 0 ? (a + 1 + rng_below(&r, 2000)) % space : rng_below(&r, space);
            struct dye_value v, w, again;
            dye_ident_at((enum dye_kind)kind, a, &v);
            dye_ident_at((enum dye_kind)kind, b, &w);
            assert_true((a == b) == (strcmp(v.text, w.text) == 0));
            assert_true(dye_ident_is_safe((enum dye_kind)kind, &v));
            assert_int_equal(dye_ident_parse((enum dye_kind)kind, dye_value_span(&v), &again), DYE_OK);
            assert_string_equal(v.text, again.text);
        }
    }
}

/* What people do to a mobile on its way into a table. */
static void a_mobile_survives_how_it_is_written(void **state)
{
    (void)state;
    static const char *const prefixes[] = {"", "+86", "+86 ", "0086", "86", "86-", "0", " ", "'"};
    static const char *const separators[] = {"", " ", "-", ".", "\xc2\xa0", "　"};
    static const int cuts[][2] = {{3, 7}, {3, 6}, {4, 8}};
    struct rng r;
    rng_init(&r, rng_seed(5));
    for (int i = 0; i < 100000; i++) {
        char plain[12], text[64];
        snprintf(plain, sizeof plain, "1%u%09u", 3 + (unsigned)rng_below(&r, 7), (unsigned)rng_below(&r, 1000000000));
        const char *separator = separators[rng_below(&r, sizeof separators / sizeof *separators)];
        const int *cut = cuts[rng_below(&r, 3)];
        snprintf(text, sizeof text, "%s%.*s%s%.*s%s%s", prefixes[rng_below(&r, sizeof prefixes / sizeof *prefixes)],
                 cut[0], plain, separator, cut[1] - cut[0], plain + cut[0], separator, plain + cut[1]);
        struct dye_value v;
        if (dye_ident_parse(DYE_MOBILE, dye_span_str(text), &v) != DYE_OK)
            fail_msg("\"%s\" was not read", text);
        assert_string_equal(v.text, plain);
    }
}

/* One wrong digit, or two neighbours changed over, never pass for another valid ID. */
static void a_check_digit_catches_a_slip(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(6));
    uint64_t space = dye_ident_space(DYE_RESIDENT_ID);
    for (int i = 0; i < 100000; i++) {
        struct dye_value v, out;
        dye_ident_at(DYE_RESIDENT_ID, rng_below(&r, space), &v);
        size_t at = rng_below(&r, 17);
        if (i % 2 == 0) {
            v.text[at] = (char)('0' + (v.text[at] - '0' + 1 + (int)rng_below(&r, 9)) % 10);
        } else {
            at = rng_below(&r, 16);
            if (v.text[at] == v.text[at + 1])
                continue;
            char swap = v.text[at];
            v.text[at] = v.text[at + 1];
            v.text[at + 1] = swap;
        }
        assert_int_equal(dye_ident_parse(DYE_RESIDENT_ID, dye_value_span(&v), &out), DYE_E_RECORD);
        assert_false(dye_ident_is_safe(DYE_RESIDENT_ID, &v));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_canonical_value_is_read_as_itself),
        cmocka_unit_test(numbers_of_a_space_are_values_one_to_one),
        cmocka_unit_test(however_a_value_is_written_it_is_read_back),
        cmocka_unit_test(a_mobile_survives_how_it_is_written),
        cmocka_unit_test(a_check_digit_catches_a_slip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
