/* seed: makes canaries for a source, records their placement as of now, and writes the records for the caller to load.
 */
#include "dye/message.h"
#include "gate.h"
#include "log.h"
#include "options.h"
#include "output_file.h"
#include "registrar.h"
#include "sector_file.h"
#include "source.h"
#include "stamp_time.h"
#include "verbs.h"

#include <time.h>
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
    {"format", "F", "csv, jsonl, sql (INSERT), fhir (an R4 transaction bundle) or hl7 (v2.5 ADT^A28); default csv",
     &opt_format, NULL},
    {"o", "FILE", "where to (mode 0600; default standard output)", &opt_output, NULL},
    {"no-hit", "REF", "the no-hit certificate that covers these values; production wants one, or pools", &opt_no_hit,
     NULL},
    {"override", NULL, "go on in spite of what production demands; needs --reason, and is audited", NULL,
     &opt_override},
    {"reason", "TEXT", "why", &opt_reason, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seed SOURCE --count N [--format csv|jsonl|sql|fhir|hl7] [-o FILE]",
                                      "Makes canaries for a source and writes their records for you to load. For\n"
                                      "holders that have copies of one table: dyetrace seed --shared --help",
                                      options, 1, 1};

enum format { FORMAT_CSV, FORMAT_JSONL, FORMAT_SQL, FORMAT_FHIR, FORMAT_HL7, FORMATS };
static const char *const format_names[FORMATS] = {"csv", "jsonl", "sql", "fhir", "hl7"};
static const enum dye_record_format record_formats[FORMAT_FHIR] = {DYE_FORMAT_CSV, DYE_FORMAT_JSONL, DYE_FORMAT_SQL};

struct output {
    const struct dye_sector *sector;
    const char *source; /* its path */
    const struct registrar *registrar;
    enum format format;
    struct dye_exchange exchange; /* fhir, hl7 */
    char when[15];
    struct dye_buf text;
};

static enum dye_status write_record(void *arg, const struct dye_persona *p)
{
    struct output *o = arg;
    struct dye_stamp stamp;
    if (o->format < FORMAT_FHIR)
        return dye_record_write(o->sector, p, record_formats[o->format], &o->text);
    dye_stamp_make(&o->registrar->message_key, p->canary, 'A', o->source, o->when, &stamp);
    if (o->format == FORMAT_FHIR)
        return dye_fhir_person(o->sector, p, &o->exchange, &stamp, &o->text);
    return dye_hl7_message(o->sector, p, &o->exchange, &stamp, DYE_HL7_A28, &o->text);
}

/* What comes before the records: before anything is registered, so that a sector that the format can't carry is refused
 * in time. */
static enum dye_status begin(struct output *o, const struct source *source, struct dye_error *err)
{
    if (o->format < FORMAT_FHIR)
        return dye_record_header(o->sector, record_formats[o->format], &o->text);
    if (!dye_sector_has(o->sector, DYE_MRN))
        DYE_FAIL(err, DYE_E_USAGE, "seed: sector %s has no mrn, which FHIR and HL7 know a patient by", o->sector->name);
    for (size_t i = 0; i < o->sector->columns; i++)
        if (o->sector->column[i].what == DYE_COLUMN_KIND && o->sector->column[i].kind == DYE_MRN &&
            o->sector->column[i].empty != 0)
            DYE_FAIL(err, DYE_E_USAGE, "seed: sector %s leaves its mrn empty at times, which FHIR and HL7 can't",
                     o->sector->name);
    char institution[sizeof source->path];
    snprintf(institution, sizeof institution, "%.*s", (int)strcspn(source->path, "/"), source->path);
    dye_exchange_init(&o->exchange, institution);
    stamp_time(time(NULL), o->when);
    return o->format == FORMAT_FHIR ? dye_fhir_begin(&o->text) : DYE_OK;
}

static enum dye_status end(struct output *o)
{
    return o->format == FORMAT_FHIR ? dye_fhir_end(&o->text) : DYE_OK;
}

struct request {
    struct home home;
    const char *path;
    enum format format;
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
    o->source = source.path;
    o->registrar = &registrar;
    enum dye_status status = begin(o, &source, err);
    if (status == DYE_OK)
        status = registrar_register(&registrar, &batch, write_record, o, err);
    if (status == DYE_OK)
        status = end(o);
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
    while (opt_format != NULL && q->format < FORMATS && strcmp(opt_format, format_names[q->format]) != 0)
        q->format++;
    if (q->format == FORMATS)
        DYE_FAIL(err, DYE_E_USAGE, "--format: %s: csv, jsonl, sql, fhir or hl7 is wanted", opt_format);
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
