/* scan: looks for canaries in files, offline: no database, and no key when the index carries its own. */
#include "crew.h"
#include "dye/scan.h"
#include "files.h"
#include "index_file.h"
#include "location.h"
#include "monotonic.h"
#include "offline.h"
#include "plain_file.h"
#include "privilege.h"
#include "progress.h"
#include "verb.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *opt_index;
static bool opt_stats;
static struct passwords_given given;
static struct password_list passwords;
static struct common_options common;

static const struct option_spec options[] = {
    {"index", "FILE", "made by `index build`", &opt_index, NULL},
    PASSWORD_OPTIONS(given),
    {"stats", NULL, "bytes, tokens and speed on standard error", NULL, &opt_stats},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "scan --index FILE [--json] [--stats] [FILE...|-]",
    "Looks for canaries in files or standard input; exit 1 when there is none. A directory stands for the files in it.",
    options, 0, -1};

/* What a core's second cache holds of decoded text beside the filters; of 256 KiB to 4 MiB none costs less. */
enum { CHUNK_BYTES = 512 << 10 };

struct scan {
    struct index_file *index;
    struct dye_index_set set;
    struct dye_chunker *chunker;
    struct crew *crew;
    struct dye_scan_stats stats;
    bool named;              /* several files are looked through */
    char file[LOCATION_MAX]; /* prefix of parts; "" for a single one */
    char *part;
    enum dye_status fault;      /* the crew's, which ends everything */
    struct dye_error why;       /* and what to say of it */
    atomic_uint_least64_t done; /* bytes */
    struct progress progress;
    pthread_mutex_t telling; /* guards it */
};

struct finding { /* of one chunk */
    const struct dye_chunk *chunk;
    const char *part;
    struct dye_chunk_cursor cursor;
    struct crew_page *page;
    struct index_file *index;
};

/* "offset" and "length" of what is bytes; its row, row and field or page of what was rendered. */
static json_t *place_of(const struct dye_chunk *chunk, const struct dye_place *at, size_t n)
{
    json_int_t row = (json_int_t)at->row;
    switch (chunk->unit) {
    case DYE_UNIT_CELL:
        return json_pack("{s:s, s:I, s:I}", "unit", "cell", "row", row, "field", (json_int_t)at->field);
    case DYE_UNIT_ROW:
        return json_pack("{s:s, s:I}", "unit", "row", "row", row);
    case DYE_UNIT_PAGE:
        return json_pack("{s:s, s:I}", "unit", "page", "page", row);
    case DYE_UNIT_BYTE:
        break;
    }
    return json_pack("{s:I, s:I}", "offset", (json_int_t)(chunk->start + at->byte), "length", (json_int_t)n);
}

/* A line of CREW_LINE_MAX holds any: paths of twice 4 KiB, six bytes for each that JSON escapes. */
static size_t json_line(const struct finding *f, const struct dye_hit *hit, const struct dye_place *at, size_t n,
                        char line[CREW_LINE_MAX])
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "canary", dye_index_canary_id(hit->index, hit->entry->canary), "kind",
                          dye_kind_name((enum dye_kind)hit->entry->kind), "form",
                          dye_form_name((enum dye_form)hit->entry->form), "part", f->part);
    json_t *place = place_of(f->chunk, at, n);
    bool whole = o != NULL && place != NULL && json_object_update(o, place) == 0;
    size_t length = whole ? json_dumpb(o, line, CREW_LINE_MAX - 1, JSON_COMPACT) : 0;
    json_decref(place);
    json_decref(o);
    if (length == 0 || length >= CREW_LINE_MAX)
        return 0;
    line[length] = '\n';
    return length + 1;
}

static size_t text_line(const struct finding *f, const struct dye_hit *hit, const struct dye_place *at, size_t n,
                        char line[CREW_LINE_MAX])
{
    int head = snprintf(line, CREW_LINE_MAX, "%s\t%s\t%s\t%s\t", dye_index_canary_id(hit->index, hit->entry->canary),
                        dye_kind_name((enum dye_kind)hit->entry->kind), dye_form_name((enum dye_form)hit->entry->form),
                        f->part);
    size_t room = head >= 0 && head < (int)CREW_LINE_MAX ? CREW_LINE_MAX - (size_t)head : 0;
    int tail = f->chunk->unit == DYE_UNIT_BYTE
                   ? snprintf(line + head, room, "%" PRIu64 "\t%zu\n", f->chunk->start + at->byte, n)
                   : snprintf(line + head, room, "%s %" PRIu64 "\t%" PRIu32 "\n", dye_unit_name(f->chunk->unit),
                              at->row, at->field);
    return tail > 0 && (size_t)tail < room ? (size_t)(head + tail) : 0;
}

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    struct finding *f = arg;
    char line[CREW_LINE_MAX];
    DYE_TRY(index_file_check(f->index, NULL)); /* said again, and in words, when all is done */
    struct dye_place at = dye_chunk_place(f->chunk, &f->cursor, hit->start);
    struct dye_chunk_cursor ahead = f->cursor;
    size_t bytes = dye_chunk_place(f->chunk, &ahead, hit->start + hit->n).byte - at.byte;
    size_t n = common.json ? json_line(f, hit, &at, bytes, line) : text_line(f, hit, &at, bytes, line);
    return n > 0 ? crew_write(f->page, line, n) : DYE_E_NOMEM;
}

/* Whoever comes while another one tells goes on. */
static void tell_progress(struct scan *s, uint64_t bytes)
{
    uint64_t done = atomic_fetch_add_explicit(&s->done, bytes, memory_order_relaxed) + bytes;
    if (!s->progress.on || pthread_mutex_trylock(&s->telling) != 0)
        return;
    progress_at(&s->progress, done);
    pthread_mutex_unlock(&s->telling);
}

/* So that something else can be told. */
static void clear_progress(struct scan *s)
{
    pthread_mutex_lock(&s->telling);
    progress_end(&s->progress);
    pthread_mutex_unlock(&s->telling);
}

static enum dye_status look_through(void *arg, const struct dye_chunk *chunk, const char *part, struct crew_page *page,
                                    struct dye_scan_stats *stats)
{
    struct scan *s = arg;
    struct finding f = {.chunk = chunk, .part = part, .page = page, .index = s->index};
    enum dye_status status = dye_scan(&s->set, UINT64_MAX, chunk->text, on_hit, &f, stats);
    tell_progress(s, chunk->bytes.n);
    return status;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct scan *s = arg;
    return crew_take(s->crew, s->chunker, chunk, s->part);
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    struct scan *s = arg;
    bool both = s->file[0] != '\0' && part->path[0] != '\0';
    free(s->part);
    s->part = NULL;
    dye_chunker_begin_part(s->chunker, part);
    return asprintf(&s->part, "%s%s%s", s->file, both ? "/" : "", part->path) >= 0 ? DYE_OK : DYE_E_NOMEM;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    return dye_chunker_feed(((struct scan *)arg)->chunker, bytes);
}

static uint8_t *room(void *arg, size_t *ret_n)
{
    return dye_chunker_room(((struct scan *)arg)->chunker, ret_n);
}

static uint64_t read_past_the_chunker(void *arg, int fd, uint64_t at, uint64_t most)
{
    struct scan *s = arg;
    struct stat st;
    if (!s->named && fstat(fd, &st) == 0)
        s->progress.total = (uint64_t)st.st_size - at; /* nobody tells it before */
    return plain_file_read(&(struct plain_file){.crew = s->crew,
                                                .chunker = s->chunker,
                                                .part = s->part,
                                                .fd = fd,
                                                .at = at,
                                                .most = most,
                                                .target = CHUNK_BYTES,
                                                .max = DYE_CHUNK_MAX_BYTES});
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct scan *s = arg;
    DYE_TRY(dye_chunker_finish(s->chunker));
    bool cut = end->verdict == DYE_READ && dye_chunker_cut_a_record(s->chunker);
    if (end->verdict != DYE_READ || cut) {
        clear_progress(s);
        fprintf(stderr, "dyetrace: scan: %s%s%s: %s\n", s->part, s->part[0] != '\0' ? ": " : "",
                dye_verdict_name(cut ? DYE_PARTLY : end->verdict), cut ? "limit: record" : end->reason);
    }
    return DYE_OK;
}

static enum dye_status scan_file(void *arg, const char *path, int fd, bool below, struct dye_error *err)
{
    struct scan *s = arg;
    const struct dye_decode_events events = {on_begin, on_data, on_end, s};
    s->file[0] = '\0';
    if (s->named || below)
        location_of(path, s->file);
    enum dye_status status = offline_decode(path, fd, &passwords, &events, room, read_past_the_chunker, err);
    s->fault = crew_finish(s->crew, &s->stats); /* until then its threads read the file */
    clear_progress(s);
    close(fd);
    if (s->fault != DYE_OK)
        (void)dye_fail(&s->why, s->fault, "%s: %s", path,
                       s->fault == DYE_E_IO ? "it became shorter while it was read, or its disk fails"
                                            : dye_status_name(s->fault));
    return s->fault == DYE_OK ? status : DYE_STOPPED;
}

static enum dye_status scan_all(struct scan *s, struct files *files, struct dye_error *err)
{
    s->named = files->n > 1;
    enum dye_status status = files_each(files, scan_file, s, err);
    if (s->fault == DYE_E_IO && ferror(stdout) != 0)
        return DYE_OK; /* which is said of any program's output, at its end */
    return s->fault == DYE_OK ? status : dye_fail(err, s->fault, "scan: %s", s->why.message);
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static char dash[] = "-";
    char *standard_input[] = {dash};
    struct scan s = {.fault = DYE_OK, .telling = PTHREAD_MUTEX_INITIALIZER};
    struct files files = {.streams = true,
                          .n = call->args > 0 ? call->args : 1,
                          .paths = call->args > 0 ? call->argv + 1 : standard_input};
    double started = monotonic_seconds();
    if (opt_index == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "scan: --index FILE is missing");
    privilege_harden(); /* before any key */
    DYE_TRY(password_list_gather(&given, &passwords, err));
    DYE_TRY(index_file_open(opt_index, &common, &s.index, err));
    s.set.part[0] = index_file_index(s.index);
    s.chunker = dye_chunker_new(CHUNK_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &s);
    enum dye_status status = s.chunker != NULL ? crew_new(DYE_CHUNK_MAX_BYTES, look_through, &s, stdout, &s.crew, err)
                                               : dye_fail(err, DYE_E_NOMEM, "scan: out of memory");
    if (status == DYE_OK)
        dye_chunker_ignore_records(s.chunker);
    if (status == DYE_OK) {
        progress_start(&s.progress, "scan", "B", 0);
        s.progress.on = s.progress.on && isatty(STDOUT_FILENO) != 1; /* where hits would stand beside it */
        status = scan_all(&s, &files, err);
    }
    enum dye_status whole = index_file_check(s.index, err);
    if (whole != DYE_OK)
        status = whole; /* whatever that led to */
    double seconds = monotonic_seconds() - started;
    if (status == DYE_OK && opt_stats)
        fprintf(stderr, "dyetrace: scan: %" PRIu64 " bytes, %" PRIu64 " tokens, %" PRIu64 " hits, %.3f s, %.0f MB/s\n",
                s.stats.bytes, s.stats.tokens, s.stats.hits, seconds, (double)s.stats.bytes / 1e6 / (seconds + 1e-9));
    call->code = files.failed > 0 ? dye_status_exit(DYE_E_IO) : s.stats.hits > 0 ? 0 : 1;
    crew_free(s.crew);
    pthread_mutex_destroy(&s.telling);
    dye_chunker_free(s.chunker);
    index_file_close(s.index);
    password_list_free(&passwords);
    free(s.part);
    return status;
}

int verb_scan(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
