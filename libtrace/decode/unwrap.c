#include "unwrap.h"

#include "base64.h"
#include "formats.h"
#include "name.h"
#include "whole.h"

#include <stdlib.h>

enum { PIECE_BYTES = 1 << 14 };

int unwrap_hex(uint8_t c)
{
    c = dye_to_lower(c);
    return dye_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether c may follow what is held. */
static bool goes_on(const struct escapes *e, uint8_t c)
{
    bool soft = e->mark == '=';
    if (e->n == 1)
        return unwrap_hex(c) >= 0 || (soft && (c == '\r' || c == '\n'));
    return e->held[1] == '\r' ? c == '\n' : unwrap_hex(c) >= 0;
}

size_t unwrap_escapes(struct escapes *e, struct dye_span in, uint8_t *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (e->n > 0 && !goes_on(e, c)) {
            memcpy(ret + n, e->held, e->n);
            n += e->n;
            e->n = 0;
        }
        if (e->n == 0 && c != e->mark) {
            ret[n++] = c;
        } else if (c == '\n') {
            e->n = 0; /* the line goes on */
        } else if (e->n < 2) {
            e->held[e->n++] = c;
        } else {
            ret[n++] = (uint8_t)(unwrap_hex(e->held[1]) * 16 + unwrap_hex(c));
            e->n = 0;
        }
    }
    return n;
}

struct unwrapped {
    struct feed feed; /* first */
    struct feed *in;
    struct dye_span piece;
    struct base64 base64;
    struct escapes escapes; /* mark 0: it is base64 */
    uint8_t out[PIECE_BYTES + 4];
};

static bool next(struct feed *f, struct dye_span *ret)
{
    struct unwrapped *u = (struct unwrapped *)f;
    size_t n = 0, used;
    while (n == 0 && (u->piece.n > 0 || feed_pull(u->in, &u->piece))) {
        struct dye_span part = dye_span_of(u->piece.p, u->piece.n < PIECE_BYTES ? u->piece.n : PIECE_BYTES);
        u->piece = dye_span_of(part.p + part.n, u->piece.n - part.n);
        n = u->escapes.mark != 0 ? unwrap_escapes(&u->escapes, part, u->out)
                                 : base64_decode(&u->base64, part, u->out, &used);
    }
    if (n == 0) { /* what was left open */
        n = u->escapes.mark != 0 ? u->escapes.n : base64_finish(&u->base64, u->out);
        if (u->escapes.mark != 0)
            memcpy(u->out, u->escapes.held, n);
        u->escapes.n = 0;
        f->broken = feed_fault(u->in);
    }
    *ret = dye_span_of(u->out, n);
    return n > 0;
}

static enum dye_status walk(struct decoding *d, struct feed *in, const char *path, uint32_t depth, const char *name,
                            uint8_t mark)
{
    char *inner = malloc(DYE_PATH_MAX_BYTES + 1);
    struct unwrapped *u = calloc(1, sizeof *u);
    enum dye_status status = DYE_E_NOMEM;
    if (inner != NULL && u != NULL) {
        u->feed.next = next;
        u->in = in;
        u->escapes.mark = mark;
        name_join(path, name, inner, DYE_PATH_MAX_BYTES + 1);
        status = decoding_walk_inner(d, &u->feed, inner, depth + 1);
        in->told = in->told || u->feed.told;
    }
    free(inner);
    free(u);
    return status;
}

enum dye_status quoted_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    return walk(d, in, path, depth, "quoted", '=');
}

enum dye_status percent_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    return walk(d, in, path, depth, "percent", '%');
}

/* It is base64 to its end: from its beginning nobody can tell, and what isn't would be lost. */
static bool is_all(struct whole *w)
{
    struct dye_span piece;
    struct feed *f = whole_feed(w, 0);
    while (feed_pull(f, &piece))
        for (size_t i = 0; i < piece.n; i++)
            if (base64_class(piece.p[i]) == 255)
                return false;
    return true;
}

enum dye_status base64_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole w;
    const char *fault;
    if (in != &d->input->feed && d->input->from->spill_write == NULL)
        return part_plain(d, in, path);
    DYE_TRY(whole_take(d, in, &w, &fault));
    if (fault != NULL)
        return part_bare(d, path, fault);
    bool all = is_all(&w);
    struct feed *f = whole_feed(&w, 0);
    enum dye_status status = all ? walk(d, f, path, depth, "base64", 0) : part_plain(d, f, path);
    in->told = true;
    whole_done(&w);
    return status;
}
