/*
 * Recall and false sightings by form: canaries hidden in fake rows in every form, layout and encoding of DOMAIN 1-3,
 * and a clean dump of masked rows from the same place. In process: chunker, scanner, linker.
 *
 * Usage: bench_recall [ROWS [CLEAN_ROWS]], a million each; 10^9 tokens are 10^9 clean rows. Seed by DYE_SEED;
 * DYE_RECALL_MISSED prints the rows that were not found, DYE_RECALL_FALSE what coincidences are made of. People, rows
 * and forms come from tests/bench/realism/people.c, recall/form.c's own writers, iconv and OpenSSL: no code of the
 * matcher's.
 */
#include "dye/link.h"
#include "recall/form.h"

#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CANARIES = 1000, TIMES = 4, RECORD_CAP = 8192, SIGHTINGS_MAX = 4 << 20 };
#define FLOOR 0.001
#define EXPECTED_FALSE 0.01

static const char *const layouts[] = {"csv", "----", "tab", "sql", "jsonl", "glued"};
static const char *const charsets[] = {"UTF-8", "GBK", "UTF-16LE", "BIG5"};
enum { LAYOUTS = sizeof layouts / sizeof *layouts, CHARSETS = sizeof charsets / sizeof *charsets };

static struct place place;
static struct rng rng;
static struct person canaries[CANARIES];
static struct dye_index_keys keys;
static struct dye_index_set set;

struct planted {
    size_t start, end; /* in the part */
    uint32_t canary;
    uint16_t form;
    bool found, strong;
    double bits;
};
static struct planted *planted;
static size_t n_planted, first_of_part;

struct tally {
    size_t planted, found, strong;
};
static struct tally tallies[RECALL_FORMS_MAX], by_layout[LAYOUTS], by_charset[CHARSETS];
static size_t false_strong, false_weak, tokens;
static uint64_t records;
static double threshold, floor_bits;

/* ---- people ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}
static char taken[2 * CANARIES][20];

static void somebody(struct person *p)
{
    static const char *const prefixes[] = {"130", "131", "132", "133", "135", "136", "137", "138", "139", "142",
                                           "143", "150", "151", "152", "153", "155", "156", "157", "158", "159",
                                           "160", "161", "163", "166", "168", "170", "171", "173", "174", "175",
                                           "176", "177", "178", "180", "181", "182", "183", "185", "186", "187",
                                           "188", "189", "190", "191", "193", "195", "196", "197", "198", "199"};
    person_make(&place, &rng, p);
    snprintf(p->mobile, sizeof p->mobile, "%s%08u", prefixes[rng_below(&rng, 50)],
             (unsigned)rng_below(&rng, 100000000));
}

static void a_stranger(struct person *p)
{
    do
        somebody(p);
    while (bsearch(p->mobile, taken, 2 * CANARIES, sizeof *taken, by_text) != NULL ||
           bsearch(p->id, taken, 2 * CANARIES, sizeof *taken, by_text) != NULL);
}

static void add(struct dye_index_builder *b, const char *id, enum dye_kind kind, const char *text)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    struct dye_value v;
    if (dye_ident_parse(kind, dye_span_str(text), &v) != DYE_OK)
        return;
    size_t n = dye_ident_forms(kind, &v, forms);
    for (size_t i = 0; i < n; i++) {
        struct dye_index_entry e = {.kind = (uint8_t)kind, .form = (uint8_t)forms[i].form, .variant = 'A'};
        dye_index_entry_set(&e, &keys, dye_value_span(&forms[i].bytes));
        if (dye_index_builder_add(b, dye_span_str(id), &e) != DYE_OK)
            abort();
    }
}

static bool make_canaries(void)
{
    struct dye_key key = {{5}};
    uint8_t *image = NULL;
    size_t bytes = 0;
    dye_index_keys_init(&key, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    for (unsigned i = 0; i < CANARIES; i++) {
        char id[16];
        struct person *p = &canaries[i];
        do /* names with a dot in them are masked and spelled in ways of their own */
            somebody(p);
        while (strstr(p->name, "·") != NULL);
        snprintf(p->email, sizeof p->email, "%.*s%u@example.com", 6, "canary", 100000 + i * 7919);
        for (int k = 0; k < 5; k++)
            p->email[k] = (char)('a' + rng_below(&rng, 26));
        snprintf(id, sizeof id, "%u", i);
        snprintf(taken[2 * i], sizeof *taken, "%s", p->mobile);
        snprintf(taken[2 * i + 1], sizeof *taken, "%s", p->id);
        add(b, id, DYE_MOBILE, p->mobile);
        add(b, id, DYE_RESIDENT_ID, p->id);
        add(b, id, DYE_EMAIL, p->email);
        add(b, id, DYE_NAME, p->name);
        add(b, id, DYE_ADDRESS, p->address);
    }
    qsort(taken, 2 * CANARIES, sizeof *taken, by_text);
    bool good = dye_index_builder_image(b, &image, &bytes, NULL) == DYE_OK &&
                dye_index_take(image, bytes, &keys, &set.part[0], NULL) == DYE_OK;
    dye_index_builder_free(b);
    return good;
}

/* ---- rows ---- */

static void put_row(const char *layout, const struct recall_cells *c, char *to, size_t cap)
{
    static const char *const names[] = {"id", "xm", "sjh", "sfz", "csrq", "yx", "dz"};
    size_t n = 0;
    const char *between = strcmp(layout, "csv") == 0 ? "," : strcmp(layout, "tab") == 0 ? "\t" : layout;
    bool sql = strcmp(layout, "sql") == 0, json = strcmp(layout, "jsonl") == 0, glued = strcmp(layout, "glued") == 0;
    n += (size_t)snprintf(to + n, cap - n, "%s", sql ? "INSERT INTO t VALUES (" : json ? "{" : "");
    for (size_t i = glued; i < RECALL_CELLS; i++) {
        if (glued && ((i == 3 && c->cell[2][0] != '\0') || i == 4 || (i == 5 && c->cell[2][0] != '\0')))
            continue; /* nobody could tell numbers apart that stand in one */
        if (sql)
            n += (size_t)snprintf(to + n, cap - n, "%s'%s'", i > 0 ? "," : "", c->cell[i]);
        else if (json)
            n += (size_t)snprintf(to + n, cap - n, "%s\"%s\":\"%s\"", i > 0 ? "," : "", names[i], c->cell[i]);
        else
            n += (size_t)snprintf(to + n, cap - n, "%s%s", i > 0 && !glued ? between : "", c->cell[i]);
    }
    snprintf(to + n, cap - n, "%s\n", sql ? ");" : json ? "}" : "");
}

struct text {
    char *p;
    size_t n, cap;
};

/* The row in the part's charset; false when it can't be written in it. */
static bool append(struct text *t, const char *charset, const char *row)
{
    if (t->n + RECORD_CAP * 4 > t->cap) {
        t->cap = 2 * t->cap + RECORD_CAP * 8;
        t->p = realloc(t->p, t->cap);
        if (t->p == NULL)
            abort();
    }
    static iconv_t to[CHARSETS];
    size_t which = 0;
    while (strcmp(charsets[which], charset) != 0)
        which++;
    if (to[which] == NULL)
        to[which] = iconv_open(charset, "UTF-8");
    char big[RECORD_CAP];
    if (which == 3) {
        recall_traditional(row, big, sizeof big);
        row = big;
    }
    char *in = (char *)(uintptr_t)row, *out = t->p + t->n;
    size_t in_n = strlen(row), out_n = t->cap - t->n;
    iconv(to[which], NULL, NULL, NULL, NULL);
    if (iconv(to[which], &in, &in_n, &out, &out_n) == (size_t)-1)
        return false;
    t->n = (size_t)(out - t->p);
    return true;
}

/* ---- the matcher ---- */

struct seen {
    double bits;
    bool right;
};
static struct seen *seen; /* of the clean dump and what is hidden in it, for the reliability */
static size_t n_seen;
static uint64_t chunk_start;
static size_t layout_now, charset_now;
static bool show_false;

static enum dye_status on_sighting(void *arg, const struct dye_sighting *s)
{
    (void)arg;
    uint32_t canary = (uint32_t)strtoul(s->canary, NULL, 10);
    size_t start = chunk_start + s->record_start, end = chunk_start + s->record_end;
    bool right = false;
    size_t low = first_of_part, high = n_planted;
    while (low < high) { /* the first that ends behind the start */
        size_t middle = (low + high) / 2;
        if (planted[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < n_planted && planted[i].start < end; i++) {
        struct planted *p = &planted[i];
        if (p->canary != canary)
            continue;
        right = true;
        p->found = p->found || s->bits >= floor_bits;
        p->strong = p->strong || s->bits >= threshold;
        p->bits = fmax(p->bits, s->bits);
    }
    if (!right) {
        false_strong += s->bits >= threshold;
        false_weak += s->bits < threshold && s->bits >= floor_bits;
        if (show_false && s->bits >= threshold) {
            printf("FALSE: %.1f bits:", s->bits);
            for (size_t i = 0; i < s->n; i++)
                printf(" %s:%s", dye_kind_name(s->evidence[i].kind), dye_form_name(s->evidence[i].form));
            printf("\n");
        }
    }
    if (!right && getenv("DYE_RECALL_FALSE") != NULL && s->bits >= floor_bits) {
        for (size_t i = 0; i < s->n; i++)
            fprintf(stderr, " %s:%s:%.1f", dye_kind_name(s->evidence[i].kind), dye_form_name(s->evidence[i].form),
                    s->evidence[i].bits);
        fprintf(stderr, "\n");
    }
    if (n_seen < SIGHTINGS_MAX)
        seen[n_seen++] = (struct seen){s->bits, right};
    return DYE_OK;
}

static enum dye_status on_chunk(void *linker, const struct dye_chunk *chunk)
{
    struct dye_scan_stats stats = {0};
    chunk_start = chunk->start;
    dye_linker_chunk(linker, chunk);
    enum dye_status status = dye_scan(&set, UINT64_MAX, chunk->text, dye_linker_hit, linker, &stats);
    tokens += stats.tokens;
    records += chunk->records;
    return status == DYE_OK ? dye_linker_finish(linker) : status;
}

static void match(const struct text *t)
{
    struct dye_linker *l = dye_linker_new(on_sighting, NULL);
    struct dye_chunker *c = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, l);
    dye_chunker_begin(c, DYE_UNIT_BYTE);
    if (dye_chunker_feed(c, dye_span_of(t->p, t->n)) != DYE_OK || dye_chunker_finish(c) != DYE_OK)
        abort();
    dye_chunker_free(c);
    dye_linker_free(l);
}

static void fake(struct recall_cells *c, size_t number)
{
    struct person p;
    a_stranger(&p);
    recall_plain(&p, number, c);
}

static void plant(struct text *t, const char *charset, const char *layout, size_t form, size_t number)
{
    char row[RECORD_CAP];
    struct recall_cells cells;
    uint32_t who = (uint32_t)rng_below(&rng, CANARIES);
    if (!recall_write(form, &canaries[who], number, layout, charset, &rng, &cells))
        return;
    put_row(layout, &cells, row, sizeof row);
    if (cells.whole[0] != '\0')
        snprintf(row, sizeof row, "%s\n", cells.whole);
    size_t start = t->n;
    if (append(t, charset, row))
        planted[n_planted++] = (struct planted){.start = start, .end = t->n, .canary = who, .form = (uint16_t)form};
}

/* Every form hidden TIMES in a part of this layout and charset. */
static void run_part(size_t rows)
{
    struct text t = {0};
    char row[RECORD_CAP];
    const char *layout = layouts[layout_now], *charset = charsets[charset_now];
    size_t forms = recall_forms(), hidden = forms * TIMES, next = 0;
    first_of_part = n_planted;
    if (charset_now == 2)
        append(&t, charset, "\xef\xbb\xbf");
    for (size_t i = 0; i < rows; i++) {
        struct recall_cells c;
        fake(&c, i);
        put_row(layout, &c, row, sizeof row);
        append(&t, charset, row);
        for (; next < hidden && next * rows < i * hidden; next++)
            plant(&t, charset, layout, next % forms, i);
    }
    match(&t);
    for (size_t i = first_of_part; i < n_planted; i++) {
        if (getenv("DYE_RECALL_MISSED") != NULL && !planted[i].found)
            fprintf(stderr, "%s in %s, %s: %.*s", recall_name(planted[i].form), layout, charset,
                    (int)(planted[i].end - planted[i].start), t.p + planted[i].start);
        struct tally *all[] = {&tallies[planted[i].form], &by_layout[layout_now], &by_charset[charset_now]};
        for (size_t k = 0; k < 3; k++) {
            all[k]->planted++;
            all[k]->found += planted[i].found;
            all[k]->strong += planted[i].strong;
        }
    }
    free(t.p);
}

/* Masked rows of strangers, and of canaries in the same ways: how often what is said is so. */
static size_t run_clean(size_t rows, size_t true_rows)
{
    struct text t = {0};
    char row[RECORD_CAP];
    size_t before = tokens, count = 0;
    enum { BLOCK = 200000 };
    for (size_t done = 0; done < rows; done += BLOCK) {
        t.n = 0;
        first_of_part = n_planted;
        for (size_t i = 0; i < BLOCK && done + i < rows; i++) {
            struct recall_cells c;
            struct person p;
            bool true_row = true_rows > 0 && i % (rows > true_rows ? rows / true_rows : 1) == 0;
            uint32_t who = (uint32_t)rng_below(&rng, CANARIES);
            if (true_row)
                p = canaries[who];
            else
                a_stranger(&p);
            recall_masked(&p, i, &rng, &c);
            put_row("csv", &c, row, sizeof row);
            size_t start = t.n;
            append(&t, "UTF-8", row);
            if (true_row) {
                planted[n_planted++] = (struct planted){.start = start, .end = t.n, .canary = who};
                count++;
            }
        }
        match(&t);
    }
    free(t.p);
    printf(
        "clean: %zu rows of masked values from the canaries' own prefixes, counties and names, %zu tokens looked up\n",
        rows, tokens - before);
    return count;
}

/* ---- the answer ---- */

/* One true row a dump: each of the n true ones counts 1/n, each coincidence 1. */
static bool reliability(size_t rows, size_t n_true)
{
    static const double edges[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 0.9, 1.0000001};
    bool good = true;
    printf("\nprobability     said        is       coincidences  true rows\n");
    for (size_t b = 0; b + 1 < sizeof edges / sizeof *edges; b++) {
        double said = 0, right = 0, all = 0;
        size_t coincidences = 0, trues = 0;
        for (size_t i = 0; i < n_seen; i++) {
            double p = dye_link_probability(seen[i].bits, rows, CANARIES);
            if (p < edges[b] || p >= edges[b + 1])
                continue;
            double w = seen[i].right ? 1.0 / (double)n_true : 1;
            trues += seen[i].right;
            coincidences += !seen[i].right;
            said += w * p;
            right += seen[i].right ? w : 0;
            all += w;
        }
        if (all == 0)
            continue;
        printf("%-8.0e -  %10.2e  %9.2e  %12zu  %9zu\n", edges[b], said / all, right / all, coincidences, trues);
        /* Ten of each tell the share within a factor of two; said within a factor of eight of it, in odds. */
        double odds = said / all / (1 - said / all) / (right / all) * (1 - right / all);
        if (edges[b] >= FLOOR / 10 && coincidences >= 10 && trues >= 10 && (odds > 8 || odds < 0.125))
            good = false;
    }
    return good;
}

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000,
           clean = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    uint64_t seed = rng_seed(20);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    rng_init(&rng, seed);
    place_make(&place, 18, 80, 0.5, &rng);
    planted = calloc(recall_forms() * TIMES * LAYOUTS * CHARSETS + 200000, sizeof *planted);
    seen = calloc(SIGHTINGS_MAX, sizeof *seen);
    if (planted == NULL || seen == NULL || !make_canaries())
        return 4;
    threshold = dye_link_threshold_bits(rows, CANARIES, EXPECTED_FALSE);
    floor_bits = dye_link_bits(FLOOR, rows, CANARIES);
    show_false = true;
    printf("recall: seed %llu, %u canaries, %zu rows, threshold %.1f bits, weak from %.1f (%.3f)\n",
           (unsigned long long)seed, CANARIES, rows, threshold, floor_bits, FLOOR);
    for (layout_now = 0; layout_now < LAYOUTS; layout_now++)
        for (charset_now = 0; charset_now < CHARSETS; charset_now++)
            run_part(rows / (LAYOUTS * CHARSETS));
    bool good = true;
    printf("\n%-34s %8s %8s %8s\n", "form", "hidden", "found", "strong");
    for (size_t f = 0; f < recall_forms(); f++) {
        const struct tally *t = &tallies[f];
        enum recall_want want = recall_wanted(f);
        double n = t->planted > 0 ? (double)t->planted : 1;
        bool holds = t->planted > 0 && (want == RECALL_EXACT    ? t->strong == t->planted
                                        : want == RECALL_STRONG ? (double)t->strong >= 0.98 * n
                                                                : (double)t->found >= 0.98 * n);
        printf("%-34s %8zu %7.2f%% %7.2f%%%s\n", recall_name(f), t->planted, 100 * (double)t->found / n,
               100 * (double)t->strong / n, holds ? "" : "  MISSED");
        good = good && holds;
    }
    for (size_t i = 0; i < LAYOUTS; i++)
        printf("layout %-27s %8zu %7.2f%%\n", layouts[i], by_layout[i].planted,
               100 * (double)by_layout[i].found / (double)by_layout[i].planted);
    for (size_t i = 0; i < CHARSETS; i++)
        printf("charset %-26s %8zu %7.2f%%\n", charsets[i], by_charset[i].planted,
               100 * (double)by_charset[i].found / (double)by_charset[i].planted);
    printf("false sightings beside them: %zu strong, %zu weak\n\n", false_strong, false_weak);
    good = good && false_strong == 0;
    n_seen = n_planted = false_strong = false_weak = 0;
    threshold = dye_link_threshold_bits(clean, CANARIES, EXPECTED_FALSE);
    floor_bits = dye_link_bits(FLOOR, clean, CANARIES);
    size_t n_true = run_clean(clean, 2000);
    printf("false sightings: %zu strong, %zu weak\n", false_strong, false_weak);
    good = good && false_strong == 0;
    good = reliability(clean, n_true) && good;
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("\n%zu tokens, %llu records, %.0f s: %s\n", tokens, (unsigned long long)records,
           (double)(to.tv_sec - from.tv_sec), good ? "holds" : "MISSED");
    dye_index_unref(set.part[0]);
    free(planted);
    free(seen);
    return good ? 0 : 1;
}
