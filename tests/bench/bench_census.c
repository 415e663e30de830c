/*
 * How fast a census is taken of ordinary CSV (UTF-8, a header, seven columns), of the same in GB18030, and of JSON
 * lines; beside the walk over its records and fields alone, and dye_scan over the same text with 100,000 canaries; and
 * how fast with identifier sets made of it besides (dye/identifier_set.h), anew in each run.
 * Synthetic text from a seed, 32 MiB each; processor time of one thread, the fastest of five runs. Fails when CSV is
 * counted below 250 MB/s.
 */
#include "clock.h"
#include "dye/census.h"
#include "dye/identifier_set.h"
#include "dye/scan.h"
#include "rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_BYTES = 32 << 20, RUNS = 5, BOUND_MB_S = 250, CANARIES = 100000 };

static struct dye_layout layout;
static struct dye_chunk chunk;
static struct dye_census *census;
static struct dye_index_set *set;

static const char *pick(struct rng *r, const char *const *list, size_t n)
{
    return list[rng_below(r, n)];
}

/* What nobody has: prefixes without an operator, county codes that are none. */
static void put_row(struct rng *r, bool json, size_t i, struct dye_buf *to)
{
    static const char *const family[] = {"王", "李", "张", "刘", "陈", "杨", "欧阳"};
    static const char *const given[] = {"建国", "丽", "伟", "晓东", "敏", "子涵"};
    static const char *const place[] = {"某省某市某区一路", "某省某市二路", "某市某县三村"};
    struct dye_value id;
    char name[32], phone[16], mail[32], address[96], date[24];
    dye_ident_at(DYE_RESIDENT_ID, rng_below(r, dye_ident_space(DYE_RESIDENT_ID)), &id);
    snprintf(name, sizeof name, "%s%s", pick(r, family, 7), pick(r, given, 6));
    snprintf(phone, sizeof phone, "1742%07u", (unsigned)rng_below(r, 10000000));
    snprintf(mail, sizeof mail, "u%u@example.com", (unsigned)rng_below(r, 99999));
    snprintf(address, sizeof address, "%s%u号%u室", pick(r, place, 3), (unsigned)rng_below(r, 300),
             (unsigned)rng_below(r, 900));
    snprintf(date, sizeof date, "2025-%02u-%02u 12:30:45", 1 + (unsigned)rng_below(r, 12),
             1 + (unsigned)rng_below(r, 28));
    enum dye_status status =
        json ? dye_buf_printf(to,
                              "{\"id\":%zu,\"name\":\"%s\",\"phone\":\"%s\",\"id_card\":\"%s\",\"email\":\"%s\","
                              "\"address\":\"%s\",\"created\":\"%s\"}\n",
                              i, name, phone, id.text, mail, address, date)
             : dye_buf_printf(to, "%zu,%s,%s,%s,%s,%s,%s\n", i, name, phone, id.text, mail, address, date);
    if (status != DYE_OK)
        abort();
}

static void fill(struct rng *r, bool json, struct dye_buf *text)
{
    dye_buf_clear(text);
    if (!json && dye_buf_append_str(text, "编号,姓名,手机号,身份证号,邮箱,地址,下单时间\n") != DYE_OK)
        abort();
    for (size_t i = 0; text->n + 1024 < TEXT_BYTES; i++)
        put_row(r, json, i, text);
}

static uint64_t by_fields(void)
{
    static struct dye_field fields[DYE_FIELDS_MAX];
    static volatile size_t sum; /* so that nothing is left out */
    struct dye_records r;
    dye_records_init(&r, &layout, chunk.text);
    while (dye_records_next(&r))
        sum = sum + dye_record_fields(&r, fields);
    return r.count;
}

static uint64_t by_census(void)
{
    struct dye_census_totals totals;
    dye_census_clear(census);
    if (dye_census_chunk(census, &chunk) != DYE_OK)
        abort();
    dye_census_totals(census, &totals);
    return totals.parseable;
}

static uint64_t by_sets(void)
{
    const struct dye_key key = {{1}};
    struct dye_identifier_sets *sets = dye_identifier_sets_new(&key);
    const struct dye_census_sink sink = {dye_identifier_sets_take, dye_identifier_sets_record, sets};
    dye_census_tell(census, &sink);
    uint64_t parseable = by_census();
    dye_census_tell(census, NULL);
    dye_identifier_sets_free(sets);
    return parseable;
}

static double fastest(uint64_t (*run)(void), uint64_t *ret)
{
    double best = 1e9;
    for (int i = 0; i < RUNS; i++) {
        double started = clock_s(CLOCK_THREAD_CPUTIME_ID);
        *ret = run();
        double took = clock_s(CLOCK_THREAD_CPUTIME_ID) - started;
        best = took < best ? took : best;
    }
    return best;
}

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    (void)arg, (void)hit;
    return DYE_OK;
}

static uint64_t by_scan(void)
{
    struct dye_scan_stats stats = {0};
    if (dye_scan(set, UINT64_MAX, chunk.text, on_hit, NULL, &stats) != DYE_OK)
        abort();
    return stats.tokens;
}

/* ---- an index ---- */

static struct dye_index *index_of_canaries(struct rng *r)
{
    struct dye_index_keys keys;
    memset(&keys, 7, sizeof keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, true);
    struct dye_index *x = NULL;
    uint8_t *image;
    size_t bytes;
    for (uint32_t i = 0; i < CANARIES; i++) {
        struct dye_value v;
        char id[24];
        struct dye_index_entry e = {.kind = DYE_MOBILE, .form = DYE_PLAIN, .variant = 'A', .epoch = 1};
        dye_ident_at(DYE_MOBILE, rng_below(r, dye_ident_space(DYE_MOBILE)), &v);
        dye_index_entry_set(&e, &keys, dye_value_span(&v));
        snprintf(id, sizeof id, "c%" PRIu32, i);
        if (dye_index_builder_add(b, dye_span_str(id), &e) != DYE_OK)
            abort();
    }
    if (dye_index_builder_image(b, &image, &bytes, NULL) != DYE_OK ||
        dye_index_take(image, bytes, NULL, &x, NULL) != DYE_OK)
        abort();
    dye_index_builder_free(b);
    return x;
}

static void to_gb18030(const struct dye_buf *text, struct dye_buf *ret)
{
    enum { AT_ONCE = 8 << 20 };
    for (size_t at = 0, n; at < text->n; at += n) {
        n = text->n - at < AT_ONCE ? text->n - at : AT_ONCE;
        while (text->p[at + n - 1] != '\n')
            n--;
        if (dye_text_to_gb18030(dye_span_of(text->p + at, n), ret) != DYE_OK)
            abort();
    }
}

/* Whether it is as fast as it has to be, 0 for no bound, and an identifier was found in every record. */
static bool measure(const char *name, struct dye_span all, double bound)
{
    uint64_t records, tokens, parseable;
    struct dye_span sample = dye_span_of(all.p, 1 << 16);
    dye_layout_detect(DYE_UNIT_BYTE, dye_charset_detect(sample), sample, &layout);
    chunk = (struct dye_chunk){.bytes = all, .text = all, .layout = &layout, .unit = DYE_UNIT_BYTE};
    double mb = (double)all.n / 1e6, walk = fastest(by_fields, &records), scan = fastest(by_scan, &tokens);
    double took = fastest(by_census, &parseable), sets = fastest(by_sets, &parseable);
    bool ok = mb / took >= bound && parseable == records;
    printf("%-13s %10" PRIu64 " %10" PRIu64 " %12.0f %12.0f %12.0f %12.0f%s\n", name, records, parseable, mb / walk,
           mb / scan, mb / took, mb / sets, ok ? "" : "  MISSED");
    return ok;
}

int main(void)
{
    struct rng r;
    struct dye_buf text, gb;
    rng_init(&r, rng_seed(1));
    dye_buf_init(&text, TEXT_BYTES, false);
    dye_buf_init(&gb, TEXT_BYTES, false);
    struct dye_index_set s = {.part = {index_of_canaries(&r), NULL}};
    set = &s;
    census = dye_census_new();
    if (census == NULL)
        return 3;
    printf("%-13s %10s %10s %12s %12s %12s %12s\n", "text", "records", "parseable", "fields MB/s", "scan MB/s",
           "census MB/s", "and sets");
    fill(&r, false, &text);
    to_gb18030(&text, &gb);
    bool ok = measure("csv, utf-8", dye_buf_span(&text), BOUND_MB_S);
    ok = measure("csv, gb18030", dye_buf_span(&gb), 0) && ok;
    fill(&r, true, &text);
    ok = measure("json lines", dye_buf_span(&text), 0) && ok;
    dye_census_free(census);
    dye_index_unref(s.part[0]);
    dye_buf_done(&text);
    dye_buf_done(&gb);
    return ok ? 0 : 1;
}
