/*
 * What a sketch costs and what a retro-hunt takes, on one core; times are processor time.
 *
 *   size      bytes a distinct token: at most 2 in full images
 *   false     yes to tokens that are not there, of 10^8 questions; the bound is 1.2 times the stated 2^-14
 *   hunt      10^4 canaries of 100 forms, 4 % of them of classes that the dumps have, against sketches of 10^8 tokens:
 *             under 10 s, reading from the database not counted. Then with every form of a class that is there.
 *   ingest    a scan of made-up rows with sketches and without, best of 5 each; the peers are the scan alone and
 * SHA-256 of the same bytes, which every ingest computes. The bound is 250 ns a distinct token.
 *
 * Usage: bench_retro [MILLION_TOKENS]     (default 100; seed by DYE_SEED; exits 1 when a bound is missed)
 */
#include "clock.h"
#include "dye/digest.h"
#include "dye/marks.h"
#include "dye/scan.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CANARIES = 10000, IMAGES_MAX = 4096 };

static const struct dye_key key = {{7, 7, 7}};
static struct dye_span image[IMAGES_MAX];
static size_t images, bytes;
static bool missed;

static void bound(bool held, const char *what)
{
    if (!held)
        printf("  MISSED: %s\n", what);
    missed = missed || !held;
}

static enum dye_status keep(void *arg, struct dye_span made)
{
    (void)arg;
    uint8_t *copy = malloc(made.n);
    if (copy == NULL || images == IMAGES_MAX)
        abort();
    memcpy(copy, made.p, made.n);
    image[images++] = dye_span_of(copy, made.n);
    bytes += made.n;
    return DYE_OK;
}

static enum dye_status drop(void *arg, struct dye_span made)
{
    *(size_t *)arg += made.n;
    return DYE_OK;
}

static void must(enum dye_status status)
{
    if (status != DYE_OK) {
        fprintf(stderr, "bench_retro: %s\n", dye_status_name(status));
        exit(1);
    }
}

static void measure_size(uint64_t tokens, struct rng *r)
{
    enum { BATCH = 64 };
    uint64_t probe[BATCH];
    uint8_t classes[BATCH];
    memset(classes, 1u << DYE_TOKEN_MOBILE | 1u << DYE_TOKEN_OTHER, sizeof classes);
    struct dye_sketch_builder *b = dye_sketch_builder_new(&key, keep, NULL);
    double start = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    for (uint64_t i = 0; i < tokens; i += BATCH) {
        for (size_t k = 0; k < BATCH; k++)
            probe[k] = rng_u64(r);
        must(dye_sketch_builder_take(b, probe, classes, BATCH));
    }
    must(dye_sketch_builder_seal(b));
    double took = clock_s(CLOCK_PROCESS_CPUTIME_ID) - start, each = (double)bytes / (double)tokens;
    dye_sketch_builder_free(b);
    printf("size: %llu distinct tokens in %zu images, %.3f bytes a token, %.0f ns a token to build\n",
           (unsigned long long)tokens, images, each, 1e9 * took / (double)tokens);
    bound(each <= 2, "2 bytes a distinct token");
    bound(took / (double)tokens < 250e-9, "250 ns a distinct token");
}

static void measure_false(struct rng *r)
{
    uint64_t asked = 0, yes = 0;
    struct dye_sketch s;
    for (size_t i = 0; i < images; i++) {
        must(dye_sketch_open(image[i], &s, NULL));
        if (s.bits != DYE_SKETCH_BITS)
            continue;
        for (size_t k = 0; k < 1000000 && asked < 100000000; k++, asked++)
            yes += dye_sketch_maybe(&s, rng_u64(r));
    }
    double rate = (double)yes / (double)asked, stated = ldexp(1, -(int)DYE_SKETCH_BITS);
    printf("false: %llu of %llu, %.3g; stated %.3g (and 2^-32 in images of up to %u tokens)\n", (unsigned long long)yes,
           (unsigned long long)asked, rate, stated, DYE_SKETCH_SMALL);
    bound(rate < 1.2 * stated, "the stated false-positive rate");
}

/* An index of random forms: `live` of each canary's hundred are of a class that the sketches have. */
static struct dye_index *make_index(const struct dye_index_keys *keys, unsigned live, struct rng *r)
{
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_EMAIL};
    struct dye_index_builder *b = dye_index_builder_new(keys, false);
    for (unsigned c = 0; c < CANARIES; c++)
        for (unsigned f = 0; f < 100; f++) {
            char id[16], value[32];
            struct dye_index_entry e = {.kind = (uint8_t)(f < live ? DYE_MOBILE : kinds[f % 3]),
                                        .form = f < live ? DYE_PLAIN : DYE_FORM_MD5,
                                        .variant = 'A',
                                        .epoch = 1};
            snprintf(id, sizeof id, "c%u", c);
            snprintf(value, sizeof value, "%016llx", (unsigned long long)rng_u64(r));
            dye_index_entry_set(&e, keys, dye_span_str(value));
            must(dye_index_builder_add(b, dye_span_str(id), &e));
        }
    uint8_t *made;
    size_t n;
    struct dye_index *x;
    must(dye_index_builder_image(b, &made, &n, NULL));
    dye_index_builder_free(b);
    must(dye_index_take(made, n, keys, &x, NULL));
    return x;
}

static enum dye_status count(void *arg, const struct dye_mark_hit *hit)
{
    (void)hit;
    ++*(uint64_t *)arg;
    return DYE_OK;
}

static void measure_hunt(const struct dye_index_keys *keys, unsigned live, double seconds, struct rng *r)
{
    struct dye_index_set set = {{make_index(keys, live, r), NULL}};
    struct dye_marks *marks;
    struct dye_sketch s;
    uint64_t hits = 0;
    double start = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    must(dye_marks_new(&set, &key, 0, NULL, NULL, &marks, NULL));
    double made = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < images; i++) {
        must(dye_sketch_open(image[i], &s, NULL));
        must(dye_marks_check(marks, &s, 0, i, count, &hits));
    }
    double end = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    printf("hunt: %d canaries of 100 forms, %u of a class that is there: %.0f ms to gather, %.0f ms to ask %zu images;"
           " %llu false\n",
           CANARIES, live, 1e3 * (made - start), 1e3 * (end - made), images, (unsigned long long)hits);
    bound(end - start < seconds, "the time of a hunt");
    dye_marks_free(marks);
    dye_index_unref(set.part[0]);
}

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    (void)arg;
    (void)hit;
    return DYE_OK;
}

static void measure_ingest(const struct dye_index_keys *keys, struct rng *r)
{
    enum { BYTES = 64 << 20, CHUNK = 4 << 20, ROUNDS = 5 };
    char *text = malloc(BYTES + 128);
    size_t n = 0, stored = 0;
    while (n < BYTES)
        n += (size_t)snprintf(text + n, 128, "name,160%08llu,3701%014llu,address road %llu,mail%llu@post.invalid\n",
                              (unsigned long long)rng_below(r, 100000000),
                              (unsigned long long)rng_below(r, 100000000000000), (unsigned long long)rng_below(r, 400),
                              (unsigned long long)rng_below(r, 1000000000));
    struct dye_index_set set = {{make_index(keys, 4, r), NULL}};
    double best[3] = {1e9, 1e9, 1e9};
    struct dye_scan_stats stats = {0};
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned what = 0; what < 3; what++) {
            struct dye_sketch_builder *b = dye_sketch_builder_new(&key, drop, &stored);
            const struct dye_token_sink sink = {keys, dye_sketch_builder_take, b};
            uint8_t digest[32];
            double start = clock_s(CLOCK_PROCESS_CPUTIME_ID);
            for (size_t at = 0; at < n && what < 2; at += CHUNK) {
                struct dye_span chunk = dye_span_of((uint8_t *)text + at, n - at < CHUNK ? n - at : CHUNK);
                must(what == 0 ? dye_scan(&set, UINT64_MAX, chunk, on_hit, NULL, &stats)
                               : dye_scan_tokens(&set, UINT64_MAX, chunk, on_hit, NULL, &sink, NULL));
            }
            must(dye_sketch_builder_seal(b));
            if (what == 2)
                dye_digest_of(DYE_SHA256, dye_span_of((uint8_t *)text, n), digest);
            double took = clock_s(CLOCK_PROCESS_CPUTIME_ID) - start;
            best[what] = took < best[what] ? took : best[what];
            dye_sketch_builder_free(b);
        }
    double mb = (double)n / 1e6;
    printf(
        "ingest: scan %.0f MB/s, with sketches %.0f MB/s (%.1f ns more a byte), SHA-256 %.0f MB/s; sketches %.2f %% of"
        " the bytes\n",
        mb / best[0], mb / best[1], 1e9 * (best[1] - best[0]) / (double)n, mb / best[2],
        100.0 * (double)stored / ROUNDS / (double)n);
    dye_index_unref(set.part[0]);
    free(text);
}

int main(int argc, char **argv)
{
    struct rng r;
    struct dye_index_keys keys;
    uint64_t million = argc > 1 ? strtoull(argv[1], NULL, 10) : 100;
    rng_init(&r, rng_seed(17));
    dye_index_keys_init(&key, &keys);
    measure_size(million * 1000000, &r);
    measure_false(&r);
    measure_hunt(&keys, 4, 10, &r);
    measure_hunt(&keys, 100, 60, &r);
    measure_ingest(&keys, &r);
    for (size_t i = 0; i < images; i++)
        free((void *)(uintptr_t)image[i].p);
    return missed ? 1 : 0;
}
