/*
 * exclusion make, exclusion list: what a system behind the sources must leave alone, sealed for that system. Its key is
 * derived from the persona key, so that it is nowhere but where it is needed, and the same for the next list.
 */
#include "decimal.h"
#include "dye/digest.h"
#include "dye/exclusion.h"
#include "log.h"
#include "options.h"
#include "output_file.h"
#include "person.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

static const char *opt_sources;
static const char *opt_output;
static const char *opt_key;
static const char *opt_expires;
static const char *opt_min_batch;
static const char *opt_reason;
static bool opt_new_key;
static struct common_options common;

static const struct option_spec options[] = {
    {"sources", "P,P,...", "what feeds the system: these sources and those below them", &opt_sources, NULL},
    {"o", "FILE", "the list (mode 0600)", &opt_output, NULL},
    {"key", "FILE", "writes the system's key too (mode 0600): for its first list, and with --new-key", &opt_key, NULL},
    {"new-key", NULL, "another key than the lists before it had", NULL, &opt_new_key},
    {"expires", "T", "until when it is used, RFC 3339 UTC or YYYY-MM-DD (default in 30 days)", &opt_expires, NULL},
    {"min-batch", "N", "different persons that a batch has at least (default 100)", &opt_min_batch, NULL},
    {"reason", "TEXT", "why: the canaries' values are read, which is put on record", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "exclusion make SYSTEM --sources P,P,... -o FILE [--key FILE] --reason TEXT | exclusion list |"
    " exclusion filter|log|report ...",
    "Writes a sealed list of the canaries that a system (billing, clinic, marketing) must leave alone; list says which"
    " systems have one, and what it lacks by now. exclusion filter --help: what the system's owner does with it; so of"
    " log and report.",
    options, 1, 2};

enum { DAY = 86400, DAYS = 30, DAYS_MAX = 366, KEY_FILE_BYTES = 2 * DYE_KEY_BYTES + 1 };

struct request {
    struct home home;
    long long min_batch;
    int64_t expires_at; /* 0: by default */
    struct dye_exclusion_terms terms;
    int64_t key_number;
    char made_at[40]; /* as the database has it */
};

static enum dye_status read_time(const char *text, int64_t *ret, struct dye_error *err)
{
    if (!moment_read(text, ret))
        DYE_FAIL(err, DYE_E_USAGE, "--expires: YYYY-MM-DD or RFC 3339 UTC is wanted");
    return DYE_OK;
}

/* ---- what goes in ---- */

static enum dye_status audit_making(struct store *s, const struct request *q, struct dye_error *err)
{
    json_t *detail = json_pack("{s:s, s:s}", "reason", opt_reason, "sources", opt_sources);
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--reason: UTF-8 text is wanted");
    enum dye_status status = zone_audit(s, "exclusion make", q->terms.system, "done", text, err);
    free(text);
    return status;
}

static enum dye_status check_sources(struct store *s, struct dye_error *err)
{
    STORE_RESULT unknown = NULL;
    DYE_TRY(store_run(s, err, &unknown,
                      "SELECT u FROM unnest(string_to_array($1, ',')) u"
                      " WHERE NOT EXISTS (SELECT FROM dyetrace.source s WHERE s.path = u) LIMIT 1",
                      "s", opt_sources));
    if (PQntuples(unknown) != 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "source: %s: unknown; dyetrace source add makes it", store_text(unknown, 0, 0));
    return DYE_OK;
}

/* As the first query of a transaction it takes the snapshot before it reads the clock, so that whatever is withdrawn
 * later than that moment stands in the snapshot. */
static enum dye_status read_terms(struct store *s, struct request *q, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT coalesce((SELECT max(epoch) FROM dyetrace.epoch), 0),"
                      " coalesce((SELECT max(key_number) FROM dyetrace.exclusion_list WHERE system = $1), 0), m,"
                      " floor(extract(epoch FROM m))::bigint FROM clock_timestamp() m",
                      "s", q->terms.system));
    q->terms.epoch = (uint64_t)store_int(r, 0, 0);
    q->key_number = store_int(r, 0, 1);
    snprintf(q->made_at, sizeof q->made_at, "%s", store_text(r, 0, 2));
    q->terms.made_at = store_int(r, 0, 3);
    q->terms.expires_at = q->expires_at != 0 ? q->expires_at : q->terms.made_at + DAYS * DAY;
    q->terms.min_batch = (uint32_t)q->min_batch;
    if (q->terms.expires_at <= q->terms.made_at || q->terms.expires_at > q->terms.made_at + (int64_t)DAYS_MAX * DAY)
        DYE_FAIL(err, DYE_E_USAGE, "--expires: a time within %d days from now is wanted", DAYS_MAX);
    if ((q->key_number == 0 || opt_new_key) && opt_key == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "exclusion make: %s gets a %skey: --key FILE is wanted", q->terms.system,
                 q->key_number != 0 ? "new " : "");
    q->key_number += q->key_number == 0 || opt_new_key;
    return DYE_OK;
}

enum { CANARY, SERIAL, VARIANT, SERIAL_B, MADE_ON, SECTOR, KINDS };

/* "{email,mobile}" */
static bool has_kind(const char *kinds, enum dye_kind kind)
{
    const char *name = dye_kind_name(kind);
    size_t n = strlen(name);
    for (const char *at = kinds; (at = strstr(at, name)) != NULL; at += n)
        if (at > kinds && strchr("{,", at[-1]) != NULL && strchr("},", at[n]) != NULL)
            return true;
    return false;
}

static enum dye_status add_persons(struct request *q, struct registrar *r, const PGresult *rows, int from, int n,
                                   struct dye_persona *persons, struct dye_exclusion_builder *b, struct dye_error *err)
{
    static const struct person_columns columns = {.serial = SERIAL,
                                                  .canary = CANARY,
                                                  .variant = VARIANT,
                                                  .serial_b = SERIAL_B,
                                                  .made_on = MADE_ON,
                                                  .sector = SECTOR};
    DYE_TRY(person_load_rows(&q->home, r, rows, &columns, from, n, persons, err));
    for (int i = 0; i < n; i++) {
        DYE_TRY(dye_exclusion_builder_canary(b, store_text(rows, from + i, CANARY),
                                             store_text(rows, from + i, VARIANT)[0], err));
        for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
            if (has_kind(store_text(rows, from + i, KINDS), kind))
                DYE_TRY(dye_exclusion_builder_value(b, kind, &persons[i].value[kind], err));
    }
    return DYE_OK;
}

static enum dye_status add_all(struct request *q, struct registrar *r, struct dye_exclusion_builder *b,
                               int64_t *ret_canaries, struct dye_error *err)
{
    STORE_RESULT rows = NULL;
    DYE_TRY(store_run(r->store, err, &rows,
                      "SELECT c.canary_id, coalesce(c.serial, -1), d.variant::text, j.serial_b,"
                      " (c.created_at AT TIME ZONE 'UTC')::date - date '1970-01-01', c.sector,"
                      " (SELECT array_agg(DISTINCT f.kind) FROM dyetrace.fingerprint f"
                      " WHERE f.canary_id = d.canary_id AND f.variant = d.variant)"
                      " FROM dyetrace.exclusion_due(string_to_array($1, ','), $2, $3::timestamptz) d"
                      " JOIN dyetrace.canary c USING (canary_id) LEFT JOIN dyetrace.code_position j USING (canary_id)"
                      " ORDER BY c.sector, c.canary_id, d.variant",
                      "sis", opt_sources, (int64_t)q->terms.epoch, q->made_at));
    struct dye_persona *persons = calloc(PERSONS_MAX, sizeof *persons);
    enum dye_status status = persons != NULL ? DYE_OK : dye_fail(err, DYE_E_NOMEM, "exclusion make: out of memory");
    for (int i = 0; status == DYE_OK && i < PQntuples(rows); i += PERSONS_MAX) {
        int left = PQntuples(rows) - i;
        status = add_persons(q, r, rows, i, left < PERSONS_MAX ? left : PERSONS_MAX, persons, b, err);
    }
    if (persons != NULL)
        dye_wipe(persons, PERSONS_MAX * sizeof *persons);
    free(persons);
    *ret_canaries = PQntuples(rows);
    return status;
}

/* ---- the file ---- */

static enum dye_status system_key(const struct request *q, struct store *s, struct dye_key *ret, struct dye_error *err)
{
    char label[DYE_EXCLUSION_SYSTEM_MAX + 64];
    DYE_CLEANUP(dye_key_wipe) struct dye_key persona = {0};
    DYE_TRY(zone_key(&q->home, "seeder", "persona", s, &persona, err));
    snprintf(label, sizeof label, "dyetrace/1/exclusion/%" PRId64 "/%s", q->key_number, q->terms.system);
    dye_key_derive(&persona, label, ret);
    return DYE_OK;
}

static enum dye_status write_key(int fd, const struct dye_key *k, struct dye_error *err)
{
    char text[KEY_FILE_BYTES + 1];
    dye_hex(k->bytes, DYE_KEY_BYTES, text);
    text[KEY_FILE_BYTES - 1] = '\n';
    enum dye_status status = output_write(fd, text, KEY_FILE_BYTES, err);
    dye_wipe(text, sizeof text);
    return status;
}

static enum dye_status record(struct store *s, const struct request *q, int64_t canaries, const uint8_t sha256[32],
                              struct dye_error *err)
{
    char expires[24];
    char hex[65];
    snprintf(expires, sizeof expires, "%" PRId64, q->terms.expires_at);
    dye_hex(sha256, 32, hex);
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.exclusion_list (system, key_number, sources, epoch, made_at, expires_at,"
                      " min_batch, canaries, sha256) VALUES ($1, $2, string_to_array($3, ','), $4, $5::timestamptz,"
                      " to_timestamp($6::float8), $7, $8, $9)",
                      "sisissiib", q->terms.system, q->key_number, opt_sources, (int64_t)q->terms.epoch, q->made_at,
                      expires, q->min_batch, canaries, dye_span_of(sha256, 32)));
    DYE_TRY(store_commit(s, err));
    printf(common.json ? "{\"system\":\"%s\",\"list\":\"%s\",\"epoch\":%" PRIu64 ",\"canaries\":%" PRId64 "}\n"
                       : "%s: list %s of epoch %" PRIu64 ", %" PRId64 " canaries\n",
           q->terms.system, hex, q->terms.epoch, canaries);
    return DYE_OK;
}

static enum dye_status build(struct request *q, struct registrar *r, const struct dye_key *key, const int *fds,
                             struct dye_error *err)
{
    struct dye_exclusion_builder *b = NULL;
    struct dye_buf file;
    uint8_t sha256[DYE_DIGEST_MAX_BYTES];
    int64_t canaries = 0;
    DYE_TRY(dye_exclusion_builder_new(&q->terms, key, NULL, &b, err));
    dye_buf_init(&file, DYE_EXCLUSION_FILE_MAX_BYTES, false);
    enum dye_status status = add_all(q, r, b, &canaries, err);
    if (status == DYE_OK)
        status = dye_exclusion_builder_seal(b, &file, err);
    if (status == DYE_OK)
        status = output_write(fds[0], file.p, file.n, err);
    if (status == DYE_OK && opt_key != NULL)
        status = write_key(fds[1], key, err);
    if (status == DYE_OK) {
        dye_digest_of(DYE_SHA256, dye_buf_span(&file), sha256);
        status = record(r->store, q, canaries, sha256, err);
    }
    dye_exclusion_builder_free(b);
    dye_buf_done(&file);
    return status;
}

static enum dye_status make(struct request *q, struct store *s, const int *fds, struct dye_error *err)
{
    struct registrar r = {0};
    DYE_CLEANUP(dye_key_wipe) struct dye_key key = {0};
    DYE_TRY(check_sources(s, err));
    DYE_TRY(read_terms(s, q, err)); /* what is refused reads nothing */
    DYE_TRY(audit_making(s, q, err));
    DYE_TRY(store_run(s, err, NULL, "BEGIN ISOLATION LEVEL REPEATABLE READ", ""));
    DYE_TRY(read_terms(s, q, err));
    DYE_TRY(system_key(q, s, &key, err));
    DYE_TRY(registrar_open(&q->home, s, &r, err));
    enum dye_status status = build(q, &r, &key, fds, err);
    registrar_close(&r);
    return status;
}

static enum dye_status fill(const int *fds, void *arg, struct dye_error *err)
{
    struct request *q = arg;
    struct store *s = NULL;
    DYE_TRY(zone_enter(&q->home, "seeder", &s, err));
    enum dye_status status = make(q, s, fds, err);
    store_close(s);
    return status;
}

/* ---- the verb ---- */

static enum dye_status list(const struct home *h, struct dye_error *err)
{
    struct store *s = NULL;
    STORE_RESULT r = NULL;
    DYE_TRY(zone_enter(h, "seeder", &s, err));
    enum dye_status status = store_run(
        s, err, &r,
        "SELECT CASE WHEN $1 THEN json_build_object('system', system, 'list', encode(sha256, 'hex'), 'sources', "
        "sources,"
        " 'epoch', epoch, 'made_at', made, 'expires_at', until, 'expired', expires_at <= now(), 'canaries', canaries,"
        " 'lacking', lacking)::text"
        " ELSE format('%-16s of %s, %s %s, %s canaries, lacks %s', system, made, CASE WHEN expires_at <= now()"
        " THEN 'expired' ELSE 'until' END, until, canaries, lacking) END FROM dyetrace.exclusion_state,"
        " to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') made,"
        " to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') until ORDER BY system",
        "o", common.json);
    for (int i = 0; status == DYE_OK && i < PQntuples(r); i++)
        puts(store_text(r, i, 0));
    store_close(s);
    return status;
}

static enum dye_status read_request(const char *system, struct request *q, struct dye_error *err)
{
    if (opt_sources == NULL || opt_output == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "exclusion make: --sources P,P,... and -o FILE are wanted");
    if (opt_reason == NULL || opt_reason[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "exclusion make: --reason TEXT is wanted");
    if (!dye_exclusion_system_is_valid(system))
        DYE_FAIL(err, DYE_E_USAGE, "exclusion make: a system is named by at most %d of a-z, 0-9, '.', '_' and '-'",
                 DYE_EXCLUSION_SYSTEM_MAX);
    snprintf(q->terms.system, sizeof q->terms.system, "%s", system);
    q->min_batch = 100;
    if (opt_min_batch != NULL)
        DYE_TRY(option_int("--min-batch", opt_min_batch, 10, 1000000, &q->min_batch, err));
    return opt_expires != NULL ? read_time(opt_expires, &q->expires_at, err) : DYE_OK;
}

int verb_exclusion(int argc, char **argv)
{
    static struct request q; /* a home's paths are large */
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    bool makes = status == DYE_OK && strcmp(argv[1], "make") == 0 && args == 2;
    if (status == DYE_OK && !makes && (strcmp(argv[1], "list") != 0 || args != 1))
        status = options_usage(&spec, &err);
    if (makes)
        status = read_request(argv[2], &q, &err);
    if (status == DYE_OK)
        status = home_open(common.home, common.config, &q.home, &err);
    if (status == DYE_OK && !makes)
        status = list(&q.home, &err);
    if (status != DYE_OK)
        return complain(&err);
    const char *paths[] = {opt_output, opt_key};
    return makes ? output_files(paths, opt_key != NULL ? 2 : 1, fill, &q) : 0;
}
