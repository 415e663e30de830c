#include "holdings.h"

#include <stdlib.h>
#include <string.h>

enum { HOLDINGS_MAX = 1 << 27 };

/* One stable pass of a counting sort, by canary or by source. `start` has a place more than there are keys, all zero.
 */
static void sort_by(const struct holding *in, size_t n, struct holding *out, size_t *start, size_t keys, bool source)
{
    for (size_t i = 0; i < n; i++)
        start[(source ? in[i].source : in[i].canary) + 1]++;
    for (size_t k = 0; k < keys; k++)
        start[k + 1] += start[k];
    for (size_t i = 0; i < n; i++)
        out[start[source ? in[i].source : in[i].canary]++] = in[i];
}

static void merge(struct holding *into, const struct holding *h)
{
    into->variants |= h->variants;
    if (h->origin == h->source || (h->origin < into->origin && into->origin != into->source))
        into->origin = h->origin;
    if (h->planted_at < into->planted_at)
        into->planted_at = h->planted_at;
    if (h->withdrawn_at > into->withdrawn_at)
        into->withdrawn_at = h->withdrawn_at;
}

/* By source, then by canary; the same of both are one. */
static enum dye_status order(struct holdings *h, size_t n_sources, size_t n_canaries)
{
    struct holding *scratch = malloc((h->n + 1) * sizeof *scratch);
    size_t *start = calloc(n_canaries + 1, sizeof *start);
    free(h->from);
    h->from = calloc(n_sources + 2, sizeof *h->from);
    if (scratch == NULL || start == NULL || h->from == NULL) {
        free(scratch);
        free(start);
        return DYE_E_NOMEM;
    }
    sort_by(h->at, h->n, scratch, start, n_canaries, false);
    sort_by(scratch, h->n, h->at, h->from, n_sources, true);
    free(scratch);
    free(start);
    size_t kept = 0;
    for (size_t i = 0; i < h->n; i++)
        if (kept > 0 && h->at[kept - 1].source == h->at[i].source && h->at[kept - 1].canary == h->at[i].canary)
            merge(&h->at[kept - 1], &h->at[i]);
        else
            h->at[kept++] = h->at[i];
    h->n = kept;
    memset(h->from, 0, (n_sources + 2) * sizeof *h->from);
    for (size_t i = 0; i < kept; i++)
        h->from[h->at[i].source + 1]++;
    for (size_t s = 0; s < n_sources; s++)
        h->from[s + 1] += h->from[s];
    return DYE_OK;
}

enum dye_status holdings_raise(struct holdings *h, const uint32_t *node, size_t n_sources, size_t n_canaries)
{
    for (size_t i = 0; i < h->n; i++)
        h->at[i].source = node[h->at[i].source];
    return order(h, n_sources, n_canaries);
}

/* Where a source's holdings flow to, at any distance: breadth first, each source once. */
struct reach {
    uint32_t *to; /* flows by their source: to[from[s] .. from[s + 1]) */
    size_t *from;
    uint32_t *list, *visit; /* sources reached; by source, the last start that reached it */
    size_t n;
};

static bool reach_init(struct reach *r, const struct dye_attribute_case *c)
{
    *r = (struct reach){0};
    r->to = calloc(c->n_flows + 1, sizeof *r->to);
    r->from = calloc(c->n_sources + 2, sizeof *r->from);
    r->list = calloc(c->n_sources + 1, sizeof *r->list);
    r->visit = calloc(c->n_sources + 1, sizeof *r->visit);
    if (r->to == NULL || r->from == NULL || r->list == NULL || r->visit == NULL)
        return false;
    for (size_t i = 0; i < c->n_flows; i++)
        r->from[c->flows[i].from + 2]++;
    for (size_t s = 0; s < c->n_sources; s++)
        r->from[s + 1] += r->from[s];
    for (size_t i = 0; i < c->n_flows; i++)
        r->to[r->from[c->flows[i].from + 1]++] = c->flows[i].to;
    return true;
}

static void reach_done(struct reach *r)
{
    free(r->to);
    free(r->from);
    free(r->list);
    free(r->visit);
}

static void reach_from(struct reach *r, uint32_t source)
{
    r->n = 0;
    r->list[r->n++] = source;
    r->visit[source] = source + 1;
    for (size_t at = 0; at < r->n; at++)
        for (size_t i = r->from[r->list[at]]; i < r->from[r->list[at] + 1]; i++)
            if (r->visit[r->to[i]] != source + 1) {
                r->visit[r->to[i]] = source + 1;
                r->list[r->n++] = r->to[i];
            }
}

/* A holding for everywhere that it flows; their number alone when out is NULL. */
static size_t spread(const struct holdings *direct, struct reach *r, size_t n_sources, struct holding *out)
{
    size_t n = 0;
    for (uint32_t s = 0; s < n_sources; s++) {
        if (direct->from[s] == direct->from[s + 1])
            continue;
        reach_from(r, s);
        for (size_t i = direct->from[s]; i < direct->from[s + 1] && out != NULL; i++)
            for (size_t k = 0; k < r->n; k++) {
                struct holding *h = &out[n + (i - direct->from[s]) * r->n + k];
                *h = direct->at[i];
                h->source = r->list[k];
            }
        n += (direct->from[s + 1] - direct->from[s]) * r->n;
    }
    memset(r->visit, 0, n_sources * sizeof *r->visit);
    return n;
}

static enum dye_status flow_down(const struct dye_attribute_case *c, struct holdings *h, struct dye_error *err)
{
    struct reach r;
    struct holding *all = NULL;
    enum dye_status status = DYE_E_NOMEM;
    if (reach_init(&r, c)) {
        size_t n = spread(h, &r, c->n_sources, NULL);
        if (n > HOLDINGS_MAX)
            status = dye_fail(err, DYE_E_LIMIT, "attribution: flows make more than %d holdings", HOLDINGS_MAX);
        else if ((all = malloc((n + 1) * sizeof *all)) != NULL) {
            spread(h, &r, c->n_sources, all);
            free(h->at);
            h->at = all;
            h->n = n;
            status = order(h, c->n_sources, c->n_canaries);
        }
    }
    reach_done(&r);
    return status;
}

static void drop_withdrawn(struct holdings *h, const struct dye_attribute_case *c, const double *seen)
{
    size_t kept = 0;
    memset(h->from, 0, (c->n_sources + 2) * sizeof *h->from);
    for (size_t i = 0; i < h->n; i++)
        if (h->at[i].withdrawn_at >= c->acquired_at || seen[h->at[i].canary] > 0) {
            h->from[h->at[i].source + 1]++;
            h->at[kept++] = h->at[i];
        }
    h->n = kept;
    for (size_t s = 0; s < c->n_sources; s++)
        h->from[s + 1] += h->from[s];
}

static enum dye_status gather(const struct dye_attribute_case *c, const bool *out, const double *seen, bool shared,
                              struct holdings *h, struct dye_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_holdings; i++)
        n += (c->canaries[c->holdings[i].canary].bias > 0) == shared;
    if (n > HOLDINGS_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "attribution: more than %d holdings", HOLDINGS_MAX);
    h->at = malloc((n + 1) * sizeof *h->at);
    if (h->at == NULL)
        return DYE_E_NOMEM;
    for (size_t i = 0; i < c->n_holdings; i++) {
        const struct dye_attribute_holding *x = &c->holdings[i];
        if (x->planted_at <= c->acquired_at && !out[x->canary] && (c->canaries[x->canary].bias > 0) == shared)
            h->at[h->n++] = (struct holding){
                .source = x->source,
                .canary = x->canary,
                .origin = x->source,
                .variants = x->variants,
                .planted_at = x->planted_at,
                .withdrawn_at = x->withdrawn_at != 0 ? x->withdrawn_at : INT64_MAX,
            };
    }
    if (order(h, c->n_sources, c->n_canaries) != DYE_OK)
        return DYE_E_NOMEM;
    drop_withdrawn(h, c, seen);
    return c->n_flows == 0 || h->n == 0 ? DYE_OK : flow_down(c, h, err);
}

enum dye_status holdings_gather(const struct dye_attribute_case *c, const bool *out, const double *seen,
                                struct holdings *ret_exclusive, struct holdings *ret_shared, struct dye_error *err)
{
    *ret_exclusive = *ret_shared = (struct holdings){0};
    enum dye_status status = gather(c, out, seen, false, ret_exclusive, err);
    if (status == DYE_OK)
        status = gather(c, out, seen, true, ret_shared, err);
    if (status == DYE_E_NOMEM)
        DYE_FAIL(err, DYE_E_NOMEM, "attribution: out of memory");
    return status;
}

void holdings_done(struct holdings *h)
{
    free(h->at);
    free(h->from);
    *h = (struct holdings){0};
}
