#include "builtin.h"
#include "sector_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

static const char *const wanted[] = {
    "access-control", "bank",    "courier",   "domestic-service", "e-commerce",
    "hospital",       "insurer", "maternity", "photo-studio",     "property-management",
    "real-estate",    "retail",  "school",    "telecom",          "ticketing",
};
enum { WANTED = sizeof wanted / sizeof *wanted, today = 20454 }; /* 2026-01-01 */

static void load(const char *name, struct dye_sector *ret)
{
    struct dye_error err = {0};
    const struct builtin *b = builtin_sectors;
    while (b->name != NULL && strcmp(b->name, name) != 0)
        b++;
    assert_non_null(b->name);
    if (sector_parse(name, b->text, strlen(b->text), ret, &err) != DYE_OK)
        fail_msg("%s", err.message);
}

static struct dye_persona_maker *maker(void)
{
    struct dye_key k = {{7}};
    struct dye_persona_maker *m = dye_persona_maker_new(&k);
    assert_non_null(m);
    return m;
}

static void every_sector_is_there_and_makes_people(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    size_t n = 0;
    while (builtin_sectors[n].name != NULL)
        n++;
    assert_int_equal(n, WANTED);
    for (size_t i = 0; i < WANTED; i++) {
        struct dye_sector s;
        struct dye_persona p;
        struct dye_error err = {0};
        load(wanted[i], &s);
        for (uint64_t serial = 0; serial < 200; serial++) {
            if (dye_persona_make(m, serial, &s, today, &p, &err) != DYE_OK)
                fail_msg("%s", err.message);
            for (size_t row = 0; row < dye_sector_rows(&s, &p); row++)
                for (size_t c = 0; c < s.columns; c++) {
                    struct dye_value v;
                    assert_int_equal(dye_sector_cell_of(&s.column[c], &p, row, &v), DYE_OK);
                    assert_int_equal(v.n, strlen(v.text));
                    if (v.n == 0 && s.column[c].empty == 0 && s.column[c].what != DYE_COLUMN_DATE)
                        fail_msg("%s: column %s is empty", wanted[i], s.column[c].name);
                }
        }
    }
    dye_persona_maker_free(m);
}

static const struct {
    const char *text;
    const char *message;
} bad[] = {
    {"sector: x\ntable: t\ncolumns: []\n", "x:3:10: no identifier"},
    {"sector: x\ntable: t\n", "x:1:1: `columns` wants a list"},
    {"sector: y\ntable: t\ncolumns: []\n", "x:1:1: the file is named x, its sector y"},
    {"sector: x\ntable: t\nage: 3\ncolumns: []\n", "x:3:1: unknown key `age`"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, kind: mobil}\n", "x:4:21: unknown kind `mobil`"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: dat}\n", "x:4:21: unknown `what: dat`"},
    {"sector: x\ntable: t\ncolumns:\n  - phone\n", "x:4:5: a column is"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, kind: mobile, empty: 1.5}\n", "x:4:36: `empty` wants a share"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, kind: mobile, empty: 0.3}\n", "x:4:3: no identifier"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, kind: mobile}\n  - {name: a, kind: name}\n",
     "x:5:12: a second column `a`"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: date, after: b}\n", "x:4:34: `after` wants birth or a date"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: date, from: 9, to: 3}\n", "x:4:5: `from` is above `to`"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: date, from: -1}\n", "x:4:33: `from` wants a whole number"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: choice, of: {b: -1}}\n", "x:4:37: a weight is a number"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: choice, of: {b: 0}}\n",
     "x:4:33: the weights of `of` are all 0"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: choice}\n", "x: `of` wants"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, what: choice, pattern: b}\n", "x:4:29: unknown key `pattern`"},
    {"sector: x\ntable: t\ncolumns:\n  - {name: a, kind: name, same: yes}\n",
     "x:4:33: `same` wants true, household or false"},
    {"sector: x\ntable: t\npopulation: {age: {30-20: 1}}\ncolumns: []\n", "x:3:20: `age`: full years"},
    {"sector: x\ntable: t\npopulation: {age: {20-120: 1}}\ncolumns: []\n", "x:3:20: `age`: full years"},
    {"sector: x\ntable: t\npopulation: {sex: {man: 1}}\ncolumns: []\n", "x:3:20: `sex`: male or female"},
    {"sector: x\ntable: t\npopulation: {region: [3701, 9999]}\ncolumns: []\n", "x:3:29: `region`: `9999` is no"},
    {"sector: x\ntable: t\npopulation: {region: [4403x]}\ncolumns: []\n", "x:3:23: `region`: `4403x` is no"},
    {"sector: x\ntable: t\npopulation: {household: {9: 1}}\ncolumns: []\n", "x:3:26: `household`: a number of 1 to 6"},
    {"sector: x\ntable: t\nrows: {0: 1}\ncolumns: []\n", "x:3:8: `rows`: a number of 1 to 16"},
    {"sector: x\ntable: t\nrows: 3\ncolumns: []\n", "x:3:7: `rows` wants `value: weight` pairs"},
};

static void what_is_wrong_is_said_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dye_sector s = {.columns = 77};
        struct dye_error err = {0};
        assert_int_equal(sector_parse("x", bad[i].text, strlen(bad[i].text), &s, &err), DYE_E_CONFIG);
        if (strncmp(err.message, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("case %zu: %s, not %s", i, err.message, bad[i].message);
        assert_int_equal(s.columns, 77);
    }
}

static void a_user_writes_a_sector_of_every_column(void **state)
{
    (void)state;
    static const char text[] =
        "sector: gym\ntable: members\n"
        "population: {age: {18-30: 2.5, 31-60: 1}, sex: {female: 1}, region: {3701: 3, 37: 1}, moved: 0.1}\n"
        "rows: {1: 1, 2: 3}\n"
        "columns:\n"
        "  - {name: phone, kind: mobile}\n"
        "  - {name: born, what: birth, format: YYYYMMDD}\n"
        "  - {name: age, what: age}\n"
        "  - {name: job, what: occupation, empty: 0.25}\n"
        "  - {name: mother, what: parent}\n"
        "  - {name: card, what: choice, of: [year, month], same: true}\n"
        "  - {name: paid, what: number, from: 9900, to: 400000, decimals: 2, more: low}\n"
        "  - {name: card_no, what: text, pattern: \"G19\\\\9A-a\"}\n"
        "  - {name: joined, what: date, from: 10, to: 20}\n"
        "  - {name: site, what: const, value: \"3\"}\n"
        "  - {name: visit, what: date, after: joined, format: \"YYYY/MM/DD hh:mm\"}\n";
    struct dye_sector s;
    struct dye_error err = {0};
    if (sector_parse("gym", text, sizeof text - 1, &s, &err) != DYE_OK)
        fail_msg("%s", err.message);
    assert_int_equal(s.columns, 11);
    assert_int_equal(s.population.ages, 2);
    assert_int_equal(s.population.age[0].weight, 2500);
    assert_int_equal(s.population.moved, 1000);
    assert_int_equal(s.column[3].empty, 2500);
    assert_true(s.column[5].same);
    assert_int_equal(s.column[10].back, 2);
    assert_string_equal(s.column[7].pattern, "G19\\9A-a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sector_is_there_and_makes_people),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(a_user_writes_a_sector_of_every_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
