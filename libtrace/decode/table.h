#ifndef DECODE_TABLE_H
#define DECODE_TABLE_H
/*
 * table: one part of unit cell from begin to end. Private to the decode layer.
 *
 * What went wrong is kept, and calls behind it do nothing, so that a reader goes straight on: it looks at what
 * table_row returns, and gives table_end's status on. Rows may say more than the input holds (pages of a data base that
 * refer to each other): they count against the ratio.
 */
#include "rows.h"

#include "dye/text.h"

struct table {
    struct rows rows;
    struct dye_buf text; /* a value that had to be converted */
    enum dye_status status;
    const char *fault;
    uint64_t charged; /* bytes that the ratio has counted */
    bool ratio;       /* and found to be too many */
};

/* Begins the part path/name; `name` may be "". */
void table_begin(struct table *t, struct decoding *d, const char *path, const char *name, const char *format);
/* One field: UTF-8. */
void table_text(struct table *t, struct dye_span utf8);
/* Goes on with it. */
void table_more(struct table *t, struct dye_span utf8);
/* One field in that charset. */
void table_value_in(struct table *t, enum dye_charset charset, struct dye_span bytes);
/* One field, as somebody stored it: UTF-8 or GB18030, which is found out for each. */
void table_value(struct table *t, struct dye_span bytes);
/* One field of any bytes: its text when it is text; in hex when it has the length of a digest; else what text is
 * in it, and a space for each run of other bytes. A picture or the like gives none and is the part's fault. */
void table_blob(struct table *t, struct dye_span bytes);
/* Ends the row. False when no more is wanted. */
bool table_row(struct table *t);
/* Keeps the first fault; a constant, NULL for none. */
void table_fault(struct table *t, const char *fault);
/* Ends the part. Returns what a format_fn returns. */
enum dye_status table_end(struct table *t, const char *fault);

#endif
