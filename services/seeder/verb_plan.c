/*
 * plan: how many canaries a source needs for the sizes of sale and the powers asked, stratum by stratum, and which
 * strata fall short. The strata are the source and those below it whose population is known. Where a stratum feeds
 * another source, also how many canaries that only the latter has would tell the two apart.
 */
#include "dye/attribute.h"
#include "dye/planner.h"
#include "log.h"
#include "options.h"
#include "source.h"
#include "verbs.h"
#include "zone.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *opt_sale[OPTION_LIST_MAX + 1];
static const char *opt_fraction[OPTION_LIST_MAX + 1];
static const char *opt_power[OPTION_LIST_MAX + 1];
static struct common_options common;

static const struct option_spec options[] = {
    {"sale", "N...", "rows that are sold, out of the table at random; several may be given", opt_sale, NULL},
    {"leak-fraction", "F...", "or the share of the table that leaks, such as 0.1", opt_fraction, NULL},
    {"power", "P...", "how sure a canary shall be among them (default 0.95)", opt_power, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"plan SOURCE --sale N... [--leak-fraction F] [--power 0.95] [--json]",
                                      "Canaries needed a stratum (the source and those below it whose population is\n"
                                      "known), how many are planted, and the strata that fall short. Of what a\n"
                                      "stratum feeds: the canaries only there that would tell the two apart.",
                                      options, 1, -1};

enum { ASKED_MAX = 64 };
struct asked {
    double value[ASKED_MAX];
    size_t n;
};

static enum dye_status ask(struct asked *a, const char *name, const char *text, double low, double high, bool whole,
                           struct dye_error *err)
{
    for (;;) {
        char *end;
        double v = strtod(text, &end);
        if (end == text || (*end != '\0' && *end != ',') || !(v > low) || v > high ||
            (whole && v != (double)(int64_t)v))
            DYE_FAIL(err, DYE_E_USAGE, "--%s: %s above %g, at most %.15g, is wanted", name,
                     whole ? "a whole number" : "a number", low, high);
        if (a->n == ASKED_MAX)
            DYE_FAIL(err, DYE_E_USAGE, "--%s: at most %d at a time", name, ASKED_MAX);
        a->value[a->n++] = v;
        if (*end == '\0')
            return DYE_OK;
        text = end + 1;
    }
}

static enum dye_status ask_all(struct asked *a, const char *name, const char *const *texts, double low, double high,
                               bool whole, struct dye_error *err)
{
    for (; *texts != NULL; texts++)
        DYE_TRY(ask(a, name, *texts, low, high, whole, err));
    return DYE_OK;
}

struct question {
    const char *path;
    struct asked sale, fraction, power;
};

/* `--sale 261 1287`: a word of digits that no option took is another size. */
static enum dye_status read_words(struct question *q, int args, char *const *argv, struct dye_error *err)
{
    for (int i = 1; i <= args; i++) {
        if (strspn(argv[i], "0123456789,") == strlen(argv[i]) && (q->path != NULL || i < args))
            DYE_TRY(ask(&q->sale, "sale", argv[i], 0, 1e15, true, err));
        else if (q->path == NULL)
            q->path = argv[i];
        else
            return options_usage(&spec, err);
    }
    return DYE_OK;
}

struct stratum {
    const char *path;
    uint64_t population; /* 0: not known */
    uint64_t planted;
};

/* One line of the answer: a size of sale, or a fraction, at a power. Adds to the stratum's targets. */
static uint64_t target(json_t *targets, const struct stratum *s, double size, bool is_sale, double power)
{
    json_t *t = json_object();
    uint64_t needed = 0;
    double reached = 0;
    json_object_set_new(t, is_sale ? "sale" : "leak_fraction",
                        is_sale ? json_integer((json_int_t)size) : json_real(size));
    json_object_set_new(t, "power", json_real(power));
    if (is_sale) {
        json_object_set_new(t, "density", json_real(dye_plan_density((uint64_t)size, power)));
        needed = dye_plan_sale(s->population, (uint64_t)size, power);
        reached = dye_plan_sale_power(s->population, s->planted, (uint64_t)size);
    } else {
        needed = dye_plan_leak(size, power);
        reached = dye_plan_leak_power(s->planted, size);
    }
    json_object_set_new(t, "needed", json_integer((json_int_t)(needed > INT64_MAX ? INT64_MAX : needed)));
    json_object_set_new(t, "reached", json_real(reached));
    json_array_append_new(targets, t);
    return needed;
}

static json_t *answer(const struct question *q, const struct stratum *s)
{
    json_t *targets = json_array();
    uint64_t most = 0;
    for (size_t p = 0; p < q->power.n; p++) {
        for (size_t i = 0; i < q->sale.n && s->population != 0; i++) {
            uint64_t needed = target(targets, s, q->sale.value[i], true, q->power.value[p]);
            most = needed > most ? needed : most;
        }
        for (size_t i = 0; i < q->fraction.n; i++) {
            uint64_t needed = target(targets, s, q->fraction.value[i], false, q->power.value[p]);
            most = needed > most ? needed : most;
        }
    }
    return json_pack("{s:s, s:o, s:I, s:I, s:I, s:b, s:o}", "source", s->path, "population",
                     s->population != 0 ? json_integer((json_int_t)s->population) : json_null(), "planted",
                     (json_int_t)s->planted, "needed", (json_int_t)most, "short",
                     (json_int_t)(most > s->planted ? most - s->planted : 0), "below", most > s->planted, "targets",
                     targets);
}

/* The smallest share of the table that is asked about; 0 when its size is not known. */
static double smallest_share(const struct question *q, const struct stratum *s)
{
    double least = 0;
    for (size_t i = 0; i < q->fraction.n; i++)
        least = least == 0 || q->fraction.value[i] < least ? q->fraction.value[i] : least;
    for (size_t i = 0; i < q->sale.n && s->population != 0; i++) {
        double share = q->sale.value[i] / (double)(s->population + s->planted);
        share = share < 1 ? share : 1;
        least = least == 0 || share < least ? share : least;
    }
    return least;
}

/* What a stratum feeds, and what each of these holds that it did not get from there. */
static const char feeds_sql[] =
    "SELECT t.path, (SELECT count(DISTINCT p.canary_id) FROM dyetrace.placement p JOIN dyetrace.canary c USING "
    "(canary_id)"
    " WHERE p.source_id = t.source_id AND p.state = 'planted' AND c.type <> 'shared' AND NOT EXISTS (SELECT FROM"
    " dyetrace.placement u WHERE u.canary_id = p.canary_id AND u.source_id = s.source_id))"
    " FROM dyetrace.source s JOIN dyetrace.source_flow f ON f.from_id = s.source_id"
    " JOIN dyetrace.source t ON t.source_id = f.to_id WHERE s.path = $1 AND coalesce(f.ended_at > now(), true) ORDER "
    "BY t.path COLLATE \"C\"";

static enum dye_status add_feeds(json_t *o, const struct question *q, const struct stratum *stratum, struct store *s,
                                 struct dye_error *err)
{
    STORE_RESULT rows = NULL;
    double share = smallest_share(q, stratum);
    double power = 0;
    for (size_t p = 0; p < q->power.n; p++)
        power = q->power.value[p] > power ? q->power.value[p] : power;
    DYE_TRY(store_run(s, err, &rows, feeds_sql, "s", stratum->path));
    json_t *feeds = json_array();
    for (int i = 0; i < PQntuples(rows) && share > 0; i++) {
        uint64_t needed = dye_attribute_flow_needed(stratum->planted, share, power, NULL);
        json_array_append_new(feeds, json_pack("{s:s, s:I, s:o, s:f}", "source", store_text(rows, i, 0), "only_there",
                                               (json_int_t)store_int(rows, i, 1), "needed",
                                               needed == UINT64_MAX ? json_null() : json_integer((json_int_t)needed),
                                               "leak_fraction", share));
    }
    json_object_set_new(o, "feeds", feeds);
    return DYE_OK;
}

static void print_feeds(const json_t *feeds)
{
    for (size_t i = 0; i < json_array_size(feeds); i++) {
        const json_t *f = json_array_get(feeds, i);
        const json_t *needed = json_object_get(f, "needed");
        printf("  feeds %s: ", json_string_value(json_object_get(f, "source")));
        if (json_is_integer(needed))
            printf("%" JSON_INTEGER_FORMAT " canaries only in %s would tell them apart", json_integer_value(needed),
                   json_string_value(json_object_get(f, "source")));
        else
            printf("no number of canaries would tell them apart");
        printf(" (leak of %.3g %%), now %" JSON_INTEGER_FORMAT "\n",
               100 * json_real_value(json_object_get(f, "leak_fraction")),
               json_integer_value(json_object_get(f, "only_there")));
    }
}

static void print_text(const json_t *o)
{
    const json_t *targets = json_object_get(o, "targets");
    const json_t *population = json_object_get(o, "population");
    printf("%s: ", json_string_value(json_object_get(o, "source")));
    if (json_is_integer(population))
        printf("%" JSON_INTEGER_FORMAT " records, ", json_integer_value(population));
    printf("%" JSON_INTEGER_FORMAT " canaries planted\n", json_integer_value(json_object_get(o, "planted")));
    for (size_t i = 0; i < json_array_size(targets); i++) {
        const json_t *t = json_array_get(targets, i);
        char what[64];
        if (json_object_get(t, "sale") != NULL)
            snprintf(what, sizeof what, "sale of %" JSON_INTEGER_FORMAT " rows",
                     json_integer_value(json_object_get(t, "sale")));
        else
            snprintf(what, sizeof what, "leak of %g %%", 100 * json_real_value(json_object_get(t, "leak_fraction")));
        printf("  %-26s power %-5g needs %8" JSON_INTEGER_FORMAT, what, json_real_value(json_object_get(t, "power")),
               json_integer_value(json_object_get(t, "needed")));
        if (json_object_get(t, "density") != NULL)
            printf(" (%.3g %% of the table)", 100 * json_real_value(json_object_get(t, "density")));
        printf(", now %.3g\n", json_real_value(json_object_get(t, "reached")));
    }
    if (json_is_true(json_object_get(o, "below")))
        printf("  below target by %" JSON_INTEGER_FORMAT "\n", json_integer_value(json_object_get(o, "short")));
    print_feeds(json_object_get(o, "feeds"));
}

/* What a stratum holds: the canaries planted in it and in what lies below it, as far as its source still has them. */
static const char strata_sql[] =
    "SELECT s.path, coalesce(s.population, 0), (SELECT count(DISTINCT p.canary_id) FROM dyetrace.placement p"
    " JOIN dyetrace.source b USING (source_id) WHERE p.state = 'planted'"
    " AND NOT EXISTS (SELECT FROM dyetrace.placement_found f WHERE f.placement_id = p.placement_id"
    " AND f.state IN ('dropped', 'merged'))"
    " AND (b.path = s.path OR starts_with(b.path, s.path || '/')))"
    " FROM dyetrace.source s WHERE (s.path = $1 OR starts_with(s.path, $1 || '/'))"
    " AND (s.population IS NOT NULL OR s.path = $1) ORDER BY s.path COLLATE \"C\"";

static enum dye_status plan(const struct question *q, struct store *s, struct dye_error *err)
{
    struct source source;
    STORE_RESULT rows = NULL;
    int below = 0;
    bool known = false;
    DYE_TRY(source_find(s, q->path, &source, err));
    DYE_TRY(store_run(s, err, &rows, strata_sql, "s", q->path));
    for (int i = 0; i < PQntuples(rows); i++)
        known |= store_int(rows, i, 1) != 0;
    if (!known && q->sale.n > 0)
        DYE_FAIL(err, DYE_E_USAGE, "plan: no population is known at or below %s; source add --population says it",
                 q->path);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct stratum stratum = {store_text(rows, i, 0), (uint64_t)store_int(rows, i, 1),
                                  (uint64_t)store_int(rows, i, 2)};
        if (stratum.population == 0 && known)
            continue; /* the parts are the strata */
        json_t *o = answer(q, &stratum);
        if (o == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "plan: out of memory");
        enum dye_status status = add_feeds(o, q, &stratum, s, err);
        if (status != DYE_OK) {
            json_decref(o);
            return status;
        }
        below += json_is_true(json_object_get(o, "below"));
        if (common.json) {
            json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
            putchar('\n');
        } else {
            print_text(o);
        }
        json_decref(o);
    }
    if (!common.json)
        printf("%d of the strata fall short\n", below);
    return DYE_OK;
}

static enum dye_status run(const struct question *q, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = plan(q, s, err);
    store_close(s);
    return status;
}

static enum dye_status read_question(int argc, char **argv, struct question *q, struct dye_error *err)
{
    int args = 0;
    DYE_TRY(options_parse(&spec, argc, argv, &common, &args, err));
    DYE_TRY(ask_all(&q->sale, "sale", opt_sale, 0, 1e15, true, err));
    DYE_TRY(ask_all(&q->fraction, "leak-fraction", opt_fraction, 0, 1, false, err));
    DYE_TRY(ask_all(&q->power, "power", opt_power, 0, 0.999999, false, err));
    DYE_TRY(read_words(q, args, argv, err));
    if (q->sale.n + q->fraction.n == 0)
        DYE_FAIL(err, DYE_E_USAGE, "plan: --sale N or --leak-fraction F is wanted");
    if (q->power.n == 0)
        q->power.value[q->power.n++] = 0.95;
    return DYE_OK;
}

int verb_plan(int argc, char **argv)
{
    struct dye_error err = {0};
    struct question q = {0};
    enum dye_status status = read_question(argc, argv, &q, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run(&q, &err);
    return status == DYE_OK ? 0 : complain(&err);
}
