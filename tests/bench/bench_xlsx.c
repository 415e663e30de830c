/*
 * How fast a workbook is read, beside other readers on the same file in the same run: LibreOffice to CSV, and openpyxl
 * in its read-only mode. The book is written by XlsxWriter from a printed seed: 200,000 rows of ten fields, numbers,
 * shared strings, dates.
 *
 * Usage: bench_xlsx [ROWS]     (seed by DYE_SEED). Ends with 1 when it is less than 5 times as fast as LibreOffice or
 * less than 3 times as openpyxl, both by processor time; a peer that is not installed is left out.
 */
#include "clock.h"
#include "dye/decode.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char writer[] =
    "import sys, random, xlsxwriter\n"
    "path, rows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])\n"
    "random.seed(seed)\n"
    "w = xlsxwriter.Workbook(path)\n"
    "s = w.add_worksheet()\n"
    "date = w.add_format({'num_format': 14})\n"
    "for r in range(rows):\n"
    "    s.write_number(r, 0, r)\n"
    "    s.write_string(r, 1, ''.join(random.choices('甲乙丙丁戊己庚辛壬癸', k=3)))\n"
    "    s.write_number(r, 2, 17420000000 + random.randrange(10**8))\n"
    "    s.write_string(r, 3, '110146%08d%04d' % (random.randrange(19500101, 20200101), random.randrange(10**4)))\n"
    "    s.write_number(r, 4, random.randrange(40000, 45000), date)\n"
    "    s.write_string(r, 5, '某省某市某区某路%d号%d室' % (random.randrange(1000), random.randrange(2000)))\n"
    "    s.write_number(r, 6, random.randrange(10**5) / 100)\n"
    "    s.write_string(r, 7, random.choice(['一手', '二手', '实时']))\n"
    "    s.write_string(r, 8, 'u%d@example.com' % random.randrange(10**7))\n"
    "    s.write_string(r, 9, 'SF%012d' % random.randrange(10**12))\n"
    "w.close()\n";
static const char reader[] = "import sys, openpyxl\n"
                             "book = openpyxl.load_workbook(sys.argv[1], read_only=True)\n"
                             "n = sum(1 for sheet in book for row in sheet.iter_rows(values_only=True))\n"
                             "sys.exit(n != int(sys.argv[2]))\n";

struct cost {
    double wall, cpu;
    long peak_kb;
};

/* Runs a program, or `work` in a process of its own; false when it fails. */
static bool measure(char *const argv[], int (*work)(const char *), const char *path, struct cost *ret)
{
    double start = clock_s(CLOCK_MONOTONIC);
    pid_t pid = fork();
    if (pid == 0) {
        if (work != NULL)
            _exit(work(path));
        int null = open("/dev/null", O_RDWR);
        if (null < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
            _exit(127);
        execvp(argv[0], argv);
        _exit(127);
    }
    int status = -1;
    struct rusage usage;
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return false;
    ret->wall = clock_s(CLOCK_MONOTONIC) - start;
    ret->cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    ret->peak_kb = usage.ru_maxrss;
    return true;
}

static enum dye_status read_next(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    ssize_t n = read(*(int *)arg, p, cap);
    *ret_n = n > 0 ? (size_t)n : 0;
    return n < 0 ? DYE_E_IO : DYE_OK;
}

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    return pread(*(int *)arg, p, n, (off_t)at) == (ssize_t)n;
}

static uint64_t rows_seen, bytes_seen;
static long rows_wanted;

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    *(bool *)arg = part->unit == DYE_UNIT_CELL;
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    bytes_seen += bytes.n;
    for (const uint8_t *p = bytes.p, *end = p + bytes.n;
         *(bool *)arg && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        rows_seen++;
    return DYE_OK;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    (void)arg;
    return end->verdict == DYE_READ ? DYE_OK : DYE_STOPPED;
}

static int decode(const char *path)
{
    bool is_table = false;
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return 1;
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    const struct dye_decode_input input = {
        .read = read_next, .read_at = read_at, .bytes = (uint64_t)st.st_size, .arg = &fd};
    const struct dye_decode_events events = {on_begin, on_data, on_end, &is_table};
    enum dye_status status = dye_decode(&input, &limits, &events, NULL);
    return status != DYE_OK || rows_seen != (uint64_t)rows_wanted;
}

static bool report(const char *name, const struct cost *c, const struct cost *ours, double bound)
{
    double times = c->cpu / ours->cpu;
    printf("%-12s %6.2f s  %6.2f s processor  %5ld MiB  %9.0f rows/s", name, c->wall, c->cpu, c->peak_kb >> 10,
           (double)rows_wanted / c->wall);
    if (c != ours)
        printf("  dyetrace is %.1f times as fast (at least %.0f)", times, bound);
    puts("");
    return c == ours || times >= bound;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/dye-bench-XXXXXX", path[64], csv[64], rows[24];
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *seed = getenv("DYE_SEED") != NULL ? getenv("DYE_SEED") : "1";
    rows_wanted = argc > 1 ? strtol(argv[1], NULL, 10) : 200000;
    if (rows_wanted <= 0 || mkdtemp(folder) == NULL)
        return 2;
    snprintf(path, sizeof path, "%s/book.xlsx", folder);
    snprintf(csv, sizeof csv, "%s/book.csv", folder);
    snprintf(rows, sizeof rows, "%ld", rows_wanted);
    char *const write_it[] = {"/usr/bin/python3",      "-c", (char *)(uintptr_t)writer, path, rows,
                              (char *)(uintptr_t)seed, NULL};
    char *const read_it[] = {"/usr/bin/python3", "-c", (char *)(uintptr_t)reader, path, rows, NULL};
    char *const convert[] = {"soffice", "--headless", "--convert-to", "csv", "--outdir", folder, path, NULL};
    struct cost ours, other;
    bool ok = measure(write_it, NULL, NULL, &other) && measure(NULL, decode, path, &ours);
    struct stat st;
    if (!ok || stat(path, &st) != 0) {
        puts("the book was not written (python3-xlsxwriter), or not read in full");
    } else {
        printf("seed %s, %ld rows of 10 fields, %.1f MB\n", seed, rows_wanted, (double)st.st_size / 1e6);
        (void)report("dyetrace", &ours, &ours, 0);
        bool started = measure(convert, NULL, NULL, &other);
        ok = started ? report("LibreOffice", &other, &ours, 5) : (puts("LibreOffice is not there"), ok);
        started = measure(read_it, NULL, NULL, &other);
        ok = (started ? report("openpyxl", &other, &ours, 3) : (puts("openpyxl is not there"), true)) && ok;
    }
    unlink(path);
    unlink(csv);
    rmdir(folder);
    return ok ? 0 : 1;
}
