#include "feed.h"

#include <assert.h>

void feed_init(struct feed *f, bool (*next)(struct feed *f, struct dye_span *ret))
{
    f->next = next;
    f->broken = f->blemish = NULL;
    f->ended = f->told = false;
    memset(f->waiting, 0, sizeof f->waiting);
}

static bool more(struct feed *f, struct dye_span *ret)
{
    if (f->ended)
        return false;
    f->ended = !f->next(f, ret);
    return !f->ended;
}

bool feed_pull(struct feed *f, struct dye_span *ret)
{
    for (size_t i = 0; i < FEED_WAITING; i++) {
        if (f->waiting[i].n == 0)
            continue;
        *ret = f->waiting[i];
        f->waiting[i].n = 0;
        return true;
    }
    return more(f, ret);
}

void feed_push(struct feed *f, struct dye_span rest)
{
    if (rest.n == 0)
        return;
    size_t i = 0;
    while (i < FEED_WAITING && f->waiting[i].n == 0)
        i++;
    if (i == 0) {
        assert(f->waiting[FEED_WAITING - 1].n == 0);
        memmove(f->waiting + 1, f->waiting, (FEED_WAITING - 1) * sizeof *f->waiting);
        i = 1;
    }
    f->waiting[i - 1] = rest;
}

struct dye_span feed_peek(struct feed *f)
{
    struct dye_span piece, rest = {NULL, 0};
    size_t n = 0;
    while (n < sizeof f->head && feed_pull(f, &piece)) {
        if (n == 0 && piece.n >= sizeof f->head) { /* the usual case: nothing is copied */
            feed_push(f, piece);
            return dye_span_of(piece.p, sizeof f->head);
        }
        size_t take = piece.n < sizeof f->head - n ? piece.n : sizeof f->head - n;
        memmove(f->head + n, piece.p, take); /* it may be what was looked at before */
        n += take;
        rest = dye_span_of(piece.p + take, piece.n - take);
    }
    feed_push(f, rest);
    feed_push(f, dye_span_of(f->head, n));
    return dye_span_of(f->head, n);
}

uint64_t feed_take(struct feed *f, uint8_t *p, uint64_t n)
{
    struct dye_span piece;
    uint64_t done = 0;
    while (done < n && feed_pull(f, &piece)) {
        size_t part = piece.n < n - done ? piece.n : (size_t)(n - done);
        if (p != NULL)
            memcpy(p + done, piece.p, part);
        done += part;
        feed_push(f, dye_span_of(piece.p + part, piece.n - part));
    }
    return done;
}

uint64_t feed_drop(struct feed *f)
{
    uint64_t n = 0;
    for (size_t i = 0; i < FEED_WAITING; i++) {
        n += f->waiting[i].n;
        f->waiting[i].n = 0;
    }
    f->ended = true;
    return n;
}

const char *feed_fault(const struct feed *f)
{
    return f->broken != NULL ? f->broken : f->blemish;
}

const char *feed_trailing_fault(struct feed *f)
{
    const char *fault = NULL;
    struct dye_span piece;
    while (feed_pull(f, &piece))
        for (size_t i = 0; i < piece.n && fault == NULL; i++)
            fault = piece.p[i] != 0 ? "trailing data" : NULL;
    return f->broken != NULL ? f->broken : fault;
}
