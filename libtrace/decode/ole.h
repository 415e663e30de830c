#ifndef DECODE_OLE_H
#define DECODE_OLE_H
/*
 * ole: a compound file as parts: workbooks of Excel 5 to 2003 (also as WPS writes them), text of Word 97 to 2003 and
 * PowerPoint 97 to 2003, each wherever it stands, who wrote it, and every other stream as it is. Private to the decode
 * layer.
 */
#include "cfb.h"
#include "office.h"

/* A format_fn. */
enum dye_status ole_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

/* A workbook's stream. o->path is what its sheets stand below. */
enum dye_status xls_read(struct office *o, struct cfb *c, struct cfb_entry *e);
/* The text of a WordDocument stream, and of a PowerPoint Document stream. */
enum dye_status doc_read(struct office *o, struct cfb *c, struct cfb_entry *e);
enum dye_status ppt_read(struct office *o, struct cfb *c, struct cfb_entry *e);
/* A property set ([MS-OLEPS]): lines of text to the clues. */
enum dye_status summary_read(struct office *o, struct cfb *c, struct cfb_entry *e);

#endif
