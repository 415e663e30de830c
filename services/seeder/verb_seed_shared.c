/*
 * seed --shared: canaries for sources that hold copies of one table. Every holder gets every canary, in variant A or B
 * by a code that tells holders who join; each holder's records are a file of its own.
 */
#include "dye/code.h"
#include "gate.h"
#include "log.h"
#include "options.h"
#include "output_file.h"
#include "registrar.h"
#include "sector_file.h"
#include "source.h"
#include "verbs.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool opt_shared;
static const char *opt_sources;
static const char *opt_colluders;
static const char *opt_epsilon;
static const char *opt_survival;
static const char *opt_count;
static const char *opt_format;
static const char *opt_output;
static const char *opt_no_hit;
static const char *opt_reason;
static bool opt_override;
static struct common_options common;

static const struct option_spec options[] = {
    {"shared", NULL, "this, rather than canaries of one source", NULL, &opt_shared},
    {"sources", "P,P,...", "the holders, each with its own copy of the table", &opt_sources, NULL},
    {"colluders", "C", "how many of them may join and still be told", &opt_colluders, NULL},
    {"epsilon", "E", "the chance, a case, that anybody uninvolved is named", &opt_epsilon, NULL},
    {"survival", "F", "the share of its canaries that a leak still shows (default 1)", &opt_survival, NULL},
    {"count", "N", "at most so many canaries (default: a tenth of the smallest population)", &opt_count, NULL},
    {"format", "csv|jsonl", "what is written (default csv)", &opt_format, NULL},
    {"o", "DIR", "where to: a file a holder, named after its path, mode 0600", &opt_output, NULL},
    {"no-hit", "REF", "the no-hit certificate that covers these values; production wants one, or pools", &opt_no_hit,
     NULL},
    {"override", NULL, "go on in spite of what production demands; needs --reason, and is audited", NULL,
     &opt_override},
    {"reason", "TEXT", "why", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seed --shared --sources P,P,... --colluders C --epsilon E [--survival F] -o DIR",
                                      "Makes canaries that every holder of a copy gets, in one of two variants by a\n"
                                      "collusion-secure code. Refuses what can't reach the epsilon, with the numbers.",
                                      options, 0, 0};

enum { CANARIES_MAX = 100000 };

struct request {
    struct home home;
    char *path[OUTPUT_FILES_MAX]; /* of the holders, sorted */
    char *file[OUTPUT_FILES_MAX];
    uint32_t n;
    struct dye_code_params params;
    enum dye_record_format format;
};

struct output {
    const struct dye_sector *sector;
    enum dye_record_format format;
    struct dye_buf *text; /* one a holder */
};

static enum dye_status write_copy(void *arg, size_t holder, const struct dye_persona *p)
{
    struct output *o = arg;
    return dye_record_write(o->sector, p, o->format, &o->text[holder]);
}

static enum dye_status find_holders(struct store *s, struct request *q, struct source *ret, struct dye_error *err)
{
    int64_t smallest = 0;
    for (uint32_t i = 0; i < q->n; i++) {
        STORE_RESULT r = NULL;
        DYE_TRY(source_find(s, q->path[i], &ret[i], err));
        if (ret[i].owner_id != ret[0].owner_id || strcmp(ret[i].sector, ret[0].sector) != 0)
            DYE_FAIL(err, DYE_E_USAGE, "--sources: copies of one table have one owner and one sector");
        DYE_TRY(store_run(s, err, &r, "SELECT coalesce(population, 0) FROM dyetrace.source WHERE source_id = $1", "i",
                          ret[i].source_id));
        int64_t population = store_int(r, 0, 0);
        if (population != 0 && (smallest == 0 || population < smallest))
            smallest = population;
    }
    if (opt_count == NULL && smallest != 0 && smallest / 10 < CANARIES_MAX) /* more would stand out */
        q->params.limit = (uint64_t)smallest / 10 + 1;
    return DYE_OK;
}

/* What the audit keeps of it; the caller frees. */
static char *audit_detail(const struct request *q, const struct dye_code_plan *plan)
{
    json_t *paths = json_array();
    for (uint32_t i = 0; i < q->n; i++)
        json_array_append_new(paths, json_string(q->path[i]));
    json_t *o = json_pack("{s:I, s:i, s:f, s:f, s:o, s:s?}", "count", (json_int_t)plan->positions, "colluders",
                          (int)q->params.colluders, "epsilon", q->params.epsilon, "survival", q->params.survival,
                          "sources", paths, "no_hit", opt_no_hit);
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    return text;
}

static enum dye_status seed(struct request *q, struct store *s, const struct source *holder, struct output *o,
                            struct dye_error *err)
{
    struct dye_sector sector;
    struct registrar registrar = {0};
    struct registrar_code code = {.holder = holder, .holders = q->n, .params = q->params, .fn = write_copy, .arg = o};
    DYE_TRY(dye_code_plan(&q->params, &code.plan, err));
    DYE_TRY(sector_load(&q->home, holder->sector, &sector, err));
    for (uint32_t i = 0; i < q->n; i++) {
        struct gate gate = {.home = &q->home,
                            .source = &holder[i],
                            .sector = &sector,
                            .verb = "seed",
                            .no_hit = opt_no_hit,
                            .makes = true,
                            .override = opt_override,
                            .reason = opt_reason};
        DYE_TRY(gate_pass(s, &gate, err));
    }
    DYE_TRY(registrar_open(&q->home, s, &registrar, err));
    char *detail = audit_detail(q, &code.plan);
    struct registrar_batch batch = {.sector = &sector,
                                    .owner_id = holder->owner_id,
                                    .source_path = "shared",
                                    .state = "planted",
                                    .count = code.plan.positions,
                                    .audit_event = "seed",
                                    .audit_detail = detail,
                                    .code = &code};
    o->sector = &sector;
    enum dye_status status =
        detail != NULL ? DYE_OK : dye_fail(err, DYE_E_USAGE, "seed: UTF-8 is wanted in paths and --no-hit");
    for (uint32_t i = 0; i < q->n && status == DYE_OK; i++)
        status = dye_record_header(&sector, o->format, &o->text[i]);
    if (status == DYE_OK)
        status = registrar_register(&registrar, &batch, NULL, NULL, err);
    free(detail);
    registrar_close(&registrar);
    if (status == DYE_OK && common.json)
        printf("{\"holders\":%u,\"colluders\":%u,\"epsilon\":%g,\"survival\":%g,\"canaries\":%" PRIu64
               ",\"surviving\":%" PRIu64 "}\n",
               q->n, q->params.colluders, q->params.epsilon, q->params.survival, code.plan.positions,
               code.plan.surviving);
    else if (status == DYE_OK)
        fprintf(stderr, "%" PRIu64 " canaries for each of %u holders; a leak that shows %" PRIu64 " of them tells %u\n",
                code.plan.positions, q->n, code.plan.surviving, q->params.colluders);
    return status;
}

static enum dye_status fill(const int *fds, void *arg, struct dye_error *err)
{
    struct request *q = arg;
    struct store *s = NULL;
    struct output o = {.format = q->format, .text = calloc(q->n, sizeof *o.text)};
    struct source *holder = calloc(q->n, sizeof *holder);
    if (o.text == NULL || holder == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory"); /* the child ends */
    for (uint32_t i = 0; i < q->n; i++)
        dye_buf_init(&o.text[i], (size_t)1 << 30, true);
    enum dye_status status = zone_enter(&q->home, "seeder", &s, err);
    if (status == DYE_OK)
        status = find_holders(s, q, holder, err);
    if (status == DYE_OK)
        status = seed(q, s, holder, &o, err);
    for (uint32_t i = 0; i < q->n && status == DYE_OK; i++)
        if (output_write(fds[i], o.text[i].p, o.text[i].n, err) != DYE_OK)
            status = dye_fail(err, DYE_E_IO, "records: not written, but registered: canary list --reveal shows them");
    store_close(s);
    for (uint32_t i = 0; i < q->n; i++)
        dye_buf_done(&o.text[i]);
    free(o.text);
    free(holder);
    return status;
}

static enum dye_status option_share(const char *name, const char *text, bool one_too, double *ret,
                                    struct dye_error *err)
{
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end != '\0' || !(v > 0) || v > 1 || (v >= 1 && !one_too))
        DYE_FAIL(err, DYE_E_USAGE, "%s: a number above 0%s 1 is wanted", name, one_too ? ", at most" : " and below");
    *ret = v;
    return DYE_OK;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of --sources, sorted: the order of the holders in the code. */
static enum dye_status split_sources(char *text, struct request *q, struct dye_error *err)
{
    for (char *path = text; path != NULL;) {
        char *comma = strchr(path, ',');
        if (comma != NULL)
            *comma++ = '\0';
        if (*path == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "--sources: paths joined by single commas are wanted");
        if (q->n == OUTPUT_FILES_MAX)
            DYE_FAIL(err, DYE_E_USAGE, "--sources: at most %d holders at a time", OUTPUT_FILES_MAX);
        q->path[q->n++] = path;
        path = comma;
    }
    qsort(q->path, q->n, sizeof *q->path, compare_text);
    for (uint32_t i = 1; i < q->n; i++)
        if (strcmp(q->path[i - 1], q->path[i]) == 0)
            DYE_FAIL(err, DYE_E_USAGE, "--sources: %s stands there twice", q->path[i]);
    return DYE_OK;
}

/* DIR/a_b_c.csv for the source a/b/c. */
static enum dye_status name_files(struct request *q, struct dye_error *err)
{
    const char *end = q->format == DYE_FORMAT_CSV ? "csv" : "jsonl";
    for (uint32_t i = 0; i < q->n; i++) {
        size_t size = strlen(opt_output) + strlen(q->path[i]) + 16;
        if ((q->file[i] = malloc(size)) == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory");
        int start = snprintf(q->file[i], size, "%s/", opt_output);
        snprintf(q->file[i] + start, size - (size_t)start, "%s.%s", q->path[i], end);
        for (char *c = q->file[i] + start; *c != '\0'; c++)
            if (*c == '/')
                *c = '_';
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(q->file[j], q->file[i]) == 0)
                DYE_FAIL(err, DYE_E_USAGE, "--sources: %s and %s would be one file", q->path[j], q->path[i]);
    }
    return DYE_OK;
}

static enum dye_status read_request(struct request *q, char **ret_text, struct dye_error *err)
{
    long long number = 0;
    if (opt_sources == NULL || opt_colluders == NULL || opt_epsilon == NULL || opt_output == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "usage: dyetrace %s", spec.usage);
    DYE_TRY(option_int("--colluders", opt_colluders, 1, OUTPUT_FILES_MAX, &number, err));
    q->params.colluders = (uint32_t)number;
    DYE_TRY(option_share("--epsilon", opt_epsilon, false, &q->params.epsilon, err));
    q->params.survival = 1;
    if (opt_survival != NULL)
        DYE_TRY(option_share("--survival", opt_survival, true, &q->params.survival, err));
    number = CANARIES_MAX;
    if (opt_count != NULL)
        DYE_TRY(option_int("--count", opt_count, 1, CANARIES_MAX, &number, err));
    q->params.limit = (uint64_t)number;
    if (opt_format != NULL && strcmp(opt_format, "csv") != 0 && strcmp(opt_format, "jsonl") != 0)
        DYE_FAIL(err, DYE_E_USAGE, "--format: %s: csv or jsonl is wanted", opt_format);
    q->format = opt_format != NULL && strcmp(opt_format, "jsonl") == 0 ? DYE_FORMAT_JSONL : DYE_FORMAT_CSV;
    if ((*ret_text = strdup(opt_sources)) == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory");
    DYE_TRY(split_sources(*ret_text, q, err));
    q->params.holders = q->n;
    DYE_TRY(name_files(q, err));
    DYE_TRY(home_open(common.home, common.config, &q->home, err));
    /* A plan that no table could hold is refused before anything is made. */
    struct dye_code_plan plan;
    return dye_code_plan(&q->params, &plan, err);
}

static int write_files(struct request *q)
{
    struct dye_error err = {0};
    bool made = mkdir(opt_output, 0700) == 0;
    if (!made && errno != EEXIST) {
        dye_fail(&err, DYE_E_IO, "%s: %s", opt_output, strerror(errno));
        return complain(&err);
    }
    int code = output_files((const char *const *)q->file, q->n, fill, q);
    if (code != 0 && made)
        rmdir(opt_output);
    return code;
}

int verb_seed_shared(int argc, char **argv)
{
    static struct request q; /* a home's paths are large */
    struct dye_error err = {0};
    int args = 0;
    char *text = NULL;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = read_request(&q, &text, &err);
    int code = status == DYE_OK ? write_files(&q) : complain(&err);
    for (uint32_t i = 0; i < q.n; i++)
        free(q.file[i]);
    free(text);
    return code;
}
