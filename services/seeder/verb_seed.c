/* seed: makes canaries for a source, records their placement as of now, and writes the records for the caller to load.
 */
#include "output_file.h"
#include "record_file.h"
#include "sector_file.h"
#include "sharing.h"
#include "verb.h"
#include "verbs.h"

#include <unistd.h>

static const char *opt_count;
static const char *opt_format;
static const char *opt_output;
static struct gate_options gate_asked;
static struct common_options common;

static const struct option_spec options[] = {
    {"count", "N", "how many", &opt_count, NULL},
    RECORD_FILE_OPTION(opt_format),
    {"o", "FILE", "where to (mode 0600; default standard output)", &opt_output, NULL},
    GATE_OPTIONS(gate_asked),
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seed SOURCE --count N [--format csv|jsonl|sql|fhir|hl7] [-o FILE]",
                                      "Makes canaries for a source and writes their records for you to load. For\n"
                                      "holders that have copies of one table: dyetrace seed --shared --help",
                                      options, 1, 1};

struct request {
    struct home home;
    const char *path;
    enum record_file_format format;
    long long count;
};

struct records {
    struct record_file file;
    struct dye_error *err;
};

static enum dye_status write_record(void *arg, const struct dye_persona *p)
{
    struct records *o = arg;
    return record_file_add(&o->file, p, 'A', o->err);
}

static enum dye_status seed(const struct request *q, struct store *s, struct records *o, struct dye_error *err)
{
    struct source source;
    struct dye_sector sector;
    struct registrar registrar = {0};
    char detail[256];
    DYE_TRY(registrar_detail(q->count, gate_asked.no_hit, detail, sizeof detail, err));
    DYE_TRY(source_find(s, q->path, &source, err));
    DYE_TRY(sector_load(&q->home, source.sector, &sector, err));
    const struct gate gate = {
        .home = &q->home, .source = &source, .sector = &sector, .verb = "seed", .asked = &gate_asked, .makes = true};
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
    enum dye_status status =
        record_file_begin(&o->file, q->format, &sector, &source, &registrar.message_key, (size_t)4 << 30, err);
    if (status == DYE_OK)
        status = registrar_register(&registrar, &batch, write_record, o, err);
    if (status == DYE_OK)
        status = record_file_end(&o->file);
    registrar_close(&registrar);
    return status;
}

static enum dye_status fill(int fd, void *arg, struct dye_error *err)
{
    const struct request *q = arg;
    struct store *s = NULL;
    struct records o = {.err = err};
    DYE_TRY(zone_enter(&q->home, "seeder", &s, err));
    enum dye_status status = seed(q, s, &o, err);
    struct dye_error why;
    if (status == DYE_OK && output_write(fd, o.file.text.p, o.file.text.n, &why) != DYE_OK)
        status = dye_fail(err, DYE_E_IO, "records: not written, but registered: canary list --reveal shows them (%s)",
                          why.message);
    store_close(s);
    record_file_done(&o.file);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct request q; /* a home's paths are large */
    q.path = call->argv[1];
    if (opt_count == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "seed: --count is missing");
    DYE_TRY(option_int("--count", opt_count, 1, 10000000, &q.count, err));
    DYE_TRY(record_file_format(opt_format, &q.format, err));
    DYE_TRY(home_open(common.home, common.config, &q.home, err));
    if (opt_output == NULL)
        return fill(STDOUT_FILENO, &q, err);
    call->code = output_file(opt_output, false, fill, &q);
    return DYE_OK;
}

int verb_seed(int argc, char **argv)
{
    return sharing_is_asked(argc, argv) ? verb_seed_shared(argc, argv) : verb_run(&spec, argc, argv, &common, run);
}
