/*
 * How long it takes to find what a dump is related to among 100,000 others, in a real PostgreSQL (lineage_store.sh
 * makes one): samples asked, whole sets compared, parents found, the pairs stored.
 *
 * The market: most dumps have 20 to 200 persons, one in 500 has 20,000, one has 400,000; one person in 50 is one of
 * 100,000 who are in many dumps. Asked are a dump of 261 rows out of the 400,000, one of half of the 400,000, a repost
 * of one of 20,000, a merge of three of those, and one that comes from none. Each three times; the median counts, and
 * the first is told beside. Bound: under a second each, and the parents right.
 *
 * Usage: bench_lineage_store CONNINFO [DUMPS]     (default 100000; seed by DYE_SEED; exits 1 when a bound is missed)
 */
#include "clock.h"
#include "dye/digest.h"
#include "identities.h"
#include "lineage.h"
#include "log.h"
#include "rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SMALL_MIN = 20, SMALL_MAX = 200, EVERY = 500, LARGE = 20000, HUGE_ONE = 400000, REGULARS = 100000, TIMES = 3 };

static const struct dye_key key = {{5}};
static struct store *sets, *samples; /* a COPY each */
static uint64_t seed, elements, sampled, bytes;

static void must(enum dye_status status, const struct dye_error *err)
{
    if (status == DYE_OK)
        return;
    fprintf(stderr, "bench_lineage_store: %s\n", err != NULL ? err->message : dye_status_name(status));
    exit(3);
}

static void run(const char *sql)
{
    struct dye_error err = {0};
    must(store_run(sets, &err, NULL, sql, ""), &err);
}

/* ---- people ---- */

/* Person number i of dump d. */
static uint64_t person(uint64_t d, uint64_t i)
{
    uint64_t x = (seed + d * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 31;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    return x % 50 == 0 ? (x >> 8) % REGULARS : (UINT64_C(1) << 40) + d * 1000000 + i;
}

static uint64_t size_of(uint64_t d, uint64_t dumps)
{
    uint64_t x = (seed + d) * UINT64_C(0xd6e8feb86659fd93);
    if (d == dumps / 2)
        return HUGE_ONE;
    return d % EVERY == 0 ? LARGE : SMALL_MIN + (x >> 20) % (SMALL_MAX - SMALL_MIN);
}

static void take(struct dye_identifier_sets *s, uint64_t who)
{
    char text[24];
    snprintf(text, sizeof text, "%020" PRIu64, who);
    must(dye_identifier_sets_take(s, DYE_MOBILE, dye_span_str(text)), NULL);
    must(dye_identifier_sets_record(s), NULL);
}

/* ---- storing ---- */

static enum dye_status copy_image(void *arg, unsigned kind, struct dye_span image)
{
    const uint64_t number = *(const uint64_t *)arg;
    struct dye_error err = {0};
    struct dye_identifier_set set;
    struct dye_buf line;
    dye_buf_init(&line, 64 << 20, false);
    char *hex = malloc(2 * image.n + 1);
    dye_hex(image.p, image.n, hex);
    must(dye_identifier_set_open(image, &set, &err), &err);
    must(dye_buf_printf(&line, "d%016" PRIx64 "\t%s\t%zu\t%zu\t1\t\\\\x%s\t%" PRIu64 "\n", number,
                        dye_identifier_kind_name(kind), set.n, set.n, hex, number),
         NULL);
    must(store_copy_line(sets, (const char *)line.p, line.n, &err), &err);
    dye_buf_clear(&line);
    const struct dye_lineage_set whole = {set.kind, set.scale_bits, set.at, set.n};
    size_t n = dye_lineage_sample(&whole);
    for (size_t i = 0; i < n; i++)
        must(dye_buf_printf(&line, "%" PRId64 "\t%" PRIu64 "\n", (int64_t)(set.at[i] & ~UINT64_C(1)), number), NULL);
    must(store_copy_line(samples, (const char *)line.p, line.n, &err), &err);
    elements += set.n;
    sampled += n;
    bytes += image.n;
    dye_identifier_set_done(&set);
    dye_buf_done(&line);
    free(hex);
    return DYE_OK;
}

static void put_dump(struct dye_identifier_sets *s, uint64_t number)
{
    must(dye_identifier_sets_images(s, copy_image, &number), NULL);
    dye_identifier_sets_free(s);
}

/* The share of dump d's people, from the first on. */
static void put_people(struct dye_identifier_sets *s, uint64_t d, uint64_t dumps, double share)
{
    uint64_t n = (uint64_t)((double)size_of(d, dumps) * share);
    for (uint64_t i = 0; i < n; i++)
        take(s, person(d, i));
}

/* ---- questions ---- */

enum { ASKED = 5 };
static const struct {
    const char *name;
    size_t parents;
} asked[ASKED] = {
    {"261 of 400,000", 1}, {"200,000 of 400,000", 1}, {"repost of 20,000", 1}, {"merge of three", 3}, {"of none", 0}};

static struct dye_identifier_sets *make_asked(size_t q, uint64_t dumps)
{
    struct dye_identifier_sets *s = dye_identifier_sets_new(&key);
    if (q == 0)
        put_people(s, dumps / 2, dumps, 261.0 / HUGE_ONE);
    if (q == 1)
        put_people(s, dumps / 2, dumps, 0.5);
    if (q == 2)
        put_people(s, 0, dumps, 1);
    for (uint64_t d = 0; q == 3 && d < 3; d++)
        put_people(s, d * EVERY, dumps, 0.9);
    for (uint64_t i = 0; q == 4 && i < LARGE; i++)
        take(s, person(dumps + 77, i));
    return s;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool ask(size_t q, uint64_t dumps)
{
    struct dye_error err = {0};
    char dump[20];
    double took[TIMES], first = 0;
    snprintf(dump, sizeof dump, "d%016" PRIx64, dumps + 1 + q);
    for (size_t i = 0; i < TIMES; i++) {
        double started = clock_s(CLOCK_MONOTONIC);
        must(lineage_run(sets, dump, NULL, &err), &err);
        took[i] = clock_s(CLOCK_MONOTONIC) - started;
        first = i == 0 ? took[0] : first;
    }
    qsort(took, TIMES, sizeof *took, compare);
    STORE_RESULT r = NULL;
    must(store_run(sets, &err, &r,
                   "SELECT count(*) FILTER (WHERE parent), count(*) FROM dyetrace.lineage WHERE dump_id = $1", "s",
                   dump),
         &err);
    bool right = (size_t)store_int(r, 0, 0) == asked[q].parents, fast = took[TIMES / 2] < 1;
    printf("  %-20s %6.0f ms (first %6.0f)  %" PRId64 " parents, %" PRId64 " related  %s%s\n", asked[q].name,
           1e3 * took[TIMES / 2], 1e3 * first, store_int(r, 0, 0), store_int(r, 0, 1), right ? "right" : "WRONG",
           fast ? "" : "  MISSED");
    return right && fast;
}

int main(int argc, char **argv)
{
    struct dye_error err = {0};
    uint64_t dumps = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000;
    if (argc < 2)
        return 2;
    seed = rng_seed(1);
    must(store_open(argv[1], "bench_lineage_store", &sets, &err), &err);
    must(store_open(argv[1], "bench_lineage_store", &samples, &err), &err);
    double started = clock_s(CLOCK_MONOTONIC);
    must(store_run(sets, &err, NULL,
                   "INSERT INTO dyetrace.dump (dump_id, sha256, bytes, epoch, canaries, state)"
                   " SELECT 'd' || lpad(to_hex(i), 16, '0'), sha256(i::text::bytea), 1, 1, 1, 'complete'"
                   " FROM generate_series(1, $1) i",
                   "i", (int64_t)(dumps + ASKED)),
         &err);
    run("INSERT INTO dyetrace.acquisition (acquisition_id, dump_id, location, acquired_at)"
        " SELECT 'a' || dump_id, dump_id, '', '2026-01-01T00:00:00Z'::timestamptz + row_number() OVER (ORDER BY "
        "dump_id)"
        " * interval '1 minute' FROM dyetrace.dump");
    run("DROP INDEX dyetrace.identifier_sample_hash");
    must(store_copy_begin(sets,
                          "COPY dyetrace.identifier_set (dump_id, kind, distinct_n, persons_n, scale, image, set_no)"
                          " FROM STDIN",
                          &err),
         &err);
    must(store_copy_begin(samples, "COPY dyetrace.identifier_sample (hash, set_no) FROM STDIN", &err), &err);
    for (uint64_t d = 0; d < dumps; d++) {
        struct dye_identifier_sets *s = dye_identifier_sets_new(&key);
        put_people(s, d, dumps, 1);
        put_dump(s, d + 1);
    }
    for (size_t q = 0; q < ASKED; q++)
        put_dump(make_asked(q, dumps), dumps + 1 + q);
    must(store_copy_end(sets, &err), &err);
    must(store_copy_end(samples, &err), &err);
    run("CREATE INDEX identifier_sample_hash ON dyetrace.identifier_sample (hash) INCLUDE (set_no)");
    run("VACUUM ANALYZE dyetrace.identifier_sample");
    run("ANALYZE dyetrace.identifier_set");
    run("ANALYZE dyetrace.dump");
    run("ANALYZE dyetrace.acquisition");
    printf("%" PRIu64 " dumps, %" PRIu64 " elements in %" PRIu64 " MB of images, %" PRIu64
           " of them sampled; made in %.0f s\n",
           dumps, elements, bytes >> 20, sampled, clock_s(CLOCK_MONOTONIC) - started);
    bool holds = true;
    for (size_t q = 0; q < ASKED; q++)
        holds &= ask(q, dumps);
    store_close(sets);
    store_close(samples);
    return holds ? 0 : 1;
}
