#include "dye/ident.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>

static const char *const alphabet[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8",  "9", "X",  "x",    "a", "@",
                                       ".", "-", " ", "+", "S", "F", "J", "D", "１", "Ⅹ", "张", "\xff", "'", "("};

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
        cmocka_unit_test(a_mobile_survives_how_it_is_written),
        cmocka_unit_test(a_check_digit_catches_a_slip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
