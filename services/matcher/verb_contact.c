/* contact: calls, messages and parcels that reached canaries. Files are opened as the caller. */
#include "contact_book.h"
#include "csv_reader.h"
#include "subject.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 20, TEXT_MAX = 1024 };

static struct contact_note note;
static const char *opt_source;
static struct common_options common;

static const struct option_spec options[] = {
    {"canary", "C", "add: the canary that was reached", &note.canary, NULL},
    {"to", "VALUE", "add: or its number or address that was", &note.to, NULL},
    {"channel", "C", "add: call, sms, email or parcel", &note.channel, NULL},
    {"at", "T", "add: when, RFC 3339; without a zone China's time", &note.at, NULL},
    {"from", "TEXT", "add: by whom; stored as a keyed hash", &note.from, NULL},
    {"source", "P", "list: of this source and those below it, reached or not", &opt_source, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "contact add --canary C|--to VALUE --channel call|sms|email|parcel --at T [--from TEXT] | contact import FILE.csv |"
    " contact list [--source P] [--json]",
    "Contacts that reached canaries, and whether a source's canaries are reached more than controls are.", options, 1,
    2};

struct call {
    struct home home;
    struct store *store;
    struct registry *registry;
    struct recogniser recogniser;
};

static enum dye_status open_call(struct call *c, struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    DYE_TRY(matcher_enter(&c->home, &c->store, &keys, err));
    DYE_TRY(matcher_registry(&keys, c->store, &c->registry, err));
    recogniser_init(&c->recogniser, c->registry);
    return matcher_expire_events(c->store, &c->home.config, err);
}

static enum dye_status add(struct call *c, struct dye_error *err)
{
    enum contact_outcome outcome;
    if ((note.canary == NULL) == (note.to == NULL))
        DYE_FAIL(err, DYE_E_USAGE, "contact add: --canary or --to is wanted");
    if ((note.to != NULL && strlen(note.to) > TEXT_MAX) || (note.from != NULL && strlen(note.from) > TEXT_MAX))
        DYE_FAIL(err, DYE_E_USAGE, "contact add: --to and --from are too long");
    DYE_TRY(open_call(c, err));
    DYE_TRY(store_begin(c->store, err));
    enum dye_status status = contact_store(c->store, &c->recogniser, &note, &outcome, err);
    if (status == DYE_E_RECORD) {
        struct dye_error why = *err;
        DYE_FAIL(err, DYE_E_USAGE, "contact add: %s", why.message);
    }
    DYE_TRY(status);
    DYE_TRY(zone_audit(c->store, "contact add", note.channel,
                       outcome == CONTACT_STORED  ? "stored"
                       : outcome == CONTACT_KNOWN ? "known"
                                                  : "no canary",
                       NULL, err));
    DYE_TRY(store_commit(c->store, err));
    if (outcome == CONTACT_NO_CANARY)
        DYE_FAIL(err, DYE_E_NOTFOUND, "contact add: no canary has that; nothing is stored");
    return DYE_OK;
}

/* ---- import ---- */

enum { CANARY, TO, CHANNEL, AT, FROM, COLUMNS };

static enum dye_status read_header(struct csv_reader *csv, size_t column[COLUMNS], struct dye_error *err)
{
    static const char *const names[COLUMNS] = {"canary", "to", "channel", "at", "from"};
    enum dye_status status = csv_reader_next(csv, err);
    if (status == DYE_END)
        DYE_FAIL(err, DYE_E_USAGE, "contact import: the file is empty; a header is wanted");
    DYE_TRY(status);
    for (size_t k = 0; k < COLUMNS; k++)
        for (size_t i = 0; i < csv->fields && column[k] == 0; i++)
            if (strcmp(csv->field[i], names[k]) == 0)
                column[k] = i + 1;
    if ((column[CANARY] == 0 && column[TO] == 0) || column[CHANNEL] == 0 || column[AT] == 0)
        DYE_FAIL(err, DYE_E_USAGE, "contact import: columns canary or to, channel, at and, if known, from are wanted");
    return DYE_OK;
}

static const char *cell(const struct csv_reader *csv, const size_t column[COLUMNS], size_t k)
{
    return column[k] != 0 && column[k] <= csv->fields ? csv->field[column[k] - 1] : "";
}

static enum dye_status import_rows(struct call *c, struct dye_buf *text, uint64_t count[3], uint64_t *ret_bad,
                                   struct dye_error *err)
{
    struct csv_reader csv;
    size_t column[COLUMNS] = {0};
    csv_reader_init(&csv, text);
    DYE_TRY(read_header(&csv, column, err));
    enum dye_status status;
    while ((status = csv_reader_next(&csv, err)) == DYE_OK) {
        struct dye_error why = {0};
        enum contact_outcome outcome;
        const struct contact_note n = {cell(&csv, column, CANARY), cell(&csv, column, TO), cell(&csv, column, CHANNEL),
                                       cell(&csv, column, AT), cell(&csv, column, FROM)};
        status = strlen(n.to) > TEXT_MAX || strlen(n.from) > TEXT_MAX
                     ? dye_fail(&why, DYE_E_RECORD, "to or from: too long")
                     : contact_store(c->store, &c->recogniser, &n, &outcome, &why);
        if (status == DYE_E_RECORD) {
            ++*ret_bad;
            printf(common.json ? "{\"line\":%zu,\"why\":\"%s\"}\n" : "line %zu: %s\n", csv.line, why.message);
        } else if (status != DYE_OK) {
            *err = why;
            return status;
        } else {
            count[outcome]++;
        }
    }
    return status == DYE_END ? DYE_OK : status;
}

static enum dye_status import_text(struct call *c, struct dye_buf *text, struct dye_error *err)
{
    uint64_t count[3] = {0};
    uint64_t bad = 0;
    char detail[96];
    DYE_TRY(store_begin(c->store, err));
    enum dye_status status = import_rows(c, text, count, &bad, err);
    if (status == DYE_OK && bad != 0)
        status = dye_fail(err, DYE_E_USAGE, "contact import: %" PRIu64 " rows can't be imported; nothing was", bad);
    snprintf(detail, sizeof detail, "{\"stored\":%" PRIu64 ",\"known\":%" PRIu64 "}", count[CONTACT_STORED],
             count[CONTACT_KNOWN]);
    if (status == DYE_OK)
        status = zone_audit(c->store, "contact import", "*", "done", detail, err);
    if (status != DYE_OK) {
        store_rollback(c->store);
        return status;
    }
    DYE_TRY(store_commit(c->store, err));
    printf(common.json ? "{\"stored\":%" PRIu64 ",\"known\":%" PRIu64 ",\"others\":%" PRIu64 "}\n"
                       : "%" PRIu64 " contacts stored, %" PRIu64 " known, %" PRIu64 " with no canary\n",
           count[CONTACT_STORED], count[CONTACT_KNOWN], count[CONTACT_NO_CANARY]);
    return DYE_OK;
}

static enum dye_status import(struct call *c, const char *path, struct dye_error *err)
{
    struct dye_buf text;
    int fd = csv_open(path, err);
    if (fd < 0)
        return DYE_E_IO;
    dye_buf_init(&text, FILE_MAX, true);
    enum dye_status status = open_call(c, err); /* the process ends with what it has opened */
    if (status == DYE_OK)
        status = csv_read_all(fd, path, &text, err);
    if (status == DYE_OK)
        status = import_text(c, &text, err);
    dye_buf_done(&text);
    return status;
}

/* ---- list ---- */

static void print_source(void *arg, const char *text)
{
    (void)arg;
    if (common.json) {
        puts(text);
        return;
    }
    json_t *o = json_loads(text, 0, NULL);
    const json_t *b = json_object_get(o, "baseline");
    if (o == NULL)
        return;
    printf("%-32s %-8s p %.2e  %lld contacts in %.0f days (%.2f a year), %lld of %lld lines; baseline %lld in %.0f days"
           " (%.2f a year), %lld of %lld controls\n",
           json_string_value(json_object_get(o, "source")), json_string_value(json_object_get(o, "verdict")),
           json_number_value(json_object_get(o, "p_value")),
           (long long)json_integer_value(json_object_get(o, "contacts")),
           json_number_value(json_object_get(o, "exposure_days")), json_number_value(json_object_get(o, "per_year")),
           (long long)json_integer_value(json_object_get(o, "lines_reached")),
           (long long)json_integer_value(json_object_get(o, "lines")),
           (long long)json_integer_value(json_object_get(b, "contacts")),
           json_number_value(json_object_get(b, "exposure_days")), json_number_value(json_object_get(b, "per_year")),
           (long long)json_integer_value(json_object_get(b, "controls_reached")),
           (long long)json_integer_value(json_object_get(b, "controls")));
    const json_t *own = json_object_get(o, "own");
    if (own != NULL) {
        size_t i;
        json_t *other;
        printf("  %lld of its lines no other source holds: %lld contacts, %lld lines reached, p %.2e; the others are "
               "held by",
               (long long)json_integer_value(json_object_get(own, "lines")),
               (long long)json_integer_value(json_object_get(own, "contacts")),
               (long long)json_integer_value(json_object_get(own, "lines_reached")),
               json_number_value(json_object_get(own, "p_value")));
        json_array_foreach(json_object_get(own, "others"), i, other)
            printf("%s %s", i == 0 ? "" : ",", json_string_value(other));
        putchar('\n');
    }
    json_decref(o);
}

static enum dye_status list(struct call *c, struct dye_error *err)
{
    DYE_TRY(matcher_enter(&c->home, &c->store, NULL, err));
    DYE_TRY(subject_source(c->store, opt_source, err));
    int64_t shared;
    DYE_TRY(contact_weigh(c->store, &c->home.config, opt_source, print_source, NULL, &shared, err));
    if (shared > 0)
        fprintf(stderr,
                "dyetrace: contact list: %" PRId64 " with shared canaries are not counted: whose copy of a"
                " number was reached is open\n",
                shared);
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    struct call c = {0};
    const char *what = call->argv[1];
    bool imports = strcmp(what, "import") == 0;
    bool adds = strcmp(what, "add") == 0;
    if (call->args != (imports ? 2 : 1) || (!imports && !adds && strcmp(what, "list") != 0))
        return options_usage(&spec, err);
    DYE_TRY(home_open(common.home, common.config, &c.home, err));
    enum dye_status status = imports ? import(&c, call->argv[2], err) : adds ? add(&c, err) : list(&c, err);
    recogniser_done(&c.recogniser);
    registry_free(c.registry);
    store_close(c.store);
    return status;
}

int verb_contact(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
