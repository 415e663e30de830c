#include "case_file.h"

#include "law_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first */
#include <cmocka.h>

#include <string.h>

static struct dye_law law;

static int load(void **state)
{
    (void)state;
    return law_load(NULL, "cn", &law, NULL) == DYE_OK ? 0 : -1;
}

static void refused(const char *text, const char *told)
{
    struct case_model m = {0};
    struct dye_error err = {0};
    assert_true(case_parse("x", text, strlen(text), &law, &m, &err) != DYE_OK);
    if (strncmp(err.message, told, strlen(told)) != 0)
        fail_msg("told: %s, wanted: %s", err.message, told);
    assert_null(m.acts);
}

static void a_case_is_read_with_everybody_it_names(void **state)
{
    (void)state;
    static const char text[] =
        "case: k\ndumps: {d: {C: 7, canary: 2}, e: {B: 1}}\npersons: {p: {insider: true}}\n"
        "acts: [{person: p, did: sold, dump: d, to: q, income: 12.5, at: 2026-01-02, records: 3},\n"
        "       {person: q, did: obtained, dump: d, from: p}]\n"
        "overlaps: [{dumps: [d, e], common: 1}]\n";
    struct case_model m = {0};
    assert_int_equal(case_parse("x", text, strlen(text), &law, &m, NULL), DYE_OK);
    assert_int_equal(m.n_persons, 2);
    assert_string_equal(m.person_names[1].text, "q");
    assert_true(m.persons[0].insider);
    assert_int_equal(m.dumps[0].items.n[DYE_LAW_C], 7);
    assert_int_equal(m.dumps[0].untrue, 2);
    assert_int_equal(m.acts[0].income, 1250);
    assert_int_equal(m.acts[0].records, 3);
    assert_int_equal(m.acts[0].other, 1);
    assert_int_equal(m.acts[0].at, 1767312000);
    assert_int_equal(m.acts[1].at, DYE_LAW_NO_TIME);
    assert_int_equal(m.overlaps[0].common, 1);
    case_model_done(&m);
}

static void a_pseudonym_is_no_name_and_no_number(void **state)
{
    (void)state;
    assert_true(case_name_is("broker-2"));
    assert_false(case_name_is(""));
    assert_false(case_name_is("-broker"));
    assert_false(case_name_is("张伟"));
    assert_false(case_name_is("p17420013841"));
    assert_true(case_name_is("p174200"));
    refused("case: k\npersons: {王: {}}\n", "case: a person has a pseudonym");
}

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    refused("case: k\ndumps: {d: {D: 1}}\n", "x:2:13: unknown key `D`");
    refused("case: k\ndumps: {d: {C: 1}}\nacts: [{person: p, did: lost, dump: d}]\n", "x:3:25: `did` wants");
    refused("case: k\nacts: [{person: p, did: sold, dump: d}]\n", "x:2:37: no dump is named `d`");
    refused("case: k\ndumps: {d: {C: 1}}\nacts: [{person: p, did: obtained, dump: d, to: q}]\n",
            "x:3:8: one obtains `from`");
    refused("case: k\ndumps: {d: {C: 1}}\nacts: [{person: p, did: sold, dump: d, income: 1.234}]\n",
            "x:3:48: `income` wants a number");
    refused("case: k\ndumps: {d: {C: 1}}\noverlaps: [{dumps: [d, d], common: 1}]\n", "x:3:12: `dumps` wants two");
    refused("case: k\ndumps: {d: {records: 5, distinct: {iris: 1}}}\n", "x:2:36: unknown key `iris`");
}

static void what_is_in_a_dump_is_counted_first(void **state)
{
    (void)state;
    static const char text[] = "case: k\ndumps:\n"
                               "  d: {records: 10, canary_rows: 1, kinds: [{kinds: [name, mobile], records: 8}],\n"
                               "      columns: [{name: 诊断, filled: 6}]}\n";
    struct case_model m = {0};
    assert_int_equal(case_parse("x", text, strlen(text), &law, &m, NULL), DYE_OK);
    assert_int_equal(m.dumps[0].items.n[DYE_LAW_B], 5); /* a canary's row is taken from the gravest */
    assert_int_equal(m.dumps[0].items.n[DYE_LAW_C], 2);
    assert_int_equal(m.dumps[0].unidentified, 2);
    case_model_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_read_with_everybody_it_names),
        cmocka_unit_test(a_pseudonym_is_no_name_and_no_number),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(what_is_in_a_dump_is_counted_first),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
