/*
 * Hits come in order of start, though tokens are met in another: those of one lane before those of the next, and an
 * address at its '@', after the runs in its local part. What passed a filter waits for the end of its window or of some
 * more; what is found is held until nothing can start before it.
 */
#include "scanner.h"

#include <stdlib.h>

enum dye_status hits_release(struct scan *s, size_t before)
{
    size_t n = 0;
    enum dye_status status = DYE_OK;
    while (n < s->n_held && s->held[n].hit.start < before && status == DYE_OK) {
        struct held *h = &s->held[n++];
        h->hit.entry = &h->entry;
        s->stats.hits++;
        status = s->on_hit(s->arg, &h->hit);
    }
    s->n_held -= n;
    memmove(s->held, s->held + n, s->n_held * sizeof *s->held);
    return status;
}

/* Of two at one place: whether they are one entry. */
static bool same(const struct held *x, const struct held *y)
{
    const struct dye_index_entry *a = &x->entry, *b = &y->entry;
    return x->hit.index == y->hit.index && a->probe == b->probe && a->canary == b->canary && a->kind == b->kind &&
           a->form == b->form && a->variant == b->variant;
}

static enum dye_status hold(struct scan *s, const struct held *h)
{
    /* A token may be come to in two ways: "0" before it can be a trail byte or a trunk prefix. */
    for (size_t i = s->n_held; i > 0 && s->held[i - 1].hit.start >= h->hit.start; i--)
        if (s->held[i - 1].hit.start == h->hit.start && same(&s->held[i - 1], h))
            return DYE_OK;
    if (s->n_held == HELD_MAX)
        DYE_TRY(hits_release(s, SIZE_MAX));
    size_t i = s->n_held++;
    for (; i > 0 && s->held[i - 1].hit.start > h->hit.start; i--)
        s->held[i] = s->held[i - 1];
    s->held[i] = *h;
    return DYE_OK;
}

enum dye_status hits_look_up(struct scan *s, size_t part, uint64_t probe, struct dye_span form, size_t start, size_t n)
{
    struct dye_index_entry found[SAME_MAX];
    const struct dye_index *x = s->set->part[part];
    s->stats.maybes++;
    size_t n_found = dye_index_find(x, probe, form, found, SAME_MAX);
    for (size_t i = 0; i < n_found; i++)
        if (found[i].epoch <= s->max_epoch)
            DYE_TRY(hold(s, &(struct held){.hit = {.index = x, .start = start, .n = n}, .entry = found[i]}));
    return DYE_OK;
}

static int order(const void *a, const void *b)
{
    const struct passed *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start) : (x->n > y->n) - (x->n < y->n);
}

/* Of what passed a filter only what is in the index stays: of a clean dump next to nothing. */
static void drop_strangers(struct scan *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_passed; i++)
        dye_index_call_keys(s->set->part[s->passed[i].part], s->passed[i].probe);
    for (size_t i = 0; i < s->n_passed; i++)
        if (dye_index_call_found(s->set->part[s->passed[i].part], s->passed[i].probe))
            s->passed[n++] = s->passed[i];
    s->stats.maybes += s->n_passed - n; /* the others count when they are looked up */
    s->n_passed = n;
}

enum dye_status hits_settle(struct scan *s)
{
    uint8_t lower[EMAIL_MAX];
    drop_strangers(s);
    if (s->n_passed > 1)
        qsort(s->passed, s->n_passed, sizeof *s->passed, order);
    for (size_t i = 0; i < s->n_passed; i++) {
        const struct passed *t = &s->passed[i];
        for (size_t k = 0; k < t->n; k++)
            lower[k] = dye_to_lower(s->p[t->start + k]);
        DYE_TRY(hits_look_up(s, t->part, t->probe, dye_span_of(lower, t->n), t->start, t->n));
        if (s->n_held > HELD_MAX / 2) /* what passed later starts no earlier, and what it leads to no more than REACH */
            DYE_TRY(hits_release(s, t->start > REACH ? t->start - REACH : 0));
    }
    s->n_passed = 0;
    return DYE_OK;
}
