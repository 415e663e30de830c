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
    PGresult *lines, *holdings, *events, *sources, *shared;
    struct dye_contact_line *line;
    struct dye_contact_holding *holding;
    struct dye_contact *event;
    struct dye_contact_source *result;
    struct dye_contact_source *own; /* likewise, by the lines that no other source holds */
    bool *open;                     /* by line: several sources hold it */
    bool any_open;
    struct dye_contact_case c;
};

static void book_done(struct book *b)
{
    PQclear(b->lines);
    PQclear(b->holdings);
    PQclear(b->events);
    PQclear(b->sources);
    PQclear(b->shared);
    free(b->line);
    free(b->holding);
    free(b->event);
    free(b->result);
    free(b->own);
    free(b->open);
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
                      "SELECT s.path FROM dyetrace.source s WHERE s.source_id IN (SELECT h.source_id"
                      " FROM dyetrace.contact_lines() l JOIN dyetrace.placement_holders() h USING (canary_id))"
                      " ORDER BY s.source_id",
                      ""));
    DYE_TRY(store_run(s, err, &b->shared,
                      "SELECT count(*) FROM dyetrace.contact k JOIN dyetrace.canary c USING (canary_id)"
                      " WHERE c.type = 'shared'",
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
    b->own = calloc(b->c.n_sources + 1, sizeof *b->own);
    b->open = calloc(b->c.n_lines + 1, sizeof *b->open);
    if (b->line == NULL || b->holding == NULL || b->event == NULL || b->result == NULL || b->own == NULL ||
        b->open == NULL)
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
    for (size_t i = 1; i < b->c.n_holdings; i++) /* they are in order by line */
        if (b->holding[i].line == b->holding[i - 1].line)
            b->any_open = b->open[b->holding[i].line] = true;
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

/* Without the lines that several hold, which are no controls either. Where there are none, the case is as it was. */
static enum dye_status weigh_own(struct book *b, const struct dye_contact_params *params, struct dye_error *err)
{
    struct dye_contact_case own = {.n_sources = b->c.n_sources, .until = b->c.until};
    uint32_t *number = calloc(b->c.n_lines + 1, sizeof *number);
    if (number == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "contacts: out of memory");
    for (size_t i = 0; i < b->c.n_lines; i++) {
        number[i] = (uint32_t)own.n_lines;
        if (!b->open[i])
            b->line[own.n_lines++] = b->line[i];
    }
    for (size_t i = 0; i < b->c.n_holdings; i++)
        if (!b->open[b->holding[i].line]) {
            b->holding[own.n_holdings] = b->holding[i];
            b->holding[own.n_holdings].line = number[b->holding[i].line];
            own.n_holdings++;
        }
    for (size_t i = 0; i < b->c.n_contacts; i++)
        if (!b->open[b->event[i].line]) {
            b->event[own.n_contacts] = b->event[i];
            b->event[own.n_contacts].line = number[b->event[i].line];
            own.n_contacts++;
        }
    own.lines = b->line;
    own.holdings = b->holding;
    own.contacts = b->event;
    free(number);
    return dye_contact_weigh(&own, params, b->own, err);
}

/* The sources that hold lines of this one too, by the rows that the holdings were read from, which are in order by
 * line. */
static json_t *open_with(const struct book *b, size_t source)
{
    json_t *list = json_array();
    bool *with = calloc(b->c.n_sources + 1, sizeof *with);
    const int n = PQntuples(b->holdings);
    for (int i = 0, end = 0; i < n && with != NULL; i = end) {
        bool held = false;
        for (end = i; end < n && store_int(b->holdings, end, 0) == store_int(b->holdings, i, 0); end++)
            held = held || (size_t)store_int(b->holdings, end, 1) == source;
        for (int k = i; k < end && held; k++)
            with[store_int(b->holdings, k, 1)] = true;
    }
    for (size_t k = 0; k < b->c.n_sources && with != NULL; k++)
        if (with[k] && k != source)
            json_array_append_new(list, json_string(store_text(b->sources, (int)k, 0)));
    free(with);
    return list;
}

/* Evidence is what the lines that it alone holds say; where only all together say it, one of those who hold them
 * leaked, and which is open. */
static const char *verdict_name(const struct dye_contact_source *all, const struct dye_contact_source *own)
{
    if (own->verdict == DYE_CONTACT_EVIDENCE && all->verdict != DYE_CONTACT_SINK)
        return dye_contact_verdict_name(own->verdict);
    if (all->verdict == DYE_CONTACT_SINK && own->lines > 0 && own->lines_reached == 0)
        return dye_contact_verdict_name(DYE_CONTACT_LEAD);
    return all->verdict == DYE_CONTACT_EVIDENCE ? "open" : dye_contact_verdict_name(all->verdict);
}

static char *source_json(const struct book *b, size_t i)
{
    const struct dye_contact_source *s = &b->result[i];
    const struct dye_contact_source *own = &b->own[i];
    json_t *o = json_pack(
        "{s:s, s:s, s:i, s:f, s:o, s:i, s:i, s:{s:i, s:f, s:o, s:i, s:i, s:i}, s:f, s:f, s:f}", "source",
        store_text(b->sources, (int)i, 0), "verdict", verdict_name(s, own), "contacts", (int)s->contacts,
        "exposure_days", days(s->exposure_s), "per_year", per_year(s->contacts, s->exposure_s), "lines", (int)s->lines,
        "lines_reached", (int)s->lines_reached, "baseline", "contacts", (int)s->baseline_contacts, "exposure_days",
        days(s->baseline_exposure_s), "per_year", per_year(s->baseline_contacts, s->baseline_exposure_s), "controls",
        (int)s->controls, "controls_reached", (int)s->controls_reached, "control_contacts", (int)s->control_contacts,
        "p_rate", s->p_rate, "p_spread", s->p_spread, "p_value", s->p_value);
    if (own->lines < s->lines)
        json_object_set_new(o, "own",
                            json_pack("{s:i, s:i, s:i, s:f, s:o}", "lines", (int)own->lines, "lines_reached",
                                      (int)own->lines_reached, "contacts", (int)own->contacts, "p_value", own->p_value,
                                      "others", open_with(b, i)));
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
    if (b->any_open)
        DYE_TRY(weigh_own(b, &params, err));
    else
        memcpy(b->own, b->result, b->c.n_sources * sizeof *b->own);
    for (size_t i = 0; i < b->c.n_sources; i++) {
        const char *path = store_text(b->sources, (int)i, 0);
        if (source != NULL ? !is_below(path, source) : b->result[i].contacts == 0)
            continue;
        char *text = source_json(b, i);
        if (text == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "contacts: out of memory");
        print(arg, text);
        free(text);
    }
    return DYE_OK;
}

enum dye_status contact_weigh(struct store *s, const struct config *c, const char *source, contact_print_fn print,
                              void *arg, int64_t *ret_shared, struct dye_error *err)
{
    struct book b = {0};
    enum dye_status status = read_book(s, &b, err);
    if (status == DYE_OK)
        status = number_rows(&b, err);
    if (status == DYE_OK)
        status = weigh(&b, c, source, print, arg, err);
    if (status == DYE_OK)
        *ret_shared = store_int(b.shared, 0, 0);
    book_done(&b);
    return status;
}
