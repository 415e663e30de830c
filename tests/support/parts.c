#include "parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { SPILL_BYTES = 4 << 20 };

struct world {
    const uint8_t *p;
    size_t n, at, step;
    uint8_t *spill;
    FILE *out;
};

static enum dye_status read_next(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct world *w = arg;
    size_t n = w->n - w->at < cap ? w->n - w->at : cap;
    if (w->step != 0 && n > w->step)
        n = w->step;
    if (n > 0)
        memcpy(p, w->p + w->at, n);
    w->at += n;
    *ret_n = n;
    return DYE_OK;
}

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct world *w = arg;
    if (at > w->n || n > w->n - at)
        abort(); /* the contract: they lie inside */
    if (n > 0)
        memcpy(p, w->p + at, n);
    return true;
}

static bool spill_write(void *arg, uint64_t at, const uint8_t *p, size_t n)
{
    struct world *w = arg;
    if (at > SPILL_BYTES || n > SPILL_BYTES - at)
        abort();
    memcpy(w->spill + at, p, n);
    return true;
}

static bool spill_read(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct world *w = arg;
    if (at > SPILL_BYTES || n > SPILL_BYTES - at)
        abort();
    memcpy(p, w->spill + at, n);
    return true;
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    struct world *w = arg;
    fprintf(w->out, "== %s (%s, %s)\n", part->path, dye_unit_name(part->unit), part->format);
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct world *w = arg;
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t b = bytes.p[i];
        fputc(b == DYE_FIELD_END ? '|' : b == DYE_PAGE_END ? '^' : b == 0 ? '0' : b, w->out);
    }
    return DYE_OK;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct world *w = arg;
    fprintf(w->out, "-- %s: %s\n", dye_verdict_name(end->verdict), end->reason);
    return DYE_OK;
}

char *parts_of(const uint8_t *p, size_t n, const struct parts_options *options)
{
    static const struct parts_options usual_options;
    const struct parts_options *o = options != NULL ? options : &usual_options;
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    char *text = NULL;
    size_t size = 0;
    struct world w = {
        .p = p, .n = n, .step = o->step, .spill = malloc(SPILL_BYTES), .out = open_memstream(&text, &size)};
    struct dye_decode_input input = {
        .read = read_next, .arg = &w, .passwords = o->passwords, .n_passwords = o->n_passwords};
    if (!o->forwards) {
        input.read_at = read_at;
        input.bytes = n;
    }
    if (!o->no_spill) {
        input.spill_write = spill_write;
        input.spill_read = spill_read;
        input.spill_bytes = SPILL_BYTES;
    }
    const struct dye_decode_events events = {on_begin, on_data, on_end, &w};
    enum dye_status status = dye_decode(&input, o->limits != NULL ? o->limits : &limits, &events, NULL);
    fclose(w.out);
    free(w.spill);
    if (status != DYE_OK) {
        free(text);
        return NULL;
    }
    return text;
}
