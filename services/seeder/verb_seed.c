/* seed: makes canaries for a source, records their placement as of now, and writes the records for the caller to load. */
#include "log.h"
#include "options.h"
#include "registrar.h"
#include "sector_file.h"
#include "source.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *opt_count;
static const char *opt_format;
static const char *opt_output;
static const char *opt_no_hit;
static struct common_options common;

static const struct option_spec options[] = {
    {"count", "N", "how many", &opt_count, NULL},
    {"format", "csv|jsonl", "what is written (default csv)", &opt_format, NULL},
    {"o", "FILE", "where to (mode 0600; default standard output)", &opt_output, NULL},
    {"no-hit", "REF", "the no-hit certificate that covers these values; production wants one", &opt_no_hit, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seed SOURCE --count N [--format csv|jsonl] [-o FILE]",
                                      "Makes canaries for a source and writes their records for you to load.", options,
                                      1, 1};

struct output {
    const struct dye_sector *sector;
    enum dye_record_format format;
    struct dye_buf text;
    int fd;
};

static enum dye_status flush(struct output *o, struct dye_error *err)
{
    for (size_t at = 0; at < o->text.n;) {
        ssize_t n = write(o->fd, o->text.p + at, o->text.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            DYE_FAIL(err, DYE_E_IO, "records: %s; they are registered: canary list --reveal writes them again",
                     strerror(errno));
        at += (size_t)n;
    }
    dye_buf_clear(&o->text);
    return DYE_OK;
}

static enum dye_status write_record(void *arg, const struct dye_persona *p)
{
    struct output *o = arg;
    return dye_record_write(o->sector, p, o->format, &o->text);
}

static enum dye_status open_output(struct output *o, struct dye_error *err)
{
    o->fd = STDOUT_FILENO;
    if (opt_output == NULL)
        return DYE_OK;
    o->fd = open(opt_output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (o->fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", opt_output, strerror(errno));
    return DYE_OK;
}

/* A reference ends up in JSON: it is kept to what needs no escape. */
static enum dye_status audit_detail(char *ret, size_t n, long long count, struct dye_error *err)
{
    if (opt_no_hit != NULL && strspn(opt_no_hit, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:") !=
                                  strlen(opt_no_hit))
        DYE_FAIL(err, DYE_E_USAGE, "--no-hit: letters, digits and - _ . / : are wanted");
    snprintf(ret, n, "{\"count\":%lld,\"no_hit\":\"%.128s\"}", count, opt_no_hit != NULL ? opt_no_hit : "");
    return DYE_OK;
}

static enum dye_status seed(const struct home *h, struct store *s, const char *path, struct output *o, long long count,
                            struct dye_error *err)
{
    struct source source;
    struct dye_sector sector;
    struct registrar registrar = {0};
    char detail[256];
    DYE_TRY(audit_detail(detail, sizeof detail, count, err));
    DYE_TRY(source_find(s, path, &source, err));
    DYE_TRY(sector_load(h, source.sector, &sector, err));
    DYE_TRY(registrar_open(h, s, &registrar, err));
    struct registrar_batch batch = {.sector = &sector,
                                    .owner_id = source.owner_id,
                                    .source_id = source.source_id,
                                    .source_path = source.path,
                                    .state = "planted",
                                    .count = (uint64_t)count,
                                    .audit_event = "seed",
                                    .audit_detail = detail};
    o->sector = &sector;
    enum dye_status status = dye_record_header(&sector, o->format, &o->text);
    if (status == DYE_OK)
        status = registrar_register(&registrar, &batch, write_record, o, err);
    registrar_close(&registrar);
    return status == DYE_OK ? flush(o, err) : status;
}

static enum dye_status run(const char *path, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    struct output o = {.fd = -1};
    long long count = 0;
    if (opt_count == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "seed: --count is missing");
    DYE_TRY(option_int("--count", opt_count, 1, 10000000, &count, err));
    if (opt_format == NULL || strcmp(opt_format, "csv") == 0)
        o.format = DYE_FORMAT_CSV;
    else if (strcmp(opt_format, "jsonl") == 0)
        o.format = DYE_FORMAT_JSONL;
    else
        DYE_FAIL(err, DYE_E_USAGE, "--format: %s: csv or jsonl is wanted", opt_format);
    DYE_TRY(home_open(common.home, common.config, &h, err));
    if (h.config.environment == ENVIRONMENT_PRODUCTION && opt_no_hit == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "seed: this home is in production: --no-hit REF is wanted");
    DYE_TRY(open_output(&o, err));
    dye_buf_init(&o.text, (size_t)4 << 30, true);
    enum dye_status status = zone_enter(&h, "seeder", &s, err);
    if (status == DYE_OK)
        status = seed(&h, s, path, &o, count, err);
    store_close(s);
    dye_buf_done(&o.text);
    if (opt_output != NULL) {
        struct stat st;
        if (status != DYE_OK && fstat(o.fd, &st) == 0 && st.st_size == 0)
            unlink(opt_output); /* nothing came of it; as the home's user this may fail, and leaves an empty file */
        close(o.fd);
    }
    return status;
}

int verb_seed(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run(argv[1], &err);
    return status == DYE_OK ? 0 : complain(&err);
}
