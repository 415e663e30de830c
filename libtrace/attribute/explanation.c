#include "explanation.h"

#include <stdlib.h>

#define NONE UINT32_MAX

/* The sources that are tied together through open canaries (seen, not explained), and those canaries. */
struct search {
    struct model *m;
    struct judgement *by_source;
    bool *stale;               /* by source: its weight is older than what is covered */
    uint32_t *source, *canary; /* the tied ones */
    uint32_t n_sources, n_canaries;
    bool *source_is_tied, *canary_is_tied;
    bool *with, *without; /* by source: chosen by the explanation with the one judged, and without it */
    bool *trial;          /* by source: of no further use */
    bool *canary_with;    /* by canary: accounted for by the explanation with it */
    uint32_t *chosen;     /* of the explanation at work */
    uint32_t n_chosen;
};

static bool is_open_to(const struct search *s, uint32_t source)
{
    return s->by_source[source].standing == OPEN || s->by_source[source].standing == DROPPED;
}

static void tie(struct search *s, uint32_t source)
{
    if (s->source_is_tied[source] || !is_open_to(s, source))
        return;
    s->source_is_tied[source] = true;
    s->source[s->n_sources++] = source;
}

/* Breadth first from `source`, through canaries to their other holders. */
static void tie_all(struct search *s, uint32_t source)
{
    const struct model *m = s->m;
    s->n_sources = s->n_canaries = 0;
    tie(s, source);
    for (uint32_t at = 0; at < s->n_sources; at++)
        for (size_t i = m->from[s->source[at]]; i < m->from[s->source[at] + 1]; i++) {
            uint32_t t = m->held[i].canary;
            if (!model_is_open(m, t) || s->canary_is_tied[t])
                continue;
            s->canary_is_tied[t] = true;
            s->canary[s->n_canaries++] = t;
            for (size_t h = m->holder_from[t]; h < m->holder_from[t + 1]; h++)
                tie(s, m->holder[h]);
        }
    for (uint32_t i = 0; i < s->n_sources; i++)
        s->source_is_tied[s->source[i]] = false;
    for (uint32_t i = 0; i < s->n_canaries; i++)
        s->canary_is_tied[s->canary[i]] = false;
}

/* The tied source that gains most on what is open, by more than nothing; NONE when there is none. */
static uint32_t best_gain(const struct search *s, uint32_t barred, const bool *taken, double *ret_gain)
{
    uint32_t best = NONE;
    double gain = 0;
    for (uint32_t i = 0; i < s->n_sources; i++) {
        uint32_t source = s->source[i];
        if (source == barred || taken[source])
            continue;
        double g = model_weigh(s->m, source).log10_lr;
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
 * stay covered and s->chosen lists who did it, until undo(); taken says the same by source. No thresholds: what stands
 * against a source need not itself be fit to be named.
 */
static double explain(struct search *s, uint32_t first, uint32_t barred, bool *taken)
{
    for (uint32_t i = 0; i < s->n_sources; i++)
        taken[s->source[i]] = false;
    s->n_chosen = 0;
    double sum = 0;
    double gain = first != NONE ? model_weigh(s->m, first).log10_lr : 0;
    uint32_t next = first != NONE ? first : best_gain(s, barred, taken, &gain);
    while (next != NONE) {
        sum += gain;
        taken[next] = true;
        s->chosen[s->n_chosen++] = next;
        model_cover(s->m, next);
        next = best_gain(s, barred, taken, &gain);
    }
    return sum;
}

static void undo(struct search *s)
{
    for (uint32_t i = 0; i < s->n_chosen; i++)
        model_uncover(s->m, s->chosen[i]);
}

/* The most probable of the canaries that only the explanation with the source accounts for; NONE when no more are. */
static uint32_t take_best(struct search *s)
{
    uint32_t best = NONE;
    for (uint32_t i = 0; i < s->n_canaries; i++) {
        uint32_t t = s->canary[i];
        if (s->canary_with[t] &&
            (best == NONE || s->m->seen[t] > s->m->seen[best] || (s->m->seen[t] == s->m->seen[best] && t < best)))
            best = t;
    }
    if (best != NONE)
        s->canary_with[best] = false;
    return best;
}

/* ret_strict: how much better the explanation with `source` is without the canaries that it alone accounts for, up to
 * min_seen - 1 of them; ret_plain: with all. */
static void compare(struct search *s, uint32_t source, double *ret_strict, double *ret_plain)
{
    struct model *m = s->m;
    double with = explain(s, source, NONE, s->with);
    for (uint32_t i = 0; i < s->n_canaries; i++)
        s->canary_with[s->canary[i]] = m->covered[s->canary[i]] != 0;
    undo(s);

    double without = explain(s, NONE, source, s->without);
    for (uint32_t i = 0; i < s->n_canaries; i++)
        if (m->covered[s->canary[i]] != 0)
            s->canary_with[s->canary[i]] = false;
    undo(s);
    *ret_plain = with - without;

    uint32_t left_out = 0;
    for (uint32_t t; left_out + 1 < m->params->min_seen && (t = take_best(s)) != NONE; left_out++) {
        m->covered[t]++;
        s->canary[s->n_canaries + left_out] = t;
    }
    if (left_out > 0) {
        with = explain(s, source, NONE, s->trial);
        undo(s);
        for (uint32_t i = 0; i < left_out; i++)
            m->covered[s->canary[s->n_canaries + i]]--;
    }
    *ret_strict = with - without;
}

static void settle(struct search *s, uint32_t source, enum standing standing, uint32_t group)
{
    const struct model *m = s->m;
    s->by_source[source].standing = standing;
    s->by_source[source].group = group;
    model_cover(s->m, source);
    for (size_t i = m->from[source]; i < m->from[source + 1]; i++) {
        uint32_t t = m->held[i].canary;
        for (size_t h = m->holder_from[t]; h < m->holder_from[t + 1]; h++)
            s->stale[m->holder[h]] = true;
    }
}

static void judge(struct search *s, uint32_t source, uint32_t *groups)
{
    double margin = s->m->params->min_log10_margin;
    double strict;
    double plain;
    tie_all(s, source);
    if (s->n_sources == 1) { /* nobody else holds any of it */
        settle(s, source, IN_SET, 0);
        return;
    }
    compare(s, source, &strict, &plain);
    if (strict > margin) {
        settle(s, source, IN_SET, 0);
        return;
    }
    uint32_t rivals = 0;
    for (uint32_t i = 0; i < s->n_sources; i++)
        rivals += s->without[s->source[i]] && !s->with[s->source[i]];
    if (-plain > margin || rivals == 0) {
        s->by_source[source].standing = DROPPED;
        return;
    }
    ++*groups;
    for (uint32_t i = 0; i < s->n_sources; i++) /* weigh all before any of them covers what the next one holds */
        s->by_source[s->source[i]].weight = model_weigh(s->m, s->source[i]);
    for (uint32_t i = 0; i < s->n_sources; i++) {
        uint32_t j = s->source[i];
        if (j == source || (s->without[j] && !s->with[j]))
            settle(s, j, IN_GROUP, *groups);
    }
}

static void reweigh(struct search *s)
{
    for (uint32_t i = 0; i < s->m->n_sources; i++)
        if (s->stale[i] && is_open_to(s, i)) {
            s->by_source[i].weight = model_weigh(s->m, i);
            s->stale[i] = false;
        }
}

static enum dye_status search_init(struct search *s, struct model *m, struct judgement *by_source)
{
    *s = (struct search){.m = m, .by_source = by_source};
    size_t sources = (size_t)m->n_sources + 1;
    size_t canaries = (size_t)m->n_canaries + 1;
    s->stale = malloc(sources * sizeof *s->stale);
    s->source = malloc(sources * sizeof *s->source);
    s->chosen = malloc(sources * sizeof *s->chosen);
    s->source_is_tied = calloc(sources, sizeof *s->source_is_tied);
    s->with = calloc(sources, sizeof *s->with);
    s->without = calloc(sources, sizeof *s->without);
    s->trial = calloc(sources, sizeof *s->trial);
    s->canary = malloc(2 * canaries * sizeof *s->canary); /* the tied ones, then those left out */
    s->canary_is_tied = calloc(canaries, sizeof *s->canary_is_tied);
    s->canary_with = calloc(canaries, sizeof *s->canary_with);
    if (s->stale == NULL || s->source == NULL || s->chosen == NULL || s->source_is_tied == NULL || s->with == NULL ||
        s->without == NULL || s->trial == NULL || s->canary == NULL || s->canary_is_tied == NULL ||
        s->canary_with == NULL)
        return DYE_E_NOMEM;
    for (uint32_t i = 0; i < m->n_sources; i++)
        s->stale[i] = true;
    return DYE_OK;
}

static void search_done(struct search *s)
{
    free(s->stale);
    free(s->source);
    free(s->chosen);
    free(s->source_is_tied);
    free(s->with);
    free(s->without);
    free(s->trial);
    free(s->canary);
    free(s->canary_is_tied);
    free(s->canary_with);
}

enum dye_status explanation_find(struct model *m, struct judgement *by_source, uint32_t *ret_groups)
{
    struct search s;
    uint32_t groups = 0;
    enum dye_status status = search_init(&s, m, by_source);
    while (status == DYE_OK) {
        reweigh(&s);
        uint32_t best = NONE;
        for (uint32_t i = 0; i < m->n_sources; i++)
            if (by_source[i].standing == OPEN && weight_passes(&by_source[i].weight, m->params) &&
                (best == NONE || by_source[i].weight.log10_lr > by_source[best].weight.log10_lr))
                best = i;
        if (best == NONE)
            break;
        judge(&s, best, &groups); /* no longer OPEN: this ends */
    }
    search_done(&s);
    if (status == DYE_OK)
        *ret_groups = groups;
    return status;
}
