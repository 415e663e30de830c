/* ingest: takes dumps in and matches them. Files are opened as the caller, and read as the home's user. */
#include "dye/digest.h"
#include "followup.h"
#include "ingest.h"
#include "log.h"
#include "options.h"
#include "queries.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct ingest_acquisition how;
static const char *opt_password;
static bool opt_strict;
static struct common_options common;

static const struct option_spec options[] = {
    {"label", "L", "a name for people (default: the file's)", &how.label, NULL},
    {"feed", "F", "which scraper or channel it came by", &how.feed, NULL},
    {"origin", "URL", "where it was offered", &how.origin, NULL},
    {"seller", "S", "by whom", &how.seller, NULL},
    {"price", "P", "for how much", &how.price, NULL},
    {"acquired-at", "T", "when, RFC 3339 (default now)", &how.acquired_at, NULL},
    {"basis", "TEXT", "the legal basis for having it", &how.basis, NULL},
    {"password", "P", NULL, &opt_password, NULL},
    {"strict", NULL, "exit 1 when a part is not fully read, or a file of a directory skipped", NULL, &opt_strict},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"ingest PATH... [--label L] [--feed F] [--strict] ...",
                                      "Takes dumps in and matches them. A directory stands for the files in it.",
                                      options, 1, -1};

struct input {
    char *path; /* absolute */
    int fd;
};
struct inputs {
    struct input *at;
    size_t n, cap;
    size_t skipped; /* told on standard error */
};

static enum dye_status add_input(struct inputs *in, const char *path, struct dye_error *err)
{
    if (in->n == in->cap) {
        size_t cap = in->cap != 0 ? 2 * in->cap : 16;
        struct input *at = reallocarray(in->at, cap, sizeof *at);
        if (at == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "ingest: out of memory");
        in->at = at;
        in->cap = cap;
    }
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        int why = fd < 0 ? errno : 0;
        if (fd >= 0)
            close(fd);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, why != 0 ? strerror(why) : "not a regular file");
    }
    char *real = realpath(path, NULL);
    if (real == NULL) {
        close(fd);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    }
    in->at[in->n++] = (struct input){real, fd};
    return DYE_OK;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Inside a directory a link is not followed: it may lead root to what its maker can't read. */
static void complain_skipped(const char *path, struct inputs *in)
{
    struct dye_error err;
    dye_fail(&err, DYE_E_RECORD, "%s: skipped: it is no regular file", path);
    complain(&err);
    in->skipped++;
}

/* All files are open before any is read: root opens, the home's user reads. */
static enum dye_status open_inputs(int n, char **paths, struct inputs *in, struct dye_error *err)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max; /* a directory may hold thousands */
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    for (int i = 0; i < n; i++) {
        struct stat st;
        if (stat(paths[i], &st) != 0)
            DYE_FAIL(err, DYE_E_IO, "%s: %s", paths[i], strerror(errno));
        if (!S_ISDIR(st.st_mode)) {
            DYE_TRY(add_input(in, paths[i], err));
            continue;
        }
        char *const roots[] = {paths[i], NULL};
        FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
        enum dye_status status = walk != NULL ? DYE_OK : dye_fail(err, DYE_E_IO, "%s: %s", paths[i], strerror(errno));
        for (FTSENT *e; status == DYE_OK && (e = fts_read(walk)) != NULL;)
            if (e->fts_info == FTS_F)
                status = add_input(in, e->fts_path, err);
            else if (e->fts_info == FTS_SL || e->fts_info == FTS_SLNONE || e->fts_info == FTS_DEFAULT)
                complain_skipped(e->fts_path, in);
            else if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS)
                status = dye_fail(err, DYE_E_IO, "%s: %s", e->fts_path, strerror(e->fts_errno));
        if (walk != NULL)
            fts_close(walk);
        DYE_TRY(status);
    }
    return DYE_OK;
}

static void close_inputs(struct inputs *in)
{
    for (size_t i = 0; i < in->n; i++) {
        free(in->at[i].path);
        close(in->at[i].fd);
    }
    free(in->at);
}

/* --strict: what is missing, on standard error, where a cron job's mail shows it. */
static void complain_unread(const char *label, const PGresult *verdict)
{
    struct dye_error err;
    dye_fail(&err, DYE_E_RECORD, "%s: %s: %s part%s not fully read; dyetrace unread lists them", label,
             store_text(verdict, 0, 0), store_text(verdict, 0, 4), store_int(verdict, 0, 4) == 1 ? "" : "s");
    complain(&err);
}

static enum dye_status print_result(struct store *s, const char *label, const struct ingest_result *result,
                                    bool *ret_read, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, sql_ingest_json, "sso", result->dump, result->acquisition, (int)result->duplicate));
    const char *line = store_text(r, 0, 0);
    STORE_RESULT verdict = NULL;
    DYE_TRY(store_run(s, err, &verdict,
                      "SELECT d.verdict, d.parts, d.records, (SELECT count(*) FROM dyetrace.sighting s"
                      " WHERE s.dump_id = d.dump_id AND NOT s.weak), (SELECT count(*) FROM dyetrace.part p"
                      " WHERE p.dump_id = d.dump_id AND p.verdict <> 'read') FROM dyetrace.dump d"
                      " WHERE d.dump_id = $1",
                      "s", result->dump));
    *ret_read = strcmp(store_text(verdict, 0, 0), "read") == 0;
    if (common.json)
        puts(line);
    else
        printf("%s  %s, %s parts, %s records, %s sightings%s\n", result->dump, store_text(verdict, 0, 0),
               store_text(verdict, 0, 1), store_text(verdict, 0, 2), store_text(verdict, 0, 3),
               result->duplicate ? ", known already" : "");
    fflush(stdout);
    if (opt_strict && !*ret_read)
        complain_unread(label, verdict);
    return DYE_OK;
}

/* A line is printed only when the dump is complete and attributed, so who reads it can ask at once. */
static enum dye_status ingest_all(const struct home *h, const struct inputs *inputs, bool *ret_all_read,
                                  struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    struct store *s = NULL;
    struct registry *registry = NULL;
    DYE_TRY(matcher_enter(h, &s, &keys, err));
    enum dye_status status = matcher_registry(&keys, s, &registry, err);
    struct ingest in = {.home = h, .store = s, .registry = registry, .show_progress = true};
    for (size_t i = 0; status == DYE_OK && i < inputs->n; i++) {
        struct ingest_acquisition a = how;
        struct ingest_result result;
        const char *slash = strrchr(inputs->at[i].path, '/');
        bool read = true;
        a.location = inputs->at[i].path;
        if (a.label == NULL)
            a.label = slash != NULL ? slash + 1 : inputs->at[i].path;
        status = ingest_dump(&in, inputs->at[i].fd, &a, &result, err);
        if (status == DYE_E_IO) { /* of several files: which one */
            struct dye_error why = *err;
            dye_fail(err, status, "%s: %s", a.label, why.message);
        }
        if (status == DYE_OK)
            status = followup_attribute(s, h, NULL, err);
        if (status == DYE_OK)
            status = print_result(s, a.label, &result, &read, err);
        *ret_all_read = *ret_all_read && read;
    }
    if (status == DYE_OK)
        status = followup_sm3(s, NULL, err);
    registry_free(registry);
    store_close(s);
    return status;
}

/* A date, or RFC 3339's date and time with its zone. */
static bool is_moment(const char *text)
{
    struct tm t = {0};
    const char *end = strptime(text, "%Y-%m-%d", &t);
    int day = t.tm_mday;
    if (end == NULL || end - text != 10 || timegm(&t) == -1 || t.tm_mday != day)
        return false;
    if (*end == '\0')
        return true;
    const char *time = end + 1;
    end = *end == 'T' ? strptime(time, "%H:%M:%S", &t) : NULL;
    if (end == NULL || end - time != 8)
        return false;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    if (strcmp(end, "Z") == 0)
        return true;
    time = end + 1;
    end = *end == '+' || *end == '-' ? strptime(time, "%H:%M", &t) : NULL;
    return end != NULL && end - time == 5 && *end == '\0';
}

static enum dye_status check_options(struct dye_error *err)
{
    const char *const texts[] = {how.label, how.feed, how.origin, how.seller, how.price, how.basis};
    if (opt_password != NULL)
        DYE_FAIL(err, DYE_E_USAGE, "--password: encrypted parts are recorded as unread by this version");
    if (how.acquired_at != NULL && !is_moment(how.acquired_at))
        DYE_FAIL(err, DYE_E_USAGE, "--acquired-at: a time such as 2026-05-01T08:00:00Z is wanted");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] != NULL && !dye_path_is_valid(dye_span_str(texts[i])))
            DYE_FAIL(err, DYE_E_USAGE, "ingest: an option's text is too long or no UTF-8");
    return DYE_OK;
}

static enum dye_status run(int args, char **argv, bool *ret_all_read, struct dye_error *err)
{
    struct home h;
    struct inputs inputs = {0};
    DYE_TRY(check_options(err));
    DYE_TRY(home_open(common.home, common.config, &h, err));
    enum dye_status status = open_inputs(args, argv + 1, &inputs, err);
    if (status == DYE_OK)
        status = ingest_all(&h, &inputs, ret_all_read, err);
    *ret_all_read = *ret_all_read && inputs.skipped == 0;
    close_inputs(&inputs);
    return status;
}

int verb_ingest(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    bool all_read = true;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run(args, argv, &all_read, &err);
    if (status != DYE_OK)
        return complain(&err);
    return opt_strict && !all_read ? 1 : 0;
}
