/* plant, withdraw: through a source's connector. */
#include "connector.h"
#include "gate.h"
#include "log.h"
#include "options.h"
#include "planting.h"
#include "sector_file.h"
#include "stamp_time.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <time.h>

static const char *opt_count;
static const char *opt_no_hit;
static const char *opt_reason;
static bool opt_override;
static bool opt_dry_run;
static bool opt_all;
static struct common_options common;

static const struct option_spec plant_options[] = {
    {"count", "N", "make N new canaries first; without it: what is committed and not planted yet", &opt_count, NULL},
    {"dry-run", NULL, "print what would be written, and change nothing", NULL, &opt_dry_run},
    {"no-hit", "REF", "the no-hit certificate that covers these values; production wants one, or pools", &opt_no_hit,
     NULL},
    {"override", NULL, "go on in spite of what production demands; needs --reason, and is audited", NULL,
     &opt_override},
    {"reason", "TEXT", "why", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec plant_spec = {"plant SOURCE [--count N] [--dry-run]",
                                            "Writes canaries into a source through its connector.", plant_options, 1,
                                            1};
static const struct option_spec withdraw_options[] = {
    {"all", NULL, "from every source that has a connector", NULL, &opt_all},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec withdraw_spec = {
    "withdraw SOURCE|--all", "Takes canaries out again; lists those that remain.", withdraw_options, 0, 1};

static int32_t today(void)
{
    return (int32_t)(time(NULL) / 86400);
}

/* New canaries have no serial before they are registered, so a dry run shows persons of a key that is thrown away. */
static enum dye_status show_examples(const struct home *h, struct store *s, const struct source *source,
                                     long long count, struct dye_error *err)
{
    DYE_CLEANUP(dye_key_wipe) struct dye_key key;
    struct connector c;
    struct dye_sector sector;
    struct dye_persona p;
    struct dye_stamp stamp;
    char now[15];
    DYE_TRY(connector_load(h, source->path, &c, err));
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    DYE_TRY(dye_random(key.bytes, sizeof key.bytes, err));
    struct dye_persona_maker *maker = dye_persona_maker_new(&key);
    if (maker == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "plant: out of memory");
    struct following following;
    following_init(&following, s, &key, maker);
    enum dye_status status = following_source(&following, source->source_id, err);
    stamp_time(time(NULL), now);
    printf("-- %lld new records such as (examples, of a key that is thrown away):\n", count);
    for (long long i = 0; status == DYE_OK && i < count; i++) {
        status = following_make(&following, following.current, &sector, today(), (uint64_t)i, &p, err);
        if (status != DYE_OK)
            break;
        following_adopt(&following, following.current, &sector, (uint64_t)i, &p);
        dye_stamp_make(&key, p.canary, 'A', source->path, now, &stamp);
        const struct connector_batch one = {.sector = &sector, .personas = &p, .stamps = &stamp, .n = 1};
        status = connector_show(&c, &one, err);
    }
    following_done(&following);
    dye_persona_maker_free(maker);
    return status;
}

static enum dye_status register_new(const struct home *h, struct registrar *r, const struct source *source,
                                    long long count, struct dye_error *err)
{
    struct connector c;
    struct dye_sector sector;
    char detail[256];
    DYE_TRY(connector_load(h, source->path, &c, err)); /* before anything is registered for it */
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    DYE_TRY(registrar_detail(count, opt_no_hit, detail, sizeof detail, err));
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

static void print_planted(const char *path, const struct planting_result *result)
{
    json_t *o = json_pack("{s:s, s:I, s:I, s:I}", "source", path, "planted", (json_int_t)result->done, "taken",
                          (json_int_t)result->taken, "refused", (json_int_t)result->refused);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
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
                        .no_hit = opt_no_hit,
                        .makes = count > 0,
                        .connects = true,
                        .override = opt_override,
                        .reason = opt_reason};
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
            status = show_examples(h, s, &source, count, err);
        if (status == DYE_OK)
            status = gate_note_dry_run(s, &source, err);
    } else {
        if (count > 0)
            status = register_new(h, &r, &source, count, err);
        if (status == DYE_OK)
            status = planting_plant(h, &r, &source, &result, err);
        if (status == DYE_OK && common.json)
            print_planted(path, &result);
        else if (status == DYE_OK)
            printf("%s: %" PRIu64 " planted, %" PRIu64 " with a key that another row has, %" PRIu64 " refused\n", path,
                   result.done, result.taken, result.refused);
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
    enum dye_status status = planting_withdraw(h, r, &source, &result, err);
    if (opt_all && (status == DYE_E_NOTFOUND || status == DYE_E_USAGE)) {
        STORE_RESULT left = NULL;
        DYE_TRY(store_run(r->store, err, &left,
                          "SELECT canary_id FROM dyetrace.placement WHERE source_id = $1 AND state = 'planted'"
                          " ORDER BY 1",
                          "i", source.source_id));
        for (int i = 0; i < PQntuples(left); i++)
            planting_print_remains(store_text(left, i, 0), path, "no connector");
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
        planting_print_remains(store_text(imported, i, 0), path, "imported");
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

int verb_plant(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&plant_spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run_plant(argv[1], &err);
    return status == DYE_OK ? 0 : complain(&err);
}

int verb_withdraw(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    uint64_t remains = 0;
    enum dye_status status = options_parse(&withdraw_spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK && (args == 1) == opt_all)
        status = dye_fail(&err, DYE_E_USAGE, "usage: dyetrace %s", withdraw_spec.usage);
    if (status == DYE_OK)
        status = run_withdraw(args == 1 ? argv[1] : NULL, &remains, &err);
    if (status != DYE_OK)
        return complain(&err);
    return remains == 0 ? 0 : 1;
}
