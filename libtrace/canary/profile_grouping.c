/*
 * profile_grouping: how many rows one person has, and how many persons one address. A sample of phones and addresses is
 * taken by their hash (Gibbons, "Distinct sampling", VLDB 2001): when it is full, half of it is forgotten.
 */
#include "profile_learner.h"

#include <stdio.h>

static bool is_sampled(const struct grouping *g, uint64_t h)
{
    return (h & ((UINT64_C(1) << g->shift) - 1)) == 0;
}

static struct grouped *find(struct grouping *g, uint64_t h)
{
    size_t at = (size_t)(h >> 40) & (GROUPING_SLOTS - 1);
    while (g->slot[at].hash != 0 && g->slot[at].hash != h)
        at = (at + 1) & (GROUPING_SLOTS - 1);
    return &g->slot[at];
}

static void forget_half(struct grouping *g)
{
    struct grouping old = *g;
    memset(g->slot, 0, sizeof g->slot);
    g->used = 0;
    g->shift++;
    for (size_t i = 0; i < GROUPING_SLOTS; i++)
        if (old.slot[i].hash != 0 && is_sampled(g, old.slot[i].hash)) {
            *find(g, old.slot[i].hash) = old.slot[i];
            g->used++;
        }
}

void grouping_add(struct grouping *g, struct dye_span of, int year)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < of.n; i++)
        h = (h ^ of.p[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 32; /* FNV's low bits mix too little */
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 29) | UINT64_C(1) << 63;
    if (of.n == 0 || !is_sampled(g, h))
        return;
    struct grouped *s = find(g, h);
    if (s->hash == 0) {
        *s = (struct grouped){.hash = h};
        g->used++;
    }
    s->rows++;
    if (year != 0 && (s->eldest == 0 || year < s->eldest))
        s->eldest = year;
    if (g->used >= GROUPING_MAX)
        forget_half(g);
}

void learn_grouping(struct dye_profile_learner *l)
{
    for (int house = 0; house < 2; house++) {
        const struct grouping *g = house ? &l->houses : &l->persons;
        for (size_t i = 0; i < GROUPING_SLOTS; i++) {
            const struct grouped *s = &g->slot[i];
            char text[16];
            if (s->hash == 0 || s->rows > DYE_SECTOR_ROWS_MAX)
                continue;
            snprintf(text, sizeof text, "%u", s->rows);
            learner_count(l, "*", house ? "house" : "person", "", text);
            snprintf(text, sizeof text, "%04d", s->eldest);
            if (house && s->eldest != 0)
                learner_count(l, "*", "eldest", "", text);
        }
    }
}
