#include "whole.h"

#include <stdlib.h>

enum { PIECE_BYTES = 1 << 16 };

static bool is_untouched_input(const struct decoding *d, const struct feed *in)
{
    return in == &d->input->feed && d->input->from->read_at != NULL;
}

/* The stream's bytes at the end of what the scratch space holds. */
static const char *copy(struct whole *w, struct feed *in)
{
    const struct dye_decode_input *from = w->d->input->from;
    struct dye_span piece;
    if (from->spill_write == NULL || from->spill_read == NULL)
        return "limit: spill";
    while (feed_pull(in, &piece)) {
        if (piece.n > from->spill_bytes - w->base - w->bytes ||
            !from->spill_write(from->arg, w->base + w->bytes, piece.p, piece.n))
            return "limit: spill";
        w->bytes += piece.n;
    }
    w->fault = feed_fault(in);
    return w->bytes > 0 ? NULL : w->fault;
}

enum dye_status whole_take(struct decoding *d, struct feed *in, struct whole *ret, const char **ret_fault)
{
    const struct dye_decode_input *from = d->input->from;
    struct whole w = {.d = d, .read_at = from->spill_read, .base = d->spilled};
    const char *fault = NULL;
    if (is_untouched_input(d, in)) {
        w.read_at = from->read_at;
        w.base = 0;
        w.bytes = from->bytes;
        d->budget.input = from->bytes;
        in->ended = true; /* nobody need read it forwards again */
        memset(in->waiting, 0, sizeof in->waiting);
    } else {
        fault = copy(&w, in);
        DYE_TRY(d->input->status);
    }
    if (fault == NULL) {
        w.piece = malloc(PIECE_BYTES);
        if (w.piece == NULL)
            return DYE_E_NOMEM;
        if (w.read_at == from->spill_read)
            d->spilled += w.bytes;
        *ret = w;
    }
    in->told = in->told || fault != NULL;
    *ret_fault = fault;
    return DYE_OK;
}

void whole_done(struct whole *w)
{
    if (w->read_at == w->d->input->from->spill_read)
        w->d->spilled = w->base;
    free(w->piece);
}

bool whole_read(const struct whole *w, uint64_t at, void *p, size_t n)
{
    return at <= w->bytes && n <= w->bytes - at && w->read_at(w->d->input->from->arg, w->base + at, p, n);
}

static bool whole_next(struct feed *f, struct dye_span *ret)
{
    struct whole *w = (struct whole *)f;
    uint64_t left = w->bytes - w->at;
    size_t n = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
    if (n == 0) {
        f->broken = w->fault;
        return false;
    }
    if (!whole_read(w, w->at, w->piece, n)) {
        f->broken = "not read";
        return false;
    }
    w->at += n;
    *ret = dye_span_of(w->piece, n);
    return true;
}

struct feed *whole_feed(struct whole *w, uint64_t at)
{
    feed_init(&w->feed, whole_next);
    w->at = at < w->bytes ? at : w->bytes;
    return &w->feed;
}
