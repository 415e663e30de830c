#include "dye/contact.h"

#include "dye/attribute.h"
#include "overlap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUARTERS = 4, RECENT = 2, DAY = 86400 };
static const int64_t recent_s[RECENT] = {90 * DAY, 30 * DAY};

void dye_contact_params_default(struct dye_contact_params *ret)
{
    *ret = (struct dye_contact_params){.max_p_value = 0.001, .min_series = 2, .window_s = 86400};
}

const char *dye_contact_verdict_name(enum dye_contact_verdict v)
{
    static const char *const names[] = {"none", "lead", "evidence", "sink"};
    return names[v];
}

/* What is reckoned with: numbers of blocks are dense, contacts are collapsed and in order. */
struct book {
    const struct dye_contact_case *c;
    const struct dye_contact_params *p;
    struct dye_contact *contact;         /* by line and time */
    size_t *from;                        /* line i was reached by contact[from[i] .. from[i + 1]) */
    struct dye_contact_holding *holding; /* by source, then line; once each */
    size_t n_holdings;
    int64_t *first_planted; /* by line; INT64_MAX for controls */
    uint32_t *block;        /* by line, dense */
    uint32_t n_blocks;
    struct tally *tally; /* by block */
    struct overlap_stratum *stratum;
    int64_t *planted; /* of the source at work, ascending */
};
struct tally {
    double baseline_s, exposure_s; /* the second of the source at work */
    uint32_t baseline, contacts;
    uint32_t controls, controls_reached, control_contacts;
};

/* ---- order ---- */

static int by_line_caller_time(const void *a, const void *b)
{
    const struct dye_contact *x = a;
    const struct dye_contact *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->caller != y->caller)
        return x->caller < y->caller ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_line_time(const void *a, const void *b)
{
    const struct dye_contact *x = a;
    const struct dye_contact *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_source_line_time(const void *a, const void *b)
{
    const struct dye_contact_holding *x = a;
    const struct dye_contact_holding *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->planted_at > y->planted_at) - (x->planted_at < y->planted_at);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A series of calls, each within the window of the one before, is told by its first. */
static void collapse(struct book *b)
{
    const struct dye_contact_case *c = b->c;
    size_t n = 0;
    size_t kept = 0;
    struct dye_contact last = {0};
    for (size_t i = 0; i < c->n_contacts; i++) {
        const struct dye_contact *x = &c->contacts[i];
        if (x->at >= c->lines[x->line].watched_from && x->at < c->until)
            b->contact[n++] = *x;
    }
    qsort(b->contact, n, sizeof *b->contact, by_line_caller_time);
    for (size_t i = 0; i < n; i++) {
        struct dye_contact x = b->contact[i];
        if (i == 0 || x.line != last.line || x.caller != last.caller || x.at - last.at > b->p->window_s)
            b->contact[kept++] = x;
        last = x;
    }
    qsort(b->contact, kept, sizeof *b->contact, by_line_time);
    for (size_t i = 0; i < kept; i++)
        b->from[b->contact[i].line + 1]++;
    for (size_t i = 0; i < c->n_lines; i++)
        b->from[i + 1] += b->from[i];
}

static void take_holdings(struct book *b)
{
    const struct dye_contact_case *c = b->c;
    for (size_t i = 0; i < c->n_lines; i++)
        b->first_planted[i] = INT64_MAX;
    for (size_t i = 0; i < c->n_holdings; i++) {
        const struct dye_contact_holding *h = &c->holdings[i];
        b->holding[i] = *h;
        if (h->planted_at < b->first_planted[h->line])
            b->first_planted[h->line] = h->planted_at;
    }
    if (c->n_holdings != 0)
        qsort(b->holding, c->n_holdings, sizeof *b->holding, by_source_line_time);
    for (size_t i = 0; i < c->n_holdings; i++) {
        struct dye_contact_holding h = b->holding[i];
        if (b->n_holdings == 0 || b->holding[b->n_holdings - 1].source != h.source ||
            b->holding[b->n_holdings - 1].line != h.line)
            b->holding[b->n_holdings++] = h;
    }
}

struct numbered {
    uint32_t block, line;
};

static int by_block(const void *a, const void *b)
{
    const struct numbered *x = a;
    const struct numbered *y = b;
    return (x->block > y->block) - (x->block < y->block);
}

static bool number_blocks(struct book *b)
{
    size_t n = b->c->n_lines;
    struct numbered *order = calloc(n + 1, sizeof *order);
    if (order == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        order[i] = (struct numbered){b->c->lines[i].block, i};
    qsort(order, n, sizeof *order, by_block);
    for (size_t i = 0; i < n; i++) {
        b->n_blocks += i == 0 || order[i].block != order[i - 1].block;
        b->block[order[i].line] = b->n_blocks - 1;
    }
    free(order);
    return true;
}

/* ---- counts ---- */

static double span_s(int64_t from, int64_t to)
{
    return to > from ? (double)(to - from) : 0;
}

/* Contacts of a line in [from, to). */
static uint32_t reached(const struct book *b, uint32_t line, int64_t from, int64_t to)
{
    uint32_t n = 0;
    for (size_t i = b->from[line]; i < b->from[line + 1]; i++)
        n += b->contact[i].at >= from && b->contact[i].at < to;
    return n;
}

static void count_baseline(struct book *b)
{
    for (uint32_t i = 0; i < b->c->n_lines; i++) {
        struct tally *t = &b->tally[b->block[i]];
        int64_t watched = b->c->lines[i].watched_from;
        int64_t end = b->first_planted[i] < b->c->until ? b->first_planted[i] : b->c->until;
        uint32_t n = reached(b, i, watched, end);
        t->baseline_s += span_s(watched, end);
        t->baseline += n;
        if (b->first_planted[i] == INT64_MAX) {
            t->controls++;
            t->controls_reached += n > 0;
            t->control_contacts += n;
        }
    }
}

static int64_t start_of(const struct book *b, const struct dye_contact_holding *h)
{
    int64_t watched = b->c->lines[h->line].watched_from;
    return h->planted_at > watched ? h->planted_at : watched;
}

static void count_source(struct book *b, const struct dye_contact_holding *h, size_t n, struct dye_contact_source *s)
{
    for (uint32_t k = 0; k < b->n_blocks; k++) {
        b->tally[k].exposure_s = 0;
        b->tally[k].contacts = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct tally *t = &b->tally[b->block[h[i].line]];
        int64_t start = start_of(b, &h[i]);
        uint32_t contacts = reached(b, h[i].line, start, b->c->until);
        if (start >= b->c->until)
            continue;
        s->lines++;
        s->lines_reached += contacts > 0;
        s->contacts += contacts;
        t->contacts += contacts;
        t->exposure_s += span_s(start, b->c->until);
    }
    for (uint32_t k = 0; k < b->n_blocks; k++) {
        const struct tally *t = &b->tally[k];
        if (t->exposure_s <= 0)
            continue;
        s->exposure_s += t->exposure_s;
        s->baseline_contacts += t->baseline;
        s->baseline_exposure_s += t->baseline_s;
        s->controls += t->controls;
        s->controls_reached += t->controls_reached;
        s->control_contacts += t->control_contacts;
    }
}

/* ---- rate ---- */

/* P(at least n of all trials hit the source), where each block's trials have a share of their own; sum[i] is i so far,
 * and sum[n] is n or more. */
static bool mixed_tail(const struct book *b, uint32_t n, double *ret)
{
    double *sum = calloc((size_t)n + 1, sizeof *sum);
    if (sum == NULL)
        return false;
    sum[0] = 1;
    for (uint32_t k = 0; k < b->n_blocks; k++) {
        const struct tally *t = &b->tally[k];
        double share = t->exposure_s / (t->exposure_s + t->baseline_s);
        for (uint32_t trial = 0; t->exposure_s > 0 && trial < t->contacts + t->baseline; trial++) {
            sum[n] += share * sum[n - 1];
            for (uint32_t i = n - 1; i > 0; i--)
                sum[i] = (1 - share) * sum[i] + share * sum[i - 1];
            sum[0] *= 1 - share;
        }
    }
    *ret = fmin(1, sum[n]);
    free(sum);
    return true;
}

static bool rate_of(const struct book *b, const struct dye_contact_source *s, double *ret)
{
    uint32_t used = 0;
    double share = 0;
    for (uint32_t k = 0; k < b->n_blocks; k++) {
        const struct tally *t = &b->tally[k];
        if (t->exposure_s <= 0)
            continue;
        used += t->contacts + t->baseline > 0;
        if (t->contacts + t->baseline > 0)
            share = fmax(share, t->exposure_s / (t->exposure_s + t->baseline_s));
    }
    *ret = 1;
    if (s->contacts == 0)
        return true;
    /* The largest share stands for all where adding them up would take minutes: it can only make p larger. */
    double work = ((double)s->contacts + s->baseline_contacts) * s->contacts;
    if (used > 1 && work < 2e9)
        return mixed_tail(b, s->contacts, ret);
    *ret = dye_binomial_tail(s->contacts + s->baseline_contacts, s->contacts, share);
    return true;
}

/* ---- spread ---- */

/* Lines planted by `start`, and controls watched by then, reached from then on; 1 where a block has no control. */
static bool spread_from(struct book *b, const struct dye_contact_holding *h, size_t n, int64_t start, double *ret)
{
    uint32_t shared = 0;
    uint32_t controls = 0;
    memset(b->stratum, 0, b->n_blocks * sizeof *b->stratum);
    for (size_t i = 0; i < n; i++) {
        struct overlap_stratum *s = &b->stratum[b->block[h[i].line]];
        if (start_of(b, &h[i]) > start)
            continue;
        bool hit = reached(b, h[i].line, start, b->c->until) > 0;
        s->total++;
        s->marked++;
        s->drawn += hit;
        shared += hit;
    }
    for (uint32_t i = 0; i < b->c->n_lines; i++) {
        struct overlap_stratum *s = &b->stratum[b->block[i]];
        if (b->first_planted[i] != INT64_MAX || b->c->lines[i].watched_from > start || s->marked == 0)
            continue;
        s->total++;
        s->drawn += reached(b, i, start, b->c->until) > 0;
        controls++;
    }
    *ret = 1;
    return controls == 0 || overlap_tail(b->stratum, b->n_blocks, shared, ret) == DYE_OK;
}

static bool spread_of(struct book *b, const struct dye_contact_holding *h, size_t n, double *ret)
{
    size_t lines = 0;
    uint32_t windows = 0;
    double best = 1;
    for (size_t i = 0; i < n; i++)
        if (start_of(b, &h[i]) < b->c->until)
            b->planted[lines++] = start_of(b, &h[i]);
    qsort(b->planted, lines, sizeof *b->planted, by_value);
    int64_t last = INT64_MIN;
    int64_t latest = lines > 0 ? b->planted[lines - 1] : INT64_MAX;
    for (size_t w = 0; w < QUARTERS + RECENT && lines > 0; w++) {
        int64_t start =
            w < QUARTERS ? b->planted[((w + 1) * lines - 1) / QUARTERS] : b->c->until - recent_s[w - QUARTERS];
        double p;
        if (start <= last || (w >= QUARTERS && start <= latest))
            continue;
        if (!spread_from(b, h, n, start, &p))
            return false;
        best = fmin(best, p);
        windows++;
        last = start;
    }
    *ret = fmin(1, best * windows);
    return true;
}

/* ---- judgement ---- */

static enum dye_contact_verdict verdict_of(const struct dye_contact_source *s, const struct dye_contact_params *p)
{
    if (s->contacts == 0)
        return DYE_CONTACT_NONE;
    if (s->contacts >= p->min_series && s->p_value <= p->max_p_value)
        return DYE_CONTACT_EVIDENCE;
    return s->control_contacts >= p->min_series ? DYE_CONTACT_SINK : DYE_CONTACT_LEAD;
}

static bool judge(struct book *b, struct dye_contact_source *ret)
{
    uint32_t asked = 0;
    for (size_t i = 0; i < b->n_holdings; i++)
        asked += i == 0 || b->holding[i].source != b->holding[i - 1].source;
    for (size_t i = 0, n; i < b->n_holdings; i += n) {
        const struct dye_contact_holding *h = &b->holding[i];
        struct dye_contact_source *s = &ret[h->source];
        for (n = 1; i + n < b->n_holdings && h[n].source == h->source;)
            n++;
        count_source(b, h, n, s);
        if (!rate_of(b, s, &s->p_rate) || !spread_of(b, h, n, &s->p_spread))
            return false;
        s->p_value = fmin(1, fmax(s->p_rate, s->p_spread) * asked);
        s->verdict = verdict_of(s, b->p);
    }
    return true;
}

static enum dye_status check(const struct dye_contact_case *c, const struct dye_contact_params *p,
                             struct dye_error *err)
{
    if (c->n_contacts > DYE_CONTACTS_MAX || c->n_lines >= UINT32_MAX || c->n_sources >= UINT32_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "contacts: more than %d, or too many lines", DYE_CONTACTS_MAX);
    if (!(p->max_p_value >= 0 && p->max_p_value <= 1) || p->min_series == 0 || p->window_s < 0)
        DYE_FAIL(err, DYE_E_USAGE, "contacts: a parameter is out of its range");
    for (size_t i = 0; i < c->n_holdings; i++)
        if (c->holdings[i].line >= c->n_lines || c->holdings[i].source >= c->n_sources)
            DYE_FAIL(err, DYE_E_USAGE, "contacts: holding %zu names a line or source that is not there", i);
    for (size_t i = 0; i < c->n_contacts; i++)
        if (c->contacts[i].line >= c->n_lines)
            DYE_FAIL(err, DYE_E_USAGE, "contacts: contact %zu is with a line that is not there", i);
    return DYE_OK;
}

static bool weigh(struct book *b, struct dye_contact_source *result)
{
    if (!number_blocks(b))
        return false;
    b->tally = calloc((size_t)b->n_blocks + 1, sizeof *b->tally);
    b->stratum = calloc((size_t)b->n_blocks + 1, sizeof *b->stratum);
    if (b->tally == NULL || b->stratum == NULL)
        return false;
    collapse(b);
    take_holdings(b);
    count_baseline(b);
    return judge(b, result);
}

enum dye_status dye_contact_weigh(const struct dye_contact_case *c, const struct dye_contact_params *p,
                                  struct dye_contact_source *ret, struct dye_error *err)
{
    struct dye_contact_params usual;
    dye_contact_params_default(&usual);
    struct book b = {.c = c, .p = p != NULL ? p : &usual};
    DYE_TRY(check(c, b.p, err));
    struct dye_contact_source *result = calloc(c->n_sources + 1, sizeof *result);
    b.contact = calloc(c->n_contacts + 1, sizeof *b.contact);
    b.from = calloc(c->n_lines + 2, sizeof *b.from);
    b.holding = calloc(c->n_holdings + 1, sizeof *b.holding);
    b.planted = calloc(c->n_holdings + 1, sizeof *b.planted);
    b.first_planted = calloc(c->n_lines + 1, sizeof *b.first_planted);
    b.block = calloc(c->n_lines + 1, sizeof *b.block);
    bool done = result != NULL && b.contact != NULL && b.from != NULL && b.holding != NULL && b.planted != NULL &&
                b.first_planted != NULL && b.block != NULL;
    for (size_t i = 0; done && i < c->n_sources; i++)
        result[i].p_rate = result[i].p_spread = result[i].p_value = 1;
    done = done && weigh(&b, result);
    if (done && c->n_sources != 0)
        memcpy(ret, result, c->n_sources * sizeof *result);
    free(result);
    free(b.contact);
    free(b.from);
    free(b.holding);
    free(b.planted);
    free(b.first_planted);
    free(b.block);
    free(b.tally);
    free(b.stratum);
    return done ? DYE_OK : dye_fail(err, DYE_E_NOMEM, "contacts: out of memory");
}
