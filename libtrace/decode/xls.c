#include "biff.h"
#include "grid.h"
#include "little.h"
#include "number.h"
#include "ole.h"
#include "shared_strings.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * The workbook stream of Excel 97-2003 (BIFF8, [MS-XLS]) and 5.0/95 (BIFF5: the same without Unicode): the book's
 * globals first, then a substream for each sheet.
 */
enum {
    SHEETS_MAX = 1 << 14,
    NAMES_MAX_BYTES = 4 << 20,
    FORMATS_MAX = 1 << 12,
    XFS_MAX = 1 << 16,
    TEXT_MAX_BYTES = 1 << 20,
    BIFF8 = 0x600
};

struct sheet_entry {
    uint32_t at, name; /* where its substream starts; where its name stands */
};

struct xls {
    struct office *office;
    struct biff *biff;
    struct dye_buf list, names;
    struct dye_buf formats, dates; /* ids that are dates, 2 * id + is; a byte a cell format */
    struct strings strings;
    struct dye_buf text;
    struct grid grid;
    bool in_sheet, from_1904;
    unsigned depth; /* charts inside sheets */
    uint32_t unnamed;
    uint64_t row, column; /* of a formula whose text follows */
    const char *fault;    /* of the book */
};

static bool is_date(const struct xls *x, uint32_t xf)
{
    return xf < x->dates.n && x->dates.p[xf] != 0;
}

static enum dye_status put_number(struct xls *x, uint32_t row, uint32_t column, uint32_t xf, double v)
{
    char text[NUMBER_MAX_BYTES];
    size_t n = is_date(x, xf) ? number_render_date(v, x->from_1904, text) : 0;
    n = n > 0 ? n : number_render(v, text);
    return grid_put(&x->grid, row + 1, column + 1, dye_span_of(text, n));
}

static enum dye_status put_bool_or_error(struct xls *x, uint32_t row, uint32_t column, bool is_error, unsigned value)
{
    const char *text = is_error ? biff_error(value) : value != 0 ? "TRUE" : "FALSE";
    return grid_put(&x->grid, row + 1, column + 1, dye_span_str(text));
}

/* The text that stands at `used` of the record, into a cell. */
static enum dye_status put_string(struct xls *x, uint64_t row, uint64_t column, size_t used)
{
    dye_buf_clear(&x->text);
    x->biff->used = used < x->biff->n ? used : x->biff->n;
    if (!biff_string(x->biff, 2, &x->text))
        x->grid.fault = "damaged";
    return grid_put(&x->grid, row + 1, column + 1, dye_buf_span(&x->text));
}

static enum dye_status put_formula(struct xls *x, uint32_t row, uint32_t column, uint32_t xf)
{
    const struct biff *b = x->biff;
    if (biff_get16(b, 12) != 0xffff || b->n < 14)
        return b->n < 14 ? DYE_OK : put_number(x, row, column, xf, biff_get_double(b, 6));
    x->row = row;
    x->column = column;
    switch (b->data[6]) {
    case 1:
    case 2:
        return put_bool_or_error(x, row, column, b->data[6] == 2, b->data[8]);
    default: /* text, in the record that follows; or none */
        return DYE_OK;
    }
}

static enum dye_status put_cells(struct xls *x)
{
    struct biff *b = x->biff;
    uint32_t row = biff_get16(b, 0), column = biff_get16(b, 2), xf = biff_get16(b, 4);
    struct dye_span text;
    switch (b->id) {
    case BIFF_LABELSST:
        if (strings_get(&x->strings, biff_get32(b, 6), &text))
            return grid_put(&x->grid, row + 1, column + 1, text);
        x->grid.fault = x->strings.fault != NULL ? x->strings.fault : "damaged";
        return DYE_OK;
    case BIFF_LABEL:
    case BIFF_RSTRING:
        return put_string(x, row, column, 6);
    case BIFF_NUMBER:
        return b->n < 14 ? DYE_OK : put_number(x, row, column, xf, biff_get_double(b, 6));
    case BIFF_RK:
        return b->n < 10 ? DYE_OK : put_number(x, row, column, xf, biff_get_rk(b, 6));
    case BIFF_MULRK:
        for (size_t at = 4; at + 8 <= b->n; at += 6, column++)
            DYE_TRY(put_number(x, row, column, biff_get16(b, at), biff_get_rk(b, at + 2)));
        return DYE_OK;
    case BIFF_FORMULA:
        return put_formula(x, row, column, xf);
    case BIFF_STRING:
        return put_string(x, x->row, x->column, 0);
    case BIFF_BOOLERR:
        return b->n < 8 ? DYE_OK : put_bool_or_error(x, row, column, b->data[7] != 0, b->data[6]);
    default:
        return DYE_OK;
    }
}

/* A text box or a comment: its length, then the characters in the record that continues it. */
static void note_text(struct xls *x)
{
    struct biff *b = x->biff;
    size_t n = biff_get16(b, 10);
    dye_buf_clear(&x->text);
    b->used = b->n;
    if (b->is_8 && biff_characters(b, n, &x->text) && x->text.n > 0)
        office_clue(x->office, "text", dye_buf_span(&x->text));
}

static void note_header(struct xls *x)
{
    dye_buf_clear(&x->text);
    if (x->biff->n > 0 && biff_string(x->biff, x->biff->is_8 ? 2 : 1, &x->text) && x->text.n > 0)
        office_clue(x->office, "page header", dye_buf_span(&x->text));
}

/* ---- the book's globals ---- */

static enum dye_status add_sheet(struct xls *x)
{
    struct sheet_entry e = {.at = biff_get32(x->biff, 0), .name = (uint32_t)x->names.n};
    dye_buf_clear(&x->text);
    x->biff->used = 6 < x->biff->n ? 6 : x->biff->n;
    if (!biff_string(x->biff, 1, &x->text))
        x->fault = "damaged";
    DYE_TRY(dye_buf_append(&x->names, x->text.p, x->text.n));
    DYE_TRY(dye_buf_append_u8(&x->names, 0));
    return dye_buf_append(&x->list, &e, sizeof e);
}

static enum dye_status add_format(struct xls *x)
{
    uint32_t id = biff_get16(x->biff, 0);
    dye_buf_clear(&x->text);
    x->biff->used = 2;
    if (x->biff->n < 3 || !biff_string(x->biff, x->biff->is_8 ? 2 : 1, &x->text))
        return DYE_OK;
    return dye_buf_append_u32(&x->formats, id << 1 | number_code_is_date(dye_buf_span(&x->text)));
}

static enum dye_status add_xf(struct xls *x)
{
    uint32_t id = biff_get16(x->biff, 2);
    bool date = number_format_is_date(id);
    for (size_t i = 0; i + 4 <= x->formats.n; i += 4) {
        uint32_t v = little32(x->formats.p + i);
        date = v >> 1 == id ? v & 1 : date;
    }
    return dye_buf_append_u8(&x->dates, date);
}

static enum dye_status add_strings(struct xls *x)
{
    struct biff *b = x->biff;
    uint32_t n = biff_get32(b, 4);
    b->used = 8;
    for (uint32_t i = 0; i < n && b->n >= 8; i++) {
        dye_buf_clear(&x->text);
        bool whole = biff_string(b, 2, &x->text);
        if (!whole && x->text.n == 0)
            break;
        DYE_TRY(strings_add(&x->strings, dye_buf_span(&x->text)));
        if (!whole)
            break;
    }
    return strings_finish(&x->strings);
}

static enum dye_status take_global(struct xls *x)
{
    switch (x->biff->id) {
    case BIFF_CODEPAGE:
        x->biff->codepage = biff_get16(x->biff, 0);
        return DYE_OK;
    case BIFF_DATEMODE:
        x->from_1904 = biff_get16(x->biff, 0) == 1;
        return DYE_OK;
    case BIFF_BOUNDSHEET:
        return add_sheet(x);
    case BIFF_FORMAT:
        return add_format(x);
    case BIFF_XF:
        return add_xf(x);
    case BIFF_SST:
        return add_strings(x);
    default:
        return DYE_OK;
    }
}

/* ---- sheets ---- */

static enum dye_status begin_sheet(struct xls *x, uint64_t at)
{
    char made_up[32];
    const char *name = NULL;
    for (size_t i = 0; i < x->list.n / sizeof(struct sheet_entry) && name == NULL; i++) {
        const struct sheet_entry *e = (const struct sheet_entry *)(const void *)x->list.p + i;
        if (e->at == at)
            name = (const char *)x->names.p + e->name;
    }
    if (name == NULL) { /* the book doesn't know of it, but it is there */
        snprintf(made_up, sizeof made_up, "sheet%u", (unsigned)++x->unnamed);
        name = made_up;
    }
    if (!decoding_count_entry(x->office->d)) {
        DYE_TRY(part_bare(x->office->d, office_path(x->office, name), "limit: entries"));
        return DYE_END;
    }
    DYE_TRY(grid_begin(&x->grid, x->office->d, office_path(x->office, name), "xls"));
    x->in_sheet = true;
    return DYE_OK;
}

static enum dye_status end_sheet(struct xls *x, enum dye_status status, const char *fault)
{
    x->in_sheet = false;
    DYE_TRY(grid_end(&x->grid, status, fault));
    return x->office->d->over ? DYE_END : DYE_OK;
}

static enum dye_status take_record(struct xls *x, uint64_t at, bool *in_book)
{
    struct biff *b = x->biff;
    enum { GLOBALS = 5 };
    switch (b->id) {
    case BIFF_BOF:
        if (x->depth++ > 0)
            return DYE_OK;
        b->is_8 = biff_get16(b, 0) >= BIFF8;
        *in_book = biff_get16(b, 2) == GLOBALS;
        return *in_book ? DYE_OK : begin_sheet(x, at);
    case BIFF_EOF:
        x->depth -= x->depth > 0;
        return x->depth == 0 && x->in_sheet ? end_sheet(x, DYE_OK, NULL) : DYE_OK;
    case BIFF_TXO:
        note_text(x);
        return DYE_OK;
    case BIFF_HEADER:
    case BIFF_FOOTER:
        note_header(x);
        return DYE_OK;
    case BIFF_FILEPASS:
        x->fault = "encrypted";
        return DYE_END;
    default:
        return x->depth == 1 && x->in_sheet ? put_cells(x) : *in_book ? take_global(x) : DYE_OK;
    }
}

static enum dye_status read_records(struct xls *x)
{
    bool in_book = false, any = false;
    enum dye_status status = DYE_OK;
    uint64_t at = 0;
    while (status == DYE_OK && biff_next(x->biff)) {
        if (!any && x->biff->id != BIFF_BOF)
            break;
        any = true;
        status = take_record(x, at, &in_book);
        if (status == DYE_E_LIMIT) { /* a table of the book is fuller than any real one */
            x->fault = "limit: memory";
            status = DYE_OK;
        }
        at = x->biff->at;
        if (x->depth == 0 && x->biff->id != BIFF_EOF) /* padding behind the last sheet */
            break;
    }
    const char *cut = x->biff->in->broken != NULL ? x->biff->in->broken : x->biff->cut || !any ? "truncated" : NULL;
    if (x->in_sheet)
        return end_sheet(x, status, cut != NULL ? cut : "truncated");
    x->fault = x->fault != NULL ? x->fault : cut;
    return status;
}

enum dye_status xls_read(struct office *o, struct cfb *c, struct cfb_entry *e)
{
    struct xls *x = calloc(1, sizeof *x);
    struct biff *b = malloc(sizeof *b);
    struct cfb_stream *s = cfb_read(c, e);
    enum dye_status status = DYE_E_NOMEM;
    if (x != NULL && b != NULL && s != NULL) {
        *x = (struct xls){.office = o, .biff = b};
        biff_init(b, &s->feed);
        dye_buf_init(&x->list, SHEETS_MAX * sizeof(struct sheet_entry), false);
        dye_buf_init(&x->names, NAMES_MAX_BYTES, false);
        dye_buf_init(&x->formats, FORMATS_MAX * 4, false);
        dye_buf_init(&x->dates, XFS_MAX, false);
        dye_buf_init(&x->text, TEXT_MAX_BYTES, true);
        strings_init(&x->strings, o->d, STRINGS_MEMORY_BYTES);
        e->taken = true;
        status = read_records(x);
        bool told = o->d->over && (x->fault == NULL || strcmp(x->fault, "limit: ratio") != 0);
        if ((status == DYE_OK || status == DYE_END) && x->fault != NULL && !told)
            status = part_bare(o->d, office_path(o, e->name), x->fault);
        strings_done(&x->strings);
        dye_buf_done(&x->text);
        dye_buf_done(&x->dates);
        dye_buf_done(&x->formats);
        dye_buf_done(&x->names);
        dye_buf_done(&x->list);
    }
    cfb_stream_free(s);
    free(b);
    free(x);
    return status == DYE_END ? DYE_OK : status;
}
