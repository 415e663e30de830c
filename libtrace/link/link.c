#include "dye/link.h"

#include "fields.h"

#include <stdlib.h>

enum { CANDIDATES_MAX = 512 }; /* of one record; one with more is no record, and is cut into several sightings each */

struct candidate {
    const struct dye_index *index[2]; /* a canary may have come in two epochs, in the base and in the delta */
    uint32_t canary[2];
    uint64_t epoch; /* the latest among its hits: entries of later ones were not there for the scan */
    struct dye_sighting s;
};

struct dye_linker {
    dye_sighting_fn fn;
    void *arg;
    const struct dye_chunk *chunk;
    struct dye_records at;
    size_t start, end; /* of the record in hand, in the text */
    struct dye_chunk_cursor cursor;
    struct dye_place place; /* of its start */
    size_t line_at;         /* so far lines were counted */
    uint64_t lines;
    struct candidate *candidates;
    size_t n;
    struct fields fields, near;
};

struct dye_linker *dye_linker_new(dye_sighting_fn fn, void *arg)
{
    struct dye_linker *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->candidates = calloc(CANDIDATES_MAX, sizeof *l->candidates);
    if (l->candidates == NULL) {
        free(l);
        return NULL;
    }
    l->fn = fn;
    l->arg = arg;
    fields_init(&l->fields);
    fields_init(&l->near);
    return l;
}

void dye_linker_free(struct dye_linker *l)
{
    if (l == NULL)
        return;
    fields_done(&l->fields);
    fields_done(&l->near);
    dye_wipe(l->candidates, CANDIDATES_MAX * sizeof *l->candidates);
    free(l->candidates);
    free(l);
}

void dye_linker_chunk(struct dye_linker *l, const struct dye_chunk *chunk)
{
    l->chunk = chunk;
    dye_records_init(&l->at, chunk->layout, chunk->text);
    l->start = l->end = 0;
    l->cursor = (struct dye_chunk_cursor){0};
    l->line_at = l->lines = 0;
    l->n = 0;
}

bool dye_link_by_line(const struct dye_layout *layout)
{
    return layout->kind == DYE_LAYOUT_LINES || layout->kind == DYE_LAYOUT_DELIMITED;
}

uint64_t dye_link_lines(struct dye_span text)
{
    uint64_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

/* Of the record in hand. Fast when they ascend. */
static uint64_t line_of_record(struct dye_linker *l)
{
    if (!dye_link_by_line(l->chunk->layout))
        return 0;
    if (l->start < l->line_at)
        l->line_at = l->lines = 0;
    l->lines += dye_link_lines(dye_span_of(l->chunk->text.p + l->line_at, l->start - l->line_at));
    l->line_at = l->start;
    return l->lines + 1;
}

/* To the record that holds `at`. */
static void go_to(struct dye_linker *l, size_t at)
{
    dye_records_seek(&l->at, at);
    l->start = l->at.start;
    l->end = l->at.end;
    dye_record_narrow(at, &l->start, &l->end);
    l->place = dye_chunk_place(l->chunk, &l->cursor, l->start);
}

/* Adds an agreeing field; of one kind the form with most bits stays, of equal ones the first. */
static void agree(struct dye_sighting *s, const struct dye_evidence *e)
{
    size_t i = 0;
    while (i < s->n && s->evidence[i].kind < e->kind)
        i++;
    if (i < s->n && s->evidence[i].kind == e->kind) {
        if (e->bits > s->evidence[i].bits)
            s->evidence[i] = *e;
        return;
    }
    if (s->n == DYE_SIGHTING_FIELDS_MAX)
        return;
    memmove(&s->evidence[i + 1], &s->evidence[i], (s->n - i) * sizeof *s->evidence);
    s->evidence[i] = *e;
    s->n++;
}

static bool has(const struct dye_sighting *s, enum dye_kind kind)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->evidence[i].kind == kind)
            return true;
    return false;
}

/* A canary's traits against fields, of which `chance` bits were to be had by looking at so many. Returns which kinds of
 * trait the canary has. */
static unsigned corroborate(const struct dye_linker *l, struct candidate *c, const struct fields *fields, double chance)
{
    unsigned kinds = 0;
    for (size_t part = 0; part < 2 && c->index[part] != NULL; part++) {
        struct dye_index_entry e;
        for (size_t i = 0; dye_index_trait_at(c->index[part], c->canary[part], i, &e); i++) {
            if (e.variant != c->s.variant || e.epoch > c->epoch)
                continue;
            kinds |= 1u << e.kind;
            const struct fields_print *p = fields_find(fields, e.fp);
            if (p == NULL)
                continue;
            enum dye_kind kind = (enum dye_kind)e.kind;
            enum dye_form form = (enum dye_form)e.form;
            struct dye_evidence found = {.kind = kind,
                                         .form = form,
                                         .bits = dye_weight_seen_bits(kind, form, p->head, p->tail) - chance,
                                         .start = l->place.byte,
                                         .row = l->place.row};
            if (found.bits > 0)
                agree(&c->s, &found);
        }
    }
    return kinds;
}

/* The record shows one value of this kind, and it is not the canary's. */
static void disagree(const struct dye_linker *l, struct candidate *c, enum dye_kind kind,
                     const struct fields_shown *shown)
{
    if (shown->n != 1 || has(&c->s, kind))
        return;
    struct dye_evidence other = {.kind = kind,
                                 .form = DYE_FORM_OTHER,
                                 .bits = dye_weight_bits(kind, DYE_FORM_OTHER),
                                 .start = l->place.byte,
                                 .row = l->place.row};
    agree(&c->s, &other);
}

static double sum(const struct dye_sighting *s)
{
    double bits = 0;
    for (size_t i = 0; i < s->n; i++)
        bits += s->evidence[i].bits;
    return bits;
}

/* Two lines of text on each side of the record. */
static enum dye_status read_near(struct dye_linker *l)
{
    enum { LINES = 2, FAR = 4096 };
    const uint8_t *p = l->chunk->text.p;
    size_t from = l->start, to = l->end;
    for (unsigned lines = 0; from > 0 && l->start - from < FAR; from--)
        if (p[from - 1] == '\n' && lines++ == LINES)
            break;
    for (unsigned lines = 0; to < l->chunk->text.n && to - l->end < FAR; to++)
        if (p[to] == '\n' && lines++ == LINES)
            break;
    enum dye_charset charset = l->chunk->layout->charset;
    return fields_read_near(&l->near, dye_index_keys_of(l->candidates[0].index[0]),
                            dye_charset_is_wide(charset) ? DYE_CHARSET_UTF8 : charset,
                            dye_span_of(p + from, l->start - from), dye_span_of(p + l->end, to - l->end));
}

/* Of the kinds of trait that the canary has. */
static void disagree_all(const struct dye_linker *l, struct candidate *c, unsigned kinds)
{
    if ((kinds & 1u << DYE_NAME) != 0)
        disagree(l, c, DYE_NAME, &l->fields.names);
    if ((kinds & 1u << DYE_MOBILE) != 0)
        disagree(l, c, DYE_MOBILE, &l->fields.mobiles);
    if ((kinds & 1u << DYE_RESIDENT_ID) != 0)
        disagree(l, c, DYE_RESIDENT_ID, &l->fields.ids);
}

/* What the record itself says of a candidate, and, where that is not enough, what stands around it. */
static enum dye_status weigh(struct dye_linker *l, struct candidate *c, bool *near_is_read)
{
    static const double proof = 40, five_lines = 2.32;
    disagree_all(l, c, corroborate(l, c, &l->fields, 0));
    if (sum(&c->s) < proof && l->fields.names.n == 0 && !has(&c->s, DYE_NAME)) {
        if (!*near_is_read)
            DYE_TRY(read_near(l));
        *near_is_read = true;
        (void)corroborate(l, c, &l->near, five_lines);
    }
    c->s.bits = sum(&c->s);
    return DYE_OK;
}

static enum dye_status finish_record(struct dye_linker *l)
{
    if (l->n == 0)
        return DYE_OK;
    size_t n = l->n;
    bool near_is_read = false;
    l->n = 0; /* whatever happens below, none is given twice */
    DYE_TRY(fields_read(&l->fields, dye_index_keys_of(l->candidates[0].index[0]), &l->at, l->start, l->end));
    size_t record_end = dye_chunk_place(l->chunk, &l->cursor, l->end).byte;
    for (size_t i = 0; i < n; i++) {
        struct candidate *c = &l->candidates[i];
        DYE_TRY(weigh(l, c, &near_is_read));
        c->s.record_end = record_end;
        DYE_TRY(l->fn(l->arg, &c->s));
    }
    return DYE_OK;
}

static struct candidate *candidate_for(struct dye_linker *l, const struct dye_hit *hit)
{
    const char *id = dye_index_canary_id(hit->index, hit->entry->canary);
    for (size_t i = 0; i < l->n; i++) {
        struct candidate *c = &l->candidates[i];
        if (c->s.variant != hit->entry->variant)
            continue;
        for (size_t part = 0; part < 2; part++)
            if (c->index[part] == hit->index && c->canary[part] == hit->entry->canary)
                return c;
        if (c->index[1] == NULL && strcmp(c->s.canary, id) == 0) {
            c->index[1] = hit->index;
            c->canary[1] = hit->entry->canary;
            return c;
        }
    }
    if (l->n == CANDIDATES_MAX)
        return NULL;
    struct candidate *c = &l->candidates[l->n++];
    *c = (struct candidate){.index = {hit->index}, .canary = {hit->entry->canary}};
    c->s.canary = id;
    c->s.variant = hit->entry->variant;
    c->s.record_start = l->place.byte;
    c->s.line = line_of_record(l);
    return c;
}

/* A masked token weighs what is seen of it; what hides the middle is no digit. */
static double hit_bits(const struct dye_linker *l, const struct dye_hit *hit)
{
    const uint8_t *p = l->chunk->text.p + hit->start;
    unsigned head = 0, tail = 0;
    if (hit->entry->form == DYE_FORM_MASKED) {
        while (head < hit->n && dye_is_digit(p[head]))
            head++;
        while (tail < hit->n && p[hit->n - 1 - tail] != '*' && (tail == 0 || dye_is_digit(p[hit->n - 1 - tail])))
            tail++;
    }
    return dye_weight_seen_bits((enum dye_kind)hit->entry->kind, (enum dye_form)hit->entry->form, head, tail);
}

enum dye_status dye_linker_hit(void *linker, const struct dye_hit *hit)
{
    struct dye_linker *l = linker;
    if (hit->start < l->start || hit->start >= l->end) {
        DYE_TRY(finish_record(l));
        go_to(l, hit->start);
    }
    struct candidate *c = candidate_for(l, hit);
    if (c == NULL) {
        DYE_TRY(finish_record(l));
        c = candidate_for(l, hit);
    }
    const struct dye_index_entry *e = hit->entry;
    struct dye_place place = dye_chunk_place(l->chunk, &l->cursor, hit->start);
    struct dye_chunk_cursor ahead = l->cursor;
    size_t end = dye_chunk_place(l->chunk, &ahead, hit->start + hit->n).byte;
    c->epoch = e->epoch > c->epoch ? e->epoch : c->epoch;
    c->s.control |= (e->flags & DYE_INDEX_CONTROL) != 0;
    struct dye_evidence found = {.kind = (enum dye_kind)e->kind,
                                 .form = (enum dye_form)e->form,
                                 .bits = hit_bits(l, hit),
                                 .start = place.byte,
                                 .n = end - place.byte,
                                 .row = place.row,
                                 .field = place.field};
    agree(&c->s, &found);
    return DYE_OK;
}

/* A canary's numbers in an index, beside those that the candidate has. */
static size_t find_canary(const struct dye_index *x, const char *id, struct candidate *c, size_t n)
{
    uint64_t canaries = x != NULL ? dye_index_canaries(x) : 0;
    for (uint32_t i = 0; i < canaries && n < 2; i++)
        if (strcmp(dye_index_canary_id(x, i), id) == 0) {
            c->index[n] = x;
            c->canary[n++] = i;
        }
    return n;
}

enum dye_status dye_linker_ask(struct dye_linker *l, const struct dye_index_set *set, const char *canary, char variant,
                               uint64_t max_epoch, size_t at)
{
    struct candidate *c = &l->candidates[0];
    size_t parts = 0;
    *c = (struct candidate){.epoch = max_epoch, .s = {.canary = canary, .variant = variant}};
    for (size_t part = 0; part < 2; part++)
        parts = find_canary(set->part[part], canary, c, parts);
    if (parts == 0)
        return DYE_OK;
    go_to(l, at);
    c->s.record_start = l->place.byte;
    c->s.line = line_of_record(l);
    c->s.record_end = dye_chunk_place(l->chunk, &(struct dye_chunk_cursor){0}, l->end).byte;
    DYE_TRY(fields_read(&l->fields, dye_index_keys_of(c->index[0]), &l->at, l->start, l->end));
    unsigned kinds = corroborate(l, c, &l->fields, 0);
    if (c->s.n == 0) /* a line has one value: an address that agrees is no name that does not */
        disagree_all(l, c, kinds);
    c->s.bits = sum(&c->s);
    return c->s.n > 0 ? l->fn(l->arg, &c->s) : DYE_OK;
}

enum dye_status dye_linker_finish(struct dye_linker *l)
{
    enum dye_status status = finish_record(l);
    l->start = l->end = 0;
    return status;
}
