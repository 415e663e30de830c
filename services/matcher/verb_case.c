/* case: who did what with which dump, and what it adds up to by law. Persons go by pseudonym. */
#include "case_file.h"
#include "decimal.h"
#include "dye/decode.h"
#include "law_choice.h"
#include "law_json.h"
#include "lawsuit.h"
#include "queries.h"
#include "subject.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *opt_title;
static const char *opt_dump;
static const char *opt_to;
static const char *opt_from;
static const char *opt_when;
static const char *opt_income;
static const char *opt_records;
static const char *opt_reason;
static const char *opt_key;
static const char *opt_law;
static const char *opt_file;
static bool opt_insider;
static bool opt_lawful;
static struct common_options common;

static const struct option_spec options[] = {
    {"title", "T", "add: what it is about", &opt_title, NULL},
    {"insider", NULL, "person: hands on what was obtained in performing duties or providing services", NULL,
     &opt_insider},
    {"lawful-business", NULL, "person: buys for lawful business", NULL, &opt_lawful},
    {"dump", "D", "act: what", &opt_dump, NULL},
    {"to", "PSEUDONYM", "act: to whom it was sold or provided", &opt_to, NULL},
    {"from", "PSEUDONYM", "act: from whom it was obtained", &opt_from, NULL},
    {"when", "T", "act: YYYY-MM-DD or RFC 3339", &opt_when, NULL},
    {"income", "CNY", "act: the price, or what was made by use", &opt_income, NULL},
    {"records", "N", "act: so many of the dump's (default all)", &opt_records, NULL},
    {"reason", "TEXT", "void: why the act does not stand", &opt_reason, NULL},
    {"key", "K", "count: resident_id, mobile, name+mobile, rows (default the law's choice)", &opt_key, NULL},
    {"law", "L", "count: a law of home/law or of this program, or a file (default law.rules)", &opt_law, NULL},
    {"file", "FILE", "count: a case in a file, without a home", &opt_file, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "case add CASE [--title T] | case list | case show CASE |"
    " case person CASE PSEUDONYM [--insider] [--lawful-business] |"
    " case act CASE PSEUDONYM obtained|sold|provided --dump D [--to P] [--from P] [--when T] [--income CNY]"
    " [--records N] | case void CASE ACT --reason TEXT | case count CASE|--file FILE [--key K] [--law L]",
    "What persons did with which dumps, and the legal count (reference) of each: it assists a finding, it is none.",
    options, 1, 4};

static enum dye_status wants(const char *name, const char *value, struct dye_error *err)
{
    if (value == NULL || value[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "case: --%s is missing", name);
    return DYE_OK;
}

static enum dye_status wants_name(const char *name, struct dye_error *err)
{
    if (!case_name_is(name))
        DYE_FAIL(err, DYE_E_USAGE, "case: a pseudonym is letters, digits, `.`, `_` and `-`, without a long number");
    return DYE_OK;
}

/* ---- what is put down ---- */

static enum dye_status add(struct store *s, const char *name, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(wants_name(name, err));
    if (opt_title != NULL && !dye_path_is_valid(dye_span_str(opt_title)))
        DYE_FAIL(err, DYE_E_USAGE, "--title: UTF-8 text without control characters is wanted");
    DYE_TRY(store_run(s, err, &r,
                      "INSERT INTO dyetrace.law_case (case_id, title) VALUES ($1, $2) ON CONFLICT DO NOTHING"
                      " RETURNING case_id",
                      "ss", name, opt_title));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_USAGE, "case: %s: it is there already", name);
    return zone_audit(s, "case add", name, "done", "{}", err);
}

static enum dye_status must_exist(struct store *s, const char *name, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT FROM dyetrace.law_case WHERE case_id = $1", "s", name));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "case: %.40s: unknown", name);
    return DYE_OK;
}

static enum dye_status person(struct store *s, const char *name, const char *who, struct dye_error *err)
{
    char detail[256];
    DYE_TRY(must_exist(s, name, err));
    DYE_TRY(wants_name(who, err));
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.case_person (case_id, pseudonym, insider, lawful_business)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (case_id, pseudonym) DO UPDATE"
                      " SET insider = excluded.insider, lawful_business = excluded.lawful_business",
                      "ssoo", name, who, (int)opt_insider, (int)opt_lawful));
    snprintf(detail, sizeof detail, "{\"person\":\"%s\",\"insider\":%s,\"lawful_business\":%s}", who,
             opt_insider ? "true" : "false", opt_lawful ? "true" : "false");
    return zone_audit(s, "case person", name, "done", detail, err);
}

/* Whoever an act names is in the case, then. */
static enum dye_status involve(struct store *s, const char *name, const char *who, struct dye_error *err)
{
    DYE_TRY(wants_name(who, err));
    return store_run(s, err, NULL,
                     "INSERT INTO dyetrace.case_person (case_id, pseudonym) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                     "ss", name, who);
}

static enum dye_status act(struct store *s, const char *name, const char *who, const char *did, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    enum dye_law_what what;
    uint64_t income = 0;
    int64_t when = 0;
    long long records = 0;
    char number[24], moment[24], detail[320];
    if (!case_what_read(did, &what))
        DYE_FAIL(err, DYE_E_USAGE, "case act: %.20s: obtained, sold or provided is wanted", did);
    if (what == DYE_LAW_OBTAINED ? opt_to != NULL : opt_from != NULL)
        DYE_FAIL(err, DYE_E_USAGE, "case act: one obtains --from, and sells or provides --to");
    const char *other = what == DYE_LAW_OBTAINED ? opt_from : opt_to;
    DYE_TRY(wants("dump", opt_dump, err));
    if (opt_income != NULL && !decimal_read(opt_income, 2, 1000000000000000000ULL, &income))
        DYE_FAIL(err, DYE_E_USAGE, "--income: an amount with at most two decimals is wanted");
    if (opt_when != NULL && !moment_read(opt_when, &when))
        DYE_FAIL(err, DYE_E_USAGE, "--when: YYYY-MM-DD or RFC 3339 is wanted");
    if (opt_when != NULL && when > (int64_t)time(NULL))
        DYE_FAIL(err, DYE_E_USAGE, "--when: %.40s is a time to come (a date begins at 00:00 UTC)", opt_when);
    if (opt_records != NULL)
        DYE_TRY(option_int("--records", opt_records, 1, 1000000000000000000LL, &records, err));
    if (other != NULL && strcmp(other, who) == 0)
        DYE_FAIL(err, DYE_E_USAGE, "case act: nobody deals with themselves");
    DYE_TRY(must_exist(s, name, err));
    DYE_TRY(subject_dump(s, opt_dump, err));
    DYE_TRY(involve(s, name, who, err));
    if (other != NULL)
        DYE_TRY(involve(s, name, other, err));
    snprintf(number, sizeof number, "%lld", records);
    snprintf(moment, sizeof moment, "%" PRId64, when);
    PQclear(r);
    r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "INSERT INTO dyetrace.case_act (case_id, pseudonym, did, dump_id, other, happened_at,"
                      " income_cents, records) VALUES ($1, $2, $3, $4, $5, to_timestamp($6::bigint), $7, $8::bigint)"
                      " RETURNING act_id",
                      "ssssssis", name, who, did, opt_dump, other, opt_when != NULL ? moment : NULL, (int64_t)income,
                      opt_records != NULL ? number : NULL));
    int64_t id = store_int(r, 0, 0);
    snprintf(detail, sizeof detail, "{\"act\":%" PRId64 ",\"person\":\"%s\",\"did\":\"%s\",\"dump\":\"%.40s\"}", id,
             who, did, opt_dump);
    DYE_TRY(zone_audit(s, "case act", name, "done", detail, err));
    if (common.json)
        printf("{\"case\":\"%s\",\"act\":%" PRId64 "}\n", name, id);
    else
        printf("act %" PRId64 "\n", id);
    return DYE_OK;
}

static enum dye_status void_act(struct store *s, const char *name, const char *which, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    long long id;
    char detail[64];
    DYE_TRY(wants("reason", opt_reason, err));
    DYE_TRY(option_int("act", which, 1, INT64_MAX, &id, err));
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.case_act SET voided_at = now(), voided_why = $3 WHERE case_id = $1 AND act_id ="
                      " $2 AND voided_at IS NULL RETURNING act_id",
                      "sis", name, (int64_t)id, opt_reason));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "case: %.40s: no act %lld that stands", name, id);
    snprintf(detail, sizeof detail, "{\"act\":%lld}", id);
    return zone_audit(s, "case void", name, "done", detail, err);
}

/* ---- what is told ---- */

static enum dye_status list(struct store *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      common.json ? "SELECT json_build_object('case', c.case_id, 'title', c.title, 'acts', count(a.*))"
                                    " FROM dyetrace.law_case c LEFT JOIN dyetrace.case_act a ON a.case_id = c.case_id"
                                    " AND a.voided_at IS NULL GROUP BY c.case_id ORDER BY c.case_id"
                                  : "SELECT format('%-32s %s acts  %s', c.case_id, count(a.*), c.title)"
                                    " FROM dyetrace.law_case c LEFT JOIN dyetrace.case_act a ON a.case_id = c.case_id"
                                    " AND a.voided_at IS NULL GROUP BY c.case_id ORDER BY c.case_id",
                      ""));
    for (int i = 0; i < PQntuples(r); i++)
        puts(store_text(r, i, 0));
    return DYE_OK;
}

static const char *text_or(const json_t *o, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL ? text : otherwise;
}

static void print_case(const json_t *o)
{
    size_t i;
    const json_t *e;
    printf("%s %s\n", text_or(o, "case", "-"), text_or(o, "title", ""));
    json_array_foreach(json_object_get(o, "persons"), i, e)
        printf("  %s%s%s\n", text_or(e, "person", "-"), json_is_true(json_object_get(e, "insider")) ? ", insider" : "",
               json_is_true(json_object_get(e, "lawful_business")) ? ", lawful business" : "");
    json_array_foreach(json_object_get(o, "acts"), i, e)
    {
        printf("  act %lld: %s %s %s", (long long)json_integer_value(json_object_get(e, "act")),
               text_or(e, "person", "-"), text_or(e, "did", "-"), text_or(e, "dump", "-"));
        if (json_is_string(json_object_get(e, "other")))
            printf(" %s %s", strcmp(text_or(e, "did", ""), "obtained") == 0 ? "from" : "to", text_or(e, "other", "-"));
        if (json_is_integer(json_object_get(e, "records")))
            printf(", %lld records", (long long)json_integer_value(json_object_get(e, "records")));
        printf(", %s, %s%s%s\n", text_or(e, "when", "no time"), text_or(e, "income", "0"),
               json_is_string(json_object_get(e, "voided")) ? ", void: " : "", text_or(e, "voided", ""));
    }
}

static enum dye_status show(struct store *s, const char *name, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, sql_case_json, "s", name));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "case: %.40s: unknown", name);
    if (common.json) {
        puts(store_text(r, 0, 0));
        return DYE_OK;
    }
    json_t *o = json_loads(store_text(r, 0, 0), 0, NULL);
    print_case(o);
    json_decref(o);
    return DYE_OK;
}

static enum dye_status tell(const struct dye_law *law, const struct case_model *m, struct dye_error *err)
{
    struct dye_law_case c = case_model_view(m);
    struct dye_law_verdict v = {0};
    DYE_TRY(dye_law_judge(law, &c, &v, err));
    if (!common.json)
        printf("legal count (reference) 法律计数(参考) of case %s, law %s: %s\n", m->name.text, law->name, law->title);
    for (uint32_t i = 0; i < m->n_persons; i++) {
        json_t *o = law_person_json(law, m, &v, i);
        if (common.json) {
            json_dumpf(o, stdout, JSON_COMPACT);
            putchar('\n');
        } else if (v.persons[i].acted) {
            law_person_print(o);
        }
        json_decref(o);
    }
    if (!common.json && law->not_computed[0] != '\0')
        printf("%s\n", law->not_computed);
    dye_law_verdict_done(&v);
    return DYE_OK;
}

static enum dye_status count_stored(struct store *s, const struct dye_law *law, const char *name, struct dye_error *err)
{
    struct case_model m = {0};
    enum dye_law_key key;
    DYE_TRY(law_choice_key(opt_key, &key, err));
    DYE_TRY(lawsuit_load(s, name, law, key, &m, err));
    enum dye_status status = zone_audit(s, "case count", name, "done", "{}", err);
    if (status == DYE_OK)
        status = tell(law, &m, err);
    case_model_done(&m);
    return status;
}

static enum dye_status count_file(struct dye_error *err)
{
    struct law_choice choice = {0};
    struct dye_law *law = NULL;
    struct case_model m = {0};
    FILE *f = fopen(opt_file, "rbe");
    if (f == NULL)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", opt_file, strerror(errno));
    enum dye_status status = law_choice_open(opt_law, NULL, &choice, err);
    if (status == DYE_OK)
        status = law_choice_read(&choice, NULL, &law, err);
    if (status == DYE_OK)
        status = case_read(opt_file, f, law, &m, err);
    if (status == DYE_OK)
        status = tell(law, &m, err);
    law_choice_done(&choice);
    case_model_done(&m);
    fclose(f);
    free(law);
    return status;
}

/* ---- the verb ---- */

static bool is(const struct verb_call *call, const char *word, int args)
{
    return call->args == args && strcmp(call->argv[1], word) == 0;
}

static enum dye_status change(struct store *s, struct verb_call *call, struct dye_error *err)
{
    char **argv = call->argv;
    if (is(call, "add", 2))
        return add(s, argv[2], err);
    if (is(call, "person", 3))
        return person(s, argv[2], argv[3], err);
    if (is(call, "act", 4))
        return act(s, argv[2], argv[3], argv[4], err);
    if (is(call, "void", 3))
        return void_act(s, argv[2], argv[3], err);
    return options_usage(&spec, err);
}

static enum dye_status with_store(struct store *s, const struct home *h, struct law_choice *choice,
                                  struct verb_call *call, struct dye_error *err)
{
    if (is(call, "list", 1))
        return list(s, err);
    if (is(call, "show", 2))
        return show(s, call->argv[2], err);
    if (is(call, "count", 2)) {
        struct dye_law *law = NULL;
        DYE_TRY(law_choice_read(choice, h, &law, err));
        enum dye_status status = count_stored(s, law, call->argv[2], err);
        free(law);
        return status;
    }
    DYE_TRY(store_begin(s, err));
    enum dye_status status = change(s, call, err);
    if (status == DYE_OK)
        return store_commit(s, err);
    store_rollback(s);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    struct law_choice choice = {0};
    struct store *s = NULL;
    if (is(call, "count", 1) && opt_file != NULL)
        return count_file(err);
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(law_choice_open(opt_law, &h, &choice, err));
    enum dye_status status = matcher_enter(&h, &s, NULL, err);
    if (status == DYE_OK)
        status = with_store(s, &h, &choice, call, err);
    law_choice_done(&choice);
    store_close(s);
    return status;
}

int verb_case(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
