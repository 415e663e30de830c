#include "grid.h"
#include "number.h"
#include "office.h"

#include <stdlib.h>

/*
 * A spreadsheet of OpenDocument 1.3 (part 3, 9): all tables in one stream, rows and cells with how often they repeat.
 * A row is gathered before it is given, since all of it may repeat.
 */
enum { CELL_MAX_BYTES = 1 << 20, ROW_MAX_BYTES = 16 << 20, REPEATS_MAX = 1 << 21 };

struct cell { /* ... and its text */
    uint32_t column, repeats, bytes;
};

struct ods {
    struct office *office;
    struct grid grid;
    bool in_table;
    const char *fault; /* of the table at hand */
    uint64_t row, column;
    uint64_t row_repeats;
    uint32_t repeats;
    struct dye_buf cells; /* of the row at hand */
    struct dye_buf text;  /* of the cell at hand */
    struct dye_buf shown; /* what its attributes say that it holds, if they do */
    unsigned inside;      /* elements open in the cell; 0: not in a cell */
    unsigned paragraphs, notes;
};

static uint32_t repeats_of(const char **atts, const char *name)
{
    const char *s = xml_att(atts, name);
    unsigned long n = s != NULL ? strtoul(s, NULL, 10) : 1;
    return n == 0 ? 1 : n > REPEATS_MAX ? REPEATS_MAX : (uint32_t)n;
}

static enum dye_status append(struct ods *o, struct dye_buf *to, struct dye_span text)
{
    enum dye_status status = dye_buf_append(to, text.p, text.n);
    if (status != DYE_E_LIMIT)
        return status;
    o->fault = "limit: memory";
    return DYE_OK;
}

static enum dye_status begin_table(struct ods *o, const char **atts)
{
    const char *name = xml_att(atts, "name");
    struct decoding *d = o->office->d;
    const char *path = office_path(o->office, name != NULL ? name : "");
    if (!decoding_count_entry(d)) {
        DYE_TRY(part_bare(d, path, "limit: entries"));
        return DYE_END;
    }
    DYE_TRY(grid_begin(&o->grid, d, path, o->office->format));
    o->in_table = true;
    o->fault = NULL;
    o->row = 0;
    return DYE_OK;
}

static enum dye_status end_table(struct ods *o, enum dye_status status, const char *fault)
{
    o->in_table = false;
    DYE_TRY(grid_end(&o->grid, status, fault != NULL ? fault : o->fault));
    return o->office->d->over ? DYE_END : DYE_OK;
}

static enum dye_status begin_cell(struct ods *o, const char **atts)
{
    const char *type = xml_att(atts, "value-type"), *v;
    char number[NUMBER_MAX_BYTES];
    o->repeats = repeats_of(atts, "number-columns-repeated");
    o->inside = 1;
    o->paragraphs = o->notes = 0;
    dye_buf_clear(&o->text);
    dye_buf_clear(&o->shown);
    if (type == NULL || strcmp(type, "time") == 0)
        return DYE_OK;
    if ((v = xml_att(atts, "date-value")) != NULL) {
        size_t date = strcspn(v, "T");
        DYE_TRY(append(o, &o->shown, dye_span_of(v, date)));
        if (v[date] == '\0' || strncmp(v + date, "T00:00:00", 9) == 0)
            return DYE_OK;
        DYE_TRY(append(o, &o->shown, dye_span_str(" ")));
        return append(o, &o->shown, dye_span_of(v + date + 1, strcspn(v + date + 1, ".,")));
    }
    if ((v = xml_att(atts, "boolean-value")) != NULL)
        return append(o, &o->shown, dye_span_str(xml_is_true(v) ? "TRUE" : "FALSE"));
    if ((v = xml_att(atts, "string-value")) != NULL)
        return append(o, &o->shown, dye_span_str(v));
    if ((v = xml_att(atts, "value")) == NULL)
        return DYE_OK;
    size_t n = number_render_text(dye_span_str(v), number);
    return append(o, &o->shown, n > 0 ? dye_span_of(number, n) : dye_span_str(v));
}

static enum dye_status end_cell(struct ods *o)
{
    struct dye_span text = dye_buf_span(o->shown.n > 0 ? &o->shown : &o->text);
    struct cell c = {(uint32_t)o->column + 1, o->repeats, (uint32_t)text.n};
    o->column += o->repeats;
    if (text.n == 0 || !o->in_table || o->column > 2 * REPEATS_MAX)
        return DYE_OK;
    if (o->cells.n + sizeof c + text.n > o->cells.max) {
        o->fault = "limit: memory";
        return DYE_OK;
    }
    DYE_TRY(dye_buf_append(&o->cells, &c, sizeof c));
    return dye_buf_append(&o->cells, text.p, text.n);
}

static enum dye_status give_row(struct ods *o, uint64_t row)
{
    struct cell c;
    for (size_t at = 0; at < o->cells.n; at += sizeof c + c.bytes) {
        memcpy(&c, o->cells.p + at, sizeof c);
        struct dye_span text = dye_span_of(o->cells.p + at + sizeof c, c.bytes);
        for (uint32_t i = 0; i < c.repeats; i++) {
            if (i > 0 && !container_budget_spend(&o->office->d->budget, text.n)) {
                o->fault = "limit: ratio";
                o->office->d->over = true;
                return DYE_END;
            }
            if (c.column + i > GRID_COLUMNS_MAX) {
                o->fault = "damaged";
                break;
            }
            DYE_TRY(grid_put(&o->grid, row, c.column + i, text));
        }
    }
    return DYE_OK;
}

static enum dye_status end_row(struct ods *o)
{
    for (uint64_t i = 0; i < o->row_repeats && o->cells.n > 0; i++) {
        if (i > 0 && !container_budget_spend(&o->office->d->budget, o->cells.n)) {
            o->fault = "limit: ratio";
            o->office->d->over = true;
            return DYE_END;
        }
        DYE_TRY(give_row(o, o->row + i + 1));
    }
    o->row += o->row_repeats;
    if (o->row > GRID_ROWS_MAX)
        o->row = GRID_ROWS_MAX; /* empty ones fill the sheet to its end */
    dye_buf_clear(&o->cells);
    return DYE_OK;
}

static enum dye_status on_start(void *arg, const char *name, const char **atts)
{
    struct ods *o = arg;
    if (o->inside > 0) {
        o->inside++;
        if (strcmp(name, "annotation") == 0)
            o->notes++;
        else if (strcmp(name, "p") == 0 && o->notes == 0 && o->paragraphs++ > 0)
            return append(o, &o->text, dye_span_str(" "));
        else if (strcmp(name, "s") == 0 || strcmp(name, "tab") == 0 || strcmp(name, "line-break") == 0)
            return append(o, &o->text, dye_span_str(" "));
        else if (strcmp(name, "a") == 0 && xml_att(atts, "href") != NULL)
            office_clue(o->office, "link", dye_span_str(xml_att(atts, "href")));
        return DYE_OK;
    }
    if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0)
        return begin_cell(o, atts);
    if (strcmp(name, "table-row") == 0) {
        o->row_repeats = repeats_of(atts, "number-rows-repeated");
        o->column = 0;
        dye_buf_clear(&o->cells);
    } else if (strcmp(name, "table") == 0 && !o->in_table) {
        return begin_table(o, atts);
    } else if (strcmp(name, "p") == 0) { /* a text box, a header */
        o->paragraphs = 1;
        dye_buf_clear(&o->text);
    }
    return DYE_OK;
}

static enum dye_status on_end(void *arg, const char *name)
{
    struct ods *o = arg;
    if (o->inside > 0) {
        if (strcmp(name, "annotation") == 0 && o->notes > 0)
            o->notes--;
        return --o->inside == 0 ? end_cell(o) : DYE_OK;
    }
    if (strcmp(name, "table-row") == 0)
        return o->in_table ? end_row(o) : DYE_OK;
    if (strcmp(name, "table") == 0)
        return o->in_table ? end_table(o, DYE_OK, NULL) : DYE_OK;
    if (strcmp(name, "p") == 0 && o->paragraphs > 0) {
        o->paragraphs = 0;
        if (o->text.n > 0)
            office_clue(o->office, "text", dye_buf_span(&o->text));
    }
    return DYE_OK;
}

static enum dye_status on_text(void *arg, struct dye_span text)
{
    struct ods *o = arg;
    if (o->notes == 0)
        return o->paragraphs > 0 ? append(o, &o->text, text) : DYE_OK;
    bool blank = true; /* between elements */
    for (size_t i = 0; i < text.n && blank; i++)
        blank = text.p[i] == ' ' || text.p[i] == '\n';
    if (!blank)
        office_clue(o->office, "comment", text);
    return DYE_OK;
}

enum dye_status ods_read(struct office *office, struct member *content)
{
    static const struct xml_events events = {on_start, on_end, on_text};
    struct ods o = {.office = office};
    const char *fault = NULL;
    dye_buf_init(&o.cells, ROW_MAX_BYTES, true);
    dye_buf_init(&o.text, CELL_MAX_BYTES, true);
    dye_buf_init(&o.shown, CELL_MAX_BYTES, true);
    enum dye_status status = office_xml(office, content, &events, &o, &fault);
    if (o.in_table)
        status = end_table(&o, status, fault);
    else if (status == DYE_OK && fault != NULL)
        status = part_bare(office->d, office_path(office, "content"), fault);
    dye_buf_done(&o.cells);
    dye_buf_done(&o.text);
    dye_buf_done(&o.shown);
    return status == DYE_END ? DYE_OK : status;
}
