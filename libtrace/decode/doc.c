#include "grid.h"
#include "little.h"
#include "ole.h"
#include "wide.h"

#include <stdlib.h>

/*
 * The text of Word 97 to 2003 ([MS-DOC]): a table of pieces says where the characters stand in the order of the
 * document; which of them end rows of tables is a property of paragraphs (2.4.2, 2.4.6.1). Headers, footnotes, comments
 * and text boxes follow the main text in the same order of characters.
 */
enum {
    STREAM_MAX_BYTES = 48 << 20,
    TEXT_MAX_BYTES = 1 << 20,
    IDENT = 0xa5ec,
    FIB_97 = 0xc1,
    FLAG_ENCRYPTED = 0x100,
    FLAG_TABLE_1 = 0x200,
    AT_PAPX = 0x102, /* in the file information block: offset and length of the paragraphs' properties, of the pieces */
    AT_PIECES = 0x1a2,
    PAGE_BYTES = 512,
    IN_TABLE = 1,
    ENDS_ROW = 2,
};

struct doc {
    struct dye_buf word, table; /* the streams */
    struct grid grid;
    struct dye_buf text;
    uint64_t row, column;
    const char *fault;
};

static uint32_t get16(const struct dye_buf *b, uint64_t at)
{
    return at + 2 <= b->n ? little16(b->p + at) : 0;
}

static uint32_t get32(const struct dye_buf *b, uint64_t at)
{
    return get16(b, at) | get16(b, at + 2) << 16;
}

static enum dye_status load(struct doc *doc, struct cfb *c, struct cfb_entry *e, struct dye_buf *to)
{
    struct cfb_stream *s = cfb_read(c, e);
    struct dye_span piece;
    enum dye_status status = DYE_OK;
    if (s == NULL)
        return DYE_E_NOMEM;
    e->taken = true;
    while (status == DYE_OK && feed_pull(&s->feed, &piece))
        status = dye_buf_append(to, piece.p, piece.n);
    doc->fault = status == DYE_E_LIMIT          ? "limit: memory"
                 : feed_fault(&s->feed) != NULL ? feed_fault(&s->feed)
                                                : doc->fault;
    cfb_stream_free(s);
    return status == DYE_E_LIMIT ? DYE_OK : status;
}

/* ---- properties of paragraphs ---- */

static unsigned read_modifiers(const struct dye_buf *w, uint64_t at, uint64_t end)
{
    static const uint8_t operand[8] = {1, 1, 2, 4, 2, 2, 0, 3};
    unsigned flags = 0;
    while (at + 3 <= end) {
        uint32_t code = get16(w, at), on = w->p[at + 2];
        uint64_t n = operand[code >> 13];
        if (n == 0) /* it says its own length */
            n = code == 0xd608 ? get16(w, at + 2) + 1 : 1 + on;
        if (code == 0x2416 && on != 0)
            flags |= IN_TABLE;
        if (code == 0x2417 && on != 0)
            flags |= ENDS_ROW;
        at += 2 + n;
    }
    return flags;
}

/* Of the paragraph that the character at `fc` of the stream belongs to. */
static unsigned flags_of(const struct doc *d, uint32_t fc)
{
    const struct dye_buf *w = &d->word, *t = &d->table;
    uint64_t plc = get32(w, AT_PAPX), n = get32(w, AT_PAPX + 4) / 8, low = 0, high = n;
    if (n == 0 || plc > t->n || n * 8 + 4 > t->n - plc)
        return 0;
    while (low + 1 < high) {
        uint64_t middle = (low + high) / 2;
        if (get32(t, plc + 4 * middle) <= fc)
            low = middle;
        else
            high = middle;
    }
    uint64_t page = (uint64_t)(get32(t, plc + 4 * (n + 1) + 4 * low) & 0x3fffff) * PAGE_BYTES;
    if (page + PAGE_BYTES > w->n)
        return 0;
    uint64_t runs = w->p[page + PAGE_BYTES - 1], i = 0;
    while (i < runs && get32(w, page + 4 * (i + 1)) <= fc)
        i++;
    uint64_t box = page + 4 * (runs + 1) + 13 * i;
    if (i == runs || box >= page + PAGE_BYTES || w->p[box] == 0)
        return 0;
    uint64_t at = page + 2u * w->p[box], size = w->p[at] != 0 ? 2u * w->p[at] - 1 : 2u * w->p[at + 1];
    at += w->p[at] != 0 ? 1 : 2;
    uint64_t end = at + size < page + PAGE_BYTES ? at + size : page + PAGE_BYTES;
    return read_modifiers(w, at + 2, end);
}

/* ---- text ---- */

static enum dye_status put(struct doc *d)
{
    enum dye_status status = grid_put(&d->grid, d->row + 1, d->column + 1, dye_buf_span(&d->text));
    dye_buf_clear(&d->text);
    return status;
}

static enum dye_status append(struct doc *d, struct dye_span bytes, bool wide)
{
    enum dye_status status = wide ? wide_append(&d->text, bytes) : wide_append_low(&d->text, bytes);
    if (status == DYE_E_LIMIT)
        d->fault = "limit: memory";
    return status == DYE_E_LIMIT ? DYE_OK : status;
}

/* A character that ends something, or stands for something that is no text. */
static enum dye_status control(struct doc *d, uint32_t c, uint32_t fc)
{
    unsigned flags = c == 7 || c == '\r' ? flags_of(d, fc) : 0;
    if (c == 7 && (flags & ENDS_ROW) == 0) {
        DYE_TRY(put(d));
        d->column++;
    } else if (c == 7 || c == 12 || (c == '\r' && (flags & IN_TABLE) == 0)) {
        DYE_TRY(put(d));
        d->row++;
        d->column = 0;
    } else if (d->text.n > 0 && (c == '\r' || c == '\t' || c == 11 || (c >= 19 && c <= 21))) {
        return append(d, dye_span_str(" "), false);
    }
    return DYE_OK;
}

static enum dye_status give_piece(struct doc *d, uint32_t at, uint64_t characters, bool wide)
{
    uint64_t unit = wide ? 2 : 1, end = at + characters * unit, start = at;
    if (end > d->word.n) {
        d->fault = d->fault != NULL ? d->fault : "damaged";
        end = d->word.n;
    }
    for (uint64_t i = at; i + unit <= end; i += unit) {
        uint32_t c = wide ? get16(&d->word, i) : d->word.p[i];
        if (c >= 32)
            continue;
        DYE_TRY(append(d, dye_span_of(d->word.p + start, (size_t)(i - start)), wide));
        DYE_TRY(control(d, c, (uint32_t)i));
        start = i + unit;
    }
    return start < end ? append(d, dye_span_of(d->word.p + start, (size_t)(end - start)), wide) : DYE_OK;
}

static enum dye_status give_pieces(struct doc *d)
{
    const struct dye_buf *t = &d->table;
    uint64_t at = get32(&d->word, AT_PIECES), end = at + get32(&d->word, AT_PIECES + 4);
    end = end < t->n ? end : t->n;
    while (at < end && t->p[at] == 1) /* modifiers */
        at += 3 + (uint64_t)get16(t, at + 1);
    if (at + 5 > end || t->p[at] != 2) {
        d->fault = d->fault != NULL ? d->fault : "damaged";
        return DYE_OK;
    }
    uint64_t bytes = get32(t, at + 1), n = bytes < 4 ? 0 : (bytes - 4) / 12;
    at += 5;
    if (n > (end - at) / 12) {
        d->fault = "damaged";
        n = (end - at) / 12;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint32_t first = get32(t, at + 4 * i), behind = get32(t, at + 4 * i + 4),
                 fc = get32(t, at + 4 * (n + 1) + 8 * i + 2);
        bool wide = (fc & 0x40000000) == 0;
        fc &= 0x3fffffff;
        if (behind < first || fc > d->word.n) {
            d->fault = "damaged";
            continue;
        }
        /* A few pieces can point at the same text for ever. */
        if (!container_budget_spend(&d->grid.rows.d->budget, behind - first)) {
            d->fault = "limit: ratio";
            d->grid.rows.d->over = true;
            return DYE_END;
        }
        DYE_TRY(give_piece(d, wide ? fc : fc / 2, behind - first, wide));
    }
    return d->text.n > 0 ? put(d) : DYE_OK;
}

static enum dye_status read_doc(struct office *o, struct cfb *c, struct cfb_entry *e, struct doc *d)
{
    DYE_TRY(load(d, c, e, &d->word));
    uint32_t flags = get16(&d->word, 10);
    struct cfb_entry *table = cfb_find(c, e->folder, (flags & FLAG_TABLE_1) != 0 ? "1Table" : "0Table");
    if (o->d->over)
        return part_bare(o->d, office_path(o, "document"), d->fault);
    if ((flags & FLAG_ENCRYPTED) != 0)
        return part_bare(o->d, office_path(o, "document"), "encrypted");
    if (get16(&d->word, 0) != IDENT || get16(&d->word, 2) < FIB_97 || table == NULL) {
        e->taken = false; /* an older Word: its bytes as they are */
        return DYE_OK;
    }
    DYE_TRY(load(d, c, table, &d->table));
    if (!decoding_count_entry(o->d))
        return part_bare(o->d, office_path(o, "document"), "limit: entries");
    DYE_TRY(grid_begin(&d->grid, o->d, office_path(o, "document"), "doc"));
    return grid_end(&d->grid, give_pieces(d), d->fault);
}

enum dye_status doc_read(struct office *o, struct cfb *c, struct cfb_entry *e)
{
    struct doc *d = calloc(1, sizeof *d);
    if (d == NULL)
        return DYE_E_NOMEM;
    dye_buf_init(&d->word, STREAM_MAX_BYTES, true);
    dye_buf_init(&d->table, STREAM_MAX_BYTES, true);
    dye_buf_init(&d->text, TEXT_MAX_BYTES, true);
    enum dye_status status = read_doc(o, c, e, d);
    dye_buf_done(&d->text);
    dye_buf_done(&d->table);
    dye_buf_done(&d->word);
    free(d);
    return status;
}
