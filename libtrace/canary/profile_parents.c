/*
 * profile_parents: of each column, the one other column that tells most of it. Counts by all others are dropped.
 *
 * A parent's worth is the information that it gives, less what the parameters cost (Chow and Liu 1968; the Bayesian
 * information criterion, Schwarz 1978). Dates stand by the month or behind another, whichever takes fewer nats to say.
 */
#include "profile_learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct key { /* a count's, taken apart; points into it */
    struct dye_span column, facet, context, value;
    struct dye_span parent; /* of the context, up to '='; n = 0: the column alone */
    uint64_t n;
};

static struct dye_span piece(const char **at, char end)
{
    const char *from = *at, *to = strchr(from, end);
    if (to == NULL)
        to = from + strlen(from);
    *at = *to != '\0' ? to + 1 : to;
    return dye_span_of(from, (size_t)(to - from));
}

static struct key take_apart(const struct count_entry *e)
{
    const char *at = e->key;
    struct key k = {.n = e->n};
    k.column = piece(&at, COUNT_SEPARATOR);
    k.facet = piece(&at, COUNT_SEPARATOR);
    k.context = piece(&at, COUNT_SEPARATOR);
    k.value = dye_span_str(at);
    const uint8_t *sign = k.context.n != 0 ? memchr(k.context.p, '=', k.context.n) : NULL;
    k.parent = dye_span_of(k.context.p, sign != NULL ? (size_t)(sign - k.context.p) : 0);
    return k;
}

static bool is_facet(struct dye_span facet, const char *name)
{
    return dye_span_equal(facet, dye_span_str(name));
}

static bool has_parents(struct dye_span facet)
{
    return is_facet(facet, FACET_SYMBOL) || is_facet(facet, FACET_ABSOLUTE) || is_facet(facet, FACET_LAG) ||
           is_facet(facet, FACET_LEAD);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp((*(const struct count_entry *const *)a)->key, (*(const struct count_entry *const *)b)->key);
}

static double n_log_n(uint64_t n)
{
    return n != 0 ? (double)n * log((double)n) : 0;
}

/* Of keys [from, end), which are of one column, facet and parent: nats that the parent saves, less what it costs. */
static enum dye_status worth(struct count_entry *const *e, size_t from, size_t end, double *ret)
{
    struct counts marginal;
    double inside = 0, contexts = 0, alone = 0, free_parameters = 0;
    uint64_t total = 0, of_context = 0;
    DYE_TRY(counts_init(&marginal, 4096));
    for (size_t i = from; i < end; i++) {
        struct key k = take_apart(e[i]);
        bool first = i == from || !dye_span_equal(k.context, take_apart(e[i - 1]).context);
        if (first) {
            contexts += n_log_n(of_context);
            of_context = 0;
        }
        free_parameters += !first;
        inside += n_log_n(k.n);
        of_context += k.n;
        total += k.n;
        counts_add(&marginal, "", "", "", k.value, k.n);
    }
    contexts += n_log_n(of_context);
    for (size_t i = 0; i < marginal.slots; i++)
        if (marginal.entry[i].key != NULL)
            alone += n_log_n(marginal.entry[i].n);
    free_parameters -= marginal.used > 0 ? (double)(marginal.used - 1) : 0;
    *ret = inside - contexts - alone + n_log_n(total) - 0.5 * log((double)(total + 1)) * free_parameters;
    bool nomem = marginal.nomem;
    counts_done(&marginal);
    return nomem ? DYE_E_NOMEM : DYE_OK;
}

/* ---- the mode of dates ---- */

static double days_of_symbol(struct dye_span symbol)
{
    unsigned bucket = 0;
    for (size_t i = 1; i < symbol.n && dye_is_digit(symbol.p[i]) && bucket < SYMBOL_BUCKETS; i++)
        bucket = bucket * 10 + (unsigned)(symbol.p[i] - '0');
    double width = bucket < SYMBOL_BUCKETS ? (double)(symbol_low(bucket + 1) - symbol_low(bucket)) : 1;
    return symbol.p[0] == 's' || symbol.p[0] == 'm' ? width / SOON_S : strchr("yh", symbol.p[0]) != NULL ? 1 : width;
}

/* Nats to say one of the keys [from, end), all of one group, in days; their number. */
static double nats(struct count_entry *const *e, size_t from, size_t end, bool lag, uint64_t *ret_n)
{
    double sum = 0;
    uint64_t total = 0;
    for (size_t i = from; i < end; i++) {
        struct key k = take_apart(e[i]);
        sum += (double)k.n * log(lag ? days_of_symbol(k.value) : 30) - n_log_n(k.n);
        total += k.n;
    }
    *ret_n = total;
    return total != 0 ? sum / (double)total + log((double)total) : 0;
}

/* ---- choosing ---- */

struct choice {
    struct dye_span column, facet, parent; /* parent.n = 0: none */
    double worth;
    double nats; /* of the column alone: dates */
    uint64_t n;
};
enum { CHOICES = 3 * DYE_SECTOR_COLUMNS_MAX };
struct choices {
    struct choice of[CHOICES];
    size_t n;
};

static struct choice *choice_of(struct choices *c, const struct key *k)
{
    for (size_t i = 0; i < c->n; i++)
        if (dye_span_equal(c->of[i].column, k->column) && dye_span_equal(c->of[i].facet, k->facet))
            return &c->of[i];
    if (c->n == CHOICES)
        return NULL;
    c->of[c->n] = (struct choice){.column = k->column, .facet = k->facet};
    return &c->of[c->n++];
}

static const struct choice *find_choice(const struct choices *c, struct dye_span column, const char *facet)
{
    for (size_t i = 0; i < c->n; i++)
        if (dye_span_equal(c->of[i].column, column) && is_facet(c->of[i].facet, facet))
            return &c->of[i];
    return NULL;
}

static bool same_parent(const struct key *a, const struct key *b)
{
    return dye_span_equal(a->column, b->column) && dye_span_equal(a->facet, b->facet) &&
           dye_span_equal(a->parent, b->parent) && (a->context.n == 0) == (b->context.n == 0);
}

static enum dye_status choose(struct count_entry *const *e, size_t n, struct choices *ret)
{
    for (size_t from = 0, end; from < n; from = end) {
        struct key first = take_apart(e[from]), k = first;
        for (end = from + 1; end < n && (k = take_apart(e[end]), same_parent(&first, &k)); end++)
            ;
        if (!has_parents(first.facet))
            continue;
        struct choice *c = choice_of(ret, &first);
        if (c == NULL)
            continue;
        if (first.context.n == 0) {
            c->nats = nats(e, from, end, is_facet(first.facet, FACET_LAG), &c->n);
            continue;
        }
        double w;
        DYE_TRY(worth(e, from, end, &w));
        if (w > c->worth) {
            c->worth = w;
            c->parent = first.parent;
        }
    }
    return DYE_OK;
}

/* Whether a date is drawn behind another. */
static bool is_lag(const struct choices *c, struct dye_span column)
{
    const struct choice *lag = find_choice(c, column, FACET_LAG), *absolute = find_choice(c, column, FACET_ABSOLUTE);
    return lag != NULL && absolute != NULL && 2 * lag->n >= absolute->n &&
           lag->nats - lag->worth / (double)(lag->n + 1) < absolute->nats - absolute->worth / (double)(absolute->n + 1);
}

static bool stays(const struct choices *c, const struct key *k)
{
    if (!has_parents(k->facet))
        return true;
    if (is_facet(k->facet, FACET_LAG) && !is_lag(c, k->column))
        return false; /* of absolute dates, those whose column before is empty still want their months */
    for (size_t i = 0; i < c->n; i++) {
        const struct choice *x = &c->of[i];
        if (dye_span_equal(x->column, k->column) && dye_span_equal(x->facet, k->facet))
            return k->context.n == 0 ? !is_facet(k->facet, FACET_LEAD) || x->parent.n != 0
                                     : x->parent.n != 0 && dye_span_equal(k->parent, x->parent);
    }
    return false;
}

static void add(struct counts *to, const struct key *k)
{
    char column[COUNT_KEY_MAX_BYTES + 1], facet[COUNT_KEY_MAX_BYTES + 1], context[COUNT_KEY_MAX_BYTES + 1];
    snprintf(column, sizeof column, "%.*s", (int)k->column.n, (const char *)k->column.p);
    snprintf(facet, sizeof facet, "%.*s", (int)k->facet.n, (const char *)k->facet.p);
    snprintf(context, sizeof context, "%.*s", (int)k->context.n, (const char *)k->context.p);
    counts_add(to, column, facet, context, k->value, k->n);
}

/* How a column's parent is told: as a value that all of its rows have. */
static void add_choices(struct counts *to, const struct choices *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct choice *x = &c->of[i];
        bool date = is_facet(x->facet, FACET_ABSOLUTE), lag = date && is_lag(c, x->column);
        struct key k = {.column = x->column, .facet = dye_span_str("parent"), .context = x->facet, .value = x->parent};
        k.n = x->n;
        if (x->parent.n != 0 && (!is_facet(x->facet, FACET_LAG) || is_lag(c, x->column)))
            add(to, &k);
        k.facet = dye_span_str(FACET_MODE);
        k.context = dye_span_str("");
        k.value = dye_span_str(lag ? FACET_LAG : FACET_ABSOLUTE);
        if (date)
            add(to, &k);
    }
}

enum dye_status learn_parents(struct dye_profile_learner *l)
{
    struct counts all = {0}, old = l->counts;
    struct choices chosen = {.n = 0};
    struct count_entry **e = malloc((old.used + 1) * sizeof *e);
    size_t n = 0;
    enum dye_status status = e != NULL ? counts_init(&all, old.max) : DYE_E_NOMEM;
    for (size_t i = 0; status == DYE_OK && i < old.slots; i++)
        if (old.entry[i].key != NULL)
            e[n++] = &old.entry[i];
    if (status == DYE_OK) {
        qsort(e, n, sizeof(struct count_entry *), compare_keys);
        status = choose(e, n, &chosen);
    }
    for (size_t i = 0; status == DYE_OK && i < n; i++) {
        struct key k = take_apart(e[i]);
        if (stays(&chosen, &k))
            add(&all, &k);
    }
    if (status == DYE_OK)
        add_choices(&all, &chosen);
    if (status == DYE_OK && (all.nomem || old.nomem))
        status = DYE_E_NOMEM;
    free(e);
    if (status != DYE_OK) {
        counts_done(&all);
        return status;
    }
    counts_done(&old);
    l->counts = all;
    return DYE_OK;
}
