#ifndef DECODE_XML_SHAPE_H
#define DECODE_XML_SHAPE_H
/*
 * xml_shape: which element of an XML document is its record. Private to the decode layer.
 *
 * Told of the document's beginning, it chooses among the elements that follow each other below one parent: the
 * outermost that holds at least half as much text as any of them, and not so much that it can't be a record.
 */
#include "dye/span.h"

enum { XML_DEPTH_MAX = 200, XML_SHAPES = 512, XML_RECORD_TEXT_MAX = 1 << 14 };

/* An element's place: its name and those around it. */
uint64_t xml_place(uint64_t parent, const char *name);

struct xml_shape {
    struct xml_seen {
        uint64_t place, parent; /* the parent's serial */
        uint32_t depth, count, repeats;
        uint64_t text;
    } seen[XML_SHAPES];
    uint32_t n;
    struct {
        uint64_t place, serial;
        uint32_t seen; /* XML_SHAPES: none */
    } open[XML_DEPTH_MAX];
    uint32_t depth;
    uint64_t serial;
    uint64_t rows; /* the place of an Excel document's rows, 0 in others */
    bool book;
};

/* The document may be deeper than XML_DEPTH_MAX: what lies deeper isn't looked at. */
void xml_shape_begin(struct xml_shape *s, const char *name);
void xml_shape_text(struct xml_shape *s, size_t n);
void xml_shape_end(struct xml_shape *s);
/* The record's place; 0 when nothing repeats. */
uint64_t xml_shape_record(const struct xml_shape *s);

#endif
