#include "biff.h"
#include "biff12.h"
#include "book.h"
#include "grid.h"

#include <stdio.h>
#include <stdlib.h>

/* A workbook of Excel 2007 and later in its binary form, [MS-XLSB]: the package of an XLSX, with records in its members
 * instead of XML. */
struct xlsb {
    struct book book; /* first */
    struct biff12 at;
    struct grid grid;
    uint64_t row, column; /* of the cell at hand */
    bool in_cell_styles;
    const char *fault; /* of the member at hand */
};

/* Takes a record: DYE_OK, DYE_END to leave the rest unread, else what the walk shall return. */
typedef enum dye_status (*take_fn)(struct xlsb *x);

static enum dye_status walk(struct xlsb *x, struct member *m, take_fn take)
{
    struct member_feed *f = package_read(x->book.office->package, m);
    if (f == NULL)
        return DYE_E_NOMEM;
    m->taken = true;
    x->fault = NULL;
    biff12_init(&x->at, &f->feed);
    enum dye_status status = DYE_OK;
    while (status == DYE_OK && biff12_next(&x->at)) {
        status = take(x);
        if (status == DYE_E_LIMIT) {
            x->fault = "limit: memory";
            status = DYE_OK;
        }
    }
    const char *fault = f->feed.broken != NULL ? f->feed.broken : x->at.cut ? "damaged" : f->feed.blemish;
    x->fault = fault != NULL && status == DYE_OK ? fault : x->fault;
    member_feed_free(f);
    return status == DYE_END ? DYE_OK : status;
}

/* A member that makes no part; one says so when a limit of the whole decoding is reached in it. */
static enum dye_status look(struct xlsb *x, struct member *m, take_fn take)
{
    struct office *o = x->book.office;
    bool before = o->d->over;
    x->fault = NULL;
    if (m == NULL || before)
        return DYE_OK;
    DYE_TRY(walk(x, m, take));
    return o->d->over ? part_bare(o->d, o->path, x->fault) : DYE_OK;
}

/* The text at `at`, in book.string, and where it ends. */
static size_t read_text(struct xlsb *x, size_t at)
{
    dye_buf_clear(&x->book.string);
    if (!biff12_string(&x->at, &at, &x->book.string))
        x->fault = x->at.too_long ? "limit: memory" : "damaged";
    return at;
}

/* So many texts from `at` on, each a line of the properties. */
static void note_texts(struct xlsb *x, const char *key, size_t at, unsigned n)
{
    while (n-- > 0 && at < x->at.n) {
        at = read_text(x, at);
        if (x->book.string.n > 0)
            office_clue(x->book.office, key, dye_buf_span(&x->book.string));
    }
}

/* ---- workbook.bin, styles.bin, sharedStrings.bin ---- */

static enum dye_status take_of_workbook(struct xlsb *x)
{
    char id[256];
    switch (x->at.id) {
    case BIFF12_BOOK:
        x->book.from_1904 = (biff12_get32(&x->at, 0) & 1) != 0;
        return DYE_OK;
    case BIFF12_SHEET: {
        size_t at = read_text(x, 8); /* behind the sheet's state and number */
        snprintf(id, sizeof id, "%.*s", (int)(x->book.string.n < 255 ? x->book.string.n : 255),
                 x->book.string.n > 0 ? (const char *)x->book.string.p : "");
        (void)read_text(x, at);
        DYE_TRY(dye_buf_append_u8(&x->book.string, 0));
        return book_add_sheet(&x->book, (const char *)x->book.string.p, id);
    }
    case BIFF12_NAME:
        note_texts(x, "defined name", 9, 1);
        return DYE_OK;
    default:
        return DYE_OK;
    }
}

static enum dye_status take_of_styles(struct xlsb *x)
{
    switch (x->at.id) {
    case BIFF12_FORMAT:
        (void)read_text(x, 2);
        return book_add_format(&x->book, biff12_get32(&x->at, 0) & UINT16_MAX, dye_buf_span(&x->book.string));
    case BIFF12_CELL_STYLES:
    case BIFF12_CELL_STYLES_END:
        x->in_cell_styles = x->at.id == BIFF12_CELL_STYLES;
        return DYE_OK;
    case BIFF12_XF:
        return x->in_cell_styles ? book_add_style(&x->book, biff12_get32(&x->at, 0) >> 16) : DYE_OK;
    default:
        return DYE_OK;
    }
}

static enum dye_status take_of_strings(struct xlsb *x)
{
    if (x->at.id != BIFF12_STRING)
        return DYE_OK;
    (void)read_text(x, 1); /* behind its flags; fonts and how it is read aloud follow */
    return strings_add(&x->book.strings, dye_buf_span(&x->book.string));
}

/* ---- sheets ---- */

static enum dye_status put(struct xlsb *x, struct dye_span text)
{
    return grid_put(&x->grid, x->row + 1, x->column + 1, text);
}

static enum dye_status put_number(struct xlsb *x, uint32_t style, double v)
{
    char text[NUMBER_MAX_BYTES];
    size_t n = book_is_date(&x->book, style) ? number_render_date(v, x->book.from_1904, text) : 0;
    n = n > 0 ? n : number_render(v, text);
    return put(x, dye_span_of(text, n));
}

static enum dye_status put_shared(struct xlsb *x, uint32_t i)
{
    struct dye_span text;
    if (strings_get(&x->book.strings, i, &text))
        return put(x, text);
    x->fault = x->book.strings_fault != NULL ? x->book.strings_fault : "damaged";
    return DYE_OK;
}

/* A cell's style stands before `at`, its value there. */
static enum dye_status put_cell(struct xlsb *x, uint32_t kind, size_t at)
{
    const struct biff12 *b = &x->at;
    uint32_t style = biff12_get32(b, at - 4) & 0xffffff;
    if (kind != BIFF12_CELL_FIRST && at >= b->n) {
        x->fault = "damaged";
        return DYE_OK;
    }
    switch (kind) {
    case BIFF12_CELL_RK:
        return put_number(x, style, biff_rk(biff12_get32(b, at)));
    case BIFF12_CELL_REAL:
    case BIFF12_FORMULA_REAL:
        return put_number(x, style, biff12_get_double(b, at));
    case BIFF12_CELL_ERROR:
    case BIFF12_FORMULA_ERROR:
        return put(x, dye_span_str(biff_error(b->data[at])));
    case BIFF12_CELL_BOOL:
    case BIFF12_FORMULA_BOOL:
        return put(x, dye_span_str(b->data[at] != 0 ? "TRUE" : "FALSE"));
    case BIFF12_CELL_SHARED:
        return put_shared(x, biff12_get32(b, at));
    case BIFF12_CELL_RICH:
        at++; /* flags */
        break;
    case BIFF12_CELL_TEXT:
    case BIFF12_FORMULA_TEXT:
        break;
    default:
        return DYE_OK;
    }
    (void)read_text(x, at);
    return put(x, dye_buf_span(&x->book.string));
}

static enum dye_status take_of_sheet(struct xlsb *x)
{
    const struct biff12 *b = &x->at;
    if (b->id == BIFF12_ROW) {
        x->row = biff12_get32(b, 0);
        x->column = UINT64_MAX; /* before the first one */
        return DYE_OK;
    }
    if ((b->id >= BIFF12_CELL_FIRST && b->id <= BIFF12_FORMULA_ERROR) || b->id == BIFF12_CELL_RICH) {
        x->column = biff12_get32(b, 0);
        return put_cell(x, b->id, 8);
    }
    if (b->id >= BIFF12_SHORT_FIRST && b->id <= BIFF12_SHORT_LAST) {
        x->column++;
        return put_cell(x, b->id - BIFF12_SHORT_FIRST + BIFF12_CELL_FIRST, 4);
    }
    if (b->id == BIFF12_PAGE_HEADERS)
        note_texts(x, "page header", 2, 6);
    else if (b->id == BIFF12_LINK) /* behind its range and its relation: a place, a tip, a text */
        note_texts(x, "link", read_text(x, 16), 3);
    return DYE_OK;
}

/* A row a comment: its cell, its text. */
static enum dye_status take_of_comments(struct xlsb *x)
{
    const struct biff12 *b = &x->at;
    char cell[32];
    switch (b->id) {
    case BIFF12_AUTHOR:
        note_texts(x, "comment by", 0, 1);
        return DYE_OK;
    case BIFF12_COMMENT: {
        char letters[8];
        size_t n = sizeof letters;
        for (uint32_t c = (biff12_get32(b, 12) & 0x3fff) + 1; c > 0; c = (c - 1) / 26)
            letters[--n] = (char)('A' + (c - 1) % 26);
        int length = snprintf(cell, sizeof cell, "%.*s%llu", (int)(sizeof letters - n), letters + n,
                              (unsigned long long)biff12_get32(b, 4) + 1);
        x->row++;
        return grid_put(&x->grid, x->row, 1, dye_span_of(cell, (size_t)length));
    }
    case BIFF12_COMMENT_TEXT:
        (void)read_text(x, 1);
        return grid_put(&x->grid, x->row, 2, dye_buf_span(&x->book.string));
    default:
        return DYE_OK;
    }
}

static enum dye_status read_part(struct xlsb *x, struct member *m, const char *name, take_fn take)
{
    struct office *o = x->book.office;
    x->row = 0;
    x->column = UINT64_MAX;
    DYE_TRY(grid_begin(&x->grid, o->d, office_path(o, name), o->format));
    enum dye_status status = walk(x, m, take);
    return grid_end(&x->grid, status, x->fault);
}

static enum dye_status read_sheet(struct book *b, struct member *m, const char *name)
{
    return read_part((struct xlsb *)b, m, name, take_of_sheet);
}

/* ---- all together ---- */

static enum dye_status read_comments(struct xlsb *x)
{
    static const char folder[] = "xl/comments";
    struct office *o = x->book.office;
    for (size_t i = 0; i < o->package->n && !o->d->over; i++) {
        struct member *m = &o->package->members[i];
        const char *name = package_name(o->package, m);
        if (m->taken || strncmp(name, folder, sizeof folder - 1) != 0)
            continue;
        name += strlen("xl/");
        if (!decoding_count_entry(o->d))
            return part_bare(o->d, office_path(o, name), "limit: entries");
        DYE_TRY(read_part(x, m, name, take_of_comments));
    }
    return DYE_OK;
}

static enum dye_status read_book(struct xlsb *x, struct member *workbook)
{
    struct book *b = &x->book;
    struct office *o = b->office;
    DYE_TRY(look(x, workbook, take_of_workbook));
    if (x->fault != NULL && !o->d->over)
        DYE_TRY(part_bare(o->d, office_path(o, "workbook"), x->fault));
    DYE_TRY(look(x, book_related(b, "/styles", "xl/styles.bin"), take_of_styles));
    DYE_TRY(look(x, book_related(b, "/sharedStrings", "xl/sharedStrings.bin"), take_of_strings));
    DYE_TRY(book_end_strings(b, x->fault));
    if (!o->d->over)
        DYE_TRY(book_read_sheets(b, read_sheet));
    return read_comments(x);
}

enum dye_status xlsb_read(struct office *o, struct member *workbook)
{
    struct xlsb *x = malloc(sizeof *x);
    if (x == NULL)
        return DYE_E_NOMEM;
    x->in_cell_styles = false;
    x->fault = NULL;
    enum dye_status status = book_init(&x->book, o, workbook);
    if (status == DYE_OK) {
        status = read_book(x, workbook);
        book_done(&x->book);
    }
    free(x);
    return status;
}
