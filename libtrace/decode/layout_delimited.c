#include "dialect.h"
#include "layout.h"

/* ---- records ---- */

/* i is behind an opening quote: past a closing one that ends its field, or 0. `""` inside is a quote; a quote in the
 * middle of text is text. */
static size_t close_quote(struct dye_records *r, size_t i)
{
    enum { FIELD_MAX = DYE_RECORD_MAX_BYTES }; /* a stray quote must not swallow the file */
    const struct dye_layout *l = &r->layout;
    const uint8_t *p = r->text.p;
    size_t end = r->text.n - i < FIELD_MAX ? r->text.n : i + FIELD_MAX;
    if (i < r->hopeless) {
        r->unsure = r->unsure || r->hopeless == r->text.n;
        return 0;
    }
    while (i < end) {
        const uint8_t *quote = memchr(p + i, l->quote, end - i);
        if (quote == NULL)
            break;
        size_t at = (size_t)(quote - p), run = at;
        while (run < end && p[run] == l->quote)
            run++;
        bool ends = run == r->text.n || p[run] == '\n' || p[run] == '\r' ||
                    (r->text.n - run >= l->delimiter_n && memcmp(p + run, l->delimiter, l->delimiter_n) == 0);
        if ((run - at) % 2 == 1 && ends)
            return run;
        i = run;
    }
    /* What closes a field does not depend on where it was opened: nothing before `end` does. */
    r->hopeless = end;
    r->unsure = r->unsure || end == r->text.n;
    return 0;
}

/* A line; with quotes in it, up to the first line end that is in none. */
static bool step(struct dye_records *r)
{
    const struct dye_layout *l = &r->layout;
    const uint8_t *p = r->text.p;
    if (!layout_line(r))
        return false;
    if (l->quote == 0)
        return true;
    size_t line_end = r->end, from = r->start;
    for (;;) {
        const uint8_t *quote = memchr(p + from, l->quote, line_end - from);
        if (quote == NULL) {
            r->closed = r->closed && !r->unsure;
            r->unsure = false;
            return true;
        }
        size_t at = (size_t)(quote - p);
        bool opens = at == r->start || (at - r->start >= l->delimiter_n &&
                                        memcmp(p + at - l->delimiter_n, l->delimiter, l->delimiter_n) == 0);
        size_t after = opens ? close_quote(r, at + 1) : 0;
        from = after != 0 ? after : at + 1;
        if (from <= line_end)
            continue;
        /* The field went over the line's end: the record goes on to that of its last line. */
        const uint8_t *lf = memchr(p + from, '\n', r->text.n - from);
        r->closed = lf != NULL;
        line_end = lf != NULL ? (size_t)(lf - p) : r->text.n;
        r->next = line_end + r->closed;
        if (line_end > from && p[line_end - 1] == '\r')
            line_end--;
        r->end = line_end;
    }
}

/* ---- fields ---- */

static size_t fields(const struct dye_records *r, struct dye_field *ret)
{
    const struct dye_layout *l = &r->layout;
    struct dialect d = {.charset = dye_record_charset(r), .quote = l->quote};
    dialect_delimiter(&d, l);
    const uint8_t *p = r->text.p;
    size_t n = 0;
    for (size_t at = r->start;;) {
        bool quoted = false;
        size_t end, next = dialect_next(&d, p, at, r->end, &end, &quoted);
        bool more =
            layout_add(ret, &n, at + quoted, end - quoted, r->end - quoted, quoted ? WRITTEN_DOUBLED : WRITTEN_PLAIN);
        if (next == SIZE_MAX || !more)
            break;
        at = next;
    }
    layout_name_fields(r, ret, n);
    return n;
}

const struct layout layout_delimited = {"delimited", dialect_detect, step, fields};

/* ---- rendered cells ---- */

static bool detect_cells(struct dye_span sample, struct dye_layout *ret)
{
    ret->delimiter[0] = DYE_FIELD_END;
    ret->delimiter_n = 1;
    dialect_detect_header(sample, ret);
    return true;
}

const struct layout layout_cells = {"cells", detect_cells, layout_line, fields};
