/* accounts: which accounts of the implicated sources opened what is in a dump, before the copy was taken. */
#include "attribution.h"
#include "dye/accounts.h"
#include "queries.h"
#include "subject.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *opt_source;
static struct common_options common;

static const struct option_spec options[] = {
    {"source", "P", "of this source, implicated or not", &opt_source, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "accounts DUMP [--source P] [--json]",
    "The accounts of the implicated sources that opened what is in a dump, or why none is named.", options, 1, 1};

/* Columns of accounts.sql. */
enum { ACCOUNT, LOG_SOURCE, SHARED, BULK, ACCESSES, LATER };

struct inquiry {
    PGresult *canaries, *touches, *accounts;
    struct dye_accounts_case c;
    struct dye_accounts_canary *canary;
    struct dye_accounts_touch *touch;
    struct dye_attribution found;
    double chance;
};

static void inquiry_done(struct inquiry *q)
{
    PQclear(q->canaries);
    PQclear(q->touches);
    PQclear(q->accounts);
    free(q->canary);
    free(q->touch);
    dye_attribution_done(&q->found);
}

static enum dye_status fill_case(struct inquiry *q, int64_t taken_before, struct dye_error *err)
{
    q->c.n_canaries = (size_t)PQntuples(q->canaries);
    q->c.n_touches = (size_t)PQntuples(q->touches);
    q->c.n_accounts = (size_t)PQntuples(q->accounts);
    q->c.taken_before = taken_before;
    q->canary = calloc(q->c.n_canaries + 1, sizeof *q->canary);
    q->touch = calloc(q->c.n_touches + 1, sizeof *q->touch);
    if (q->canary == NULL || q->touch == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "accounts: out of memory");
    for (int i = 0; i < PQntuples(q->canaries); i++)
        q->canary[i] = (struct dye_accounts_canary){.place = (uint32_t)store_int(q->canaries, i, 2),
                                                    .planted_at = store_int(q->canaries, i, 0),
                                                    .seen = store_real(q->canaries, i, 1)};
    for (int i = 0; i < PQntuples(q->touches); i++)
        q->touch[i] = (struct dye_accounts_touch){.account = (uint32_t)store_int(q->touches, i, 0),
                                                  .canary = (uint32_t)store_int(q->touches, i, 1),
                                                  .at = store_int(q->touches, i, 2)};
    q->c.canaries = q->canary;
    q->c.touches = q->touch;
    return DYE_OK;
}

static json_t *account_json(const struct inquiry *q, const struct dye_attribution_source *a)
{
    int row = (int)a->source;
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:i, s:i, s:I, s:I, s:b, s:b}", "account",
                     store_text(q->accounts, row, ACCOUNT), "log", store_text(q->accounts, row, LOG_SOURCE), "log10_lr",
                     a->log10_lr, "posterior", a->posterior, "p_value", a->p_value, "touched", (int)a->planted, "seen",
                     (int)a->seen, "later", (json_int_t)store_int(q->accounts, row, LATER), "accesses",
                     (json_int_t)store_int(q->accounts, row, ACCESSES), "shared",
                     (int)store_bool(q->accounts, row, SHARED), "bulk", (int)store_bool(q->accounts, row, BULK));
}

static json_t *inquiry_json(const struct inquiry *q)
{
    json_t *list = json_array();
    json_t *set = json_array();
    json_t *undecided = json_array();
    size_t seen = 0;
    for (uint32_t g = 0; g < q->found.groups; g++)
        json_array_append_new(undecided, json_array());
    for (size_t i = 0; i < q->found.n; i++) {
        const struct dye_attribution_source *a = &q->found.sources[i];
        const char *name = store_text(q->accounts, (int)a->source, ACCOUNT);
        json_array_append_new(list, account_json(q, a));
        if (a->in_set)
            json_array_append_new(set, json_string(name));
        else if (a->group != 0)
            json_array_append_new(json_array_get(undecided, a->group - 1), json_string(name));
    }
    for (size_t i = 0; i < q->c.n_canaries; i++)
        seen += q->canary[i].seen >= 0.5;
    return json_pack("{s:s, s:o, s:o, s:f, s:I, s:I, s:I, s:o}", "verdict",
                     dye_attribution_verdict_name(q->found.verdict), "set", set, "undecided", undecided, "chance",
                     q->chance, "seen", (json_int_t)seen, "planted", (json_int_t)q->c.n_canaries, "accounts_known",
                     (json_int_t)q->c.n_accounts, "accounts", list);
}

static void print_text(const json_t *o)
{
    size_t i;
    json_t *a;
    const char *source = json_string_value(json_object_get(o, "source"));
    printf("%s: %s", source != NULL ? source : "-", json_string_value(json_object_get(o, "verdict")));
    json_array_foreach(json_object_get(o, "set"), i, a) printf("%s%s", i == 0 ? ": " : " + ", json_string_value(a));
    if (json_integer_value(json_object_get(o, "open")) > 0)
        printf(
            "\n%lld canaries are not counted: another source held them too, or parts of this one hold different copies",
            (long long)json_integer_value(json_object_get(o, "open")));
    printf("\n%-32s %9s %10s %11s %9s %9s\n", "account", "log10 LR", "p-value", "seen", "later", "accesses");
    json_array_foreach(json_object_get(o, "accounts"), i, a)
        printf("%-32s %9.2f %10.2e %5lld/%-5lld %9lld %9lld%s%s\n", json_string_value(json_object_get(a, "account")),
               json_number_value(json_object_get(a, "log10_lr")), json_number_value(json_object_get(a, "p_value")),
               (long long)json_integer_value(json_object_get(a, "seen")),
               (long long)json_integer_value(json_object_get(a, "touched")),
               (long long)json_integer_value(json_object_get(a, "later")),
               (long long)json_integer_value(json_object_get(a, "accesses")),
               json_is_true(json_object_get(a, "shared")) ? " shared" : "",
               json_is_true(json_object_get(a, "bulk")) ? " bulk" : "");
}

/* Takes o over. */
static void print(json_t *o)
{
    if (common.json) {
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
    } else {
        print_text(o);
    }
    json_decref(o);
}

/* Columns of the sources. */
enum { SOURCE_ID, PATH, BEFORE_US, AFTER, BEFORE, OPEN };

static enum dye_status inquire(struct store *s, const struct config *config, const char *dump, const PGresult *sources,
                               int row, struct dye_error *err)
{
    struct dye_attribute_params params;
    struct inquiry q = {0};
    char scope[64];
    const char *after = PQgetisnull(sources, row, AFTER) ? NULL : store_text(sources, row, AFTER);
    int64_t source = store_int(sources, row, SOURCE_ID);
    attribution_params(config, &params);
    snprintf(scope, sizeof scope, "{%s}", dump); /* it is known by now */
    enum dye_status status = store_run(s, err, &q.canaries, sql_account_canaries, "sis", scope, source, dump);
    if (status == DYE_OK)
        status = store_run(s, err, &q.touches, sql_account_touches, "sis", scope, source, dump);
    if (status == DYE_OK)
        status = store_run(s, err, &q.accounts, sql_accounts, "sisss", scope, source, after,
                           store_text(sources, row, BEFORE), dump);
    if (status == DYE_OK)
        status = fill_case(&q, store_int(sources, row, BEFORE_US), err);
    if (status == DYE_OK)
        status = dye_accounts(&q.c, &params, &q.found, &q.chance, err);
    if (status == DYE_OK) {
        json_t *o = json_pack("{s:s, s:s, s:{s:s?, s:s}, s:I}", "dump", dump, "source", store_text(sources, row, PATH),
                              "taken", "after", after, "before", store_text(sources, row, BEFORE), "open",
                              (json_int_t)store_int(sources, row, OPEN));
        json_t *more = inquiry_json(&q);
        json_object_update_missing(o, more);
        json_decref(more);
        print(o);
    }
    inquiry_done(&q);
    return status;
}

static enum dye_status accounts(const struct home *h, struct store *s, const char *dump, struct dye_error *err)
{
    STORE_RESULT verdict = NULL;
    STORE_RESULT sources = NULL;
    DYE_TRY(subject_dump(s, dump, err));
    DYE_TRY(subject_source(s, opt_source, err));
    DYE_TRY(attribution_run(s, &h->config, dump, NULL, err));
    DYE_TRY(zone_audit(s, "accounts", dump, "asked", NULL, err)); /* a snapshot would not see the chain's end */
    /* One snapshot: what is numbered by one query is looked up by the next. */
    DYE_TRY(store_run(s, err, NULL, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ", ""));
    DYE_TRY(store_run(s, err, &verdict, "SELECT verdict FROM dyetrace.attribution WHERE dump_id = $1", "s", dump));
    DYE_TRY(store_run(
        s, err, &sources,
        "SELECT a.source_id, s.path, (extract(epoch FROM e.taken_before) * 1000000)::bigint,"
        " to_char(e.taken_after AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
        " to_char(e.taken_before AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), e.open + e.open_shared"
        " FROM dyetrace.attribution_source a JOIN dyetrace.attribution_extent e USING (dump_id, source_id)"
        " JOIN dyetrace.source s USING (source_id)"
        " WHERE a.dump_id = $1 AND (s.path = $2 OR ($2::text IS NULL AND a.in_set)) ORDER BY a.rank",
        "ss", dump, opt_source));
    enum dye_status status = DYE_OK;
    for (int i = 0; status == DYE_OK && i < PQntuples(sources); i++)
        status = inquire(s, &h->config, dump, sources, i, err);
    if (status == DYE_OK && PQntuples(sources) == 0)
        print(json_pack("{s:s, s:n, s:s, s:[], s:[], s:[]}", "dump", dump, "source", "verdict",
                        opt_source != NULL ? "not-covered" : store_text(verdict, 0, 0), "set", "undecided",
                        "accounts"));
    return status == DYE_OK ? store_commit(s, err) : status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    struct store *s = NULL;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(matcher_enter(&h, &s, NULL, err));
    enum dye_status status = accounts(&h, s, call->argv[1], err);
    store_close(s);
    return status;
}

int verb_accounts(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
