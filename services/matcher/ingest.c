#include "ingest.h"

#include "columns.h"
#include "counts.h"
#include "dye/chunker.h"
#include "dye/digest.h"
#include "dye/link.h"
#include "findings.h"
#include "identities.h"
#include "lineage.h"
#include "location.h"
#include "part_map.h"
#include "progress.h"
#include "queries.h"
#include "queue.h"
#include "sketcher.h"
#include "zone.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the bytes as received ---- */

static bool stopping(const struct ingest *in)
{
    return in->stop != NULL && atomic_load(in->stop);
}

static enum dye_status hash_file(const struct ingest *in, int fd, struct ingest_result *ret, uint8_t sha256[32],
                                 struct dye_error *err)
{
    enum { PIECE = 1 << 20 };
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        DYE_FAIL(err, DYE_E_IO, "dump: not a regular file");
    uint8_t *piece = malloc(PIECE);
    struct dye_digester *d = dye_digester_new(DYE_SHA256);
    if (piece == NULL) {
        dye_digester_free(d);
        DYE_FAIL(err, DYE_E_NOMEM, "dump: out of memory");
    }
    struct progress progress;
    progress_start(&progress, "hash", "B", (uint64_t)st.st_size);
    progress.on = progress.on && in->show_progress;
    enum dye_status status = DYE_OK;
    uint64_t at = 0;
    for (;;) {
        ssize_t n = pread(fd, piece, PIECE, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            status = dye_fail(err, DYE_E_IO, "dump: can't be read: %s", strerror(errno));
        else if (stopping(in))
            status = DYE_STOPPED;
        if (n <= 0 || status != DYE_OK)
            break;
        dye_digester_feed(d, dye_span_of(piece, (size_t)n));
        at += (uint64_t)n;
        progress_at(&progress, at);
    }
    progress_end(&progress);
    dye_digester_end(d, sha256);
    dye_digester_free(d);
    free(piece);
    ret->bytes = at;
    dye_hex(sha256, 32, ret->sha256);
    snprintf(ret->dump, sizeof ret->dump, "d%.16s", ret->sha256);
    return status;
}

/* ---- opening ---- */

static enum dye_status add_acquisition(struct ingest *in, const struct ingest_acquisition *a, struct ingest_result *ret,
                                       struct dye_error *err)
{
    uint8_t random[8];
    char fresh[20] = "a";
    char location[LOCATION_MAX];
    char label[LOCATION_MAX];
    STORE_RESULT r = NULL;
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, fresh + 1);
    location_of(a->location, location);
    location_of(a->label, label);
    DYE_TRY(store_run(in->store, err, &r, sql_acquisition_add, "sssssssssso", fresh, ret->dump, location, label,
                      a->feed, a->origin, a->seller, a->price, a->basis, a->acquired_at, (int)a->in_spool));
    snprintf(ret->acquisition, sizeof ret->acquisition, "%s", store_text(r, 0, 0));
    return DYE_OK;
}

static enum dye_status open_dump(struct ingest *in, const struct registry_snapshot *snapshot, const uint8_t sha256[32],
                                 const struct ingest_acquisition *a, struct ingest_result *ret, uint64_t *ret_epoch,
                                 uint64_t *ret_canaries, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(in->store, err));
    DYE_TRY(store_run(in->store, err, NULL,
                      "INSERT INTO dyetrace.dump (dump_id, sha256, bytes, epoch, canaries) VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (dump_id) DO NOTHING",
                      "sbiii", ret->dump, dye_span_of(sha256, 32), (int64_t)ret->bytes, (int64_t)snapshot->epoch,
                      (int64_t)snapshot->canaries));
    DYE_TRY(store_run(in->store, err, &r,
                      "SELECT sha256 = $2, state = 'complete', epoch, canaries FROM dyetrace.dump WHERE dump_id = $1",
                      "sb", ret->dump, dye_span_of(sha256, 32)));
    if (PQntuples(r) != 1 || !store_bool(r, 0, 0))
        DYE_FAIL(err, DYE_E_BUG, "dump: two dumps have the id %s", ret->dump);
    ret->duplicate = store_bool(r, 0, 1);
    *ret_epoch = (uint64_t)store_int(r, 0, 2);
    *ret_canaries = (uint64_t)store_int(r, 0, 3);
    DYE_TRY(add_acquisition(in, a, ret, err));
    if (ret->duplicate)
        DYE_TRY(lineage_came_earlier(in->store, ret->dump, err));
    DYE_TRY(zone_audit(in->store, "ingest", ret->dump, ret->duplicate ? "duplicate" : "opened", NULL, err));
    return store_commit(in->store, err);
}

/* ---- parts and chunks ---- */

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
    if (stopping(run->in))
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
    size_t got = 0;
    for (ssize_t r = 1; got < sample && r > 0; got += r > 0 ? (size_t)r : 0)
        r = pread(fd, p + got, sample - got, (off_t)(at + got));
    return got == sample && dye_chunker_resume(run->chunker, got, n, bytes);
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
                     layout != NULL && dye_link_by_line(layout) ? lines : NULL);
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

struct matching {
    uint64_t epoch, canaries;
    bool reread, sketched; /* whether its sketches are there already */
};

static enum dye_status match_dump(struct ingest *in, const struct registry_snapshot *snapshot, int fd,
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

/* What is known of a dump that is complete. DYE_E_NOTFOUND when it is not. */
static enum dye_status find_complete(struct ingest *in, const char *dump, uint64_t *ret_epoch, uint64_t *ret_canaries,
                                     bool *ret_read, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(in->store, err, &r,
                      "SELECT epoch, canaries, verdict = 'read' FROM dyetrace.dump"
                      " WHERE dump_id = $1 AND state = 'complete'",
                      "s", dump));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump %s: it is not complete; ingest it again", dump);
    *ret_epoch = (uint64_t)store_int(r, 0, 0);
    *ret_canaries = (uint64_t)store_int(r, 0, 1);
    *ret_read = store_bool(r, 0, 2);
    return DYE_OK;
}

/* Holding the lease, and the dump is complete: it stays so, whatever becomes of this. */
static enum dye_status match_again(struct ingest *in, const struct registry_snapshot *snapshot, int fd,
                                   const struct ingest_result *result, struct dye_error *err)
{
    uint64_t epoch = 0;
    uint64_t canaries = 0;
    bool read = false;
    DYE_TRY(find_complete(in, result->dump, &epoch, &canaries, &read, err));
    if (read)
        return DYE_OK;
    if (snapshot->epoch < epoch)
        DYE_FAIL(err, DYE_E_AGAIN, "dump %s: its registry epoch is not here yet; try again", result->dump);
    DYE_TRY(zone_audit(in->store, "retry", result->dump, "decoded again", NULL, err));
    return match_dump(in, snapshot, fd, result, &(struct matching){.epoch = epoch, .canaries = canaries}, err);
}

/* Holding the lease. */
static enum dye_status ingest_leased(struct ingest *in, int fd, const uint8_t sha256[32],
                                     const struct ingest_acquisition *a, struct ingest_result *ret,
                                     struct dye_error *err)
{
    uint64_t epoch = 0;
    uint64_t canaries = 0;
    struct registry_snapshot *snapshot = registry_take(in->registry);
    enum dye_status status = open_dump(in, snapshot, sha256, a, ret, &epoch, &canaries, err);
    if (status == DYE_OK && !ret->duplicate && snapshot->epoch < epoch)
        /* Another machine pinned an epoch that this one has not loaded yet. */
        status = dye_fail(err, DYE_E_AGAIN, "dump %s: its registry epoch is not here yet; try again", ret->dump);
    if (status == DYE_OK && !ret->duplicate)
        status = match_dump(in, snapshot, fd, ret, &(struct matching){.epoch = epoch, .canaries = canaries}, err);
    if (status == DYE_OK && ret->duplicate && in->n_passwords > 0)
        status = match_again(in, snapshot, fd, ret, err);
    registry_put(snapshot);
    return status;
}

/* Gives the lease back, whatever happened. */
static enum dye_status release(struct ingest *in, const char *dump, enum dye_status status, struct dye_error *err)
{
    struct dye_error ignored;
    store_rollback(in->store);
    enum dye_status released = queue_release(in->store, "dump", dump, status == DYE_OK ? err : &ignored);
    return status == DYE_OK ? released : status;
}

enum dye_status ingest_dump(struct ingest *in, int fd, const struct ingest_acquisition *a, struct ingest_result *ret,
                            struct dye_error *err)
{
    struct ingest_result result = {0};
    uint8_t sha256[32];
    DYE_TRY(hash_file(in, fd, &result, sha256, err));
    DYE_TRY(queue_lease(in->store, "dump", result.dump, err));
    enum dye_status status = ingest_leased(in, fd, sha256, a, &result, err);
    status = release(in, result.dump, status, err);
    if (status == DYE_OK)
        *ret = result;
    return status;
}

enum dye_status ingest_again(struct ingest *in, int fd, const char *dump, struct ingest_result *ret,
                             struct dye_error *err)
{
    struct ingest_result result = {.duplicate = true};
    uint8_t sha256[32];
    DYE_TRY(hash_file(in, fd, &result, sha256, err));
    if (strcmp(result.dump, dump) != 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump %s: its original has changed", dump);
    DYE_TRY(queue_lease(in->store, "dump", dump, err));
    struct registry_snapshot *snapshot = registry_take(in->registry);
    enum dye_status status = match_again(in, snapshot, fd, &result, err);
    registry_put(snapshot);
    status = release(in, dump, status, err);
    if (status == DYE_OK)
        *ret = result;
    return status;
}

/* Its epoch moves first: whatever is sighted from here on belongs to canaries that the dump's epoch has. */
static enum dye_status open_again(struct ingest *in, const struct registry_snapshot *snapshot, const char *dump,
                                  bool *ret_sketched, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(in->store, err));
    DYE_TRY(store_run(in->store, err, &r,
                      "UPDATE dyetrace.dump SET epoch = $2, canaries = $3 WHERE dump_id = $1 AND state = 'complete'"
                      " AND epoch <= $2 RETURNING sketched <> 'none'",
                      "sii", dump, (int64_t)snapshot->epoch, (int64_t)snapshot->canaries));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_AGAIN, "dump %s: it is not complete, or its registry epoch is not here yet", dump);
    *ret_sketched = store_bool(r, 0, 0);
    if (!*ret_sketched) /* what an interrupted reading left */
        DYE_TRY(store_run(in->store, err, NULL, "DELETE FROM dyetrace.sketch WHERE dump_id = $1", "s", dump));
    DYE_TRY(store_run(in->store, err, NULL, "SELECT dyetrace.sketch_sightings_drop($1)", "s", dump));
    DYE_TRY(zone_audit(in->store, "re-read", dump, "opened", NULL, err));
    return store_commit(in->store, err);
}

enum dye_status ingest_reread(struct ingest *in, const struct registry_snapshot *snapshot, int fd, const char *dump,
                              struct dye_error *err)
{
    struct ingest_result result = {0};
    uint8_t sha256[32];
    struct matching m = {.epoch = snapshot->epoch, .canaries = snapshot->canaries, .reread = true};
    DYE_TRY(hash_file(in, fd, &result, sha256, err));
    if (strcmp(result.dump, dump) != 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "dump %s: its original has changed", dump);
    DYE_TRY(queue_lease(in->store, "dump", dump, err));
    enum dye_status status = open_again(in, snapshot, dump, &m.sketched, err);
    if (status == DYE_OK)
        status = match_dump(in, snapshot, fd, &result, &m, err);
    return release(in, dump, status, err);
}
