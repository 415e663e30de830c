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

struct edge {
    uint32_t to;
    int64_t until;
};
/* Where a source's holdings flow to, at any distance, and until when: the way there that was open longest, which is
 * open until its first flow ends. */
struct reach {
    struct edge *edge; /* flows by their source: edge[from[s] .. from[s + 1]) */
    size_t *from;
    int64_t *until; /* by source: what is planted earlier gets there; INT64_MIN: nothing does */
    uint32_t *list; /* sources reached */
    size_t n;
    uint32_t *open; /* of these, whose flows are still to be followed */
    bool *is_open;
};

static bool reach_init(struct reach *r, const struct dye_attribute_case *c)
{
    *r = (struct reach){0};
    r->edge = calloc(c->n_flows + 1, sizeof *r->edge);
    r->from = calloc(c->n_sources + 2, sizeof *r->from);
    r->until = calloc(c->n_sources + 1, sizeof *r->until);
    r->list = calloc(c->n_sources + 1, sizeof *r->list);
    r->open = calloc(c->n_sources + 1, sizeof *r->open);
    r->is_open = calloc(c->n_sources + 1, sizeof *r->is_open);
    if (r->edge == NULL || r->from == NULL || r->until == NULL || r->list == NULL || r->open == NULL ||
        r->is_open == NULL)
        return false;
    for (size_t s = 0; s < c->n_sources; s++)
        r->until[s] = INT64_MIN;
    for (size_t i = 0; i < c->n_flows; i++)
        r->from[c->flows[i].from + 2]++;
    for (size_t s = 0; s < c->n_sources; s++)
        r->from[s + 1] += r->from[s];
    for (size_t i = 0; i < c->n_flows; i++)
        r->edge[r->from[c->flows[i].from + 1]++] =
            (struct edge){c->flows[i].to, c->flows[i].until != 0 ? c->flows[i].until : INT64_MAX};
    return true;
}

static void reach_done(struct reach *r)
{
    free(r->edge);
    free(r->from);
    free(r->until);
    free(r->list);
    free(r->open);
    free(r->is_open);
}

static void reach_note(struct reach *r, uint32_t source, int64_t until, size_t *open)
{
    if (r->until[source] >= until)
        return;
    if (r->until[source] == INT64_MIN)
        r->list[r->n++] = source;
    r->until[source] = until;
    if (!r->is_open[source])
        r->open[(*open)++] = source;
    r->is_open[source] = true;
}

/* A source is followed again when a way that is open longer is found, so at most once for each end of a flow. */
static void reach_from(struct reach *r, uint32_t source)
{
    size_t open = 0;
    while (r->n > 0)
        r->until[r->list[--r->n]] = INT64_MIN;
    reach_note(r, source, INT64_MAX, &open);
    while (open > 0) {
        uint32_t at = r->open[--open];
        r->is_open[at] = false;
        for (size_t i = r->from[at]; i < r->from[at + 1]; i++) {
            const struct edge *e = &r->edge[i];
            reach_note(r, e->to, e->until < r->until[at] ? e->until : r->until[at], &open);
        }
    }
}

/* A holding for everywhere that it flows; their number alone, as far as it is allowed, when out is NULL. What is taken
 * out upstream when a flow has ended stays below. */
static size_t spread(const struct holdings *direct, struct reach *r, size_t n_sources, struct holding *out)
{
    size_t n = 0;
    for (uint32_t s = 0; s < n_sources && n <= HOLDINGS_MAX; s++) {
        if (direct->from[s] == direct->from[s + 1])
            continue;
        reach_from(r, s);
        for (size_t i = direct->from[s]; i < direct->from[s + 1] && n <= HOLDINGS_MAX; i++)
            for (size_t k = 0; k < r->n; k++) {
                int64_t until = r->until[r->list[k]];
                if (direct->at[i].planted_at >= until)
                    continue;
                if (out != NULL) {
                    out[n] = direct->at[i];
                    out[n].source = r->list[k];
                    if (out[n].withdrawn_at >= until)
                        out[n].withdrawn_at = INT64_MAX;
                }
                n++;
            }
    }
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
    if (c->n_flows > 0 && h->n > 0)
        DYE_TRY(flow_down(c, h, err));
    drop_withdrawn(h, c, seen);
    return DYE_OK;
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
