#include "dye/canary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdlib.h>

static const struct dye_sector clinic = {
    .name = "clinic",
    .table = "patients",
    .column = {{.name = "mrn", .what = DYE_COLUMN_KIND, .kind = DYE_MRN},
               {.name = "name", .what = DYE_COLUMN_KIND, .kind = DYE_NAME},
               {.name = "sex", .what = DYE_COLUMN_SEX, .male = "男", .female = "女"},
               {.name = "born", .what = DYE_COLUMN_BIRTH},
               {.name = "a,\"b\"", .what = DYE_COLUMN_CONST, .constant = " say \"x\", \\ "},
               {.name = "email", .what = DYE_COLUMN_KIND, .kind = DYE_EMAIL}},
    .columns = 6,
};

static struct dye_persona someone(void)
{
    struct dye_persona p = {.sex = 'F', .birth = "1990-02-28"};
    p.value[DYE_MRN] = (struct dye_value){"9000000001", 10};
    p.value[DYE_NAME] = (struct dye_value){"张三", 6};
    return p;
}

static void assert_written(enum dye_record_format f, const struct dye_persona *p, const char *want)
{
    struct dye_buf b;
    dye_buf_init(&b, 4096, true);
    assert_int_equal(dye_buf_append(&b, "", 0), DYE_OK);
    if (p != NULL)
        assert_int_equal(dye_record_write(&clinic, p, f, &b), DYE_OK);
    else
        assert_int_equal(dye_record_header(&clinic, f, &b), DYE_OK);
    assert_string_equal((char *)b.p, want);
    dye_buf_done(&b);
}

static void csv_quotes_what_has_to_be_quoted(void **state)
{
    (void)state;
    struct dye_persona p = someone();
    assert_written(DYE_FORMAT_CSV, NULL, "mrn,name,sex,born,\"a,\"\"b\"\"\",email\n");
    assert_written(DYE_FORMAT_CSV, &p, "9000000001,张三,女,1990-02-28,\" say \"\"x\"\", \\ \",\n");
}

static void json_lines_escape_and_have_no_header(void **state)
{
    (void)state;
    struct dye_persona p = someone();
    p.sex = 'M';
    p.value[DYE_NAME] = (struct dye_value){"a\tb\x7f", 4};
    assert_written(DYE_FORMAT_JSONL, NULL, "");
    assert_written(DYE_FORMAT_JSONL, &p,
                   "{\"mrn\":\"9000000001\",\"name\":\"a\\u0009b\\u007f\",\"sex\":\"男\",\"born\":\"1990-02-28\","
                   "\"a,\\\"b\\\"\":\" say \\\"x\\\", \\\\ \",\"email\":null}\n");
}

static void a_sector_has_the_kinds_of_its_columns(void **state)
{
    (void)state;
    assert_true(dye_sector_has(&clinic, DYE_MRN));
    assert_true(dye_sector_has(&clinic, DYE_EMAIL));
    assert_false(dye_sector_has(&clinic, DYE_MOBILE));
    assert_false(dye_sector_has(&clinic, DYE_KIND_NONE)); /* columns that are of no kind */
}

static void a_full_buffer_stops_the_record(void **state)
{
    (void)state;
    struct dye_persona p = someone();
    struct dye_buf b;
    dye_buf_init(&b, 20, true);
    assert_int_equal(dye_record_write(&clinic, &p, DYE_FORMAT_CSV, &b), DYE_E_LIMIT);
    dye_buf_done(&b);
}

/* Cells of a made persona: `column` alone, of many personas, to `check`. */
static struct dye_persona made(uint64_t serial, const struct dye_sector *s)
{
    static struct dye_persona_maker *m;
    struct dye_key k = {{3}};
    struct dye_persona p;
    if (m == NULL)
        m = dye_persona_maker_new(&k);
    assert_non_null(m);
    assert_int_equal(dye_persona_make(m, serial, s, 20454, &p, NULL), DYE_OK); /* 2026-01-01 */
    return p;
}

static void text_of(const struct dye_sector *s, size_t column, const struct dye_persona *p, size_t row, char *ret)
{
    struct dye_value v;
    assert_int_equal(dye_sector_cell_of(&s->column[column], p, row, &v), DYE_OK);
    memcpy(ret, v.text, v.n + 1);
}

#define TIME "YYYY-MM-DD hh:mm:ss"

static void what_follows_is_later_and_not_yet_is_empty(void **state)
{
    (void)state;
    static const struct dye_sector shop = {
        .name = "shop",
        .column = {{.name = "ordered", .what = DYE_COLUMN_DATE, .pattern = TIME, .from = 1, .to = 9},
                   {.name = "paid", .what = DYE_COLUMN_DATE, .pattern = TIME, .after = DYE_AFTER_COLUMN, .back = 1},
                   {.name = "sent",
                    .what = DYE_COLUMN_DATE,
                    .pattern = TIME,
                    .after = DYE_AFTER_COLUMN,
                    .back = 1,
                    .to = 3,
                    .empty = 1000},
                   {.name = "got",
                    .what = DYE_COLUMN_DATE,
                    .pattern = TIME,
                    .after = DYE_AFTER_COLUMN,
                    .back = 1,
                    .from = 1,
                    .to = 5},
                   {.name = "vaccinated", .what = DYE_COLUMN_DATE, .after = DYE_AFTER_BIRTH, .from = 30, .to = 60}},
        .columns = 5};
    unsigned not_yet = 0, sent = 0;
    for (uint64_t serial = 0; serial < 3000; serial++) {
        struct dye_persona p = made(serial, &shop);
        char ordered[330], paid[330], shipped[330], got[330], vaccinated[330];
        text_of(&shop, 0, &p, 0, ordered);
        text_of(&shop, 1, &p, 0, paid);
        text_of(&shop, 2, &p, 0, shipped);
        text_of(&shop, 3, &p, 0, got);
        text_of(&shop, 4, &p, 0, vaccinated);
        assert_int_equal(strlen(ordered), 19);
        assert_true(strcmp(ordered, "2025-12-23") > 0 || strncmp(ordered, p.birth, 10) == 0);
        assert_true(strncmp(ordered, p.birth, 10) >= 0);
        assert_true(paid[0] == '\0' || strcmp(ordered, paid) < 0);
        if (shipped[0] != '\0')
            assert_true(strcmp(paid, shipped) < 0 && strcmp(shipped, "2026-01-02") < 0);
        if (got[0] != '\0')
            assert_true(shipped[0] != '\0' && strcmp(shipped, got) < 0 && strcmp(got, "2026-01-02") < 0);
        if (vaccinated[0] != '\0')
            assert_true(strcmp(p.birth, vaccinated) < 0);
        sent += shipped[0] != '\0';
        not_yet += shipped[0] != '\0' && got[0] == '\0';
    }
    assert_in_range(sent, 2000, 2800);
    assert_in_range(not_yet, 100, 1500);
}

static void drawn_cells_are_of_their_ranges_and_shares(void **state)
{
    (void)state;
    static const struct dye_sector s = {
        .name = "s",
        .rows = {1, 1},
        .column =
            {{.name = "level", .what = DYE_COLUMN_CHOICE, .choice = {{"a", 3}, {"b", 1}}, .choices = 2, .same = true},
             {.name = "price", .what = DYE_COLUMN_NUMBER, .low = 995, .high = 1005, .decimals = 2},
             {.name = "no", .what = DYE_COLUMN_TEXT, .pattern = "X\\9-19Aa"},
             {.name = "age", .what = DYE_COLUMN_AGE},
             {.name = "job", .what = DYE_COLUMN_OCCUPATION, .empty = 2500},
             {.name = "parent", .what = DYE_COLUMN_PARENT},
             {.name = "is", .what = DYE_COLUMN_RELATION, .male = "F", .female = "M"},
             {.name = "born", .what = DYE_COLUMN_BIRTH, .pattern = "DD/MM/YYYY"}},
        .columns = 8};
    enum { CROWD = 4000 };
    unsigned first = 0, jobless = 0, twice = 0, fathers = 0;
    for (uint64_t serial = 0; serial < CROWD; serial++) {
        struct dye_persona p = made(serial, &s);
        char a[330], b[330];
        text_of(&s, 0, &p, 0, a);
        text_of(&s, 0, &p, 1, b);
        assert_string_equal(a, b);
        first += a[0] == 'a';
        text_of(&s, 1, &p, 0, a);
        assert_true(strcmp(a, "9.95") == 0 || strlen(a) == 4 || strlen(a) == 5);
        assert_in_range((unsigned)(strtod(a, NULL) * 100 + 0.5), 995, 1005);
        text_of(&s, 2, &p, 0, a);
        assert_true(strlen(a) == 7 && strncmp(a, "X9-", 3) == 0 && a[3] >= '1' && a[3] <= '9' && a[4] >= '0' &&
                    a[4] <= '9' && a[5] >= 'A' && a[5] <= 'Z' && a[6] >= 'a' && a[6] <= 'z');
        text_of(&s, 3, &p, 0, a);
        assert_int_equal(atoi(a), 2026 - atoi(p.birth) - (strcmp(p.birth + 4, "-01-01") != 0));
        text_of(&s, 4, &p, 0, a);
        jobless += a[0] == '\0';
        text_of(&s, 5, &p, 0, a);
        text_of(&s, 6, &p, 0, b);
        fathers += b[0] == 'F';
        if (b[0] == 'F' && p.written_name[0] == '\0')
            assert_memory_equal(a, p.value[DYE_NAME].text, 3);
        text_of(&s, 7, &p, 0, a);
        assert_true(memcmp(a, p.birth + 8, 2) == 0 && memcmp(a + 3, p.birth + 5, 2) == 0 &&
                    memcmp(a + 6, p.birth, 4) == 0);
        twice += dye_sector_rows(&s, &p) == 2;
    }
    assert_in_range(first, CROWD * 71 / 100, CROWD * 79 / 100);
    assert_in_range(jobless, CROWD * 22 / 100, CROWD * 28 / 100);
    assert_in_range(fathers, CROWD * 34 / 100, CROWD * 42 / 100);
    assert_in_range(twice, CROWD * 46 / 100, CROWD * 54 / 100);
}

static void a_person_with_two_records_has_two_lines(void **state)
{
    (void)state;
    static const struct dye_sector s = {.name = "s",
                                        .rows = {0, 0, 1},
                                        .column = {{.name = "phone", .what = DYE_COLUMN_KIND, .kind = DYE_MOBILE},
                                                   {.name = "no", .what = DYE_COLUMN_TEXT, .pattern = "99999999"}},
                                        .columns = 2};
    struct dye_persona p = made(5, &s);
    struct dye_buf b;
    dye_buf_init(&b, 4096, true);
    assert_int_equal(dye_record_write(&s, &p, DYE_FORMAT_CSV, &b), DYE_OK);
    assert_int_equal(b.n, 3 * (11 + 1 + 8 + 1));
    assert_memory_equal(b.p, b.p + 21, 12);
    assert_memory_not_equal(b.p, b.p + 21, 21);
    dye_buf_done(&b);
}

/* The canonical form of a name has no interpunct; the record has. Not where another value was put over it. */
static void an_interpunct_is_written(void **state)
{
    (void)state;
    struct dye_persona p = someone();
    struct dye_value v;
    p.value[DYE_NAME] = (struct dye_value){"艾力买买提", 15};
    memcpy(p.written_name, "艾力·买买提", sizeof "艾力·买买提");
    assert_int_equal(dye_sector_cell(&clinic.column[1], &p, &v), DYE_OK);
    assert_string_equal(v.text, "艾力·买买提");
    p.value[DYE_NAME] = (struct dye_value){"张三", 6};
    assert_int_equal(dye_sector_cell(&clinic.column[1], &p, &v), DYE_OK);
    assert_string_equal(v.text, "张三");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_quotes_what_has_to_be_quoted),
        cmocka_unit_test(json_lines_escape_and_have_no_header),
        cmocka_unit_test(a_sector_has_the_kinds_of_its_columns),
        cmocka_unit_test(what_follows_is_later_and_not_yet_is_empty),
        cmocka_unit_test(drawn_cells_are_of_their_ranges_and_shares),
        cmocka_unit_test(a_person_with_two_records_has_two_lines),
        cmocka_unit_test(an_interpunct_is_written),
        cmocka_unit_test(a_full_buffer_stops_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
