/*
 * record: a persona as rows of a sector's system.
 */
#include "record.h"

enum dye_status record_value(const struct dye_sector *s, const struct dye_persona *p, enum dye_kind kind,
                             struct dye_value *ret)
{
    ret->n = 0;
    ret->text[0] = '\0';
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && s->column[i].kind == kind)
            return dye_sector_cell(&s->column[i], p, ret);
    return DYE_OK;
}

bool record_tells(const struct dye_sector *s, const struct dye_persona *p, enum dye_column_what what)
{
    struct dye_value cell;
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == what)
            return dye_sector_cell(&s->column[i], p, &cell) == DYE_OK && cell.n != 0;
    return false;
}

/* RFC 4180: quoted where it has to be. A leading or trailing space is kept only by quotes in many readers. */
static enum dye_status csv_cell(struct dye_buf *b, const char *text, size_t n)
{
    bool quote = n > 0 && (text[0] == ' ' || text[n - 1] == ' ');
    for (size_t i = 0; i < n; i++)
        quote = quote || strchr(",\"\r\n", text[i]) != NULL;
    if (!quote)
        return dye_buf_append(b, text, n);
    DYE_TRY(dye_buf_append_str(b, "\""));
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            DYE_TRY(dye_buf_append_str(b, "\""));
        DYE_TRY(dye_buf_append(b, text + i, 1));
    }
    return dye_buf_append_str(b, "\"");
}

/* RFC 8259: the quote, the backslash and control characters are escaped; UTF-8 stands as it is. */
enum dye_status record_json_string(struct dye_buf *b, const char *text, size_t n)
{
    DYE_TRY(dye_buf_append_str(b, "\""));
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            DYE_TRY(dye_buf_printf(b, "\\u%04x", c));
        else if (c == '"' || c == '\\')
            DYE_TRY(dye_buf_printf(b, "\\%c", c));
        else
            DYE_TRY(dye_buf_append_u8(b, c));
    }
    return dye_buf_append_str(b, "\"");
}

enum dye_status dye_record_header(const struct dye_sector *s, enum dye_record_format f, struct dye_buf *ret)
{
    if (f != DYE_FORMAT_CSV)
        return DYE_OK;
    for (size_t i = 0; i < s->columns; i++) {
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? "," : ""));
        DYE_TRY(csv_cell(ret, s->column[i].name, strlen(s->column[i].name)));
    }
    return dye_buf_append_str(ret, "\n");
}

static enum dye_status csv_record(const struct dye_sector *s, const struct dye_persona *p, size_t row,
                                  struct dye_value *cell, struct dye_buf *ret)
{
    for (size_t i = 0; i < s->columns; i++) {
        DYE_TRY(dye_sector_cell_of(&s->column[i], p, row, cell));
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? "," : ""));
        DYE_TRY(csv_cell(ret, cell->text, cell->n));
    }
    return dye_buf_append_str(ret, "\n");
}

static enum dye_status json_record(const struct dye_sector *s, const struct dye_persona *p, size_t row,
                                   struct dye_value *cell, struct dye_buf *ret)
{
    DYE_TRY(dye_buf_append_str(ret, "{"));
    for (size_t i = 0; i < s->columns; i++) {
        DYE_TRY(dye_sector_cell_of(&s->column[i], p, row, cell));
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? "," : ""));
        DYE_TRY(record_json_string(ret, s->column[i].name, strlen(s->column[i].name)));
        DYE_TRY(dye_buf_append_str(ret, ":"));
        /* What a person does not have is null in a system's export, not an empty text. */
        DYE_TRY(cell->n != 0 ? record_json_string(ret, cell->text, cell->n) : dye_buf_append_str(ret, "null"));
    }
    return dye_buf_append_str(ret, "}\n");
}

enum dye_status dye_record_write(const struct dye_sector *s, const struct dye_persona *p, enum dye_record_format f,
                                 struct dye_buf *ret)
{
    struct dye_value cell;
    enum dye_status status = DYE_OK;
    size_t rows = dye_sector_rows(s, p);
    for (size_t row = 0; status == DYE_OK && row < rows; row++)
        switch (f) {
        case DYE_FORMAT_CSV:
            status = csv_record(s, p, row, &cell, ret);
            break;
        case DYE_FORMAT_JSONL:
            status = json_record(s, p, row, &cell, ret);
            break;
        case DYE_FORMAT_SQL:
            status = record_sql(s, p, row, &cell, ret);
            break;
        default:
            status = DYE_E_BUG;
        }
    dye_wipe(&cell, sizeof cell);
    return status;
}
