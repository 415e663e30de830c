#ifndef DECODE_BIFF_H
#define DECODE_BIFF_H
/*
 * biff: the records of a workbook stream of Excel 5 to 2003 ([MS-XLS] 2.1.4), one after the other, and the strings in
 * them. Private to the decode layer.
 */
#include "feed.h"

#include "dye/buf.h"

enum {
    BIFF_FORMULA = 0x0006,
    BIFF_EOF = 0x000a,
    BIFF_HEADER = 0x0014,
    BIFF_FOOTER = 0x0015,
    BIFF_DATEMODE = 0x0022,
    BIFF_FILEPASS = 0x002f,
    BIFF_CONTINUE = 0x003c,
    BIFF_CODEPAGE = 0x0042,
    BIFF_BOUNDSHEET = 0x0085,
    BIFF_MULRK = 0x00bd,
    BIFF_RSTRING = 0x00d6,
    BIFF_XF = 0x00e0,
    BIFF_SST = 0x00fc,
    BIFF_LABELSST = 0x00fd,
    BIFF_TXO = 0x01b6,
    BIFF_NUMBER = 0x0203,
    BIFF_LABEL = 0x0204,
    BIFF_BOOLERR = 0x0205,
    BIFF_STRING = 0x0207,
    BIFF_RK = 0x027e,
    BIFF_FORMAT = 0x041e,
    BIFF_BOF = 0x0809,
};

struct biff {
    struct feed *in;
    struct dye_span piece; /* what was pulled and not used */
    uint64_t at;           /* where the next record stands in the stream */
    uint16_t id, next_id;
    size_t n, used; /* of the record at hand */
    bool has_next;  /* next_id and next_n are known */
    uint16_t next_n;
    bool cut;  /* the stream ended inside a record */
    bool is_8; /* Unicode; before it, bytes of a code page */
    unsigned codepage;
    uint8_t data[UINT16_MAX];
};

void biff_init(struct biff *b, struct feed *in);
/* Goes to the next record. False at the end, and when the stream ends inside one (then `cut`). */
bool biff_next(struct biff *b);
/* Of the record at hand; 0 beyond its end. */
uint32_t biff_get16(const struct biff *b, size_t at);
uint32_t biff_get32(const struct biff *b, size_t at);
double biff_get_double(const struct biff *b, size_t at);
double biff_get_rk(const struct biff *b, size_t at);
/* What such a number says: 30 bits of a double or of an integer, and whether a hundredth of it is meant. */
double biff_rk(uint32_t rk);
/* What a cell shows that holds this code of an error. */
const char *biff_error(unsigned code);

/*
 * Appends the string at b->used, whose length stands in 1 or 2 bytes, and goes behind it, through records that continue
 * this one. False when it does not fit into them, or into `to`; what did is there.
 */
bool biff_string(struct biff *b, unsigned length_bytes, struct dye_buf *to);
/* `n` characters, flags first (BIFF8), as a string without its length. */
bool biff_characters(struct biff *b, size_t n, struct dye_buf *to);
/* n bytes further, through records that continue this one. */
bool biff_skip(struct biff *b, uint64_t n);
/* Bytes in the book's code page as UTF-8. */
bool biff_bytes(const struct biff *b, struct dye_span bytes, struct dye_buf *to);

#endif
