/* estimate: how many persons a table has that two dumps were drawn from. */
#include "dye/extent.h"
#include "subject.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

static struct common_options common;
static const double z95 = 1.96;

static const struct option_spec options[] = {{NULL, NULL, NULL, NULL, NULL}};
static const struct verb_spec spec = {
    "estimate DUMP DUMP [--json]",
    "How many persons the table has that both dumps were drawn from: Chapman's estimate, Sadinle's 95 % interval.",
    options, 2, 2};

struct pair {
    uint64_t first, second, common;
};

/* Of each dump the distinct persons, and of both together, as `lineage` counts them. */
static enum dye_status read_pair(struct store *s, const char *first, const char *second, struct pair *ret,
                                 struct dye_error *err)
{
    STORE_RESULT there = NULL;
    STORE_RESULT r = NULL;
    DYE_TRY(subject_dump(s, first, err));
    DYE_TRY(subject_dump(s, second, err));
    if (strcmp(first, second) == 0)
        DYE_FAIL(err, DYE_E_USAGE, "estimate: two different dumps are wanted");
    DYE_TRY(store_run(s, err, &there, "SELECT to_regclass('dyetrace.lineage') IS NOT NULL", ""));
    if (store_bool(there, 0, 0))
        DYE_TRY(store_run(s, err, &r,
                          "SELECT l.persons, l.other_persons, l.common FROM dyetrace.lineage l"
                          " WHERE l.dump_id = $1 AND l.other_id = $2 UNION ALL"
                          " SELECT l.other_persons, l.persons, l.common FROM dyetrace.lineage l"
                          " WHERE l.dump_id = $2 AND l.other_id = $1 LIMIT 1",
                          "ss", first, second));
    if (r == NULL || PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "estimate: no persons are known that both dumps have");
    *ret = (struct pair){(uint64_t)store_int(r, 0, 0), (uint64_t)store_int(r, 0, 1), (uint64_t)store_int(r, 0, 2)};
    uint64_t least = ret->first < ret->second ? ret->first : ret->second;
    if (ret->common > least) /* counts of sketches are estimates */
        ret->common = least;
    return DYE_OK;
}

static void print(const struct pair *p, const struct dye_extent *e)
{
    if (common.json)
        printf("{\"persons\":[%" PRIu64 ",%" PRIu64 "],\"common\":%" PRIu64
               ",\"estimate\":%.0f,\"low\":%.0f,\"high\":%.0f,\"assumption\":\"%s\"}\n",
               p->first, p->second, p->common, e->estimate, e->low, e->high, DYE_EXTENT_ASSUMPTION);
    else
        printf("about %.0f persons (%.0f to %.0f), from %" PRIu64 " and %" PRIu64 " with %" PRIu64
               " in both; this holds if %s\n",
               e->estimate, e->low, e->high, p->first, p->second, p->common, DYE_EXTENT_ASSUMPTION);
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    struct store *s = NULL;
    struct pair p = {0};
    struct dye_extent e;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(matcher_enter(&h, &s, NULL, err));
    enum dye_status status = read_pair(s, call->argv[1], call->argv[2], &p, err);
    store_close(s);
    DYE_TRY(status);
    dye_extent_chapman(p.first, p.second, p.common, z95, &e);
    if (isnan(e.estimate))
        DYE_FAIL(err, DYE_E_NOTFOUND, "estimate: neither dump has a person");
    print(&p, &e);
    return DYE_OK;
}

int verb_estimate(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
