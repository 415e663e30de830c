#include "spellings.h"

#include <stdio.h>
#include <stdlib.h>

static void the_standards_own_examples_are_read(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"11010519491231002X", "11010519491231002X"},
        {"11010519491231002x", "11010519491231002X"},
        {"440524188001010014", "440524188001010014"},
    };
    ASSERT_SPELLINGS(DYE_RESIDENT_ID, cases);
}

static void groups_and_look_alikes_are_read(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"110105 19491231 002X", "11010519491231002X"},
        {"110105-1949-1231-002X", "11010519491231002X"},
        {"'11010519491231002X", "11010519491231002X"},
        {"11010519491231002Х", "11010519491231002X"}, /* Cyrillic */
        {"11010519491231002×", "11010519491231002X"},
        {"11010519491231002Ⅹ", "11010519491231002X"},
        {"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
        {"110105491231002", "11010519491231002X"}, /* of 1984: without the century and the check digit */
        {"110105 491231 002", "11010519491231002X"},
    };
    ASSERT_SPELLINGS(DYE_RESIDENT_ID, cases);
}

static void what_is_no_id_is_refused(void **state)
{
    (void)state;
    static const struct spelling_case cases[] = {
        {"", NULL},
        {"110105194912310021", NULL}, /* check digit */
        {"11010519490229002X", NULL}, /* no leap year, whatever the check digit */
        {"110105194902290025", NULL},
        {"110105194902290020", NULL},
        {"110105194913310024", NULL},
        {"11010519491231002", NULL},
        {"11010519491231002XX", NULL},
        {"1101051949123100X2", NULL},
        {"011010194912310028", NULL},
        {"110105491331002", NULL},
        {"11010519491231002Y", NULL},
        {"110105-19491231 002X", NULL},
    };
    ASSERT_SPELLINGS(DYE_RESIDENT_ID, cases);
}

static void an_id_tells_birth_sex_and_area(void **state)
{
    (void)state;
    struct dye_resident r;
    struct dye_value v = value_of("11010519491231002X");
    dye_resident_read(&v, &r);
    assert_int_equal(r.year, 1949);
    assert_int_equal(r.month, 12);
    assert_int_equal(r.day, 31);
    assert_int_equal(r.sex, 'F');
    assert_string_equal(r.area, "110105");
    v = value_of("440524188001010014");
    dye_resident_read(&v, &r);
    assert_int_equal(r.sex, 'M');
}

static void regions_are_known_by_their_first_four_digits(void **state)
{
    (void)state;
    assert_string_equal(dye_region_province("370144"), "山东省");
    assert_string_equal(dye_region_prefecture("370144"), "济南市");
    assert_string_equal(dye_region_prefecture("110100"), "北京市");
    assert_string_equal(dye_region_prefecture("654349"), "阿勒泰地区");
    assert_null(dye_region_province("999944"));
    assert_null(dye_region_prefecture("1100"));
    assert_null(dye_region_prefecture("1x0144"));
    assert_null(dye_region_prefecture(""));
}

static void the_space_has_the_size_of_its_parts(void **state)
{
    (void)state;
    /* 334 prefectures with counties x 6 codes x 20,454 days x 999 numbers. */
    assert_true(dye_ident_space(DYE_RESIDENT_ID) == UINT64_C(334) * 6 * 36525 * 999);
    struct dye_value first, last;
    dye_ident_at(DYE_RESIDENT_ID, 0, &first);
    dye_ident_at(DYE_RESIDENT_ID, dye_ident_space(DYE_RESIDENT_ID) - 1, &last);
    assert_int_equal(strncmp(first.text, "11014419300101001", 17), 0);
    assert_int_equal(strncmp(last.text, "65434920291231999", 17), 0);
    assert_space_ends(DYE_RESIDENT_ID, first.text, last.text);
}

static void assigned_areas_and_odd_dates_are_not_safe(void **state)
{
    (void)state;
    static const char *const outside[] = {
        "11010519491231002X", /* an assigned area */
        "440524188001010014",
        "17420000000",
        "",
    };
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct dye_value v = value_of(outside[i]);
        assert_false(dye_ident_is_safe(DYE_RESIDENT_ID, &v));
    }
}

/* Every area of the space against every code that a revision of GB/T 2260 ever held. */
static void no_area_of_the_space_was_ever_assigned(void **state)
{
    (void)state;
    static bool assigned[1000000];
    const char *root = getenv("DYE_SOURCE_DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/data/gb2260-ever-assigned.txt", root != NULL ? root : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    unsigned code, codes = 0;
    while (fscanf(f, "%u", &code) == 1) {
        assert_true(code < 1000000);
        assigned[code] = true;
        codes++;
    }
    fclose(f);
    assert_true(codes > 7000);

    static bool seen[1000000];
    unsigned areas = 0;
    uint64_t step = UINT64_C(36525) * 999, space = dye_ident_space(DYE_RESIDENT_ID);
    for (uint64_t i = 0; i < space; i += step) {
        struct dye_value v;
        dye_ident_at(DYE_RESIDENT_ID, i, &v);
        char area[7] = {0};
        memcpy(area, v.text, 6);
        code = (unsigned)strtoul(area, NULL, 10);
        if (assigned[code])
            fail_msg("area %06u was assigned once", code);
        assert_false(seen[code]);
        seen[code] = true;
        areas++;
    }
    assert_int_equal(areas, 2004);
}

static void a_short_id_leads_back_to_the_long_one(void **state)
{
    (void)state;
    struct dye_value v = value_of("11010519491231002X"), short_id = value_of("untouched"), again;
    assert_true(dye_resident_short(&v, &short_id));
    assert_string_equal(short_id.text, "110105491231002");
    assert_int_equal(dye_ident_parse(DYE_RESIDENT_ID, dye_value_span(&short_id), &again), DYE_OK);
    assert_string_equal(again.text, v.text);
    v = value_of("440524188001010014");
    assert_false(dye_resident_short(&v, &short_id));
    assert_string_equal(short_id.text, "110105491231002");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_own_examples_are_read),
        cmocka_unit_test(groups_and_look_alikes_are_read),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(an_id_tells_birth_sex_and_area),
        cmocka_unit_test(regions_are_known_by_their_first_four_digits),
        cmocka_unit_test(the_space_has_the_size_of_its_parts),
        cmocka_unit_test(assigned_areas_and_odd_dates_are_not_safe),
        cmocka_unit_test(no_area_of_the_space_was_ever_assigned),
        cmocka_unit_test(a_short_id_leads_back_to_the_long_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
