/*
 * How often the earliest known ancestor of a resold dump is named, and whether a repost ever adds to what is held
 * against a source; by simulation.
 *
 * A case: six sources of 20,000 rows, of which up to 30 % are people out of 10,000 who may be customers of several,
 * each with forty canaries; three to six of them leak 1 % to 100 % of them, with two or three of the columns ID,
 * mobile and e-mail. Then a chain of one to five hops: somebody takes what the last one sold, or merges it with
 * another dump on the market, keeps 30 % to 100 % of the rows, repeats some, drops a column, adds up to a tenth of
 * made-up rows. One hop in five is never seen. All dumps that are seen come in order of time; for each the library
 * finds candidates by samples, compares, finds parents; the canaries that an earlier dump with common persons shows
 * are inherited.
 *
 *   right     the ancestor named is the earliest seen dump that at least a twentieth of the rows passed through, or
 *             one as early that some did: in 95 % of the resold dumps at least
 *   alone     leaks that come from no other, and no ancestor is named: told beside
 *   added     sources that a dump names, or speaks against at all, when all its rows of that source stood in earlier
 *             ones: none
 *
 * Two leaks of one source are not in it: a later copy holds what an earlier one held, and who sees both can't tell it
 * from a repost.
 *
 * Usage: bench_lineage [CASES]     (default 800; seed by DYE_SEED). Exits 1 when a bound is missed.
 */
#include "bound.h"
#include "dye/attribute.h"
#include "dye/identifier_set.h"
#include "dye/lineage.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SOURCES = 6, CANARIES = 40, POPULATION = 20000, HOPS = 5, DUMPS = SOURCES + HOPS, ROWS_MAX = 200000 };
enum { ID = 1, MOBILE = 2, MAIL = 4, ALL = 7 };

/* ---- the market ---- */

struct row {
    uint64_t person;  /* canary c of source s is person s * CANARIES + c */
    uint32_t through; /* bit d: it stood in dump d, which was seen */
    uint8_t columns, source;
};
struct sale {
    struct row *rows;
    size_t n;
    bool seen;
    unsigned hops;
};
struct market {
    struct sale sale[DUMPS];
    size_t n;
    uint64_t next_nobody;
};

static void add(struct sale *s, struct row row)
{
    if (s->n < ROWS_MAX && row.columns != 0)
        s->rows[s->n++] = row;
}

static struct sale *open_sale(struct market *m)
{
    struct sale *s = &m->sale[m->n++];
    *s = (struct sale){.rows = malloc(ROWS_MAX * sizeof *s->rows), .seen = true};
    if (s->rows == NULL)
        abort();
    return s;
}

/* It is on the market: whoever takes rows of it, takes them through it. */
static void close_sale(const struct market *m, struct sale *s, struct rng *r)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t k = i + rng_below(r, s->n - i);
        struct row swap = s->rows[i];
        s->rows[i] = s->rows[k];
        s->rows[k] = swap;
        if (s->seen)
            s->rows[i].through |= UINT32_C(1) << (s - m->sale);
    }
}

static void leak(struct market *m, unsigned source, double shared, struct rng *r)
{
    static const uint8_t columns[] = {ALL, ALL, ID | MOBILE, MOBILE | MAIL, ID | MAIL};
    struct sale *s = open_sale(m);
    double share = pow(10, -2 * rng_unit(r));
    uint8_t has = columns[rng_below(r, sizeof columns)];
    for (uint64_t i = 0; i < POPULATION; i++)
        if (rng_unit(r) < share) {
            /* A customer of several: the same person wherever that is so. */
            uint64_t person =
                rng_unit(r) < shared ? 1000000 + rng_below(r, POPULATION / 2) : 10000000 * (uint64_t)(source + 1) + i;
            add(s, (struct row){.person = person, .columns = has, .source = (uint8_t)source});
        }
    for (uint64_t c = 0; c < CANARIES; c++)
        if (rng_unit(r) < share)
            add(s, (struct row){.person = source * CANARIES + c, .columns = has, .source = (uint8_t)source});
    close_sale(m, s, r);
}

static void resell(struct market *m, size_t from, size_t other, bool merges, struct rng *r)
{
    struct sale *s = open_sale(m);
    double keep = 0.3 + 0.7 * rng_unit(r), repeat = rng_below(r, 2) ? 0 : 0.2 * rng_unit(r), noise = 0.1 * rng_unit(r);
    uint8_t drop = rng_below(r, 3) == 0 ? (uint8_t)(1u << rng_below(r, 3)) : 0;
    const size_t parts[] = {from, other};
    s->hops = m->sale[from].hops + 1;
    for (size_t p = 0; p < 1 + (size_t)merges; p++)
        for (size_t i = 0; i < m->sale[parts[p]].n; i++) {
            struct row row = m->sale[parts[p]].rows[i];
            if (rng_unit(r) >= keep)
                continue;
            row.columns = (uint8_t)((row.columns & ~drop) != 0 ? row.columns & ~drop : row.columns);
            add(s, row);
            if (rng_unit(r) < repeat)
                add(s, row);
        }
    for (size_t i = 0, made_up = (size_t)((double)s->n * noise); i < made_up; i++)
        add(s, (struct row){.person = m->next_nobody++, .columns = ALL, .source = SOURCES});
    s->seen = rng_below(r, 5) != 0;
    close_sale(m, s, r);
}

static void play(struct market *m, struct rng *r)
{
    *m = (struct market){.next_nobody = UINT64_C(1) << 40};
    double shared = 0.3 * rng_unit(r);
    size_t leaks = 3 + rng_below(r, 4), hops = 1 + rng_below(r, HOPS);
    for (unsigned s = 0; s < leaks; s++)
        leak(m, s, shared, r);
    size_t last = rng_below(r, leaks);
    for (size_t h = 0; h < hops; h++) {
        size_t other = rng_below(r, m->n);
        bool merges = other != last && m->sale[other].n > 0 && rng_below(r, 2) == 0;
        resell(m, last, other, merges, r);
        last = m->n - 1;
    }
    m->sale[last].seen = true;
}

static void clear_market(struct market *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->sale[i].rows);
}

/* ---- what the library is given ---- */

struct dump {
    struct dye_identifier_set set[DYE_IDENTIFIER_KINDS];
    struct dye_lineage_set personal[DYE_IDENTIFIER_KINDS];
    size_t n;
    struct dye_lineage_dump lineage;
    uint32_t near, ancestors; /* earlier dumps with persons in common; those that its rows come from */
};

static enum dye_status keep_image(void *arg, unsigned kind, struct dye_span image)
{
    struct dump *d = arg;
    (void)kind;
    return dye_identifier_set_open(image, &d->set[d->n++], NULL);
}

static void must(enum dye_status status)
{
    if (status != DYE_OK)
        abort();
}

static void take(struct dye_identifier_sets *sets, enum dye_kind kind, uint64_t person)
{
    char text[40];
    snprintf(text, sizeof text, "%018llu", (unsigned long long)person);
    must(dye_identifier_sets_take(sets, kind, dye_span_str(text)));
}

static void make_dump(const struct sale *s, struct dump *ret)
{
    static const struct dye_key key = {{42}};
    struct dye_identifier_sets *sets = dye_identifier_sets_new(&key);
    *ret = (struct dump){.n = 0};
    for (size_t i = 0; i < s->n; i++) {
        const struct row *row = &s->rows[i];
        if ((row->columns & MOBILE) != 0)
            take(sets, DYE_MOBILE, row->person);
        if ((row->columns & ID) != 0 && row->person % 10 != 3) /* one in ten has none on record */
            take(sets, DYE_RESIDENT_ID, row->person);
        if ((row->columns & MAIL) != 0)
            take(sets, DYE_EMAIL, row->person);
        must(dye_identifier_sets_record(sets));
    }
    must(dye_identifier_sets_images(sets, keep_image, ret));
    dye_identifier_sets_free(sets);
    for (size_t k = 0; k < ret->n; k++)
        ret->personal[k] =
            (struct dye_lineage_set){ret->set[k].kind, ret->set[k].scale_bits, ret->set[k].at, ret->set[k].n};
    ret->lineage = (struct dye_lineage_dump){ret->personal, ret->n};
}

/* Whether samples meet, as an index of them would say. */
static bool samples_meet(const struct dump *a, const struct dump *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++) {
            const struct dye_lineage_set *x = &a->personal[i], *y = &b->personal[k];
            size_t x_n = dye_lineage_sample(x), y_n = dye_lineage_sample(y);
            for (size_t p = 0, q = 0; x->kind == y->kind && p < x_n && q < y_n;) {
                if (x->at[p] >> 1 == y->at[q] >> 1)
                    return true;
                if (x->at[p] < y->at[q])
                    p++;
                else
                    q++;
            }
        }
    return false;
}

/* Of dump d, from the earlier ones that were seen. */
static void find_lineage(const struct market *m, struct dump *dumps, size_t d)
{
    struct dye_lineage_dump earlier[DUMPS];
    struct dye_lineage_parent parents[DUMPS];
    struct dye_lineage_pair pair;
    size_t which[DUMPS], n = 0, found;
    for (size_t e = 0; e < d; e++) {
        if (!m->sale[e].seen || !samples_meet(&dumps[d], &dumps[e]))
            continue;
        dye_lineage_compare(&dumps[d].lineage, &dumps[e].lineage, &pair);
        if (pair.relation != DYE_LINEAGE_UNRELATED)
            dumps[d].near |= UINT32_C(1) << e;
        which[n] = e;
        earlier[n++] = dumps[e].lineage;
    }
    must(dye_lineage_parents(&dumps[d].lineage, earlier, n, parents, &found, NULL));
    for (size_t i = 0; i < found; i++)
        dumps[d].ancestors |= UINT32_C(1) << which[parents[i].earlier] | dumps[which[parents[i].earlier]].ancestors;
}

/* ---- what came of it ---- */

struct tally {
    unsigned resold, right, leaks, alone, reposts, added, missed, invented;
    unsigned by_hop[HOPS + 1], right_by_hop[HOPS + 1];
};

static void judge_ancestor(const struct market *m, const struct dump *dumps, size_t d, struct tally *t)
{
    const struct sale *s = &m->sale[d];
    size_t rows[DUMPS] = {0};
    int first = -1, named = dumps[d].ancestors != 0 ? __builtin_ctz(dumps[d].ancestors) : -1;
    for (size_t i = 0; i < s->n; i++)
        for (size_t e = 0; e < d; e++)
            rows[e] += s->rows[i].through >> e & 1;
    for (size_t e = 0; e < d && first < 0; e++)
        if (20 * rows[e] >= s->n && rows[e] > 0)
            first = (int)e;
    if (s->hops == 0) {
        t->leaks++;
        t->alone += named < 0;
        return;
    }
    if (first < 0)
        return; /* nothing of it was ever seen */
    bool right = named == first || (named >= 0 && named < first && rows[named] > 0);
    t->resold++;
    t->right += right;
    t->missed += named < 0 || (!right && named > first);
    t->invented += !right && named >= 0 && named < first;
    t->by_hop[s->hops]++;
    t->right_by_hop[s->hops] += right;
}

static bool shows(const struct sale *s, uint64_t canary)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].person == canary)
            return true;
    return false;
}

/* Attribution of dump d, with what it inherits. */
static void judge_attribution(const struct market *m, const struct dump *dumps, bool (*seen)[SOURCES * CANARIES],
                              size_t d, struct tally *t)
{
    static struct dye_attribute_source sources[SOURCES];
    static struct dye_attribute_canary canaries[SOURCES * CANARIES];
    static struct dye_attribute_holding held[SOURCES * CANARIES];
    struct dye_attribute_seen sighted[SOURCES * CANARIES];
    struct dye_attribution a;
    size_t n = 0;
    bool fresh[SOURCES] = {false};
    for (uint32_t c = 0; c < SOURCES * CANARIES; c++) {
        sources[c / CANARIES].population = POPULATION;
        held[c] = (struct dye_attribute_holding){.canary = c, .source = c / CANARIES};
        if (!seen[d][c])
            continue;
        sighted[n] = (struct dye_attribute_seen){.canary = c, .probability = 1};
        for (size_t e = 0; e < d; e++)
            sighted[n].inherited |= ((dumps[d].near | dumps[d].ancestors) >> e & 1) != 0 && seen[e][c];
        n++;
    }
    for (size_t i = 0; i < m->sale[d].n; i++) {
        const struct row *row = &m->sale[d].rows[i];
        if (row->source < SOURCES && (row->through & ~(UINT32_C(1) << d)) == 0)
            fresh[row->source] = true;
    }
    const struct dye_attribute_case c = {.sources = sources,
                                         .n_sources = SOURCES,
                                         .canaries = canaries,
                                         .n_canaries = SOURCES * CANARIES,
                                         .holdings = held,
                                         .n_holdings = SOURCES * CANARIES,
                                         .seen = sighted,
                                         .n_seen = n,
                                         .records = m->sale[d].n,
                                         .acquired_at = (int64_t)d + 1};
    must(dye_attribute(&c, NULL, &a, NULL));
    for (size_t i = 0; i < a.n; i++)
        if (!fresh[a.sources[i].source])
            t->added += a.sources[i].in_set || a.sources[i].log10_lr > 0;
    if (m->sale[d].hops > 0)
        t->reposts++;
    dye_attribution_done(&a);
}

static void run_case(struct rng *r, struct tally *t)
{
    static struct market m;
    static struct dump dumps[DUMPS];
    static bool seen[DUMPS][SOURCES * CANARIES];
    play(&m, r);
    for (size_t d = 0; d < m.n; d++) {
        make_dump(&m.sale[d], &dumps[d]);
        for (uint64_t c = 0; c < SOURCES * CANARIES; c++)
            seen[d][c] = m.sale[d].seen && shows(&m.sale[d], c);
        if (!m.sale[d].seen || m.sale[d].n == 0)
            continue;
        find_lineage(&m, dumps, d);
        judge_ancestor(&m, dumps, d, t);
        judge_attribution(&m, dumps, seen, d, t);
    }
    for (size_t d = 0; d < m.n; d++)
        for (size_t k = 0; k < dumps[d].n; k++)
            dye_identifier_set_done(&dumps[d].set[k]);
    clear_market(&m);
}

int main(int argc, char **argv)
{
    unsigned cases = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 800;
    struct rng r;
    struct tally t = {0};
    clock_t started = clock();
    rng_init(&r, rng_seed(1));
    for (unsigned i = 0; i < cases; i++)
        run_case(&r, &t);
    if (t.resold == 0 || t.reposts == 0)
        return 3;
    bool right = 100 * t.right >= 95 * t.resold;
    printf("%u cases, %d sources of %d rows and %d canaries, %.0f s of processor time\n", cases, SOURCES, POPULATION,
           CANARIES, (double)(clock() - started) / CLOCKS_PER_SEC);
    for (size_t h = 1; h <= HOPS; h++)
        printf("  %zu hop%s  %5u dumps, ancestor right %5.1f %%\n", h, h == 1 ? " " : "s", t.by_hop[h],
               t.by_hop[h] > 0 ? 100.0 * t.right_by_hop[h] / t.by_hop[h] : 0);
    printf("  right    %5.1f %% of %u resold dumps (at least 95): %u missed, %u invented  %s\n",
           100.0 * t.right / t.resold, t.resold, t.missed, t.invented, right ? "holds" : "MISSED");
    printf("  alone    %5.1f %% of %u leaks\n", 100.0 * t.alone / t.leaks, t.leaks);
    printf("  added    %u by %u reposts and merges (none; at most %.4f each)  %s\n", t.added, t.reposts,
           bound_upper95(t.added, t.reposts), t.added == 0 ? "holds" : "MISSED");
    return right && t.added == 0 ? 0 : 1;
}
