/* seed: makes canaries for a source, records their placement as of now, and writes the records for the caller to load.
 */
#include "gate.h"
#include "log.h"
#include "options.h"
#include "output_file.h"
#include "registrar.h"
#include "sector_file.h"
#include "source.h"
#include "verbs.h"

#include <unistd.h>

static const char *opt_count;
static const char *opt_format;
static const char *opt_output;
static const char *opt_no_hit;
static const char *opt_reason;
static bool opt_override;
static struct common_options common;

static const struct option_spec options[] = {
    {"count", "N", "how many", &opt_count, NULL},
    {"format", "csv|jsonl", "what is written (default csv)", &opt_format, NULL},
    {"o", "FILE", "where to (mode 0600; default standard output)", &opt_output, NULL},
    {"no-hit", "REF", "the no-hit certificate that covers these values; production wants one, or pools", &opt_no_hit,
     NULL},
    {"override", NULL, "go on in spite of what production demands; needs --reason, and is audited", NULL,
     &opt_override},
    {"reason", "TEXT", "why", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seed SOURCE --count N [--format csv|jsonl] [-o FILE]",
                                      "Makes canaries for a source and writes their records for you to load. For\n"
                                      "holders that have copies of one table: dyetrace seed --shared --help",
                                      options, 1, 1};

struct output {
    const struct dye_sector *sector;
    enum dye_record_format format;
    struct dye_buf text;
};

static enum dye_status write_record(void *arg, const struct dye_persona *p)
{
    struct output *o = arg;
    return dye_record_write(o->sector, p, o->format, &o->text);
}

struct request {
    struct home home;
    const char *path;
    enum dye_record_format format;
    long long count;
};

static enum dye_status seed(const struct request *q, struct store *s, struct output *o, struct dye_error *err)
{
    struct source source;
    struct dye_sector sector;
    struct registrar registrar = {0};
    char detail[256];
    DYE_TRY(registrar_detail(q->count, opt_no_hit, detail, sizeof detail, err));
    DYE_TRY(source_find(s, q->path, &source, err));
    DYE_TRY(sector_load(&q->home, source.sector, &sector, err));
    struct gate gate = {.home = &q->home,
                        .source = &source,
                        .sector = &sector,
                        .verb = "seed",
                        .no_hit = opt_no_hit,
                        .makes = true,
                        .override = opt_override,
                        .reason = opt_reason};
    DYE_TRY(gate_pass(s, &gate, err));
    DYE_TRY(registrar_open(&q->home, s, &registrar, err));
    struct registrar_batch batch = {.sector = &sector,
                                    .owner_id = source.owner_id,
                                    .source_id = source.source_id,
                                    .source_path = source.path,
                                    .state = "planted",
                                    .count = (uint64_t)q->count,
                                    .audit_event = "seed",
                                    .audit_detail = detail};
    o->sector = &sector;
    enum dye_status status = dye_record_header(&sector, o->format, &o->text);
    if (status == DYE_OK)
        status = registrar_register(&registrar, &batch, write_record, o, err);
    registrar_close(&registrar);
    return status;
}

static enum dye_status fill(int fd, void *arg, struct dye_error *err)
{
    const struct request *q = arg;
    struct store *s = NULL;
    struct output o = {.format = q->format};
    DYE_TRY(zone_enter(&q->home, "seeder", &s, err));
    dye_buf_init(&o.text, (size_t)4 << 30, true);
    enum dye_status status = seed(q, s, &o, err);
    if (status == DYE_OK && output_write(fd, o.text.p, o.text.n, err) != DYE_OK)
        status = dye_fail(err, DYE_E_IO, "records: not written, but registered: canary list --reveal shows them");
    store_close(s);
    dye_buf_done(&o.text);
    return status;
}

static enum dye_status read_request(const char *path, struct request *q, struct dye_error *err)
{
    q->path = path;
    if (opt_count == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "seed: --count is missing");
    DYE_TRY(option_int("--count", opt_count, 1, 10000000, &q->count, err));
    if (opt_format == NULL || strcmp(opt_format, "csv") == 0)
        q->format = DYE_FORMAT_CSV;
    else if (strcmp(opt_format, "jsonl") == 0)
        q->format = DYE_FORMAT_JSONL;
    else
        DYE_FAIL(err, DYE_E_USAGE, "--format: %s: csv or jsonl is wanted", opt_format);
    return home_open(common.home, common.config, &q->home, err);
}

int verb_seed(int argc, char **argv)
{
    static struct request q; /* a home's paths are large */
    struct dye_error err = {0};
    int args = 0;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--shared") == 0)
            return verb_seed_shared(argc, argv);
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = read_request(argv[1], &q, &err);
    if (status == DYE_OK && opt_output != NULL)
        return output_file(opt_output, false, fill, &q);
    if (status == DYE_OK)
        status = fill(STDOUT_FILENO, &q, &err);
    return status == DYE_OK ? 0 : complain(&err);
}
