#include "number.h"
#include "office.h"
#include "shared_strings.h"
#include "sheet.h"

#include <stdlib.h>

/*
 * A workbook of Excel 2007 and later: ECMA-376 part 1, 18; the strict variant (ISO/IEC 29500) differs in names of
 * namespaces, which nothing here looks at.
 */
enum { SHEETS_MAX = 1 << 14, NAMES_MAX_BYTES = 4 << 20, STYLES_MAX = 1 << 16, FORMATS_MAX = 1 << 12 };

struct sheet_entry { /* where its texts stand */
    uint32_t name, id;
};

struct book {
    struct office *office;
    struct relations relations;
    struct dye_buf list, text; /* of sheet_entry */
    bool from_1904;
    bool in_name;           /* a defined name, whose text follows */
    struct dye_buf formats; /* numFmt ids that are dates, 4 bytes each */
    struct dye_buf dates;   /* a byte a cell style: whether it is a date */
    bool in_cell_styles;
    struct strings strings;
    struct dye_buf string; /* the one at hand */
    unsigned phonetic;     /* runs that say how to read it aloud */
    bool in_text;
    const char *strings_fault;
};

/* ---- workbook.xml ---- */

static enum dye_status add_sheet(struct book *b, const char *name, const char *id)
{
    struct sheet_entry e = {(uint32_t)b->text.n, (uint32_t)(b->text.n + strlen(name) + 1)};
    DYE_TRY(dye_buf_append(&b->text, name, strlen(name) + 1));
    DYE_TRY(dye_buf_append(&b->text, id, strlen(id) + 1));
    return dye_buf_append(&b->list, &e, sizeof e);
}

static enum dye_status book_start(void *arg, const char *name, const char **atts)
{
    struct book *b = arg;
    if (strcmp(name, "sheet") == 0) {
        const char *called = xml_att(atts, "name"), *id = NULL;
        for (const char **a = atts; *a != NULL; a += 2) /* "r:id", not "sheetId" */
            if (strlen(*a) > 3 && strcmp(*a + strlen(*a) - 3, ":id") == 0)
                id = a[1];
        enum dye_status status = add_sheet(b, called != NULL ? called : "", id != NULL ? id : "");
        return status == DYE_E_LIMIT ? DYE_END : status;
    }
    if (strcmp(name, "workbookPr") == 0)
        b->from_1904 = xml_is_true(xml_att(atts, "date1904"));
    b->in_name = strcmp(name, "definedName") == 0;
    if (b->in_name && xml_att(atts, "name") != NULL)
        office_clue(b->office, "defined name", dye_span_str(xml_att(atts, "name")));
    return DYE_OK;
}

static enum dye_status book_end(void *arg, const char *name)
{
    struct book *b = arg;
    if (strcmp(name, "definedName") == 0 && b->string.n > 0)
        office_clue(b->office, "defined as", dye_buf_span(&b->string));
    dye_buf_clear(&b->string);
    b->in_name = false;
    return DYE_OK;
}

/* Text of whatever is at hand, as long as it fits. */
static enum dye_status gather(struct book *b, struct dye_span text)
{
    enum dye_status status = dye_buf_append(&b->string, text.p, text.n);
    if (status == DYE_E_LIMIT)
        b->strings_fault = "limit: memory";
    return status == DYE_E_LIMIT ? DYE_OK : status;
}

static enum dye_status book_text(void *arg, struct dye_span text)
{
    struct book *b = arg;
    return b->in_name ? gather(b, text) : DYE_OK;
}

/* ---- styles.xml ---- */

static bool is_date_format(const struct book *b, unsigned id)
{
    for (size_t i = 0; i + 4 <= b->formats.n; i += 4) {
        uint32_t v;
        memcpy(&v, b->formats.p + i, 4);
        if (v >> 1 == id)
            return v & 1;
    }
    return number_format_is_date(id);
}

static enum dye_status styles_start(void *arg, const char *name, const char **atts)
{
    struct book *b = arg;
    enum dye_status status = DYE_OK;
    const char *id = xml_att(atts, "numFmtId"), *code;
    if (strcmp(name, "numFmt") == 0 && id != NULL && (code = xml_att(atts, "formatCode")) != NULL) {
        uint32_t v = (uint32_t)strtoul(id, NULL, 10) << 1 | number_code_is_date(dye_span_str(code));
        status = dye_buf_append(&b->formats, &v, 4);
        status = status == DYE_E_LIMIT ? DYE_OK : status; /* Excel has room for some 250 */
    } else if (strcmp(name, "cellXfs") == 0) {
        b->in_cell_styles = true;
    } else if (b->in_cell_styles && strcmp(name, "xf") == 0) {
        status = dye_buf_append_u8(&b->dates, id != NULL && is_date_format(b, (unsigned)strtoul(id, NULL, 10)));
    }
    return status == DYE_E_LIMIT ? DYE_END : status;
}

static enum dye_status styles_end(void *arg, const char *name)
{
    struct book *b = arg;
    if (strcmp(name, "cellXfs") == 0)
        b->in_cell_styles = false;
    return DYE_OK;
}

/* ---- sharedStrings.xml ---- */

static enum dye_status string_start(void *arg, const char *name, const char **atts)
{
    struct book *b = arg;
    (void)atts;
    if (strcmp(name, "t") == 0)
        b->in_text = b->phonetic == 0;
    else if (strcmp(name, "rPh") == 0)
        b->phonetic++;
    return DYE_OK;
}

static enum dye_status string_end(void *arg, const char *name)
{
    struct book *b = arg;
    if (strcmp(name, "t") == 0) {
        b->in_text = false;
    } else if (strcmp(name, "rPh") == 0) {
        b->phonetic -= b->phonetic > 0;
    } else if (strcmp(name, "si") == 0) {
        enum dye_status status = strings_add(&b->strings, dye_buf_span(&b->string));
        dye_buf_clear(&b->string);
        return status;
    }
    return DYE_OK;
}

static enum dye_status string_text(void *arg, struct dye_span text)
{
    struct book *b = arg;
    return b->in_text ? gather(b, text) : DYE_OK;
}

/* ---- all together ---- */

static struct member *related(struct book *b, const char *type, const char *usual)
{
    const char *target = relations_by_type(&b->relations, type);
    struct member *m = target != NULL ? package_find(b->office->package, target) : NULL;
    return m != NULL ? m : package_find(b->office->package, usual);
}

static enum dye_status read_tables(struct book *b, struct member *workbook)
{
    static const struct xml_events book_events = {book_start, book_end, book_text};
    static const struct xml_events styles_events = {styles_start, styles_end, NULL};
    static const struct xml_events string_events = {string_start, string_end, string_text};
    struct office *o = b->office;
    const char *fault;
    DYE_TRY(office_look(o, workbook, &book_events, b, &fault));
    if (fault != NULL && !o->d->over)
        DYE_TRY(part_bare(o->d, office_path(o, "workbook"), fault));
    if (o->d->over)
        return DYE_OK;
    struct member *m = related(b, "/styles", "xl/styles.xml");
    if (m != NULL)
        DYE_TRY(office_look(o, m, &styles_events, b, &fault));
    dye_buf_clear(&b->string);
    m = related(b, "/sharedStrings", "xl/sharedStrings.xml");
    if (m != NULL && !o->d->over) {
        DYE_TRY(office_look(o, m, &string_events, b, &fault));
        b->strings_fault = fault != NULL ? fault : b->strings_fault;
    }
    DYE_TRY(strings_finish(&b->strings));
    if (b->strings_fault == NULL)
        b->strings_fault = b->strings.fault;
    return DYE_OK;
}

static enum dye_status read_sheets(struct book *b)
{
    struct office *o = b->office;
    struct sheet_styles styles = {.dates = dye_buf_span(&b->dates), .from_1904 = b->from_1904};
    for (size_t i = 0; i < b->list.n / sizeof(struct sheet_entry) && !o->d->over; i++) {
        const struct sheet_entry *e = (const struct sheet_entry *)(const void *)b->list.p + i;
        const char *name = (const char *)b->text.p + e->name;
        const char *target = relations_by_id(&b->relations, (const char *)b->text.p + e->id);
        struct member *m = target != NULL ? package_find(o->package, target) : NULL;
        if (!decoding_count_entry(o->d))
            return part_bare(o->d, office_path(o, name), "limit: entries");
        if (m == NULL)
            DYE_TRY(part_bare(o->d, office_path(o, name), "damaged"));
        else
            DYE_TRY(sheet_read(o, m, name, &b->strings, b->strings_fault, &styles));
    }
    return DYE_OK;
}

enum dye_status xlsx_read(struct office *o, struct member *workbook)
{
    struct book *b = calloc(1, sizeof *b);
    if (b == NULL)
        return DYE_E_NOMEM;
    b->office = o;
    dye_buf_init(&b->list, SHEETS_MAX * sizeof(struct sheet_entry), false);
    dye_buf_init(&b->text, NAMES_MAX_BYTES, false);
    dye_buf_init(&b->formats, FORMATS_MAX * 4, false);
    dye_buf_init(&b->dates, STYLES_MAX, false);
    dye_buf_init(&b->string, STRING_MAX_BYTES, true);
    strings_init(&b->strings, o->d, STRINGS_MEMORY_BYTES);
    enum dye_status status = relations_read(o, package_name(o->package, workbook), &b->relations);
    if (status == DYE_OK) {
        status = read_tables(b, workbook);
        if (status == DYE_OK && !o->d->over)
            status = read_sheets(b);
        relations_done(&b->relations);
    }
    strings_done(&b->strings);
    dye_buf_done(&b->string);
    dye_buf_done(&b->dates);
    dye_buf_done(&b->formats);
    dye_buf_done(&b->text);
    dye_buf_done(&b->list);
    free(b);
    return status;
}
