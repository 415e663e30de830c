/* health: how planted canaries are found when their sources are asked. */
#include "health.h"
#include "log.h"
#include "options.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

static bool opt_last;
static struct common_options common;
static const struct option_spec options[] = {
    {"last", NULL, "ask no source: what the last check found", NULL, &opt_last},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "health [SOURCE] [--last] [--json]",
    "Finds canaries that a source has dropped, merged, duplicated or altered. Exit 1 when there are any.", options, 0,
    1};

static const char found_sql[] =
    "SELECT s.path, p.canary_id, p.variant::text, coalesce(f.state, 'unknown'),"
    " coalesce(array_to_json(f.fields)::text, '[]'), f.merged_with,"
    " to_char(f.since AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    " to_char(f.checked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), k.why"
    " FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id)"
    " LEFT JOIN dyetrace.placement_found f USING (placement_id)"
    " LEFT JOIN dyetrace.source_check k ON k.source_id = s.source_id"
    " WHERE p.state = 'planted' AND ($1::text IS NULL OR s.path = $1) ORDER BY s.path COLLATE \"C\", p.placement_id";

static const char *text_or_null(const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) ? NULL : store_text(r, row, column);
}

static bool is_ill(const char *state)
{
    return strcmp(state, "present") != 0 && strcmp(state, "unknown") != 0;
}

static void print_json(const PGresult *r, int i)
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s?, s:s?, s:s?}", "source", store_text(r, i, 0), "canary",
                          store_text(r, i, 1), "variant", store_text(r, i, 2), "state", store_text(r, i, 3), "fields",
                          json_loads(store_text(r, i, 4), 0, NULL), "merged_with", text_or_null(r, i, 5), "since",
                          text_or_null(r, i, 6), "checked", text_or_null(r, i, 7));
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

static void print_ill(const PGresult *r, int i)
{
    const char *merged = text_or_null(r, i, 5);
    printf("%s  %s  %s since %s%s%s%s%s\n", store_text(r, i, 0), store_text(r, i, 1), store_text(r, i, 3),
           store_text(r, i, 6), strcmp(store_text(r, i, 4), "[]") != 0 ? "  " : "",
           strcmp(store_text(r, i, 4), "[]") != 0 ? store_text(r, i, 4) : "", merged != NULL ? "  with " : "",
           merged != NULL ? merged : "");
}

/* [from, to) of one source. */
static void print_summary(const PGresult *r, int from, int to)
{
    uint64_t n[HEALTH_STATES] = {0};
    for (int i = from; i < to; i++)
        for (size_t k = 0; k < HEALTH_STATES; k++)
            n[k] += strcmp(store_text(r, i, 3), health_state_name(k)) == 0;
    printf("%s: ", store_text(r, from, 0));
    const char *comma = "";
    for (size_t k = 0; k < HEALTH_STATES; k++)
        if (n[k] != 0) {
            printf("%s%" PRIu64 " %s", comma, n[k], health_state_name(k));
            comma = ", ";
        }
    printf("%s%s%s\n", PQgetisnull(r, from, 8) ? "" : " (", store_text(r, from, 8), PQgetisnull(r, from, 8) ? "" : ")");
}

static enum dye_status print(struct store *s, const char *path, uint64_t *ret_ill, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, found_sql, "s", path));
    for (int i = 0, from = 0; i < PQntuples(r); i++) {
        bool ill = is_ill(store_text(r, i, 3));
        *ret_ill += ill;
        if (common.json)
            print_json(r, i);
        else if (ill)
            print_ill(r, i);
        if (i + 1 < PQntuples(r) && strcmp(store_text(r, i, 0), store_text(r, i + 1, 0)) == 0)
            continue;
        if (!common.json)
            print_summary(r, from, i + 1);
        from = i + 1;
    }
    return DYE_OK;
}

static enum dye_status check_all(const struct home *h, struct store *s, const char *path, struct dye_error *err)
{
    STORE_RESULT sources = NULL;
    struct registrar r = {0};
    int failed = 0;
    DYE_TRY(store_run(s, err, &sources,
                      "SELECT DISTINCT s.path FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id)"
                      " WHERE p.state = 'planted' AND ($1::text IS NULL OR s.path = $1) ORDER BY 1",
                      "s", path));
    DYE_TRY(registrar_open(h, s, &r, err));
    for (int i = 0; i < PQntuples(sources); i++) {
        struct source source;
        struct health_result result;
        struct dye_error one = {0};
        enum dye_status status = source_find(s, store_text(sources, i, 0), &source, &one);
        if (status == DYE_OK)
            status = health_check(h, &r, &source, NULL, NULL, &result, &one);
        if (status == DYE_OK)
            continue;
        fprintf(stderr, "%s: not asked: %s\n", store_text(sources, i, 0), one.message);
        failed++;
    }
    registrar_close(&r);
    if (failed != 0)
        DYE_FAIL(err, DYE_E_DATABASE, "health: %d of %d sources did not answer", failed, PQntuples(sources));
    return DYE_OK;
}

static enum dye_status run(const char *path, uint64_t *ret_ill, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    struct source source;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = path != NULL ? source_find(s, path, &source, err) : DYE_OK;
    enum dye_status checked = DYE_OK;
    if (status == DYE_OK && !opt_last)
        checked = check_all(&h, s, path, err);
    struct dye_error ignored;
    if (status == DYE_OK) /* what is known of the others, too */
        status = print(s, path, ret_ill, checked == DYE_OK ? err : &ignored);
    store_close(s);
    return checked != DYE_OK ? checked : status;
}

int verb_health(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    uint64_t ill = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run(args == 1 ? argv[1] : NULL, &ill, &err);
    if (status != DYE_OK)
        return complain(&err);
    return ill == 0 ? 0 : 1;
}
