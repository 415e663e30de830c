#ifndef DECODE_BIFF12_H
#define DECODE_BIFF12_H
/*
 * biff12: the records of a member of an XLSB ([MS-XLSB] 2.1.4), one after the other, and the values in them. Private to
 * the decode layer.
 */
#include "feed.h"

#include "dye/buf.h"

enum {
    BIFF12_ROW = 0,
    BIFF12_CELL_FIRST = 1, /* blank; from here each says which column */
    BIFF12_CELL_RK = 2,
    BIFF12_CELL_ERROR = 3,
    BIFF12_CELL_BOOL = 4,
    BIFF12_CELL_REAL = 5,
    BIFF12_CELL_TEXT = 6,
    BIFF12_CELL_SHARED = 7,
    BIFF12_FORMULA_TEXT = 8,
    BIFF12_FORMULA_REAL = 9,
    BIFF12_FORMULA_BOOL = 10,
    BIFF12_FORMULA_ERROR = 11,
    BIFF12_SHORT_FIRST = 12, /* blank; the seven of 1 to 7 again, in the column behind the one before */
    BIFF12_SHORT_LAST = 18,
    BIFF12_STRING = 19,
    BIFF12_NAME = 39,
    BIFF12_FORMAT = 44,
    BIFF12_XF = 47,
    BIFF12_CELL_RICH = 62,
    BIFF12_BOOK = 153,
    BIFF12_SHEET = 156,
    BIFF12_PAGE_HEADERS = 479,
    BIFF12_LINK = 494,
    BIFF12_CELL_STYLES = 617,
    BIFF12_CELL_STYLES_END = 618,
    BIFF12_AUTHOR = 632,
    BIFF12_COMMENT = 635,
    BIFF12_COMMENT_TEXT = 637,
};

enum { BIFF12_RECORD_MAX = 1 << 18 }; /* of what is kept of one: a cell has 32,767 characters */

struct biff12 {
    struct feed *in;
    struct dye_span piece; /* what was pulled and not used */
    uint32_t id;
    size_t n;      /* of the record at hand, as far as it was kept */
    bool cut;      /* the stream ended inside a record, or is none of these */
    bool too_long; /* a record was, and this is its start */
    uint8_t data[BIFF12_RECORD_MAX];
};

void biff12_init(struct biff12 *b, struct feed *in);
/* Goes to the next record. False at the end, and when the stream ends inside one (then `cut`). */
bool biff12_next(struct biff12 *b);
/* Of the record at hand; 0 beyond its end. */
uint32_t biff12_get32(const struct biff12 *b, size_t at);
double biff12_get_double(const struct biff12 *b, size_t at);
/* Appends the string at *at and goes behind it; one that is not there (NULL in the standard) is empty. False when it
 * does not fit into the record, or into `to`. */
bool biff12_string(const struct biff12 *b, size_t *at, struct dye_buf *to);

#endif
