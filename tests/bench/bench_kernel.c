/*
 * kernel: what dye_scan does in one core's time, apart from files, decoding and processes.
 *
 * A made-up customer list in memory (DYE_BENCH_MB, 64) in four layouts against indexes of 10^3 to 10^7 identifiers: all
 * forms, plain ones alone at 10^7 and beside all at 10^6. In chunks of 1 MiB, as an ingest gives them, of each the best
 * of DYE_BENCH_ROUNDS (9), which is what the code costs on a machine that does other things too. Every path that the
 * processor has.
 *
 * Usage: bench_kernel [LAYOUT...] of csv, dashes, sql, jsonl, or a file. Seed by DYE_SEED. DYE_BENCH_KEYS: such as
 * "1000 1000000"; DYE_BENCH_PATH: scalar, avx2 or avx512 alone.
 * Bounds of the widest path, GB/s: 2.5 at 10^3 identifiers (goal 3.4), 1.5 up to 10^6 (goal 2.5), 0.9 at 10^7, of which
 * one mobile in twenty that the list could have drawn is one, so that most of the time goes to hits; and at 10^6 with
 * all forms at least 0.75 of the speed with plain ones. A few minutes.
 * Of the index: at most 2 bytes a key in filters, 32 an entry (a key, or what only corroborates) in all; mapped in
 * under 50 ms.
 */
#include "dye/scan.h"
#include "scan/customers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

static unsigned missed;

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t number(const char *name, uint64_t usual)
{
    const char *v = getenv(name);
    return v != NULL && v[0] != '\0' ? strtoull(v, NULL, 10) : usual;
}

static void must(bool held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "bench_kernel: %s\n", what);
    exit(3);
}

static void bound(bool held, const char *what)
{
    if (!held)
        printf("        MISSED: %s\n", what);
    missed += !held;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* ---- the index ---- */

static void add_forms(struct dye_index_builder *b, const struct dye_index_keys *keys, uint64_t i, const char *value,
                      bool plain)
{
    static const enum dye_kind kinds[VALUES] = {[MOBILE] = DYE_MOBILE, [ID] = DYE_RESIDENT_ID, [EMAIL] = DYE_EMAIL};
    enum dye_kind kind = kinds[i % VALUES];
    static struct dye_form_bytes forms[DYE_FORMS_MAX];
    struct dye_value v;
    char name[24];
    must(dye_ident_parse(kind, dye_span_str(value), &v) == DYE_OK, "a value is none");
    size_t n = plain ? dye_ident_plain_forms(kind, &v, forms) : dye_ident_forms(kind, &v, forms);
    snprintf(name, sizeof name, "c%" PRIu64, i / VALUES);
    for (size_t f = 0; f < n; f++) {
        struct dye_index_entry e = {.kind = (uint8_t)kind, .form = (uint8_t)forms[f].form, .variant = 'A'};
        dye_index_entry_set(&e, keys, dye_value_span(&forms[f].bytes));
        must(dye_index_builder_add(b, dye_span_str(name), &e) == DYE_OK, "no memory");
    }
}

static struct dye_index *make_index(uint64_t identifiers, bool plain, uint64_t seed)
{
    struct dye_key k;
    struct dye_index_keys keys;
    memset(k.bytes, 5, sizeof k.bytes);
    dye_index_keys_init(&k, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, true);
    struct rng r;
    double start = now(CLOCK_MONOTONIC);
    customers_list(&r, seed);
    for (uint64_t i = 0; i < identifiers; i++) {
        char value[64];
        customers_listed(&r, i, value);
        add_forms(b, &keys, i, value, plain);
    }
    uint8_t *image = NULL;
    size_t bytes = 0;
    must(dye_index_builder_image(b, &image, &bytes, NULL) == DYE_OK, "no memory for an image");
    dye_index_builder_free(b);
    double built = now(CLOCK_MONOTONIC) - start;

    char path[] = "/tmp/bench_kernel.XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    must(f != NULL && fwrite(image, 1, bytes, f) == bytes && fclose(f) == 0, path);
    free(image);
    struct dye_index *x = NULL;
    double mapped = 1e9, verified = 1e9, opened = 1e9;
    for (int round = 0; round < 5; round++) {
        start = now(CLOCK_MONOTONIC);
        must(dye_index_open(path, NULL, &x, NULL) == DYE_OK, "the index does not open");
        opened = least(opened, now(CLOCK_MONOTONIC) - start);
        dye_index_unref(x);
        start = now(CLOCK_MONOTONIC);
        must(dye_index_map(path, NULL, &x, NULL) == DYE_OK, "the index does not open");
        mapped = least(mapped, now(CLOCK_MONOTONIC) - start);
        start = now(CLOCK_MONOTONIC);
        must(dye_index_verify(x, NULL) == DYE_OK, "the index is damaged");
        verified = least(verified, now(CLOCK_MONOTONIC) - start);
        if (round < 4)
            dye_index_unref(x);
    }
    unlink(path);
    double in_keys = (double)dye_index_keys(x), entries = (double)dye_index_entries(x), in_filters = 0;
    for (enum dye_token_class c = 0; c < DYE_TOKEN_CLASSES; c++)
        in_filters += (double)(8 * dye_index_filter_of(x, c).n_words);
    printf("%9" PRIu64 " identifiers, %s: %.1f keys each; %.2f bytes a key in filters, %.2f an entry in all; built "
           "in %.1f s, mapped in %.1f ms, verified in %.1f ms beside what scans, opened at once in %.1f ms\n",
           identifiers, plain ? "plain" : "all forms", in_keys / (double)identifiers, in_filters / in_keys,
           (double)bytes / entries, built, 1e3 * mapped, 1e3 * verified, 1e3 * opened);
    bound(in_filters <= 2 * in_keys + 512, "2 bytes a key in filters");
    bound(plain || (double)bytes <= 32 * entries + 4096, "32 bytes an entry");
    bound(mapped < 0.05, "50 ms to map");
    return x;
}

/* ---- the scan ---- */

static enum dye_status count(void *arg, const struct dye_hit *hit)
{
    (void)hit;
    ++*(uint64_t *)arg;
    return DYE_OK;
}

/* GB/s, of each chunk its best round; 0 when this processor lacks the path. */
static double speed(enum dye_scan_path path, const struct dye_index_set *set, struct dye_span text, unsigned rounds,
                    struct dye_scan_stats *ret)
{
    double sum = 0, *best = calloc(text.n / CHUNK + 1, sizeof *best);
    must(best != NULL, "no memory");
    for (unsigned round = 0; round < rounds; round++) {
        struct dye_scan_stats stats = {0};
        uint64_t hits = 0;
        for (size_t at = 0; at < text.n; at += CHUNK) {
            struct dye_span chunk = dye_span_of(text.p + at, text.n - at < CHUNK ? text.n - at : CHUNK);
            double start = now(CLOCK_MONOTONIC), *least = &best[at / CHUNK];
            enum dye_status status = dye_scan_by(path, set, UINT64_MAX, chunk, count, &hits, &stats);
            double took = now(CLOCK_MONOTONIC) - start;
            if (status == DYE_E_USAGE) {
                free(best);
                return 0;
            }
            must(status == DYE_OK, dye_status_name(status));
            *least = *least == 0 || took < *least ? took : *least;
        }
        *ret = stats;
    }
    for (size_t i = 0; i * CHUNK < text.n; i++)
        sum += best[i];
    free(best);
    return (double)text.n / sum / 1e9;
}

static const char *const path_names[] = {
    [DYE_SCAN_AUTO] = "auto", [DYE_SCAN_SCALAR] = "scalar", [DYE_SCAN_AVX2] = "avx2", [DYE_SCAN_AVX512] = "avx512"};

/* Of the widest path. */
static double measure(const char *name, const struct dye_index_set *set, struct dye_span text, unsigned rounds)
{
    const char *only = getenv("DYE_BENCH_PATH");
    struct dye_scan_stats stats = {0};
    double widest = 0;
    printf("  %-7s", name);
    for (enum dye_scan_path path = DYE_SCAN_SCALAR; path <= DYE_SCAN_AVX512; path++) {
        if (only != NULL && strcmp(only, path_names[path]) != 0)
            continue;
        double gbs = speed(path, set, text, rounds, &stats);
        if (gbs == 0)
            continue;
        widest = gbs;
        printf("  %s %5.2f", path_names[path], gbs);
    }
    printf(" GB/s; %.1f bytes a token, 1 in %.0f passes the filter, %" PRIu64 " hits\n",
           (double)stats.bytes / (double)stats.tokens, (double)stats.tokens / (double)(stats.maybes + 1), stats.hits);
    fflush(stdout);
    return widest;
}

static struct dye_span make_text(const char *name, uint64_t mb, uint64_t seed)
{
    char *text = NULL;
    size_t n = 0;
    for (size_t l = 0; l < LAYOUTS; l++) {
        if (strcmp(name, layouts[l].name) != 0)
            continue;
        FILE *f = open_memstream(&text, &n);
        must(f != NULL && customers_write(f, &layouts[l], mb << 20, seed) && fclose(f) == 0, "no memory for a text");
        return dye_span_of(text, n);
    }
    FILE *f = fopen(name, "r");
    text = malloc(mb << 20);
    must(f != NULL && text != NULL, name);
    n = fread(text, 1, mb << 20, f);
    fclose(f);
    return dye_span_of(text, n);
}

int main(int argc, char **argv)
{
    char *keys = strdup(getenv("DYE_BENCH_KEYS") != NULL ? getenv("DYE_BENCH_KEYS") : "1000 100000 1000000 10000000");
    uint64_t seed = rng_seed(7), mb = number("DYE_BENCH_MB", 64);
    unsigned rounds = (unsigned)number("DYE_BENCH_ROUNDS", 9);
    const char *names[LAYOUTS];
    struct dye_span texts[LAYOUTS];
    size_t n = 0;
    for (size_t l = 0; l < LAYOUTS && (argc < 2 || (int)l + 1 < argc); l++)
        names[n++] = argc < 2 ? layouts[l].name : argv[l + 1];
    for (size_t l = 0; l < n; l++)
        texts[l] = make_text(names[l], mb, seed);
    printf("%" PRIu64 " MB, best of %u rounds, one core\n", mb, rounds);
    for (char *at = NULL, *word = strtok_r(keys, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at)) {
        uint64_t identifiers = strtoull(word, NULL, 10);
        double all[LAYOUTS] = {0};
        for (int plain = identifiers > 1000000; plain <= (identifiers >= 1000000); plain++) {
            struct dye_index_set set = {{make_index(identifiers, plain != 0, seed), NULL}};
            for (size_t l = 0; l < n; l++) {
                double gbs = measure(names[l], &set, texts[l], rounds);
                bound(gbs >= (identifiers <= 1000 ? 2.5 : identifiers <= 1000000 ? 1.5 : 0.9), "the speed");
                if (plain == 0)
                    all[l] = gbs;
                else if (all[l] > 0)
                    bound(all[l] >= 0.75 * gbs, "all forms at most a quarter slower than plain ones");
            }
            dye_index_unref(set.part[0]);
        }
    }
    for (size_t l = 0; l < n; l++)
        free((void *)(uintptr_t)texts[l].p);
    free(keys);
    printf("%u bounds missed\n", missed);
    return missed > 0;
}
