#include "outbox.h"

#include "dye/key.h"
#include "pacing.h"
#include "queries.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 3 + ALERT_CHANNELS_MAX * 35, IDS_MAX = 3 + PACING_MAX_ALERTS * 21 };

/* A text array: names have letters, digits and - only. Quoted, because a name may be null. */
static void names_of(const struct alert_channels *channels, char ret[NAMES_MAX])
{
    size_t used = (size_t)snprintf(ret, NAMES_MAX, "{");
    for (size_t i = 0; i < channels->n; i++)
        used +=
            (size_t)snprintf(ret + used, NAMES_MAX - used, "%s\"%s\"", i == 0 ? "" : ",", channels->channel[i].name);
    snprintf(ret + used, NAMES_MAX - used, "}");
}

static double age_of(const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) ? INFINITY : store_real(r, row, column);
}

/* What waits in one channel, and of that what goes. */
static enum dye_status form_one(struct store *s, const struct alert_channel *c, bool *ret_formed, struct dye_error *err)
{
    enum { LOOK_MAX = 500 }; /* alert_waiting.sql */
    STORE_RESULT r = NULL;
    struct pacing_item item[LOOK_MAX];
    bool goes[LOOK_MAX];
    const struct pacing_rule rule = {c->digest_s, c->cooldown_s};
    *ret_formed = false;
    DYE_TRY(store_run(s, err, &r, sql_alert_waiting, "si", c->name, (int64_t)c->cooldown_s));
    const int n = PQntuples(r) < LOOK_MAX ? PQntuples(r) : LOOK_MAX;
    for (int i = 0; i < n; i++)
        item[i] = (struct pacing_item){store_bool(r, i, 1), store_real(r, i, 2), age_of(r, i, 3), age_of(r, i, 4)};
    if (pacing_pick(item, (size_t)n, &rule, goes) == 0)
        return DYE_OK;
    char ids[IDS_MAX] = "{";
    size_t used = 1;
    bool urgent = false;
    for (int i = 0; i < n; i++)
        if (goes[i]) {
            used += (size_t)snprintf(ids + used, sizeof ids - used, "%s%s", used == 1 ? "" : ",", store_text(r, i, 0));
            urgent = item[i].urgent;
        }
    snprintf(ids + used, sizeof ids - used, "}");
    *ret_formed = true;
    return store_run(s, err, NULL,
                     "WITH m AS (INSERT INTO dyetrace.alert_message (channel, urgent) VALUES ($1, $3)"
                     " RETURNING message_id) UPDATE dyetrace.alert_delivery d SET message_id = m.message_id FROM m"
                     " WHERE d.channel = $1 AND d.alert_id = ANY ($2::bigint[]) AND d.message_id IS NULL",
                     "sso", c->name, ids, (int)urgent);
}

static json_t *wants_json(const struct alert_channel *c)
{
    json_t *verdicts = json_array();
    json_t *sources = c->wants.sources > 0 ? json_array() : json_null();
    for (unsigned i = 0; i < ALERT_VERDICTS; i++)
        if (c->wants.verdicts & 1u << i)
            json_array_append_new(verdicts, json_string(alert_verdicts[i]));
    for (size_t i = 0; i < c->wants.sources; i++)
        json_array_append_new(sources, json_string(c->wants.source[i]));
    return json_pack("{s:s, s:o, s:o}", "name", c->name, "verdicts", verdicts, "sources", sources);
}

/* One alert a turn, so that the next one on the same dump sees who was told. */
static enum dye_status route(struct store *s, const struct alert_channels *channels, struct dye_error *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < channels->n; i++)
        json_array_append_new(list, wants_json(&channels->channel[i]));
    char *text = json_array_size(list) == channels->n ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "alert: out of memory");
    enum dye_status status = DYE_OK;
    for (bool more = true; status == DYE_OK && more;) {
        STORE_RESULT r = NULL;
        status = store_run(s, err, &r, sql_alert_route, "s", text);
        more = status == DYE_OK && store_int(r, 0, 0) > 0;
    }
    free(text);
    return status;
}

enum dye_status outbox_form(struct store *s, const struct alert_channels *channels, struct dye_error *err)
{
    DYE_TRY(route(s, channels, err));
    for (size_t i = 0; i < channels->n; i++) {
        bool formed = true;
        while (formed)
            DYE_TRY(form_one(s, &channels->channel[i], &formed, err));
    }
    return DYE_OK;
}

static enum dye_status load(struct store *s, struct message *m, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT a.body, floor(extract(epoch FROM a.at)) FROM dyetrace.alert_delivery d"
                      " JOIN dyetrace.alert a USING (alert_id) WHERE d.message_id = $1::uuid ORDER BY a.alert_id",
                      "s", m->id));
    m->alerts = calloc((size_t)PQntuples(r) + 1, sizeof *m->alerts);
    if (m->alerts == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "alert: out of memory");
    for (int i = 0; i < PQntuples(r); i++)
        DYE_TRY(message_add(m, store_text(r, i, 0), store_int(r, i, 1), err));
    return DYE_OK;
}

static enum dye_status count_try(struct store *s, const struct home *h, struct outbox_try *t, struct dye_error *err)
{
    uint32_t dice;
    STORE_RESULT r = NULL;
    DYE_TRY(dye_random(&dice, sizeof dice, err));
    int64_t wait = backoff_ms(t->attempt, h->config.alerts_first_wait_seconds * 1000, dice / 4294967296.0);
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.alert_message SET attempts = attempts + 1,"
                      " next_at = now() + $2 * interval '1 millisecond' WHERE message_id = $1::uuid"
                      " AND state = 'pending' RETURNING 1",
                      "si", t->message.id, wait));
    return PQntuples(r) == 1 ? DYE_OK : DYE_END;
}

enum dye_status outbox_claim(struct store *s, const struct home *h, const struct alert_channels *channels,
                             struct outbox_try *ret, struct dye_error *err)
{
    char names[NAMES_MAX];
    STORE_RESULT r = NULL;
    names_of(channels, names);
    DYE_TRY(store_run(s, err, &r,
                      "SELECT message_id, channel, attempts, floor(extract(epoch FROM formed_at)), urgent"
                      " FROM dyetrace.alert_message WHERE state = 'pending' AND next_at <= now()"
                      " AND channel = ANY ($1::text[]) ORDER BY urgent DESC, attempts, next_at LIMIT 1",
                      "s", names));
    if (PQntuples(r) == 0)
        return DYE_END;
    struct outbox_try t = {.channel = alert_channels_find(channels, store_text(r, 0, 1)),
                           .attempt = (unsigned)store_int(r, 0, 2) + 1};
    snprintf(t.message.id, sizeof t.message.id, "%s", store_text(r, 0, 0));
    snprintf(t.message.home, sizeof t.message.home, "%s", h->id);
    t.message.formed_s = store_int(r, 0, 3);
    t.message.urgent = store_bool(r, 0, 4);
    DYE_TRY(count_try(s, h, &t, err));
    enum dye_status status = load(s, &t.message, err);
    if (status == DYE_OK)
        *ret = t;
    else
        message_done(&t.message);
    return status;
}

enum dye_status outbox_sent(struct store *s, const char *message, struct dye_error *err)
{
    return store_run(s, err, NULL,
                     "UPDATE dyetrace.alert_message SET state = 'sent', sent_at = now(), why = NULL"
                     " WHERE message_id = $1::uuid",
                     "s", message);
}

enum dye_status outbox_missed(struct store *s, const char *message, bool given_up, const char *why,
                              struct dye_error *err)
{
    return store_run(s, err, NULL,
                     "UPDATE dyetrace.alert_message SET state = $2, why = $3"
                     " WHERE message_id = $1::uuid AND state = 'pending'",
                     "sss", message, given_up ? "failed" : "pending", why);
}

enum dye_status outbox_retry(struct store *s, const char *message, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.alert_message SET state = 'pending', attempts = 0, next_at = now()"
                      " WHERE message_id::text = $1 AND state <> 'sent' RETURNING 1",
                      "s", message));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "alert: %.64s: no message that is unsent has this id", message);
    return DYE_OK;
}
