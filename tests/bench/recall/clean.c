#include "clean.h"

#include "bound.h"
#include "expected.h"
#include "look.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 1 << 20,
    SIGHTINGS_MAX = 1 << 20, /* of a dump; it has some ten thousand, most of them of no account */
    THREADS_MAX = 64,
    BITS_FROM = 16,
    BITS_STEP = 4,
    BITS_STEPS = 8,
    TOLD_BYTES = 200
};
#define WEAK_TIMES 8 /* what is expected, so many times: calibration.h allows as much */

struct counts {
    uint64_t rows, bytes, tokens, weak, strong;
};
struct result { /* of a dump */
    struct counts file[CORPUS_FILES];
    uint64_t records, at_least[BITS_STEPS];
    double threshold, floor, probability; /* the last of all weak ones together */
    double strongest;
    char told[TOLD_BYTES]; /* what that is made of */
};
struct false_sighting {
    double bits;
    size_t file;
};

struct run {
    const struct registry *registry;
    const struct stock *stock;
    uint64_t seed, wanted;
    struct result *results;
    uint64_t n_results;
    atomic_uint_fast64_t next, tokens;
    struct timespec from;
    pthread_mutex_t terminal;
};

/* ---- one dump ---- */

struct reader {
    struct run *run;
    struct result *result;
    struct dye_linker *linker;
    struct dye_chunker *chunker;
    char *block;
    struct false_sighting *seen;
    size_t file, n_seen;
};

static enum dye_status on_sighting(void *arg, const struct dye_sighting *s)
{
    struct reader *r = arg;
    if (s->bits < BITS_FROM)
        return DYE_OK;
    if (r->n_seen == SIGHTINGS_MAX)
        return DYE_E_LIMIT;
    r->seen[r->n_seen++] = (struct false_sighting){s->bits, r->file};
    if (s->bits <= r->result->strongest)
        return DYE_OK;
    r->result->strongest = s->bits;
    size_t n = 0;
    for (size_t i = 0; i < s->n && n < TOLD_BYTES; i++)
        n += (size_t)snprintf(r->result->told + n, TOLD_BYTES - n, " %s:%s:%.1f", dye_kind_name(s->evidence[i].kind),
                              dye_form_name(s->evidence[i].form), s->evidence[i].bits);
    return DYE_OK;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct reader *r = arg;
    struct counts *c = &r->result->file[r->file];
    struct dye_scan_stats stats = {0};
    dye_linker_chunk(r->linker, chunk);
    enum dye_status status =
        dye_scan(&r->run->registry->set, UINT64_MAX, chunk->text, dye_linker_hit, r->linker, &stats);
    c->tokens += stats.tokens;
    c->bytes += chunk->bytes.n;
    r->result->records += chunk->records;
    atomic_fetch_add(&r->run->tokens, stats.tokens);
    return status == DYE_OK ? dye_linker_finish(r->linker) : status;
}

static void read_file(struct reader *r, struct corpus_dump *d)
{
    size_t n = 0, rows = corpus_file_rows(r->file);
    bool good = true;
    dye_chunker_begin(r->chunker, DYE_UNIT_BYTE);
    for (uint64_t row = 0; row < rows && good; row++) {
        n += corpus_row(d, r->file, row, r->block + n);
        if (n + CORPUS_ROW_MAX_BYTES <= BLOCK_BYTES && row + 1 < rows)
            continue;
        good = dye_chunker_feed(r->chunker, dye_span_of(r->block, n)) == DYE_OK;
        n = 0;
    }
    if (!good || dye_chunker_finish(r->chunker) != DYE_OK)
        abort();
    r->result->file[r->file].rows = rows;
}

/* How sure they are depends on how many records the dump turned out to have. */
static void judge(struct reader *r)
{
    struct result *t = r->result;
    t->threshold = dye_link_threshold_bits(t->records, CANARIES, RECALL_EXPECTED_FALSE);
    t->floor = dye_link_bits(RECALL_FLOOR, t->records, CANARIES);
    for (size_t i = 0; i < r->n_seen; i++) {
        const struct false_sighting *s = &r->seen[i];
        bool strong = s->bits >= t->threshold, weak = !strong && s->bits >= t->floor;
        t->file[s->file].strong += strong;
        t->file[s->file].weak += weak;
        t->probability += weak ? dye_link_probability(s->bits, t->records, CANARIES) : 0;
        for (size_t b = 0; b < BITS_STEPS; b++)
            t->at_least[b] += s->bits >= BITS_FROM + BITS_STEP * (double)b;
    }
}

/* ---- many ---- */

static void progress(struct run *run)
{
    struct timespec now;
    if (!isatty(STDERR_FILENO) || pthread_mutex_trylock(&run->terminal) != 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - run->from.tv_sec) + (double)(now.tv_nsec - run->from.tv_nsec) / 1e9;
    double done = (double)atomic_load(&run->tokens), wanted = (double)run->wanted;
    fprintf(stderr, "\rclean: %.0f of %.0f million tokens, %.1f million/s, %.0f s to go \033[K", done / 1e6,
            wanted / 1e6, done / 1e6 / seconds, done < wanted ? (wanted - done) * seconds / done : 0);
    pthread_mutex_unlock(&run->terminal);
}

static void *work(void *arg)
{
    struct run *run = arg;
    struct reader r = {.run = run, .block = malloc(BLOCK_BYTES), .seen = malloc(SIGHTINGS_MAX * sizeof *r.seen)};
    r.linker = dye_linker_new(on_sighting, &r);
    r.chunker = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &r);
    if (r.block == NULL || r.seen == NULL || r.linker == NULL || r.chunker == NULL)
        abort();
    for (uint64_t number; (number = atomic_fetch_add(&run->next, 1)) < run->n_results;) {
        struct corpus_dump dump;
        corpus_dump_init(&dump, run->stock, run->seed, number);
        r.result = &run->results[number];
        r.n_seen = 0;
        for (r.file = 0; r.file < CORPUS_FILES; r.file++) {
            read_file(&r, &dump);
            progress(run);
        }
        judge(&r);
    }
    dye_chunker_free(r.chunker);
    dye_linker_free(r.linker);
    free(r.seen);
    free(r.block);
    return NULL;
}

static size_t on_all_cores(struct run *run)
{
    pthread_t threads[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const char *asked = getenv("DYE_RECALL_THREADS");
    size_t n = asked != NULL ? strtoul(asked, NULL, 10) : cores > 0 ? (size_t)cores : 1;
    n = n < 1 ? 1 : n < THREADS_MAX ? n : THREADS_MAX;
    for (size_t i = 1; i < n; i++)
        if (pthread_create(&threads[i], NULL, work, run) != 0)
            abort();
    work(run);
    for (size_t i = 1; i < n; i++)
        pthread_join(threads[i], NULL);
    return n;
}

/* As many dumps as it takes: how many tokens one has is known when it was read. The same whoever read them. */
static size_t read_dumps(struct run *run)
{
    uint64_t a_dump = UINT64_C(3) * CORPUS_DUMP_ROWS; /* somewhat more than there are */
    size_t threads = 0;
    while (atomic_load(&run->tokens) < run->wanted) {
        uint64_t more = (run->wanted - atomic_load(&run->tokens) + a_dump - 1) / a_dump, n = run->n_results + more;
        run->results = realloc(run->results, n * sizeof *run->results);
        if (run->results == NULL)
            abort();
        memset(run->results + run->n_results, 0, more * sizeof *run->results);
        atomic_store(&run->next, run->n_results);
        run->n_results = n;
        threads = on_all_cores(run);
    }
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    return threads;
}

/* ---- what is said of it ---- */

static void add(struct counts *to, const struct counts *c)
{
    to->rows += c->rows;
    to->bytes += c->bytes;
    to->tokens += c->tokens;
    to->weak += c->weak;
    to->strong += c->strong;
}

static void print_counts(const char *name, const struct run *run, const struct counts *c)
{
    printf("%-12s %4.0f %% %12llu %14llu %13llu %8llu %8llu\n", name,
           100.0 * (double)c->rows / ((double)run->n_results * CORPUS_DUMP_ROWS), (unsigned long long)c->rows,
           (unsigned long long)c->bytes, (unsigned long long)c->tokens, (unsigned long long)c->weak,
           (unsigned long long)c->strong);
}

static struct counts table(const struct run *run)
{
    struct counts all = {0};
    printf("%-12s %6s %12s %14s %13s %8s %8s\n", "file", "share", "rows", "bytes", "tokens", "weak", "strong");
    for (size_t f = 0; f < CORPUS_FILES; f++) {
        struct counts c = {0};
        for (uint64_t i = 0; i < run->n_results; i++)
            add(&c, &run->results[i].file[f]);
        print_counts(corpus_file_name(f), run, &c);
        add(&all, &c);
    }
    print_counts("all", run, &all);
    return all;
}

static bool by_bits(const struct run *run)
{
    bool good = true;
    printf("\nbits from      seen     allowed\n");
    for (size_t b = 0; b < BITS_STEPS; b++) {
        double bits = BITS_FROM + BITS_STEP * (double)b, allowed = 0;
        uint64_t seen = 0;
        for (uint64_t i = 0; i < run->n_results; i++) {
            seen += run->results[i].at_least[b];
            allowed += (double)run->results[i].records * CANARIES * exp2(-bits);
        }
        /* Of a mean of what is allowed, more than three deviations and three are no chance. */
        bool holds = (double)seen <= allowed + 3 * sqrt(allowed) + 3;
        printf("%9.0f %9llu %11.4g%s\n", bits, (unsigned long long)seen, allowed, holds ? "" : "  MISSED");
        good = good && holds;
    }
    return good;
}

static bool report(const struct run *run, double seconds, size_t threads)
{
    double allowed = 0, probability = 0, dumps = (double)run->n_results;
    uint64_t records = 0;
    const struct result *first = run->results, *strongest = first;
    struct counts all = table(run);
    struct expected expected = expected_of(run->registry, run->stock, run->seed);
    for (const struct result *t = first; t < first + run->n_results; t++) {
        records += t->records;
        allowed += (double)t->records * CANARIES * exp2(-t->threshold);
        probability += t->probability;
        strongest = t->strongest > strongest->strongest ? t : strongest;
    }
    bool good = by_bits(run);
    good = good && all.strong == 0 && probability <= dumps + 3 * sqrt(dumps) &&
           (double)all.weak <= WEAK_TIMES * dumps * expected.weak;
    printf("\n%llu dumps of %d rows, %llu records; threshold %.1f bits, weak from %.1f\n",
           (unsigned long long)run->n_results, CORPUS_DUMP_ROWS, (unsigned long long)records, first->threshold,
           first->floor);
    printf("false sightings, strong: %llu in %llu tokens; expected %.3g, allowed %.3g; at most %.2g a token (95 %%)\n",
           (unsigned long long)all.strong, (unsigned long long)all.tokens, dumps * expected.strong, allowed,
           bound_upper95((unsigned)all.strong, all.tokens < UINT32_MAX ? (unsigned)all.tokens : UINT32_MAX));
    printf("false sightings, weak:   %llu; expected %.0f, were half of the names not canaries'\n",
           (unsigned long long)all.weak, dumps * expected.weak);
    printf("probabilities of the weak ones: %.2f in all, a dump; 1 is allowed\n", probability / dumps);
    printf("the strongest, in dump %td, has %.1f bits:%s\n", strongest - first, strongest->strongest, strongest->told);
    printf("%.0f s on %zu threads, %.1f million tokens and %.0f MB a second: %s\n", seconds, threads,
           (double)all.tokens / 1e6 / seconds, (double)all.bytes / 1e6 / seconds, good ? "holds" : "MISSED");
    return good;
}

bool clean_run(const struct registry *g, uint64_t seed, uint64_t tokens)
{
    struct run run = {.registry = g, .seed = seed, .wanted = tokens > 0 ? tokens : 1};
    struct timespec to;
    struct rng r;
    rng_init(&r, seed + 1);
    pthread_mutex_init(&run.terminal, NULL);
    struct stock *stock = stock_new(g, &r);
    if (stock == NULL)
        abort();
    run.stock = stock;
    printf("\nclean: seed %llu, %d canaries; what the files hold: bench/recall/corpus.h\n", (unsigned long long)seed,
           CANARIES);
    clock_gettime(CLOCK_MONOTONIC, &run.from);
    size_t threads = read_dumps(&run);
    clock_gettime(CLOCK_MONOTONIC, &to);
    bool good =
        report(&run, (double)(to.tv_sec - run.from.tv_sec) + (double)(to.tv_nsec - run.from.tv_nsec) / 1e9, threads);
    free(run.results);
    stock_free(stock);
    pthread_mutex_destroy(&run.terminal);
    return good;
}
