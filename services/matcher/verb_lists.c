/* sightings, unread, parts, attribute: answers that the database renders, a JSON object a line. */
#include "attribution.h"
#include "followup.h"
#include "log.h"
#include "options.h"
#include "queries.h"
#include "subject.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <jansson.h>

static const char *opt_dump;
static const char *opt_canary;
static const char *opt_source;
static bool opt_weak;
static bool opt_leak;
static struct common_options common;

typedef enum dye_status (*answer_fn)(const struct home *h, struct store *s, int args, char **argv,
                                     struct dye_error *err);

static int answer(const struct verb_spec *spec, answer_fn fn, int argc, char **argv)
{
    struct dye_error err = {0};
    static struct home h; /* its paths are large */
    struct store *s = NULL;
    int args = 0;
    enum dye_status status = options_parse(spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = home_open(common.home, common.config, &h, &err);
    if (status == DYE_OK)
        status = matcher_enter(&h, &s, NULL, &err);
    if (status == DYE_OK)
        status = fn(&h, s, args, argv, &err);
    store_close(s);
    return status == DYE_OK ? 0 : complain(&err);
}

/* ---- sightings ---- */

static void print_sighting(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    if (o == NULL)
        return;
    const char *source = json_string_value(json_object_get(o, "source"));
    printf("%s  %-18s %-30s %s @%lld  %.1f bits ", json_string_value(json_object_get(o, "dump")),
           json_string_value(json_object_get(o, "canary")), source != NULL ? source : "-",
           json_string_value(json_object_get(o, "part")), (long long)json_integer_value(json_object_get(o, "offset")),
           json_number_value(json_object_get(o, "bits")));
    size_t i;
    json_t *e;
    json_array_foreach(json_object_get(o, "evidence"), i, e)
        printf(" %s:%s", json_string_value(json_object_get(e, "kind")), json_string_value(json_object_get(e, "form")));
    putchar('\n');
    json_decref(o);
}

static enum dye_status list_sightings(const struct home *h, struct store *s, int args, char **argv,
                                      struct dye_error *err)
{
    (void)h;
    (void)args;
    (void)argv;
    STORE_RESULT r = NULL;
    DYE_TRY(subject_dump(s, opt_dump, err));
    DYE_TRY(subject_canary(s, opt_canary, err));
    DYE_TRY(subject_source(s, opt_source, err));
    DYE_TRY(store_run(s, err, &r, sql_sightings_json, "ssso", opt_dump, opt_canary, opt_source, (int)opt_weak));
    for (int i = 0; i < PQntuples(r); i++)
        if (common.json)
            puts(store_text(r, i, 0));
        else
            print_sighting(store_text(r, i, 0));
    return DYE_OK;
}

int verb_sightings(int argc, char **argv)
{
    static const struct option_spec options[] = {
        {"dump", "D", "in this dump only", &opt_dump, NULL},
        {"canary", "C", "of this canary only", &opt_canary, NULL},
        {"source", "P", "of canaries planted at or below this source", &opt_source, NULL},
        {"weak", NULL, "those below the threshold too", NULL, &opt_weak},
        {NULL, NULL, NULL, NULL, NULL},
    };
    static const struct verb_spec spec = {"sightings [--dump D] [--canary C] [--source P] [--weak]",
                                          "The canaries found, a line each.", options, 0, 0};
    return answer(&spec, list_sightings, argc, argv);
}

/* ---- unread ---- */

static const char *text_or(const json_t *o, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL && text[0] != '\0' ? text : otherwise;
}

static void print_unread(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    if (o == NULL)
        return;
    printf("%s  %s: %s: %s, %lld bytes\n", text_or(o, "dump", "-"), text_or(o, "part", "(the file)"),
           text_or(o, "verdict", "-"), text_or(o, "reason", "-"),
           (long long)json_integer_value(json_object_get(o, "bytes")));
    json_decref(o);
}

static enum dye_status list_unread(const struct home *h, struct store *s, int args, char **argv, struct dye_error *err)
{
    (void)h;
    (void)args;
    (void)argv;
    STORE_RESULT r = NULL;
    DYE_TRY(subject_dump(s, opt_dump, err));
    DYE_TRY(store_run(s, err, &r, sql_unread_json, "s", opt_dump));
    for (int i = 0; i < PQntuples(r); i++)
        if (common.json)
            puts(store_text(r, i, 0));
        else
            print_unread(store_text(r, i, 0));
    return DYE_OK;
}

int verb_unread(int argc, char **argv)
{
    static const struct option_spec options[] = {
        {"dump", "D", "of this dump only", &opt_dump, NULL},
        {NULL, NULL, NULL, NULL, NULL},
    };
    static const struct verb_spec spec = {"unread [--dump D]", "Parts that were not fully read, and why.", options, 0,
                                          0};
    return answer(&spec, list_unread, argc, argv);
}

/* ---- parts ---- */

static void print_part(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    size_t i;
    json_t *c;
    const char *region;
    if (o == NULL)
        return;
    printf("%s: %s %s %s, %s%s%s, %lld records, %lld parseable", text_or(o, "part", "(the file)"),
           text_or(o, "format", "bytes"), text_or(o, "layout", "-"), text_or(o, "charset", "-"),
           text_or(o, "verdict", "open"), text_or(o, "reason", "")[0] != '\0' ? ": " : "", text_or(o, "reason", ""),
           (long long)json_integer_value(json_object_get(o, "records")),
           (long long)json_integer_value(json_object_get(o, "parseable")));
    json_array_foreach(json_object_get(o, "columns"), i, c)
        printf("%s%s=%s %.2f", i == 0 ? "; columns " : ", ", text_or(c, "name", "-"), text_or(c, "kind", "empty"),
               json_number_value(json_object_get(c, "share")));
    i = 0;
    json_object_foreach(json_object_get(o, "regions"), region, c)
        printf("%s%s %lld", i++ == 0 ? "; regions " : ", ", region, (long long)json_integer_value(c));
    printf("; newest %s\n", text_or(o, "newest", "-"));
    json_decref(o);
}

static enum dye_status list_parts(const struct home *h, struct store *s, int args, char **argv, struct dye_error *err)
{
    (void)h;
    (void)args;
    STORE_RESULT r = NULL;
    DYE_TRY(subject_dump(s, argv[1], err));
    DYE_TRY(store_run(s, err, &r, sql_parts_json, "s", argv[1]));
    for (int i = 0; i < PQntuples(r); i++)
        if (common.json)
            puts(store_text(r, i, 0));
        else
            print_part(store_text(r, i, 0));
    return DYE_OK;
}

int verb_parts(int argc, char **argv)
{
    static const struct option_spec options[] = {{NULL, NULL, NULL, NULL, NULL}};
    static const struct verb_spec spec = {"parts DUMP [--json]",
                                          "What is in a dump: its parts, their columns, and records by what they hold.",
                                          options, 1, 1};
    return answer(&spec, list_parts, argc, argv);
}

/* ---- attribute ---- */

/* Groups of which one contributed, but which one can't be told. */
static void print_undecided(const json_t *groups)
{
    size_t i;
    size_t j;
    json_t *group;
    json_t *e;
    json_array_foreach(groups, i, group)
    {
        json_array_foreach(group, j, e) printf("%s%s", j == 0 ? "; one of " : ", ", json_string_value(e));
    }
}

/* What its shared canaries say, where any were seen. */
static void print_shared(const json_t *shared)
{
    if (json_is_object(shared))
        printf("  copies agree in %lld of %lld (p %.2e)",
               (long long)json_integer_value(json_object_get(shared, "agree")),
               (long long)json_integer_value(json_object_get(shared, "of")),
               json_number_value(json_object_get(shared, "p_value")));
}

enum { LEAK_MAX_BYTES = 64 << 20 };

static void print_list(const json_t *o, const char *key, const char *before)
{
    size_t i;
    json_t *e;
    json_array_foreach(json_object_get(o, key), i, e) printf("%s%s", i == 0 ? before : ", ", json_string_value(e));
}

/* What size and time leave open, below the source's line. */
static void print_left_out(const json_t *counted)
{
    static const struct {
        const char *key, *text;
    } why[] = {{"open", "are not counted in size and time: another source held them too"},
               {"open_shared", "shared ones are not counted in size and time: others hold copies of them"},
               {"unsized", "are not counted in the size: they flowed into parts that have populations of their own"}};
    for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
        json_int_t n = json_integer_value(json_object_get(counted, why[i].key));
        if (n > 0)
            printf("  of its canaries %" JSON_INTEGER_FORMAT " %s\n", n, why[i].text);
    }
}

static void print_attribution(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    size_t i;
    json_t *e;
    if (o == NULL)
        return;
    printf("%s: %s", json_string_value(json_object_get(o, "dump")), json_string_value(json_object_get(o, "verdict")));
    json_array_foreach(json_object_get(o, "set"), i, e) printf("%s%s", i == 0 ? ": " : " + ", json_string_value(e));
    print_undecided(json_object_get(o, "undecided"));
    const json_t *power = json_object_get(o, "power");
    if (json_is_number(power))
        printf("  (detection power %.3f)", json_number_value(power));
    print_list(o, "parents", "\nits rows come from ");
    print_list(o, "leak", "\nwith all dumps of its lineage: ");
    printf("\n%-32s %9s %10s %11s %9s  %s\n", "source", "log10 LR", "p-value", "seen", "posterior", "leaked");
    json_array_foreach(json_object_get(o, "sources"), i, e)
    {
        const json_t *leaked = json_object_get(e, "leaked");
        printf("%-32s %9.2f %10.2e %5lld/%-5lld %9.4f", json_string_value(json_object_get(e, "source")),
               json_number_value(json_object_get(e, "log10_lr")), json_number_value(json_object_get(e, "p_value")),
               (long long)json_integer_value(json_object_get(e, "seen")),
               (long long)json_integer_value(json_object_get(e, "planted")),
               json_number_value(json_object_get(e, "posterior")));
        if (json_is_object(leaked))
            printf("  %.0f (%.0f to %.0f)", json_number_value(json_object_get(leaked, "estimate")),
                   json_number_value(json_object_get(leaked, "low")),
                   json_number_value(json_object_get(leaked, "high")));
        print_shared(json_object_get(e, "shared"));
        putchar('\n');
        print_left_out(json_object_get(e, "counted"));
    }
    json_decref(o);
}

static void put_attribution(const char *text)
{
    if (common.json)
        puts(text);
    else
        print_attribution(text);
}

static enum dye_status attribute(const struct home *h, struct store *s, int args, char **argv, struct dye_error *err)
{
    (void)args;
    STORE_RESULT r = NULL;
    DYE_TRY(followup_attribute(s, h, NULL, err)); /* lineages that wait */
    if (opt_leak) {
        struct dye_buf object;
        dye_buf_init(&object, LEAK_MAX_BYTES, false);
        enum dye_status status = attribution_leak(s, &h->config, argv[1], &object, err);
        if (status == DYE_OK)
            put_attribution((const char *)object.p);
        dye_buf_done(&object);
        return status;
    }
    DYE_TRY(attribution_run(s, &h->config, argv[1], NULL, err));
    DYE_TRY(store_run(s, err, &r, sql_attribution_json, "s", argv[1]));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_BUG, "attribution: it is gone");
    put_attribution(store_text(r, 0, 0));
    return DYE_OK;
}

int verb_attribute(int argc, char **argv)
{
    static const struct option_spec options[] = {
        {"leak", NULL, "about all dumps of its lineage together, by the earliest acquisition", NULL, &opt_leak},
        {NULL, NULL, NULL, NULL, NULL},
    };
    static const struct verb_spec spec = {
        "attribute DUMP [--leak]", "The sources that a dump is implicated with, or why none is named.", options, 1, 1};
    return answer(&spec, attribute, argc, argv);
}
