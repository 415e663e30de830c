/*
 * record_sql: a persona as an INSERT of the sector's table, in standard SQL: names in double quotes, so that none is
 * taken for a keyword, texts in single quotes, either doubled where it occurs. Every value is a text literal, which a
 * database turns into its column's type. MySQL reads it in its ANSI_QUOTES,NO_BACKSLASH_ESCAPES mode.
 */
#include "record.h"

static enum dye_status quoted(struct dye_buf *b, const char *text, size_t n, char quote)
{
    DYE_TRY(dye_buf_append(b, &quote, 1));
    for (size_t i = 0; i < n; i++) {
        if (text[i] == quote)
            DYE_TRY(dye_buf_append(b, &quote, 1));
        DYE_TRY(dye_buf_append(b, text + i, 1));
    }
    return dye_buf_append(b, &quote, 1);
}

/* `his.patients` is a table in a schema. */
static enum dye_status table_name(struct dye_buf *b, const char *name)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL)
        return quoted(b, name, strlen(name), '"');
    DYE_TRY(quoted(b, name, (size_t)(dot - name), '"'));
    DYE_TRY(dye_buf_append_str(b, "."));
    return quoted(b, dot + 1, strlen(dot + 1), '"');
}

enum dye_status record_sql(const struct dye_sector *s, const struct dye_persona *p, size_t row, struct dye_value *cell,
                           struct dye_buf *ret)
{
    DYE_TRY(dye_buf_append_str(ret, "INSERT INTO "));
    DYE_TRY(table_name(ret, s->table));
    for (size_t i = 0; i < s->columns; i++) {
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? ", " : " ("));
        DYE_TRY(quoted(ret, s->column[i].name, strlen(s->column[i].name), '"'));
    }
    for (size_t i = 0; i < s->columns; i++) {
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? ", " : ") VALUES ("));
        DYE_TRY(dye_sector_cell_of(&s->column[i], p, row, cell));
        DYE_TRY(cell->n != 0 ? quoted(ret, cell->text, cell->n, '\'') : dye_buf_append_str(ret, "NULL"));
    }
    return dye_buf_append_str(ret, ");\n");
}
