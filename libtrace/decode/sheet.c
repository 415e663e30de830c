#include "sheet.h"

#include "grid.h"

#include <stdlib.h>

enum kind { NUMBER, SHARED, TEXT, BOOLEAN, ISO_DATE };

struct sheet {
    struct book *book;
    struct grid grid;
    uint64_t row, column; /* of the cell at hand */
    enum kind kind;
    uint32_t style;
    struct dye_buf value;
    unsigned phonetic;
    bool in_cell, in_value, in_header;
    const char *fault;
};

/* "AB12" -> 28, 12; false for anything else */
static bool read_place(const char *s, uint64_t *ret_row, uint64_t *ret_column)
{
    uint64_t row = 0, column = 0;
    for (; dye_is_alpha((uint8_t)*s) && column <= GRID_COLUMNS_MAX; s++)
        column = column * 26 + (uint64_t)((*s | 0x20) - 'a' + 1);
    for (; dye_is_digit((uint8_t)*s) && row <= GRID_ROWS_MAX; s++)
        row = row * 10 + (uint64_t)(*s - '0');
    if (*s != '\0' || row == 0 || column == 0)
        return false;
    *ret_row = row;
    *ret_column = column;
    return true;
}

static enum kind kind_of(const char *t)
{
    static const struct {
        const char *name;
        enum kind kind;
    } kinds[] = {{"n", NUMBER}, {"s", SHARED}, {"str", TEXT}, {"inlineStr", TEXT}, {"b", BOOLEAN}, {"d", ISO_DATE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, t) == 0)
            return kinds[i].kind;
    return TEXT; /* "e": #N/A and the like */
}

static void start_cell(struct sheet *s, const char **atts)
{
    uint64_t row = s->row, column = s->column + 1;
    s->kind = NUMBER;
    s->style = 0;
    for (; atts[0] != NULL; atts += 2) {
        if (strcmp(atts[0], "r") == 0) {
            if (!read_place(atts[1], &row, &column))
                s->grid.fault = "damaged";
        } else if (strcmp(atts[0], "s") == 0) {
            s->style = (uint32_t)strtoul(atts[1], NULL, 10);
        } else if (strcmp(atts[0], "t") == 0) {
            s->kind = kind_of(atts[1]);
        }
    }
    s->row = row;
    s->column = column;
    s->in_cell = true;
    dye_buf_clear(&s->value);
}

static bool is_header(const char *name)
{
    size_t n = strlen(name);
    return (name[0] == 'o' || name[0] == 'e' || name[0] == 'f') && n > 6 &&
           (strcmp(name + n - 6, "Header") == 0 || strcmp(name + n - 6, "Footer") == 0);
}

static enum dye_status on_start(void *arg, const char *name, const char **atts)
{
    struct sheet *s = arg;
    if (name[0] == 'c' && name[1] == '\0') {
        start_cell(s, atts);
    } else if (s->in_cell) {
        if (strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && s->phonetic == 0))
            s->in_value = true;
        else if (strcmp(name, "rPh") == 0)
            s->phonetic++;
    } else if (strcmp(name, "row") == 0) {
        const char *r = xml_att(atts, "r");
        uint64_t row = r != NULL ? strtoull(r, NULL, 10) : 0;
        s->row = row > 0 && row <= GRID_ROWS_MAX ? row : s->row + 1;
        s->column = 0;
    } else if (is_header(name)) {
        s->in_header = true;
        dye_buf_clear(&s->value);
    }
    return DYE_OK;
}

/* What the cell at hand shows; `number` is room for it. */
static struct dye_span show(struct sheet *s, char number[NUMBER_MAX_BYTES])
{
    struct dye_span raw = dye_buf_span(&s->value), text = {NULL, 0};
    double v;
    size_t n = 0;
    switch (s->kind) {
    case SHARED:
        if (raw.n > 0 && !strings_get(&s->book->strings, (uint32_t)strtoul((const char *)raw.p, NULL, 10), &text))
            s->fault = s->book->strings_fault != NULL ? s->book->strings_fault : "damaged";
        return text;
    case BOOLEAN:
        return dye_span_str(raw.n == 0 ? "" : raw.p[0] == '1' ? "TRUE" : "FALSE");
    case NUMBER:
        if (book_is_date(s->book, s->style) && number_of_text(raw, &v))
            n = number_render_date(v, s->book->from_1904, number);
        if (n == 0)
            n = number_render_text(raw, number);
        return n > 0 ? dye_span_of(number, n) : raw;
    case TEXT:
    case ISO_DATE:
        break;
    }
    return raw;
}

static enum dye_status on_end(void *arg, const char *name)
{
    struct sheet *s = arg;
    if (name[0] == 'c' && name[1] == '\0') {
        char number[NUMBER_MAX_BYTES];
        s->in_cell = s->in_value = false;
        s->phonetic = 0;
        return grid_put(&s->grid, s->row, s->column, show(s, number));
    }
    if (s->in_cell) {
        if (strcmp(name, "rPh") == 0)
            s->phonetic -= s->phonetic > 0;
        else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
            s->in_value = false;
    } else if (s->in_header) {
        s->in_header = false;
        if (s->value.n > 0)
            office_clue(s->book->office, "page header", dye_buf_span(&s->value));
    }
    return DYE_OK;
}

static enum dye_status on_text(void *arg, struct dye_span text)
{
    struct sheet *s = arg;
    if (!s->in_value && !s->in_header)
        return DYE_OK;
    enum dye_status status = dye_buf_append(&s->value, text.p, text.n);
    if (status != DYE_E_LIMIT)
        return status;
    s->fault = "limit: memory";
    return DYE_OK;
}

enum dye_status sheet_read(struct book *b, struct member *m, const char *name)
{
    static const struct xml_events events = {on_start, on_end, on_text};
    struct office *o = b->office;
    struct sheet s = {.book = b};
    const char *fault = NULL;
    DYE_TRY(grid_begin(&s.grid, o->d, office_path(o, name), o->format));
    dye_buf_init(&s.value, STRING_MAX_BYTES, true);
    enum dye_status status = office_xml(o, m, &events, &s, &fault);
    dye_buf_done(&s.value);
    return grid_end(&s.grid, status, fault != NULL ? fault : s.fault);
}
