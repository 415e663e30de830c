#ifndef DECODE_XML_H
#define DECODE_XML_H
/*
 * xml: a stream of XML as events, by expat. Private to the decode layer.
 *
 * Names come without their prefix: office files are written with any prefix, in two sets of namespaces. A document type
 * is refused, since no office file has one, and with it every entity of its own making. What expat takes from the heap
 * is capped, so names without number and tokens without end are "limit: memory".
 */
#include "feed.h"

#include "dye/status.h"

#define XML_DEPTH_MAX 512
#define XML_MEMORY_BYTES (8u << 20)

/* Each returns DYE_OK to go on, DYE_END to leave the rest unread, or what xml_read shall return. Any may be NULL. */
struct xml_events {
    enum dye_status (*start)(void *arg, const char *name, const char **atts);
    enum dye_status (*end)(void *arg, const char *name);
    enum dye_status (*text)(void *arg, struct dye_span utf8); /* in pieces of any length */
};

/* *ret_fault: NULL when the document was sound (or left by DYE_END), else a constant. DYE_OK, DYE_E_NOMEM or what an
 * event returned. */
enum dye_status xml_read(struct feed *in, const struct xml_events *events, void *arg, const char **ret_fault);

/* The value of the first attribute of that name, prefix aside; NULL without. */
const char *xml_att(const char **atts, const char *name);
/* "1", "true", "on" */
bool xml_is_true(const char *value);

#endif
