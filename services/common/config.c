#include "config.h"

#include "yaml_doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A list is not held here: the program that wants it reads it (alert_channel.h). */
enum option_type { TYPE_TEXT, TYPE_INTEGER, TYPE_REAL, TYPE_CHOICE, TYPE_LIST };

struct option {
    const char *name; /* section.key */
    enum option_type type;
    size_t offset;
    size_t size;          /* TYPE_TEXT */
    const char *standard; /* default, as written in the file */
    double min, max;      /* TYPE_INTEGER, TYPE_REAL */
    const char *choices;  /* TYPE_CHOICE: words by comma, in the order of their numbers */
    const char *meaning;
};

#define AT(field) offsetof(struct config, field)
#define TEXT(name, field, dflt, meaning)                                                                               \
    {                                                                                                                  \
        name, TYPE_TEXT, AT(field), sizeof((struct config *)0)->field, dflt, 0, 0, NULL, meaning                       \
    }
#define INTEGER(name, field, dflt, min, max, meaning)                                                                  \
    {                                                                                                                  \
        name, TYPE_INTEGER, AT(field), 0, dflt, min, max, NULL, meaning                                                \
    }
#define REAL(name, field, dflt, min, max, meaning)                                                                     \
    {                                                                                                                  \
        name, TYPE_REAL, AT(field), 0, dflt, min, max, NULL, meaning                                                   \
    }

static const struct option options[] = {
    {"home.environment", TYPE_CHOICE, AT(environment), 0, "test", 0, 0, "test,production",
     "production demands no-hit references or pools for what is seeded"},
    TEXT("home.owner", owner, "home", "whose sources this home seeds"),
    TEXT("database.conninfo", admin_conninfo, "", "an existing server; empty: the home's own cluster"),
    TEXT("portal.listen", portal_listen, "127.0.0.1:8437", "address and port of the analysts' page"),
    INTEGER("matcher.workers", matcher_workers, "2", 1, 64, "dumps matched at the same time"),
    INTEGER("matcher.poll_ms", matcher_poll_ms, "500", 50, 60000, "how often new canaries are looked for unasked"),
    INTEGER("seeder.health_minutes", seeder_health_minutes, "1440", 0, 525600,
            "how often sources are asked whether their canaries stand; 0: never"),
    INTEGER("limits.output_bytes", limit_output_bytes, "1099511627776", 1, 1e15, "decompressed bytes of a dump"),
    INTEGER("limits.entries", limit_entries, "1000000", 1, 1e9, "files inside a dump"),
    INTEGER("limits.depth", limit_depth, "8", 0, 64, "archives inside archives"),
    INTEGER("limits.ratio", limit_ratio, "1000", 1, 1e6, "decompressed to compressed, beyond 64 MiB"),
    INTEGER("limits.spill_bytes", limit_spill_bytes, "68719476736", 0, 1e15,
            "scratch space in the home's tmp, for what has to be sought"),
    INTEGER("limits.record_bytes", limit_record_bytes, "8388608", 65536, 67108864,
            "of a record; a longer one is cut, and its part is partly read"),
    INTEGER("limits.seconds", limit_seconds, "86400", 0, 1e8, "of a dump, from start to end; 0: no limit"),
    INTEGER("sketch.retention_days", sketch_retention_days, "1095", 0, 36500,
            "how long sketches of dumps are kept; 0: none are made"),
    INTEGER("events.retention_days", events_retention_days, "1095", 1, 36500,
            "how long accesses to canaries, accounts' counts and contacts are kept"),
    REAL("contact.max_p_value", contact_max_p_value, "0.001", 1e-12, 0.05,
         "chance of so many contacts without a leak, over all sources, from which they are evidence"),
    INTEGER("contact.window_hours", contact_window_hours, "24", 0, 8760,
            "a caller's next contact with the same canary within it is the same contact"),
    REAL("link.expected_false", link_expected_false, "0.01", 1e-9, 1, "false sightings a dump, in expectation"),
    REAL("link.weak_floor", link_weak_floor, "0.001", 1e-9, 0.5,
         "probability, in the dump as far as it is read, from which a row of masked values alone is kept as weak"),
    TEXT("law.rules", law_rules, "cn", "the legal count's: a file of home/law or one of this program's"),
    REAL("attribution.epsilon", attribution_epsilon, "0.0001", 1e-12, 0.5,
         "chance that a canary is in a dump for another reason than its source's leak"),
    REAL("attribution.prior", attribution_prior, "0.005", 1e-9, 0.5, "that a given source leaked into a given dump"),
    REAL("attribution.min_log10_lr", attribution_min_log10_lr, "4", 0, 100, "below it: insufficient"),
    REAL("attribution.min_posterior", attribution_min_posterior, "0.99", 0.5, 1, "below it: insufficient"),
    REAL("attribution.max_p_value", attribution_max_p_value, "0.00001", 1e-300, 1, "over all sources (Bonferroni)"),
    REAL("attribution.min_log10_margin", attribution_min_log10_margin, "3", 0, 100,
         "by which a set with a source beats the best one without it"),
    INTEGER("attribution.min_seen", attribution_min_seen, "2", 1, 1000, "distinct canaries seen of a source"),
    REAL("attribution.mislink", attribution_mislink, "0.05", 0, 0.5,
         "share of a dump's sightings that may be credited to a wrong source, and all to the same one"),
    REAL("attribution.max_mislink_p", attribution_max_mislink_p, "0.0005", 1e-300, 1,
         "chance that what is seen of a source is such sightings alone"),
    INTEGER("alerts.digest_seconds", alerts_digest_seconds, "60", 0, 86400,
            "alerts that come within so long go in one message; a control hit waits for nothing"),
    INTEGER("alerts.cooldown_seconds", alerts_cooldown_seconds, "900", 0, 604800,
            "how long alerts wait whose dump, or all of whose sources, were told of last"),
    INTEGER("alerts.tries", alerts_tries, "32", 1, 1000, "of a message, before it counts as failed"),
    INTEGER("alerts.first_wait_seconds", alerts_first_wait_seconds, "5", 1, 3600,
            "between the first tries; it doubles up to an hour"),
    INTEGER("alerts.retention_days", alerts_retention_days, "1095", 0, 36500,
            "alerts that all their channels got are then folded to their number; at least 8, 0: kept"),
    {"alerts.channels", TYPE_LIST, 0, 0, "", 0, 0, NULL, "where alerts go: webhook, email, syslog; see dyetrace(1)"},
};
enum { OPTIONS = sizeof options / sizeof *options };

static const char *set_option(const struct option *o, const char *text, struct config *c)
{
    char *at = (char *)c + o->offset;
    char *end;
    switch (o->type) {
    case TYPE_TEXT:
        if (strlen(text) >= o->size)
            return "too long";
        memcpy(at, text, strlen(text) + 1);
        return NULL;
    case TYPE_INTEGER: {
        errno = 0;
        long long v = strtoll(text, &end, 10);
        if (errno != 0 || end == text || *end != '\0')
            return "a whole number is wanted";
        if ((double)v < o->min || (double)v > o->max)
            return "out of range";
        int64_t value = v;
        memcpy(at, &value, sizeof value);
        return NULL;
    }
    case TYPE_REAL: {
        double v = strtod(text, &end);
        if (end == text || *end != '\0' || !(v == v))
            return "a number is wanted";
        if (v < o->min || v > o->max)
            return "out of range";
        memcpy(at, &v, sizeof v);
        return NULL;
    }
    case TYPE_LIST:
        return text[0] == '\0' ? NULL : "a list is wanted";
    case TYPE_CHOICE: {
        int64_t number = 0;
        size_t n = strlen(text);
        for (const char *word = o->choices;; number++) {
            size_t len = strcspn(word, ",");
            if (len == n && memcmp(word, text, n) == 0) {
                memcpy(at, &number, sizeof number);
                return NULL;
            }
            if (word[len] == '\0')
                return "not one of the choices";
            word += len + 1;
        }
    }
    }
    return "unknown type";
}

void config_default(struct config *ret)
{
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < OPTIONS; i++)
        if (set_option(&options[i], options[i].standard, ret) != NULL)
            abort(); /* the table contradicts itself */
}

static const struct option *find(const char *section, const char *key)
{
    size_t n = strlen(section);
    for (size_t i = 0; i < OPTIONS; i++)
        if (strncmp(options[i].name, section, n) == 0 && options[i].name[n] == '.' &&
            strcmp(options[i].name + n + 1, key) == 0)
            return &options[i];
    return NULL;
}

static bool section_exists(const char *section)
{
    size_t n = strlen(section);
    for (size_t i = 0; i < OPTIONS; i++)
        if (strncmp(options[i].name, section, n) == 0 && options[i].name[n] == '.')
            return true;
    return false;
}

static enum dye_status read_section(struct yaml_doc *d, const char *section, const yaml_node_t *map, struct config *c,
                                    struct dye_error *err)
{
    if (map->type == YAML_SCALAR_NODE && map->data.scalar.length == 0)
        return DYE_OK;
    if (map->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, map, err, "`%s` wants `key: value` lines", section);
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        yaml_node_t *key = yaml_document_get_node(&d->document, p->key);
        yaml_node_t *value = yaml_document_get_node(&d->document, p->value);
        const char *name = yaml_doc_text(key);
        const struct option *o = name != NULL ? find(section, name) : NULL;
        if (o == NULL)
            return yaml_doc_fail(d, key, err, "unknown key `%s.%s`", section, name != NULL ? name : "?");
        if (o->type == TYPE_LIST && value->type == YAML_SEQUENCE_NODE)
            continue;
        const char *text = yaml_doc_text(value);
        const char *wrong = text != NULL ? set_option(o, text, c) : "one value is wanted";
        if (wrong != NULL)
            return yaml_doc_fail(d, value, err, "`%s`: %s%s%s", o->name, wrong, o->choices != NULL ? ": " : "",
                                 o->choices != NULL ? o->choices : "");
    }
    return DYE_OK;
}

static enum dye_status read_document(struct yaml_doc *d, struct config *c, struct dye_error *err)
{
    yaml_node_t *root = yaml_doc_root(d);
    if (root == NULL)
        return DYE_OK;
    if (root->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, root, err, "sections (`home:`, `matcher:` ...) are wanted here");
    for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        yaml_node_t *key = yaml_document_get_node(&d->document, p->key);
        const char *name = yaml_doc_text(key);
        if (name == NULL || !section_exists(name))
            return yaml_doc_fail(d, key, err, "unknown key `%s`", name != NULL ? name : "?");
        DYE_TRY(read_section(d, name, yaml_document_get_node(&d->document, p->value), c, err));
    }
    return DYE_OK;
}

enum dye_status config_read(const char *path, struct config *ret, struct dye_error *err)
{
    struct config c;
    config_default(&c);
    struct yaml_doc d = {0};
    DYE_TRY(yaml_doc_read(path, &d, err));
    enum dye_status s = read_document(&d, &c, err);
    yaml_doc_done(&d);
    if (s == DYE_OK)
        *ret = c;
    return s;
}

static void print_value(FILE *to, const struct option *o, const struct config *c)
{
    const char *at = (const char *)c + o->offset;
    int64_t integer;
    double real;
    switch (o->type) {
    case TYPE_TEXT: /* single-quoted YAML: only the quote itself is doubled */
        fputc('\'', to);
        for (; *at != '\0'; at++) {
            if (*at == '\'')
                fputc('\'', to);
            fputc(*at, to);
        }
        fputc('\'', to);
        break;
    case TYPE_INTEGER:
        memcpy(&integer, at, sizeof integer);
        fprintf(to, "%lld", (long long)integer);
        break;
    case TYPE_REAL:
        memcpy(&real, at, sizeof real);
        fprintf(to, "%.12g", real);
        break;
    case TYPE_CHOICE: {
        memcpy(&integer, at, sizeof integer);
        const char *word = o->choices;
        while (integer-- > 0)
            word += strcspn(word, ",") + 1;
        fprintf(to, "%.*s", (int)strcspn(word, ","), word);
        break;
    }
    case TYPE_LIST:
        fputs("[]", to);
        break;
    }
}

void config_print_reference(FILE *to, const struct config *values)
{
    const char *section = "";
    size_t section_n = 0;
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option *o = &options[i];
        size_t n = strcspn(o->name, ".");
        if (n != section_n || strncmp(section, o->name, n) != 0) {
            section = o->name;
            section_n = n;
            fprintf(to, "%s%.*s:\n", i == 0 ? "" : "\n", (int)n, o->name);
        }
        fprintf(to, "  %s: ", o->name + n + 1);
        print_value(to, o, values);
        fprintf(to, "  # %s\n", o->meaning);
    }
}
