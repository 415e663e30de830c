/*
 * exclusion report: which records of a system behind the sources touched canaries, from that system's own query results
 * and the list that it was given. Run by the security team; with the auditor's rights, who reads where canaries stand
 * and none of their values. The audit chain gets the digest of what is printed, so that the report can be shown later
 * to be this one.
 */
#include "cluster.h"
#include "csv_reader.h"
#include "dye/digest.h"
#include "exclusion_table.h"
#include "exclusion_verbs.h"
#include "log.h"
#include "options.h"
#include "privilege.h"
#include "zone.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *opt_list;
static const char *opt_key;
static const char *opt_record;
static const char *opt_columns;
static const char *opt_reason;
static bool opt_all;
static struct common_options common;

static const struct option_spec options[] = {
    {"list", "FILE", "the list that the system had; it may have expired since", &opt_list, NULL},
    {"key", "FILE", "the system's key", &opt_key, NULL},
    {"record", "COLUMN", "the column by which the system knows its records", &opt_record, NULL},
    {"columns", "NAME=KIND,...", "what columns hold whose name is no kind's; KIND may be ignore", &opt_columns, NULL},
    {"all", NULL, "the records that touched none, too", NULL, &opt_all},
    {"reason", "TEXT", "why, for the record", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "exclusion report --list FILE --key FILE --record COLUMN --reason TEXT [--columns NAME=KIND,...] RESULTS.csv",
    "Which records of a system (billed, visited, mailed) touched canaries, from its query results: CSV with a header,"
    " UTF-8 or GB18030. Ends with 1 when the list did not cover every placement of its epoch.",
    options, 1, 1};

static const char *const verdicts[] = {[DYE_EXCLUSION_OTHER] = "untouched",
                                       [DYE_EXCLUSION_CANARY] = "touched",
                                       [DYE_EXCLUSION_DISPUTED] = "disputed",
                                       [DYE_EXCLUSION_UNREADABLE] = "unreadable"};

struct report {
    struct exclusion_open open;
    struct exclusion_table table;
    struct exclusion_counts counts;
    struct dye_buf text; /* what is printed */
    char checked_at[32], made_at[32], expires_at[32];
    json_t *sources;
    size_t due, missing; /* placements of the list's epoch; of them those that the list lacks */
    size_t canaries;     /* different ones that were touched */
};

/* ---- what the list had to hold ---- */

static const struct dye_exclusion *ordered; /* for qsort, which has no argument to pass */

static int compare_canary(uint32_t a, const char *id, char variant)
{
    int d = strcmp(dye_exclusion_canary_id(ordered, a), id);
    char own = dye_exclusion_canary_variant(ordered, a);
    return d != 0 ? d : (own > variant) - (own < variant);
}

static int order(const void *a, const void *b)
{
    uint32_t other = *(const uint32_t *)b;
    return compare_canary(*(const uint32_t *)a, dye_exclusion_canary_id(ordered, other),
                          dye_exclusion_canary_variant(ordered, other));
}

static bool holds(const uint32_t *sorted, size_t n, const char *id, char variant)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int d = compare_canary(sorted[middle], id, variant);
        if (d == 0)
            return true;
        if (d < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static enum dye_status compare_placements(struct report *x, const PGresult *due, struct dye_error *err)
{
    size_t n = dye_exclusion_canaries(x->open.list);
    uint32_t *sorted = calloc(n + 1, sizeof *sorted);
    if (sorted == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion report: out of memory");
    for (size_t i = 0; i < n; i++)
        sorted[i] = (uint32_t)i;
    ordered = x->open.list;
    qsort(sorted, n, sizeof *sorted, order);
    x->due = (size_t)PQntuples(due);
    for (size_t i = 0; i < x->due; i++)
        x->missing += !holds(sorted, n, store_text(due, (int)i, 0), store_text(due, (int)i, 1)[0]);
    free(sorted);
    return DYE_OK;
}

static enum dye_status read_list_row(struct report *x, struct store *s, struct dye_error *err)
{
    STORE_RESULT row = NULL;
    STORE_RESULT due = NULL;
    const struct dye_exclusion_terms *terms = dye_exclusion_terms_of(x->open.list);
    DYE_TRY(store_run(s, err, &row,
                      "SELECT list_id, array_to_json(sources)::text FROM dyetrace.exclusion_list"
                      " WHERE sha256 = decode($1, 'hex') AND system = $2",
                      "ss", x->open.list_sha256, terms->system));
    if (PQntuples(row) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "%s: not a list of this home", opt_list);
    x->sources = json_loads(store_text(row, 0, 1), 0, NULL);
    if (x->sources == NULL)
        DYE_FAIL(err, DYE_E_DATABASE, "database: a list's sources are damaged");
    DYE_TRY(store_run(s, err, &due,
                      "SELECT d.canary_id, d.variant::text FROM dyetrace.exclusion_list l,"
                      " dyetrace.exclusion_due(l.sources, l.epoch, l.made_at) d WHERE l.list_id = $1",
                      "i", store_int(row, 0, 0)));
    return compare_placements(x, due, err);
}

/* ---- what is said ---- */

static void kinds_of(uint32_t kinds, json_t **ret_array, char *ret_text, size_t n)
{
    size_t at = 0;
    *ret_array = json_array();
    ret_text[0] = '\0';
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
        if ((kinds >> kind & 1) != 0) {
            json_array_append_new(*ret_array, json_string(dye_kind_name(kind)));
            int w = snprintf(ret_text + at, n - at, "%s%s", at != 0 ? ", " : "", dye_kind_name(kind));
            at += w > 0 && (size_t)w < n - at ? (size_t)w : 0;
        }
}

static enum dye_status say_json(struct report *x, json_t *o)
{
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    enum dye_status status = text != NULL ? dye_buf_printf(&x->text, "%s\n", text) : DYE_E_NOMEM;
    free(text);
    json_decref(o);
    return status;
}

/* A cell of a user's file, on a terminal. */
static const char *shown(const char *key, char *ret, size_t n)
{
    snprintf(ret, n, "%s", key);
    for (char *c = ret; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return ret;
}

static enum dye_status say_row(struct report *x, size_t i)
{
    const struct dye_exclusion_answer *a = dye_exclusion_batch_answer(x->open.batch, i);
    bool hit = a->verdict == DYE_EXCLUSION_CANARY || a->verdict == DYE_EXCLUSION_DISPUTED;
    const char *canary = hit ? dye_exclusion_canary_id(x->open.list, a->canary) : NULL;
    const char *key = (const char *)x->table.keys.p + x->table.row[i].key;
    char kinds[256];
    char cut[128];
    json_t *array = NULL;
    if (a->verdict == DYE_EXCLUSION_OTHER && !opt_all)
        return DYE_OK;
    kinds_of(hit ? a->kinds : 0, &array, kinds, sizeof kinds);
    if (common.json)
        return say_json(x, json_pack("{s:s, s:s, s:I, s:s, s:s?, s:o, s:s}", "system",
                                     dye_exclusion_terms_of(x->open.list)->system, "record", key, "line",
                                     (json_int_t)x->table.row[i].line, "verdict", verdicts[a->verdict], "canary",
                                     canary, "kinds", array, "checked_at", x->checked_at));
    json_decref(array);
    return dye_buf_printf(&x->text, "%-24s %8zu  %-10s  %-17s  %s\n", shown(key, cut, sizeof cut), x->table.row[i].line,
                          verdicts[a->verdict], canary != NULL ? canary : "-", kinds);
}

static enum dye_status say_head(struct report *x)
{
    const struct dye_exclusion_terms *terms = dye_exclusion_terms_of(x->open.list);
    if (common.json)
        return DYE_OK;
    DYE_TRY(dye_buf_printf(&x->text, "system   %s\n", terms->system));
    DYE_TRY(dye_buf_printf(&x->text, "checked  %s\n", x->checked_at));
    DYE_TRY(dye_buf_printf(&x->text, "results  SHA-256 %s\n         SM3     %s\n", x->table.sha256, x->table.sm3));
    DYE_TRY(
        dye_buf_printf(&x->text, "list     SHA-256 %s\n         SM3     %s\n", x->open.list_sha256, x->open.list_sm3));
    DYE_TRY(dye_buf_printf(&x->text, "         made %s, until %s%s, %" PRIu32 " canaries, epoch %" PRIu64 "\n",
                           x->made_at, x->expires_at, strcmp(x->expires_at, x->checked_at) <= 0 ? " (expired)" : "",
                           dye_exclusion_canaries(x->open.list), terms->epoch));
    for (size_t i = 0; i < json_array_size(x->sources); i++)
        DYE_TRY(dye_buf_printf(&x->text, "%s  %s\n", i == 0 ? "sources" : "       ",
                               json_string_value(json_array_get(x->sources, i))));
    DYE_TRY(dye_buf_printf(&x->text, "covers   %s: %zu placements as of its epoch, %zu of them not in the list\n\n",
                           x->missing == 0 ? "all" : "NOT all", x->due, x->missing));
    return dye_buf_printf(&x->text, "%-24s %8s  %-10s  %-17s  %s\n", "record", "line", "verdict", "canary", "agree");
}

static enum dye_status say_sum(struct report *x)
{
    const struct exclusion_counts *c = &x->counts;
    const struct dye_exclusion_terms *terms = dye_exclusion_terms_of(x->open.list);
    size_t untouched = c->rows - c->canaries - c->disputed - c->unreadable;
    if (!common.json)
        return dye_buf_printf(
            &x->text, "\n%zu records: %zu touched %zu canaries, %zu touched none, %zu disputed, %zu unreadable\n",
            c->rows, c->canaries, x->canaries, untouched, c->disputed, c->unreadable);
    return say_json(
        x, json_pack(
               "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:O, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}",
               "system", terms->system, "list", x->open.list_sha256, "list_sm3", x->open.list_sm3, "results",
               x->table.sha256, "results_sm3", x->table.sm3, "made_at", x->made_at, "expires_at", x->expires_at,
               "expired", strcmp(x->expires_at, x->checked_at) <= 0, "epoch", (json_int_t)terms->epoch, "sources",
               x->sources, "covers", x->missing == 0, "placements", (json_int_t)x->due, "missing",
               (json_int_t)x->missing, "records", (json_int_t)c->rows, "touched", (json_int_t)c->canaries, "canaries",
               (json_int_t)x->canaries, "untouched", (json_int_t)untouched, "disputed", (json_int_t)c->disputed,
               "unreadable", (json_int_t)c->unreadable, "checked_at", x->checked_at));
}

/* Different ids: a shared canary's two variants are one. */
static enum dye_status count_canaries(struct report *x, struct dye_error *err)
{
    json_t *seen = json_object();
    for (size_t i = 0; i < x->table.rows; i++) {
        const struct dye_exclusion_answer *a = dye_exclusion_batch_answer(x->open.batch, i);
        if (a->verdict == DYE_EXCLUSION_CANARY)
            json_object_set_new(seen, dye_exclusion_canary_id(x->open.list, a->canary), json_true());
    }
    if (seen == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion report: out of memory");
    x->canaries = json_object_size(seen);
    json_decref(seen);
    return DYE_OK;
}

static enum dye_status say_all(struct report *x, struct dye_error *err)
{
    enum dye_status status = say_head(x);
    for (size_t i = 0; status == DYE_OK && i < x->table.rows; i++)
        status = say_row(x, i);
    if (status == DYE_OK)
        status = say_sum(x);
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "exclusion report: out of memory");
}

/* ---- on record ---- */

static enum dye_status audit_report(struct report *x, struct store *s, struct dye_error *err)
{
    uint8_t sha256[DYE_DIGEST_MAX_BYTES];
    char hex[65];
    dye_digest_of(DYE_SHA256, dye_buf_span(&x->text), sha256);
    dye_hex(sha256, 32, hex);
    json_t *detail =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b}", "reason", opt_reason, "list", x->open.list_sha256,
                  "results", x->table.sha256, "report", hex, "records", (json_int_t)x->counts.rows, "touched",
                  (json_int_t)x->counts.canaries, "disputed", (json_int_t)x->counts.disputed, "unreadable",
                  (json_int_t)x->counts.unreadable, "covers", x->missing == 0);
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--reason: UTF-8 text is wanted");
    enum dye_status status =
        zone_audit(s, "exclusion report", dye_exclusion_terms_of(x->open.list)->system, "done", text, err);
    free(text);
    return status;
}

static enum dye_status report(struct report *x, int fd, const char *results, const struct home *h,
                              struct dye_error *err)
{
    struct store *s = NULL;
    const struct dye_exclusion_terms *terms = dye_exclusion_terms_of(x->open.list);
    exclusion_time(time(NULL), x->checked_at);
    exclusion_time(terms->made_at, x->made_at);
    exclusion_time(terms->expires_at, x->expires_at);
    enum dye_status status = zone_enter(h, "auditor", &s, err);
    if (status != DYE_OK) {
        close(fd);
        return status;
    }
    status = exclusion_table_read(fd, results, opt_columns, opt_record, &x->open, &x->table, err);
    if (status == DYE_OK)
        status = dye_exclusion_batch_end(x->open.batch, 0, err);
    if (status == DYE_OK) {
        exclusion_count(&x->table, &x->open, &x->counts);
        status = count_canaries(x, err);
    }
    if (status == DYE_OK)
        status = read_list_row(x, s, err);
    if (status == DYE_OK)
        status = say_all(x, err);
    if (status == DYE_OK)
        status = audit_report(x, s, err);
    if (status == DYE_OK && x->text.n != 0)
        fwrite(x->text.p, 1, x->text.n, stdout);
    store_close(s);
    return status;
}

static enum dye_status run(struct report *x, const char *results, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    if (opt_list == NULL || opt_key == NULL || opt_record == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "exclusion report: --list FILE, --key FILE and --record COLUMN are wanted");
    if (opt_reason == NULL || opt_reason[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "exclusion report: --reason TEXT is wanted");
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(exclusion_open(opt_list, opt_key, &x->open, err));
    if (home_has_cluster(&h))
        DYE_TRY(cluster_start(&h, err));
    int fd = csv_open(results, err);
    return fd >= 0 ? report(x, fd, results, &h, err) : DYE_E_IO;
}

int verb_exclusion_report(int argc, char **argv)
{
    static struct report x;
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    privilege_harden();
    dye_buf_init(&x.text, (size_t)1 << 30, false);
    if (status == DYE_OK)
        status = run(&x, argv[1], &err);
    dye_buf_done(&x.text);
    exclusion_table_done(&x.table);
    exclusion_close(&x.open);
    json_decref(x.sources);
    if (status != DYE_OK)
        return complain(&err);
    return x.missing == 0 ? 0 : 1;
}
