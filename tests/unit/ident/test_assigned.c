#include "dye/assigned.h"

#include "spellings.h"

#include <stdio.h>
#include <stdlib.h>

static struct dye_assigned *table_of(enum dye_kind kind, const char *text)
{
    struct dye_assigned *table = NULL;
    struct dye_error err = {0};
    if (dye_assigned_new(kind, dye_span_str(text), &table, &err) != DYE_OK)
        fail_msg("%s", err.message);
    return table;
}

static bool assigned(const struct dye_assigned *table, const char *text)
{
    struct dye_value v = value_of(text);
    return dye_ident_assigned(dye_assigned_kind(table), &v, table);
}

static void a_county_code_assigns_its_county_alone(void **state)
{
    (void)state;
    struct dye_assigned *t = table_of(DYE_RESIDENT_ID, "\xef\xbb\xbf# release 2020\n110000\t北京市\r\n110105,朝阳区\n\n"
                                                       "440524 潮阳县\n");
    assert_int_equal(dye_assigned_entries(t), 3);
    assert_int_equal(dye_assigned_kind(t), DYE_RESIDENT_ID);
    assert_true(assigned(t, "11010519491231002X"));
    assert_true(assigned(t, "440524188001010014"));
    assert_false(assigned(t, "110104194912310022"));
    assert_false(assigned(t, "110106194912310025"));
    struct dye_value mobile = value_of("11010519491");
    assert_false(dye_ident_assigned(DYE_MOBILE, &mobile, t));
    dye_assigned_free(t);
}

static void a_range_assigns_both_its_ends_and_what_lies_between(void **state)
{
    (void)state;
    struct dye_assigned *t = table_of(DYE_MOBILE, "1740-1741 satellite\n138\n  135-137  \n13912345678\n1357");
    assert_int_equal(dye_assigned_entries(t), 5);
    static const char *const in[] = {"17400000000", "17419999999", "13800000000", "13899999999",
                                     "13500000000", "13799999999", "13912345678"};
    static const char *const out[] = {"17420000000", "17399999999", "13900000000",
                                      "13912345677", "13912345679", "13499999999"};
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_true(assigned(t, in[i]));
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_false(assigned(t, out[i]));
    dye_assigned_free(t);
}

static void a_release_that_reaches_into_a_default_space_is_seen(void **state)
{
    (void)state;
    static const struct {
        enum dye_kind kind;
        const char *text;
        bool meets;
    } cases[] = {
        {DYE_MOBILE, "1740-1741\n1749\n153\n155", false},
        {DYE_MOBILE, "1742", true},
        {DYE_MOBILE, "174", true},
        {DYE_MOBILE, "17489999999", true},
        {DYE_MOBILE, "150-160", true},
        {DYE_MOBILE, "1540000", true},
        {DYE_RESIDENT_ID, "440143\n440150", false},
        {DYE_RESIDENT_ID, "440144", true},
        {DYE_RESIDENT_ID, "659049", false}, /* no counties of its own in 6590: none of the space */
        {DYE_RESIDENT_ID, "110149", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dye_assigned *t = table_of(cases[i].kind, cases[i].text);
        if (dye_assigned_meets_space(t) != cases[i].meets)
            fail_msg("\"%s\": not %d", cases[i].text, cases[i].meets);
        dye_assigned_free(t);
    }
}

/* The tables that come with the program, and so the claim that no value of a default space was ever given out. */
static void the_tables_in_config_leave_the_default_spaces_free(void **state)
{
    (void)state;
    static const struct {
        enum dye_kind kind;
        const char *file, *known, *free;
        size_t entries;
    } cases[] = {
        {DYE_RESIDENT_ID, "county_codes.txt", "11010519491231002X", "110149199003071235", 7198},
        {DYE_MOBILE, "mobile_ranges.txt", "13800138000", "17420000000", 14},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static char text[1 << 17];
        char path[512];
        snprintf(path, sizeof path, "%s/config/assigned/%s", getenv("DYE_SOURCE_DIR"), cases[i].file);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        size_t n = fread(text, 1, sizeof text - 1, f);
        fclose(f);
        text[n] = '\0';
        struct dye_assigned *t = table_of(cases[i].kind, text);
        assert_int_equal(dye_assigned_entries(t), cases[i].entries);
        assert_true(assigned(t, cases[i].known));
        assert_false(assigned(t, cases[i].free));
        assert_false(dye_assigned_meets_space(t));
        dye_assigned_free(t);
    }
}

static void a_table_that_cannot_be_read_whole_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum dye_kind kind;
        const char *text;
        enum dye_status status;
    } cases[] = {
        {DYE_RESIDENT_ID, "", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "# nothing\n\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "110101\n<html>\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "1101\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "1101011\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "010101\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "110101x\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "110105-110101\n", DYE_E_CONFIG},
        {DYE_RESIDENT_ID, "110101-\n", DYE_E_CONFIG},
        {DYE_MOBILE, "13\n", DYE_E_CONFIG},
        {DYE_MOBILE, "238\n", DYE_E_CONFIG},
        {DYE_MOBILE, "138000000000\n", DYE_E_CONFIG},
        {DYE_MOBILE, "138-1390\n", DYE_E_CONFIG},
        {DYE_EMAIL, "example.com\n", DYE_E_USAGE},
        {DYE_KIND_NONE, "1\n", DYE_E_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dye_assigned *t = (void *)state;
        struct dye_error err = {0};
        assert_int_equal(dye_assigned_new(cases[i].kind, dye_span_str(cases[i].text), &t, &err), cases[i].status);
        assert_ptr_equal(t, state);
        assert_true(err.message[0] != '\0');
    }
    struct dye_assigned *t = NULL;
    struct dye_error err = {0};
    assert_int_equal(dye_assigned_new(DYE_MOBILE, dye_span_str("138\n\n13x\n"), &t, &err), DYE_E_CONFIG);
    assert_non_null(strstr(err.message, "line 3"));
    dye_assigned_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_county_code_assigns_its_county_alone),
        cmocka_unit_test(a_range_assigns_both_its_ends_and_what_lies_between),
        cmocka_unit_test(a_release_that_reaches_into_a_default_space_is_seen),
        cmocka_unit_test(the_tables_in_config_leave_the_default_spaces_free),
        cmocka_unit_test(a_table_that_cannot_be_read_whole_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
