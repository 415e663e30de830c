#include "alert_channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_alert.XXXXXX";
static char path[64];
static struct home home;
static struct alert_channels all;
static struct dye_error err;

static void write_file(const char *text, mode_t mode)
{
    unlink(path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

/* Reads a configuration whose list has these entries. */
static enum dye_status read_list(const char *entries)
{
    char text[4096];
    snprintf(text, sizeof text, "alerts:\n  channels:\n%s", entries);
    write_file(text, 0600);
    enum dye_status status = config_read(path, &home.config, &err);
    return status == DYE_OK ? alert_channels_read(&home, path, &all, &err) : status;
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/file", dir);
    snprintf(home.dir, sizeof home.dir, "/home/of/it");
    config_default(&home.config);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static void each_kind_is_read_with_its_defaults(void **state)
{
    (void)state;
    assert_int_equal(read_list("  - {name: soc, kind: webhook, url: 'https://soc.internal/x', secret_file: s}\n"
                               "  - {name: duty, kind: email, server: 'smtp://mail:587', from: a@b, to: [c@d, e@f]}\n"
                               "  - {name: siem, kind: syslog, address: 'tls://[2001:db8::1]:99', format: cef,"
                               " facility: local3, digest_seconds: 7}\n"
                               "  - {name: own, kind: syslog, address: 'unix:/dev/log'}\n"),
                     DYE_OK);
    assert_int_equal(all.n, 4);
    const struct alert_channel *c = alert_channels_find(&all, "soc");
    assert_int_equal(c->kind, ALERT_WEBHOOK);
    assert_string_equal(c->secret, "/home/of/it/zones/alerter/s");
    assert_false(c->loopback);
    assert_int_equal(c->timeout_s, 10);
    assert_int_equal(c->digest_s, 60);
    assert_int_equal(c->cooldown_s, 900);
    c = alert_channels_find(&all, "duty");
    assert_int_equal(c->recipients, 2);
    assert_string_equal(c->to[1], "e@f");
    c = alert_channels_find(&all, "siem");
    assert_string_equal(c->host, "2001:db8::1");
    assert_string_equal(c->port, "99");
    assert_int_equal(c->facility, 19);
    assert_int_equal(c->digest_s, 7);
    assert_true(c->cef);
    assert_string_equal(alert_channels_find(&all, "own")->host, "/dev/log");
    assert_null(alert_channels_find(&all, "nobody"));
}

static void a_channel_says_what_it_wants(void **state)
{
    (void)state;
    enum { INSUFFICIENT = 1, NOT_COVERED = 2, ATTRIBUTED = 4, CONTROL = 8, ALL = 15 };
    static const struct {
        const char *wants;
        unsigned verdicts;
        size_t sources;
    } cases[] = {
        {"", ALL, 0},
        {", sources: [a/b, 医院/门诊]", ALL, 2},
        {", verdicts: [attributed, not-covered]", ATTRIBUTED | NOT_COVERED, 0},
        {", severity: notice", ALL, 0},
        {", severity: warning", ATTRIBUTED | CONTROL, 0},
        {", severity: critical", CONTROL, 0},
        {", severity: warning, verdicts: [insufficient, attributed]", ATTRIBUTED, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char entry[256];
        snprintf(entry, sizeof entry, "  - {name: x, kind: syslog, address: 'unix:/dev/log'%s}\n", cases[i].wants);
        assert_int_equal(read_list(entry), DYE_OK);
        assert_int_equal(all.channel[0].wants.verdicts, cases[i].verdicts);
        assert_int_equal(all.channel[0].wants.sources, cases[i].sources);
    }
    static const char *const wrong[] = {"sources: a/b",   "sources: []",        "sources: [/a]", "sources: [a/]",
                                        "sources: [[a]]", "verdicts: [guilty]", "verdicts: []",  "severity: high"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char entry[256];
        snprintf(entry, sizeof entry, "  - {name: x, kind: syslog, address: 'unix:/dev/log', %s}\n", wrong[i]);
        assert_int_equal(read_list(entry), DYE_E_CONFIG);
        assert_non_null(strstr(err.message, "file:3:")); /* with its line */
    }
}

static void an_absent_or_empty_list_is_none(void **state)
{
    (void)state;
    assert_int_equal(read_list(""), DYE_OK);
    assert_int_equal(all.n, 0);
    assert_int_equal(read_list("    []\n"), DYE_OK);
    assert_int_equal(all.n, 0);
}

static void what_is_wrong_is_told_with_its_line_and_key(void **state)
{
    (void)state;
#define WEBHOOK "  - {name: w, kind: webhook, secret_file: s, url: "
#define EMAIL "  - {name: e, kind: email, server: 'smtps://m', from: a@b, "
#define SYSLOG "  - {name: s, kind: syslog, address: "
    static const char *const wrong[][2] = {
        {"    text\n", ":3:5: `alerts.channels`: a list is wanted"},
        {"  - text\n", ":3:5: a channel wants `key: value` lines"},
        {"  - {name: x}\n", "`kind` is missing"},
        {"  - {name: x, kind: pigeon}\n", ":3:21: `kind`: webhook, email or syslog"},
        {"  - {name: 'a b', kind: webhook}\n", "`name`"},
        {WEBHOOK "'https://h', colour: red}\n", "unknown key `colour`"},
        {WEBHOOK "'ftp://h/'}\n", "`url`: https:// is wanted"},
        {WEBHOOK "'http://soc.internal/'}\n", "loopback"},
        {WEBHOOK "'http://localhost.evil.example/'}\n", "loopback"},
        {WEBHOOK "'https://me:word@h/'}\n", "a user or a password has no place in it"},
        {WEBHOOK "'https:///x'}\n", "it has no host"},
        {WEBHOOK "\"https://h/\\r\\nX: y\"}\n", "`url`: letters, digits and signs"},
        {"  - {name: w, kind: webhook, url: 'https://h'}\n", "`secret_file` is missing"},
        {WEBHOOK "'https://h', timeout: 0}\n", "`timeout`"},
        {EMAIL "to: []}\n", "`to`: nobody is named"},
        {EMAIL "to: 'a@b>,<c@d'}\n", "`to`: one name@host"},
        {EMAIL "to: \"a@b\\r\\nBcc: c@d\"}\n", "`to`: one name@host"},
        {EMAIL "to: a@b, user: u}\n", "go together"},
        {SYSLOG "'udp://host:0'}\n", "the port is none"},
        {SYSLOG "'tcp://host/x'}\n", "`address`: host:port"},
        {SYSLOG "'tcp://host', facility: kern}\n", "`facility`"},
        {SYSLOG "'unix:dev/log'}\n", "absolute path"},
        {SYSLOG "'udp://h'}\n" SYSLOG "'udp://h'}\n", ":4:12: `name`: another channel has it"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_list(wrong[i][0]), DYE_E_CONFIG);
        if (strstr(err.message, wrong[i][1]) == NULL)
            fail_msg("%s gives: %s", wrong[i][0], err.message);
    }
}

static void plain_http_is_for_the_loopback(void **state)
{
    (void)state;
    static const char *const own[] = {"http://127.0.0.1:8080/x", "http://localhost/", "http://[::1]:1/"};
    for (size_t i = 0; i < 3; i++) {
        char entry[200];
        snprintf(entry, sizeof entry, WEBHOOK "'%s'}\n", own[i]);
        assert_int_equal(read_list(entry), DYE_OK);
        assert_true(all.channel[0].loopback);
    }
}

static enum dye_status secret_of(const char *text, mode_t mode, char ret[ALERT_SECRET_MAX_BYTES + 1])
{
    size_t n = 0;
    write_file(text, mode);
    enum dye_status status = alert_secret_read(path, 4, ret, &n, &err);
    assert_true(status != DYE_OK || n == strlen(ret));
    return status;
}

static void a_secret_is_one_line_that_nobody_else_can_read(void **state)
{
    (void)state;
    char secret[ALERT_SECRET_MAX_BYTES + 1];
    char longest[ALERT_SECRET_MAX_BYTES + 3];
    assert_int_equal(secret_of("word\n", 0400, secret), DYE_OK);
    assert_string_equal(secret, "word");
    assert_int_equal(secret_of("wor\n", 0400, secret), DYE_E_KEY);
    assert_int_equal(secret_of("word\nmore\n", 0400, secret), DYE_E_KEY);
    assert_int_equal(secret_of("word\n", 0440, secret), DYE_E_KEY);
    assert_non_null(strstr(err.message, "others can read it"));
    assert_null(strstr(err.message, "word"));
    memset(longest, 'x', sizeof longest);
    longest[ALERT_SECRET_MAX_BYTES] = '\0';
    assert_int_equal(secret_of(longest, 0400, secret), DYE_OK);
    longest[ALERT_SECRET_MAX_BYTES] = 'x';
    longest[ALERT_SECRET_MAX_BYTES + 1] = '\0';
    assert_int_equal(secret_of(longest, 0400, secret), DYE_E_KEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_read_with_its_defaults),
        cmocka_unit_test(a_channel_says_what_it_wants),
        cmocka_unit_test(an_absent_or_empty_list_is_none),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line_and_key),
        cmocka_unit_test(plain_http_is_for_the_loopback),
        cmocka_unit_test(a_secret_is_one_line_that_nobody_else_can_read),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
