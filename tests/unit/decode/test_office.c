/*
 * Documents as rows. The files of tests/fuzz/corpus/office were made by openpyxl, XlsxWriter, gnumeric, LibreOffice and
 * python-docx; what none of them writes is written here.
 */
#include "parts.h"
#include "stored_zip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint8_t *load(const char *name, size_t *ret_n)
{
    char path[4096];
    const char *root = getenv("DYE_SOURCE_DIR");
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/office/%s", root != NULL ? root : ".", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s: not there", path);
    uint8_t *p = malloc(1 << 20);
    *ret_n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return p;
}

/* However it comes: from the input, from the scratch space, a byte at a time. */
static void compare(const uint8_t *p, size_t n, const char *want, bool only_begins)
{
    static const struct parts_options ways[] = {{.step = 0}, {.forwards = true}, {.forwards = true, .step = 1}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *got = parts_of(p, n, &ways[i]);
        assert_non_null(got);
        if (only_begins && strlen(got) > strlen(want))
            got[strlen(want)] = '\0';
        assert_string_equal(got, want);
        free(got);
    }
}

static void check(const char *name, const char *want)
{
    size_t n;
    uint8_t *p = load(name, &n);
    compare(p, n, want, true);
    free(p);
}

#define SHEETS(format)                                                                                                 \
    "== 名单 (cell, " format ")\n"                                                                                     \
    "姓名|手机|日期|ID|混合\n"                                                                                 \
    "样例甲|17420000001|2024-02-29|110146199003070000|"

#define MORE_SHEETS(format)                                                                                            \
    "-- read: \n"                                                                                                      \
    "== 隐藏 (cell, " format ")\n\n\n||line1 line2\n-- read: \n"                                                       \
    "== 空 (cell, " format ")\n-- read: \n"

#define SECOND_ROW "样例乙|017420000002|2024-03-01 13:14:15|110146000000000000|0.1\n\n\n稀疏|||||||17420000003\n"

static void a_book_is_the_same_rows_whoever_wrote_it(void **state)
{
    (void)state;
    check("openpyxl.xlsx", SHEETS("xlsx") "TRUE\n" SECOND_ROW MORE_SHEETS("xlsx"));
    check("stored.xlsx", SHEETS("xlsx") "TRUE\n" SECOND_ROW MORE_SHEETS("xlsx"));
    check("gnumeric.xlsx", SHEETS("xlsx") "TRUE\n" SECOND_ROW "|2\n" MORE_SHEETS("xlsx"));
    check("gnumeric.ods", SHEETS("ods") "TRUE\n" SECOND_ROW "|2\n" MORE_SHEETS("ods"));
    check("libreoffice.ods", SHEETS("ods") "1\n" SECOND_ROW "|2\n" MORE_SHEETS("ods"));
    check("libreoffice.xls", SHEETS("xls") "TRUE\n" SECOND_ROW "|2\n" MORE_SHEETS("xls"));
    check("inline.xlsx", "== Sheet1 (cell, xlsx)\ninline & <x>\n|2020-01-02 03:04:05\n-- read: \n");
}

static void text_of_documents_keeps_tables_as_rows(void **state)
{
    (void)state;
    check("slim.docx",
          "== document (cell, docx)\n第一段 17420000011\n\nr0c0 r0c1||r0c2\nr1c0|两 段|r1c2\n后\n-- read: \n");
    check("a.odt", "== content (cell, odt)\n第一段 17420000011\n\nr0c0 r0c1||r0c2\nr1c0|两 段|r1c2\n后\n-- read: \n");
    check("a.doc",
          "== document (cell, doc)\n第一段 17420000011\n\nr0c0 r0c1|r0c2\nr1c0|两 段|r1c2\n后\n\n页眉 内部\n\n页脚\n"
          "-- read: \n");
    check("a.odp", "== content (cell, odp)\n标题 17420000012\na|b\n|d\n");
}

static void contains(const char *name, const char *want)
{
    size_t n;
    uint8_t *p = load(name, &n);
    char *got = parts_of(p, n, NULL);
    assert_non_null(got);
    if (strstr(got, want) == NULL)
        fail_msg("%s lacks:\n%s", name, want);
    free(got);
    free(p);
}

static void what_hangs_on_a_document_is_read_too(void **state)
{
    (void)state;
    contains("openpyxl.xlsx", "== comments/comment1.xml (cell, xlsx)\nA6|批注 17420000004\n-- read: \n");
    contains("openpyxl.xlsx", "page header: &C内部资料\ncreator: 制表人\ntitle: 客户\n");
    contains("writer.xlsx", "== drawings/drawing1.xml (cell, xlsx)\n文本框 17420000005\n-- read: \n");
    contains("writer.xlsx", "defined name: Key\ndefined as: \"17420000006\"\nlink: mailto:a@example.com\n");
    contains("writer.xlsx", "Company: 某公司\n");
    contains("libreoffice.ods", "comment: 批注 17420000004\n");
    contains("libreoffice.xls", "text: 批注 17420000004\n");
    contains("slim.docx", "== header1.xml (cell, docx)\n页眉 内部\n-- read: \n");
    contains("slim.docx", "== word/media/image1.png (byte, )\n-- unread: format: image\n");
    contains("a.odt", "== styles.xml (cell, odt)\n页眉 内部\n页脚\n-- read: \n");
    contains("a.pptx", "== slides/slide1.xml (cell, pptx)\n标题 17420000012\na|b\n|d\n-- read: \n");
}

static void check_password(const char *name, const char *password, const char *want)
{
    size_t n;
    uint8_t *p = load(name, &n);
    const char *const passwords[] = {"wrong", "错", "\xff", password};
    char *got = parts_of(p, n, &(struct parts_options){.passwords = passwords, .n_passwords = 4});
    assert_non_null(got);
    assert_true(strncmp(got, want, strlen(want)) == 0);
    free(got);
    got = parts_of(p, n, &(struct parts_options){.passwords = passwords, .n_passwords = 3});
    assert_string_equal(got, "==  (byte, )\n-- unread: encrypted\n");
    free(got);
    free(p);
}

/* standard.xlsx was made by LibreOffice; agile.xlsx by the specification, and msoffcrypto-tool reads it. */
static void an_encrypted_book_opens_by_a_password_of_the_list(void **state)
{
    (void)state;
    const char *rows = "== Sheet1 (cell, xlsx)\ninline & <x>\n|2020-01-02 03:04:05\n-- read: \n";
    check_password("standard.xlsx", "secret", rows);
    check_password("agile.xlsx", "口令123", rows);
    check("encrypted.ods", "==  (byte, )\n-- unread: encrypted\n");
    check("encrypted.xls", "== Workbook (byte, )\n-- unread: encrypted\n");
}

/* ---- books that nobody's program writes ---- */

#define WORKBOOK                                                                                                       \
    "<workbook xmlns:r='r'><sheets><sheet name='a' sheetId='1' r:id='r1'/><sheet name='b' state='veryHidden' "         \
    "sheetId='2' r:id='r2'/></sheets></workbook>"
#define RELATIONS                                                                                                      \
    "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/></Relationships>"
#define NO_B "== b (byte, )\n-- unread: damaged\n"

struct book {
    const char *workbook, *strings, *styles, *sheet;
};

static void check_book(const struct book *b, const char *want)
{
    struct stored_zip z = {.members = 0};
    const char *const members[][2] = {{"xl/workbook.xml", b->workbook != NULL ? b->workbook : WORKBOOK},
                                      {"xl/_rels/workbook.xml.rels", RELATIONS},
                                      {"xl/sharedStrings.xml", b->strings},
                                      {"xl/styles.xml", b->styles},
                                      {"xl/worksheets/sheet1.xml", b->sheet}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (members[i][1] != NULL)
            stored_zip_add(&z, members[i][0], members[i][1], strlen(members[i][1]));
    stored_zip_finish(&z);
    compare(z.p, z.n, want, false);
    free(z.p);
}

static void check_rows(const char *rows, const char *want)
{
    char sheet[8192], parts[8192];
    snprintf(sheet, sizeof sheet, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
    snprintf(parts, sizeof parts, "== a (cell, xlsx)\n%s" NO_B, want);
    check_book(
        &(struct book){.strings =
                           "<sst><si><t>zero</t></si><si><r><t>on</t></r><rPh><t>x</t></rPh><r><t>e</t></r></si></sst>",
                       .styles = "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>",
                       .sheet = sheet},
        parts);
}

static void rows_and_cells_may_leave_their_place_out(void **state)
{
    (void)state;
    check_rows("<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row><c><v>3</v></c></row>",
               "zero|one\n3\n-- read: \n");
    check_rows("<row r='3'><c r='B3'><v>1</v></c><c><v>2</v></c></row>", "\n\n|1|2\n-- read: \n");
}

static void numbers_are_written_as_a_person_would(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"1.3800138E10", "13800138000"}, /* never as a power of ten */
        {"1.38001E+10", "13800100000"},
        {"13800138000.0", "13800138000"},
        {"6.22202E+18", "6222020000000000000"},
        {"123456789012345678901234", "123456789012345678901234"}, /* digits stand as they are */
        {"0.10000000000000001", "0.1"},
        {"-2.50", "-2.5"},
        {"1E-3", "0.001"},
        {"1.5E-9", "1.5E-09"},
        {"1e400", "1e400"}, /* no number that a program could have meant */
        {"x", "x"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char rows[256], want[256];
        snprintf(rows, sizeof rows, "<row><c><v>%s</v></c></row>", table[i][0]);
        snprintf(want, sizeof want, "%s\n-- read: \n", table[i][1]);
        check_rows(rows, want);
    }
}

static void days_become_dates_by_the_style_of_the_cell(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"1", "1900-01-01"},
        {"59", "1900-02-28"},
        {"61", "1900-03-01"},
        {"45351", "2024-02-29"},
        {"45351.5", "2024-02-29 12:00:00"},
        {"0.75", "18:00:00"},
        {"2958465", "9999-12-31"},
        {"17420000001", "17420000001"}, /* a phone in a column of dates */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char rows[256], want[256];
        snprintf(rows, sizeof rows, "<row><c s='1'><v>%s</v></c></row>", table[i][0]);
        snprintf(want, sizeof want, "%s\n-- read: \n", table[i][1]);
        check_rows(rows, want);
    }
}

static void places_that_go_back_are_put_behind_and_told(void **state)
{
    (void)state;
    check_rows("<row r='2'><c r='B2'><v>1</v></c><c r='A2'><v>2</v></c></row><row r='1'><c r='A1'><v>3</v></c></row>",
               "\n|1|2\n3\n-- partly: damaged\n");
    check_rows("<row><c t='s'><v>7</v></c></row>", "-- unread: damaged\n"); /* a string that isn't there */
    check_rows("<row r='99999999'><c r='ZZZZ1'><v>1</v></c></row>", "1\n-- partly: damaged\n");
}

static void prefixes_and_namespaces_say_nothing(void **state)
{
    (void)state;
    check_book(
        &(struct book){
            .workbook = "<?xml version='1.0'?><x:workbook xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main' "
                        "xmlns:q='r'><x:workbookPr date1904='true'/><x:sheets><x:sheet name='a' "
                        "sheetId='1' q:id='r1'/></x:sheets></x:workbook>",
            .styles = "<x:styleSheet xmlns:x='y'><x:cellXfs><x:xf numFmtId='14'/></x:cellXfs></x:styleSheet>",
            .sheet = "<x:worksheet xmlns:x='y'><x:row r='1'><x:c r='A1'><x:v>0</x:v></x:c><x:c "
                     "r='B1' t='inlineStr'><x:is><x:t>i</x:t></x:is></x:c></x:row></x:worksheet>"},
        "== a (cell, xlsx)\n1904-01-01|i\n-- read: \n");
}

static void xml_in_sixteen_bits_is_read(void **state)
{
    (void)state;
    const char *plain = "<worksheet><row><c t='str'><v>u</v></c></row></worksheet>";
    uint8_t wide[256] = {0xff, 0xfe};
    for (size_t i = 0; plain[i] != '\0'; i++)
        wide[2 + 2 * i] = (uint8_t)plain[i];
    struct stored_zip z = {.members = 0};
    stored_zip_add(&z, "xl/workbook.xml", WORKBOOK, strlen(WORKBOOK));
    stored_zip_add(&z, "xl/_rels/workbook.xml.rels", RELATIONS, strlen(RELATIONS));
    stored_zip_add(&z, "xl/worksheets/sheet1.xml", wide, 2 + 2 * strlen(plain));
    stored_zip_finish(&z);
    compare(z.p, z.n, "== a (cell, xlsx)\nu\n-- read: \n" NO_B, false);
    free(z.p);
}

static void a_document_type_is_refused(void **state)
{
    (void)state;
    check_book(&(struct book){.sheet = "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
                                       "<w><row><c t='str'><v>&b;</v></c></row></w>"},
               "== a (cell, xlsx)\n-- unread: unsupported\n" NO_B);
}

static void what_nothing_points_to_is_read_as_it_is(void **state)
{
    (void)state;
    struct stored_zip z = {.members = 0};
    stored_zip_add(&z, "xl/workbook.xml", WORKBOOK, strlen(WORKBOOK));
    stored_zip_add(&z, "xl/worksheets/sheet1.xml", "<worksheet/>", 12);
    stored_zip_add(&z, "xl/media/image1.png", "\x89PNG\r\n\x1a\n", 8);
    stored_zip_add(&z, "xl/embeddings/note.txt", "17420000001", 11);
    stored_zip_finish(&z);
    compare(z.p, z.n,
            "== a (byte, )\n-- unread: damaged\n" NO_B "== xl/worksheets/sheet1.xml (byte, )\n<worksheet/>-- read: \n"
            "== xl/media/image1.png (byte, )\n-- unread: format: image\n"
            "== xl/embeddings/note.txt (byte, )\n17420000001-- read: \n",
            false);
    free(z.p);
}

static void members_that_the_directory_hides_are_told(void **state)
{
    (void)state;
    struct stored_zip z = {.members = 0};
    stored_zip_add(&z, "xl/workbook.xml", "<workbook/>", 11);
    size_t directory_n = z.directory_n;
    stored_zip_add(&z, "xl/worksheets/hidden.xml", "17420000001", 11);
    z.directory_n = directory_n;
    z.members--;
    stored_zip_add(&z, "xl/styles.xml", "<styleSheet/>", 13);
    stored_zip_finish(&z);
    compare(z.p, z.n, "==  (byte, )\n-- unread: trailing data\n", false);
    free(z.p);
}

static void a_zip_that_only_begins_like_a_document_is_a_zip(void **state)
{
    (void)state;
    struct stored_zip z = {.members = 0};
    stored_zip_add(&z, "word/a.csv", "1,2\n", 4);
    stored_zip_add(&z, "b.csv", "3,4\n", 4);
    stored_zip_finish(&z);
    compare(z.p, z.n, "== word/a.csv (byte, )\n1,2\n-- read: \n== b.csv (byte, )\n3,4\n-- read: \n", false);
    free(z.p);
}

static void a_book_that_was_cut_off_gives_what_is_left(void **state)
{
    (void)state;
    size_t n;
    uint8_t *p = load("inline.xlsx", &n);
    char *got = parts_of(p, n - 300, NULL); /* within the directory */
    assert_non_null(strstr(got, "== Sheet1 (cell, xlsx)\ninline & <x>\n|2020-01-02 03:04:05\n-- read: \n"));
    assert_non_null(strstr(got, "==  (byte, )\n-- unread: truncated\n"));
    free(got);
    free(p);
}

static void empty_rows_and_columns_are_paid_for(void **state)
{
    (void)state;
    size_t cap = 4 << 20, at = 0;
    char *sheet = malloc(cap);
    at += (size_t)snprintf(sheet + at, cap - at, "<worksheet>");
    for (int i = 0; i < 20000; i++) /* each asks for 16,383 empty fields */
        at += (size_t)snprintf(sheet + at, cap - at, "<row><c r='XFD%d'><v>1</v></c></row>", i + 1);
    snprintf(sheet + at, cap - at, "</worksheet>");
    struct stored_zip z = {.members = 0};
    stored_zip_add(&z, "xl/workbook.xml", WORKBOOK, strlen(WORKBOOK));
    stored_zip_add(&z, "xl/_rels/workbook.xml.rels", RELATIONS, strlen(RELATIONS));
    stored_zip_add(&z, "xl/worksheets/sheet1.xml", sheet, strlen(sheet));
    stored_zip_finish(&z);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    limits.ratio = 10;
    limits.ratio_free_bytes = 1 << 20;
    char *got = parts_of(z.p, z.n, &(struct parts_options){.limits = &limits});
    assert_non_null(got);
    assert_string_equal(got + strlen(got) - strlen("-- partly: limit: ratio\n"), "-- partly: limit: ratio\n");
    assert_true(strlen(got) < 11 * z.n + (2 << 20));
    free(got);
    free(z.p);
    free(sheet);
}

/* Stored members add nothing; a bomb has to be deflated. */
static void a_bomb_in_what_makes_no_part_is_told(void **state)
{
    (void)state;
    size_t n;
    uint8_t *p = load("bomb.xlsx", &n);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    limits.ratio_free_bytes = 1 << 16;
    char *got = parts_of(p, n, &(struct parts_options){.limits = &limits});
    assert_string_equal(got, "==  (byte, )\n-- unread: limit: ratio\n");
    free(got);
    free(p);
}

static void strings_beyond_memory_go_to_the_scratch_space(void **state)
{
    (void)state;
    enum { STRINGS = 68500, EACH = 1000 };
    size_t cap = (size_t)STRINGS * (EACH + 24) + 64, at = 0;
    char *strings = malloc(cap), filler[EACH + 1], sheet[512], want[512];
    memset(filler, 'x', EACH);
    filler[EACH] = '\0';
    at += (size_t)snprintf(strings, cap, "<sst>");
    for (int i = 0; i < STRINGS; i++)
        at += (size_t)snprintf(strings + at, cap - at, "<si><t>%d%s</t></si>", i, i % 1000 < 2 ? "" : filler);
    at += (size_t)snprintf(strings + at, cap - at, "<si><t>last</t></si></sst>");
    snprintf(sheet, sizeof sheet,
             "<w><row><c t='s'><v>%d</v></c><c t='s'><v>0</v></c><c t='s'><v>68001</v></c><c "
             "t='s'><v>68000</v></c></row></w>",
             STRINGS);
    snprintf(want, sizeof want, "== a (cell, xlsx)\nlast|0|68001|68000\n-- read: \n" NO_B);
    struct stored_zip z = {.members = 0};
    stored_zip_add(&z, "xl/workbook.xml", WORKBOOK, strlen(WORKBOOK));
    stored_zip_add(&z, "xl/_rels/workbook.xml.rels", RELATIONS, strlen(RELATIONS));
    stored_zip_add(&z, "xl/sharedStrings.xml", strings, at);
    stored_zip_add(&z, "xl/worksheets/sheet1.xml", sheet, strlen(sheet));
    stored_zip_finish(&z);
    char *got = parts_of(z.p, z.n, NULL);
    assert_string_equal(got, want);
    free(got);
    got = parts_of(z.p, z.n, &(struct parts_options){.no_spill = true});
    assert_string_equal(got, "== a (cell, xlsx)\n|0\n-- partly: limit: spill\n" NO_B);
    free(got);
    free(z.p);
    free(strings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_is_the_same_rows_whoever_wrote_it),
        cmocka_unit_test(text_of_documents_keeps_tables_as_rows),
        cmocka_unit_test(what_hangs_on_a_document_is_read_too),
        cmocka_unit_test(an_encrypted_book_opens_by_a_password_of_the_list),
        cmocka_unit_test(rows_and_cells_may_leave_their_place_out),
        cmocka_unit_test(numbers_are_written_as_a_person_would),
        cmocka_unit_test(days_become_dates_by_the_style_of_the_cell),
        cmocka_unit_test(places_that_go_back_are_put_behind_and_told),
        cmocka_unit_test(prefixes_and_namespaces_say_nothing),
        cmocka_unit_test(xml_in_sixteen_bits_is_read),
        cmocka_unit_test(a_document_type_is_refused),
        cmocka_unit_test(what_nothing_points_to_is_read_as_it_is),
        cmocka_unit_test(members_that_the_directory_hides_are_told),
        cmocka_unit_test(a_zip_that_only_begins_like_a_document_is_a_zip),
        cmocka_unit_test(a_book_that_was_cut_off_gives_what_is_left),
        cmocka_unit_test(empty_rows_and_columns_are_paid_for),
        cmocka_unit_test(a_bomb_in_what_makes_no_part_is_told),
        cmocka_unit_test(strings_beyond_memory_go_to_the_scratch_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
