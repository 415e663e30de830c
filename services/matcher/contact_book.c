#include "contact_book.h"

#include "access_log.h"
#include "dye/contact.h"
#include "queries.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

/* ---- in ---- */

static bool is_channel(const char *text)
{
    static const char *const channels[] = {"call", "sms", "email", "parcel"};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        if (strcmp(channels[i], text) == 0)
            return true;
    return false;
}

static const char *reached(const struct recogniser *r, const struct contact_note *n)
{
    if (n->canary != NULL && n->canary[0] != '\0')
        return n->canary;
    return n->to != NULL ? recogniser_find(r, DYE_KIND_NONE, dye_span_str(n->to)) : NULL;
}

enum dye_status contact_store(struct store *s, const struct recogniser *r, const struct contact_note *n,
                              enum contact_outcome *ret, struct dye_error *err)
{
    static const struct access_mapping usual = {.zone_s = 8 * 3600};
    uint8_t caller[PSEUDONYM_BYTES];
    size_t caller_bytes = 0;
    int64_t at;
    STORE_RESULT known = NULL;
    STORE_RESULT stored = NULL;
    if (n->channel == NULL || !is_channel(n->channel))
        DYE_FAIL(err, DYE_E_RECORD, "channel: call, sms, email or parcel is wanted");
    if (n->at == NULL || !access_time(&usual, n->at, &at))
        DYE_FAIL(err, DYE_E_RECORD, "at: a time such as 2026-05-01T08:00:00Z is wanted");
    if (at > (int64_t)time(NULL))
        DYE_FAIL(err, DYE_E_RECORD, "at: a time to come");
    const char *canary = reached(r, n);
    *ret = CONTACT_NO_CANARY;
    if (canary == NULL)
        return DYE_OK;
    if (n->from != NULL && n->from[0] != '\0') {
        recogniser_caller(r, n->from, caller);
        caller_bytes = sizeof caller;
    }
    DYE_TRY(store_run(s, err, &known, "SELECT owner_id FROM dyetrace.canary WHERE canary_id = $1", "s", canary));
    if (PQntuples(known) == 0)
        return DYE_OK;
    DYE_TRY(store_run(s, err, &stored,
                      "INSERT INTO dyetrace.contact (canary_id, owner_id, channel, contacted_at, caller)"
                      " VALUES ($1, $2, $3, to_timestamp($4), $5) ON CONFLICT DO NOTHING RETURNING contact_id",
                      "sisfb", canary, store_int(known, 0, 0), n->channel, (double)at,
                      dye_span_of(caller, caller_bytes)));
    *ret = PQntuples(stored) == 1 ? CONTACT_STORED : CONTACT_KNOWN;
    return DYE_OK;
}

/* ---- out ---- */

struct book {
    PGresult *lines, *holdings, *events, *sources;
    struct dye_contact_line *line;
    struct dye_contact_holding *holding;
    struct dye_contact *event;
    struct dye_contact_source *result;
    struct dye_contact_case c;
};

static void book_done(struct book *b)
{
    PQclear(b->lines);
    PQclear(b->holdings);
    PQclear(b->events);
    PQclear(b->sources);
    free(b->line);
    free(b->holding);
    free(b->event);
    free(b->result);
}

/* In one snapshot, because lines are numbered anew by each query. */
static enum dye_status read_book(struct store *s, struct book *b, struct dye_error *err)
{
    DYE_TRY(store_run(s, err, NULL, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ", ""));
    DYE_TRY(store_run(s, err, &b->lines,
                      "SELECT block, floor(extract(epoch FROM watched_from))::bigint FROM dyetrace.contact_lines()"
                      " ORDER BY line",
                      ""));
    DYE_TRY(store_run(s, err, &b->holdings, sql_contact_holdings, ""));
    DYE_TRY(store_run(s, err, &b->events, sql_contact_events, ""));
    DYE_TRY(store_run(s, err, &b->sources,
                      "SELECT s.path FROM dyetrace.source s WHERE EXISTS (SELECT FROM dyetrace.contact_lines() l"
                      " JOIN dyetrace.placement p USING (canary_id) WHERE p.source_id = s.source_id AND"
                      " p.state <> 'committed') ORDER BY s.source_id",
                      ""));
    return store_commit(s, err);
}

static enum dye_status number_rows(struct book *b, struct dye_error *err)
{
    b->c = (struct dye_contact_case){.n_lines = (size_t)PQntuples(b->lines),
                                     .n_holdings = (size_t)PQntuples(b->holdings),
                                     .n_contacts = (size_t)PQntuples(b->events),
                                     .n_sources = (size_t)PQntuples(b->sources),
                                     .until = (int64_t)time(NULL)};
    b->line = calloc(b->c.n_lines + 1, sizeof *b->line);
    b->holding = calloc(b->c.n_holdings + 1, sizeof *b->holding);
    b->event = calloc(b->c.n_contacts + 1, sizeof *b->event);
    b->result = calloc(b->c.n_sources + 1, sizeof *b->result);
    if (b->line == NULL || b->holding == NULL || b->event == NULL || b->result == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "contacts: out of memory");
    for (int i = 0; i < PQntuples(b->lines); i++)
        b->line[i] = (struct dye_contact_line){.block = (uint32_t)store_int(b->lines, i, 0),
                                               .watched_from = store_int(b->lines, i, 1)};
    for (int i = 0; i < PQntuples(b->holdings); i++)
        b->holding[i] = (struct dye_contact_holding){.line = (uint32_t)store_int(b->holdings, i, 0),
                                                     .source = (uint32_t)store_int(b->holdings, i, 1),
                                                     .planted_at = store_int(b->holdings, i, 2)};
    for (int i = 0; i < PQntuples(b->events); i++)
        b->event[i] = (struct dye_contact){.line = (uint32_t)store_int(b->events, i, 0),
                                           .caller = (uint64_t)store_int(b->events, i, 1),
                                           .at = store_int(b->events, i, 2)};
    b->c.lines = b->line;
    b->c.holdings = b->holding;
    b->c.contacts = b->event;
    return DYE_OK;
}

static double days(double seconds)
{
    return seconds / 86400;
}

static json_t *per_year(double contacts, double seconds)
{
    return seconds > 0 ? json_real(contacts / days(seconds) * 365.25) : json_null();
}

static char *source_json(const char *path, const struct dye_contact_source *s)
{
    json_t *o = json_pack("{s:s, s:s, s:i, s:f, s:o, s:i, s:i, s:{s:i, s:f, s:o, s:i, s:i, s:i}, s:f, s:f, s:f}",
                          "source", path, "verdict", dye_contact_verdict_name(s->verdict), "contacts", (int)s->contacts,
                          "exposure_days", days(s->exposure_s), "per_year", per_year(s->contacts, s->exposure_s),
                          "lines", (int)s->lines, "lines_reached", (int)s->lines_reached, "baseline", "contacts",
                          (int)s->baseline_contacts, "exposure_days", days(s->baseline_exposure_s), "per_year",
                          per_year(s->baseline_contacts, s->baseline_exposure_s), "controls", (int)s->controls,
                          "controls_reached", (int)s->controls_reached, "control_contacts", (int)s->control_contacts,
                          "p_rate", s->p_rate, "p_spread", s->p_spread, "p_value", s->p_value);
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(o);
    return text;
}

static bool is_below(const char *path, const char *source)
{
    size_t n = strlen(source);
    return strncmp(path, source, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static enum dye_status weigh(struct book *b, const struct config *c, const char *source, contact_print_fn print,
                             void *arg, struct dye_error *err)
{
    struct dye_contact_params params;
    dye_contact_params_default(&params);
    params.max_p_value = c->contact_max_p_value;
    params.window_s = c->contact_window_hours * 3600;
    DYE_TRY(dye_contact_weigh(&b->c, &params, b->result, err));
    for (size_t i = 0; i < b->c.n_sources; i++) {
        const char *path = store_text(b->sources, (int)i, 0);
        if (source != NULL ? !is_below(path, source) : b->result[i].contacts == 0)
            continue;
        char *text = source_json(path, &b->result[i]);
        if (text == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "contacts: out of memory");
        print(arg, text);
        free(text);
    }
    return DYE_OK;
}

enum dye_status contact_weigh(struct store *s, const struct config *c, const char *source, contact_print_fn print,
                              void *arg, struct dye_error *err)
{
    struct book b = {0};
    enum dye_status status = read_book(s, &b, err);
    if (status == DYE_OK)
        status = number_rows(&b, err);
    if (status == DYE_OK)
        status = weigh(&b, c, source, print, arg, err);
    book_done(&b);
    return status;
}
