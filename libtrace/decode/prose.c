#include "prose.h"

#include <stdlib.h>

enum { TEXT_MAX_BYTES = 1 << 20 };

enum word { W_NONE, W_PARAGRAPH, W_TABLE, W_ROW, W_CELL, W_TEXT, W_SPACE, W_FALLBACK, W_CHOICE, W_BOX };

struct meaning {
    const char *name;
    enum word word;
};

static const struct meaning ooxml[] = {
    {"p", W_PARAGRAPH},         {"t", W_TEXT},    {"delText", W_TEXT},    {"instrText", W_TEXT},
    {"text", W_TEXT},           {"tbl", W_TABLE}, {"tr", W_ROW},          {"tc", W_CELL},
    {"tab", W_SPACE},           {"br", W_SPACE},  {"cr", W_SPACE},        {"comment", W_ROW},
    {"threadedComment", W_ROW}, {"cm", W_ROW},    {"txbxContent", W_BOX}, {"AlternateContent", W_CHOICE},
    {"Fallback", W_FALLBACK},
};

static const struct meaning odf[] = {
    {"p", W_PARAGRAPH},   {"h", W_PARAGRAPH},     {"table", W_TABLE},
    {"table-row", W_ROW}, {"table-cell", W_CELL}, {"covered-table-cell", W_CELL},
    {"s", W_SPACE},       {"tab", W_SPACE},       {"line-break", W_SPACE},
};

static enum word word_of(const struct prose *p, const char *name)
{
    const struct meaning *list = p->odf ? odf : ooxml;
    size_t n = p->odf ? sizeof odf / sizeof *odf : sizeof ooxml / sizeof *ooxml;
    for (size_t i = 0; i < n; i++)
        if (list[i].name[0] == name[0] && strcmp(list[i].name, name) == 0)
            return list[i].word;
    return W_NONE;
}

void prose_init(struct prose *p, struct grid *grid, bool is_odf)
{
    *p = (struct prose){.grid = grid, .odf = is_odf, .spans = 1};
    dye_buf_init(&p->text, TEXT_MAX_BYTES, true);
}

void prose_done(struct prose *p)
{
    dye_buf_done(&p->text);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* What was gathered as a field; longer than any person writes it comes in several. */
static enum dye_status put(struct prose *p)
{
    struct dye_span text = dye_buf_span(&p->text);
    while (text.n > 0 && is_space(text.p[text.n - 1]))
        text.n--;
    while (text.n > 0 && is_space(text.p[0]))
        text = dye_span_of(text.p + 1, text.n - 1);
    enum dye_status status = grid_put(p->grid, p->row + 1, p->column + 1, text);
    dye_buf_clear(&p->text);
    return status;
}

static enum dye_status append(struct prose *p, struct dye_span text)
{
    enum dye_status status = dye_buf_append(&p->text, text.p, text.n);
    if (status != DYE_E_LIMIT)
        return status;
    p->fault = "limit: memory";
    return DYE_OK;
}

static enum dye_status space(struct prose *p)
{
    return p->text.n > 0 ? append(p, dye_span_str(" ")) : DYE_OK;
}

static enum dye_status end_row(struct prose *p)
{
    DYE_TRY(put(p));
    p->row++;
    p->column = 0;
    return DYE_OK;
}

static enum dye_status start_cell(struct prose *p, const char **atts)
{
    const char *span = xml_att(atts, p->odf ? "number-columns-repeated" : "gridSpan");
    long n = span != NULL ? strtol(span, NULL, 10) : 1;
    if (p->cells++ == 0)
        p->spans = n > 1 && n < 1000 ? (unsigned)n : 1;
    return DYE_OK;
}

static enum dye_status on_start(void *arg, const char *name, const char **atts)
{
    struct prose *p = arg;
    const char *span;
    enum word word = word_of(p, name);
    if (p->fallbacks > 0 && word != W_FALLBACK)
        return DYE_OK;
    switch (word) {
    case W_TABLE:
        if (p->cells == 0 && p->text.n > 0)
            DYE_TRY(end_row(p));
        p->tables++;
        return DYE_OK;
    case W_CELL:
        return start_cell(p, atts);
    case W_ROW:
        if (p->tables == 0 && ((span = xml_att(atts, "ref")) != NULL || (span = xml_att(atts, "author")) != NULL)) {
            /* a comment: to which cell it belongs, or whose it is */
            DYE_TRY(append(p, dye_span_str(span)));
            DYE_TRY(put(p));
            p->column++;
        }
        return DYE_OK;
    case W_TEXT:
        p->texts++;
        return DYE_OK;
    case W_SPACE:
        return space(p);
    case W_CHOICE:
        p->chosen = false;
        return DYE_OK;
    case W_FALLBACK: /* the same again, for old programs, unless nothing was there to choose */
        p->fallbacks += p->chosen || p->fallbacks > 0;
        return DYE_OK;
    case W_PARAGRAPH:
        p->texts += p->odf;
        return DYE_OK;
    case W_BOX:
        return p->cells == 0 && p->text.n > 0 ? end_row(p) : space(p);
    default:
        if (strcmp(name, "gridSpan") == 0 && p->cells == 1 && (span = xml_att(atts, "val")) != NULL) {
            long n = strtol(span, NULL, 10);
            p->spans = n > 1 && n < 1000 ? (unsigned)n : 1;
        } else if (p->odf && strcmp(name, "a") == 0 && (span = xml_att(atts, "href")) != NULL &&
                   strncmp(span, "mailto:", 7) == 0) {
            DYE_TRY(append(p, dye_span_str(span + 7)));
            return space(p);
        }
        return DYE_OK;
    }
}

static enum dye_status on_end(void *arg, const char *name)
{
    struct prose *p = arg;
    enum word word = word_of(p, name);
    if (p->fallbacks > 0 && word != W_FALLBACK)
        return DYE_OK;
    switch (word) {
    case W_TABLE:
        p->tables -= p->tables > 0;
        return DYE_OK;
    case W_CELL:
        p->cells -= p->cells > 0;
        if (p->cells > 0)
            return space(p);
        DYE_TRY(put(p));
        p->column += p->spans;
        p->spans = 1;
        return DYE_OK;
    case W_ROW:
        return p->cells > 0 ? space(p) : end_row(p);
    case W_PARAGRAPH:
        p->texts = p->odf && p->texts > 0 ? p->texts - 1 : 0;
        return p->tables > 0 || p->cells > 0 ? space(p) : end_row(p);
    case W_TEXT:
        p->texts -= p->texts > 0;
        return DYE_OK;
    case W_FALLBACK:
        p->fallbacks -= p->fallbacks > 0;
        return DYE_OK;
    default:
        return DYE_OK;
    }
}

static enum dye_status on_text(void *arg, struct dye_span text)
{
    struct prose *p = arg;
    if (p->fallbacks > 0 || p->texts == 0)
        return DYE_OK;
    p->chosen = true;
    return append(p, text);
}

const struct xml_events prose_events = {on_start, on_end, on_text};
