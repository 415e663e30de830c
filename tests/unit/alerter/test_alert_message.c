#include "alert_message.h"
#include "rng.h"
#include "sender.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char one_body[] =
    "{\"alert\":7,\"dump\":\"d0123456789abcdef\",\"at\":\"2026-11-22T08:26:40Z\",\"verdict\":\"attributed\","
    "\"was\":\"insufficient\",\"set\":[\"a/b]\\\"\\\\c\",\"x=y|z\"],\"sources\":[{\"source\":\"a/"
    "b]\\\"\\\\c\",\"seen\":12,"
    "\"planted\":40,\"log10_lr\":12.35,\"p_value\":1e-9},{\"source\":\"x=y|z\",\"seen\":3,\"planted\":40,"
    "\"log10_lr\":4.5,\"p_value\":1e-7}],\"controls\":0,\"unexplained\":0}";
static const char control_body[] = "{\"alert\":8,\"dump\":\"d0123456789abcde0\",\"at\":\"2026-11-22T08:26:41Z\","
                                   "\"verdict\":\"control-hit\",\"was\":null,\"set\":[],\"sources\":[],\"controls\":2,"
                                   "\"unexplained\":0}";

static struct message m;
static struct dye_buf out;

static int setup(void **state)
{
    (void)state;
    m = (struct message){.id = "11111111-2222-4333-8444-555555555555",
                         .home = "0a1b2c3d",
                         .formed_s = 1763800000,
                         .alerts = calloc(2, sizeof *m.alerts)};
    dye_buf_init(&out, MESSAGE_MAX_BYTES, false);
    return m.alerts == NULL;
}

static int teardown(void **state)
{
    (void)state;
    message_done(&m);
    dye_buf_done(&out);
    return 0;
}

static void add(const char *body)
{
    assert_int_equal(message_add(&m, body, 1763800000, NULL), DYE_OK);
}

static void is_after(enum dye_status (*escape)(struct dye_buf *, const char *), const char *text, const char *wanted)
{
    dye_buf_clear(&out);
    assert_int_equal(escape(&out, text), DYE_OK);
    assert_string_equal((const char *)out.p, wanted);
}

static void a_structured_data_value_escapes_what_would_end_it(void **state)
{
    (void)state;
    is_after(message_sd_value, "a\"b\\c]d", "a\\\"b\\\\c\\]d"); /* RFC 5424, 6.3.3 */
    is_after(message_sd_value, "[a=b|c", "[a=b|c");
    is_after(message_sd_value, "line\nend\x7f", "line end ");
    is_after(message_sd_value, "医院/门诊", "医院/门诊");
}

static void a_cef_header_escapes_bars_and_a_value_equals_signs(void **state)
{
    (void)state;
    is_after(message_cef_header, "detected a | in \\", "detected a \\| in \\\\");
    is_after(message_cef_header, "a=b", "a=b");
    is_after(message_cef_value, "detected a = in \\", "detected a \\= in \\\\");
    is_after(message_cef_value, "a|b", "a|b");
    is_after(message_cef_value, "one\r\ntwo", "one\\r\\ntwo");
}

/* Takes the escapes out again, as a receiver does: a backslash stands for what follows it, in CEF \\n for a line end.
 */
static void unescape(const uint8_t *text, bool cef, char *ret)
{
    for (; *text != '\0'; text++) {
        bool escaped = *text == '\\';
        text += escaped;
        *ret++ = escaped && cef && *text == 'n' ? '\n' : escaped && cef && *text == 'r' ? '\r' : (char)*text;
    }
    *ret = '\0';
}

static void whatever_a_value_holds_comes_back_when_it_is_read(void **state)
{
    (void)state;
    static const char letters[] = "ab\"\\]=|\n\r\t nr\xe9";
    struct rng r;
    rng_init(&r, rng_seed(20261122));
    for (int round = 0; round < 20000; round++) {
        char text[24];
        char back[64];
        char wanted[24];
        size_t n = rng_below(&r, sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = letters[rng_below(&r, sizeof letters - 1)];
        text[n] = '\0';
        for (int cef = 0; cef < 2; cef++) {
            dye_buf_clear(&out);
            assert_int_equal(cef ? message_cef_value(&out, text) : message_sd_value(&out, text), DYE_OK);
            unescape(n != 0 ? out.p : (const uint8_t *)"", cef, back);
            for (size_t i = 0; i <= n; i++)
                wanted[i] = text[i] == '\t' || (!cef && (text[i] == '\n' || text[i] == '\r')) ? ' ' : text[i];
            assert_string_equal(back, wanted);
            for (size_t i = 0; i < out.n; i++) /* and nothing in it ends it before its end */
                assert_true(out.p[i] >= 0x20 && (out.p[i] != (cef ? '=' : '"') || out.p[i - 1] == '\\'));
        }
    }
}

static void syslog(bool cef, size_t alert, const char *host)
{
    const struct message_syslog s = {.facility = 16, .cef = cef, .host = host};
    dye_buf_clear(&out);
    assert_int_equal(message_syslog(&m, alert, &s, &out), DYE_OK);
    assert_true(out.n <= SYSLOG_MAX_BYTES);
}

static void a_plain_line_is_rfc_5424_with_its_data_escaped(void **state)
{
    (void)state;
    add(one_body);
    syslog(false, 0, "host.example");
    assert_string_equal(
        (const char *)out.p,
        "<132>1 2025-11-22T08:26:40Z host.example dyetrace - attributed [dyetrace@32473 home=\"0a1b2c3d\" "
        "message=\"11111111-2222-4333-8444-555555555555\" dump=\"d0123456789abcdef\" "
        "verdict=\"attributed\" was=\"insufficient\" source=\"a/b\\]\\\"\\\\c\" source=\"x=y|z\" "
        "seen=\"15\" log10_lr=\"4.50\" p_value=\"1e-07\" controls=\"0\"] "
        "dump d0123456789abcdef: attributed, 2 sources");
}

static void a_cef_line_has_the_event_behind_the_header(void **state)
{
    (void)state;
    add(one_body);
    syslog(true, 0, "host.example");
    assert_string_equal(
        (const char *)out.p,
        "<132>1 2025-11-22T08:26:40Z host.example dyetrace - attributed - CEF:0|dyetrace|dyetrace|" DYE_VERSION
        "|attributed|Verdict of a dump|8|rt=1763800000000 "
        "externalId=11111111-2222-4333-8444-555555555555 deviceExternalId=0a1b2c3d cs1Label=dump "
        "cs1=d0123456789abcdef cs2Label=before cs2=insufficient cs3Label=sources "
        "cs3=a/b]\"\\\\c\\nx\\=y|z cn1Label=sources cn1=2 cn2Label=seen cn2=15 cn3Label=controls cn3=0 "
        "cfp1Label=log10LR cfp1=4.50 cs4Label=pValue cs4=1e-07");
}

static void a_control_hit_is_critical(void **state)
{
    (void)state;
    add(control_body);
    syslog(true, 0, "");
    assert_memory_equal(out.p, "<130>1 2025-11-22T08:26:40Z - dyetrace - control-hit - CEF:0|", 60);
    assert_non_null(strstr((const char *)out.p, "|control-hit|Control hit|10|"));
    assert_non_null(strstr((const char *)out.p, " cn3=2 "));
}

static void a_host_name_keeps_to_what_the_header_allows(void **state)
{
    (void)state;
    add(control_body);
    syslog(false, 0, "two words\n主机");
    assert_non_null(strstr((const char *)out.p, "Z two-words------- dyetrace "));
}

static void a_line_that_would_be_too_long_counts_its_sources_only(void **state)
{
    (void)state;
    char body[8192] = "{\"dump\":\"d0123456789abcdef\",\"verdict\":\"attributed\",\"sources\":[],\"set\":[";
    for (int i = 0; i < 40; i++)
        snprintf(body + strlen(body), sizeof body - strlen(body), "%s\"pppp%0100d\"", i == 0 ? "" : ",", i);
    snprintf(body + strlen(body), sizeof body - strlen(body), "]}");
    add(body);
    for (int cef = 0; cef < 2; cef++) {
        syslog(cef, 0, "h");
        assert_null(strstr((const char *)out.p, "pppp"));
        assert_non_null(strstr((const char *)out.p, cef ? "cn1=40" : "40 sources"));
    }
}

static void the_json_has_the_bodies_as_they_are(void **state)
{
    (void)state;
    add(one_body);
    add(control_body);
    assert_int_equal(message_json(&m, &out), DYE_OK);
    json_t *all = json_loads((const char *)out.p, 0, NULL);
    json_t *first = json_loads(one_body, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(all, "id")), m.id);
    assert_int_equal(json_array_size(json_object_get(all, "alerts")), 2);
    assert_true(json_equal(json_array_get(json_object_get(all, "alerts"), 0), first));
    json_decref(first);
    json_decref(all);
}

static void a_mail_says_each_alert_and_counts_them_in_its_subject(void **state)
{
    (void)state;
    char subject[121];
    add(one_body);
    message_subject(&m, subject);
    assert_string_equal(subject, "dyetrace: attributed: dump d0123456789abcdef");
    add(control_body);
    m.urgent = true;
    message_subject(&m, subject);
    assert_string_equal(subject, "dyetrace: 2 verdicts, a control was hit");
    assert_int_equal(message_text(&m, &out), DYE_OK);
    assert_non_null(strstr((const char *)out.p, "dump d0123456789abcdef: attributed, before insufficient, 2026-11-22"));
    assert_non_null(strstr((const char *)out.p, "  x=y|z: 3 of 40 canaries seen, log10 LR 4.50, p 1e-07\n"));
    assert_non_null(strstr((const char *)out.p, "  2 controls, which were planted nowhere"));
}

static void what_is_no_object_is_refused(void **state)
{
    (void)state;
    assert_int_equal(message_add(&m, "[]", 0, NULL), DYE_E_BUG);
    assert_int_equal(message_add(&m, "{", 0, NULL), DYE_E_BUG);
    assert_int_equal(m.n, 0);
}

/* printf '1763800000.{"version":1,"id":"x"}' | openssl dgst -sha256 -hmac 'sixteen bytes ok' */
static void a_signature_is_what_openssl_says(void **state)
{
    (void)state;
    static const char secret[] = "sixteen bytes ok";
    char signature[SENDER_SIGNATURE_BYTES];
    sender_sign(secret, sizeof secret - 1, 1763800000, dye_span_str("{\"version\":1,\"id\":\"x\"}"), signature);
    assert_string_equal(signature, "v1=b4273bd9bf94e330276d19388da48315974a4a32ceed9da3c0079966881cfd7b");
    sender_sign(secret, sizeof secret - 1, 1763800001, dye_span_str("{\"version\":1,\"id\":\"x\"}"), signature);
    assert_string_not_equal(signature, "v1=b4273bd9bf94e330276d19388da48315974a4a32ceed9da3c0079966881cfd7b");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_structured_data_value_escapes_what_would_end_it),
        T(a_cef_header_escapes_bars_and_a_value_equals_signs),
        T(whatever_a_value_holds_comes_back_when_it_is_read),
        T(a_plain_line_is_rfc_5424_with_its_data_escaped),
        T(a_cef_line_has_the_event_behind_the_header),
        T(a_control_hit_is_critical),
        T(a_host_name_keeps_to_what_the_header_allows),
        T(a_line_that_would_be_too_long_counts_its_sources_only),
        T(the_json_has_the_bodies_as_they_are),
        T(a_mail_says_each_alert_and_counts_them_in_its_subject),
        T(what_is_no_object_is_refused),
        cmocka_unit_test(a_signature_is_what_openssl_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
