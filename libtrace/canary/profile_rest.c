/*
 * profile_rest: what is left of the counts of a wide context when those that stand in its narrow ones are taken away.
 * Where a narrow context only says "something rare", a value is drawn by what is left: drawn by all counts, what is
 * frequent in some other context would come too often.
 */
#include "profile_symbol.h"

#include <stdlib.h>

enum sort { NEITHER, WIDE, NARROW };
struct entry {
    const char *about, *text; /* counts are compared of one `about` */
    struct profile_value *value;
    enum sort sort;
};

static bool is_of_columns(const char *facet)
{
    static const char *const facets[] = {FACET_SYMBOL, FACET_ABSOLUTE, FACET_LAG, "ending"};
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++)
        if (strcmp(facet, facets[i]) == 0)
            return true;
    return false;
}

/* Of an address the last characters around a number are wide ("路>号"), a place and the part are narrow ("泉城路@号");
 * of others no context is wide, and all else narrow. */
static enum sort sort_of(const struct profile_group *g, const char **ret_about)
{
    *ret_about = "";
    if (is_of_columns(g->facet))
        return g->context[0] == '\0' ? WIDE : NARROW;
    if (strcmp(g->facet, "stem") != 0 && strcmp(g->facet, "number") != 0)
        return NEITHER;
    *ret_about = last_character(g->context);
    if (strchr(g->context, '@') != NULL)
        return NARROW;
    const char *sign = strchr(g->context, '>');
    bool wide = sign != NULL && character_bytes(g->context) == (size_t)(sign - g->context) &&
                character_bytes(sign + 1) == strlen(sign + 1);
    return wide ? WIDE : NEITHER;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->about, y->about);
    return order != 0 ? order : strcmp(x->text, y->text);
}

/* n * part / whole, of any counts. */
static uint64_t share(uint64_t n, uint64_t part, uint64_t whole)
{
    for (; whole >> 16 != 0; whole >>= 1)
        part >>= 1;
    return part >= whole ? n : n / whole * part + n % whole * part / whole;
}

static void count(struct entry *e, size_t n)
{
    qsort(e, n, sizeof *e, compare);
    for (size_t i = 0, end; i < n; i = end) {
        uint64_t sum[NARROW + 1] = {0};
        for (end = i; end < n && compare(&e[i], &e[end]) == 0; end++)
            sum[e[end].sort] += e[end].value->n;
        for (size_t j = i; j < end; j++)
            if (e[j].sort == WIDE)
                e[j].value->rest -= share(e[j].value->n, sum[NARROW], sum[WIDE]);
    }
}

/* Of groups of one facet. */
static void count_facet(struct dye_profile *p, size_t from, size_t to, struct entry *e)
{
    size_t n = 0;
    for (size_t g = from; g < to; g++) {
        const char *about;
        enum sort sort = sort_of(&p->group[g], &about);
        for (size_t i = 0; sort != NEITHER && i < p->group[g].values; i++) {
            struct profile_value *v = &p->value[p->group[g].first + i];
            e[n++] = (struct entry){about, v->text, v, sort};
        }
    }
    count(e, n);
}

enum dye_status profile_count_rest(struct dye_profile *p)
{
    struct entry *e = calloc(p->values + 1, sizeof *e);
    if (e == NULL)
        return DYE_E_NOMEM;
    for (size_t i = 0; i < p->values; i++)
        p->value[i].rest = p->value[i].n;
    for (size_t i = 0, end; i < p->groups; i = end) {
        const struct profile_group *first = &p->group[i];
        for (end = i; end < p->groups && strcmp(p->group[end].column, first->column) == 0 &&
                      strcmp(p->group[end].facet, first->facet) == 0;
             end++)
            ;
        count_facet(p, i, end, e);
    }
    free(e);
    return DYE_OK;
}
