/* Text that stands for other text: a whole one is an inner part, "list.txt/percent", "list.txt/quoted" or
 * "list.txt/base64". */
#include "base64.h"
#include "escapes.h"
#include "formats.h"
#include "name.h"
#include "whole.h"

#include <stdlib.h>

enum { PIECE_BYTES = 1 << 14, LINE_BYTES = 1 << 10 };

struct unwrapped {
    struct feed feed; /* first */
    struct feed *in;
    struct dye_span piece;
    struct base64 base64;
    struct escapes escapes; /* mark 0: it is base64 */
    bool damaged;           /* and has come to what isn't */
    uint8_t line[LINE_BYTES];
    size_t line_n;
    uint8_t out[PIECE_BYTES + LINE_BYTES + 4];
};

/* A line, or a piece of one that never ends; once one isn't base64 all that follows stands as it is. */
static size_t decode_line(struct unwrapped *u, uint8_t *ret)
{
    size_t used = 0, n = 0;
    for (size_t i = 0; i < u->line_n && !u->damaged; i++)
        u->damaged = base64_class(u->line[i]) == 255;
    if (!u->damaged) {
        n = base64_decode(&u->base64, dye_span_of(u->line, u->line_n), ret, &used);
    } else {
        n = base64_finish(&u->base64, ret);
        if (u->feed.blemish == NULL)
            ret[n++] = '\n'; /* what was decoded may have ended in a number */
        u->feed.blemish = "damaged";
        memcpy(ret + n, u->line, u->line_n);
        n += u->line_n;
    }
    u->line_n = 0;
    return n;
}

static size_t decode(struct unwrapped *u, struct dye_span part)
{
    size_t n = 0;
    for (size_t i = 0; i < part.n; i++) {
        u->line[u->line_n++] = part.p[i];
        if (part.p[i] == '\n' || u->line_n == LINE_BYTES)
            n += decode_line(u, u->out + n);
    }
    return n;
}

static bool next(struct feed *f, struct dye_span *ret)
{
    struct unwrapped *u = (struct unwrapped *)f;
    bool escapes = u->escapes.mark != 0;
    size_t n = 0;
    while (n == 0 && (u->piece.n > 0 || feed_pull(u->in, &u->piece))) {
        struct dye_span part = dye_span_of(u->piece.p, u->piece.n < PIECE_BYTES ? u->piece.n : PIECE_BYTES);
        u->piece = dye_span_of(part.p + part.n, u->piece.n - part.n);
        n = escapes ? escapes_decode(&u->escapes, part, u->out) : decode(u, part);
    }
    if (n == 0) { /* what was left open */
        n = escapes ? u->escapes.n : decode_line(u, u->out);
        n += escapes ? 0 : base64_finish(&u->base64, u->out + n);
        if (escapes)
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

/* From its beginning nobody can tell. */
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

/* Where the input can be sought it is base64 to its end or stays as it is. In a stream what isn't follows as it
 * stands, from the beginning of its line on. */
enum dye_status base64_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole w;
    const char *fault;
    if (in != &d->input->feed || d->input->from->read_at == NULL)
        return walk(d, in, path, depth, "base64", 0);
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
