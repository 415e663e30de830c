#ifndef DECODE_XML_RECORD_H
#define DECODE_XML_RECORD_H
/*
 * xml_record: the fields of one record, as they come, and the columns that they have in all. Private to the decode
 * layer.
 *
 * A column is the way from the record to its text, "name", "home/city", "phone[2]" for a second one, "@id" for an
 * attribute, or what an element says of itself (<field name="phone">); columns stay in the order in which they were
 * first met.
 */
#include "table.h"

enum { XML_COLUMNS_MAX = 1024, XML_CELLS_MAX = 4096, XML_KEY_MAX = 255 };

struct xml_record {
    struct dye_buf names; /* of the columns, each with its NUL */
    uint32_t name_at[XML_COLUMNS_MAX];
    uint32_t columns, last; /* how many; the one found last */
    struct dye_buf text;    /* of the cells */
    struct xml_cell {
        uint32_t column, at, n;
        uint32_t next; /* of the same column, XML_CELLS_MAX for none */
    } cell[XML_CELLS_MAX];
    uint32_t cells, first[XML_COLUMNS_MAX], tail[XML_COLUMNS_MAX];
    bool open; /* the last cell goes on with what comes next of its column */
};

void xml_record_init(struct xml_record *r);
void xml_record_done(struct xml_record *r);
/* Whether it has a column of that key. */
bool xml_record_has(const struct xml_record *r, const char *key);
/* Adds text to the column `key`; NULL: to the first one, whatever its name, of a row that is no record. False when the
 * record is full: write it, then try again. One piece of text larger than a record is cut by the caller. */
bool xml_record_add(struct xml_record *r, const char *key, struct dye_span text);
/* What comes next is another text. */
void xml_record_close(struct xml_record *r);
/* Writes it as a row, or leaves it out when it has no cell, and empties it. */
void xml_record_write(struct xml_record *r, struct table *out);
/* The columns' names as a row. */
void xml_record_write_head(const struct xml_record *r, struct table *out);

#endif
