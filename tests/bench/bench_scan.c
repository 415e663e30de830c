/*
 * scan: a list of identifiers looked for in one file, by this program and by what people use today, in the same run.
 *
 * A made-up customer list of DYE_BENCH_MB (512) in four layouts, and lists of 10^3 to 10^7 identifiers (a third each of
 * mobiles, IDs and addresses), of which one in 10,000 rows holds one. Each round runs the tools once, by turns, as
 * whole processes, their load included: ours from a built index (all forms on; plain forms at 10^7), the others from a
 * text file of the values. Ours writes its hits, which are counted here; the others count by themselves. Medians of
 * DYE_BENCH_ROUNDS (5) rounds, of three where the fastest other takes over twenty seconds. All files are written in
 * pieces of 1 MiB, as a copy or an unpacked archive is: what is written in small ones is cached in such, and is read
 * more slowly by everybody.
 *
 *   rg, ugrep     -F -f LIST
 *   hyperscan     literals, by tests/bench/peer_hyperscan.c
 *   mawk          a hash of the list, and the columns known
 *   postgresql    COPY of the file and of the list, and a join over the columns known; CSV alone
 *   memchr        of a byte that is not there, over the mapped file: what memory gives; the best of the rounds
 *
 * Before each turn, and not timed, DYE_BENCH_TOUCH MB (1024) of memory are touched and given back, what the tool will
 * read is read once, and the tool is started on nothing. Some machines take files that a while nobody read out of the
 * page cache, and their hosts take back free memory: both would be to the cost of who comes behind a slow tool.
 *
 * What counts is the fastest other. So in the first round a tool is stopped once it takes 1.5 times as long as the best
 * of them so far (at least 2 s, at most DYE_BENCH_PATIENCE, 60 s), and it is then out for that list, and after 60 s for
 * the larger ones too; who came through but took 1.5 times as long as the fastest is run no more. Where all are
 * stopped, the ratio is that of the patience, and so too small.
 *
 * Besides, in this process: what all forms cost of the plain ones' speed at 10^6, and, of each index, how it is built,
 * how large it is, and how long its opening takes.
 *
 * Usage: bench_scan [LAYOUT...] of csv, dashes, sql, jsonl. Seed by DYE_SEED. DYE_BENCH_KEYS: such as "1000 1000000".
 * Bounds: the fastest of the others takes at least 6 times as long at 10^3 identifiers, 12 times at 10^4, 50 times at
 * 10^5, 60 times at 10^6 and 100 times at 10^7; at least 0.06 of memchr's speed at 10^6; all forms at least 0.75 of the
 * plain forms' speed; at most two bytes a key in the filter and 32 in all; opened in 50 ms at 10^7.
 */
#include "dye/scan.h"
#include "scan/customers.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 15, TOOLS = 6 };

static char folder[] = "/tmp/bench_scan.XXXXXX";
static char bin[4096];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t number(const char *name, uint64_t usual)
{
    const char *v = getenv(name);
    return v != NULL && v[0] != '\0' ? strtoull(v, NULL, 10) : usual;
}

/* ---- files ---- */

static FILE *open_in(const char *name)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        perror(path);
        exit(3);
    }
    return f;
}

static void write_dump(const struct layout *l, uint64_t bytes, uint64_t seed)
{
    FILE *f = open_in("dump");
    if (!customers_write(f, l, bytes, seed) || fclose(f) != 0)
        exit(3);
}

/* list-KEYS and tsv. */
static void write_lists(uint64_t keys, uint64_t seed)
{
    static const char *const kinds[] = {"mobile", "resident_id", "email"};
    struct rng r;
    char name[64];
    snprintf(name, sizeof name, "list-%" PRIu64, keys);
    FILE *text = open_in(name), *tsv = open_in("tsv");
    customers_list(&r, seed);
    for (uint64_t i = 0; i < keys; i++) {
        char value[64];
        customers_listed(&r, i, value);
        fprintf(text, "%s\n", value);
        fprintf(tsv, "c%" PRIu64 "\t%s\t%s\n", i / VALUES, kinds[i % VALUES], value);
    }
    if (fclose(text) != 0 || fclose(tsv) != 0)
        exit(3);
}

/* ---- the tools ---- */

struct tool {
    const char *name;
    char command[8192];
    char warm[1024]; /* reads what the command will read */
    double seconds[ROUNDS_MAX];
    unsigned rounds;
    bool counted; /* it writes hits, each a line */
    bool out;     /* not there, failed, or stopped */
    uint64_t found;
};

/* The number in the first line of what it writes; or how many lines that are. */
static bool shell(const char *command, bool counted, uint64_t *ret_found)
{
    char line[256], first[256] = "";
    uint64_t lines = 0;
    FILE *p = popen(command, "r");
    for (; p != NULL && fgets(line, sizeof line, p) != NULL; lines++)
        if (lines == 0)
            memcpy(first, line, sizeof first);
    int status = p != NULL ? pclose(p) : -1;
    *ret_found = counted ? lines : strtoull(first, NULL, 10);
    return (counted || lines > 0) && WIFEXITED(status) && WEXITSTATUS(status) <= 1;
}

static void have(struct tool *t, const char *name, const char *needs, const char *format, const char *const *args,
                 const char *start, const char *const files[2])
{
    char check[512];
    uint64_t ignored;
    *t = (struct tool){.name = name};
    snprintf(check, sizeof check, "command -v %s", needs);
    t->out = !shell(check, false, &ignored);
    snprintf(t->warm, sizeof t->warm, "cat %s %s | wc -l; %s >%s/start 2>&1", files[0], files[1], start, folder);
    size_t n = 0;
    for (const char *f = format; *f != '\0' && n + 1 < sizeof t->command; f++) {
        if (*f != '%') {
            t->command[n++] = *f;
            continue;
        }
        n += (size_t)snprintf(t->command + n, sizeof t->command - n, "%s", *args++);
    }
    t->command[n] = '\0';
}

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct tool *t)
{
    double sorted[ROUNDS_MAX];
    memcpy(sorted, t->seconds, sizeof sorted);
    qsort(sorted, t->rounds, sizeof *sorted, order);
    return sorted[t->rounds / 2];
}

/* Seconds that memchr takes for the file. */
static double touch(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        exit(3);
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        exit(3);
    double start = now();
    bool found = memchr(p, 0, (size_t)st.st_size) != NULL;
    double seconds = now() - start;
    munmap(p, (size_t)st.st_size);
    return found ? 0 : seconds;
}

static double bound_of(uint64_t keys)
{
    return keys >= 10000000 ? 100 : keys >= 1000000 ? 60 : keys >= 100000 ? 50 : keys >= 10000 ? 12 : 6;
}

static unsigned missed;

static const char *verdict(bool right)
{
    missed += !right;
    return right ? "" : "  MISSED";
}

/* ---- the index, in this process ---- */

static void path_of(char ret[96], const char *name, uint64_t keys)
{
    snprintf(ret, 96, "%s/%s-%" PRIu64, folder, name, keys);
}

static struct dye_index *open_index(const char *path)
{
    struct dye_index *x = NULL;
    struct dye_error err;
    if (dye_index_open(path, NULL, &x, &err) == DYE_OK)
        return x;
    fprintf(stderr, "%s\n", err.message);
    exit(3);
}

static double build(const char *path, bool plain)
{
    char command[8192];
    uint64_t ignored;
    snprintf(command, sizeof command, "'%s/dyetrace' index build -o %s --from-list %s/tsv%s && echo", bin, path, folder,
             plain ? " --plain" : "");
    double start = now();
    if (!shell(command, false, &ignored))
        exit(3);
    return now() - start;
}

/* The list, its index, and what that is like. */
static void prepare(uint64_t keys, uint64_t seed)
{
    enum { OPENINGS = 5 };
    char path[96];
    struct stat st;
    double filter = 0, opened = 1e9;
    write_lists(keys, seed);
    path_of(path, "index", keys);
    double built = build(path, keys > 1000000);
    for (int i = 0; i < OPENINGS; i++) {
        double start = now();
        struct dye_index *x = open_index(path);
        double took = now() - start;
        opened = took < opened ? took : opened;
        if (i + 1 == OPENINGS && stat(path, &st) == 0) {
            double n = (double)dye_index_keys(x);
            for (int c = 0; c < DYE_TOKEN_CLASSES; c++)
                filter += (double)dye_index_filter_of(x, (enum dye_token_class)c).n_words * sizeof(uint64_t);
            double all = (double)st.st_size / n;
            filter /= n;
            printf("%9" PRIu64
                   " identifiers: built in %.1f s; %.1f keys each, %.2f + %.1f bytes a key; opened in %.1f ms%s\n",
                   keys, built, n / (double)keys, filter, all - filter, opened * 1e3,
                   verdict((keys < 1000000 || (filter <= 2 && all <= 32)) && (keys < 10000000 || opened < 0.05)));
        }
        dye_index_unref(x);
    }
    if (keys == 1000000) { /* to compare with */
        path_of(path, "plain", keys);
        (void)build(path, true);
    }
    fflush(stdout);
}

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    (void)hit;
    ++*(uint64_t *)arg;
    return DYE_OK;
}

/* Seconds for the whole dump, by one thread, in pieces as large as chunks. */
static double scan_once(struct dye_index *x, struct dye_span dump)
{
    enum { PIECE = 4 << 20 };
    const struct dye_index_set set = {{x, NULL}};
    uint64_t hits = 0;
    double start = now();
    for (size_t at = 0; at < dump.n;) {
        size_t n = dump.n - at < PIECE ? dump.n - at : PIECE;
        if (dye_scan(&set, UINT64_MAX, dye_span_of(dump.p + at, n), on_hit, &hits, NULL) != DYE_OK)
            exit(3);
        at += n;
    }
    return now() - start;
}

static void compare_forms(const struct layout *l, uint64_t keys, unsigned rounds)
{
    char path[2][96];
    struct dye_index *x[2];
    double best[2] = {1e9, 1e9};
    struct stat st;
    path_of(path[0], "plain", keys);
    path_of(path[1], "index", keys);
    for (int i = 0; i < 2; i++)
        x[i] = open_index(path[i]);
    snprintf(path[0], sizeof path[0], "%s/dump", folder);
    int fd = open(path[0], O_RDONLY | O_CLOEXEC);
    void *p = fd >= 0 && fstat(fd, &st) == 0
                  ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0)
                  : MAP_FAILED;
    if (p == MAP_FAILED)
        exit(3);
    close(fd);
    for (unsigned round = 0; round < rounds; round++)
        for (int i = 0; i < 2; i++) {
            double seconds = scan_once(x[i], dye_span_of(p, (size_t)st.st_size));
            best[i] = seconds < best[i] ? seconds : best[i];
        }
    double share = best[0] / best[1];
    printf("%-7s %9" PRIu64 "  one core in memory: plain forms %.0f MB/s, all forms %.0f MB/s: %.2f of it%s\n", l->name,
           keys, (double)st.st_size / best[0] / 1e6, (double)st.st_size / best[1] / 1e6, share, verdict(share >= 0.75));
    munmap(p, (size_t)st.st_size);
    for (int i = 0; i < 2; i++)
        dye_index_unref(x[i]);
}

/* ---- the race ---- */

enum { OURS, RG, UGREP, HYPERSCAN, MAWK, POSTGRESQL };
static const double SLACK = 1.5;

static void set_out(struct tool tools[TOOLS], const struct layout *l, uint64_t keys)
{
    char dump[96], list[96], index[96];
    snprintf(dump, sizeof dump, "%s/dump", folder);
    path_of(list, "list", keys);
    path_of(index, "index", keys);
    char start[256];
    snprintf(start, sizeof start, "'%.200s/dyetrace' decode /dev/null", bin);
    const char *const of_ours[] = {dump, index}, *const of_others[] = {dump, list};
    have(&tools[OURS], "dyetrace", "sh", "'%/dyetrace' scan --index % %", (const char *[]){bin, index, dump}, start,
         of_ours);
    tools[OURS].counted = true;
    have(&tools[RG], "rg", "rg", "rg -c -a -F -f % %", (const char *[]){list, dump}, "rg --version", of_others);
    have(&tools[UGREP], "ugrep", "ugrep", "ugrep -c -a -F -f % %", (const char *[]){list, dump}, "ugrep --version",
         of_others);
    have(&tools[HYPERSCAN], "hyperscan", "\"$PEER\"", "\"$PEER\" % %", (const char *[]){list, dump},
         "\"$PEER\" /dev/null /dev/null", of_others);
    have(&tools[MAWK], "mawk", "mawk",
         "mawk % 'FILENAME==l{k[$0];next} ($a in k)||($b in k)||($c in k){n++} END{print n+0}' l=% % %",
         (const char *[]){l->awk, list, list, dump}, "mawk -W version", of_others);
    have(&tools[POSTGRESQL], "postgresql", "\"$PSQL\"",
         "\"$PSQL\" -qAt -c 'CREATE TEMP TABLE d (a text, b text, c text, d text, e text)'"
         " -c \"COPY d FROM '%' WITH (FORMAT csv)\" -c 'CREATE TEMP TABLE l (v text)' -c \"COPY l FROM '%'\" -c"
         " 'ANALYZE d' -c 'ANALYZE l' -c 'SELECT count(*) FROM d WHERE b IN (SELECT v FROM l) OR c IN (SELECT v FROM l)"
         " OR d IN (SELECT v FROM l)'",
         (const char *[]){dump, list}, "\"$PSQL\" -c 'SELECT'", of_others);
    tools[POSTGRESQL].out = tools[POSTGRESQL].out || strcmp(l->name, "csv") != 0 || getenv("PSQL") == NULL;
    tools[HYPERSCAN].out = tools[HYPERSCAN].out || getenv("PEER") == NULL;
}

/* Memory that is free in this machine but no longer its host's comes back now. */
static void touch_memory(void)
{
    size_t n = (size_t)number("DYE_BENCH_TOUCH", 1024) << 20;
    volatile uint8_t *p =
        n > 0 ? mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
    if (p == MAP_FAILED)
        return;
    for (size_t at = 0; at < n; at += 4096)
        p[at] = 1;
    munmap((void *)(uintptr_t)p, n);
}

/* patience 0: as long as it takes. */
static void run_once(struct tool *t, double patience)
{
    char command[sizeof t->command + 64];
    uint64_t lines;
    touch_memory();
    (void)shell(t->warm, false, &lines);
    if (patience > 0)
        snprintf(command, sizeof command, "timeout %.1f %s", patience, t->command);
    double start = now();
    t->out = !shell(patience > 0 ? command : t->command, t->counted, &t->found);
    t->seconds[t->rounds++] = now() - start;
}

/* First who is likely to be the fastest, so that the others are not waited for. Returns the best time. */
static double first_round(struct tool tools[TOOLS], uint64_t keys, double patience, bool out[TOOLS])
{
    static const int small[] = {RG, UGREP, HYPERSCAN, MAWK, POSTGRESQL},
                     large[] = {MAWK, RG, UGREP, HYPERSCAN, POSTGRESQL};
    double best = 0;
    run_once(&tools[OURS], 0);
    for (int i = 0; i < TOOLS - 1; i++) {
        struct tool *t = &tools[keys < 1000000 ? small[i] : large[i]];
        double most = best > 0 && SLACK * best < patience ? SLACK * best : patience;
        t->out = t->out || out[t - tools];
        if (t->out)
            continue;
        run_once(t, most < 2 ? 2 : most);
        out[t - tools] = t->out && most >= patience; /* who is only slower here may be the fastest of a longer list */
        if (!t->out && (best == 0 || t->seconds[0] < best))
            best = t->seconds[0];
    }
    return best;
}

static void compare(const struct layout *l, uint64_t keys, unsigned rounds, double patience, bool out[TOOLS])
{
    struct tool tools[TOOLS];
    struct stat st;
    char dump[96];
    snprintf(dump, sizeof dump, "%s/dump", folder);
    set_out(tools, l, keys);
    double first = first_round(tools, keys, patience, out), memory = touch(dump);
    if (first > 20 && rounds > 3)
        rounds = 3;
    for (unsigned round = 1; round < rounds; round++) {
        for (size_t i = 0; i < TOOLS; i++)
            if (!tools[i].out && (i == OURS || tools[i].seconds[0] <= SLACK * first))
                run_once(&tools[i], i == OURS ? 0 : patience);
        double seconds = touch(dump);
        memory = seconds < memory ? seconds : memory;
    }
    if (tools[OURS].out || stat(dump, &st) != 0)
        exit(3);
    double bytes = (double)st.st_size, ours = median(&tools[OURS]), best = ours, fastest = 0;
    for (unsigned i = 0; i < rounds; i++)
        best = tools[OURS].seconds[i] < best ? tools[OURS].seconds[i] : best;
    const char *who = "all others, stopped";
    printf("%-7s %9" PRIu64 "\n", l->name, keys);
    for (size_t i = 0; i < TOOLS; i++) {
        const struct tool *t = &tools[i];
        if (t->out) {
            printf("        %-11s %s\n", t->name, t->rounds > 0 ? "stopped" : "-");
            continue;
        }
        double m = median(t);
        if (i != OURS && (fastest == 0 || m < fastest)) {
            fastest = m;
            who = t->name;
        }
        printf("        %-11s %8.3f s %7.0f MB/s %8.1f x   %" PRIu64 " found, %u rounds\n", t->name, m, bytes / m / 1e6,
               m / ours, t->found, t->rounds);
    }
    double share = memory / best, ratio = (fastest > 0 ? fastest : patience) / ours;
    printf("        %.1f times the fastest other, %s (bound %.0f); %.3f of memchr's %.1f GB/s%s\n", ratio, who,
           bound_of(keys), share, bytes / memory / 1e9,
           verdict(ratio >= bound_of(keys) && (keys != 1000000 || share >= 0.06)));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    enum { LISTS_MAX = 16 };
    const char *where = getenv("DYE_BUILD_DIR"), *asked = getenv("DYE_BENCH_KEYS");
    char *words = strdup(asked != NULL ? asked : "1000 10000 100000 1000000 10000000");
    uint64_t seed = rng_seed(7), mb = number("DYE_BENCH_MB", 512), keys[LISTS_MAX];
    unsigned rounds = (unsigned)number("DYE_BENCH_ROUNDS", 5);
    double patience = (double)number("DYE_BENCH_PATIENCE", 60), start = now();
    size_t n = 0;
    snprintf(bin, sizeof bin, "%s/bin", where != NULL ? where : "build");
    if (mkdtemp(folder) == NULL || words == NULL || rounds == 0 || rounds > ROUNDS_MAX)
        return 3;
    chmod(folder, 0755);
    printf("%" PRIu64 " MB, up to %u rounds, medians of whole processes, %ld cores\n", mb, rounds,
           sysconf(_SC_NPROCESSORS_ONLN));
    for (char *at = NULL, *word = strtok_r(words, " ", &at); word != NULL && n < LISTS_MAX;
         word = strtok_r(NULL, " ", &at))
        keys[n++] = strtoull(word, NULL, 10);
    for (size_t i = 0; i < n; i++)
        prepare(keys[i], seed);
    for (size_t l = 0; l < LAYOUTS; l++) {
        bool wanted = argc < 2, out[TOOLS] = {false};
        for (int i = 1; i < argc; i++)
            wanted = wanted || strcmp(argv[i], layouts[l].name) == 0;
        if (!wanted)
            continue;
        write_dump(&layouts[l], mb << 20, seed);
        for (size_t i = 0; i < n; i++) {
            compare(&layouts[l], keys[i], rounds, patience, out);
            if (keys[i] == 1000000)
                compare_forms(&layouts[l], keys[i], rounds);
        }
    }
    char command[128];
    uint64_t ignored;
    snprintf(command, sizeof command, "rm -rf %s; echo", folder);
    shell(command, false, &ignored);
    free(words);
    printf("%u bounds missed, %.0f s\n", missed, now() - start);
    return missed > 0;
}
