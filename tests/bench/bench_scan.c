/*
 * scan: a list of identifiers looked for in one file, by this program and by what people use today, in the same run.
 *
 * A made-up customer list of DYE_BENCH_MB (512) in four layouts, and lists of 10^3 to 10^7 identifiers (a third each of
 * mobiles, IDs and addresses), of which one in 10,000 rows holds one. Each round runs every tool once, by turns, as a
 * whole process, its load included: ours from a built index (all forms on; plain forms at 10^7), the others from a text
 * file of the values. DYE_BENCH_ROUNDS (5) rounds, medians; a tool that needs more than DYE_BENCH_PATIENCE seconds (60)
 * is stopped, and is out for that list.
 *
 *   rg, ugrep     -F -f LIST
 *   hyperscan     literals, by tests/bench/peer_hyperscan.c
 *   mawk          a hash of the list, and the columns known
 *   postgresql    COPY of the file and of the list, and a join over the columns known; CSV alone
 *   memchr        of a byte that is not there, over the mapped file: what memory gives; the best of the rounds
 *
 * Usage: bench_scan [LAYOUT...] of csv, dashes, sql, jsonl. Seed by DYE_SEED. DYE_BENCH_KEYS: such as "1000 1000000".
 * Bounds: the fastest of the others takes at least 6 times as long at 10^3 identifiers, 12 times at 10^4, 50 times at
 * 10^5, 60 times at 10^6 and 100 times at 10^7; at least 0.06 of memchr's speed at 10^6.
 */
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

static void write_lists(uint64_t keys, uint64_t seed)
{
    static const char *const kinds[] = {"mobile", "resident_id", "email"};
    struct rng r;
    FILE *text = open_in("list"), *tsv = open_in("tsv");
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
    double seconds[ROUNDS_MAX];
    bool out; /* not there, failed, or out of patience */
    uint64_t found;
};

static bool shell(const char *command, uint64_t *ret_found)
{
    char line[256] = "";
    FILE *p = popen(command, "r");
    bool read = p != NULL && fgets(line, sizeof line, p) != NULL;
    int status = p != NULL ? pclose(p) : -1;
    *ret_found = strtoull(line, NULL, 10);
    return read && WIFEXITED(status) && WEXITSTATUS(status) <= 1;
}

static void have(struct tool *t, const char *name, const char *needs, const char *format, const char *const *args)
{
    char check[512];
    uint64_t ignored;
    *t = (struct tool){.name = name};
    snprintf(check, sizeof check, "command -v %s", needs);
    t->out = !shell(check, &ignored);
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

static double median(struct tool *t, unsigned rounds)
{
    qsort(t->seconds, rounds, sizeof *t->seconds, order);
    return t->seconds[rounds / 2];
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

static void compare(const struct layout *l, uint64_t keys, unsigned rounds, const char *patience)
{
    char dump[64], list[64], tsv[64], index[64], build[8192];
    struct tool tools[TOOLS];
    uint64_t ignored;
    snprintf(dump, sizeof dump, "%s/dump", folder);
    snprintf(list, sizeof list, "%s/list", folder);
    snprintf(tsv, sizeof tsv, "%s/tsv", folder);
    snprintf(index, sizeof index, "%s/index", folder);
    snprintf(build, sizeof build, "'%s/dyetrace' index build -o %s --from-list %s%s && echo", bin, index, tsv,
             keys > 1000000 ? " --plain" : "");
    unlink(index);
    double start = now();
    if (!shell(build, &ignored))
        exit(3);
    double built = now() - start;
    struct stat st;
    if (stat(index, &st) != 0)
        exit(3);

    have(&tools[0], "dyetrace", "sh", "'%/dyetrace' scan --index % % | wc -l", (const char *[]){bin, index, dump});
    have(&tools[1], "rg", "rg", "timeout % rg -c -a -F -f % %", (const char *[]){patience, list, dump});
    have(&tools[2], "ugrep", "ugrep", "timeout % ugrep -c -a -F -f % %", (const char *[]){patience, list, dump});
    have(&tools[3], "hyperscan", "\"$PEER\"", "timeout % \"$PEER\" % %", (const char *[]){patience, list, dump});
    have(&tools[4], "mawk", "mawk", "", NULL);
    snprintf(
        tools[4].command, sizeof tools[4].command,
        "timeout %s mawk %s 'FILENAME==l{k[$0];next} ($a in k)||($b in k)||($c in k){n++} END{print n+0}' l=%s %s %s",
        patience, l->awk, list, list, dump);
    have(&tools[5], "postgresql", "\"$PSQL\"",
         "timeout % \"$PSQL\" -qAt -c 'CREATE TEMP TABLE d (a text, b text, c text, d text, e text)'"
         " -c \"COPY d FROM '%' WITH (FORMAT csv)\" -c 'CREATE TEMP TABLE l (v text)' -c \"COPY l FROM '%'\" -c"
         " 'ANALYZE d' -c 'ANALYZE l' -c 'SELECT count(*) FROM d WHERE b IN (SELECT v FROM l) OR c IN (SELECT v FROM l)"
         " OR d IN (SELECT v FROM l)'",
         (const char *[]){patience, dump, list});
    tools[5].out = tools[5].out || strcmp(l->name, "csv") != 0 || getenv("PSQL") == NULL;
    tools[3].out = tools[3].out || getenv("PEER") == NULL;

    double best_memory = 0, fastest = 0;
    for (unsigned round = 0; round < rounds; round++) {
        for (size_t i = 0; i < TOOLS; i++) {
            struct tool *t = &tools[i];
            if (t->out)
                continue;
            start = now();
            t->out = !shell(t->command, &t->found);
            t->seconds[round] = now() - start;
        }
        double seconds = touch(dump);
        best_memory = best_memory == 0 || seconds < best_memory ? seconds : best_memory;
    }
    if (tools[0].out || stat(dump, &st) != 0)
        exit(3);
    double bytes = (double)st.st_size;
    double best = tools[0].seconds[0];
    for (unsigned i = 1; i < rounds; i++)
        best = tools[0].seconds[i] < best ? tools[0].seconds[i] : best;
    double ours = median(&tools[0], rounds);
    stat(index, &st);
    printf("%-7s %9" PRIu64 "  index: %.1f s to build, %.1f bytes an identifier\n", l->name, keys, built,
           (double)st.st_size / (double)keys);
    const char *who = "";
    for (size_t i = 0; i < TOOLS; i++) {
        struct tool *t = &tools[i];
        if (t->out) {
            printf("        %-11s      -\n", t->name);
            continue;
        }
        double m = median(t, rounds);
        if (i > 0 && (fastest == 0 || m < fastest)) {
            fastest = m;
            who = t->name;
        }
        printf("        %-11s %8.3f s %7.0f MB/s %8.1f x   %" PRIu64 " found\n", t->name, m, bytes / m / 1e6, m / ours,
               t->found);
    }
    double share = best_memory / best;
    bool right = (fastest == 0 || fastest / ours >= bound_of(keys)) && (keys != 1000000 || share >= 0.06);
    printf("        %.1f times the fastest other, %s (bound %.0f); %.3f of memchr's %.1f GB/s%s\n", fastest / ours, who,
           bound_of(keys), share, bytes / best_memory / 1e9, right ? "" : "  MISSED");
    missed += !right;
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const char *build = getenv("DYE_BUILD_DIR"), *patience = getenv("DYE_BENCH_PATIENCE");
    char *keys =
        strdup(getenv("DYE_BENCH_KEYS") != NULL ? getenv("DYE_BENCH_KEYS") : "1000 10000 100000 1000000 10000000");
    uint64_t seed = rng_seed(7), mb = number("DYE_BENCH_MB", 512);
    unsigned rounds = (unsigned)number("DYE_BENCH_ROUNDS", 5);
    snprintf(bin, sizeof bin, "%s/bin", build != NULL ? build : "build");
    if (mkdtemp(folder) == NULL || keys == NULL || rounds == 0 || rounds > ROUNDS_MAX)
        return 3;
    chmod(folder, 0755);
    printf("%" PRIu64 " MB, %u rounds, medians of whole processes\n", mb, rounds);
    for (size_t l = 0; l < LAYOUTS; l++) {
        bool wanted = argc < 2;
        for (int i = 1; i < argc; i++)
            wanted = wanted || strcmp(argv[i], layouts[l].name) == 0;
        if (!wanted)
            continue;
        write_dump(&layouts[l], mb << 20, seed);
        char *list = strdup(keys);
        for (char *at = NULL, *word = strtok_r(list, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at)) {
            write_lists(strtoull(word, NULL, 10), seed);
            compare(&layouts[l], strtoull(word, NULL, 10), rounds, patience != NULL ? patience : "60");
        }
        free(list);
    }
    char command[128];
    uint64_t ignored;
    snprintf(command, sizeof command, "rm -rf %s; echo", folder);
    shell(command, &ignored);
    free(keys);
    printf("%u bounds missed\n", missed);
    return missed > 0;
}
