#ifndef DECODE_LAYOUT_H
#define DECODE_LAYOUT_H
/*
 * layout: what a kind of layout plugs in with; a file each, layout_*.c. Private to the decode layer.
 */
#include "dye/record.h"

/* Bits of dye_layout.state, besides DYE_LAYOUT_INSIDE. */
enum {
    LAYOUT_BEGUN = 1, /* the text is not the part's first: no byte order mark, no header */
    LAYOUT_ROWS = 4,  /* SQL: behind VALUES */
    LAYOUT_COPY = 8,  /* SQL: in a COPY block */
    LAYOUT_MET = 16   /* SQL: and a row of the statement came */
};

/* How a value is written: dye_field.written. */
enum {
    WRITTEN_PLAIN,
    WRITTEN_DOUBLED,   /* quotes in it are doubled */
    WRITTEN_SQL,       /* doubled quotes, and backslashes */
    WRITTEN_SQL_BARE,  /* doubled quotes only */
    WRITTEN_SQL_LINES, /* and \n and \r for line ends */
    WRITTEN_HEX,       /* 0x... */
    WRITTEN_COPY,
    WRITTEN_JSON,
    WRITTEN_CARD,   /* folded lines, backslashes */
    WRITTEN_CARD_QP /* quoted-printable besides */
};

struct layout {
    const char *name;
    /* Whether the sample is laid out so; fills ret, of which charset is set and the rest zero. NULL: never by itself.
     */
    bool (*detect)(struct dye_span sample, struct dye_layout *ret);
    /* From r->next: sets start, end, next, closed and the layout behind it. False at the text's end: `next` is there
     * and the layout's state is as it stands there. May give an empty record: that is passed over. */
    bool (*step)(struct dye_records *r);
    size_t (*fields)(const struct dye_records *r, struct dye_field *ret);
};
extern const struct layout layout_lines, layout_delimited, layout_sql, layout_json, layout_vcard, layout_cells,
    layout_text;

/* dye_layout_detect of bytes, but not whether they were decoded wrongly once: `mojibake` is NONE. */
void layout_detect(enum dye_charset charset, struct dye_span sample, struct dye_layout *ret);
enum dye_mojibake layout_mojibake(const struct dye_layout *l, struct dye_span sample);
/* Whether JSON begins at p, which text in braces rarely does. */
bool layout_begins_document(struct dye_span s);
/* p[i] is an opening bracket: past its partner, brackets in strings aside, or SIZE_MAX. */
size_t layout_bracket(enum dye_charset charset, const uint8_t *p, size_t i, size_t end);
/* Of the text, which is UTF-8 where the part is wide. */
enum dye_charset layout_charset(const struct dye_layout *l);
/* Sets the record to the line at r->next. */
bool layout_line(struct dye_records *r);
/* The whole record, one field. */
size_t layout_one_field(const struct dye_records *r, struct dye_field *ret);
/* Adds a field; false when it was the last that there is room for, and was widened up to `record_end`. */
bool layout_add(struct dye_field *ret, size_t *n, size_t start, size_t end, size_t record_end, uint8_t written);
/* Gives fields their names by column. */
void layout_name_fields(const struct dye_records *r, struct dye_field *ret, size_t n);
/* Appends a name to the header as UTF-8, mended, without 0x1F in it. False when it is full. */
bool layout_header_add(struct dye_layout *l, struct dye_span name);

/* A quoted string whose opening quote is at i - 1: past the closing one, or SIZE_MAX. */
struct quoting {
    enum dye_charset charset;
    uint8_t quote;
    bool backslash, doubled;
};
size_t layout_quoted(const struct quoting *q, const uint8_t *p, size_t i, size_t end);

/* Past `word` (lower case) at i when no letter, digit or `_` follows; 0 otherwise. */
size_t layout_word(const uint8_t *p, size_t i, size_t end, const char *word);
size_t layout_skip_blank(const uint8_t *p, size_t i, size_t end); /* spaces, tabs, line ends */

#endif
