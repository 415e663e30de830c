/* However a part is cut into chunks, what is counted of it adds up to the same. */
#include "dye/census.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 150, PART_MAX = 1 << 20 };

static char text[PART_MAX];
static size_t text_n;

/* ---- parts; nobody in them exists ---- */

static const char *pick(struct rng *r, const char *const *list, size_t n)
{
    return list[rng_below(r, n)];
}

static const char *value(struct rng *r)
{
    static const char *const values[] = {"王建国",
                                         "欧阳晓东",
                                         "17412345678",
                                         "15412345678",
                                         "110146199003070014",
                                         "a.b@example.com",
                                         "某省某市某区一路22号",
                                         "2026-01-31",
                                         "SF1234567890123",
                                         "174****5678",
                                         "",
                                         "NULL",
                                         "hello",
                                         "12.5",
                                         "4242424242424242",
                                         "京A12345",
                                         "李丽 17412345678",
                                         "d41d8cd98f00b204e9800998ecf8427e"};
    return pick(r, values, sizeof values / sizeof *values);
}

static void put(const char *before, const char *v, const char *behind)
{
    text_n += (size_t)snprintf(text + text_n, sizeof text - text_n, "%s%s%s", before, v, behind);
    assert_true(text_n < sizeof text);
}

static void put_row(struct rng *r, unsigned layout)
{
    static const char *const keys[] = {"name", "tel", "地址", "zhangsan", "note1", "\\u624b\\u673a"};
    if (layout == 0) {
        for (int i = 0; i < 4; i++)
            put("", value(r), i < 3 ? "," : "\n");
    } else if (layout == 1) {
        put("{\"", pick(r, keys, 6), "\":");
        put("\"", value(r), "\",");
        put("\"", pick(r, keys, 6), "\":");
        put("{\"x\":\"", value(r), "\"}}\n");
    } else if (layout == 2) {
        put("INSERT INTO t (", rng_below(r, 2) == 0 ? "xm" : "addr", ", phone)");
        put(" VALUES ('", value(r), "',");
        put("'", value(r), "');\n");
    } else {
        put("", value(r), " ");
        put("", value(r), "\n");
    }
}

static void make(struct rng *r, unsigned layout)
{
    text_n = 0;
    if (layout == 0)
        put("姓名,手机,备注,日期\n", "", "");
    for (size_t rows = 50 + rng_below(r, 400); rows > 0; rows--)
        put_row(r, layout);
}

/* ---- counts, as maps from a line that says of what to how many ---- */

enum { LINES = 20000 };
struct counts {
    size_t n;
    struct count {
        char of[128];
        uint64_t n;
    } line[LINES];
};

static void add(struct counts *c, uint64_t n, const char *form, const char *a, const char *b, unsigned d)
{
    struct count line = {.n = n};
    size_t i = 0;
    snprintf(line.of, sizeof line.of, "%s %s %s %u", form, a, b, d);
    while (i < c->n && strcmp(c->line[i].of, line.of) != 0)
        i++;
    assert_true(i < LINES);
    if (i == c->n)
        c->line[c->n++] = line;
    else
        c->line[i].n += n;
}

static void gather(const struct dye_census *census, struct counts *c)
{
    static struct dye_census_kinds kinds[DYE_CENSUS_KINDS_MAX];
    static struct dye_census_prefix prefixes[DYE_CENSUS_PREFIXES_MAX];
    struct dye_census_totals t;
    struct dye_census_column column;
    dye_census_totals(census, &t);
    add(c, t.records, "records", "", "", 0);
    add(c, t.parseable, "parseable", "", "", 0);
    for (size_t i = 0; dye_census_column_at(census, i, &column); i++)
        for (unsigned cell = 1; cell < DYE_CELLS; cell++)
            add(c, column.cells[cell], column.name, dye_cell_name(column.says), dye_cell_name(cell), column.number);
    for (size_t i = 0, n = dye_census_kinds(census, kinds); i < n; i++)
        add(c, kinds[i].records, "kinds", "", "", kinds[i].mask);
    for (size_t i = 0, n = dye_census_prefixes(census, prefixes); i < n; i++)
        add(c, prefixes[i].n, "prefix", prefixes[i].prefix, "", (unsigned)prefixes[i].kind);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct count *)a)->of, ((const struct count *)b)->of);
}

/* ---- cutting ---- */

struct counting {
    struct dye_census *census;
    struct counts *sum; /* NULL: the census itself adds up */
    size_t chunks;
};

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct counting *c = arg;
    c->chunks++;
    if (c->sum != NULL)
        dye_census_clear(c->census);
    enum dye_status status = dye_census_chunk(c->census, chunk);
    if (c->sum != NULL && status == DYE_OK)
        gather(c->census, c->sum);
    return status;
}

static size_t count_part(size_t target, struct dye_census *census, struct counts *sum)
{
    struct counting c = {.census = census, .sum = sum};
    struct dye_chunker *chunker = dye_chunker_new(target, PART_MAX, on_chunk, &c);
    assert_non_null(chunker);
    dye_census_clear(census);
    assert_int_equal(dye_chunker_feed(chunker, dye_span_of(text, text_n)), DYE_OK);
    assert_int_equal(dye_chunker_finish(chunker), DYE_OK);
    dye_chunker_free(chunker);
    return c.chunks;
}

static void counts_of_chunks_add_up_to_those_of_the_part(void **state)
{
    (void)state;
    static struct counts whole, pieces, once;
    struct rng r;
    size_t most = 0;
    struct dye_census *census = dye_census_new();
    assert_non_null(census);
    rng_init(&r, rng_seed(1));
    for (int round = 0; round < ROUNDS; round++) {
        make(&r, (unsigned)rng_below(&r, 4));
        whole.n = pieces.n = once.n = 0;
        count_part(PART_MAX, census, NULL);
        gather(census, &whole);
        size_t target = 64 + rng_below(&r, 1 << 14);
        size_t chunks = count_part(target, census, &pieces);
        most = chunks > most ? chunks : most;
        count_part(target, census, NULL);
        gather(census, &once);
        qsort(whole.line, whole.n, sizeof *whole.line, compare);
        qsort(pieces.line, pieces.n, sizeof *pieces.line, compare);
        qsort(once.line, once.n, sizeof *once.line, compare);
        assert_int_equal(whole.n, pieces.n);
        assert_int_equal(whole.n, once.n);
        assert_memory_equal(whole.line, pieces.line, whole.n * sizeof *whole.line);
        assert_memory_equal(whole.line, once.line, whole.n * sizeof *whole.line);
    }
    assert_true(most > 20);
    dye_census_free(census);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_of_chunks_add_up_to_those_of_the_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
