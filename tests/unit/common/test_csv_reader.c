#include "csv_reader.h"
#include "rng.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* All fields, as "line:a|b|c/line:..."; then the error. */
static void assert_reads(const char *csv, const char *want)
{
    char seen[1024] = "";
    size_t n = 0;
    struct dye_buf text;
    struct csv_reader r;
    struct dye_error err = {0};
    enum dye_status status;
    dye_buf_init(&text, 4096, true);
    assert_int_equal(dye_buf_append_str(&text, csv), DYE_OK);
    csv_reader_init(&r, &text);
    while ((status = csv_reader_next(&r, &err)) == DYE_OK) {
        n += (size_t)snprintf(seen + n, sizeof seen - n, "%s%zu:", n != 0 ? "/" : "", r.line);
        for (size_t i = 0; i < r.fields; i++)
            n += (size_t)snprintf(seen + n, sizeof seen - n, "%s%s", i != 0 ? "|" : "", r.field[i]);
    }
    if (status != DYE_END)
        snprintf(seen + n, sizeof seen - n, "!%s", err.message);
    assert_string_equal(seen, want);
    dye_buf_done(&text);
}

static void records_and_fields_are_told_apart(void **state)
{
    (void)state;
    assert_reads("", "");
    assert_reads("a", "1:a");
    assert_reads("a,b\n", "1:a|b");
    assert_reads("a,b\r\nc,d\r\n", "1:a|b/2:c|d");
    assert_reads("a,\n,b", "1:a|/2:|b");
    assert_reads(",", "1:|");
    assert_reads("\n\na\n\r\n\nb\n", "3:a/6:b");
    assert_reads("\xef\xbb\xbf"
                 "a,b",
                 "1:a|b");
    assert_reads("a\rb,c", "1:a\rb|c");
}

static void quotes_keep_what_is_in_them(void **state)
{
    (void)state;
    assert_reads("\"a,b\",c\n", "1:a,b|c");
    assert_reads("\"a\nb\",c\nd", "1:a\nb|c/3:d");
    assert_reads("\"say \"\"a\"\"\",\"\"\r\nb", "1:say \"a\"|/2:b");
    assert_reads("\"\"\"\"", "1:\"");
    assert_reads("a\"b,c", "1:a\"b|c");
    assert_reads("\"a\"", "1:a");
}

static void what_can_not_be_read_is_named_by_its_line(void **state)
{
    (void)state;
    assert_reads("a\n\"b", "1:a!line 2: a quote that does not end");
    assert_reads("a\nb,\"c\"d\n", "1:a!line 2: text behind a closing quote");
    assert_reads("a,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", "!line 1: more than 64 columns");
}

/* Writes random tables by itself, quoting all that it likes. */
static void what_was_written_is_read(void **state)
{
    (void)state;
    static const char letters[] = "ab\"\n,\r \xe5\xbc\xa0";
    struct rng rng;
    rng_init(&rng, rng_seed(1));
    for (int round = 0; round < 2000; round++) {
        struct dye_buf text;
        struct csv_reader r;
        char want[8][5][8] = {{{0}}};
        size_t rows = 1 + rng_below(&rng, 7);
        size_t columns = 1 + rng_below(&rng, 4);
        dye_buf_init(&text, 1 << 16, true);
        for (size_t i = 0; i < rows; i++)
            for (size_t k = 0; k < columns; k++) {
                size_t n = rng_below(&rng, 7);
                assert_int_equal(dye_buf_append_u8(&text, '"'), DYE_OK);
                for (size_t at = 0; at < n; at++) {
                    char c = letters[rng_below(&rng, sizeof letters - 1)];
                    want[i][k][at] = c;
                    assert_int_equal(dye_buf_append(&text, c == '"' ? "\"\"" : &c, c == '"' ? 2 : 1), DYE_OK);
                }
                assert_int_equal(dye_buf_append_str(&text, k + 1 < columns ? "\"," : "\"\r\n"), DYE_OK);
            }
        csv_reader_init(&r, &text);
        for (size_t i = 0; i < rows; i++) {
            assert_int_equal(csv_reader_next(&r, NULL), DYE_OK);
            assert_int_equal(r.fields, columns);
            for (size_t k = 0; k < columns; k++)
                assert_string_equal(r.field[k], want[i][k]);
        }
        assert_int_equal(csv_reader_next(&r, NULL), DYE_END);
        dye_buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_and_fields_are_told_apart),
        cmocka_unit_test(quotes_keep_what_is_in_them),
        cmocka_unit_test(what_can_not_be_read_is_named_by_its_line),
        cmocka_unit_test(what_was_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
