#include "lineage_count.h"

#include <math.h>
#include <stdlib.h>

/*
 * The dump's elements that are looked at stand in a row, kind after kind. Of each earlier dump it is known which of
 * them it HAS and which it MARKS; what the parents so far have is the union of theirs.
 */
enum { HAS = 1, MARKS = 2, LOOKED_AT_MAX = 1 << 15, KINDS_MAX = 64 };

struct column { /* one kind */
    const struct dye_lineage_set *set;
    size_t first, n;
    unsigned bits;
};

struct work {
    struct column column[KINDS_MAX];
    size_t columns, elements, n;
    uint8_t *traits, *explained; /* n rows of `elements`, and one */
    double *like;                /* Jaccard with the dump */
    uint64_t *persons;           /* of each */
    bool *taken;
};

static void work_done(struct work *w)
{
    free(w->traits);
    free(w->explained);
    free(w->like);
    free(w->persons);
    free(w->taken);
}

static const struct dye_lineage_set *set_of(const struct dye_lineage_dump *d, unsigned kind)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->sets[i].kind == kind)
            return &d->sets[i];
    return NULL;
}

/* All of a kind at one scale: the coarsest of those that have it, or coarser, so that few enough are looked at. */
static void lay_out(struct work *w, const struct dye_lineage_dump *dump, const struct dye_lineage_dump *earlier)
{
    for (size_t k = 0; k < dump->n && k < KINDS_MAX; k++) {
        struct column *c = &w->column[w->columns++];
        *c = (struct column){.set = &dump->sets[k], .first = w->elements, .bits = dump->sets[k].scale_bits};
        for (size_t e = 0; e < w->n; e++) {
            const struct dye_lineage_set *s = set_of(&earlier[e], c->set->kind);
            if (s != NULL && s->scale_bits > c->bits)
                c->bits = s->scale_bits;
        }
        while ((c->n = lineage_below(c->set, c->bits)) > LOOKED_AT_MAX)
            c->bits++;
        w->elements += c->n;
    }
}

struct noting {
    uint8_t *traits;
};

static void note(void *arg, size_t i, bool marked)
{
    const struct noting *n = arg;
    n->traits[i] = marked ? HAS | MARKS : HAS;
}

static void compare(struct work *w, const struct dye_lineage_dump *dump, const struct dye_lineage_dump *earlier)
{
    for (size_t e = 0; e < w->n; e++) {
        struct dye_lineage_pair pair;
        dye_lineage_compare(dump, &earlier[e], &pair);
        w->like[e] = pair.jaccard;
        w->persons[e] = pair.other_persons;
        for (size_t k = 0; k < w->columns; k++) {
            const struct column *c = &w->column[k];
            const struct dye_lineage_set *s = set_of(&earlier[e], c->set->kind);
            struct noting n = {w->traits + e * w->elements + c->first};
            if (s != NULL)
                lineage_each_common(c->set, c->n, s, lineage_below(s, c->bits), note, &n);
        }
    }
}

/* The persons that what is explained, and `more` besides, stand for. */
static double persons_of(const struct work *w, const uint8_t *more)
{
    struct lineage_count total = {0};
    for (size_t k = 0; k < w->columns; k++) {
        const struct column *c = &w->column[k];
        struct lineage_kind_count count = {0};
        for (size_t i = 0; i < c->n; i++) {
            uint8_t t = w->explained[c->first + i] | more[c->first + i];
            count.common += (t & HAS) != 0;
            count.other_marked += (t & MARKS) != 0;
            count.marked += (t & HAS) != 0 && (c->set->at[i] & 1) != 0;
        }
        lineage_count_add(&total, &count, c->bits);
    }
    return lineage_count_persons(&total);
}

/* The next parent, and what it adds; false when none does enough. */
static bool next_parent(const struct work *w, uint64_t persons, double before, size_t *ret, double *ret_gain)
{
    static const double TIE = 0.98;
    double most = 0, gain[DYE_LINEAGE_EARLIER_MAX];
    for (size_t e = 0; e < w->n; e++) {
        gain[e] = w->taken[e] || w->like[e] <= 0 ? 0 : persons_of(w, w->traits + e * w->elements) - before;
        bool enough = gain[e] >= DYE_LINEAGE_COMMON_MIN && (gain[e] >= DYE_LINEAGE_PARENT_MIN * (double)persons ||
                                                            gain[e] >= DYE_LINEAGE_SWALLOWED * (double)w->persons[e]);
        gain[e] = enough ? gain[e] : 0;
        most = fmax(most, gain[e]);
    }
    size_t best = w->n;
    for (size_t e = 0; e < w->n && most > 0; e++)
        if (gain[e] >= TIE * most && (best == w->n || w->like[e] > w->like[best]))
            best = e;
    if (best == w->n)
        return false;
    *ret = best;
    *ret_gain = gain[best];
    return true;
}

enum dye_status dye_lineage_parents(const struct dye_lineage_dump *dump, const struct dye_lineage_dump *earlier,
                                    size_t n, struct dye_lineage_parent *ret, size_t *ret_n, struct dye_error *err)
{
    if (n > DYE_LINEAGE_EARLIER_MAX)
        DYE_FAIL(err, DYE_E_USAGE, "lineage: too many earlier dumps at once");
    DYE_CLEANUP(work_done) struct work w = {.n = n};
    lay_out(&w, dump, earlier);
    w.traits = calloc(n + 1, w.elements + 1);
    w.explained = calloc(w.elements + 1, 1);
    w.like = calloc(n + 1, sizeof *w.like);
    w.persons = calloc(n + 1, sizeof *w.persons);
    w.taken = calloc(n + 1, sizeof *w.taken);
    if (w.traits == NULL || w.explained == NULL || w.like == NULL || w.persons == NULL || w.taken == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "lineage: out of memory");
    compare(&w, dump, earlier);
    uint64_t persons = dye_lineage_persons(dump);
    size_t found = 0, parent;
    double explained = 0, gain;
    while (next_parent(&w, persons, explained, &parent, &gain)) {
        ret[found++] = (struct dye_lineage_parent){.earlier = parent, .explains = (uint64_t)llround(gain)};
        w.taken[parent] = true;
        for (size_t i = 0; i < w.elements; i++)
            w.explained[i] |= w.traits[parent * w.elements + i];
        explained += gain;
    }
    *ret_n = found;
    return DYE_OK;
}
