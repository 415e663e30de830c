/* plant, withdraw: through a source's connector. */
#include "connector.h"
#include "example.h"
#include "planting.h"
#include "sector_file.h"
#include "sharing.h"
#include "verb.h"
#include "verbs.h"

#include <inttypes.h>

static const char *opt_count;
static struct gate_options gate_asked;
static bool opt_dry_run;
static bool opt_all;
static struct common_options common;

static const struct option_spec plant_options[] = {
    {"count", "N", "make N new canaries first; without it: what is committed and not planted yet", &opt_count, NULL},
    {"dry-run", NULL, "print what would be written, and change nothing", NULL, &opt_dry_run},
    GATE_OPTIONS(gate_asked),
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec plant_spec = {"plant SOURCE [--count N] [--dry-run]",
                                            "Writes canaries into a source through its connector. For holders that\n"
                                            "have copies of one table: dyetrace plant --shared --help",
                                            plant_options, 1, 1};
static const struct option_spec withdraw_options[] = {
    {"all", NULL, "from every source that has a connector", NULL, &opt_all},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec withdraw_spec = {
    "withdraw SOURCE|--all", "Takes canaries out again; lists those that remain.", withdraw_options, 0, 1};

static enum dye_status register_new(const struct home *h, struct registrar *r, const struct source *source,
                                    long long count, struct dye_error *err)
{
    struct connector c;
    struct dye_sector sector;
    char detail[256];
    DYE_TRY(connector_load(h, source->path, &c, err)); /* before anything is registered for it */
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    DYE_TRY(registrar_detail(count, gate_asked.no_hit, detail, sizeof detail, err));
    struct registrar_batch batch = {.sector = &sector,
                                    .owner_id = source->owner_id,
                                    .source_id = source->source_id,
                                    .source_path = source->path,
                                    .state = "committed",
                                    .count = (uint64_t)count,
                                    .audit_event = "commit",
                                    .audit_detail = detail};
    return registrar_register(r, &batch, NULL, NULL, err);
}

static enum dye_status pass(const struct home *h, struct store *s, const struct source *source, long long count,
                            struct dye_error *err)
{
    struct dye_sector sector;
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    struct gate gate = {.home = h,
                        .source = source,
                        .sector = &sector,
                        .verb = "plant",
                        .asked = &gate_asked,
                        .makes = count > 0,
                        .connects = true};
    return gate_pass(s, &gate, err);
}

static enum dye_status plant(const struct home *h, struct store *s, const char *path, long long count,
                             struct dye_error *err)
{
    struct source source;
    struct planting_result result = {0};
    struct registrar r = {0};
    DYE_TRY(source_find(s, path, &source, err));
    if (!opt_dry_run)
        DYE_TRY(pass(h, s, &source, count, err));
    DYE_TRY(registrar_open(h, s, &r, err));
    enum dye_status status = DYE_OK;
    if (opt_dry_run) {
        status = planting_show(h, &r, &source, err);
        if (status == DYE_OK && count > 0)
            status = example_show(h, s, &source, (uint64_t)count, err);
        if (status == DYE_OK)
            status = gate_note_dry_run(s, &source, err);
    } else {
        if (count > 0)
            status = register_new(h, &r, &source, count, err);
        if (status == DYE_OK)
            status = planting_plant(h, &r, &source, &result, err);
        if (status == DYE_OK)
            planting_print(path, &result, common.json);
    }
    registrar_close(&r);
    return status;
}

static enum dye_status run_plant(const char *path, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    long long count = 0;
    if (opt_count != NULL)
        DYE_TRY(option_int("--count", opt_count, 1, 1000000, &count, err));
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = plant(&h, s, path, count, err);
    store_close(s);
    return status;
}

static enum dye_status withdraw_one(const struct home *h, struct registrar *r, const char *path, uint64_t *remains,
                                    struct dye_error *err)
{
    struct source source;
    struct planting_result result = {0};
    DYE_TRY(source_find(r->store, path, &source, err));
    enum dye_status status = planting_withdraw(h, r, &source, common.json, &result, err);
    if (opt_all && (status == DYE_E_NOTFOUND || status == DYE_E_USAGE)) {
        STORE_RESULT left = NULL;
        DYE_TRY(store_run(r->store, err, &left,
                          "SELECT canary_id FROM dyetrace.placement WHERE source_id = $1 AND state = 'planted'"
                          " ORDER BY 1",
                          "i", source.source_id));
        for (int i = 0; i < PQntuples(left); i++)
            planting_print_remains(store_text(left, i, 0), path,
                                   status == DYE_E_NOTFOUND ? "no connector" : "connector can't take back",
                                   common.json);
        *remains += (uint64_t)PQntuples(left);
        return DYE_OK;
    }
    DYE_TRY(status);
    /* Nobody told us what their rows look like: the source's own people take them out. */
    STORE_RESULT imported = NULL;
    DYE_TRY(store_run(r->store, err, &imported,
                      "SELECT p.canary_id FROM dyetrace.placement p JOIN dyetrace.canary c USING (canary_id)"
                      " WHERE p.source_id = $1 AND p.state = 'planted' AND c.serial IS NULL ORDER BY 1",
                      "i", source.source_id));
    for (int i = 0; i < PQntuples(imported); i++)
        planting_print_remains(store_text(imported, i, 0), path, "imported", common.json);
    result.remains += (uint64_t)PQntuples(imported);
    *remains += result.remains;
    fprintf(stderr, "%s: %" PRIu64 " withdrawn, %" PRIu64 " remain\n", path, result.done, result.remains);
    return DYE_OK;
}

static enum dye_status withdraw_all(const struct home *h, struct registrar *r, uint64_t *remains, struct dye_error *err)
{
    STORE_RESULT sources = NULL;
    DYE_TRY(store_run(r->store, err, &sources,
                      "SELECT DISTINCT s.path FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id)"
                      " WHERE p.state IN ('planted', 'committed') ORDER BY 1",
                      ""));
    int failed = 0;
    for (int i = 0; i < PQntuples(sources); i++) {
        struct dye_error one = {0};
        if (withdraw_one(h, r, store_text(sources, i, 0), remains, &one) == DYE_OK)
            continue;
        fprintf(stderr, "%s: not all withdrawn: %s\n", store_text(sources, i, 0), one.message);
        DYE_TRY(store_recover(r->store, err)); /* one source that is away keeps none of the others */
        failed++;
    }
    if (failed != 0)
        DYE_FAIL(err, DYE_E_DATABASE, "withdraw: %d of %d sources failed; run it again", failed, PQntuples(sources));
    return DYE_OK;
}

static enum dye_status run_withdraw(const char *path, uint64_t *remains, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    struct registrar r = {0};
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = registrar_open(&h, s, &r, err);
    if (status == DYE_OK)
        status = opt_all ? withdraw_all(&h, &r, remains, err) : withdraw_one(&h, &r, path, remains, err);
    registrar_close(&r);
    store_close(s);
    return status;
}

static enum dye_status plant_asked(struct verb_call *call, struct dye_error *err)
{
    return run_plant(call->argv[1], err);
}

int verb_plant(int argc, char **argv)
{
    return sharing_is_asked(argc, argv) ? verb_plant_shared(argc, argv)
                                        : verb_run(&plant_spec, argc, argv, &common, plant_asked);
}

static enum dye_status withdraw_asked(struct verb_call *call, struct dye_error *err)
{
    uint64_t remains = 0;
    if ((call->args == 1) == opt_all)
        return options_usage(&withdraw_spec, err);
    DYE_TRY(run_withdraw(opt_all ? NULL : call->argv[1], &remains, err));
    call->code = remains == 0 ? 0 : 1;
    return DYE_OK;
}

int verb_withdraw(int argc, char **argv)
{
    return verb_run(&withdraw_spec, argc, argv, &common, withdraw_asked);
}
