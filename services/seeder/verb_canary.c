/* canary list, canary controls. A reveal needs a reason and is audited before a value leaves. */
#include "log.h"
#include "options.h"
#include "registrar.h"
#include "sector_file.h"
#include "verbs.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *opt_source;
static const char *opt_reason;
static const char *opt_count;
static bool opt_reveal;
static struct common_options common;

static const struct option_spec options[] = {
    {"source", "P", "only those planted at or below this source", &opt_source, NULL},
    {"reveal", NULL, "with the persons' values; needs --reason, and is audited", NULL, &opt_reveal},
    {"reason", "TEXT", "why", &opt_reason, NULL},
    {"count", "N", "controls: how many", &opt_count, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"canary list [--source P] [--reveal --reason TEXT] | canary controls --count N",
                                      "Canaries: list or reveal them, or make controls, which are never planted.",
                                      options, 1, 1};

static void add_values(json_t *o, const struct dye_persona *p, const struct dye_sector *sector)
{
    json_t *identifiers = json_object();
    char sex[2] = {p->sex, '\0'};
    json_object_set_new(o, "name", json_string(p->value[DYE_NAME].text));
    json_object_set_new(o, "sex", json_string(sex));
    json_object_set_new(o, "birth", json_string(p->birth));
    json_object_set_new(o, "address", json_string(p->value[DYE_ADDRESS].text));
    for (enum dye_kind k = 1; k < DYE_KIND_COUNT; k++)
        if (k != DYE_NAME && k != DYE_ADDRESS && p->value[k].n != 0 && (sector == NULL || dye_sector_has(sector, k)))
            json_object_set_new(identifiers, dye_kind_name(k), json_string(p->value[k].text));
    json_object_set_new(o, "identifiers", identifiers);
}

static void print_one(json_t *o)
{
    if (common.json) {
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        return;
    }
    const char *source = json_string_value(json_object_get(o, "source"));
    printf("%s  %-10s %s", json_string_value(json_object_get(o, "canary")),
           json_string_value(json_object_get(o, "type")), source != NULL ? source : "-");
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(o, "identifiers"), key, value) printf("  %s=%s", key, json_string_value(value));
    putchar('\n');
}

/* Sectors change from canary to canary only when sources do: the last one is kept. */
static enum dye_status sector_of(const struct home *h, const char *name, struct dye_sector *kept, bool *ret_any,
                                 struct dye_error *err)
{
    *ret_any = strcmp(name, "-") != 0;
    if (!*ret_any || strcmp(kept->name, name) == 0)
        return DYE_OK;
    return sector_load(h, name, kept, err);
}

static enum dye_status list(const struct home *h, struct store *s, struct dye_error *err)
{
    struct registrar r = {0};
    STORE_RESULT rows = NULL;
    struct dye_sector sector = {0};
    if (opt_reveal) {
        if (opt_reason == NULL || opt_reason[0] == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "canary list: --reveal wants --reason TEXT");
        json_t *detail = json_pack("{s:s, s:s?}", "reason", opt_reason, "source", opt_source);
        char *text = json_dumps(detail, JSON_COMPACT);
        json_decref(detail);
        if (text == NULL)
            DYE_FAIL(err, DYE_E_USAGE, "--reason: UTF-8 text is wanted");
        enum dye_status audited = zone_audit(s, "reveal", opt_source != NULL ? opt_source : "*", "done", text, err);
        free(text);
        DYE_TRY(audited);
        DYE_TRY(registrar_open(h, s, &r, err));
    }
    enum dye_status status = store_run(
        s, err, &rows,
        "SELECT c.canary_id, coalesce(c.serial, -1), c.type, c.sector, p.variant::text, s.path, p.state, j.serial_b"
        " FROM dyetrace.canary c LEFT JOIN dyetrace.placement p USING (canary_id)"
        " LEFT JOIN dyetrace.code_position j USING (canary_id)"
        " LEFT JOIN dyetrace.source s USING (source_id)"
        " WHERE $1::text IS NULL OR s.path = $1 OR starts_with(s.path, $1 || '/')"
        " ORDER BY s.path NULLS LAST, c.canary_id",
        "s", opt_source);
    for (int i = 0; status == DYE_OK && i < PQntuples(rows); i++) {
        bool source = !PQgetisnull(rows, i, 5);
        json_t *o = json_pack("{s:s, s:s?, s:s, s:s, s:s?}", "canary", store_text(rows, i, 0), "source",
                              source ? store_text(rows, i, 5) : NULL, "variant", source ? store_text(rows, i, 4) : "A",
                              "type", store_text(rows, i, 2), "state", source ? store_text(rows, i, 6) : NULL);
        if (opt_reveal && store_int(rows, i, 1) >= 0) {
            struct dye_persona p;
            bool any = false;
            status = sector_of(h, store_text(rows, i, 3), &sector, &any, err);
            if (status == DYE_OK)
                status =
                    registrar_persona(&r, (uint64_t)store_int(rows, i, 1), source ? store_text(rows, i, 4)[0] : 'A',
                                      (uint64_t)store_int(rows, i, 7), &p, err);
            if (status == DYE_OK) {
                add_values(o, &p, any ? &sector : NULL);
                dye_persona_wipe(&p);
            }
        }
        if (status == DYE_OK)
            print_one(o);
        json_decref(o);
    }
    registrar_close(&r);
    return status;
}

static enum dye_status controls(const struct home *h, struct store *s, struct dye_error *err)
{
    struct registrar r = {0};
    long long count = 0;
    if (opt_count == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "canary controls: --count is missing");
    DYE_TRY(option_int("--count", opt_count, 1, 100000, &count, err));
    STORE_RESULT owner = NULL;
    DYE_TRY(store_run(s, err, &owner, "SELECT owner_id FROM dyetrace.owner WHERE name = $1", "s", h->config.owner));
    if (PQntuples(owner) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "owner: %s: unknown", h->config.owner);
    DYE_TRY(registrar_open(h, s, &r, err));
    struct registrar_batch batch = {.owner_id = store_int(owner, 0, 0),
                                    .source_path = "",
                                    .state = "",
                                    .count = (uint64_t)count,
                                    .audit_event = "controls"};
    enum dye_status status = registrar_register(&r, &batch, NULL, NULL, err);
    registrar_close(&r);
    return status;
}

static enum dye_status run(const char *what, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status;
    if (strcmp(what, "list") == 0)
        status = list(&h, s, err);
    else if (strcmp(what, "controls") == 0)
        status = controls(&h, s, err);
    else
        status = dye_fail(err, DYE_E_USAGE, "usage: dyetrace %s", spec.usage);
    store_close(s);
    return status;
}

int verb_canary(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run(argv[1], &err);
    return status == DYE_OK ? 0 : complain(&err);
}
