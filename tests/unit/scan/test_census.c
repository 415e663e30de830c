#include "dye/census.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Values that nobody has: unassigned prefixes and county codes, example domains. */
#define MOBILE "17412345678"
#define ID "110146199003070014"

static struct dye_census *census;
static struct dye_layout layout;

static int setup(void **state)
{
    (void)state;
    census = dye_census_new();
    return census == NULL;
}

static int teardown(void **state)
{
    (void)state;
    dye_census_free(census);
    return 0;
}

static void count_bytes(struct dye_span text, enum dye_unit unit)
{
    struct dye_chunk chunk = {.bytes = text, .text = text, .layout = &layout, .unit = unit};
    dye_layout_detect(unit, unit == DYE_UNIT_BYTE ? dye_charset_detect(text) : DYE_CHARSET_UTF8, text, &layout);
    dye_census_clear(census);
    assert_int_equal(dye_census_chunk(census, &chunk), DYE_OK);
}

static void count(const char *text)
{
    count_bytes(dye_span_str(text), DYE_UNIT_BYTE);
}

/* "name:says=cell n,cell n" of each column, parted by blanks. */
static const char *columns(void)
{
    static char text[4096];
    struct dye_census_column c;
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; dye_census_column_at(census, i, &c); i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s:%s=", i > 0 ? " " : "", c.name,
                              c.says != 0 ? dye_cell_name(c.says) : "");
        for (unsigned cell = 1, some = 0; cell < DYE_CELLS; cell++)
            if (c.cells[cell] > 0)
                n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %d", some++ > 0 ? "," : "", dye_cell_name(cell),
                                      (int)c.cells[cell]);
    }
    return text;
}

/* "mobile+name 2" of each set of kinds. */
static const char *kinds(void)
{
    static char text[4096];
    static struct dye_census_kinds k[DYE_CENSUS_KINDS_MAX];
    size_t found = dye_census_kinds(census, k), n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < found; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s", i > 0 ? " " : "");
        for (unsigned cell = 1, some = 0; cell < DYE_CELLS; cell++)
            if ((k[i].mask >> cell & 1) != 0)
                n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", some++ > 0 ? "+" : "", dye_cell_name(cell));
        n += (size_t)snprintf(text + n, sizeof text - n, " %d", (int)k[i].records);
    }
    return text;
}

/* The kind of a value alone in its column, under this name; NULL: without one. */
static const char *cell_under(const char *name, const char *value)
{
    static char text[512];
    struct dye_census_column c;
    if (name != NULL)
        snprintf(text, sizeof text, "[{\"%s\":\"%s\"}]", name, value);
    else
        snprintf(text, sizeof text, "%s\n%s\n", value, value);
    count(text);
    assert_true(dye_census_column_at(census, 0, &c));
    for (unsigned cell = 1; cell < DYE_CELLS; cell++)
        if (c.cells[cell] > 0)
            return dye_cell_name(cell);
    return "empty";
}

/* ---- names ---- */

static void names_say_the_kind_in_chinese_english_and_pinyin_initials(void **state)
{
    (void)state;
    static const struct {
        const char *name, *says;
    } rows[] = {
        {"姓名", "name"},
        {"收件人姓名", "name"},
        {"realname", "name"},
        {"xm", "name"},
        {"手机号码", "mobile"},
        {"联系电话", "mobile"},
        {"phone_number", "mobile"},
        {"sjh", "mobile"},
        {"身份证号", "resident_id"},
        {"idCardNo", "resident_id"},
        {"sfzhm", "resident_id"},
        {"家庭住址", "address"},
        {"shipping_address", "address"},
        {"dz", "address"},
        {"银行卡号", "bank_card"},
        {"bank_card_no", "bank_card"},
        {"yhkh", "bank_card"},
        {"电子邮箱", "email"},
        {"email_address", "email"},
        {"快递单号", "waybill"},
        {"waybill_no", "waybill"},
        {"ydh", "waybill"},
        {"车牌号", "plate"},
        {"cph", "plate"},
        {"护照号", "passport"},
        {"统一社会信用代码", "uscc"},
        {"保单号", "policy"},
        {"policy_no", "policy"},
        {"住院号", "mrn"},
        {"patient_id", "mrn"},
        {"微信号", "wechat"},
        {"QQ", "qq"},
        {"会员号", "account"},
        {"user_id", "account"},
        {"下单时间", "date"},
        {"created_date", "date"},
        {"csrq", "date"},
        {"性别", "text"},
        {"手机号归属地", "text"},
        {"证件类型", "text"},
        {"城市", "text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dye_census_column c;
        cell_under(rows[i].name, "1");
        assert_true(dye_census_column_at(census, 0, &c));
        assert_string_equal(c.name, rows[i].name);
        assert_string_equal(c.says != 0 ? dye_cell_name(c.says) : "", rows[i].says);
    }
}

static void a_name_that_may_be_a_value_is_not_told(void **state)
{
    (void)state;
    static const struct {
        const char *name, *told;
    } rows[] = {
        {"张三", ""},
        {"zhangsan", ""},
        {"Alice", ""},
        {MOBILE, ""},
        {ID, ""},
        {"a.b@example.com", ""},
        {"wu_li", ""},
        {"t_1", "t_1"},
        {"张三的电话", "*的电话"},
        {"zhang_phone", "*_phone"},
        {"phone1", "phone1"},
        {"phone1742", "phone*"},
        {"某省某市二路3号", "*省*市*3号"},
        {"\\u624b\\u673a", "手机"},
        {"a\\\"b\\\\", "a*b*"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dye_census_column c;
        cell_under(rows[i].name, "x");
        assert_true(dye_census_column_at(census, 0, &c));
        assert_string_equal(c.name, rows[i].told);
    }
}

/* ---- cells ---- */

static void a_cell_is_known_by_its_contents(void **state)
{
    (void)state;
    static const struct {
        const char *value, *is;
    } rows[] = {
        {MOBILE, "mobile"},
        {"+86 174-1234-5678", "mobile"},
        {"8617412345678", "mobile"},
        {"174 1234 5678", "mobile"},
        {"１７４１２３４５６７８", "mobile"},
        {"12345678901", "number"},
        {ID, "resident_id"},
        {"110146900307001", "resident_id"},
        {"110146199003070010", "number"}, /* its check fails */
        {"a.b@example.com", "email"},
        {"SF1234567890123", "waybill"},
        {"YT1234567890123", "waybill"},
        {"75123456789012", "waybill"},
        {"E12345678", "passport"},
        {"91110000600037341L", "uscc"},
        {"4242424242424242", "bank_card"},
        {"4242424242424241", "number"},
        {"京A12345", "plate"},
        {"京A·12345", "plate"},
        {"王建国", "name"},
        {"欧阳晓东", "name"},
        {"本科", "text"},
        {"某省某市某区一路22号", "address"},
        {"2026-01-31 10:00:00", "date"},
        {"2026/1/31", "date"},
        {"20260131", "date"},
        {"2026年1月31日", "date"},
        {"2026-13-31", "text"},
        {"d41d8cd98f00b204e9800998ecf8427e", "digest"},
        {"174****5678", "masked"},
        {"110146********0010", "masked"},
        {"王**", "masked"},
        {"王＊", "masked"},
        {"王××", "masked"},
        {"174xxxx5678", "masked"},
        {"174**xx5678", "masked"},
        {"174●●●●5678", "masked"},
        {"王先生", "masked"},
        {"12.50", "number"},
        {"hello", "text"},
        {"NULL", "empty"},
        {"-", "empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *is = cell_under("x", rows[i].value);
        if (strcmp(is, rows[i].is) != 0)
            print_error("%s\n", rows[i].value);
        assert_string_equal(is, rows[i].is);
    }
}

static void numbers_without_a_form_of_their_own_are_what_their_column_says(void **state)
{
    (void)state;
    assert_string_equal(cell_under("x", "123456789012"), "number");
    assert_string_equal(cell_under("运单号", "123456789012"), "waybill");
    assert_string_equal(cell_under("保单号", "PDAA2026123456"), "policy");
    assert_string_equal(cell_under("mrn", "9000123456"), "mrn");
    assert_string_equal(cell_under("会员号", "900012345"), "account");
    assert_string_equal(cell_under("qq", "123456789"), "qq");
    assert_string_equal(cell_under("微信号", "wxid_abc123"), "wechat");
    assert_string_equal(cell_under("会员号", MOBILE), "mobile");
    assert_string_equal(cell_under("姓名", "John Smith"), "name");
    assert_string_equal(cell_under("姓名", "买买提·吐尔逊"), "name");
    assert_string_equal(cell_under("城市", "马鞍山"), "text");
    assert_string_equal(cell_under("手机", "未留"), "text");
    assert_string_equal(cell_under("创建时间", "1767225600"), "date");
}

/* ---- parts ---- */

static void columns_with_a_header_are_counted(void **state)
{
    (void)state;
    count("姓名,手机,备注\n王建国," MOBILE ",\n李丽,无,x\n赵敏," MOBILE ",y\n");
    assert_string_equal(columns(), "姓名:name=name 3 手机:mobile=mobile 2,text 1 备注:text=text 2");
    assert_string_equal(kinds(), "name 1 mobile+name 2");
}

static void columns_without_a_header_are_counted_by_number(void **state)
{
    (void)state;
    count("王建国----" MOBILE "----" ID "\n李丽----" MOBILE "----" ID "\n");
    assert_string_equal(columns(), ":=name 2 :=mobile 2 :=resident_id 2");
    assert_string_equal(kinds(), "mobile+resident_id+name 2");
}

static void gb18030_is_counted_like_utf8(void **state)
{
    (void)state;
    static const char text[] = "姓名,手机,住址,车牌,昵称\n王建国," MOBILE ",某省某市某区一路22号,京A12345,王先生\n"
                               "欧阳晓东,１７４１２３４５６７８,某市某县三村,沪B12345,x\n";
    char want[512];
    struct dye_buf gb;
    count(text);
    snprintf(want, sizeof want, "%s", columns());
    assert_non_null(strstr(want, "手机:mobile=mobile 2 住址:address=address 2 车牌:plate=plate 2"));
    dye_buf_init(&gb, 4096, false);
    assert_int_equal(dye_text_to_gb18030(dye_span_str(text), &gb), DYE_OK);
    count_bytes(dye_buf_span(&gb), DYE_UNIT_BYTE);
    assert_string_equal(columns(), want);
    dye_buf_done(&gb);
}

static void keys_of_json_are_columns_wherever_they_stand(void **state)
{
    (void)state;
    count("{\"name\":\"王建国\",\"tel\":\"" MOBILE
          "\"}\n{\"tel\":\"17412345\\u0036\\u00378\",\"name\":\"\\u738b\\u4e3d\"}\n");
    assert_string_equal(columns(), "name:name=name 2 tel:mobile=mobile 2");
    assert_string_equal(kinds(), "mobile+name 2");
}

static void columns_of_statements_are_counted(void **state)
{
    (void)state;
    count("INSERT INTO `t` (`xm`,`sjh`,`x`) VALUES ('王建国','" MOBILE
          "',NULL),('李丽',NULL,0x3137343132333435363738);\n");
    assert_string_equal(columns(), "xm:name=name 2 sjh:mobile=mobile 1 x:=mobile 1");
}

static void rendered_cells_are_counted(void **state)
{
    (void)state;
    count_bytes(dye_span_str("姓名\x1f手机\n王建国\x1f" MOBILE "\n\n李丽\x1f" MOBILE "\n"), DYE_UNIT_CELL);
    assert_string_equal(columns(), "姓名:name=name 2 手机:mobile=mobile 2");
}

static void identifiers_inside_text_are_counted_with_its_record(void **state)
{
    (void)state;
    count("王建国" MOBILE "某省某市某区一路22号\n" MOBILE ID "\n" ID MOBILE "\n");
    assert_string_equal(columns(), ":=number 2,text 1");
    assert_string_equal(kinds(), "mobile+resident_id 2 mobile+name+address 1");
    count("id,remark\n1,\"call 王建国 " MOBILE " or a.b@example.com\"\n2,\"no one\"\n3,x\n");
    assert_string_equal(kinds(), " 2 mobile+email 1");
}

static void records_without_an_identifier_are_not_parseable(void **state)
{
    (void)state;
    struct dye_census_totals t;
    count("姓名,手机\n王建国," MOBILE "\n李丽,无\n,\n");
    dye_census_totals(census, &t);
    assert_int_equal(t.records, 3);
    assert_int_equal(t.parseable, 1);
    assert_int_equal(t.uncounted[0] + t.uncounted[1] + t.uncounted[2], 0);
}

static void regions_issuers_and_carriers_are_prefixes(void **state)
{
    (void)state;
    static struct dye_census_prefix p[DYE_CENSUS_PREFIXES_MAX];
    static const struct {
        enum dye_kind kind;
        const char *prefix;
        uint64_t n;
    } want[] = {{DYE_MOBILE, "174", 2}, {DYE_RESIDENT_ID, "1101", 2}, {DYE_WAYBILL, "SF", 1},
                {DYE_WAYBILL, "YT", 1}, {DYE_POLICY, "PDAA", 2},      {DYE_BANK_CARD, "424242", 2}};
    count("手机,身份证,运单,保单,卡号\n" MOBILE "," ID ",SF1234567890123,PDAA2026123456,4242424242424242\n" MOBILE
          "," ID ",YT1234567890123,PDAA2026123457,4242424242424242\n");
    assert_int_equal(dye_census_prefixes(census, p), sizeof want / sizeof *want);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(p[i].kind, want[i].kind);
        assert_string_equal(p[i].prefix, want[i].prefix);
        assert_int_equal(p[i].n, want[i].n);
    }
}

static void the_newest_date_is_a_columns_and_none_of_birth(void **state)
{
    (void)state;
    struct dye_census_column c;
    count("日期,出生日期,到期\n2026-01-02,1990-03-07,9999-12-31\n2025-12-31,2001-03-07,2099-12-31\n");
    assert_true(dye_census_column_at(census, 0, &c));
    assert_int_equal(c.newest, 20260102);
    assert_true(dye_census_column_at(census, 1, &c));
    assert_int_equal(c.newest, 0);
    assert_true(dye_census_column_at(census, 2, &c));
    assert_int_equal(c.newest, 0);
}

static void columns_beyond_the_limit_are_told(void **state)
{
    (void)state;
    enum { RECORDS = 3, NAMES = 700 };
    static char text[RECORDS * NAMES * 24];
    struct dye_census_totals t;
    struct dye_census_column c;
    size_t n = 0, columns_n = 0;
    /* Numbers in names are told, so that they are columns of their own. */
    for (int r = 0; r < RECORDS; r++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "{\"x\":1");
        for (int i = 0; i < 500; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, ",\"%s%d\":1", r == 0 ? "b" : r == 1 ? "c" : "d", i);
        n += (size_t)snprintf(text + n, sizeof text - n, "}\n");
    }
    count(text);
    dye_census_totals(census, &t);
    while (dye_census_column_at(census, columns_n, &c))
        columns_n++;
    assert_int_equal(columns_n, DYE_CENSUS_COLUMNS_MAX);
    assert_int_equal(t.uncounted[0], 1501 - DYE_CENSUS_COLUMNS_MAX);
    assert_int_equal(t.records, RECORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_the_kind_in_chinese_english_and_pinyin_initials),
        cmocka_unit_test(a_name_that_may_be_a_value_is_not_told),
        cmocka_unit_test(a_cell_is_known_by_its_contents),
        cmocka_unit_test(numbers_without_a_form_of_their_own_are_what_their_column_says),
        cmocka_unit_test(columns_with_a_header_are_counted),
        cmocka_unit_test(columns_without_a_header_are_counted_by_number),
        cmocka_unit_test(gb18030_is_counted_like_utf8),
        cmocka_unit_test(keys_of_json_are_columns_wherever_they_stand),
        cmocka_unit_test(columns_of_statements_are_counted),
        cmocka_unit_test(rendered_cells_are_counted),
        cmocka_unit_test(identifiers_inside_text_are_counted_with_its_record),
        cmocka_unit_test(records_without_an_identifier_are_not_parseable),
        cmocka_unit_test(regions_issuers_and_carriers_are_prefixes),
        cmocka_unit_test(the_newest_date_is_a_columns_and_none_of_birth),
        cmocka_unit_test(columns_beyond_the_limit_are_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
