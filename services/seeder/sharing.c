#include "sharing.h"

#include "sector_file.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { CANARIES_MAX = 100000 };

bool sharing_is_asked(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--shared") == 0)
            return true;
    return false;
}

/* ---- what is asked ---- */

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum dye_status sharing_read_paths(const struct sharing_options *o, struct sharing *ret, struct dye_error *err)
{
    if ((ret->text = strdup(o->sources)) == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory");
    for (char *path = ret->text; path != NULL;) {
        char *comma = strchr(path, ',');
        if (comma != NULL)
            *comma++ = '\0';
        if (*path == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "--sources: paths joined by single commas are wanted");
        if (ret->n == SHARING_HOLDERS_MAX)
            DYE_FAIL(err, DYE_E_USAGE, "--sources: at most %d holders at a time", SHARING_HOLDERS_MAX);
        ret->path[ret->n++] = path;
        path = comma;
    }
    qsort(ret->path, ret->n, sizeof *ret->path, compare_text);
    for (uint32_t i = 1; i < ret->n; i++)
        if (strcmp(ret->path[i - 1], ret->path[i]) == 0)
            DYE_FAIL(err, DYE_E_USAGE, "--sources: %s stands there twice", ret->path[i]);
    return DYE_OK;
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

enum dye_status sharing_read_code(const struct sharing_options *o, struct sharing *ret, struct dye_error *err)
{
    long long number = 0;
    DYE_TRY(option_int("--colluders", o->colluders, 1, SHARING_HOLDERS_MAX, &number, err));
    ret->params.colluders = (uint32_t)number;
    DYE_TRY(option_share("--epsilon", o->epsilon, false, &ret->params.epsilon, err));
    ret->params.survival = 1;
    if (o->survival != NULL)
        DYE_TRY(option_share("--survival", o->survival, true, &ret->params.survival, err));
    number = CANARIES_MAX;
    ret->limited = o->count != NULL;
    if (ret->limited)
        DYE_TRY(option_int("--count", o->count, 1, CANARIES_MAX, &number, err));
    ret->params.limit = (uint64_t)number;
    ret->params.holders = ret->n;
    return dye_code_plan(&ret->params, &ret->plan, err);
}

/* ---- the holders ---- */

enum dye_status sharing_find(const struct home *h, struct store *s, struct sharing *q, struct dye_error *err)
{
    if ((q->holder = calloc(q->n, sizeof *q->holder)) == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory");
    for (uint32_t i = 0; i < q->n; i++) {
        DYE_TRY(source_find(s, q->path[i], &q->holder[i], err));
        if (q->holder[i].owner_id != q->holder[0].owner_id || strcmp(q->holder[i].sector, q->holder[0].sector) != 0)
            DYE_FAIL(err, DYE_E_USAGE, "--sources: copies of one table have one owner and one sector");
    }
    return sector_load(h, q->holder[0].sector, &q->sector, err);
}

enum dye_status sharing_plan(struct store *s, struct sharing *q, struct dye_error *err)
{
    int64_t smallest = 0;
    for (uint32_t i = 0; i < q->n; i++) {
        STORE_RESULT r = NULL;
        DYE_TRY(store_run(s, err, &r, "SELECT coalesce(population, 0) FROM dyetrace.source WHERE source_id = $1", "i",
                          q->holder[i].source_id));
        int64_t population = store_int(r, 0, 0);
        if (population != 0 && (smallest == 0 || population < smallest))
            smallest = population;
    }
    if (!q->limited && smallest != 0 && smallest / 10 < CANARIES_MAX) /* more would stand out */
        q->params.limit = (uint64_t)smallest / 10 + 1;
    return dye_code_plan(&q->params, &q->plan, err);
}

enum dye_status sharing_pass(struct store *s, const struct sharing *q, const struct gate *gate, struct dye_error *err)
{
    for (uint32_t i = 0; i < q->n; i++) {
        struct gate g = *gate;
        g.source = &q->holder[i];
        g.sector = &q->sector;
        DYE_TRY(gate_pass(s, &g, err));
    }
    return DYE_OK;
}

/* ---- registration ---- */

/* What the audit keeps of it; the caller frees. */
static char *audit_detail(const struct sharing *q, const char *no_hit)
{
    json_t *paths = json_array();
    for (uint32_t i = 0; i < q->n; i++)
        json_array_append_new(paths, json_string(q->path[i]));
    json_t *o = json_pack("{s:I, s:i, s:f, s:f, s:o, s:s?}", "count", (json_int_t)q->plan.positions, "colluders",
                          (int)q->params.colluders, "epsilon", q->params.epsilon, "survival", q->params.survival,
                          "sources", paths, "no_hit", no_hit);
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    return text;
}

enum dye_status sharing_register(struct registrar *r, const struct sharing *q, const char *state, const char *event,
                                 const struct gate_options *asked, registrar_copy_fn fn, void *arg,
                                 struct dye_error *err)
{
    struct registrar_code code = {
        .holder = q->holder, .holders = q->n, .params = q->params, .plan = q->plan, .fn = fn, .arg = arg};
    char *detail = audit_detail(q, asked->no_hit);
    struct registrar_batch batch = {.sector = &q->sector,
                                    .owner_id = q->holder->owner_id,
                                    .source_path = "shared",
                                    .state = state,
                                    .count = q->plan.positions,
                                    .audit_event = event,
                                    .audit_detail = detail,
                                    .code = &code};
    enum dye_status status = detail != NULL ? registrar_register(r, &batch, NULL, NULL, err)
                                            : dye_fail(err, DYE_E_USAGE, "seed: UTF-8 is wanted in paths and --no-hit");
    free(detail);
    return status;
}

void sharing_print(const struct sharing *q, bool json)
{
    if (json)
        printf("{\"holders\":%u,\"colluders\":%u,\"epsilon\":%g,\"survival\":%g,\"canaries\":%" PRIu64
               ",\"surviving\":%" PRIu64 "}\n",
               q->n, q->params.colluders, q->params.epsilon, q->params.survival, q->plan.positions, q->plan.surviving);
    else
        fprintf(stderr, "%" PRIu64 " canaries for each of %u holders; a leak that shows %" PRIu64 " of them tells %u\n",
                q->plan.positions, q->n, q->plan.surviving, q->params.colluders);
}

void sharing_done(struct sharing *q)
{
    free(q->holder);
    free(q->text);
    q->holder = NULL;
    q->text = NULL;
}
