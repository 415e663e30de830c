/*
 * decode: the sandboxed decoder beside the bare decompressor, on the same file in the same run.
 *
 * A made-up customer list of DYE_BENCH_MB (96) of CSV, with what occurs in leaks: names, mobiles, IDs, addresses,
 * dates. It is packed by the usual tools, and each round times both sides once, by turns, five rounds. What counts is
 * bytes of output a second of wall time: our side is a child in its sandbox that decompresses and this process, which
 * takes the bytes over, cuts them into chunks of records and counts these, so it has two cores where there are two; the
 * other side writes to /dev/null. Bound: at least 0.9 of the bare one for gz, zst and xz, by the medians.
 *
 * A case is a line of `cases`: add others there.
 */
#include "clock.h"
#include "decoder.h"
#include "dye/chunker.h"
#include "helper.h"
#include "rng.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5 };

/* How it is packed and unpacked, and the tool without which the case is left out. */
static const struct bench_case {
    const char *name, *make, *bare, *tool;
    double bound;   /* of the bare one's speed; 0: only told */
    bool rewritten; /* its bytes are not the list's, but its records are */
} cases[] = {
    {"plain", "cp $PLAIN $PACKED", "cat $PACKED >/dev/null", "cat", 0, false},
    {"gz", "gzip -6 -c $PLAIN >$PACKED", "gzip -dc $PACKED >/dev/null", "gzip", 0.9, false},
    {"gz/igzip", "gzip -6 -c $PLAIN >$PACKED", "igzip -dc $PACKED >/dev/null", "igzip", 0, false},
    {"zst", "zstd -q -3 -c $PLAIN >$PACKED", "zstd -q -dc $PACKED >/dev/null", "zstd", 0.9, false},
    {"xz", "xz -1 -T2 -c $PLAIN >$PACKED", "xz -dc -T1 $PACKED >/dev/null", "xz", 0.9, false},
    {"bz2", "bzip2 -1 -c $PLAIN >$PACKED", "bzip2 -dc $PACKED >/dev/null", "bzip2", 0, false},
    {"zip", "zip -q - $PLAIN >$PACKED", "unzip -p $PACKED >/dev/null", "unzip", 0, false},
    {"sql",
     "awk -F, '{printf \"INSERT INTO `t` VALUES (\"; for (i = 1; i <= NF; i++) printf \"%s\\047%s\\047\", (i > 1 ?"
     " \",\" : \"\"), $i; print \");\"}' $PLAIN >$PACKED",
     "cat $PACKED >/dev/null", "awk", 0, true},
    {"jsonl",
     "awk -F, '{printf \"{\"; for (i = 1; i <= NF; i++) printf \"%s\\\"c%d\\\":\\\"%s\\\"\", (i > 1 ? \",\" : \"\"), "
     "i, "
     "$i;"
     " print \"}\"}' $PLAIN >$PACKED",
     "cat $PACKED >/dev/null", "awk", 0, true},
};
enum { CASES = sizeof cases / sizeof *cases };

static char folder[] = "/tmp/bench_decode.XXXXXX";
static char self[4096];

/* ---- the file ---- */

static uint64_t write_list(const char *path, uint64_t bytes, uint64_t seed)
{
    static const char *const family[] = {"张", "王", "李", "赵", "陈", "刘", "杨", "黄", "周", "吴", "徐", "孙"};
    static const char *const given[] = {"伟", "芳", "娜", "敏", "静", "丽", "强",
                                        "磊", "军", "洋", "勇", "艳", "杰", "涛"};
    static const char *const road[] = {"解放路", "人民路", "建设街", "中山路", "和平里", "新华路", "文化巷", "朝阳街"};
    static const char *const goods[] = {"quarterly", "annual", "trial", "family plan", "basic", "premium"};
#define PICK(list) list[rng_below(&r, sizeof(list) / sizeof *(list))]
    struct rng r;
    rng_init(&r, seed);
    FILE *f = fopen(path, "w");
    uint64_t rows = 0, at = 0;
    while (f != NULL && at < bytes) {
        int n = fprintf(
            f, "%08" PRIu64 ",%s%s%s,174%08u,11014419%02u%02u%02u%04u,%s%u号%u室,%s,2025-%02u-%02u %02u:%02u,%u.%02u\n",
            rows, PICK(family), PICK(given), rng_below(&r, 3) != 0 ? PICK(given) : "",
            (unsigned)rng_below(&r, 100000000), (unsigned)rng_below(&r, 100), 1 + (unsigned)rng_below(&r, 12),
            1 + (unsigned)rng_below(&r, 28), (unsigned)rng_below(&r, 10000), PICK(road),
            1 + (unsigned)rng_below(&r, 300), 101 + (unsigned)rng_below(&r, 2000), PICK(goods),
            1 + (unsigned)rng_below(&r, 12), 1 + (unsigned)rng_below(&r, 28), (unsigned)rng_below(&r, 24),
            (unsigned)rng_below(&r, 60), (unsigned)rng_below(&r, 5000), (unsigned)rng_below(&r, 100));
        if (n < 0)
            break;
        at += (uint64_t)n;
        rows++;
    }
    if (f == NULL || fclose(f) != 0 || at < bytes)
        return 0;
    return rows;
}

static bool shell(const char *command)
{
    int status = system(command);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- our side ---- */

struct taken {
    struct dye_chunker *chunker;
    uint64_t bytes, records, unread;
};

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    ((struct taken *)arg)->records += chunk->records;
    return DYE_OK;
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    dye_chunker_begin_part(((struct taken *)arg)->chunker, part);
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span s)
{
    struct taken *t = arg;
    t->bytes += s.n;
    return dye_chunker_feed(t->chunker, s);
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct taken *t = arg;
    t->unread += end->verdict != DYE_READ;
    return dye_chunker_finish(t->chunker);
}

static double decode(const char *path, struct taken *ret)
{
    const struct dye_decode_events events = {on_begin, on_data, on_end, ret};
    const struct decoder decoder = {.self_exe = self, .tmp_folder = folder, .spill_bytes = UINT64_C(1) << 30};
    struct dye_decode_limits limits;
    struct dye_error err = {0};
    dye_decode_limits_default(&limits);
    *ret = (struct taken){.chunker = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, ret)};
    double started = clock_s(CLOCK_MONOTONIC);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || decoder_run(&decoder, fd, &limits, &events, NULL, &err) != DYE_OK)
        ret->unread++;
    close(fd);
    dye_chunker_free(ret->chunker);
    return clock_s(CLOCK_MONOTONIC) - started;
}

static double run_bare(const struct bench_case *c)
{
    double started = clock_s(CLOCK_MONOTONIC);
    return shell(c->bare) ? clock_s(CLOCK_MONOTONIC) - started : -1;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v)
{
    qsort(v, ROUNDS, sizeof *v, compare);
    return v[ROUNDS / 2];
}

/* Whether it keeps its bound. */
static bool run_case(const struct bench_case *c, uint64_t bytes, uint64_t rows)
{
    char path[64], command[64];
    double ours[ROUNDS], bare[ROUNDS];
    struct taken t = {0};
    snprintf(command, sizeof command, "command -v %s >/dev/null", c->tool);
    if (!shell(command)) {
        printf("%-9s %s is not installed\n", c->name, c->tool);
        return true;
    }
    snprintf(path, sizeof path, "%s/packed", folder);
    setenv("PACKED", path, 1);
    if (!shell(c->make))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = decode(path, &t);
        bare[i] = run_bare(c);
        if ((t.bytes != bytes && !c->rewritten) || t.records != rows || t.unread != 0 || bare[i] < 0) {
            printf("%-9s wrong: %" PRIu64 " bytes, %" PRIu64 " records, %" PRIu64 " unread\n", c->name, t.bytes,
                   t.records, t.unread);
            return false;
        }
    }
    unlink(path);
    double a = median(ours), b = median(bare), mb = (double)t.bytes / 1e6;
    bool holds = c->bound == 0 || b / a >= c->bound;
    printf("%-9s %9" PRIu64 " %8.0f MB/s %8.0f MB/s  %.2f%s\n", c->name, t.records, mb / a, mb / b, b / a,
           c->bound == 0 ? ""
           : holds       ? "  holds"
                         : "  MISSED");
    fflush(stdout);
    return holds;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], DECODER_CHILD_ARG) == 0)
        return decoder_child_main(argc, argv);
    if (argc > 1 && strcmp(argv[1], HELPER_CHILD_ARG) == 0)
        return helper_child_main(argc, argv);
    const char *size = getenv("DYE_BENCH_MB");
    uint64_t mb = size != NULL ? strtoull(size, NULL, 10) : 96;
    uint64_t seed = rng_seed(20260101);
    char plain[64], command[64];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0 || mkdtemp(folder) == NULL)
        return 3;
    snprintf(plain, sizeof plain, "%s/list.csv", folder);
    setenv("PLAIN", plain, 1);
    uint64_t rows = write_list(plain, mb << 20, seed);
    int fd = open(plain, O_RDONLY | O_CLOEXEC);
    off_t bytes = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    if (fd >= 0)
        close(fd);
    printf("decode: %lld bytes of CSV, %" PRIu64 " records, %d rounds by turns, medians, %ld cores; at least 0.9 of the"
           " bare tool\n%-9s %9s %13s %13s  ratio\n",
           (long long)bytes, rows, ROUNDS, sysconf(_SC_NPROCESSORS_ONLN), "case", "records", "decode", "bare");
    bool all = rows > 0;
    for (size_t i = 0; rows > 0 && i < CASES; i++)
        if (argc < 2 || strcmp(argv[1], cases[i].name) == 0)
            all = run_case(&cases[i], (uint64_t)bytes, rows) && all;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return shell(command) && all ? 0 : 1;
}
