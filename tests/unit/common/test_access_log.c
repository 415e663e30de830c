#include "access_log.h"

#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* All entries as "line:time account record how terminal/...", "!" for a line that can't be read; then the error. */
static void assert_reads(const char *mapping, const char *text, const char *want)
{
    char seen[1024] = "";
    size_t n = 0;
    struct access_mapping *m = calloc(1, sizeof *m);
    struct dye_buf log;
    struct access_log l;
    struct access_entry e;
    struct dye_error err = {0};
    dye_buf_init(&log, 4096, true);
    assert_int_equal(dye_buf_append_str(&log, text), DYE_OK);
    enum dye_status status =
        access_mapping_parse("m.yaml", mapping, mapping != NULL ? strlen(mapping) : 0, NULL, m, &err);
    if (status == DYE_OK)
        status = access_log_init(&l, m, &log, &err);
    while (status == DYE_OK || status == DYE_E_RECORD) {
        status = access_log_next(&l, &e, &err);
        if (status == DYE_OK)
            n += (size_t)snprintf(seen + n, sizeof seen - n, "%s%zu:%lld %s %s %s %s", n != 0 ? "/" : "", e.line,
                                  (long long)e.at, e.text[ACCESS_ACCOUNT], e.text[ACCESS_RECORD], e.text[ACCESS_HOW],
                                  e.text[ACCESS_TERMINAL]);
        else if (status == DYE_E_RECORD)
            n += (size_t)snprintf(seen + n, sizeof seen - n, "%s!%zu", n != 0 ? "/" : "", e.line);
    }
    if (status != DYE_END)
        snprintf(seen + n, sizeof seen - n, "!!%s", err.message);
    assert_string_equal(seen, want);
    access_mapping_done(m);
    free(m);
    dye_buf_done(&log);
}

static void columns_are_found_by_their_names(void **state)
{
    (void)state;
    assert_reads(NULL, "time,account,record\n2026-05-01T08:00:00Z,li,M1\n", "2:1777622400 li M1  ");
    assert_reads("columns: {time: t, account: who, record: no, how: way, terminal: pc}",
                 "pc,way,no,who,t\nA,view,M1,li,2026-05-01T08:00:00Z\n", "2:1777622400 li M1 view A");
    assert_reads(NULL, "time,account\n", "!!access log: no column is called record; --mapping names them");
    assert_reads(NULL, "", "!!access log: it is empty; a header is wanted");
}

static void what_can_not_be_read_is_told_by_its_line(void **state)
{
    (void)state;
    assert_reads(NULL, "time,account,record\nx,li,M1\n2026-05-01,li\n2026-05-01,,M1\n2026-05-01,li,M1\n",
                 "!2/!3/!4/5:1777564800 li M1  ");
    assert_reads(NULL, "time,account,record\n2026-05-01,\"li,M1\n", "!!line 2: a quote that does not end");
}

static void json_lines_have_keys_of_keys(void **state)
{
    (void)state;
    assert_reads("format: jsonl\ncolumns: {time: at, account: user.id, record: what}",
                 "{\"at\":1777622400,\"user\":{\"id\":\"li\"},\"what\":77}\n\nno\n[]\n{\"at\":1777622400000,\"user\":{"
                 "\"id\":\"w\"}}",
                 "1:1777622400 li 77  /!3/!4/5:1777622400 w   ");
    assert_reads("format: jsonl", "{\"time\":\"2026-05-01\",\"time\":\"2026-05-02\",\"account\":\"li\"}", "!1");
}

static void syslog_is_read_by_a_pattern(void **state)
{
    (void)state;
    assert_reads("format: syslog\npattern: '^([A-Z][a-z]+ [0-9]+ [0-9:]+) .* u=(\\w+) r=(\\w*)( how=(\\w+))?'\n"
                 "columns: {time: 1, account: 2, record: 3, how: 5}\ntime_format: '%b %d %H:%M:%S'\nyear: 2026\n"
                 "time_zone: Z",
                 "May 1 08:00:00 his app: u=li r=M1\r\nelse\nMay 1 08:00:01 his app: u=w r= how=print",
                 "1:1777622400 li M1  /!2/3:1777622401 w  print ");
}

static void times_are_read_in_their_zones(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at; /* -1: none */
    } cases[] = {
        {"2026-05-01T08:00:00Z", 1777622400},
        {"2026-05-01T16:00:00+08:00", 1777622400},
        {"2026-05-01 16:00:00", 1777622400},
        {"2026-05-01T08:00:00.123Z", 1777622400},
        {"2026-05-01 08:00:00,5 +0000", 1777622400},
        {"2026-05-01T03:00-05", 1777622400},
        {"1777622400", 1777622400},
        {"1777622400999", 1777622400},
        {"2026-02-30", -1},
        {"2026-05-01T08:00:00X", -1},
        {"2026-05-01T25:00:00Z", -1},
        {"177762240", -1},
        {"", -1},
        {"1900-01-01", -1},
        {"2026-05-01T08:00:00+15:00", -1},
        {"2026-5-1", -1},
    };
    const struct access_mapping m = {.zone_s = 8 * 3600};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at = -1;
        bool read = access_time(&m, cases[i].text, &at);
        if (read != (cases[i].at != -1) || at != cases[i].at)
            fail_msg("%s: %lld", cases[i].text, (long long)at);
    }
}

static void a_mapping_that_is_wrong_is_told_by_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *mapping, *want;
    } cases[] = {
        {"format: xml", "!!m.yaml:1:9: `format`: csv, jsonl or syslog is wanted"},
        {"colums: {}", "!!m.yaml:1:1: unknown key `colums`"},
        {"columns: {who: x}", "!!m.yaml:1:11: unknown key `who`"},
        {"record_kind: mnr", "!!m.yaml:1:14: `record_kind`: a kind of identifier, canary or any is wanted"},
        {"time_zone: China", "!!m.yaml:1:12: `time_zone`: an offset such as +08:00 is wanted"},
        {"time_format: '%d %H'", "!!m.yaml:1:14: `time_format` has no year: `year` is wanted"},
        {"shared: triage", "!!m.yaml:1:9: `shared`: a list of accounts is wanted"},
        {"bulk_per_hour: many", "!!m.yaml:1:16: `bulk_per_hour`: a whole number from 1 to 1000000000 is wanted"},
        {"format: syslog\npattern: '(x)'\ncolumns: {time: 1, account: 2, record: 1}",
         "!!m.yaml:3:10: the pattern has no group 2"},
        {"format: syslog\npattern: '(x'\ncolumns: {time: 1, account: 1, record: 1}",
         "!!m.yaml:2:10: `pattern`: an extended regular expression is wanted"},
        {"format: syslog\ncolumns: {time: 1, account: 1}", "!!m.yaml:2:10: `record` is missing"},
        {"[]", "!!m.yaml: `key: value` lines are wanted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_reads(cases[i].mapping, "", cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_their_names),
        cmocka_unit_test(what_can_not_be_read_is_told_by_its_line),
        cmocka_unit_test(json_lines_have_keys_of_keys),
        cmocka_unit_test(syslog_is_read_by_a_pattern),
        cmocka_unit_test(times_are_read_in_their_zones),
        cmocka_unit_test(a_mapping_that_is_wrong_is_told_by_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
