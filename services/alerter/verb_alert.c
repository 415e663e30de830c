/* alert list, test, retry: what was told, to whom, and what was not. */
#include "verb_alert.h"

#include "outbox.h"
#include "queries.h"
#include "sender.h"
#include "verb.h"
#include "zone_alerter.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct common_options common;
static bool opt_pending, opt_failed;
static const struct option_spec options[] = {
    {"pending", NULL, "list: what is still to be sent", NULL, &opt_pending},
    {"failed", NULL, "list: what was given up after alerts.tries", NULL, &opt_failed},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"alert list [--pending|--failed] | test CHANNEL | retry MESSAGE",
                                      "Alerts of changed verdicts, by channel; a test message; another try.", options,
                                      1, 2};

static const char *or_dash(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL ? text : "-";
}

static enum dye_status list(struct store *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    if (opt_pending && opt_failed)
        DYE_FAIL(err, DYE_E_USAGE, "alert list: --pending or --failed, not both");
    DYE_TRY(store_run(s, err, &r, sql_alerts_json, "s", opt_pending ? "pending" : opt_failed ? "failed" : ""));
    for (int i = 0; i < PQntuples(r); i++) {
        if (common.json) {
            puts(store_text(r, i, 0));
            continue;
        }
        json_t *o = json_loads(store_text(r, i, 0), 0, NULL);
        printf("%s  %s  %-13s %-10s %s", or_dash(o, "at"), or_dash(o, "dump"), or_dash(o, "verdict"),
               or_dash(o, "state"), or_dash(o, "channel"));
        if (json_is_integer(json_object_get(o, "alerts")))
            printf("  (%lld told from %s on)", (long long)json_integer_value(json_object_get(o, "alerts")),
                   or_dash(o, "first_at"));
        if (json_is_string(json_object_get(o, "message")))
            printf("  %s", or_dash(o, "message"));
        if (json_is_string(json_object_get(o, "why")))
            printf("  (try %lld: %s)", (long long)json_integer_value(json_object_get(o, "attempts")),
                   or_dash(o, "why"));
        putchar('\n');
        json_decref(o);
    }
    return DYE_OK;
}

/* An alert that no dump has, in the form of those that some have. */
static enum dye_status test(struct store *s, const struct home *h, const struct alert_channel *c, struct dye_error *err)
{
    static const char body[] =
        "{\"alert\":0,\"dump\":\"d0000000000000000\",\"at\":\"%s\",\"verdict\":\"test\",\"was\":null,"
        "\"set\":[],\"sources\":[],\"controls\":0,\"unexplained\":0}";
    char text[sizeof body + 32];
    char at[32];
    struct tm utc;
    const time_t now = time(NULL);
    struct message m = {.formed_s = (int64_t)now, .alerts = calloc(1, sizeof *m.alerts)};
    STORE_RESULT id = NULL;
    if (m.alerts == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "alert: out of memory");
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    snprintf(text, sizeof text, body, at);
    snprintf(m.home, sizeof m.home, "%s", h->id);
    enum dye_status status = store_run(s, err, &id, "SELECT gen_random_uuid()", "");
    if (status == DYE_OK) {
        snprintf(m.id, sizeof m.id, "%s", store_text(id, 0, 0));
        status = message_add(&m, text, (int64_t)now, err);
    }
    if (status == DYE_OK)
        status = sender_send(c, &m, err);
    message_done(&m);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* large, as are the channels */
    static struct alert_channels channels;
    const char *verb = call->argv[1];
    const char *name = call->args == 2 ? call->argv[2] : NULL;
    const struct alert_channel *c = NULL;
    enum sandbox_level level;
    bool lists = strcmp(verb, "list") == 0;
    bool tests = strcmp(verb, "test") == 0;
    if ((!lists && !tests && strcmp(verb, "retry") != 0) || lists != (name == NULL))
        return options_usage(&spec, err);
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(alert_channels_read(&h, common.config, &channels, err));
    if (tests && (c = alert_channels_find(&channels, name)) == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "alert test: alerts.channels has no %s", name);
    struct store *s = NULL;
    enum dye_status status = zone_alerter_enter(&h, &channels, NULL, &s, &level, err);
    if (status == DYE_OK)
        status = lists ? list(s, err) : tests ? test(s, &h, c, err) : outbox_retry(s, name, err);
    store_close(s);
    return status;
}

int verb_alert(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
