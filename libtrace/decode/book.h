#ifndef DECODE_BOOK_H
#define DECODE_BOOK_H
/*
 * book: what the sheets of a workbook of Excel 2007 and later share, in whichever of the two ways it is written: their
 * names, which cell styles are dates, the shared strings. Private to the decode layer.
 */
#include "number.h"
#include "office.h"
#include "shared_strings.h"

struct book {
    struct office *office;
    struct relations relations;
    struct dye_buf list, text;     /* the sheets: where their texts stand */
    struct dye_buf formats, dates; /* of formats of its own, 2 * id + is a date; a byte a cell style: is a date */
    bool from_1904;
    struct strings strings;
    const char *strings_fault; /* why some are missing; a part says so when a cell asks for one of those */
    struct dye_buf string;     /* the one at hand */
};

/* Reads what the workbook's member refers to. Then, and only then, there is something to _done. */
enum dye_status book_init(struct book *b, struct office *o, struct member *workbook);
void book_done(struct book *b);

/* Each DYE_OK, DYE_E_LIMIT (fuller than any real book) or DYE_E_NOMEM. */
enum dye_status book_add_sheet(struct book *b, const char *name, const char *id);
enum dye_status book_add_format(struct book *b, unsigned id, struct dye_span code);
enum dye_status book_add_style(struct book *b, unsigned format);
/* The strings are all there; `fault` is why not. */
enum dye_status book_end_strings(struct book *b, const char *fault);

/* The member of that type that the workbook refers to, else the one where it usually is; NULL without. */
struct member *book_related(struct book *b, const char *type, const char *usual);
static inline bool book_is_date(const struct book *b, uint32_t style)
{
    return style < b->dates.n && b->dates.p[style] != 0;
}

/* Each sheet in the book's order, by `read`, which makes its part. */
typedef enum dye_status (*book_sheet_fn)(struct book *b, struct member *m, const char *name);
enum dye_status book_read_sheets(struct book *b, book_sheet_fn read);

#endif
