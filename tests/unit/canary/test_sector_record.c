#include "dye/canary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_quotes_what_has_to_be_quoted),
        cmocka_unit_test(json_lines_escape_and_have_no_header),
        cmocka_unit_test(a_sector_has_the_kinds_of_its_columns),
        cmocka_unit_test(a_full_buffer_stops_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
