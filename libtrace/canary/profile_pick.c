/*
 * profile_pick: a value of a group by its count, and what comes where the group only says "something rare".
 */
#include "profile_pick.h"

struct choice {
    const struct dye_profile *p;
    const struct profile_group *g;
    profile_filter filter;
    const void *arg;
    bool rest;
};

/* What a value counts: nothing where it may not come. */
static uint64_t weight(const struct choice *c, size_t i)
{
    const struct profile_value *v = &c->p->value[c->g->first + i];
    return c->filter != NULL && !c->filter(v->text, c->arg) ? 0 : c->rest ? v->rest : v->n;
}

static uint64_t kept_total(const struct choice *c)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->g->values; i++)
        n += weight(c, i);
    return n;
}

static const char *choose(const struct choice *c, uint64_t random, bool rare)
{
    const struct choice all = {c->p, c->g, NULL, NULL, false};
    uint64_t total = kept_total(c) + (rare ? c->g->total - kept_total(&all) : 0);
    uint64_t at = total != 0 ? random % total : 0; /* totals stay below 2^48: a bias of 2^-16 at worst */
    for (size_t i = 0; total != 0 && i < c->g->values; i++) {
        uint64_t n = weight(c, i);
        if (at < n)
            return c->p->value[c->g->first + i].text;
        at -= n;
    }
    return NULL;
}

const char *profile_pick(const struct dye_profile *p, const struct profile_group *g, uint64_t random, bool rare,
                         profile_filter filter, const void *arg)
{
    const struct choice c = {p, g, filter, arg, false};
    return g != NULL ? choose(&c, random, rare) : NULL;
}

bool profile_is_not_in(const char *value, const void *arg)
{
    const struct profile_passed *x = arg;
    for (size_t k = 0; k < x->g->values; k++)
        if (strcmp(x->p->value[x->g->first + k].text, value) == 0)
            return false;
    return true;
}

const char *profile_pick_rest(const struct dye_profile *p, const struct profile_group *g,
                              const struct profile_group *passed, uint64_t random, bool rare)
{
    const struct profile_passed x = {p, passed};
    struct choice c = {p, g, passed != NULL ? profile_is_not_in : NULL, &x, true};
    if (g == NULL)
        return NULL;
    c.rest = kept_total(&c) != 0; /* else by all that they have */
    return choose(&c, random, rare);
}

static bool is_rare(const char *value, const void *arg)
{
    const struct widening *w = arg;
    if (w->no_region && (strcmp(value, ADDRESS_PROVINCE) == 0 || strcmp(value, ADDRESS_PREFECTURE) == 0))
        return false;
    for (size_t g = 0; g < w->n; g++)
        for (size_t i = 0; i < w->passed[g]->values; i++)
            if (strcmp(w->p->value[w->passed[g]->first + i].text, value) == 0)
                return false;
    return true;
}

const char *profile_widen(struct widening *w, const char *context, bool last)
{
    const struct profile_group *g = profile_find(w->p, w->column, w->facet, context);
    const char *value = profile_pick(w->p, g, dye_prf_u64(w->draw), !last, is_rare, w);
    if (value == NULL && g != NULL && w->n < CONTEXTS_MAX)
        w->passed[w->n++] = g;
    return value;
}
