#ifndef DECODE_SHEET_H
#define DECODE_SHEET_H
/* sheet: one worksheet of a workbook -> a part, in one pass and in constant memory. Private to the decode layer. */
#include "book.h"

/* A book_sheet_fn. */
enum dye_status sheet_read(struct book *b, struct member *m, const char *name);

#endif
