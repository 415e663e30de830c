#include "alert_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum dye_status message_add(struct message *m, const char *body, int64_t at_s, struct dye_error *err)
{
    struct message_alert a = {.text = strdup(body), .body = json_loads(body, 0, NULL), .at_s = at_s};
    if (a.text == NULL || !json_is_object(a.body)) {
        free(a.text);
        json_decref(a.body);
        DYE_FAIL(err, DYE_E_BUG, "alert: its body is no object");
    }
    m->alerts[m->n++] = a;
    return DYE_OK;
}

void message_done(struct message *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->alerts[i].text);
        json_decref(m->alerts[i].body);
    }
    free(m->alerts);
    m->alerts = NULL;
    m->n = 0;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static bool hit_control(const json_t *body)
{
    return strcmp(text_of(body, "verdict"), "control-hit") == 0;
}

/* ---- webhook ---- */

enum dye_status message_json(const struct message *m, struct dye_buf *ret)
{
    DYE_TRY(dye_buf_printf(ret, "{\"version\":1,\"id\":\"%s\",\"home\":\"%s\",\"alerts\":[", m->id, m->home));
    for (size_t i = 0; i < m->n; i++) {
        DYE_TRY(dye_buf_append_str(ret, i == 0 ? "" : ","));
        DYE_TRY(dye_buf_append_str(ret, m->alerts[i].text));
    }
    return dye_buf_append_str(ret, "]}");
}

/* ---- email ---- */

void message_subject(const struct message *m, char ret[121])
{
    if (m->n == 1)
        snprintf(ret, 121, "dyetrace: %.40s: dump %.40s", text_of(m->alerts[0].body, "verdict"),
                 text_of(m->alerts[0].body, "dump"));
    else
        snprintf(ret, 121, "dyetrace: %zu verdicts%s", m->n, m->urgent ? ", a control was hit" : "");
}

static enum dye_status append_source(const json_t *source, struct dye_buf *to)
{
    return dye_buf_printf(to, "  %s: %lld of %lld canaries seen, log10 LR %.2f, p %.2g\n", text_of(source, "source"),
                          (long long)json_integer_value(json_object_get(source, "seen")),
                          (long long)json_integer_value(json_object_get(source, "planted")),
                          json_number_value(json_object_get(source, "log10_lr")),
                          json_number_value(json_object_get(source, "p_value")));
}

static enum dye_status append_alert(const json_t *body, struct dye_buf *to)
{
    size_t i;
    json_t *source;
    const char *was = text_of(body, "was");
    DYE_TRY(dye_buf_printf(to, "dump %s: %s%s%s, %s\n", text_of(body, "dump"), text_of(body, "verdict"),
                           was[0] != '\0' ? ", before " : "", was, text_of(body, "at")));
    json_array_foreach(json_object_get(body, "sources"), i, source) DYE_TRY(append_source(source, to));
    if (hit_control(body))
        DYE_TRY(dye_buf_printf(to, "  %lld controls, which were planted nowhere: look for the fault before the leak\n",
                               (long long)json_integer_value(json_object_get(body, "controls"))));
    return dye_buf_append_str(to, "\n");
}

enum dye_status message_text(const struct message *m, struct dye_buf *ret)
{
    for (size_t i = 0; i < m->n; i++)
        DYE_TRY(append_alert(m->alerts[i].body, ret));
    return dye_buf_printf(ret,
                          "Sources are implicated, by a likelihood ratio; people are judged by courts.\n"
                          "More: dyetrace attribute DUMP. Home %s, message %s.\n",
                          m->home, m->id);
}

/* ---- syslog ---- */

/* Every control byte is below 0x20 or 0x7f; UTF-8 passes. */
static enum dye_status append_escaped(struct dye_buf *to, const char *text, const char *special, bool line_ends)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (line_ends && (c == '\n' || c == '\r')) {
            DYE_TRY(dye_buf_append_str(to, c == '\n' ? "\\n" : "\\r"));
            continue;
        }
        if (strchr(special, c) != NULL)
            DYE_TRY(dye_buf_append_u8(to, '\\'));
        DYE_TRY(dye_buf_append_u8(to, c < 0x20 || c == 0x7f ? ' ' : c));
    }
    return DYE_OK;
}

enum dye_status message_sd_value(struct dye_buf *to, const char *text)
{
    return append_escaped(to, text, "\"\\]", false);
}

enum dye_status message_cef_header(struct dye_buf *to, const char *text)
{
    return append_escaped(to, text, "\\|", false);
}

enum dye_status message_cef_value(struct dye_buf *to, const char *text)
{
    return append_escaped(to, text, "\\=", true);
}

/* " name="value"" of a structured element, or "name=value " of a CEF extension. */
static enum dye_status append_field(struct dye_buf *to, bool cef, const char *name, const char *value)
{
    DYE_TRY(dye_buf_printf(to, cef ? " %s=" : " %s=\"", name));
    DYE_TRY(cef ? message_cef_value(to, value) : message_sd_value(to, value));
    return dye_buf_append_str(to, cef ? "" : "\"");
}

/* RFC 5424 HOSTNAME: printable ASCII, at most 255. */
static enum dye_status append_host(struct dye_buf *to, const char *host)
{
    size_t n = strnlen(host, 255);
    if (n == 0)
        return dye_buf_append_u8(to, '-');
    for (size_t i = 0; i < n; i++)
        DYE_TRY(dye_buf_append_u8(to, host[i] > ' ' && host[i] <= '~' ? (uint8_t)host[i] : '-'));
    return DYE_OK;
}

/* What the sources of a set have together: all that was seen, and the evidence against the one with the least. */
struct figures {
    double seen, log10_lr, p_value;
};

static struct figures figures_of(const json_t *body)
{
    struct figures f = {0};
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(body, "sources"), i, source)
    {
        double lr = json_number_value(json_object_get(source, "log10_lr"));
        double p = json_number_value(json_object_get(source, "p_value"));
        f.seen += json_number_value(json_object_get(source, "seen"));
        f.log10_lr = i == 0 || lr < f.log10_lr ? lr : f.log10_lr;
        f.p_value = p > f.p_value ? p : f.p_value;
    }
    return f;
}

/* RFC 5424 header and structured data: critical for a hit control, warning for an attribution, notice for the rest. */
static enum dye_status append_header(const struct message_alert *a, const struct message_syslog *s, struct dye_buf *to)
{
    char at[32];
    struct tm utc;
    const time_t seconds = (time_t)a->at_s;
    const char *verdict = text_of(a->body, "verdict");
    int severity = hit_control(a->body) ? 2 : strcmp(verdict, "attributed") == 0 ? 4 : 5;
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
    DYE_TRY(dye_buf_printf(to, "<%d>1 %s ", s->facility * 8 + severity, at));
    DYE_TRY(append_host(to, s->host));
    return dye_buf_printf(to, " dyetrace - %.32s ", verdict[0] != '\0' ? verdict : "-");
}

static enum dye_status append_plain(const struct message *m, const json_t *body, bool with_sources, struct dye_buf *to)
{
    size_t i;
    json_t *path;
    json_t *set = json_object_get(body, "set");
    const struct figures f = figures_of(body);
    DYE_TRY(dye_buf_append_str(to, "[dyetrace@32473"));
    DYE_TRY(append_field(to, false, "home", m->home));
    DYE_TRY(append_field(to, false, "message", m->id));
    DYE_TRY(append_field(to, false, "dump", text_of(body, "dump")));
    DYE_TRY(append_field(to, false, "verdict", text_of(body, "verdict")));
    if (text_of(body, "was")[0] != '\0')
        DYE_TRY(append_field(to, false, "was", text_of(body, "was")));
    if (with_sources)
        json_array_foreach(set, i, path) DYE_TRY(append_field(to, false, "source", json_string_value(path)));
    return dye_buf_printf(to,
                          " seen=\"%.0f\" log10_lr=\"%.2f\" p_value=\"%.2g\" controls=\"%lld\"]"
                          " dump %.40s: %.40s, %zu sources",
                          f.seen, f.log10_lr, f.p_value,
                          (long long)json_integer_value(json_object_get(body, "controls")), text_of(body, "dump"),
                          text_of(body, "verdict"), json_array_size(set));
}

/* The set's paths in one value: no path has a control byte, and a line end is told apart from any. */
static enum dye_status append_paths(const json_t *set, struct dye_buf *to)
{
    size_t i;
    json_t *path;
    json_array_foreach(set, i, path)
    {
        DYE_TRY(dye_buf_append_str(to, i == 0 ? "" : "\\n"));
        DYE_TRY(message_cef_value(to, json_string_value(path)));
    }
    return DYE_OK;
}

static enum dye_status append_cef(const struct message *m, const struct message_alert *a, bool with_sources,
                                  struct dye_buf *to)
{
    const json_t *body = a->body;
    const struct figures f = figures_of(body);
    const char *verdict = text_of(body, "verdict");
    int severity = hit_control(body) ? 10 : strcmp(verdict, "attributed") == 0 ? 8 : 4;
    DYE_TRY(dye_buf_append_str(to, "- CEF:0|dyetrace|dyetrace|" DYE_VERSION "|"));
    DYE_TRY(message_cef_header(to, verdict));
    DYE_TRY(dye_buf_printf(to, "|%s|%d|rt=%lld", hit_control(body) ? "Control hit" : "Verdict of a dump", severity,
                           (long long)a->at_s * 1000));
    DYE_TRY(append_field(to, true, "externalId", m->id));
    DYE_TRY(append_field(to, true, "deviceExternalId", m->home));
    DYE_TRY(dye_buf_append_str(to, " cs1Label=dump"));
    DYE_TRY(append_field(to, true, "cs1", text_of(body, "dump")));
    DYE_TRY(dye_buf_append_str(to, " cs2Label=before"));
    DYE_TRY(append_field(to, true, "cs2", text_of(body, "was")));
    if (with_sources) {
        DYE_TRY(dye_buf_append_str(to, " cs3Label=sources cs3="));
        DYE_TRY(append_paths(json_object_get(body, "set"), to));
    }
    return dye_buf_printf(to,
                          " cn1Label=sources cn1=%zu cn2Label=seen cn2=%.0f cn3Label=controls cn3=%lld"
                          " cfp1Label=log10LR cfp1=%.2f cs4Label=pValue cs4=%.2g",
                          json_array_size(json_object_get(body, "set")), f.seen,
                          (long long)json_integer_value(json_object_get(body, "controls")), f.log10_lr, f.p_value);
}

enum dye_status message_syslog(const struct message *m, size_t alert, const struct message_syslog *s,
                               struct dye_buf *ret)
{
    const struct message_alert *a = &m->alerts[alert];
    const size_t start = ret->n;
    for (int with_sources = 1; with_sources >= 0; with_sources--) {
        ret->n = start;
        DYE_TRY(append_header(a, s, ret));
        DYE_TRY(s->cef ? append_cef(m, a, with_sources, ret) : append_plain(m, a->body, with_sources, ret));
        if (ret->n - start <= SYSLOG_MAX_BYTES)
            return DYE_OK;
    }
    return DYE_E_LIMIT;
}
