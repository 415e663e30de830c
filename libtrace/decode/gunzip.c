#include "gunzip.h"

#include <stdlib.h>
#include <zlib.h>

enum { OUT_BYTES = 1 << 16, GZIP_ONLY = 15 + 16 };

struct gunzip {
    struct feed feed; /* first: next() gets back to the rest from it */
    struct feed *in;
    struct container_budget *budget;
    z_stream z;
    bool between; /* members: the one before has ended well */
    uint8_t out[OUT_BYTES];
};

/* Makes input available; false at its end. */
static bool refill(struct gunzip *g)
{
    struct dye_span piece;
    if (g->z.avail_in > 0)
        return true;
    if (!feed_pull(g->in, &piece))
        return false;
    g->z.next_in = (Bytef *)(uintptr_t)piece.p; /* zlib only reads it; pieces are far below 4 GiB */
    g->z.avail_in = (uInt)piece.n;
    return true;
}

/* To the first byte of a further member; false at the end of all. */
static bool next_member(struct gunzip *g)
{
    while (refill(g)) {
        if (*g->z.next_in != 0) {
            g->between = false;
            return inflateReset(&g->z) == Z_OK;
        }
        g->z.next_in++; /* some writers pad to a block */
        g->z.avail_in--;
    }
    return false;
}

static bool next(struct feed *f, struct dye_span *ret)
{
    struct gunzip *g = (struct gunzip *)f;
    g->z.next_out = g->out;
    g->z.avail_out = sizeof g->out;
    while (g->z.avail_out > 0 && f->broken == NULL) {
        if (g->between && !next_member(g))
            break;
        if (!refill(g)) {
            f->broken = g->in->broken != NULL ? g->in->broken : "truncated";
            break;
        }
        int r = inflate(&g->z, Z_NO_FLUSH);
        if (r == Z_STREAM_END)
            g->between = true;
        else if (r == Z_MEM_ERROR)
            f->broken = "limit: memory";
        else if (r != Z_OK && r != Z_BUF_ERROR)
            f->broken = "damaged";
    }
    if (g->between && f->broken == NULL)
        f->broken = g->in->broken;
    *ret = dye_span_of(g->out, sizeof g->out - g->z.avail_out);
    if (!container_budget_spend(g->budget, ret->n)) {
        f->broken = "limit: ratio";
        return false;
    }
    return ret->n > 0;
}

struct gunzip *gunzip_open(struct feed *in, struct container_budget *budget)
{
    struct gunzip *g = calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->feed.next = next;
    g->in = in;
    g->budget = budget;
    if (inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
        free(g);
        return NULL;
    }
    return g;
}

void gunzip_close(struct gunzip *g)
{
    inflateEnd(&g->z);
    free(g);
}

struct feed *gunzip_feed(struct gunzip *g)
{
    return &g->feed;
}
