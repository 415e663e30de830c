#include "plain_file.h"

#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { TARGET = 3000, MAX = 8000, FILE_MAX = 400000, AHEAD = 7 };

struct job {
    struct crew *crew;
    struct dye_chunker *chunker;
};

/* What a chunk is, in one line. */
static enum dye_status look(void *arg, const struct dye_chunk *chunk, const char *part, struct crew_page *page,
                            struct dye_scan_stats *stats)
{
    (void)arg;
    char line[120];
    uint32_t sum = 0;
    for (size_t i = 0; i < chunk->text.n; i++)
        sum = sum * 31 + chunk->text.p[i];
    stats->bytes += chunk->bytes.n;
    int n = snprintf(line, sizeof line, "%s %u %llu %zu %u\n", part, chunk->number, (unsigned long long)chunk->start,
                     chunk->bytes.n, sum);
    return crew_write(page, line, (size_t)n);
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    const struct job *j = arg;
    return crew_take(j->crew, j->chunker, chunk, "part");
}

/* The chunks of what stands in fd behind AHEAD bytes, of which at most `most` may be read. */
static enum dye_status cut(int fd, uint64_t most, bool past, FILE *to, uint64_t *ret_past)
{
    static uint8_t p[FILE_MAX];
    struct job j;
    struct dye_error err;
    struct dye_scan_stats stats = {0};
    assert_int_equal(crew_new(MAX, look, NULL, to, &j.crew, &err), DYE_OK);
    j.chunker = dye_chunker_new(TARGET, MAX, on_chunk, &j);
    assert_non_null(j.chunker);
    dye_chunker_ignore_records(j.chunker);
    const struct plain_file f = {.crew = j.crew,
                                 .chunker = j.chunker,
                                 .part = "part",
                                 .fd = fd,
                                 .at = AHEAD,
                                 .most = most,
                                 .target = TARGET,
                                 .max = MAX};
    *ret_past = past ? plain_file_read(&f) : 0;
    ssize_t n = pread(fd, p, most - *ret_past, (off_t)(AHEAD + *ret_past));
    assert_true(n >= 0);
    enum dye_status status = dye_chunker_feed(j.chunker, dye_span_of(p, (size_t)n));
    if (status == DYE_OK)
        status = dye_chunker_finish(j.chunker);
    enum dye_status finished = crew_finish(j.crew, &stats);
    status = finished != DYE_OK ? finished : status;
    if (status == DYE_OK)
        assert_int_equal(stats.bytes, *ret_past + (uint64_t)n);
    crew_free(j.crew);
    dye_chunker_free(j.chunker);
    return status;
}

static size_t random_lines(struct rng *r, uint8_t *p, size_t most)
{
    static const unsigned longest[] = {40, 400, 4000, 20000};
    size_t at = 0, n = rng_below(r, most), width = longest[rng_below(r, 4)];
    while (at < n) {
        size_t line = rng_below(r, width);
        for (size_t i = 0; i < line && at < n; i++)
            p[at++] = (uint8_t) "0123456789,abc\"'"[rng_below(r, 16)];
        if (at < n)
            p[at++] = '\n';
    }
    return n;
}

static int file_of(const uint8_t *p, size_t n)
{
    int fd = memfd_create("plain", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "\xef\xbb\xbf----", AHEAD), AHEAD);
    assert_int_equal(write(fd, p, n), n);
    return fd;
}

static void a_file_is_cut_as_the_chunker_would_cut_it(void **state)
{
    (void)state;
    enum { ROUNDS = 300 };
    static uint8_t p[FILE_MAX];
    struct rng r;
    unsigned passed = 0;
    rng_init(&r, rng_seed(5));
    for (unsigned round = 0; round < ROUNDS; round++) {
        char *text[2];
        size_t length[2];
        uint64_t past;
        size_t n = random_lines(&r, p, FILE_MAX);
        uint64_t most = rng_below(&r, 3) == 0 ? rng_below(&r, n + 1) : n;
        int fd = file_of(p, n);
        for (unsigned way = 0; way < 2; way++) {
            FILE *to = open_memstream(&text[way], &length[way]);
            assert_int_equal(cut(fd, most, way == 1, to, &past), DYE_OK);
            fclose(to);
        }
        passed += past > 0;
        assert_int_equal(length[0], length[1]);
        assert_memory_equal(text[0], text[1], length[0]);
        free(text[0]);
        free(text[1]);
        close(fd);
    }
    assert_in_range(passed, ROUNDS / 4, ROUNDS);
}

static void utf_16_is_left_to_the_chunker(void **state)
{
    (void)state;
    static uint8_t p[100000] = {0xff, 0xfe};
    for (size_t i = 2; i < sizeof p; i += 2)
        p[i] = i % 80 == 0 ? '\n' : '1';
    int fd = memfd_create("plain", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, p, sizeof p, AHEAD), sizeof p);
    uint64_t past;
    FILE *to = tmpfile();
    assert_int_equal(cut(fd, sizeof p, true, to, &past), DYE_OK);
    assert_int_equal(past, 0);
    fclose(to);
    close(fd);
}

/* The borders of chunks are found, and then the file is cut off in the first of them. */
static enum dye_status cut_the_file(void *arg, const struct dye_chunk *chunk, const char *part, struct crew_page *page,
                                    struct dye_scan_stats *stats)
{
    (void)chunk, (void)part, (void)page, (void)stats;
    assert_int_equal(ftruncate(*(int *)arg, AHEAD + TARGET / 2), 0);
    return DYE_OK;
}

struct some {
    struct dye_chunk chunk;
    uint64_t at;
    unsigned left;
};

static bool one_of(void *arg, struct dye_chunk *ret, uint64_t *ret_at)
{
    struct some *o = arg;
    if (o->left == 0)
        return false;
    o->left--;
    *ret = o->chunk;
    *ret_at = o->at;
    o->chunk.start += TARGET;
    o->at += TARGET;
    return true;
}

/* What comes of a file's chunks by `next`, looked through by `fn`, whose argument is the descriptor. */
static enum dye_status end_of(int fd, crew_fn fn, crew_next_fn next, void *arg)
{
    struct dye_error err;
    struct dye_scan_stats stats = {0};
    struct crew *crew;
    struct file_view *view;
    assert_int_equal(crew_new(MAX, fn, &fd, stdout, &crew, &err), DYE_OK);
    assert_int_equal(file_view_open(fd, &view), DYE_OK);
    (void)!crew_read(crew, view, next, arg, "");
    enum dye_status status = crew_finish(crew, &stats);
    crew_free(crew);
    close(fd);
    return status;
}

static void a_file_that_becomes_shorter_is_an_error_and_no_crash(void **state)
{
    (void)state;
    static uint8_t p[10 * TARGET];
    memset(p, '\n', sizeof p);
    struct dye_layout layout = {.kind = DYE_LAYOUT_LINES};
    struct some chunks = {.chunk = {.bytes.n = TARGET, .text.n = TARGET, .layout = &layout}, .at = AHEAD, .left = 10};
    assert_int_equal(end_of(file_of(p, sizeof p), cut_the_file, one_of, &chunks), DYE_E_IO);
}

/* Who looks for where the next chunk ends may be the only one to meet what is gone. */
static bool none_is_left(void *arg, struct dye_chunk *ret, uint64_t *ret_at)
{
    (void)ret, (void)ret_at;
    assert_int_equal(ftruncate(*(int *)arg, 0), 0);
    return false;
}

static void a_file_that_is_shorter_where_no_chunk_is_looked_at_is_an_error(void **state)
{
    (void)state;
    static uint8_t p[10 * TARGET];
    int fd = file_of(p, sizeof p);
    assert_int_equal(end_of(fd, look, none_is_left, &fd), DYE_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_cut_as_the_chunker_would_cut_it),
        cmocka_unit_test(utf_16_is_left_to_the_chunker),
        cmocka_unit_test(a_file_that_becomes_shorter_is_an_error_and_no_crash),
        cmocka_unit_test(a_file_that_is_shorter_where_no_chunk_is_looked_at_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
