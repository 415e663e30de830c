#include "free_pages.h"

#include "free_cells.h"
#include "recode.h"
#include "table.h"

#include "dye/key.h"

#define XXH_INLINE_ALL
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

enum { PAGE_MAX_BYTES = 65536 };

struct pages {
    struct decoding *d;
    const struct whole *whole;
    const char *path;
    uint32_t page_bytes, left; /* pages that the list may still have: it may be a circle */
    const char *charset;       /* NULL: UTF-8 */
    struct table out;
    bool begun;
    struct dye_buf text;
    uint8_t trunk[PAGE_MAX_BYTES], leaf[PAGE_MAX_BYTES];
    struct cell cell;
    struct free_cells cells;
    uint8_t *free;             /* a bit a page */
    uint64_t *seen, seen_mask; /* a filter of rows that are had already, by their values */
};

static uint64_t big(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static void put_number(struct pages *x, uint64_t type, struct dye_span s)
{
    char text[32];
    uint64_t bits = big(s.p, s.n);
    double real;
    memcpy(&real, &bits, sizeof real);
    if (s.n > 0 && s.n < 8 && (s.p[0] & 0x80) != 0)
        bits |= UINT64_MAX << (8 * s.n);
    int n = type == 7 ? snprintf(text, sizeof text, "%.15g", real)
                      : snprintf(text, sizeof text, "%lld", (long long)(type == 8 || type == 9 ? type - 8 : bits));
    table_text(&x->out, dye_span_of(text, type == 0 ? 0 : (size_t)n));
}

static void put_value(struct pages *x, uint64_t type, struct dye_span s)
{
    if (type < 12) {
        put_number(x, type, s);
    } else if (type % 2 == 0) {
        table_blob(&x->out, s);
    } else if (x->charset == NULL) {
        table_value(&x->out, s);
    } else {
        (void)!recode_append(s, x->charset, &x->text);
        table_text(&x->out, dye_buf_span(&x->text));
        dye_buf_clear(&x->text);
    }
}

/* Values as far as they stand in this page. */
static void put_row(struct pages *x, const struct cell *c)
{
    char number[24] = "";
    struct dye_span body = c->body;
    if (!x->begun)
        table_begin(&x->out, x->d, x->path, "deleted", "freepage");
    x->begun = true;
    if (c->numbered)
        snprintf(number, sizeof number, "%lld", (long long)c->row);
    table_text(&x->out, dye_span_str(number));
    for (size_t i = 0; i < c->n; i++) {
        uint64_t want = cell_type_bytes(c->types[i]);
        bool whole = want <= body.n;
        size_t here = whole ? (size_t)want : body.n;
        put_value(x, whole || c->types[i] >= 12 ? c->types[i] : 0, dye_span_of(body.p, here));
        body = dye_span_of(body.p + here, body.n - here);
    }
    (void)table_row(&x->out);
}

/* Whether the row was there; it is then. */
static bool note(struct pages *x, const struct cell *c)
{
    uint64_t h = XXH3_64bits(c->body.p, c->body.n);
    bool was = true;
    for (unsigned k = 0; k < 2; k++, h >>= 32) {
        uint64_t *word = &x->seen[(h & x->seen_mask) / 64], bit = UINT64_C(1) << (h & 63);
        was = was && (*word & bit) != 0;
        *word |= bit;
    }
    return was;
}

/* A record as far as it stands in this page, if it makes sense. */
static void put_record(struct pages *x, uint64_t row, struct dye_span record)
{
    uint64_t head_bytes, total;
    struct dye_span all = record;
    if (!cell_varint(&record, &head_bytes) || head_bytes > all.n || head_bytes < all.n - record.n ||
        !cell_types(dye_span_of(record.p, (size_t)head_bytes - (all.n - record.n)), &x->cell, &total))
        return;
    x->cell.numbered = true;
    x->cell.row = row;
    x->cell.body = dye_span_of(all.p + head_bytes, all.n - (size_t)head_bytes);
    if (total <= x->cell.body.n) {
        x->cell.body.n = (size_t)total;
        if (note(x, &x->cell))
            return;
    }
    put_row(x, &x->cell);
}

/* 1.6: a leaf of a table; a cell is the record's length, the row's number, the record. */
static void read_leaf(struct pages *x)
{
    size_t cells = (size_t)big(x->leaf + 3, 2);
    if (x->leaf[0] != CELL_LEAF || 8 + 2 * cells > x->page_bytes)
        return;
    for (size_t i = 0; i < cells; i++) {
        size_t at = (size_t)big(x->leaf + 8 + 2 * i, 2);
        uint64_t length, row;
        if (at < 8 + 2 * cells || at >= x->page_bytes)
            continue;
        struct dye_span cell = dye_span_of(x->leaf + at, x->page_bytes - at);
        if (cell_varint(&cell, &length) && cell_varint(&cell, &row) && length > 1)
            put_record(x, row, dye_span_of(cell.p, length < cell.n ? (size_t)length : cell.n));
    }
}

static bool take_page(struct pages *x, uint64_t number, uint8_t *p)
{
    return number > 1 && x->left-- > 0 && whole_read(x->whole, (number - 1) * x->page_bytes, p, x->page_bytes);
}

/* 1.5: trunks hold the next one's number, how many leaves follow, and their numbers. */
static void mark_free(struct pages *x, uint64_t trunk)
{
    uint64_t pages = x->whole->bytes / x->page_bytes;
    while (take_page(x, trunk, x->trunk)) {
        uint64_t n = big(x->trunk + 4, 4), most = x->page_bytes / 4 - 2;
        for (uint64_t i = 0; i < n && i < most; i++) {
            uint64_t leaf = big(x->trunk + 8 + 4 * i, 4) - 1;
            if (leaf < pages)
                x->free[leaf / 8] |= (uint8_t)(1u << leaf % 8);
        }
        trunk = big(x->trunk, 4);
    }
}

/* ---- all pages ---- */

static void note_used(void *pages, const struct cell *c)
{
    (void)note(pages, c);
}

/* What is there, what pages hold that were put aside, what others held; in this order. */
enum round { USED, FREE, HOLES };

/* Pages that were split or joined leave rows behind that stand elsewhere too. */
static void put_deleted(void *pages, const struct cell *c)
{
    struct pages *x = pages;
    if (!note(x, c) && (!x->begun || x->out.status == DYE_OK))
        put_row(x, c);
}

static void read_page(struct pages *x, enum round round, uint64_t page, struct dye_span usable)
{
    bool free = (x->free[page / 8] >> page % 8 & 1) != 0;
    if (round == USED && !free)
        free_cells_used(usable, note_used, x);
    else if (round == FREE && free)
        read_leaf(x);
    else if (round == HOLES)
        free_cells_read(&x->cells, usable, put_deleted, x);
}

/* Of all pages but the first, which is of the schema. */
static enum dye_status read_pages(struct pages *x, uint64_t trunk, uint8_t reserved)
{
    enum { BYTES_A_BIT = 4, LEAST = 1 << 16, MOST = 1 << 27 };
    uint64_t bits = LEAST, bytes = x->whole->bytes, pages = bytes / x->page_bytes;
    while (bits < bytes / BYTES_A_BIT && bits < MOST)
        bits *= 2;
    x->seen_mask = bits - 1;
    x->seen = calloc(bits / 64, sizeof *x->seen);
    x->free = calloc(pages / 8 + 1, 1);
    bool enough = x->seen != NULL && x->free != NULL;
    if (enough)
        mark_free(x, trunk);
    for (enum round round = USED; enough && round <= HOLES; round++)
        for (uint64_t i = 1; i < pages && (!x->begun || x->out.status == DYE_OK); i++)
            if (whole_read(x->whole, i * x->page_bytes, x->leaf, x->page_bytes))
                read_page(x, round, i, dye_span_of(x->leaf, x->page_bytes - reserved));
    free(x->seen);
    free(x->free);
    return enough ? DYE_OK : DYE_E_NOMEM;
}

enum dye_status free_pages_read(struct decoding *d, const struct whole *w, const char *path)
{
    uint8_t head[100];
    if (!whole_read(w, 0, head, sizeof head))
        return DYE_OK;
    struct pages *x = calloc(1, sizeof *x);
    if (x == NULL)
        return DYE_E_NOMEM;
    uint32_t page = (uint32_t)big(head + 16, 2), encoding = (uint32_t)big(head + 56, 4);
    x->d = d;
    x->whole = w;
    x->path = path;
    x->page_bytes = page == 1 ? PAGE_MAX_BYTES : page;
    x->charset = encoding == 2 ? "UTF-16LE" : encoding == 3 ? "UTF-16BE" : NULL;
    x->cells.utf8 = x->charset == NULL;
    dye_buf_init(&x->text, 4 * PAGE_MAX_BYTES, true);
    enum dye_status status = DYE_OK;
    if (page == 1 || (page >= 512 && page <= 32768)) {
        x->left = (uint32_t)(w->bytes / x->page_bytes);
        status = read_pages(x, big(head + 32, 4), head[20]);
    }
    if (x->begun) {
        enum dye_status ended = table_end(&x->out, NULL);
        status = ended != DYE_OK ? ended : status;
    }
    dye_buf_done(&x->text);
    dye_wipe(x->leaf, sizeof x->leaf);
    dye_wipe(x->trunk, sizeof x->trunk);
    dye_wipe(&x->cells.cell, sizeof x->cells.cell);
    free(x);
    return status;
}
