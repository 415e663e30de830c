#include "dye/chunker.h"

#include "dye/key.h"

#include <assert.h>
#include <stdlib.h>

struct dye_chunker {
    size_t target, max;
    dye_chunk_fn fn;
    void *arg;
    uint8_t *p;  /* max bytes */
    size_t n;    /* of the chunk in the making */
    size_t high; /* the most that p ever held: what has to be wiped */
    uint32_t number;
    uint64_t start;
};

struct dye_chunker *dye_chunker_new(size_t target_bytes, size_t max_bytes, dye_chunk_fn fn, void *arg)
{
    assert(target_bytes > 0 && target_bytes <= max_bytes);
    struct dye_chunker *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct dye_chunker){.target = target_bytes, .max = max_bytes, .fn = fn, .arg = arg, .p = malloc(max_bytes)};
    if (c->p == NULL) {
        free(c);
        return NULL;
    }
    return c;
}

void dye_chunker_free(struct dye_chunker *c)
{
    if (c == NULL)
        return;
    dye_wipe(c->p, c->high);
    free(c->p);
    free(c);
}

/* Bytes that neither stand in a token nor can be the second half of a GB18030 character, which is 0x30-0x39 or
 * 0x40 and above. */
static bool parts_tokens(uint8_t b)
{
    return b < 0x40 && !dye_is_digit(b) && b != '.' && b != '%' && b != '+' && b != '-';
}

/* Delivers the first n bytes and keeps the rest as the start of the next chunk. */
static enum dye_status deliver(struct dye_chunker *c, size_t n)
{
    struct dye_chunk chunk = {.number = c->number, .start = c->start, .bytes = {c->p, n}};
    c->number++;
    c->start += n;
    enum dye_status status = c->fn(c->arg, &chunk);
    c->n -= n;
    memmove(c->p, c->p + n, c->n);
    return status;
}

enum dye_status dye_chunker_feed(struct dye_chunker *c, struct dye_span in)
{
    while (in.n > 0) {
        const uint8_t *lf = NULL;
        size_t take;
        if (c->n + 1 < c->target) { /* no LF counts yet */
            take = c->target - 1 - c->n;
            take = take < in.n ? take : in.n;
        } else {
            take = c->max - c->n < in.n ? c->max - c->n : in.n;
            lf = memchr(in.p, '\n', take);
            if (lf != NULL)
                take = (size_t)(lf - in.p) + 1;
        }
        memcpy(c->p + c->n, in.p, take);
        c->n += take;
        c->high = c->n > c->high ? c->n : c->high;
        in = dye_span_of(in.p + take, in.n - take);
        if (lf != NULL) {
            DYE_TRY(deliver(c, c->n));
        } else if (c->n == c->max) {
            size_t cut = c->max;
            while (cut > 0 && !parts_tokens(c->p[cut - 1]))
                cut--;
            DYE_TRY(deliver(c, cut > 0 ? cut : c->max));
        }
    }
    return DYE_OK;
}

enum dye_status dye_chunker_finish(struct dye_chunker *c)
{
    enum dye_status status = c->n > 0 ? deliver(c, c->n) : DYE_OK;
    dye_wipe(c->p, c->high);
    c->high = 0;
    c->n = 0;
    c->number = 0;
    c->start = 0;
    return status;
}
