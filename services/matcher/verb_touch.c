/* touch: accesses to canaries' records, out of a source's own logs. Files are opened as the caller. */
#include "csv_reader.h"
#include "subject.h"
#include "touch_import.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOG_MAX = 1 << 30, MAPPING_MAX = 1 << 20 };

static const char *opt_source, *opt_mapping, *opt_format, *opt_reason;
static bool opt_strict;
static struct common_options common;

static const struct option_spec options[] = {
    {"source", "P", "the system whose log it is", &opt_source, NULL},
    {"mapping", "FILE", "YAML that says which column, key or group is what (dyetrace(1))", &opt_mapping, NULL},
    {"format", "F", "csv, jsonl or syslog, whatever the mapping says", &opt_format, NULL},
    {"strict", NULL, "import: exit 1 when a line can't be read", NULL, &opt_strict},
    {"reason", "TEXT", "pseudonyms: why; it is put on record", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "touch import FILE --source P [--mapping FILE.yaml] [--format csv|jsonl|syslog] | touch list |"
    " touch pseudonyms FILE --source P --reason TEXT",
    "Accesses to canaries' records, from a system's own log; the logs there are; or the pseudonyms of the accounts in a"
    " file, one a line.",
    options, 1, 2};

/* What an import or a look-up needs, opened in the order that rights are given up. */
struct call {
    struct home home;
    struct store *store;
    struct registry *registry;
    struct dye_buf file, mapping;
    struct recogniser recogniser;
};

static enum dye_status open_call(struct call *c, const char *path, struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    int fd = csv_open(path, err);
    if (fd < 0)
        return DYE_E_IO;
    int mapping = opt_mapping != NULL ? csv_open(opt_mapping, err) : -1;
    if (opt_mapping != NULL && mapping < 0) {
        close(fd);
        return DYE_E_IO;
    }
    DYE_TRY(matcher_enter(&c->home, &c->store, &keys, err)); /* the process ends with what it has opened */
    DYE_TRY(subject_source(c->store, opt_source, err));
    DYE_TRY(csv_read_all(fd, path, &c->file, err));
    if (mapping >= 0)
        DYE_TRY(csv_read_all(mapping, opt_mapping, &c->mapping, err));
    DYE_TRY(matcher_registry(&keys, c->store, &c->registry, err));
    recogniser_init(&c->recogniser, c->registry);
    return DYE_OK;
}

static void close_call(struct call *c)
{
    recogniser_done(&c->recogniser);
    registry_free(c->registry);
    store_close(c->store);
    dye_buf_done(&c->file);
    dye_buf_done(&c->mapping);
}

static void print_result(const struct touch_import_result *r)
{
    if (common.json) {
        json_t *o =
            json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "source", opt_source, "entries", (json_int_t)r->entries,
                      "accounts", (json_int_t)r->accounts, "touches", (json_int_t)r->touches, "others",
                      (json_int_t)r->others, "unread", (json_int_t)r->unread, "duplicate", (int)r->duplicate);
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(o);
    } else if (r->duplicate)
        puts("imported before: nothing is stored");
    else
        printf("%" PRIu64 " accesses by %" PRIu64 " accounts: %" PRIu64 " to canaries, %" PRIu64
               " to others (counted only)\n",
               r->entries, r->accounts, r->touches, r->others);
    if (r->unread != 0)
        fprintf(stderr, "dyetrace: touch import: %" PRIu64 " lines can't be read, the first is line %zu\n", r->unread,
                r->first_unread);
}

static enum dye_status import(struct verb_call *call, struct call *c, struct dye_error *err)
{
    struct access_mapping *m = calloc(1, sizeof *m);
    enum access_format format;
    struct touch_import_result result;
    if (m == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "touch import: out of memory");
    enum dye_status status = DYE_OK;
    if (opt_format != NULL && !access_format_from_name(opt_format, &format))
        status = dye_fail(err, DYE_E_USAGE, "--format: csv, jsonl or syslog is wanted");
    if (status == DYE_OK)
        status = open_call(c, call->argv[2], err);
    if (status == DYE_OK)
        status = access_mapping_parse(opt_mapping != NULL ? opt_mapping : "",
                                      c->mapping.n != 0     ? (const char *)c->mapping.p
                                      : opt_mapping != NULL ? ""
                                                            : NULL,
                                      c->mapping.n, opt_format != NULL ? &format : NULL, m, err);
    if (status == DYE_OK)
        status = matcher_expire_events(c->store, &c->home.config, err);
    if (status == DYE_OK)
        status = touch_import(c->store, &c->recogniser, opt_source, m, &c->file, &result, err);
    if (status == DYE_OK) {
        print_result(&result);
        call->code = opt_strict && result.unread != 0 ? 1 : 0;
    }
    access_mapping_done(m);
    free(m);
    return status;
}

/* Who may ask which account a pseudonym is has the accounts: they are given, and told what each is stored as. */
static enum dye_status pseudonyms(struct verb_call *call, struct call *c, struct dye_error *err)
{
    struct csv_reader csv;
    char pseudonym[TOUCH_ACCOUNT_MAX + 1];
    char *detail = NULL;
    if (opt_reason == NULL || opt_reason[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "touch pseudonyms: --reason TEXT is wanted");
    DYE_TRY(open_call(c, call->argv[2], err));
    json_t *o = json_pack("{s:s}", "reason", opt_reason);
    detail = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    if (detail == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--reason: UTF-8 text is wanted");
    enum dye_status status = zone_audit(c->store, "pseudonyms", opt_source, "done", detail, err);
    free(detail);
    csv_reader_init(&csv, &c->file);
    while (status == DYE_OK && (status = csv_reader_next(&csv, err)) == DYE_OK) {
        status = touch_account(&c->recogniser, opt_source, false, csv.field[0], pseudonym, err);
        if (status == DYE_OK)
            printf(common.json ? "{\"line\":%zu,\"account\":\"%s\"}\n" : "line %zu: %s\n", csv.line, pseudonym);
    }
    return status == DYE_END ? DYE_OK : status;
}

static void print_log(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    if (o == NULL)
        return;
    const char *first = json_string_value(json_object_get(o, "first"));
    const char *last = json_string_value(json_object_get(o, "last"));
    printf("log %lld  %-32s %lld accesses by %lld accounts, %lld to canaries, %lld lines unread, %s to %s\n",
           (long long)json_integer_value(json_object_get(o, "log")), json_string_value(json_object_get(o, "source")),
           (long long)json_integer_value(json_object_get(o, "entries")),
           (long long)json_integer_value(json_object_get(o, "accounts")),
           (long long)json_integer_value(json_object_get(o, "touches")),
           (long long)json_integer_value(json_object_get(o, "unread")), first != NULL ? first : "-",
           last != NULL ? last : "-");
    json_decref(o);
}

static enum dye_status list(struct call *c, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(matcher_enter(&c->home, &c->store, NULL, err));
    DYE_TRY(subject_source(c->store, opt_source, err));
    DYE_TRY(store_run(
        c->store, err, &r,
        "SELECT json_build_object('log', l.log_id, 'source', s.path, 'entries', l.entries, 'unread', l.unread,"
        " 'touches', (SELECT count(*) FROM dyetrace.touch t WHERE t.log_id = l.log_id), 'accounts', (SELECT"
        " count(DISTINCT d.account) FROM dyetrace.touch_day d WHERE d.log_id = l.log_id), 'sha256',"
        " encode(l.sha256, 'hex'), 'first', to_char(l.first_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
        " 'last', to_char(l.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))"
        " FROM dyetrace.touch_log l JOIN dyetrace.source s USING (source_id)"
        " WHERE $1::text IS NULL OR s.path = $1 OR starts_with(s.path, $1 || '/') ORDER BY l.log_id",
        "s", opt_source));
    for (int i = 0; i < PQntuples(r); i++)
        if (common.json)
            puts(store_text(r, i, 0));
        else
            print_log(store_text(r, i, 0));
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    struct call c = {0};
    const char *what = call->argv[1];
    bool imports = strcmp(what, "import") == 0;
    bool lists = strcmp(what, "list") == 0;
    if (call->args != (lists ? 1 : 2) || (!imports && !lists && strcmp(what, "pseudonyms") != 0))
        return options_usage(&spec, err);
    if (!lists && opt_source == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "touch %s: --source is missing", imports ? "import" : "pseudonyms");
    DYE_TRY(home_open(common.home, common.config, &c.home, err));
    dye_buf_init(&c.file, LOG_MAX, true);
    dye_buf_init(&c.mapping, MAPPING_MAX, true);
    enum dye_status status = imports ? import(call, &c, err) : lists ? list(&c, err) : pseudonyms(call, &c, err);
    close_call(&c);
    return status;
}

int verb_touch(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
