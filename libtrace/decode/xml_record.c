#include "xml_record.h"

enum { NAMES_BYTES = 1 << 18, TEXT_BYTES = 1 << 20 };

static void clear(struct xml_record *r)
{
    dye_buf_clear(&r->text);
    r->cells = 0;
    r->open = false;
    for (uint32_t i = 0; i < r->columns || i == 0; i++)
        r->first[i] = XML_CELLS_MAX;
}

void xml_record_init(struct xml_record *r)
{
    dye_buf_init(&r->names, NAMES_BYTES, true);
    dye_buf_init(&r->text, TEXT_BYTES, true);
    r->columns = r->last = 0;
    for (uint32_t i = 0; i < XML_COLUMNS_MAX; i++)
        r->first[i] = XML_CELLS_MAX;
    clear(r);
}

void xml_record_done(struct xml_record *r)
{
    dye_buf_done(&r->names);
    dye_buf_done(&r->text);
}

static bool is_column(const struct xml_record *r, uint32_t i, const char *key)
{
    return i < r->columns && strcmp((const char *)r->names.p + r->name_at[i], key) == 0;
}

bool xml_record_has(const struct xml_record *r, const char *key)
{
    for (uint32_t i = 0; i < r->columns; i++)
        if (is_column(r, i, key))
            return true;
    return false;
}

/* Records repeat: the next column is the likeliest. When there is no room for another, the last one takes it all. */
static uint32_t column_of(struct xml_record *r, const char *key)
{
    if (is_column(r, r->last, key))
        return r->last;
    if (is_column(r, r->last + 1, key))
        return ++r->last;
    for (uint32_t i = 0; i < r->columns; i++)
        if (is_column(r, i, key))
            return r->last = i;
    uint32_t at = (uint32_t)r->names.n;
    if (r->columns == XML_COLUMNS_MAX || dye_buf_append(&r->names, key, strlen(key) + 1) != DYE_OK)
        return r->columns > 0 ? r->columns - 1 : 0;
    r->name_at[r->columns] = at;
    return r->last = r->columns++;
}

bool xml_record_add(struct xml_record *r, const char *key, struct dye_span text)
{
    uint32_t column = key != NULL ? column_of(r, key) : 0;
    if (dye_buf_append(&r->text, text.p, text.n) != DYE_OK)
        return false;
    if (r->open && r->cell[r->cells - 1].column == column) {
        r->cell[r->cells - 1].n += (uint32_t)text.n;
        return true;
    }
    if (r->cells == XML_CELLS_MAX) {
        r->text.n -= text.n;
        return false;
    }
    uint32_t i = r->cells++;
    r->cell[i] = (struct xml_cell){column, (uint32_t)(r->text.n - text.n), (uint32_t)text.n, XML_CELLS_MAX};
    if (r->first[column] == XML_CELLS_MAX)
        r->first[column] = i;
    else
        r->cell[r->tail[column]].next = i;
    r->tail[column] = i;
    r->open = true;
    return true;
}

void xml_record_close(struct xml_record *r)
{
    r->open = false;
}

static struct dye_span trimmed(const struct xml_record *r, const struct xml_cell *c)
{
    struct dye_span s = dye_span_of(r->text.p + c->at, c->n);
    while (s.n > 0 && s.p[s.n - 1] <= ' ')
        s.n--;
    while (s.n > 0 && *s.p <= ' ')
        s = dye_span_of(s.p + 1, s.n - 1);
    return s;
}

void xml_record_write(struct xml_record *r, struct table *out)
{
    uint32_t left = r->cells; /* cells to come: behind the last one no column is looked at */
    for (uint32_t column = 0; left > 0; column++) {
        bool any = false;
        for (uint32_t i = r->first[column]; i < XML_CELLS_MAX; i = r->cell[i].next, left--) {
            struct dye_span s = trimmed(r, &r->cell[i]);
            if (s.n == 0)
                continue;
            if (any)
                table_more(out, dye_span_str(" ")), table_more(out, s);
            else
                table_text(out, s);
            any = true;
        }
        if (!any)
            table_text(out, dye_span_of(NULL, 0));
    }
    if (r->cells > 0)
        (void)table_row(out);
    clear(r);
}

void xml_record_write_head(const struct xml_record *r, struct table *out)
{
    for (uint32_t i = 0; i < r->columns; i++)
        table_text(out, dye_span_str((const char *)r->names.p + r->name_at[i]));
    if (r->columns > 0)
        (void)table_row(out);
}
