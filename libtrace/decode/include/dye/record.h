#ifndef DYE_RECORD_H
#define DYE_RECORD_H
/*
 * record: how the text of a part is laid out, its records, and their fields with the place of each.
 *
 * A record is a row: a line of a delimited file, a parenthesised row of an INSERT or a line of a COPY, an object of
 * JSON, a card, a rendered row. What is laid out in no way that is known is read by lines.
 *
 * Which object of JSON is a record is decided once for a part. Where objects stand one a line or one behind the other,
 * each of them is. In a document that is a single value, it is each element of the outermost array whose elements are
 * objects or arrays, whatever wraps it ({"code": 0, "data": {"list": [{...}, {...}]}}); what is nested in an element
 * belongs to it. Without such an array the document is the record.
 */
#include "dye/decode.h"
#include "dye/text.h"

enum dye_layout_kind {
    DYE_LAYOUT_LINES,     /* a value or free text a line */
    DYE_LAYOUT_DELIMITED, /* fields parted by `delimiter`, quoted by `quote` */
    DYE_LAYOUT_SQL,       /* INSERT and REPLACE statements, COPY blocks */
    DYE_LAYOUT_JSON,      /* objects in an array, in each other, one a line or one behind the other */
    DYE_LAYOUT_VCARD,
    DYE_LAYOUT_CELLS, /* rendered: DYE_UNIT_CELL */
    DYE_LAYOUT_TEXT   /* rendered: DYE_UNIT_ROW, DYE_UNIT_PAGE: a record is a line */
};
DYE_API const char *dye_layout_name(enum dye_layout_kind k); /* "lines", "delimited" ... */

#define DYE_DELIMITER_MAX_BYTES 4
#define DYE_FIELDS_MAX 512 /* of a record; what comes behind is one more field */
#define DYE_HEADER_MAX_BYTES 8192

/*
 * A layout, and where in it a text begins: a chunk in the middle of a part goes on with what the one before left. Plain
 * data, no ownership.
 */
struct dye_layout {
    enum dye_layout_kind kind;
    enum dye_charset charset; /* of the part, also where the text is its UTF-8 */
    enum dye_mojibake mojibake;
    uint8_t delimiter[DYE_DELIMITER_MAX_BYTES + 1]; /* in the text's charset; one space: any run of spaces */
    uint8_t delimiter_n;
    uint8_t quote; /* 0 for none */
    bool has_header;
    uint8_t state; /* DYE_LAYOUT_INSIDE, and private bits */
    /* private */
    bool by_line;    /* JSON: a record ends with its line */
    bool scalars;    /* JSON: those beside the records are records */
    bool backslash;  /* SQL: escapes in quotes */
    uint8_t deep;    /* JSON: how many brackets are open in a record */
    uint32_t depth;  /* JSON: how many are open where the text begins */
    uint32_t column; /* rendered cells: fields of the first row that the text before held */
    /* Names of the columns, 0x1F behind each, UTF-8: the header's, or those of the statement at hand. */
    uint16_t header_n, tables_n; /* bytes */
    uint8_t header[DYE_HEADER_MAX_BYTES];
    uint8_t tables[DYE_HEADER_MAX_BYTES]; /* SQL: what CREATE TABLE said, for the INSERTs that name no columns */
};

/* The text begins inside a record that was cut: up to its first LF all is of that. */
#define DYE_LAYOUT_INSIDE 2

/*
 * The layout of a part from its first bytes, 64 KiB are enough; of wide charsets, from its text as UTF-8. For a
 * rendered part the unit decides. O(n) in the sample.
 */
DYE_API void dye_layout_detect(enum dye_unit unit, enum dye_charset charset, struct dye_span sample,
                               struct dye_layout *ret);

struct dye_field {
    struct dye_span name; /* see dye_field_name; empty when the column has none */
    size_t start, n;      /* of the value as it stands, without quotes, from the start of the text */
    uint32_t column;      /* from 0; for JSON and cards the order in the record */
    uint8_t charset;      /* of the record, in the text */
    /* private */
    uint8_t written;
    bool name_is_raw;
};

/* Walks the records of a text forwards. Layout and text are borrowed; 17 KiB of the caller's storage. */
struct dye_records {
    const struct dye_layout *origin;
    struct dye_layout layout; /* as it stands behind the record */
    struct dye_span text;
    size_t start, end; /* of the record it stands at */
    uint64_t count;    /* records so far, this one too; a header is none, nor is an empty row */
    /* private */
    size_t next; /* where the walk goes on */
    bool closed; /* the record's end was seen, not only the text's */
    bool in_gap; /* seek stands before the record [ahead_start, ahead_end) */
    bool over;
    bool unsure; /* a quote may close behind the text's end */
    size_t ahead_start, ahead_end;
    size_t hopeless; /* no quote closes before here */
    uint16_t names;  /* of a header that stays the same: where each ends in it */
    uint16_t name_end[DYE_FIELDS_MAX];
};
DYE_API void dye_records_init(struct dye_records *r, const struct dye_layout *layout, struct dye_span text);
/* To the next record that is not empty and not a header; false at the end. O(length). */
DYE_API bool dye_records_next(struct dye_records *r);
/* To the record that holds `at` (below text.n), or what stands between two. Going upwards costs O(length) in all; going
 * back starts at the text's start. */
DYE_API void dye_records_seek(struct dye_records *r, size_t at);
/* How many there are. O(n). */
DYE_API uint64_t dye_records_count(const struct dye_layout *layout, struct dye_span text);

/* The fields of the record it stands at; how many, at most DYE_FIELDS_MAX. Of what seek found between records, one.
 * JSON: values that are no object and no array, by the nearest key that does not begin with `$`. */
DYE_API size_t dye_record_fields(const struct dye_records *r, struct dye_field ret[DYE_FIELDS_MAX]);
/* The charset of the record, in the text. */
DYE_API enum dye_charset dye_record_charset(const struct dye_records *r);

/*
 * Appends a field's name or value as UTF-8, the value's escapes undone: doubled quotes, backslashes, \uXXXX; and, where
 * all of the value is written so, percent-encoding and HTML entities. DYE_E_LIMIT or DYE_E_NOMEM from the buffer (it
 * may then hold a part). `r` stands where it stood when it gave the field.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_field_name(const struct dye_records *r, const struct dye_field *f,
                                                      struct dye_buf *ret);
DYE_MUST_CHECK DYE_API enum dye_status dye_field_value(const struct dye_records *r, const struct dye_field *f,
                                                       struct dye_buf *ret);

/* Narrows a record to the 64 KiB around `at` where it is longer. */
#define DYE_RECORD_MAX_BYTES (64u << 10)
DYE_API void dye_record_narrow(size_t at, size_t *start, size_t *end);

#endif
