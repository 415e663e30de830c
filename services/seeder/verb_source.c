/* source add, approve, flow, list: the tree of sources, and what feeds what. */
#include "decimal.h"
#include "sector_file.h"
#include "source.h"
#include "verb.h"
#include "verbs.h"
#include "zone.h"

#include <string.h>

static const char *opt_sector;
static const char *opt_population;
static const char *opt_owner;
static const char *opt_environment;
static const char *opt_by;
static const char *opt_ref;
static const char *opt_downstream;
static const char *opt_front_desk;
static const char *opt_until;
static struct common_options common;

static const struct option_spec options[] = {
    {"sector", "S", "hospital, courier, insurer, telecom, bank, school ..., or a file of home/sectors", &opt_sector,
     NULL},
    {"population", "N", "records that it holds: what sizes and power are computed from", &opt_population, NULL},
    {"owner", "NAME", "whose it is (default home.owner)", &opt_owner, NULL},
    {"environment", "E", "staging or production: what it is tried on, or what it is about", &opt_environment, NULL},
    {"by", "WHO", "approve: who signed", &opt_by, NULL},
    {"ref", "DOC", "approve: the document", &opt_ref, NULL},
    {"downstream-checked", "LIST", "approve: systems behind it that were checked, with commas between", &opt_downstream,
     NULL},
    {"front-desk", "REF", "approve: the procedure for whoever meets a canary at work", &opt_front_desk, NULL},
    {"until", "T", "flow: it ended then, RFC 3339 UTC or YYYY-MM-DD; never: it did not", &opt_until, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "source add PATH --sector S [--population N] [--environment E] | source list | source flow A B [--until T|never] |"
    " source profile PATH ... |"
    " source approve PATH --by WHO --ref DOC --downstream-checked LIST --front-desk REF",
    "The tree of sources; add makes the parents too, approve records what production demands. flow says that A feeds B:"
    " what is planted in A is in B too, or was until a time. source profile --help: what a table looks like.",
    options, 1, 3};

/* The database refuses it too; this says what to do. */
static enum dye_status check_owner(struct store *s, const char *owner, const char *path, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT o.name FROM dyetrace.source s JOIN dyetrace.owner o USING (owner_id)"
                      " WHERE s.path = $1 AND o.name <> $2",
                      "ss", path, owner));
    if (PQntuples(r) != 0)
        DYE_FAIL(err, DYE_E_USAGE, "source: %s: it belongs to %s; --owner says whose a source is", path,
                 store_text(r, 0, 0));
    return DYE_OK;
}

static enum dye_status add(const struct home *h, struct store *s, const char *path, struct dye_error *err)
{
    struct dye_sector sector;
    const char *owner = opt_owner != NULL ? opt_owner : h->config.owner;
    long long population = 0;
    char number[24] = "";
    if (opt_sector == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "source add: --sector is missing");
    DYE_TRY(sector_load(h, opt_sector, &sector, err));
    if (opt_population != NULL) {
        DYE_TRY(option_int("--population", opt_population, 1, 1000000000000000, &population, err));
        snprintf(number, sizeof number, "%lld", population);
    }
    if (path[0] == '\0' || strlen(path) > 255)
        DYE_FAIL(err, DYE_E_USAGE, "source: a path has 1 to 255 bytes");
    for (const char *c = path; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (*c == '/' && (c == path || c[1] == '/' || c[1] == '\0')))
            DYE_FAIL(err, DYE_E_USAGE, "source: names joined by single slashes are wanted, such as a/b/c");
    if (opt_environment != NULL && strcmp(opt_environment, "staging") != 0 &&
        strcmp(opt_environment, "production") != 0)
        DYE_FAIL(err, DYE_E_USAGE, "--environment: %s: staging or production is wanted", opt_environment);
    DYE_TRY(store_begin(s, err));
    DYE_TRY(check_owner(s, owner, path, err));
    DYE_TRY(store_run(s, err, NULL, "SELECT dyetrace.source_add($1, $2, $3, $4::bigint)", "ssss", owner, path,
                      opt_sector, opt_population != NULL ? number : NULL));
    char detail[64] = "{}";
    if (opt_environment != NULL) {
        DYE_TRY(store_run(s, err, NULL, "UPDATE dyetrace.source SET environment = $2 WHERE path = $1", "ss", path,
                          opt_environment));
        snprintf(detail, sizeof detail, "{\"environment\":\"%s\"}", opt_environment);
    }
    DYE_TRY(zone_audit(s, "source add", path, "done", detail, err));
    return store_commit(s, err);
}

static enum dye_status approve(struct store *s, const char *path, struct dye_error *err)
{
    struct source source;
    const struct {
        const char *name, *text;
    } wanted[] = {
        {"by", opt_by}, {"ref", opt_ref}, {"downstream-checked", opt_downstream}, {"front-desk", opt_front_desk}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (wanted[i].text == NULL || wanted[i].text[0] == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "source approve: --%s is missing", wanted[i].name);
    DYE_TRY(source_find(s, path, &source, err));
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, NULL,
                      "INSERT INTO dyetrace.source_approval (source_id, approved_by, reference, downstream, front_desk)"
                      " VALUES ($1, $2, $3, regexp_split_to_array(btrim($4, ', '), '\\s*,\\s*'), $5)",
                      "issss", source.source_id, opt_by, opt_ref, opt_downstream, opt_front_desk));
    DYE_TRY(store_run(
        s, err, NULL,
        "SELECT dyetrace.audit_append('source approve', $1, 'done',"
        " jsonb_build_object('by', $2::text, 'ref', $3::text, 'downstream', $4::text, 'front_desk', $5::text))",
        "sssss", path, opt_by, opt_ref, opt_downstream, opt_front_desk));
    return store_commit(s, err);
}

/* What was planted before stays where it flowed; a script that says again that A feeds B must not take an end back. */
static enum dye_status note_flow(struct store *s, const struct source *a, const struct source *b, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    int64_t until = 0;
    bool ends = opt_until != NULL && strcmp(opt_until, "never") != 0;
    if (ends && !moment_read(opt_until, &until))
        DYE_FAIL(err, DYE_E_USAGE, "--until: YYYY-MM-DD, RFC 3339 UTC or `never` is wanted");
    if (opt_until == NULL)
        DYE_TRY(store_run(s, err, NULL,
                          "INSERT INTO dyetrace.source_flow (from_id, to_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                          "ii", a->source_id, b->source_id));
    DYE_TRY(store_run(s, err, &r,
                      "SELECT to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                      " FROM dyetrace.source_flow WHERE from_id = $1 AND to_id = $2",
                      "ii", a->source_id, b->source_id));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "source flow: %.100s: it is not known to feed %.100s", a->path, b->path);
    if (opt_until == NULL && !PQgetisnull(r, 0, 0))
        DYE_FAIL(err, DYE_E_USAGE, "source flow: it ended at %s; --until never takes that back", store_text(r, 0, 0));
    if (opt_until == NULL)
        return DYE_OK;
    return store_run(s, err, NULL,
                     "UPDATE dyetrace.source_flow SET ended_at = CASE WHEN $3 THEN to_timestamp($4) END"
                     " WHERE from_id = $1 AND to_id = $2",
                     "iiof", a->source_id, b->source_id, (int)ends, (double)until);
}

static enum dye_status flow(struct store *s, const char *from, const char *to, struct dye_error *err)
{
    struct source a;
    struct source b;
    DYE_TRY(source_find(s, from, &a, err));
    DYE_TRY(source_find(s, to, &b, err));
    if (a.source_id == b.source_id)
        DYE_FAIL(err, DYE_E_USAGE, "source flow: %s: a source needs no flow to itself", from);
    size_t above = strlen(to); /* a flow would make the two one, and lay its leaks to the one above */
    if (opt_until == NULL && strncmp(from, to, above) == 0 && from[above] == '/')
        DYE_FAIL(err, DYE_E_USAGE, "source flow: %s: it is part of %s, which needs no flow", from, to);
    DYE_TRY(store_begin(s, err));
    DYE_TRY(note_flow(s, &a, &b, err));
    DYE_TRY(store_run(s, err, NULL,
                      "SELECT dyetrace.audit_append('source flow', $1, 'done',"
                      " jsonb_strip_nulls(jsonb_build_object('to', $2::text, 'until', $3::text)))",
                      "sss", from, to, opt_until));
    return store_commit(s, err);
}

static enum dye_status list(struct store *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      common.json ? "SELECT json_build_object('source', s.path, 'sector', s.sector, 'owner', o.name,"
                                    " 'population', s.population, 'environment', s.environment, 'feeds',"
                                    " array(SELECT t.path FROM dyetrace.source_flow f JOIN dyetrace.source t"
                                    " ON t.source_id = f.to_id WHERE f.from_id = s.source_id"
                                    " AND coalesce(f.ended_at > now(), true) ORDER BY 1), 'flows_end',"
                                    " (SELECT json_object_agg(t.path, to_char(f.ended_at AT TIME ZONE 'UTC',"
                                    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') ORDER BY t.path)"
                                    " FROM dyetrace.source_flow f JOIN dyetrace.source t ON t.source_id = f.to_id"
                                    " WHERE f.from_id = s.source_id AND f.ended_at IS NOT NULL),"
                                    " 'planted', count(p.*) "
                                    "FILTER (WHERE p.state = 'planted'),"
                                    " 'committed', count(p.*) FILTER (WHERE p.state = 'committed'))"
                                    " FROM dyetrace.source s JOIN dyetrace.owner o USING (owner_id)"
                                    " LEFT JOIN dyetrace.placement p USING (source_id)"
                                    " GROUP BY s.source_id, o.name ORDER BY s.path"
                                  : "SELECT format('%-40s %-12s %s canaries', s.path, s.sector, count(p.*)) FROM"
                                    " dyetrace.source s LEFT JOIN dyetrace.placement p ON p.source_id = s.source_id"
                                    " AND p.state = 'planted' GROUP BY s.path, s.sector ORDER BY s.path",
                      ""));
    for (int i = 0; i < PQntuples(r); i++)
        puts(store_text(r, i, 0));
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    const int args = call->args;
    char **argv = call->argv;
    struct home h;
    struct store *s = NULL;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status;
    if (strcmp(argv[1], "add") == 0 && args == 2)
        status = add(&h, s, argv[2], err);
    else if (strcmp(argv[1], "approve") == 0 && args == 2)
        status = approve(s, argv[2], err);
    else if (strcmp(argv[1], "flow") == 0 && args == 3)
        status = flow(s, argv[2], argv[3], err);
    else if (strcmp(argv[1], "list") == 0 && args == 1)
        status = list(s, err);
    else
        status = options_usage(&spec, err);
    store_close(s);
    return status;
}

int verb_source(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "profile") == 0)
        return verb_profile(argc, argv);
    return verb_run(&spec, argc, argv, &common, run);
}
