/* lineage: which dumps share persons, and which come from which: a line a pair, or a graph of the resale. */
#include "followup.h"
#include "options.h"
#include "queries.h"
#include "subject.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <jansson.h>
#include <stdio.h>

static bool opt_dot;
static struct common_options common;

static const struct option_spec options[] = {
    {"dot", NULL, "a graph for graphviz instead: an edge from each parent", NULL, &opt_dot},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "lineage [DUMP] [--json | --dot]",
    "Which dumps share persons, and which earlier ones a dump's rows come from.\n\n"
    "A line a related pair; of the two, `dump` was acquired later. --json has the keys\n"
    "  dump, other                   the two dumps\n"
    "  relation                      of dump to other: same, subset, superset, merge (of several parents), overlap\n"
    "  parent, explains              whether other is one of the fewest earlier dumps that explain dump's rows, and\n"
    "                                how many persons it adds to the parents found before it\n"
    "  persons, other_persons        distinct persons of each, by the best identifier of each record\n"
    "  common                        persons in both\n"
    "  jaccard, containment, containment_other\n"
    "                                common over all, over dump's persons, over other's\n"
    "  acquired_at, other_acquired_at, sellers, other_sellers\n"
    "                                of their acquisitions: the earliest, and who sold it\n"
    "  ancestor                      the earliest known dump that dump comes from, or null",
    options, 0, 1};

/* ---- a table ---- */

static void print_sellers(const json_t *o, const char *key)
{
    size_t i;
    json_t *e;
    json_array_foreach(json_object_get(o, key), i, e) printf("%s%s", i == 0 ? "  from " : ", ", json_string_value(e));
}

static void print_pair(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    if (o == NULL)
        return;
    printf("%s %-8s %s  %lld of %lld and %lld persons%s", json_string_value(json_object_get(o, "dump")),
           json_string_value(json_object_get(o, "relation")), json_string_value(json_object_get(o, "other")),
           (long long)json_integer_value(json_object_get(o, "common")),
           (long long)json_integer_value(json_object_get(o, "persons")),
           (long long)json_integer_value(json_object_get(o, "other_persons")),
           json_is_true(json_object_get(o, "parent")) ? "  parent" : "");
    print_sellers(o, "sellers");
    putchar('\n');
    json_decref(o);
}

/* ---- a graph ---- */

/* Quoted for graphviz: a seller's name is whatever somebody typed. */
static void put_quoted(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar((unsigned char)*text < 0x20 ? ' ' : *text);
    }
}

static void put_node(const json_t *o, const char *dump, const char *at, const char *sellers)
{
    size_t i;
    json_t *e;
    printf("    \"%s\" [label=\"%s\\n%s", json_string_value(json_object_get(o, dump)),
           json_string_value(json_object_get(o, dump)), json_string_value(json_object_get(o, at)));
    json_array_foreach(json_object_get(o, sellers), i, e)
    {
        fputs(i == 0 ? "\\n" : ", ", stdout);
        put_quoted(json_string_value(e));
    }
    puts("\"];");
}

static void put_edge(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    if (o != NULL && json_is_true(json_object_get(o, "parent"))) {
        put_node(o, "other", "other_acquired_at", "other_sellers");
        put_node(o, "dump", "acquired_at", "sellers");
        printf("    \"%s\" -> \"%s\" [label=\"%s %lld\"];\n", json_string_value(json_object_get(o, "other")),
               json_string_value(json_object_get(o, "dump")), json_string_value(json_object_get(o, "relation")),
               (long long)json_integer_value(json_object_get(o, "explains")));
    }
    json_decref(o);
}

/* ---- both ---- */

static enum dye_status print_pairs(struct store *s, const char *dump, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(subject_dump(s, dump, err));
    DYE_TRY(store_run(s, err, &r, sql_lineage_json, "s", dump));
    if (opt_dot)
        puts("digraph lineage {\n    node [shape=box];");
    for (int i = 0; i < PQntuples(r); i++) {
        const char *text = store_text(r, i, 0);
        if (opt_dot)
            put_edge(text);
        else if (common.json)
            puts(text);
        else
            print_pair(text);
    }
    if (opt_dot)
        puts("}");
    return DYE_OK;
}

static enum dye_status lineage(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    struct store *s = NULL;
    if (opt_dot && common.json)
        DYE_FAIL(err, DYE_E_USAGE, "lineage: --json or --dot, not both");
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(matcher_enter(&h, &s, NULL, err));
    enum dye_status status = followup_attribute(s, &h, NULL, err); /* what waits */
    if (status == DYE_OK)
        status = print_pairs(s, call->args > 0 ? call->argv[1] : NULL, err);
    store_close(s);
    return status;
}

int verb_lineage(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, lineage);
}
