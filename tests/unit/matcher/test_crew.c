#include "crew.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { TARGET = 200 << 10, MAX = 400 << 10 };

struct job {
    struct crew *crew;
    struct dye_chunker *chunker;
    const char *part;
    unsigned lines;   /* written of each chunk */
    uint64_t fail_at; /* offset of the chunk that fails; UINT64_MAX: none does */
};

/* The text's lines are long numbers that count up from 0 in the part: their sum tells whether it is still whole. */
static enum dye_status look(void *arg, const struct dye_chunk *chunk, const char *part, struct crew_page *page,
                            struct dye_scan_stats *stats)
{
    const struct job *j = arg;
    uint64_t sum = 0, in_line = 0;
    if (chunk->number % 3 == 0)
        usleep(2000); /* the next one is done before */
    for (size_t i = 0; i < chunk->text.n; i++) {
        in_line = chunk->text.p[i] == '\n' ? 0 : in_line * 10 + (uint64_t)(chunk->text.p[i] - '0');
        sum += chunk->text.p[i] == '\n' ? 0 : in_line;
    }
    stats->bytes += chunk->bytes.n;
    stats->hits++;
    if (chunk->start == j->fail_at)
        return DYE_E_NOTFOUND;
    for (unsigned i = 0; i < j->lines; i++) {
        char line[200];
        int n = snprintf(line, sizeof line, "%s %u %llu %zu %llu\n", part, chunk->number,
                         (unsigned long long)chunk->start, chunk->bytes.n, (unsigned long long)sum);
        enum dye_status status = crew_write(page, line, (size_t)n);
        if (status != DYE_OK)
            return status;
    }
    return DYE_OK;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    const struct job *j = arg;
    return crew_take(j->crew, j->chunker, chunk, j->part);
}

static size_t numbers(char *p, size_t n, unsigned *next, bool wide)
{
    size_t at = 0;
    while (at + 40 < n) {
        char line[24];
        int digits = snprintf(line, sizeof line, "%011u\n", (*next)++);
        for (int i = 0; i < digits; i++) {
            p[at++] = line[i];
            if (wide)
                p[at++] = 0;
        }
    }
    return at;
}

static char *read_all(FILE *f, size_t *ret_n)
{
    *ret_n = (size_t)ftell(f);
    char *p = calloc(1, *ret_n + 1);
    rewind(f);
    assert_int_equal(fread(p, 1, *ret_n, f), *ret_n);
    return p;
}

/* Three parts: large chunks, many small ones, and UTF-16. */
static enum dye_status run(struct job *j, struct dye_scan_stats *stats, FILE *to)
{
    static char p[8 << 20];
    struct dye_error err;
    assert_int_equal(crew_new(MAX, look, j, to, &j->crew, &err), DYE_OK);
    j->chunker = dye_chunker_new(TARGET, MAX, on_chunk, j);
    unsigned next = 0;
    enum dye_status status = DYE_OK;
    for (unsigned part = 0; part < 12 && status == DYE_OK; part++) {
        char name[20];
        snprintf(name, sizeof name, "part %u", part);
        j->part = name;
        size_t n = numbers(p, part == 0 || part == 11 ? sizeof p : 5000, &next, part == 11);
        status = dye_chunker_feed(j->chunker, dye_span_of(p, n));
        if (status == DYE_OK)
            status = dye_chunker_finish(j->chunker);
    }
    enum dye_status finished = crew_finish(j->crew, stats);
    status = status != DYE_OK ? status : finished;
    crew_free(j->crew);
    dye_chunker_free(j->chunker);
    return status;
}

static void what_is_written_comes_in_the_order_of_the_chunks(void **state)
{
    (void)state;
    cpu_set_t before, one;
    CPU_ZERO(&one);
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &before))
            CPU_SET(cpu, &one);
    static const unsigned lines[] = {1, 30000}; /* the second is more than a page takes */
    for (size_t i = 0; i < 2; i++) {
        char *text[2];
        size_t n[2];
        for (int threads = 0; threads < 2; threads++) {
            struct job j = {.lines = lines[i], .fail_at = UINT64_MAX};
            struct dye_scan_stats stats = {0};
            FILE *f = tmpfile();
            sched_setaffinity(0, sizeof one, threads ? &before : &one);
            assert_int_equal(run(&j, &stats, f), DYE_OK);
            text[threads] = read_all(f, &n[threads]);
            assert_in_range(stats.bytes, 15 << 20, 17 << 20);
            fclose(f);
        }
        assert_int_equal(n[0], n[1]);
        assert_memory_equal(text[0], text[1], n[0]);
        free(text[0]);
        free(text[1]);
    }
}

static void nothing_is_written_behind_a_chunk_that_failed(void **state)
{
    (void)state;
    struct job j = {.lines = 1, .fail_at = 0};
    struct dye_scan_stats stats = {0};
    FILE *f = tmpfile();
    assert_int_equal(run(&j, &stats, f), DYE_E_NOTFOUND);
    assert_int_equal(ftell(f), 0);
    fclose(f);
}

static void what_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    struct job j = {.lines = 30000, .fail_at = UINT64_MAX};
    struct dye_scan_stats stats = {0};
    FILE *f = fopen("/dev/full", "w");
    assert_non_null(f);
    assert_int_equal(run(&j, &stats, f), DYE_E_IO);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_in_the_order_of_the_chunks),
        cmocka_unit_test(nothing_is_written_behind_a_chunk_that_failed),
        cmocka_unit_test(what_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
