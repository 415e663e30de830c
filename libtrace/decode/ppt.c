#include "grid.h"
#include "little.h"
#include "ole.h"
#include "wide.h"

/*
 * The text of PowerPoint 97 to 2003 ([MS-PPT] 2.3.1): a tree of records; what holds others has version 15, text stands
 * in atoms of three kinds. In the order of the stream, which is that of the slides as they were saved.
 */
enum { TEXT_CHARS = 4000, TEXT_BYTES = 4008, C_STRING = 4026, TEXT_MAX_BYTES = 1 << 20 };

struct ppt {
    struct feed *in;
    struct dye_span piece;
    struct grid grid;
    struct dye_buf raw, text;
    uint64_t row;
    const char *fault;
};

/* The next n bytes: to `to`, as far as it has room, or away. False when the stream ends before. */
static bool pull(struct ppt *p, uint64_t n, struct dye_buf *to)
{
    while (n > 0) {
        if (p->piece.n == 0 && !feed_pull(p->in, &p->piece))
            return false;
        size_t take = p->piece.n < n ? p->piece.n : (size_t)n;
        if (to != NULL && dye_buf_append(to, p->piece.p, take) != DYE_OK)
            p->fault = "limit: memory";
        p->piece = dye_span_of(p->piece.p + take, p->piece.n - take);
        n -= take;
    }
    return true;
}

/* A row a paragraph. */
static enum dye_status give(struct ppt *p, bool wide)
{
    dye_buf_clear(&p->text);
    if ((wide ? wide_append : wide_append_low)(&p->text, dye_buf_span(&p->raw)) != DYE_OK)
        p->fault = "limit: memory";
    for (size_t at = 0; at < p->text.n;) {
        size_t n = 0;
        while (at + n < p->text.n && p->text.p[at + n] != '\r' && p->text.p[at + n] != 11)
            n++;
        DYE_TRY(grid_put(&p->grid, ++p->row, 1, dye_span_of(p->text.p + at, n)));
        at += n + 1;
    }
    return DYE_OK;
}

static enum dye_status give_records(struct ppt *p)
{
    enum { HEAD = 8, VERSION = 15 };
    for (;;) {
        dye_buf_clear(&p->raw);
        if (!pull(p, HEAD, &p->raw))
            break;
        const uint8_t *h = p->raw.p;
        unsigned type = little16(h + 2), version = h[0] & VERSION;
        uint64_t n = little32(h + 4);
        bool is_text = type == TEXT_CHARS || type == TEXT_BYTES || type == C_STRING;
        if (version == VERSION)
            continue;
        dye_buf_clear(&p->raw);
        if (!pull(p, n, is_text ? &p->raw : NULL))
            p->fault = "damaged";
        if (is_text)
            DYE_TRY(give(p, type != TEXT_BYTES));
    }
    if (p->raw.n > 0 || p->in->broken != NULL)
        p->fault = p->in->broken != NULL ? p->in->broken : "damaged";
    return DYE_OK;
}

enum dye_status ppt_read(struct office *o, struct cfb *c, struct cfb_entry *e)
{
    struct cfb_stream *s = cfb_read(c, e);
    if (s == NULL)
        return DYE_E_NOMEM;
    struct ppt p = {.in = &s->feed};
    enum dye_status status;
    e->taken = true;
    dye_buf_init(&p.raw, TEXT_MAX_BYTES, true);
    dye_buf_init(&p.text, 2 * TEXT_MAX_BYTES, true);
    if (!decoding_count_entry(o->d)) {
        status = part_bare(o->d, office_path(o, "slides"), "limit: entries");
    } else {
        status = grid_begin(&p.grid, o->d, office_path(o, "slides"), "ppt");
        if (status == DYE_OK)
            status = give_records(&p);
        status = grid_end(&p.grid, status, p.fault);
    }
    dye_buf_done(&p.text);
    dye_buf_done(&p.raw);
    cfb_stream_free(s);
    return status;
}
