#ifndef DECODE_SHEET_H
#define DECODE_SHEET_H
/* sheet: one worksheet of a workbook -> a part, in one pass and in constant memory. Private to the decode layer. */
#include "office.h"
#include "shared_strings.h"

struct sheet_styles {
    struct dye_span dates; /* a byte a cell style: whether it shows a date */
    bool from_1904;
};

/* `strings_fault`: why strings are missing; the part says so when a cell asks for one of those. */
enum dye_status sheet_read(struct office *o, struct member *m, const char *name, struct strings *strings,
                           const char *strings_fault, const struct sheet_styles *styles);

#endif
