/*
 * plant --shared: canaries for sources that hold copies of one table, written through the connector of each. All of it
 * is committed before a record goes anywhere; a holder that is away keeps none of the others waiting.
 */
#include "connector.h"
#include "example.h"
#include "planting.h"
#include "sharing.h"
#include "verb.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>

static struct sharing_options asked;
static struct gate_options gate_asked;
static bool opt_dry_run;
static struct common_options common;

static const struct option_spec options[] = {
    SHARING_OPTIONS(asked),
    {"dry-run", NULL, "print what would be written, and change nothing", NULL, &opt_dry_run},
    GATE_OPTIONS(gate_asked),
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "plant --shared --sources P,P,... [--colluders C --epsilon E [--survival F]] [--dry-run]",
    "Makes canaries that every holder of a copy gets, in one of two variants by a\n"
    "collusion-secure code, and writes them through the holders' connectors. Without\n"
    "--colluders and --epsilon: what is committed and not planted yet.",
    options, 0, 0};

/* Each holder has its own: a table that two of them wrote to would hold both variants of a canary. */
static enum dye_status check_connectors(const struct home *h, const struct sharing *q, struct dye_error *err)
{
    enum dye_status status = DYE_OK;
    struct connector *c = calloc(q->n, sizeof *c);
    if (c == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "plant: out of memory");
    for (uint32_t i = 0; i < q->n && status == DYE_OK; i++) {
        status = connector_load(h, q->path[i], &c[i], err);
        for (uint32_t j = 0; j < i && status == DYE_OK; j++)
            if (connector_same_place(&c[i], &c[j]))
                status = dye_fail(err, DYE_E_USAGE, "plant: %s and %s have one place, and copies differ", q->path[j],
                                  q->path[i]);
    }
    free(c);
    return status;
}

static enum dye_status show(const struct home *h, struct registrar *r, const struct sharing *q, bool makes,
                            struct dye_error *err)
{
    for (uint32_t i = 0; i < q->n; i++)
        DYE_TRY(planting_show(h, r, &q->holder[i], err));
    if (makes)
        DYE_TRY(example_show_copies(h, r->store, q, err));
    for (uint32_t i = 0; i < q->n; i++)
        DYE_TRY(gate_note_dry_run(r->store, &q->holder[i], err));
    return DYE_OK;
}

static enum dye_status plant_all(const struct home *h, struct registrar *r, const struct sharing *q,
                                 struct dye_error *err)
{
    uint32_t failed = 0;
    for (uint32_t i = 0; i < q->n; i++) {
        struct planting_result result = {0};
        struct dye_error one = {0};
        if (planting_plant(h, r, &q->holder[i], &result, &one) == DYE_OK) {
            planting_print(q->path[i], &result, common.json);
            continue;
        }
        fprintf(stderr, "%s: not all planted: %s\n", q->path[i], one.message);
        DYE_TRY(store_recover(r->store, err));
        failed++;
    }
    if (failed != 0)
        DYE_FAIL(err, DYE_E_DATABASE, "plant: %u of %u holders failed; run it again without --colluders", failed, q->n);
    return DYE_OK;
}

static enum dye_status plant(const struct home *h, struct store *s, struct sharing *q, bool makes,
                             struct dye_error *err)
{
    struct registrar r = {0};
    const struct gate gate = {.home = h, .verb = "plant", .asked = &gate_asked, .makes = makes, .connects = true};
    DYE_TRY(sharing_find(h, s, q, err));
    if (makes)
        DYE_TRY(sharing_plan(s, q, err));
    DYE_TRY(check_connectors(h, q, err));
    if (!opt_dry_run)
        DYE_TRY(sharing_pass(s, q, &gate, err));
    DYE_TRY(registrar_open(h, s, &r, err));
    enum dye_status status = DYE_OK;
    if (opt_dry_run) {
        status = show(h, &r, q, makes, err);
    } else {
        if (makes)
            status = sharing_register(&r, q, "committed", "commit", &gate_asked, NULL, NULL, err);
        if (status == DYE_OK && makes)
            sharing_print(q, common.json);
        if (status == DYE_OK)
            status = plant_all(h, &r, q, err);
    }
    registrar_close(&r);
    return status;
}

static enum dye_status read_and_plant(struct sharing *q, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    struct store *s = NULL;
    const bool makes = asked.colluders != NULL;
    if (asked.sources == NULL || makes != (asked.epsilon != NULL) ||
        (!makes && (asked.survival != NULL || asked.count != NULL)))
        return options_usage(&spec, err);
    DYE_TRY(sharing_read_paths(&asked, q, err));
    if (makes)
        DYE_TRY(sharing_read_code(&asked, q, err));
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = plant(&h, s, q, makes, err);
    store_close(s);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    struct sharing q = {0};
    (void)call;
    enum dye_status status = read_and_plant(&q, err);
    sharing_done(&q);
    return status;
}

int verb_plant_shared(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
