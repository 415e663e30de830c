/*
 * exclusion filter, exclusion log: what the owner of a system behind the sources runs, with a list and its key, on a
 * batch of rows: offline, without a home. The answer is the whole batch's, and each run is put on record first.
 */
#include "csv_reader.h"
#include "exclusion_log.h"
#include "exclusion_table.h"
#include "exclusion_verbs.h"
#include "key_file.h"
#include "log.h"
#include "options.h"
#include "output_file.h"
#include "privilege.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *opt_list;
static const char *opt_key;
static const char *opt_kept;
static const char *opt_removed;
static const char *opt_columns;
static const char *opt_log;
static bool opt_strict;
static struct common_options common;

static const struct option_spec options[] = {
    {"list", "FILE", "the list that the security team made for this system", &opt_list, NULL},
    {"key", "FILE", "the system's key", &opt_key, NULL},
    {"kept", "FILE", "writes the rows that are no canary's (mode 0600)", &opt_kept, NULL},
    {"removed", "FILE", "writes the rows that are", &opt_removed, NULL},
    {"columns", "NAME=KIND,...", "what columns hold whose name is no kind's; KIND may be ignore", &opt_columns, NULL},
    {"log", "FILE", "the record of all runs (default the key's file and .log)", &opt_log, NULL},
    {"strict", NULL, "end with 1 when a row could not be judged, or is disputed", NULL, &opt_strict},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "exclusion filter --list FILE --key FILE [--kept FILE] [--removed FILE] [--columns NAME=KIND,...] BATCH.csv",
    "Takes the canaries out of a batch of this system's rows: CSV with a header, UTF-8 or GB18030. Needs no home. Small"
    " batches are refused; each run is on record before it answers.",
    options, 1, 1};

struct filtering {
    struct exclusion_open open;
    struct exclusion_table table;
    struct exclusion_counts counts;
    uint64_t run;
};

/* ---- the files ---- */

static enum dye_status write_rows(int fd, const struct filtering *f, bool removed, struct dye_error *err)
{
    const struct exclusion_table *t = &f->table;
    struct dye_buf out;
    size_t start = t->header_end;
    dye_buf_init(&out, (size_t)EXCLUSION_TABLE_MAX_BYTES + 1, true);
    enum dye_status status = dye_buf_append(&out, t->raw.p, t->header_end);
    for (size_t i = 0; status == DYE_OK && i < t->rows; i++) {
        bool canary = dye_exclusion_batch_answer(f->open.batch, i)->verdict == DYE_EXCLUSION_CANARY;
        if (canary == removed)
            status = dye_buf_append(&out, t->raw.p + start, t->row[i].end - start);
        start = t->row[i].end;
    }
    if (status == DYE_OK)
        status = output_write(fd, out.p, out.n, err);
    else
        dye_fail(err, status, "exclusion filter: out of memory");
    dye_buf_done(&out);
    return status;
}

static enum dye_status fill(const int *fds, void *arg, struct dye_error *err)
{
    const struct filtering *f = arg;
    size_t n = 0;
    if (opt_kept != NULL)
        DYE_TRY(write_rows(fds[n++], f, false, err));
    return opt_removed != NULL ? write_rows(fds[n], f, true, err) : DYE_OK;
}

/* ---- a run ---- */

static enum dye_status put_on_record(struct filtering *f, const char *result, struct dye_error *err)
{
    char path[4096];
    char at[32];
    int n = snprintf(path, sizeof path, "%s%s", opt_log != NULL ? opt_log : opt_key, opt_log != NULL ? "" : ".log");
    if (n < 0 || (size_t)n >= sizeof path)
        DYE_FAIL(err, DYE_E_USAGE, "--log: the path is too long");
    exclusion_time(time(NULL), at);
    const struct exclusion_run run = {.at = at,
                                      .system = dye_exclusion_terms_of(f->open.list)->system,
                                      .list_sha256 = f->open.list_sha256,
                                      .batch_sha256 = f->table.sha256,
                                      .result = result,
                                      .rows = f->table.rows,
                                      .canaries = f->counts.canaries,
                                      .disputed = f->counts.disputed,
                                      .unreadable = f->counts.unreadable};
    return exclusion_log_append(path, &f->open.system_key, &run, &f->run, err);
}

static enum dye_status judge(const char *batch, struct filtering *f, struct dye_error *err)
{
    char until[32];
    if (opt_list == NULL || opt_key == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "exclusion filter: --list FILE and --key FILE are wanted");
    DYE_TRY(exclusion_open(opt_list, opt_key, &f->open, err));
    const struct dye_exclusion_terms *terms = dye_exclusion_terms_of(f->open.list);
    exclusion_time(terms->expires_at, until);
    if (time(NULL) >= terms->expires_at)
        DYE_FAIL(err, DYE_E_KEY, "%s: the list expired at %s; canaries were planted since: ask for a new one", opt_list,
                 until);
    int fd = csv_open(batch, err);
    if (fd < 0)
        return DYE_E_IO;
    DYE_TRY(exclusion_table_read(fd, batch, opt_columns, NULL, &f->open, &f->table, err));
    enum dye_status status = dye_exclusion_batch_end(f->open.batch, terms->min_batch, err);
    if (status != DYE_OK) {
        struct dye_error other = {0};
        return put_on_record(f, "refused", &other) == DYE_OK ? status
                                                             : dye_fail(err, other.status, "%s", other.message);
    }
    exclusion_count(&f->table, &f->open, &f->counts);
    return put_on_record(f, "done", err);
}

static void tell(const struct filtering *f)
{
    const struct exclusion_counts *c = &f->counts;
    printf(common.json
               ? "{\"system\":\"%s\",\"list\":\"%s\",\"batch\":\"%s\",\"rows\":%zu,\"kept\":%zu,\"removed\":%zu,"
                 "\"disputed\":%zu,\"unreadable\":%zu,\"run\":%" PRIu64 "}\n"
               : "%s: list %.16s, batch %.16s: %zu rows, %zu kept, %zu removed, %zu disputed, %zu unreadable (run"
                 " %" PRIu64 ")\n",
           dye_exclusion_terms_of(f->open.list)->system, f->open.list_sha256, f->table.sha256, c->rows,
           c->rows - c->canaries, c->canaries, c->disputed, c->unreadable, f->run);
    if (c->disputed != 0)
        fprintf(stderr,
                "dyetrace: exclusion filter: %zu rows agree with a canary but have another's resident ID; kept; the"
                " first is on line %zu\n",
                c->disputed, c->first_disputed);
    if (c->unreadable != 0)
        fprintf(stderr,
                "dyetrace: exclusion filter: %zu rows have no identifier that can be read; kept; the first is on line"
                " %zu\n",
                c->unreadable, c->first_unreadable);
}

static int filter(const char *batch, struct filtering *f)
{
    struct dye_error err = {0};
    const char *paths[2];
    size_t n = 0;
    if (judge(batch, f, &err) != DYE_OK)
        return complain(&err);
    if (opt_kept != NULL)
        paths[n++] = opt_kept;
    if (opt_removed != NULL)
        paths[n++] = opt_removed;
    int code = n != 0 ? output_files(paths, n, fill, f) : 0;
    if (code != 0)
        return code;
    tell(f);
    return opt_strict && f->counts.disputed + f->counts.unreadable != 0 ? 1 : 0;
}

int verb_exclusion_filter(int argc, char **argv)
{
    static struct filtering f;
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status != DYE_OK)
        return complain(&err);
    privilege_harden(); /* before any key or row */
    int code = filter(argv[1], &f);
    exclusion_table_done(&f.table);
    exclusion_close(&f.open);
    return code;
}

/* ---- the record ---- */

static const struct option_spec log_options[] = {
    {"key", "FILE", "the system's key", &opt_key, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec log_spec = {"exclusion log --key FILE LOG",
                                          "Checks the record of a system's runs and prints them, a JSON line each. "
                                          "Ends with 1 when it does not hold. Needs no"
                                          " home.",
                                          log_options, 1, 1};

static void print_run(void *arg, const char *line, size_t n)
{
    (void)arg;
    printf("%.*s\n", (int)n, line);
}

static enum dye_status check_log(const char *path, struct dye_error *err)
{
    struct dye_buf text;
    struct dye_error why = {0};
    uint64_t runs = 0;
    DYE_CLEANUP(dye_key_wipe) struct dye_key key = {0};
    if (opt_key == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "exclusion log: --key FILE is missing");
    DYE_TRY(key_file_read(opt_key, &key, err));
    int fd = csv_open(path, err);
    if (fd < 0)
        return DYE_E_IO;
    dye_buf_init(&text, EXCLUSION_LOG_MAX_BYTES, false);
    enum dye_status status = csv_read_bytes(fd, path, &text, err);
    if (status == DYE_OK &&
        (status = exclusion_log_check(dye_buf_span(&text), &key, print_run, NULL, &runs, &why)) != DYE_OK)
        dye_fail(err, status, "%s: %s", path, why.message);
    dye_buf_done(&text);
    return status;
}

int verb_exclusion_log(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&log_spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    privilege_harden();
    if (status == DYE_OK)
        status = check_log(argv[1], &err);
    if (status == DYE_OK)
        return 0;
    int code = complain(&err);
    return status == DYE_E_STREAM ? 1 : code;
}
