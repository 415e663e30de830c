/*
 * Records a second, and bytes, for each layout: the walk alone, the walk with all fields and values, and the chunker.
 * Synthetic text from a seed, 32 MiB a layout. The peer is memchr for line ends over the same text. Fails when lines
 * or unquoted delimited text (behind numbers, Latin names, or braces that are no JSON) are walked below 2 GB/s, or any
 * other below 500 MB/s: the bounds of an unloaded core, set by the fastest of five runs.
 */
#include "clock.h"
#include "dye/chunker.h"
#include "rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_BYTES = 32 << 20, RUNS = 5 };

static char *text;
static size_t n;

/* One row: name, mobile, e-mail address, place, note. */
struct row {
    const char *name, *place, *note;
    unsigned long mobile;
};

static struct row row_of(struct rng *r)
{
    static const char *const names[] = {"王建国", "李丽", "张伟", "欧阳晓东", "赵敏"};
    static const char *const places[] = {"某省某市某区一路1号", "某省某市二路22号3单元", "某市某县三村"};
    static const char *const notes[] = {"", "VIP", "2020-01-02 12:30:45", "已签收", "call later; twice"};
    return (struct row){names[rng_below(r, 5)], places[rng_below(r, 3)], notes[rng_below(r, 5)],
                        17400000000 + (unsigned long)rng_below(r, 99999999)};
}

static int put_csv(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "%zu,%s,%lu,u%lu@example.com,%s,%s\n", i, w->name, w->mobile, w->mobile % 9999, w->place,
                    w->note);
}

static int put_latin(char *to, size_t cap, const struct row *w, size_t i)
{
    static const char *const names[] = {"Alan Song", "Ben Comer", "Cora Li", "Della Sun",  "Grace Xu", "Ines Hu",
                                        "Lola Ma",   "Prue Wei",  "Rex Fu",  "Selma Zhou", "Stan Gu",  "Una Bai",
                                        "Wendy Lin", "Zoe Qian",  "Hugh Ye", "Kim Tan"};
    return snprintf(to, cap, "%s,%lu,u%lu@example.com,%s,%s,%zu\n", names[w->mobile % 16], w->mobile, w->mobile % 9999,
                    w->place, w->note, i);
}

static int put_braced(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "{%08zx-0000-4000-8000-%012lx},%s,%lu,%s,%s\n", i, w->mobile, w->name, w->mobile, w->place,
                    w->note);
}

static int put_quoted(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "\"%zu\",\"%s\",\"%lu\",\"u%lu@example.com\",\"%s\",\"%s\"\"\"\n", i, w->name, w->mobile,
                    w->mobile % 9999, w->place, w->note);
}

static int put_line(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "%s%lu%s%s%zu\n", w->name, w->mobile, w->place, w->note, i);
}

static int put_jsonl(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap,
                    "{\"_id\":%zu,\"_source\":{\"name\":\"%s\",\"phone\":\"%lu\",\"addr\":\"%s\",\"note\":\"%s\"}}\n",
                    i, w->name, w->mobile, w->place, w->note);
}

static int put_json(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "%s{\"id\":%zu,\"name\":\"%s\",\"phone\":\"%lu\",\"addr\":\"%s\",\"note\":\"%s\"}",
                    i == 0 ? "[" : ",", i, w->name, w->mobile, w->place, w->note);
}

static int put_sql(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "%s(%zu,'%s','%lu','it\\'s %s','%s')%s", i % 5000 == 0 ? "INSERT INTO `t` VALUES " : "", i,
                    w->name, w->mobile, w->place, w->note, i % 5000 == 4999 ? ";\n" : ",");
}

static int put_copy(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(to, cap, "%s%zu\t%s\t%lu\t%s\t\\N\n", i == 0 ? "COPY t (a, b, c, d, e) FROM stdin;\n" : "", i,
                    w->name, w->mobile, w->place);
}

static int put_card(char *to, size_t cap, const struct row *w, size_t i)
{
    return snprintf(
        to, cap, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%zu\r\nFN:%s\r\nTEL;TYPE=CELL:%lu\r\nADR:;;%s;;;;\r\nEND:VCARD\r\n",
        i, w->name, w->mobile, w->place);
}

static void fill(struct rng *r, int (*put)(char *, size_t, const struct row *, size_t))
{
    n = 0;
    for (size_t i = 0; n + 1024 < TEXT_BYTES; i++) {
        struct row w = row_of(r);
        n += (size_t)put(text + n, TEXT_BYTES - n, &w, i);
    }
}

/* ---- what is measured: each returns the records that it saw ---- */

static struct dye_layout layout;

static uint64_t by_memchr(void)
{
    uint64_t lines = 0;
    for (const char *p = text, *end = text + n; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        lines++;
    return lines;
}

static uint64_t by_walk(void)
{
    return dye_records_count(&layout, dye_span_of(text, n));
}

static uint64_t by_fields(void)
{
    static struct dye_field fields[DYE_FIELDS_MAX];
    static volatile size_t sum; /* so that nothing is left out */
    struct dye_records r;
    dye_records_init(&r, &layout, dye_span_of(text, n));
    while (dye_records_next(&r))
        sum = sum + dye_record_fields(&r, fields);
    return r.count;
}

static uint64_t chunk_records;
static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    (void)arg;
    chunk_records += chunk->records;
    return DYE_OK;
}

static uint64_t by_chunks(void)
{
    enum { PIECE = 256 << 10 }; /* as the decoder's pipe gives them */
    struct dye_chunker *c = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, NULL);
    chunk_records = 0;
    for (size_t at = 0; at < n; at += PIECE)
        if (dye_chunker_feed(c, dye_span_of(text + at, n - at < PIECE ? n - at : PIECE)) != DYE_OK)
            abort();
    if (dye_chunker_finish(c) != DYE_OK)
        abort();
    dye_chunker_free(c);
    return chunk_records;
}

static double fastest(uint64_t (*run)(void), uint64_t *ret_records)
{
    double best = 1e9;
    for (int i = 0; i < RUNS; i++) {
        double started = clock_s(CLOCK_MONOTONIC);
        *ret_records = run();
        double took = clock_s(CLOCK_MONOTONIC) - started;
        best = took < best ? took : best;
    }
    return best;
}

int main(void)
{
    static const struct {
        const char *name;
        int (*put)(char *, size_t, const struct row *, size_t);
        double bound; /* MB/s of the walk */
    } rows[] = {{"lines", put_line, 2000},     {"delimited", put_csv, 2000}, {"Latin names", put_latin, 2000},
                {"braces", put_braced, 2000},  {"quoted", put_quoted, 500},  {"jsonl", put_jsonl, 2000},
                {"json array", put_json, 500}, {"mysqldump", put_sql, 500},  {"pg COPY", put_copy, 500},
                {"vcard", put_card, 500}};
    struct rng r;
    rng_init(&r, rng_seed(1));
    text = malloc(TEXT_BYTES);
    if (text == NULL)
        return 3;
    int missed = 0;
    printf("%-11s %10s %12s %12s %12s %14s %14s\n", "layout", "records", "memchr MB/s", "walk MB/s", "chunker MB/s",
           "fields MB/s", "records/s");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t records = 0, chunked = 0, lines = 0;
        fill(&r, rows[i].put);
        struct dye_span whole = dye_span_of(text, n);
        struct dye_span sample = dye_span_of(text, n < (1 << 16) ? n : 1 << 16);
        dye_layout_detect(DYE_UNIT_BYTE, dye_charset_detect(sample), sample, &layout);
        double peer = fastest(by_memchr, &lines), fields = fastest(by_fields, &records);
        double walk = fastest(by_walk, &records), chunks = fastest(by_chunks, &chunked);
        double mb = (double)whole.n / 1e6;
        bool bad = mb / walk < rows[i].bound || chunked != records;
        printf("%-11s %10" PRIu64 " %12.0f %12.0f %12.0f %14.0f %14.0f%s\n", rows[i].name, records, mb / peer,
               mb / walk, mb / chunks, mb / fields, (double)records / fields, bad ? "  MISSED" : "");
        missed += bad;
    }
    free(text);
    return missed > 0 ? 1 : 0;
}
