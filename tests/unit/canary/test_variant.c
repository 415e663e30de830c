#include "dye/canary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

enum { PAIRS = 5000 };

static struct dye_persona_maker *maker(void)
{
    struct dye_key k = {{9}};
    struct dye_persona_maker *m = dye_persona_maker_new(&k);
    assert_non_null(m);
    return m;
}

static void pair(const struct dye_persona_maker *m, uint64_t i, struct dye_persona *a, struct dye_persona *b)
{
    struct dye_persona other;
    assert_int_equal(dye_persona_make(m, 2 * i, NULL, 20454, a, NULL), DYE_OK);
    assert_int_equal(dye_persona_make(m, 2 * i + 1, NULL, 20454, &other, NULL), DYE_OK);
    dye_persona_variant(a, &other, b);
}

static void a_variant_is_the_same_person(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    for (uint64_t i = 0; i < PAIRS; i++) {
        struct dye_persona a, b;
        pair(m, i, &a, &b);
        assert_string_equal(a.canary, b.canary);
        assert_string_equal(a.birth, b.birth);
        assert_int_equal(a.sex, b.sex);
        assert_string_equal(a.value[DYE_NAME].text, b.value[DYE_NAME].text);
        assert_string_equal(a.value[DYE_ADDRESS].text, b.value[DYE_ADDRESS].text);
        if (b.value[DYE_RESIDENT_ID].n != 0) {
            struct dye_resident who;
            dye_resident_read(&b.value[DYE_RESIDENT_ID], &who);
            assert_int_equal(who.sex, a.sex);
            assert_memory_equal(b.value[DYE_RESIDENT_ID].text, a.value[DYE_RESIDENT_ID].text, 14);
        }
    }
    dye_persona_maker_free(m);
}

static void no_identifier_is_left_in_both(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    for (uint64_t i = 0; i < PAIRS; i++) {
        struct dye_persona a, b;
        pair(m, i, &a, &b);
        for (enum dye_kind k = 1; k < DYE_KIND_COUNT; k++)
            if (dye_kind_is_scanned(k) && b.value[k].n != 0)
                assert_string_not_equal(a.value[k].text, b.value[k].text);
    }
    dye_persona_maker_free(m);
}

static void every_value_of_a_variant_is_valid_and_nobody_has_it(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    for (uint64_t i = 0; i < PAIRS; i++) {
        struct dye_persona a, b;
        struct dye_value again;
        pair(m, i, &a, &b);
        for (enum dye_kind k = 1; k < DYE_KIND_COUNT; k++) {
            if (b.value[k].n == 0)
                continue;
            assert_int_equal(dye_ident_parse(k, dye_value_span(&b.value[k]), &again), DYE_OK);
            assert_string_equal(again.text, b.value[k].text);
            if (dye_ident_space(k) != 0)
                assert_true(dye_ident_is_safe(k, &b.value[k]));
        }
    }
    dye_persona_maker_free(m);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void resident_ids_of_variants_do_not_repeat(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    static char id[2 * PAIRS][20];
    for (uint64_t i = 0; i < PAIRS; i++) {
        struct dye_persona a, b;
        pair(m, i, &a, &b);
        memcpy(id[2 * i], a.value[DYE_RESIDENT_ID].text, 19);
        memcpy(id[2 * i + 1], b.value[DYE_RESIDENT_ID].text, 19);
    }
    qsort(id, 2 * PAIRS, sizeof *id, compare);
    for (size_t i = 1; i < 2 * PAIRS; i++)
        assert_string_not_equal(id[i - 1], id[i]);
    dye_persona_maker_free(m);
}

/* The sequence numbers at the ends, where the step to the right parity could leave 001 to 999 or come back to the
 * first. */
static void sequence_numbers_stay_within_001_and_999(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    struct dye_persona p, other, b;
    assert_int_equal(dye_persona_make(m, 1, NULL, 20454, &p, NULL), DYE_OK);
    assert_int_equal(dye_persona_make(m, 2, NULL, 20454, &other, NULL), DYE_OK);
    static const unsigned ends[] = {1, 2, 3, 500, 501, 997, 998, 999};
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++) {
            char digits[4];
            struct dye_resident who;
            snprintf(digits, sizeof digits, "%03u", ends[i]);
            memcpy(p.value[DYE_RESIDENT_ID].text + 14, digits, 3);
            snprintf(digits, sizeof digits, "%03u", ends[j]);
            memcpy(other.value[DYE_RESIDENT_ID].text + 14, digits, 3);
            dye_persona_variant(&p, &other, &b);
            memcpy(digits, b.value[DYE_RESIDENT_ID].text + 14, 3);
            unsigned got = (unsigned)strtoul(digits, NULL, 10);
            assert_in_range(got, 1, 999);
            assert_int_not_equal(got, ends[i]);
            dye_resident_read(&b.value[DYE_RESIDENT_ID], &who);
            assert_int_equal(who.sex, ends[i] % 2 == 1 ? 'M' : 'F');
        }
    dye_persona_maker_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variant_is_the_same_person),
        cmocka_unit_test(no_identifier_is_left_in_both),
        cmocka_unit_test(every_value_of_a_variant_is_valid_and_nobody_has_it),
        cmocka_unit_test(resident_ids_of_variants_do_not_repeat),
        cmocka_unit_test(sequence_numbers_stay_within_001_and_999),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
