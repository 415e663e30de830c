#include "gunzip.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

enum { OUT_BYTES = 1 << 18 };

struct gunzip {
    struct feed feed; /* first: next() gets back to the rest from it */
    struct feed *in;
    struct container_budget *budget;
    struct inflate_state z;
    bool between; /* members: the one before has ended well */
    uint8_t out[OUT_BYTES];
};

static void begin_member(struct gunzip *g)
{
    g->between = false;
    isal_inflate_reset(&g->z);
    g->z.crc_flag = ISAL_GZIP; /* header, checksum and length are read and checked */
}

/* Makes input available; false at its end. */
static bool refill(struct gunzip *g)
{
    struct dye_span piece;
    if (g->z.avail_in > 0)
        return true;
    if (!feed_pull(g->in, &piece))
        return false;
    g->z.next_in = (uint8_t *)(uintptr_t)piece.p; /* it is only read; pieces are far below 4 GiB */
    g->z.avail_in = (uint32_t)piece.n;
    return true;
}

/* To the first byte of a further member; false at the end of all. */
static bool next_member(struct gunzip *g)
{
    while (refill(g)) {
        if (*g->z.next_in != 0) {
            begin_member(g);
            return true;
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
            /* It may still hold what it has read but not written. */
            uint32_t room = g->z.avail_out;
            int r = isal_inflate(&g->z);
            g->between = g->z.block_state == ISAL_BLOCK_FINISH;
            if (r >= 0 && (g->between || g->z.avail_out < room))
                continue;
            f->broken = g->in->broken != NULL ? g->in->broken : "truncated";
            break;
        }
        if (isal_inflate(&g->z) < 0)
            f->broken = "damaged";
        g->between = f->broken == NULL && g->z.block_state == ISAL_BLOCK_FINISH;
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
    struct gunzip *g = malloc(sizeof *g);
    if (g == NULL)
        return NULL;
    feed_init(&g->feed, next);
    g->in = in;
    g->budget = budget;
    isal_inflate_init(&g->z);
    begin_member(g);
    return g;
}

void gunzip_close(struct gunzip *g)
{
    free(g);
}

struct feed *gunzip_feed(struct gunzip *g)
{
    return &g->feed;
}
