#include "matching.h"

#include "columns.h"
#include "counts.h"
#include "dye/chunker.h"
#include "dye/link.h"
#include "findings.h"
#include "identities.h"
#include "part_map.h"
#include "progress.h"
#include "queries.h"
#include "queue.h"
#include "read_at.h"
#include "sketcher.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct run {
    struct ingest *in;
    const struct registry_snapshot *snapshot;
    uint64_t epoch;
    const char *dump;
    struct queue_chunk *done; /* sorted by (part, number) */
    size_t n_done;
    struct dye_chunker *chunker;
    size_t target; /* of its chunks */
    struct dye_linker *linker;
    struct findings findings;
    struct dye_census *census;
    struct dye_buf counts; /* the census as it is stored; no person's value */
    struct part_map parts;
    struct sketcher *sketcher;
    struct identities *identities;
    bool reread;     /* a complete dump's bytes, for what came to the registry since */
    bool other_part; /* this one is not what it was then: left alone */
    uint32_t part;
    uint32_t chunks;   /* of this part */
    uint64_t canaries; /* at that epoch */
    uint64_t records;  /* of all parts so far, the chunk at hand too: the same in every run */
    uint64_t bytes;    /* likewise */
    uint64_t lines;    /* of this part so far, where its records are lines */
    bool line_ended;
    struct progress progress;
    struct dye_error *err;
};

static int compare_chunk(const void *a, const void *b)
{
    const struct queue_chunk *x = a;
    const struct queue_chunk *y = b;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum dye_status commit_chunk(struct run *run, const struct queue_chunk *c)
{
    struct store *s = run->in->store;
    DYE_TRY(store_begin(s, run->err));
    if (!run->reread)
        DYE_TRY(queue_chunk_done(s, run->dump, c, (const char *)run->counts.p, run->err));
    DYE_TRY(sketcher_chunk(run->sketcher, c->number, run->err));
    DYE_TRY(identities_chunk(run->identities, s, run->dump, run->part, c->number, c->bytes, run->err));
    DYE_TRY(findings_store(&run->findings, s, run->dump, run->part, run->err));
    return store_commit(s, run->err);
}

static enum dye_status count_chunk(struct run *run, const struct dye_chunk *chunk)
{
    dye_census_clear(run->census);
    dye_buf_clear(&run->counts);
    enum dye_status status = dye_census_chunk(run->census, chunk);
    if (status == DYE_OK)
        status = counts_append(run->census, &run->counts);
    return status == DYE_OK ? DYE_OK
                            : dye_fail(run->err, status, "chunk: can't be counted (%s)", dye_status_name(status));
}

static void count_lines(struct run *run, const struct dye_chunk *chunk)
{
    if (!dye_link_by_line(chunk->layout))
        return;
    run->lines += dye_link_lines(chunk->text);
    run->line_ended = chunk->text.n == 0 || chunk->text.p[chunk->text.n - 1] == '\n';
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct run *run = arg;
    struct queue_chunk c = {.part = run->part, .number = chunk->number, .start = chunk->start, .bytes = chunk->bytes.n};
    uint64_t lines_before = run->lines;
    run->chunks = chunk->number + 1;
    count_lines(run, chunk);
    run->bytes += chunk->bytes.n;
    run->records += chunk->records;
    progress_at(&run->progress, run->bytes);
    if (ingest_stopping(run->in))
        return DYE_STOPPED;
    if (run->other_part)
        return DYE_OK;
    const struct queue_chunk *done = bsearch(&c, run->done, run->n_done, sizeof c, compare_chunk);
    if (done != NULL && done->start == c.start &&
        done->bytes == c.bytes) { /* else cut short, by a limit or a password */
        if (run->identities != NULL)
            DYE_TRY(count_chunk(run, chunk));
        return sketcher_again(run->sketcher, chunk->number, chunk->text, run->err);
    }
    findings_begin(&run->findings, chunk->unit, chunk->start, lines_before,
                   dye_link_bits(run->in->home->config.link_weak_floor, run->records, run->canaries));
    dye_linker_chunk(run->linker, chunk);
    enum dye_status status = dye_scan_tokens(&run->snapshot->set, run->epoch, chunk->text, dye_linker_hit, run->linker,
                                             sketcher_sink(run->sketcher), NULL);
    if (status == DYE_OK)
        status = dye_linker_finish(run->linker);
    if (status != DYE_OK)
        return dye_fail(run->err, status, "chunk: can't be linked (%s)", dye_status_name(status));
    if (!run->reread || run->identities != NULL)
        DYE_TRY(count_chunk(run, chunk));
    c.records = chunk->records;
    c.lines = run->lines - lines_before;
    return commit_chunk(run, &c);
}

/* A reading years later may find other parts: a new decoder, or a password that was not stored. */
static enum dye_status compare_part(struct run *run, const struct dye_part *part)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(run->in->store, run->err, &r,
                      "SELECT FROM dyetrace.part WHERE dump_id = $1 AND ordinal = $2 AND path = $3", "sis", run->dump,
                      (int64_t)run->part, part->path));
    run->other_part = PQntuples(r) != 1;
    return DYE_OK;
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    struct run *run = arg;
    run->part = part_map_take(&run->parts, part->path);
    run->chunks = 0;
    run->lines = 0;
    run->line_ended = true;
    dye_chunker_begin_part(run->chunker, part);
    DYE_TRY(sketcher_begin(run->sketcher, run->part, run->err));
    if (run->reread)
        return compare_part(run, part);
    return store_run(run->in->store, run->err, NULL,
                     "INSERT INTO dyetrace.part (dump_id, ordinal, path, format) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (dump_id, ordinal) DO UPDATE SET format = excluded.format",
                     "siss", run->dump, (int64_t)run->part, part->path, part->format);
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct run *run = arg;
    enum dye_status status = dye_chunker_feed(run->chunker, bytes);
    if (status == DYE_E_NOMEM)
        return dye_fail(run->err, status, "chunk: out of memory");
    return status;
}

static uint8_t *room(void *arg, size_t *ret_n)
{
    return dye_chunker_room(((struct run *)arg)->chunker, ret_n);
}

static bool ends_line(int fd, uint64_t end)
{
    char last = 0;
    return pread(fd, &last, 1, (off_t)(end - 1)) == 1 && last == '\n';
}

/* Goes on behind the first n chunks of a part at `at` in the file, which are `bytes`. */
static bool resume(struct run *run, int fd, uint64_t at, uint32_t n, uint64_t bytes)
{
    size_t sample;
    uint8_t *p = dye_chunker_room(run->chunker, &sample);
    return read_at(fd, at, p, sample) == sample && dye_chunker_resume(run->chunker, sample, n, bytes);
}

static uint32_t min_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Chunks that were committed before a crash, and end with a line, are not read again as far as their sketches and the
 * identifiers in them are stored. */
static uint64_t skip(void *arg, int fd, uint64_t at, uint64_t most)
{
    struct run *run = arg;
    const struct queue_chunk first = {.part = run->part}, *end = run->done + run->n_done;
    const struct queue_chunk *c = bsearch(&first, run->done, run->n_done, sizeof first, compare_chunk);
    uint32_t n = 0, covered = min_of(sketcher_covered(run->sketcher), identities_covered(run->identities, run->part));
    uint64_t bytes = 0, records = 0, lines = 0;
    for (; c != NULL && c < end && c->part == run->part && c->number == n && n < covered; c++) {
        if (c->start != bytes || c->bytes < run->target || c->bytes > most - bytes ||
            !ends_line(fd, at + bytes + c->bytes))
            break;
        n++;
        bytes += c->bytes;
        records += c->records;
        lines += c->lines;
    }
    if (n == 0 || run->other_part || !resume(run, fd, at, n, bytes))
        return 0;
    run->chunks = n;
    run->bytes += bytes;
    run->records += records;
    run->lines = lines;
    run->line_ended = true;
    return bytes;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct run *run = arg;
    DYE_TRY(dye_chunker_finish(run->chunker));
    if (run->other_part)
        return DYE_OK;
    DYE_TRY(sketcher_end(run->sketcher, run->err));
    const struct dye_layout *layout = dye_chunker_layout(run->chunker);
    /* Every byte of it was matched, but what stands in two halves of a record did not corroborate. */
    bool cut = end->verdict == DYE_READ && dye_chunker_cut_a_record(run->chunker);
    char lines[24];
    snprintf(lines, sizeof lines, "%" PRIu64, run->lines + !run->line_ended);
    const char *verdict = dye_verdict_name(cut ? DYE_PARTLY : end->verdict);
    if (run->reread)
        return store_run(run->in->store, run->err, NULL,
                         "UPDATE dyetrace.part SET epoch = $3 WHERE dump_id = $1 AND ordinal = $2 AND bytes = $4"
                         " AND verdict = $5",
                         "siiis", run->dump, (int64_t)run->part, (int64_t)run->epoch, (int64_t)end->bytes, verdict);
    return store_run(run->in->store, run->err, NULL, sql_part_end, "sisisssiis", run->dump, (int64_t)run->part,
                     dye_charset_name(layout != NULL ? layout->charset : DYE_CHARSET_ASCII), (int64_t)end->bytes,
                     verdict, cut ? "limit: record" : end->reason,
                     layout != NULL ? dye_layout_name(layout->kind) : NULL, (int64_t)run->epoch, (int64_t)run->chunks,
                     layout != NULL && dye_link_by_line(layout) && !dye_chunker_turned(run->chunker) ? lines : NULL);
}

static void limits_of(const struct config *c, struct dye_decode_limits *ret)
{
    dye_decode_limits_default(ret);
    ret->output_bytes = (uint64_t)c->limit_output_bytes;
    ret->entries = (uint64_t)c->limit_entries;
    ret->depth = (uint32_t)c->limit_depth;
    ret->ratio = (uint32_t)c->limit_ratio;
}

static enum dye_status match_parts(struct run *run, int fd, struct dye_error *err)
{
    struct dye_decode_limits limits;
    const struct dye_decode_events events = {on_begin, on_data, on_end, run};
    const struct config *config = &run->in->home->config;
    char tmp[HOME_PATH_MAX];
    limits_of(config, &limits);
    DYE_TRY(home_path(run->in->home, tmp, err, "tmp"));
    if (mkdir(tmp, 0700) != 0 && errno != EEXIST)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", tmp, strerror(errno));
    const struct decoder decoder = {.self_exe = "/proc/self/exe",
                                    .tmp_folder = tmp,
                                    .spill_bytes = (uint64_t)config->limit_spill_bytes,
                                    .seconds = (uint32_t)config->limit_seconds,
                                    .room = room,
                                    .skip = skip,
                                    .passwords = run->in->passwords,
                                    .n_passwords = run->in->n_passwords};
    if (lseek(fd, 0, SEEK_SET) != 0)
        DYE_FAIL(err, DYE_E_IO, "dump: %s", strerror(errno));
    progress_start(&run->progress, "match", "B", 0);
    run->progress.on = run->progress.on && run->in->show_progress;
    enum dye_status status = decoder_run(&decoder, fd, &limits, &events, NULL, err);
    progress_end(&run->progress);
    const struct columns columns = {.store = run->in->store,
                                    .dump = run->dump,
                                    .set = &run->snapshot->set,
                                    .epoch = run->epoch,
                                    .decoder = &decoder,
                                    .limits = &limits,
                                    .stop = run->in->stop};
    return status == DYE_OK ? columns_ask(&columns, fd, err) : status;
}

/* ---- the end ---- */

static enum dye_status finish_dump(struct run *run, uint64_t canaries, struct dye_error *err)
{
    struct store *s = run->in->store;
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    if (!run->reread)
        DYE_TRY(part_map_forget(&run->parts, s, run->dump, err));
    DYE_TRY(store_run(s, err, &r, "SELECT coalesce(sum(records), 0) FROM dyetrace.part WHERE dump_id = $1", "s",
                      run->dump));
    uint64_t records = (uint64_t)store_int(r, 0, 0);
    uint64_t n = canaries > 0 ? canaries : 1;
    uint64_t rows = records > 0 ? records : 1;
    double threshold = dye_link_threshold_bits(rows, n, run->in->home->config.link_expected_false);
    /* The prior in bits: what zero bits of evidence leave. */
    double prior = dye_link_probability(0, rows, n);
    DYE_TRY(store_run(s, err, NULL, sql_dump_finish, "siff", run->dump, (int64_t)records, threshold, prior));
    DYE_TRY(sketcher_finish(run->sketcher, s, run->dump, err));
    DYE_TRY(identities_finish(run->identities, s, run->dump, err));
    DYE_TRY(queue_push(s, "lineage", run->dump, err)); /* and then its attribution */
    if (!run->reread)
        DYE_TRY(queue_push(s, "sm3", run->dump, err));
    return store_commit(s, err);
}

enum dye_status matching_run(struct ingest *in, const struct registry_snapshot *snapshot, int fd,
                             const struct ingest_result *result, const struct matching *m, struct dye_error *err)
{
    struct run run = {.in = in,
                      .snapshot = snapshot,
                      .epoch = m->epoch,
                      .canaries = m->canaries,
                      .dump = result->dump,
                      .reread = m->reread,
                      .err = err};
    findings_init(&run.findings);
    dye_buf_init(&run.counts, COUNTS_MAX_BYTES, false);
    run.census = dye_census_new();
    size_t longest = (size_t)in->home->config.limit_record_bytes;
    run.target = longest < DYE_CHUNK_TARGET_BYTES ? longest : DYE_CHUNK_TARGET_BYTES;
    run.chunker = dye_chunker_new(run.target, longest, on_chunk, &run);
    run.linker = dye_linker_new(findings_add, &run.findings);
    enum dye_status status = run.chunker != NULL && run.linker != NULL && run.census != NULL
                                 ? DYE_OK
                                 : dye_fail(err, DYE_E_NOMEM, "dump: out of memory");
    if (status == DYE_OK && !m->reread)
        status = queue_chunks(in->store, result->dump, &run.done, &run.n_done, err);
    if (status == DYE_OK && !m->sketched)
        status = sketcher_new(in->home, in->store, registry_keys(in->registry), run.dump, run.n_done > 0, &run.sketcher,
                              err);
    if (status == DYE_OK)
        status = identities_new(in->home, in->store, run.dump, m->reread, &run.identities, err);
    if (status == DYE_OK)
        dye_census_tell(run.census, identities_sink(run.identities));
    if (status == DYE_OK)
        status = part_map_load(in->store, result->dump, &run.parts, err);
    if (status == DYE_OK)
        status = match_parts(&run, fd, err);
    if (status == DYE_OK)
        status = finish_dump(&run, m->canaries, err);
    dye_linker_free(run.linker);
    dye_chunker_free(run.chunker);
    findings_done(&run.findings);
    dye_buf_done(&run.counts);
    dye_census_free(run.census);
    sketcher_free(run.sketcher);
    identities_free(run.identities);
    part_map_done(&run.parts);
    free(run.done);
    return status;
}
