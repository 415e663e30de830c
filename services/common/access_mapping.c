#include "access_log.h"

#include "dye/key.h"
#include "yaml_doc.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static const char *const field_names[ACCESS_FIELDS] = {"time", "account", "record", "how", "terminal"};

bool access_format_from_name(const char *name, enum access_format *ret)
{
    static const char *const names[] = {"csv", "jsonl", "syslog"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *ret = (enum access_format)i;
            return true;
        }
    return false;
}

/* ---- times ---- */

/* "Z", "+08:00", "+0800", "-03". */
static bool zone_of(const char *text, int *ret)
{
    int hours = 0;
    int minutes = 0;
    int used = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
        *ret = 0;
        return true;
    }
    if ((text[0] != '+' && text[0] != '-') || !dye_is_digit((uint8_t)text[1]))
        return false;
    bool read = (sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) == 2 && text[1 + used] == '\0') ||
                (sscanf(text + 1, "%2d%2d%n", &hours, &minutes, &used) == 2 && text[1 + used] == '\0') ||
                (sscanf(text + 1, "%2d%n", &hours, &used) == 1 && text[1 + used] == '\0');
    if (!read || hours > 14 || minutes < 0 || minutes > 59)
        return false;
    *ret = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool in_range(int64_t at)
{
    return at >= 0 && at < INT64_C(7258118400); /* 2200 */
}

static bool number_time(const char *text, int64_t *ret)
{
    size_t digits = strspn(text, "0123456789");
    if (text[digits] != '\0' || (digits != 10 && digits != 13))
        return false;
    *ret = strtoll(text, NULL, 10) / (digits == 13 ? 1000 : 1);
    return in_range(*ret);
}

/* timegm makes 2 March of 30 February: such a day is none. */
static bool moment_of(struct tm *t, int zone_s, int64_t *ret)
{
    int day = t->tm_mday;
    int64_t at = timegm(t);
    *ret = at - zone_s;
    return t->tm_mday == day && in_range(*ret);
}

static bool standard_time(const char *text, int zone_s, int64_t *ret)
{
    struct tm t = {.tm_mday = 1};
    const char *end = strptime(text, "%Y-%m-%d", &t);
    if (end == NULL || end - text != 10)
        return false;
    if (*end == 'T' || *end == ' ') {
        const char *clock = end + 1;
        end = strptime(clock, "%H:%M:%S", &t);
        if (end == NULL)
            end = strptime(clock, "%H:%M", &t);
        if (end == NULL)
            return false;
        if (*end == '.' || *end == ',')
            end += 1 + strspn(end + 1, "0123456789");
        while (*end == ' ')
            end++;
    }
    if (*end != '\0' && !zone_of(end, &zone_s))
        return false;
    return moment_of(&t, zone_s, ret);
}

bool access_time(const struct access_mapping *m, const char *text, int64_t *ret)
{
    int64_t at;
    bool read;
    if (m->time_format[0] != '\0') {
        struct tm t = {.tm_mday = 1, .tm_year = m->year != 0 ? m->year - 1900 : 70};
        const char *end = strptime(text, m->time_format, &t);
        long named = t.tm_gmtoff; /* of %z, which strptime does not apply */
        bool has_zone = strstr(m->time_format, "%z") != NULL;
        read = end != NULL && *end == '\0' && moment_of(&t, has_zone ? (int)named : m->zone_s, &at);
    } else {
        read = number_time(text, &at) || standard_time(text, m->zone_s, &at);
    }
    if (read)
        *ret = at;
    return read;
}

/* ---- the mapping ---- */

static enum dye_status read_columns(struct yaml_doc *d, const yaml_node_t *map, struct access_mapping *m,
                                    struct dye_error *err)
{
    static const char *const known[] = {"time", "account", "record", "how", "terminal", NULL};
    if (map == NULL && m->format != ACCESS_SYSLOG)
        return DYE_OK;
    if (map == NULL)
        return yaml_doc_fail(d, yaml_doc_root(d), err, "syslog wants `columns`: numbers of the pattern's groups");
    DYE_TRY(yaml_doc_only_keys(d, map, known, err));
    for (size_t f = 0; f < ACCESS_FIELDS; f++) {
        yaml_node_t *node = yaml_doc_get(d, map, field_names[f]);
        const char *text = yaml_doc_text(node);
        if (node == NULL)
            continue;
        if (text == NULL || text[0] == '\0' || strlen(text) >= ACCESS_NAME_MAX)
            return yaml_doc_fail(d, node, err, "a name of at most %d bytes is wanted", ACCESS_NAME_MAX - 1);
        snprintf(m->name[f], sizeof m->name[f], "%s", text);
        if (m->format == ACCESS_SYSLOG) {
            char *end;
            m->group[f] = strtoul(text, &end, 10);
            if (*end != '\0' || m->group[f] == 0 || m->group[f] >= ACCESS_GROUPS)
                return yaml_doc_fail(d, node, err, "the number of a group is wanted, from 1 to %d", ACCESS_GROUPS - 1);
        }
    }
    for (size_t f = 0; f <= ACCESS_RECORD && m->format == ACCESS_SYSLOG; f++)
        if (m->group[f] == 0)
            return yaml_doc_fail(d, map, err, "`%s` is missing", field_names[f]);
    return DYE_OK;
}

static enum dye_status read_pattern(struct yaml_doc *d, struct access_mapping *m, struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, yaml_doc_root(d), "pattern", "", &text, err));
    if (m->format != ACCESS_SYSLOG)
        return DYE_OK;
    if (text[0] == '\0' || strlen(text) > 1024 || regcomp(&m->pattern, text, REG_EXTENDED) != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), "pattern"), err,
                             "`pattern`: an extended regular expression is wanted");
    m->has_pattern = true;
    for (size_t f = 0; f < ACCESS_FIELDS; f++)
        if (m->group[f] > m->pattern.re_nsub)
            return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), "columns"), err, "the pattern has no group %zu",
                                 m->group[f]);
    return DYE_OK;
}

static enum dye_status read_names(struct yaml_doc *d, const char *key, char ret[][ACCESS_NAME_MAX], size_t *ret_n,
                                  struct dye_error *err)
{
    yaml_node_t *list = yaml_doc_get(d, yaml_doc_root(d), key);
    if (list == NULL)
        return DYE_OK;
    if (list->type != YAML_SEQUENCE_NODE)
        return yaml_doc_fail(d, list, err, "`%s`: a list of accounts is wanted", key);
    for (yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++) {
        yaml_node_t *node = yaml_document_get_node(&d->document, *i);
        const char *text = yaml_doc_text(node);
        if (text == NULL || strlen(text) >= ACCESS_NAME_MAX || *ret_n == ACCESS_LISTED_MAX)
            return yaml_doc_fail(d, list, err, "`%s`: at most %d names are wanted", key, ACCESS_LISTED_MAX);
        snprintf(ret[(*ret_n)++], ACCESS_NAME_MAX, "%s", text);
    }
    return DYE_OK;
}

static enum dye_status read_number(struct yaml_doc *d, const char *key, long long min, long long max, long long *ret,
                                   struct dye_error *err)
{
    const char *text;
    char *end;
    DYE_TRY(yaml_doc_get_text(d, yaml_doc_root(d), key, "", &text, err));
    if (text[0] == '\0')
        return DYE_OK;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || v < min || v > max)
        return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), key), err,
                             "`%s`: a whole number from %lld to %lld is wanted", key, min, max);
    *ret = v;
    return DYE_OK;
}

static enum dye_status read_kind(struct yaml_doc *d, struct access_mapping *m, struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, yaml_doc_root(d), "record_kind", "any", &text, err));
    m->by_canary_id = strcmp(text, "canary") == 0;
    m->kind = dye_kind_from_name(dye_span_str(text));
    if (m->kind == DYE_KIND_NONE && !m->by_canary_id && strcmp(text, "any") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), "record_kind"), err,
                             "`record_kind`: a kind of identifier, canary or any is wanted");
    return DYE_OK;
}

static enum dye_status read_time(struct yaml_doc *d, struct access_mapping *m, struct dye_error *err)
{
    const char *text;
    long long year = 0;
    DYE_TRY(yaml_doc_get_text(d, yaml_doc_root(d), "time_format", "", &text, err));
    if (strlen(text) >= sizeof m->time_format)
        return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), "time_format"), err, "`time_format`: too long");
    snprintf(m->time_format, sizeof m->time_format, "%s", text);
    DYE_TRY(yaml_doc_get_text(d, yaml_doc_root(d), "time_zone", "+08:00", &text, err));
    if (!zone_of(text, &m->zone_s))
        return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), "time_zone"), err,
                             "`time_zone`: an offset such as +08:00 is wanted");
    DYE_TRY(read_number(d, "year", 1970, 2199, &year, err));
    m->year = (int)year;
    bool names_year = strpbrk(m->time_format, "YyCGgcDFs") != NULL;
    if (m->time_format[0] != '\0' && !names_year && year == 0)
        return yaml_doc_fail(d, yaml_doc_get(d, yaml_doc_root(d), "time_format"), err,
                             "`time_format` has no year: `year` is wanted");
    return DYE_OK;
}

static enum dye_status read_document(struct yaml_doc *d, const enum access_format *format, struct access_mapping *m,
                                     struct dye_error *err)
{
    static const char *const known[] = {"format",        "columns",          "pattern",   "record_kind", "accounts",
                                        "shared",        "time_format",      "time_zone", "year",        "bulk",
                                        "bulk_per_hour", "shared_terminals", NULL};
    const char *text;
    yaml_node_t *root = yaml_doc_root(d);
    if (root == NULL || root->type != YAML_MAPPING_NODE)
        DYE_FAIL(err, DYE_E_CONFIG, "%s: `key: value` lines are wanted", d->path);
    DYE_TRY(yaml_doc_only_keys(d, root, known, err));
    DYE_TRY(yaml_doc_get_text(d, root, "format", "csv", &text, err));
    if (!access_format_from_name(text, &m->format))
        return yaml_doc_fail(d, yaml_doc_get(d, root, "format"), err, "`format`: csv, jsonl or syslog is wanted");
    if (format != NULL)
        m->format = *format;
    DYE_TRY(read_columns(d, yaml_doc_get(d, root, "columns"), m, err));
    DYE_TRY(read_pattern(d, m, err));
    DYE_TRY(read_kind(d, m, err));
    DYE_TRY(yaml_doc_get_text(d, root, "accounts", "names", &text, err));
    m->pseudonyms = strcmp(text, "pseudonyms") == 0;
    if (!m->pseudonyms && strcmp(text, "names") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, root, "accounts"), err, "`accounts`: names or pseudonyms is wanted");
    DYE_TRY(read_time(d, m, err));
    DYE_TRY(read_names(d, "shared", m->shared, &m->n_shared, err));
    DYE_TRY(read_names(d, "bulk", m->bulk, &m->n_bulk, err));
    DYE_TRY(read_number(d, "bulk_per_hour", 1, 1000000000, &m->bulk_per_hour, err));
    return read_number(d, "shared_terminals", 2, 16, &m->shared_terminals, err);
}

enum dye_status access_mapping_parse(const char *name, const char *text, size_t n, const enum access_format *format,
                                     struct access_mapping *ret, struct dye_error *err)
{
    struct yaml_doc d = {0};
    *ret = (struct access_mapping){.zone_s = 8 * 3600, .bulk_per_hour = 400, .shared_terminals = 3};
    for (size_t f = 0; f < ACCESS_FIELDS; f++)
        snprintf(ret->name[f], sizeof ret->name[f], "%s", field_names[f]);
    if (format != NULL)
        ret->format = *format;
    if (text == NULL && ret->format == ACCESS_SYSLOG)
        DYE_FAIL(err, DYE_E_USAGE, "access log: syslog wants a --mapping with a pattern");
    if (text == NULL)
        return DYE_OK;
    DYE_TRY(yaml_doc_parse(name, text, n, &d, err));
    enum dye_status status = read_document(&d, format, ret, err);
    yaml_doc_done(&d);
    if (status != DYE_OK)
        access_mapping_done(ret);
    return status;
}

void access_mapping_done(struct access_mapping *m)
{
    if (m->has_pattern)
        regfree(&m->pattern);
    dye_wipe(m, sizeof *m); /* it names accounts */
}
