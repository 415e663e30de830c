#include "dye/lineage.h"

#include "lineage_count.h"

#include <math.h>

const char *dye_lineage_relation_name(enum dye_lineage_relation r)
{
    static const char *const names[] = {"unrelated", "same", "subset", "superset", "merge", "overlap"};
    return names[r];
}

/* The first element of s at or beyond 2^(64 - bits). */
size_t lineage_below(const struct dye_lineage_set *s, unsigned bits)
{
    if (bits <= s->scale_bits)
        return s->n;
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->at[mid] >> (64 - bits) == 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

uint64_t dye_lineage_persons(const struct dye_lineage_dump *d)
{
    uint64_t persons = 0;
    for (size_t k = 0; k < d->n; k++) {
        uint64_t marked = 0;
        for (size_t i = 0; i < d->sets[k].n; i++)
            marked += d->sets[k].at[i] & 1;
        persons += marked << d->sets[k].scale_bits;
    }
    return persons;
}

/* ---- common elements ---- */

/* The first index of s in [low, n) whose hash is not below `hash`, near to low. */
static size_t gallop(const uint64_t *at, size_t low, size_t n, uint64_t hash)
{
    size_t step = 1;
    while (low + step < n && at[low + step] >> 1 < hash)
        step *= 2;
    size_t high = low + step < n ? low + step : n;
    low += step / 2;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (at[mid] >> 1 < hash)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void lineage_each_common(const struct dye_lineage_set *a, size_t a_n, const struct dye_lineage_set *b, size_t b_n,
                         lineage_common_fn fn, void *arg)
{
    for (size_t i = 0, j = 0; i < a_n && j < b_n;) {
        uint64_t x = a->at[i] >> 1, y = b->at[j] >> 1;
        if (x == y) {
            fn(arg, i, (b->at[j] & 1) != 0);
            i++;
            j++;
        } else if (x < y) {
            i = gallop(a->at, i, a_n, y);
        } else {
            j = gallop(b->at, j, b_n, x);
        }
    }
}

struct marking {
    uint8_t *marks, bits;
};

static void mark(void *arg, size_t i, bool other_marked)
{
    const struct marking *m = arg;
    (void)other_marked;
    m->marks[i] |= m->bits;
}

void dye_lineage_mark(const struct dye_lineage_set *a, const struct dye_lineage_set *b, uint8_t bits, uint8_t *marks)
{
    struct marking m = {marks, bits};
    lineage_each_common(a, a->n, b, b->n, mark, &m);
}

/* ---- a pair ---- */

enum { FEW = 8 };

void lineage_count_add(struct lineage_count *c, const struct lineage_kind_count *k, unsigned scale_bits)
{
    double scale = ldexp(1, (int)scale_bits);
    c->marked += (double)k->marked * scale;
    c->other_marked += (double)k->other_marked * scale;
    /* Where people have two phones, one of them is marked: then the others stand for nobody. */
    if (k->marked < k->common / FEW && k->other_marked < k->common / FEW)
        c->unmarked = fmax(c->unmarked, (double)k->common * scale);
}

double lineage_count_persons(const struct lineage_count *c)
{
    return fmax(fmax(c->marked, c->other_marked), c->unmarked);
}

struct pairing {
    const struct dye_lineage_set *a;
    struct lineage_kind_count count;
};

static void count(void *arg, size_t i, bool other_marked)
{
    struct pairing *p = arg;
    p->count.common++;
    p->count.marked += p->a->at[i] & 1;
    p->count.other_marked += other_marked;
}

static double in_common(const struct dye_lineage_dump *dump, const struct dye_lineage_dump *other)
{
    struct lineage_count total = {0};
    for (size_t i = 0, j = 0; i < dump->n && j < other->n;) {
        const struct dye_lineage_set *a = &dump->sets[i], *b = &other->sets[j];
        if (a->kind == b->kind) {
            unsigned bits = a->scale_bits > b->scale_bits ? a->scale_bits : b->scale_bits;
            struct pairing p = {.a = a};
            lineage_each_common(a, lineage_below(a, bits), b, lineage_below(b, bits), count, &p);
            lineage_count_add(&total, &p.count, bits);
        }
        i += a->kind <= b->kind;
        j += b->kind <= a->kind;
    }
    return lineage_count_persons(&total);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

void dye_lineage_judge(struct dye_lineage_pair *p)
{
    uint64_t least = p->persons < p->other_persons ? p->persons : p->other_persons;
    if (p->common > least) /* an estimate; or more elements than persons */
        p->common = least;
    p->jaccard = share(p->common, p->persons + p->other_persons - p->common);
    p->containment = share(p->common, p->persons);
    p->containment_other = share(p->common, p->other_persons);
    bool in = p->containment >= DYE_LINEAGE_WHOLE, holds = p->containment_other >= DYE_LINEAGE_WHOLE;
    p->relation = in && holds ? DYE_LINEAGE_SAME
                  : in        ? DYE_LINEAGE_SUBSET
                  : holds     ? DYE_LINEAGE_SUPERSET
                              : DYE_LINEAGE_OVERLAP;
    if (p->common < DYE_LINEAGE_COMMON_MIN || fmax(p->containment, p->containment_other) < DYE_LINEAGE_OVERLAP_MIN)
        p->relation = DYE_LINEAGE_UNRELATED;
}

void dye_lineage_compare(const struct dye_lineage_dump *dump, const struct dye_lineage_dump *other,
                         struct dye_lineage_pair *ret)
{
    *ret = (struct dye_lineage_pair){.persons = dye_lineage_persons(dump),
                                     .other_persons = dye_lineage_persons(other),
                                     .common = (uint64_t)llround(in_common(dump, other))};
    dye_lineage_judge(ret);
}

/* ---- samples ---- */

unsigned dye_lineage_sample_bits(uint64_t distinct)
{
    enum { FLOOR_BITS = 4, MOST = 1 << 15 };
    unsigned bits = 0;
    while (bits < 40 && distinct >> bits > (bits < FLOOR_BITS ? DYE_LINEAGE_SAMPLE : MOST))
        bits++;
    return bits;
}

size_t dye_lineage_sample(const struct dye_lineage_set *s)
{
    unsigned bits = dye_lineage_sample_bits((uint64_t)s->n << s->scale_bits);
    return lineage_below(s, bits);
}
