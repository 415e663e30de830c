/* Single tokens wait in a queue while the words of the filters that they need come from memory. */
#include "probe.h"
#include "scanner.h"

static __attribute__((noinline)) enum dye_status look_up(struct scan *s, size_t part, const struct waiting *w)
{
    uint8_t lower[EMAIL_MAX];
    if (w->n_form > 0)
        return hits_look_up(s, part, w->probe, dye_span_of(s->forms[(size_t)(w - s->tries)], w->n_form), w->start,
                            w->n);
    for (size_t i = 0; i < w->n; i++)
        lower[i] = dye_to_lower(s->p[w->start + i]);
    return hits_look_up(s, part, w->probe, dye_span_of(lower, w->n), w->start, w->n);
}

static enum dye_status take(struct scan *s)
{
    const struct waiting *w = &s->tries[s->first++ % TRIES];
    uint64_t bits = dye_filter_bits(w->probe);
    for (size_t part = 0; part < 2; part++) {
        const struct dye_index_filter *f = &s->filters[part][w->class];
        if (f->n_words > 0 && (*dye_filter_word(f, w->probe) & bits) == bits)
            DYE_TRY(look_up(s, part, w));
    }
    return DYE_OK;
}

enum dye_status tries_put(struct scan *s, unsigned classes, size_t start, size_t n, const uint8_t *form, size_t n_form,
                          bool stored)
{
    classes &= s->classes;
    if (classes == 0)
        return DYE_OK;
    uint64_t probe = probe_of(s->keys, form, n_form);
    s->stats.tokens++;
    DYE_TRY(tries_sink(s, &probe, 1, classes));
    for (classes &= s->indexed; classes != 0; classes &= classes - 1) {
        unsigned class = (unsigned)__builtin_ctz(classes);
        for (size_t part = 0; part < 2; part++)
            if (s->filters[part][class].n_words > 0)
                __builtin_prefetch(dye_filter_word(&s->filters[part][class], probe));
        size_t slot = s->last++ % TRIES;
        s->tries[slot] = (struct waiting){.probe = probe,
                                          .start = start,
                                          .n = (uint16_t)n,
                                          .n_form = (uint16_t)(stored ? n_form : 0),
                                          .class = (uint8_t) class};
        if (stored)
            memcpy(s->forms[slot], form, n_form);
        if (s->last - s->first > PREFETCH)
            DYE_TRY(take(s));
    }
    return DYE_OK;
}

enum dye_status tries_finish(struct scan *s)
{
    while (s->first != s->last)
        DYE_TRY(take(s));
    return DYE_OK;
}

/* ---- the sink ---- */

enum dye_status tries_sink_rest(struct scan *s)
{
    size_t n = s->n_sunk;
    s->n_sunk = 0;
    return n > 0 ? s->sink->take(s->sink->arg, s->sunk, s->sunk_classes, n) : DYE_OK;
}

enum dye_status tries_sink(struct scan *s, const uint64_t *probes, size_t n, unsigned classes)
{
    _Static_assert(DYE_TOKEN_CLASSES <= 8, "a byte holds the classes");
    for (size_t i = 0; s->sink != NULL && i < n; i++) {
        s->sunk[s->n_sunk] = probes[i];
        s->sunk_classes[s->n_sunk++] = (uint8_t)classes;
        if (s->n_sunk == SUNK)
            DYE_TRY(tries_sink_rest(s));
    }
    return DYE_OK;
}
