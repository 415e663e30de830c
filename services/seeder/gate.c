#include "gate.h"

#include "zone.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct gaps { /* what is missing, as one line */
    char text[400];
    size_t n;
};

static void add(struct gaps *g, const char *between, const char *text)
{
    int n = snprintf(g->text + g->n, sizeof g->text - g->n, "%s%s", g->n != 0 ? between : "", text);
    g->n += (size_t)n < sizeof g->text - g->n ? (size_t)n : sizeof g->text - g->n - 1;
}

/* Kinds that the personas' own default space would fill. */
static enum dye_status find_bare_kinds(struct store *s, const struct gate *g, struct gaps *ret, struct dye_error *err)
{
    struct gaps bare = {0};
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++) {
        if (dye_ident_space(kind) == 0 || !dye_sector_has(g->sector, kind))
            continue;
        STORE_RESULT r = NULL;
        DYE_TRY(store_run(s, err, &r, "SELECT FROM dyetrace.pool WHERE owner_id = $1 AND kind = $2", "is",
                          g->source->owner_id, dye_kind_name(kind)));
        if (PQntuples(r) == 0)
            add(&bare, ", ", dye_kind_name(kind));
    }
    if (bare.n != 0) {
        add(ret, "; ", "a pool or --no-hit REF for ");
        add(ret, "", bare.text);
    }
    return DYE_OK;
}

static enum dye_status find_gaps(struct store *s, const struct gate *g, struct gaps *ret, bool *ret_declared,
                                 struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT coalesce(environment, ''), approved, staged, withdrawal, dry_run"
                      " FROM dyetrace.source_state WHERE source_id = $1",
                      "i", g->source->source_id));
    const char *environment = store_text(r, 0, 0);
    *ret_declared = environment[0] != '\0';
    if (strcmp(environment, "staging") == 0)
        return DYE_OK;
    if (!store_bool(r, 0, 1))
        add(ret, "; ", "an approval (source approve)");
    if (!store_bool(r, 0, 2))
        add(ret, "; ", "canaries in a staging source first");
    else if (!store_bool(r, 0, 3))
        add(ret, "; ", "a withdrawal from staging that worked");
    if (g->connects && !store_bool(r, 0, 4))
        add(ret, "; ", "a dry run (plant --dry-run)");
    return DYE_OK;
}

/* On record, with what was missing; reason may be NULL. */
static enum dye_status record(struct store *s, const struct gate *g, const char *event, const struct gaps *gaps,
                              const char *reason, struct dye_error *err)
{
    json_t *detail = json_pack("{s:s, s:s, s:s*}", "verb", g->verb, "missing", gaps->text, "reason", reason);
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    if (text == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--reason: UTF-8 text is wanted");
    enum dye_status status = zone_audit(s, event, g->source->path, "done", text, err);
    free(text);
    return status;
}

static enum dye_status pass_undeclared(struct store *s, const struct gate *g, const struct gaps *gaps,
                                       struct dye_error *err)
{
    if (gaps->n == 0)
        return DYE_OK;
    fprintf(stderr, "dyetrace: %s: %s is declared neither staging nor production; not asked for: %s\n", g->verb,
            g->source->path, gaps->text);
    return record(s, g, "undeclared", gaps, NULL, err);
}

enum dye_status gate_pass(struct store *s, const struct gate *g, struct dye_error *err)
{
    struct gaps values = {0}, source = {0};
    bool declared = true;
    if (g->home->config.environment != ENVIRONMENT_PRODUCTION)
        return DYE_OK;
    if (g->makes && g->asked->no_hit == NULL)
        DYE_TRY(find_bare_kinds(s, g, &values, err));
    DYE_TRY(find_gaps(s, g, &source, &declared, err));
    if (declared || g->connects)
        add(&values, source.n != 0 ? "; " : "", source.text);
    if (values.n != 0 && g->asked->override) {
        if (g->asked->reason == NULL || g->asked->reason[0] == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "%s: --override wants --reason TEXT", g->verb);
        DYE_TRY(record(s, g, "override", &values, g->asked->reason, err));
    } else if (values.n != 0) {
        DYE_FAIL(err, DYE_E_USAGE, "%s: production wants %s", g->verb, values.text);
    }
    return declared || g->connects ? DYE_OK : pass_undeclared(s, g, &source, err);
}

enum dye_status gate_note_dry_run(struct store *s, const struct source *source, struct dye_error *err)
{
    return store_run(s, err, NULL, "INSERT INTO dyetrace.source_dry_run (source_id) VALUES ($1) ON CONFLICT DO NOTHING",
                     "i", source->source_id);
}
