#include "explanation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct ranked {
    double seen;
    uint32_t canary;
};

static int most_probable_first(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->seen != y->seen)
        return x->seen > y->seen ? -1 : 1;
    return (x->canary > y->canary) - (x->canary < y->canary);
}

/* The sources that are tied together through open canaries (seen, not explained), and those canaries. */
struct search {
    struct model *m;
    struct judgement *by_source;
    bool *stale;               /* by source: its weight is older than what is covered */
    uint32_t *source, *canary; /* the tied ones, or some of them */
    uint32_t n_sources, n_canaries;
    bool *source_is_tied, *canary_is_tied;
    bool *taken;      /* by source: chosen by the explanation at work */
    uint32_t *chosen; /* the same as a list */
    uint32_t n_chosen;
    double *gain;       /* by source: its log10 ratio on what the explanation at work leaves */
    bool *spoiled;      /* by source: gain is of before the last covering */
    bool *in_with;      /* by canary: the explanation with the source judged accounts for it */
    bool *only_with;    /* and the one without it does not */
    uint32_t *left_out; /* canaries, covered by hand */
    uint32_t n_left_out;
    struct ranked *ranked;
    double *strict, *plain; /* by source: see compare */
    bool *undecided;        /* by source */
};

static bool is_open(const struct search *s, uint32_t source)
{
    return s->by_source[source].standing == OPEN || s->by_source[source].standing == DROPPED;
}

static void tie(struct search *s, uint32_t source, const bool *among)
{
    if (s->source_is_tied[source] || !is_open(s, source) || (among != NULL && !among[source]))
        return;
    s->source_is_tied[source] = true;
    s->source[s->n_sources++] = source;
}

/* Breadth first from `source`, through open canaries to their other holders: all, or those `among` a choice. */
static void tie_all(struct search *s, uint32_t source, const bool *among)
{
    const struct model *m = s->m;
    s->n_sources = s->n_canaries = 0;
    tie(s, source, among);
    for (uint32_t at = 0; at < s->n_sources; at++)
        for (size_t i = m->exclusive.from[s->source[at]]; i < m->exclusive.from[s->source[at] + 1]; i++) {
            uint32_t t = m->exclusive.at[i].canary;
            if (!model_is_open(m, t) || s->canary_is_tied[t])
                continue;
            s->canary_is_tied[t] = true;
            s->canary[s->n_canaries++] = t;
            for (size_t h = m->holder_from[t]; h < m->holder_from[t + 1]; h++)
                tie(s, m->holder[h], among);
        }
    for (uint32_t i = 0; i < s->n_sources; i++)
        s->source_is_tied[s->source[i]] = false;
    for (uint32_t i = 0; i < s->n_canaries; i++)
        s->canary_is_tied[s->canary[i]] = false;
}

static void mark_holders(const struct search *s, uint32_t canary, bool *mark)
{
    for (size_t h = s->m->holder_from[canary]; h < s->m->holder_from[canary + 1]; h++)
        mark[s->m->holder[h]] = true;
}

static void cover(struct search *s, uint32_t source, bool *mark)
{
    model_cover(s->m, source);
    for (size_t i = s->m->exclusive.from[source]; i < s->m->exclusive.from[source + 1]; i++)
        mark_holders(s, s->m->exclusive.at[i].canary, mark);
}

static double gain_of(struct search *s, uint32_t source)
{
    if (s->spoiled[source]) {
        s->gain[source] = model_log10_lr(s->m, source);
        s->spoiled[source] = false;
    }
    return s->gain[source];
}

/* The tied source that gains most on what is open, by more than nothing; NONE when there is none. */
static uint32_t best_gain(struct search *s, uint32_t barred, double *ret_gain)
{
    uint32_t best = NONE;
    double gain = 0;
    for (uint32_t i = 0; i < s->n_sources; i++) {
        uint32_t source = s->source[i];
        if (source == barred || s->taken[source])
            continue;
        double g = gain_of(s, source);
        if (g > gain || (g == gain && best != NONE && source < best)) {
            gain = g;
            best = source;
        }
    }
    *ret_gain = gain;
    return best;
}

/*
 * Explain what is open by the tied sources: `first` (or NONE) at once, then greedily whichever gains most, as long as
 * one gains; `barred` never. Returns the sum of their log10 ratios, each on what those before it left. The canaries
 * stay covered and s->chosen lists who did it, until undo(). No thresholds: what stands against a source need not
 * itself be fit to be named.
 */
static double explain(struct search *s, uint32_t first, uint32_t barred)
{
    s->n_chosen = 0;
    for (uint32_t i = 0; i < s->n_sources; i++) { /* weights are of the present state, but for what is left out */
        s->gain[s->source[i]] = s->by_source[s->source[i]].weight.log10_lr;
        s->spoiled[s->source[i]] = false;
    }
    for (uint32_t i = 0; i < s->n_left_out; i++)
        mark_holders(s, s->left_out[i], s->spoiled);
    double sum = 0;
    double gain = first != NONE ? gain_of(s, first) : 0;
    uint32_t next = first != NONE ? first : best_gain(s, barred, &gain);
    while (next != NONE) {
        sum += gain;
        s->taken[next] = true;
        s->chosen[s->n_chosen++] = next;
        cover(s, next, s->spoiled);
        next = best_gain(s, barred, &gain);
    }
    return sum;
}

static void undo(struct search *s)
{
    for (uint32_t i = 0; i < s->n_chosen; i++) {
        s->taken[s->chosen[i]] = false;
        model_uncover(s->m, s->chosen[i]);
    }
}

/* Covers up to `most` of the canaries marked in only_with, the most probable first, and takes note of them. */
static void leave_out(struct search *s, uint32_t most)
{
    struct ranked *r = s->ranked;
    size_t n = 0;
    for (uint32_t i = 0; i < s->n_canaries; i++)
        if (s->only_with[s->canary[i]])
            r[n++] = (struct ranked){s->m->seen[s->canary[i]], s->canary[i]};
    if (n > most)
        qsort(r, n, sizeof *r, most_probable_first);
    for (size_t i = 0; i < n && i < most; i++) {
        s->m->covered[r[i].canary]++;
        s->left_out[s->n_left_out++] = r[i].canary;
    }
}

static bool shares(const struct search *s, uint32_t a, uint32_t b)
{
    const struct model *m = s->m;
    size_t i = m->exclusive.from[a];
    size_t j = m->exclusive.from[b];
    while (i < m->exclusive.from[a + 1] && j < m->exclusive.from[b + 1]) { /* both by canary */
        uint32_t t = m->exclusive.at[i].canary;
        uint32_t u = m->exclusive.at[j].canary;
        if (t == u && model_is_open(m, t))
            return true;
        i += t <= u;
        j += u <= t;
    }
    return false;
}

/*
 * How many orders of magnitude `with`, the best explanation with `source`, is better than the best without it that
 * begins with `first` (or NONE: with what gains most). ret_strict: leaving out the canaries that only the former
 * accounts for, up to `astray` of them.
 */
static double compare(struct search *s, uint32_t source, double with, uint32_t first, uint32_t astray,
                      double *ret_strict)
{
    struct model *m = s->m;
    double without = explain(s, first, source);
    for (uint32_t i = 0; i < s->n_canaries; i++)
        s->only_with[s->canary[i]] = s->in_with[s->canary[i]] && m->covered[s->canary[i]] == 0;
    undo(s);

    double less = with;
    leave_out(s, astray);
    if (s->n_left_out > 0) {
        less = explain(s, source, NONE);
        undo(s);
    }
    while (s->n_left_out > 0)
        m->covered[s->left_out[--s->n_left_out]]--;
    *ret_strict = less - without;
    return with - without;
}

/* Greed finds no best explanation for certain, so a source that is about to enter is also compared with what begins
 * with each one that shares a canary with it. */
static void weigh_need(struct search *s, uint32_t source)
{
    struct model *m = s->m;
    uint32_t astray = model_astray(m, source);
    double with = explain(s, source, NONE);
    for (uint32_t i = 0; i < s->n_canaries; i++)
        s->in_with[s->canary[i]] = m->covered[s->canary[i]] != 0;
    undo(s);
    s->plain[source] = compare(s, source, with, NONE, astray, &s->strict[source]);
    for (uint32_t i = 0; i < s->n_sources && s->strict[source] > m->params->min_log10_margin; i++) {
        if (s->source[i] == source || !shares(s, source, s->source[i]))
            continue;
        double strict;
        s->plain[source] = fmin(s->plain[source], compare(s, source, with, s->source[i], astray, &strict));
        s->strict[source] = fmin(s->strict[source], strict);
    }
}

static void settle(struct search *s, uint32_t source, enum standing standing, uint32_t number)
{
    s->by_source[source].standing = standing;
    s->by_source[source].group = number;
    cover(s, source, s->stale);
}

/* The undecided ones that share canaries with each other are a group; one by itself is no choice between sources. */
static void group(struct search *s, uint32_t source, uint32_t *groups)
{
    tie_all(s, source, s->undecided);
    bool any_passes = false;
    for (uint32_t i = 0; i < s->n_sources; i++)
        any_passes |= weight_passes(&s->by_source[s->source[i]].weight, s->m);
    if (!any_passes)
        return;
    if (s->n_sources == 1) {
        s->by_source[source].standing = DROPPED;
        return;
    }
    ++*groups;
    for (uint32_t i = 0; i < s->n_sources; i++)
        settle(s, s->source[i], IN_GROUP, *groups);
}

/* Of the tied sources, none of which is needed: those that are out, and those that can't be told apart. */
static void part(struct search *s, uint32_t *groups)
{
    for (uint32_t i = 0; i < s->n_sources; i++) {
        uint32_t j = s->source[i];
        if (s->by_source[j].standing == OPEN && !s->undecided[j] && weight_passes(&s->by_source[j].weight, s->m))
            s->by_source[j].standing = DROPPED;
    }
    for (uint32_t i = 0; i < s->m->n_sources; i++) /* not over s->source: group() takes it for itself */
        if (s->undecided[i] && s->by_source[i].standing == OPEN)
            group(s, i, groups);
}

/*
 * Judge all that is tied to `source`, each on the same state, so that their order does not matter: first those that
 * nothing can replace, and the others again on what these leave; when there are none, the others at once.
 */
static void judge(struct search *s, uint32_t source, uint32_t *groups)
{
    const struct model *m = s->m;
    double margin = m->params->min_log10_margin;
    tie_all(s, source, NULL);
    if (s->n_sources == 1) { /* nobody else holds any of it */
        settle(s, source, IN_SET, 0);
        return;
    }
    bool any = false;
    for (uint32_t i = 0; i < s->n_sources; i++)
        if (s->by_source[s->source[i]].weight.log10_lr > 0)
            weigh_need(s, s->source[i]);
    for (uint32_t i = 0; i < s->n_sources; i++) {
        uint32_t j = s->source[i];
        const struct judgement *of = &s->by_source[j];
        s->undecided[j] =
            of->weight.log10_lr > 0 && of->standing == OPEN && s->plain[j] >= -margin && s->strict[j] <= margin;
        if (weight_passes(&of->weight, m) && of->standing == OPEN && s->strict[j] > margin) {
            settle(s, j, IN_SET, 0);
            any = true;
        }
    }
    if (!any)
        part(s, groups);
    memset(s->undecided, 0, s->m->n_sources * sizeof *s->undecided);
}

static void reweigh(struct search *s)
{
    for (uint32_t i = 0; i < s->m->n_sources; i++)
        if (s->stale[i] && is_open(s, i)) {
            s->by_source[i].weight = model_weigh(s->m, i);
            s->stale[i] = false;
        }
}

static enum dye_status search_init(struct search *s, struct model *m, struct judgement *by_source)
{
    *s = (struct search){.m = m, .by_source = by_source};
    size_t sources = (size_t)m->n_sources + 1;
    size_t canaries = (size_t)m->n_canaries + 1;
    s->stale = calloc(sources, sizeof *s->stale);
    s->source = calloc(sources, sizeof *s->source);
    s->source_is_tied = calloc(sources, sizeof *s->source_is_tied);
    s->taken = calloc(sources, sizeof *s->taken);
    s->chosen = calloc(sources, sizeof *s->chosen);
    s->gain = calloc(sources, sizeof *s->gain);
    s->spoiled = calloc(sources, sizeof *s->spoiled);
    s->strict = calloc(sources, sizeof *s->strict);
    s->plain = calloc(sources, sizeof *s->plain);
    s->undecided = calloc(sources, sizeof *s->undecided);
    s->canary = calloc(canaries, sizeof *s->canary);
    s->canary_is_tied = calloc(canaries, sizeof *s->canary_is_tied);
    s->in_with = calloc(canaries, sizeof *s->in_with);
    s->only_with = calloc(canaries, sizeof *s->only_with);
    s->left_out = calloc(canaries, sizeof *s->left_out);
    s->ranked = calloc(canaries, sizeof *s->ranked);
    if (s->stale == NULL || s->source == NULL || s->source_is_tied == NULL || s->taken == NULL || s->chosen == NULL ||
        s->gain == NULL || s->spoiled == NULL || s->strict == NULL || s->plain == NULL || s->undecided == NULL ||
        s->canary == NULL || s->canary_is_tied == NULL || s->in_with == NULL || s->only_with == NULL ||
        s->left_out == NULL || s->ranked == NULL)
        return DYE_E_NOMEM;
    for (uint32_t i = 0; i < m->n_sources; i++)
        s->stale[i] = true;
    return DYE_OK;
}

static void search_done(struct search *s)
{
    free(s->stale);
    free(s->source);
    free(s->source_is_tied);
    free(s->taken);
    free(s->chosen);
    free(s->gain);
    free(s->spoiled);
    free(s->strict);
    free(s->plain);
    free(s->undecided);
    free(s->canary);
    free(s->canary_is_tied);
    free(s->in_with);
    free(s->only_with);
    free(s->left_out);
    free(s->ranked);
}

enum dye_status explanation_find(struct model *m, struct judgement *by_source, uint32_t *groups)
{
    struct search s;
    uint32_t found = *groups;
    enum dye_status status = search_init(&s, m, by_source);
    while (status == DYE_OK) {
        reweigh(&s);
        uint32_t best = NONE;
        for (uint32_t i = 0; i < m->n_sources; i++)
            if (by_source[i].standing == OPEN && weight_passes(&by_source[i].weight, m) &&
                (best == NONE || by_source[i].weight.log10_lr > by_source[best].weight.log10_lr))
                best = i;
        if (best == NONE)
            break;
        judge(&s, best, &found); /* at least one is no longer OPEN: this ends */
    }
    search_done(&s);
    if (status == DYE_OK)
        *groups = found;
    return status;
}
