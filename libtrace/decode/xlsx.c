#include "book.h"
#include "sheet.h"

#include <stdlib.h>

/*
 * A workbook of Excel 2007 and later: ECMA-376 part 1, 18; the strict variant (ISO/IEC 29500) differs in names of
 * namespaces, which nothing here looks at.
 */
struct xlsx {
    struct book book; /* first */
    bool in_name;     /* a defined name, whose text follows */
    bool in_cell_styles;
    unsigned phonetic; /* runs that say how to read it aloud */
    bool in_text;
};

/* ---- workbook.xml ---- */

static enum dye_status workbook_start(void *arg, const char *name, const char **atts)
{
    struct xlsx *x = arg;
    if (strcmp(name, "sheet") == 0) {
        const char *called = xml_att(atts, "name"), *id = NULL;
        for (const char **a = atts; *a != NULL; a += 2) /* "r:id", not "sheetId" */
            if (strlen(*a) > 3 && strcmp(*a + strlen(*a) - 3, ":id") == 0)
                id = a[1];
        enum dye_status status = book_add_sheet(&x->book, called != NULL ? called : "", id != NULL ? id : "");
        return status == DYE_E_LIMIT ? DYE_END : status;
    }
    if (strcmp(name, "workbookPr") == 0)
        x->book.from_1904 = xml_is_true(xml_att(atts, "date1904"));
    x->in_name = strcmp(name, "definedName") == 0;
    if (x->in_name && xml_att(atts, "name") != NULL)
        office_clue(x->book.office, "defined name", dye_span_str(xml_att(atts, "name")));
    return DYE_OK;
}

static enum dye_status workbook_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    if (strcmp(name, "definedName") == 0 && x->book.string.n > 0)
        office_clue(x->book.office, "defined as", dye_buf_span(&x->book.string));
    dye_buf_clear(&x->book.string);
    x->in_name = false;
    return DYE_OK;
}

/* Text of whatever is at hand, as long as it fits. */
static enum dye_status gather(struct xlsx *x, struct dye_span text)
{
    enum dye_status status = dye_buf_append(&x->book.string, text.p, text.n);
    if (status == DYE_E_LIMIT)
        x->book.strings_fault = "limit: memory";
    return status == DYE_E_LIMIT ? DYE_OK : status;
}

static enum dye_status workbook_text(void *arg, struct dye_span text)
{
    struct xlsx *x = arg;
    return x->in_name ? gather(x, text) : DYE_OK;
}

/* ---- styles.xml ---- */

static enum dye_status styles_start(void *arg, const char *name, const char **atts)
{
    struct xlsx *x = arg;
    enum dye_status status = DYE_OK;
    const char *id = xml_att(atts, "numFmtId"), *code;
    if (strcmp(name, "numFmt") == 0 && id != NULL && (code = xml_att(atts, "formatCode")) != NULL) {
        status = book_add_format(&x->book, (unsigned)strtoul(id, NULL, 10), dye_span_str(code));
        status = status == DYE_E_LIMIT ? DYE_OK : status; /* Excel has room for some 250 */
    } else if (strcmp(name, "cellXfs") == 0) {
        x->in_cell_styles = true;
    } else if (x->in_cell_styles && strcmp(name, "xf") == 0) {
        status = book_add_style(&x->book, id != NULL ? (unsigned)strtoul(id, NULL, 10) : 0);
    }
    return status == DYE_E_LIMIT ? DYE_END : status;
}

static enum dye_status styles_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    if (strcmp(name, "cellXfs") == 0)
        x->in_cell_styles = false;
    return DYE_OK;
}

/* ---- sharedStrings.xml ---- */

static enum dye_status string_start(void *arg, const char *name, const char **atts)
{
    struct xlsx *x = arg;
    (void)atts;
    if (strcmp(name, "t") == 0)
        x->in_text = x->phonetic == 0;
    else if (strcmp(name, "rPh") == 0)
        x->phonetic++;
    return DYE_OK;
}

static enum dye_status string_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    if (strcmp(name, "t") == 0) {
        x->in_text = false;
    } else if (strcmp(name, "rPh") == 0) {
        x->phonetic -= x->phonetic > 0;
    } else if (strcmp(name, "si") == 0) {
        enum dye_status status = strings_add(&x->book.strings, dye_buf_span(&x->book.string));
        dye_buf_clear(&x->book.string);
        return status;
    }
    return DYE_OK;
}

static enum dye_status string_text(void *arg, struct dye_span text)
{
    struct xlsx *x = arg;
    return x->in_text ? gather(x, text) : DYE_OK;
}

/* ---- all together ---- */

static enum dye_status read_tables(struct xlsx *x, struct member *workbook)
{
    static const struct xml_events book_events = {workbook_start, workbook_end, workbook_text};
    static const struct xml_events styles_events = {styles_start, styles_end, NULL};
    static const struct xml_events string_events = {string_start, string_end, string_text};
    struct book *b = &x->book;
    struct office *o = b->office;
    const char *fault;
    DYE_TRY(office_look(o, workbook, &book_events, x, &fault));
    if (fault != NULL && !o->d->over)
        DYE_TRY(part_bare(o->d, office_path(o, "workbook"), fault));
    if (o->d->over)
        return DYE_OK;
    struct member *m = book_related(b, "/styles", "xl/styles.xml");
    if (m != NULL)
        DYE_TRY(office_look(o, m, &styles_events, x, &fault));
    dye_buf_clear(&b->string);
    fault = NULL;
    m = book_related(b, "/sharedStrings", "xl/sharedStrings.xml");
    if (m != NULL && !o->d->over)
        DYE_TRY(office_look(o, m, &string_events, x, &fault));
    return book_end_strings(b, fault);
}

enum dye_status xlsx_read(struct office *o, struct member *workbook)
{
    struct xlsx *x = calloc(1, sizeof *x);
    if (x == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = book_init(&x->book, o, workbook);
    if (status == DYE_OK) {
        status = read_tables(x, workbook);
        if (status == DYE_OK && !o->d->over)
            status = book_read_sheets(&x->book, sheet_read);
        book_done(&x->book);
    }
    free(x);
    return status;
}
