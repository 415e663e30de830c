/* The files of tests/fuzz/corpus/dbf were made with LibreOffice 7.4, but for the types that it doesn't write. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void chinese_is_read_by_the_code_page_or_by_its_looks(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/dbf/gb18030.dbf", "[ dbf cell]\n"
                                                   "NAME|PHONE|NOTE|deleted\n"
                                                   "张三|17421234567|abc\n"
                                                   "李四|15498765432\n"
                                                   "= read\n"
                                                   "");
    decoded_file_is("fuzz/corpus/dbf/utf8.dbf", "[ dbf cell]\n"
                                                "NAME|PHONE|NOTE|deleted\n"
                                                "张三|17421234567|abc\n"
                                                "李四|15498765432\n"
                                                "= read\n"
                                                "");
    struct dye_span in = decoded_load("fuzz/corpus/dbf/gb18030.dbf");
    ((uint8_t *)(uintptr_t)in.p)[29] = 0x4d;
    decoded_is(in, "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc\n李四|15498765432\n= read\n");
    free((void *)(uintptr_t)in.p);
}

static void deleted_records_are_read_and_marked(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/dbf/utf8.dbf");
    size_t head = in.p[8] | (size_t)in.p[9] << 8;
    ((uint8_t *)(uintptr_t)in.p)[head] = '*';
    decoded_is(in, "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc|*\n李四|15498765432\n= read\n");
    free((void *)(uintptr_t)in.p);
}

static void the_head_is_believed_only_when_it_promises_more(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/dbf/utf8.dbf");
    ((uint8_t *)(uintptr_t)in.p)[4] = 1;
    decoded_is(in, "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc\n李四|15498765432\n= read\n");
    ((uint8_t *)(uintptr_t)in.p)[4] = 3;
    decoded_is(in,
               "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc\n李四|15498765432\n= partly truncated\n");
    free((void *)(uintptr_t)in.p);
}

static void what_is_left_of_a_cut_record_is_kept(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/dbf/utf8.dbf");
    in.n -= 4;
    decoded_is(in, "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc\n李四15498765432\n= partly truncated\n");
    free((void *)(uintptr_t)in.p);
}

static void data_behind_the_end_mark_is_not_passed_over(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/dbf/utf8.dbf");
    uint8_t *p = (uint8_t *)(uintptr_t)in.p;
    p[in.n++] = 0;
    decoded_is(in, "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc\n李四|15498765432\n= read\n");
    p[in.n++] = 'x';
    decoded_is(
        in, "[ dbf cell]\nNAME|PHONE|NOTE|deleted\n张三|17421234567|abc\n李四|15498765432\n= partly trailing data\n");
    free((void *)(uintptr_t)in.p);
}

static void binary_fields_of_foxpro_are_written_out(void **state)
{
    (void)state;
    uint8_t file[32 + 5 * 32 + 1 + 33] = {0x30, 26, 11, 22, 1};
    static const char types[] = "IYTBM";
    static const uint8_t bytes[] = {4, 8, 8, 8, 4};
    file[8] = 32 + 5 * 32 + 1;
    file[10] = 33;
    for (size_t i = 0; i < 5; i++) {
        uint8_t *f = file + 32 + 32 * i;
        f[0] = (uint8_t)('a' + i);
        f[11] = (uint8_t)types[i];
        f[16] = bytes[i];
    }
    file[32 + 5 * 32] = 0x0d;
    uint8_t *r = file + 32 + 5 * 32 + 1;
    double real = 1.5;
    memcpy(r, " \xfe\xff\xff\xff", 5);
    memcpy(r + 5, "\x39\x30\0\0\0\0\0\0", 8);          /* 1.2345 */
    memcpy(r + 13, "\x8d\x88\x25\0\0\x92\x2f\x02", 8); /* the day 2459789 */
    memcpy(r + 21, &real, 8);
    decoded_is(dye_span_of(file, sizeof file),
               "[ dbf cell]\na|b|c|d|e|deleted\n-2|1.2345|2022-07-28 10:11:12|1.5\n= read\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_is_read_by_the_code_page_or_by_its_looks),
        cmocka_unit_test(deleted_records_are_read_and_marked),
        cmocka_unit_test(the_head_is_believed_only_when_it_promises_more),
        cmocka_unit_test(what_is_left_of_a_cut_record_is_kept),
        cmocka_unit_test(data_behind_the_end_mark_is_not_passed_over),
        cmocka_unit_test(binary_fields_of_foxpro_are_written_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
