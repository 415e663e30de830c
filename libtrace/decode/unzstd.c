#include "unzstd.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { OUT_BYTES = 1 << 18 };

struct unzstd {
    struct feed feed; /* first: next() gets back to the rest from it */
    struct feed *in;
    struct container_budget *budget;
    ZSTD_DCtx *z;
    ZSTD_inBuffer piece;
    bool between; /* frames: the one before has ended well */
    uint8_t out[OUT_BYTES];
};

/* Makes input available; false at its end. */
static bool refill(struct unzstd *u)
{
    struct dye_span piece;
    if (u->piece.pos < u->piece.size)
        return true;
    if (!feed_pull(u->in, &piece))
        return false;
    u->piece = (ZSTD_inBuffer){.src = piece.p, .size = piece.n};
    return true;
}

static const char *fault_of(size_t error)
{
    switch (ZSTD_getErrorCode(error)) {
    case ZSTD_error_frameParameter_windowTooLarge:
    case ZSTD_error_memory_allocation:
        return "limit: memory";
    case ZSTD_error_version_unsupported:
    case ZSTD_error_dictionary_wrong:
        return "unsupported";
    default:
        return "damaged";
    }
}

static bool next(struct feed *f, struct dye_span *ret)
{
    struct unzstd *u = (struct unzstd *)f;
    ZSTD_outBuffer out = {.dst = u->out, .size = sizeof u->out};
    while (out.pos < out.size && f->broken == NULL) {
        bool more = refill(u);
        if (!more && u->between) {
            f->broken = u->in->broken;
            break;
        }
        size_t before = out.pos;
        size_t left = ZSTD_decompressStream(u->z, &out, &u->piece);
        u->between = left == 0;
        if (ZSTD_isError(left))
            f->broken = fault_of(left);
        else if (!more && left > 0 && out.pos == before) /* it has given all that it held */
            f->broken = u->in->broken != NULL ? u->in->broken : "truncated";
    }
    *ret = dye_span_of(u->out, out.pos);
    if (!container_budget_spend(u->budget, ret->n)) {
        f->broken = "limit: ratio";
        return false;
    }
    return ret->n > 0;
}

struct unzstd *unzstd_open(struct feed *in, struct container_budget *budget)
{
    struct unzstd *u = malloc(sizeof *u);
    ZSTD_DCtx *z = u != NULL ? ZSTD_createDCtx() : NULL;
    if (z == NULL) {
        free(u);
        return NULL;
    }
    feed_init(&u->feed, next);
    u->in = in;
    u->budget = budget;
    u->z = z;
    u->piece = (ZSTD_inBuffer){.size = 0};
    u->between = false;
    return u;
}

void unzstd_close(struct unzstd *u)
{
    ZSTD_freeDCtx(u->z);
    free(u);
}

struct feed *unzstd_feed(struct unzstd *u)
{
    return &u->feed;
}
