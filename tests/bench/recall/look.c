#include "look.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIGHTINGS_MAX = 4 << 20 };

bool look_init(struct look *l, const struct registry *g, uint64_t rows, size_t planted_max)
{
    *l = (struct look){.registry = g,
                       .threshold = dye_link_threshold_bits(rows, CANARIES, RECALL_EXPECTED_FALSE),
                       .floor = dye_link_bits(RECALL_FLOOR, rows, CANARIES),
                       .planted = calloc(planted_max, sizeof *l->planted),
                       .planted_max = planted_max,
                       .seen = calloc(SIGHTINGS_MAX, sizeof *l->seen)};
    return l->planted != NULL && l->seen != NULL;
}

void look_done(struct look *l)
{
    free(l->planted);
    free(l->seen);
}

void look_begin(struct look *l)
{
    l->first = l->n_planted;
}

void look_hide(struct look *l, size_t start, size_t end, uint32_t canary, size_t form)
{
    if (l->n_planted == l->planted_max)
        abort();
    l->planted[l->n_planted++] = (struct planted){.start = start, .end = end, .canary = canary, .form = (uint16_t)form};
}

struct reader {
    struct look *look;
    struct dye_linker *linker;
    uint64_t chunk_start;
};

/* Whether the canary is hidden in [start, end), which is noted there. */
static bool is_there(struct look *l, uint32_t canary, uint64_t start, uint64_t end, double bits)
{
    bool right = false;
    size_t low = l->first, high = l->n_planted;
    while (low < high) { /* the first that ends behind the start */
        size_t middle = (low + high) / 2;
        if (l->planted[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < l->n_planted && l->planted[i].start < end; i++) {
        struct planted *p = &l->planted[i];
        if (p->canary != canary)
            continue;
        right = true;
        p->found = p->found || bits >= l->floor;
        p->strong = p->strong || bits >= l->threshold;
    }
    return right;
}

static void tell(FILE *to, const struct dye_sighting *s)
{
    fprintf(to, "false: %.1f bits:", s->bits);
    for (size_t i = 0; i < s->n; i++)
        fprintf(to, " %s:%s:%.1f", dye_kind_name(s->evidence[i].kind), dye_form_name(s->evidence[i].form),
                s->evidence[i].bits);
    fprintf(to, "\n");
}

static enum dye_status on_sighting(void *arg, const struct dye_sighting *s)
{
    struct reader *r = arg;
    struct look *l = r->look;
    bool right = is_there(l, (uint32_t)strtoul(s->canary, NULL, 10), r->chunk_start + s->record_start,
                          r->chunk_start + s->record_end, s->bits);
    bool strong = s->bits >= l->threshold, weak = !strong && s->bits >= l->floor;
    l->false_strong += !right && strong;
    l->false_weak += !right && weak;
    if (!right && (strong || (weak && getenv("DYE_RECALL_FALSE") != NULL)))
        tell(strong ? stdout : stderr, s);
    if (l->n_seen == SIGHTINGS_MAX)
        return DYE_E_LIMIT;
    l->seen[l->n_seen++] = (struct seen){s->bits, right};
    return DYE_OK;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct reader *r = arg;
    struct dye_scan_stats stats = {0};
    r->chunk_start = chunk->start;
    dye_linker_chunk(r->linker, chunk);
    enum dye_status status =
        dye_scan(&r->look->registry->set, UINT64_MAX, chunk->text, dye_linker_hit, r->linker, &stats);
    r->look->tokens += stats.tokens;
    r->look->records += chunk->records;
    return status == DYE_OK ? dye_linker_finish(r->linker) : status;
}

void look_at(struct look *l, const char *p, size_t n)
{
    struct reader r = {.look = l};
    r.linker = dye_linker_new(on_sighting, &r);
    struct dye_chunker *c = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &r);
    if (r.linker == NULL || c == NULL)
        abort();
    dye_chunker_begin(c, DYE_UNIT_BYTE);
    if (dye_chunker_feed(c, dye_span_of(p, n)) != DYE_OK || dye_chunker_finish(c) != DYE_OK)
        abort();
    dye_chunker_free(c);
    dye_linker_free(r.linker);
}
