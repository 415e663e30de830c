/* rotate: old canaries out of a source, fresh ones in. */
#include "gate.h"
#include "log.h"
#include "options.h"
#include "output_file.h"
#include "placed.h"
#include "planting.h"
#include "rotation.h"
#include "sector_file.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const char *opt_count;
static const char *opt_share;
static const char *opt_output;
static const char *opt_take_out;
static const char *opt_format;
static struct gate_options opt_gate;
static bool opt_dry_run;
static bool opt_taken_out;
static struct common_options common;
static const struct option_spec options[] = {
    {"count", "N", "replace N canaries: burned ones, those that `health` found changed, then the oldest", &opt_count,
     NULL},
    {"share", "F", "replace this share of the source's canaries, above 0 and up to 1", &opt_share, NULL},
    {"dry-run", NULL, "list which would go, and change nothing", NULL, &opt_dry_run},
    {"o", "FILE", "where there is no connector: the fresh records, for the source's people to load", &opt_output, NULL},
    {"take-out", "FILE", "where the connector can't take out, or there is none: the records to take out", &opt_take_out,
     NULL},
    {"format", "csv|jsonl", "of these files; default csv", &opt_format, NULL},
    {"taken-out", NULL, "the source's people have taken out what the open rotation listed", NULL, &opt_taken_out},
    GATE_OPTIONS(opt_gate),
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "rotate SOURCE [--count N|--share F] [--dry-run] [-o FILE] [--take-out FILE] [--taken-out]",
    "Plants fresh canaries and takes old ones out. Without a number it goes on with a rotation that broke off.",
    options, 1, 1};

struct request {
    struct home home;
    const char *path;
    long long count;
    double share;
    enum dye_record_format format;
    struct connector connector;
    bool connects, takes_back;
    int files;
    uint64_t remains;
};

struct turn { /* of one rotation */
    const struct request *q;
    struct source source;
    struct registrar registrar;
    int64_t rotation;
    struct rotation_result result;
    bool finished;
};

static void print_result(const struct turn *t)
{
    if (!common.json) {
        printf("%s: %" PRIu64 " fresh planted, %" PRIu64 " wait, %" PRIu64 " old withdrawn, %" PRIu64 " remain%s\n",
               t->source.path, t->result.planted, t->result.waiting, t->result.withdrawn, t->result.remains,
               t->finished ? "" : "; when the listed ones are out: dyetrace rotate --taken-out");
        return;
    }
    json_t *o =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "source", t->source.path, "rotation", (json_int_t)t->rotation,
                  "planted", (json_int_t)t->result.planted, "waiting", (json_int_t)t->result.waiting, "withdrawn",
                  (json_int_t)t->result.withdrawn, "remains", (json_int_t)t->result.remains, "finished", t->finished);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

static enum dye_status print_remains(const struct turn *t, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(t->registrar.store, err, &r,
                      "SELECT p.canary_id FROM dyetrace.rotation_placement o JOIN dyetrace.placement p"
                      " USING (placement_id) WHERE o.rotation_id = $1 AND p.state = 'planted' ORDER BY 1",
                      "i", t->rotation));
    for (int i = 0; i < PQntuples(r); i++)
        planting_print_remains(store_text(r, i, 0), t->source.path, "altered or refused", common.json);
    return DYE_OK;
}

/* ---- which, and how many ---- */

static enum dye_status how_many(const struct request *q, struct store *s, const struct source *source, uint64_t *ret,
                                struct dye_error *err)
{
    uint64_t size = 0;
    DYE_TRY(rotation_size(s, source, &size, err));
    uint64_t wanted = q->share > 0 ? (uint64_t)ceil(q->share * (double)size) : (uint64_t)q->count;
    *ret = wanted < size ? wanted : size;
    return DYE_OK;
}

static enum dye_status show(const struct request *q, struct store *s, const struct source *source,
                            struct dye_error *err)
{
    STORE_RESULT r = NULL;
    uint64_t n = 0;
    DYE_TRY(how_many(q, s, source, &n, err));
    DYE_TRY(store_run(s, err, &r,
                      "SELECT canary_id, why, to_char(planted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                      " FROM dyetrace.rotation_pick($1::integer, $2)",
                      "ii", source->source_id, (int64_t)n));
    for (int i = 0; i < PQntuples(r); i++) {
        if (!common.json) {
            printf("%s  %-32s %s, planted %s\n", store_text(r, i, 0), source->path, store_text(r, i, 1),
                   store_text(r, i, 2));
            continue;
        }
        json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "source", source->path, "canary", store_text(r, i, 0), "why",
                              store_text(r, i, 1), "planted_at", store_text(r, i, 2));
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(o);
    }
    return DYE_OK;
}

static enum dye_status begin(struct turn *t, struct dye_error *err)
{
    const struct request *q = t->q;
    struct store *s = t->registrar.store;
    struct dye_sector sector;
    DYE_TRY(rotation_find(s, &t->source, &t->rotation, err));
    if (t->rotation != 0 || (q->count == 0 && !(q->share > 0)))
        return DYE_OK; /* it goes on with the one that is open */
    struct rotation_request request = {.state = q->connects ? "committed" : "planted", .no_hit = opt_gate.no_hit};
    DYE_TRY(how_many(q, s, &t->source, &request.count, err));
    if (request.count == 0)
        return DYE_OK;
    DYE_TRY(sector_load(&q->home, t->source.sector, &sector, err));
    const struct gate gate = {.home = &q->home,
                              .source = &t->source,
                              .sector = &sector,
                              .verb = "rotate",
                              .asked = &opt_gate,
                              .makes = true,
                              .connects = q->connects};
    DYE_TRY(gate_pass(s, &gate, err));
    return rotation_open(&q->home, &t->registrar, &t->source, &request, &t->rotation, err);
}

/* ---- lists for the source's people ---- */

static enum dye_status write_list(struct turn *t, int64_t out_of, int64_t fresh_of, int fd, struct dye_error *err)
{
    struct placed_filter filter = {.state = "planted", .rotation = out_of, .fresh_of = fresh_of};
    enum dye_status status = DYE_OK;
    bool first = true;
    while (status == DYE_OK) {
        struct placed p = {0};
        struct dye_buf text;
        dye_buf_init(&text, (size_t)1 << 30, true);
        status = placed_load(&t->q->home, &t->registrar, &t->source, &filter, &p, err);
        if (status == DYE_OK && first && dye_record_header(&p.sector, t->q->format, &text) != DYE_OK)
            status = dye_fail(err, DYE_E_NOMEM, "rotate: out of memory");
        for (size_t i = 0; status == DYE_OK && i < p.n; i++)
            if (dye_record_write(&p.sector, &p.personas[i], t->q->format, &text) != DYE_OK)
                status = dye_fail(err, DYE_E_LIMIT, "rotate: a record can't be written");
        if (status == DYE_OK)
            status = output_write(fd, text.p, text.n, err);
        if (status == DYE_OK)
            status = p.n != 0 ? DYE_OK : DYE_END;
        if (status == DYE_OK)
            filter.after = placed_last(&p);
        first = false;
        placed_done(&p);
        dye_buf_done(&text);
    }
    return status == DYE_END ? DYE_OK : status;
}

static enum dye_status list(struct turn *t, const int *fds, struct dye_error *err)
{
    const struct request *q = t->q;
    /* Values leave with these files: audited before, like every reveal. */
    DYE_TRY(zone_audit(t->registrar.store, "rotation list", t->source.path, "shown", NULL, err));
    if (q->connects)
        DYE_TRY(rotation_plant(&q->home, &t->registrar, &t->source, t->rotation, &t->result, err));
    else
        DYE_TRY(write_list(t, 0, t->rotation, fds[1], err));
    return write_list(t, t->rotation, 0, fds[0], err);
}

/* ---- the verb ---- */

static enum dye_status rotate(struct turn *t, const int *fds, struct dye_error *err)
{
    const struct request *q = t->q;
    struct store *s = t->registrar.store;
    if (opt_taken_out) {
        DYE_TRY(rotation_find(s, &t->source, &t->rotation, err));
        if (t->rotation == 0)
            DYE_FAIL(err, DYE_E_USAGE, "rotate: %s: no rotation is open", q->path);
        t->finished = true;
        return rotation_taken_out(s, &t->source, t->rotation, &t->result, err);
    }
    DYE_TRY(begin(t, err));
    t->finished = q->takes_back || t->rotation == 0;
    if (t->rotation == 0 && fds != NULL)
        DYE_FAIL(err, DYE_E_NOTFOUND, "rotate: %s: nothing is open, and nothing is there to rotate", q->path);
    if (t->rotation == 0)
        return DYE_OK;
    if (q->takes_back) {
        DYE_TRY(rotation_carry(&q->home, &t->registrar, &t->source, t->rotation, &t->result, err));
        return t->result.remains != 0 ? print_remains(t, err) : DYE_OK;
    }
    return list(t, fds, err);
}

static enum dye_status check_files(const struct request *q, const int *fds, struct dye_error *err)
{
    if (fds == NULL && !opt_dry_run && !opt_taken_out && !q->takes_back)
        DYE_FAIL(err, DYE_E_USAGE, "rotate: %s: its own people take canaries out: --take-out FILE%s wanted", q->path,
                 q->connects ? " is" : " and -o FILE are");
    return DYE_OK;
}

static enum dye_status fill(const int *fds, void *arg, struct dye_error *err)
{
    struct request *q = arg;
    struct turn t = {.q = q};
    struct store *s = NULL;
    DYE_TRY(zone_enter(&t.q->home, "seeder", &s, err));
    enum dye_status status = source_find(s, t.q->path, &t.source, err);
    if (status == DYE_OK)
        status = check_files(q, fds, err);
    if (status == DYE_OK && opt_dry_run) {
        status = show(t.q, s, &t.source, err);
    } else if (status == DYE_OK) {
        status = registrar_open(&t.q->home, s, &t.registrar, err);
        if (status == DYE_OK)
            status = rotate(&t, fds, err);
        if (status == DYE_OK)
            print_result(&t);
        q->remains = t.result.remains;
        registrar_close(&t.registrar);
    }
    store_close(s);
    return status;
}

static enum dye_status read_request(const char *path, struct request *q, struct dye_error *err)
{
    char *end = NULL;
    q->path = path;
    if (opt_count != NULL && opt_share != NULL)
        DYE_FAIL(err, DYE_E_USAGE, "rotate: --count or --share, not both");
    if (opt_count != NULL)
        DYE_TRY(option_int("--count", opt_count, 1, 1000000, &q->count, err));
    if (opt_share != NULL) {
        q->share = strtod(opt_share, &end);
        if (end == opt_share || *end != '\0' || !(q->share > 0 && q->share <= 1))
            DYE_FAIL(err, DYE_E_USAGE, "--share: a share above 0, up to 1, is wanted");
    }
    if (opt_dry_run && q->count == 0 && opt_share == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "rotate: --dry-run wants --count or --share");
    if (opt_format != NULL && strcmp(opt_format, "csv") != 0 && strcmp(opt_format, "jsonl") != 0)
        DYE_FAIL(err, DYE_E_USAGE, "--format: %s: csv or jsonl is wanted", opt_format);
    q->format = opt_format != NULL && strcmp(opt_format, "jsonl") == 0 ? DYE_FORMAT_JSONL : DYE_FORMAT_CSV;
    return home_open(common.home, common.config, &q->home, err);
}

/* Before rights are given up and files made: what the connector can do says which files are wanted. */
static enum dye_status choose_files(struct request *q, const char *paths[2], struct dye_error *err)
{
    struct dye_error why = {0};
    enum dye_status status = connector_load(&q->home, q->path, &q->connector, &why);
    q->connects = status == DYE_OK;
    if (status != DYE_OK && status != DYE_E_NOTFOUND)
        DYE_FAIL(err, status, "%s", why.message);
    q->takes_back = q->connects && connector_takes_back(&q->connector);
    if (opt_dry_run || opt_taken_out || q->takes_back) {
        if (opt_output != NULL || opt_take_out != NULL)
            DYE_FAIL(err, DYE_E_USAGE, "rotate: -o and --take-out are for sources that nothing is taken out of here");
        return DYE_OK;
    }
    if (q->connects && opt_output != NULL)
        DYE_FAIL(err, DYE_E_USAGE, "rotate: -o: the connector plants what is fresh");
    if (opt_take_out == NULL || (!q->connects && opt_output == NULL))
        return DYE_OK; /* said once it is known that there is such a source */
    paths[q->files++] = opt_take_out;
    if (!q->connects)
        paths[q->files++] = opt_output;
    return DYE_OK;
}

int verb_rotate(int argc, char **argv)
{
    static struct request q;
    const char *paths[2] = {NULL, NULL};
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = read_request(argv[1], &q, &err);
    if (status == DYE_OK)
        status = choose_files(&q, paths, &err);
    if (status == DYE_OK && q.files != 0)
        return output_files(paths, (size_t)q.files, fill, &q);
    if (status == DYE_OK)
        status = fill(NULL, &q, &err);
    if (status != DYE_OK)
        return complain(&err);
    return q.remains == 0 ? 0 : 1;
}
