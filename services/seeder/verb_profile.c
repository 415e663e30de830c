/* source profile: learns what a source's table looks like, as counts; canaries made for it from then on follow it. */
#include "dye/profile.h"
#include "sector_file.h"
#include "source.h"
#include "table_reader.h"
#include "verb.h"
#include "verbs.h"
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *opt_table;
static const char *opt_conninfo;
static const char *opt_csv;
static const char *opt_map;
static const char *opt_k;
static bool opt_show;
static struct common_options common;

static const struct option_spec options[] = {
    {"conninfo", "C", "the PostgreSQL database of the table (read only, through a cursor)", &opt_conninfo, NULL},
    {"table", "T", "the table or view (default the sector's)", &opt_table, NULL},
    {"csv", "FILE", "or an export of it, with a header line", &opt_csv, NULL},
    {"map", "R=T,...", "record column = table column, where their names differ", &opt_map, NULL},
    {"k", "N", "keep no value that fewer than N rows have (default 10)", &opt_k, NULL},
    {"show", NULL, "print the profile that is kept", NULL, &opt_show},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "source profile PATH --conninfo C [--table T] | --csv FILE [--show]",
    "Learns what a source's table looks like; its new canaries follow it. Counts are kept, no row and no rare value.",
    options, 2, 2};

static void feed(void *arg, const struct dye_span *cells)
{
    dye_profile_learner_feed(arg, cells);
}

static enum dye_status keep(struct store *s, const struct source *source, const struct dye_profile *p, size_t columns,
                            struct dye_error *err)
{
    struct dye_buf text;
    char detail[96];
    dye_buf_init(&text, DYE_PROFILE_MAX_BYTES, false);
    enum dye_status status = dye_profile_write(p, &text);
    snprintf(detail, sizeof detail, "{\"rows\":%" PRIu64 ",\"columns\":%zu}", dye_profile_rows(p), columns);
    if (status == DYE_OK)
        status = store_begin(s, err);
    if (status == DYE_OK)
        status = store_run(s, err, NULL,
                           "INSERT INTO dyetrace.source_profile (source_id, row_count, counts) VALUES ($1, $2, $3)",
                           "iis", source->source_id, (int64_t)dye_profile_rows(p), (const char *)text.p);
    if (status == DYE_OK)
        status = zone_audit(s, "source profile", source->path, "done", detail, err);
    if (status == DYE_OK)
        status = store_commit(s, err);
    else
        store_rollback(s);
    if (status == DYE_OK && common.json)
        printf("{\"source\":\"%s\",\"rows\":%" PRIu64 ",\"columns\":%zu,\"bytes\":%zu}\n", source->path,
               dye_profile_rows(p), columns, text.n);
    else if (status == DYE_OK)
        printf("%s: %" PRIu64 " rows, %zu columns, %zu bytes of counts\n", source->path, dye_profile_rows(p), columns,
               text.n);
    dye_buf_done(&text);
    return status;
}

static enum dye_status learn(const struct home *h, struct store *s, const struct source *source, int fd, uint32_t k,
                             struct dye_error *err)
{
    struct dye_sector sector;
    struct table_map map;
    struct dye_profile *p = NULL;
    size_t columns = 0;
    DYE_TRY(table_map_read(opt_map, &map, err));
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    struct dye_profile_learner *l = dye_profile_learner_new(&sector, k);
    if (l == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "profile: out of memory");
    enum dye_status status = fd >= 0 ? table_read_csv(fd, &sector, &map, feed, l, &columns, err)
                                     : table_read_sql(opt_conninfo, opt_table != NULL ? opt_table : sector.table,
                                                      &sector, &map, feed, l, &columns, err);
    if (status == DYE_OK && columns == 0)
        status = dye_fail(err, DYE_E_USAGE, "table: it has no column of sector %s; --map names them", sector.name);
    if (status == DYE_OK)
        status = dye_profile_learner_end(l, &p, err);
    dye_profile_learner_free(l);
    if (status == DYE_OK)
        status = keep(s, source, p, columns, err);
    dye_profile_free(p);
    return status;
}

static enum dye_status show(struct store *s, const struct source *source, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT counts FROM dyetrace.source_profile WHERE source_id = $1"
                      " ORDER BY profile_id DESC LIMIT 1",
                      "i", source->source_id));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "source: %s: it has no profile", source->path);
    fputs(store_text(r, 0, 0), stdout);
    return DYE_OK;
}

static enum dye_status run(const char *path, int fd, struct dye_error *err)
{
    static struct home h;
    struct store *s = NULL;
    struct source source;
    long long k = DYE_PROFILE_K;
    if (opt_k != NULL)
        DYE_TRY(option_int("--k", opt_k, 5, 1000000, &k, err));
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(zone_enter(&h, "seeder", &s, err));
    enum dye_status status = source_find(s, path, &source, err);
    if (status == DYE_OK && (fd >= 0 || opt_conninfo != NULL))
        status = learn(&h, s, &source, fd, (uint32_t)k, err);
    if (status == DYE_OK && opt_show)
        status = show(s, &source, err);
    store_close(s);
    return status;
}

static enum dye_status open_and_run(struct verb_call *call, struct dye_error *err)
{
    int fd = -1;
    if ((opt_csv != NULL) + (opt_conninfo != NULL) + (opt_show && !opt_csv && !opt_conninfo) != 1)
        DYE_FAIL(err, DYE_E_USAGE, "source profile: one of --csv and --conninfo is wanted, or --show alone");
    if (opt_csv != NULL && (fd = open(opt_csv, O_RDONLY | O_CLOEXEC)) < 0) /* as the caller, before rights go */
        DYE_FAIL(err, DYE_E_IO, "%s: %s", opt_csv, strerror(errno));
    enum dye_status status = run(call->argv[2], fd, err);
    if (fd >= 0)
        close(fd);
    return status;
}

int verb_profile(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, open_and_run);
}
