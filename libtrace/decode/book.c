#include "book.h"

enum { SHEETS_MAX = 1 << 14, NAMES_MAX_BYTES = 4 << 20, STYLES_MAX = 1 << 16, FORMATS_MAX = 1 << 12 };

struct sheet_entry { /* where its texts stand */
    uint32_t name, id;
};

enum dye_status book_init(struct book *b, struct office *o, struct member *workbook)
{
    *b = (struct book){.office = o};
    DYE_TRY(relations_read(o, package_name(o->package, workbook), &b->relations));
    dye_buf_init(&b->list, SHEETS_MAX * sizeof(struct sheet_entry), false);
    dye_buf_init(&b->text, NAMES_MAX_BYTES, false);
    dye_buf_init(&b->formats, FORMATS_MAX * 4, false);
    dye_buf_init(&b->dates, STYLES_MAX, false);
    dye_buf_init(&b->string, STRING_MAX_BYTES, true);
    strings_init(&b->strings, o->d, STRINGS_MEMORY_BYTES);
    return DYE_OK;
}

void book_done(struct book *b)
{
    strings_done(&b->strings);
    dye_buf_done(&b->string);
    dye_buf_done(&b->dates);
    dye_buf_done(&b->formats);
    dye_buf_done(&b->text);
    dye_buf_done(&b->list);
    relations_done(&b->relations);
}

enum dye_status book_add_sheet(struct book *b, const char *name, const char *id)
{
    struct sheet_entry e = {(uint32_t)b->text.n, (uint32_t)(b->text.n + strlen(name) + 1)};
    DYE_TRY(dye_buf_append(&b->text, name, strlen(name) + 1));
    DYE_TRY(dye_buf_append(&b->text, id, strlen(id) + 1));
    return dye_buf_append(&b->list, &e, sizeof e);
}

enum dye_status book_add_format(struct book *b, unsigned id, struct dye_span code)
{
    uint32_t v = id << 1 | number_code_is_date(code);
    return dye_buf_append(&b->formats, &v, sizeof v);
}

enum dye_status book_add_style(struct book *b, unsigned format)
{
    bool date = number_format_is_date(format);
    for (size_t i = 0; i + 4 <= b->formats.n; i += 4) {
        uint32_t v;
        memcpy(&v, b->formats.p + i, 4);
        if (v >> 1 == format) {
            date = v & 1;
            break;
        }
    }
    return dye_buf_append_u8(&b->dates, date);
}

enum dye_status book_end_strings(struct book *b, const char *fault)
{
    DYE_TRY(strings_finish(&b->strings));
    if (fault != NULL)
        b->strings_fault = fault;
    if (b->strings_fault == NULL)
        b->strings_fault = b->strings.fault;
    return DYE_OK;
}

struct member *book_related(struct book *b, const char *type, const char *usual)
{
    const char *target = relations_by_type(&b->relations, type);
    struct member *m = target != NULL ? package_find(b->office->package, target) : NULL;
    return m != NULL ? m : package_find(b->office->package, usual);
}

enum dye_status book_read_sheets(struct book *b, book_sheet_fn read)
{
    struct office *o = b->office;
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
            DYE_TRY(read(b, m, name));
    }
    return DYE_OK;
}
