#ifndef DECODE_OFFICE_H
#define DECODE_OFFICE_H
/*
 * office: a document that is a zip (OOXML of Excel, Word and PowerPoint; OpenDocument), as parts. Private to the decode
 * layer.
 *
 * Tables and text become parts of their own, and so does what hangs on them: comments, headers, text boxes; who wrote
 * it, for what company, defined names, links and page headers are lines of a part "properties". Every other member is
 * walked as an entry of an archive would be, so that nothing in the package is passed over: pictures, embedded files,
 * caches of pivot tables. Left out alone is what holds no content: OFFICE's list in office.c.
 */
#include "package.h"
#include "xml.h"

/* A format_fn. What is no document after all is read as a zip. */
enum dye_status office_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

#define OFFICE_CLUES_MAX_BYTES (1u << 20)
struct office {
    struct decoding *d;
    struct package *package;
    const char *path;
    uint32_t depth;
    const char *format;
    struct dye_buf clues; /* lines "key: text" */
    char inner[DYE_PATH_MAX_BYTES + 1];
};

/* "path/name", valid until the next call */
const char *office_path(struct office *o, const char *name);
/* Notes a line for the properties; a cap applies. */
void office_clue(struct office *o, const char *key, struct dye_span text);
/* The part "properties", of the lines noted; none when there are none. */
enum dye_status office_properties(struct office *o);
/* Reads a member as XML and takes note that it is seen to. m may be NULL: "damaged", it should have been there. */
enum dye_status office_xml(struct office *o, struct member *m, const struct xml_events *events, void *arg,
                           const char **ret_fault);
/* The same where it makes no part: when a limit of the whole decoding is reached, one says so. */
enum dye_status office_look(struct office *o, struct member *m, const struct xml_events *events, void *arg,
                            const char **ret_fault);
/* A member's text as a part of that name. */
enum dye_status office_prose(struct office *o, struct member *m, const char *name);

/* What a member refers to: "xl/_rels/workbook.xml.rels" for "xl/workbook.xml". */
struct relations {
    struct dye_buf list, text;
};
enum dye_status relations_read(struct office *o, const char *of, struct relations *ret);
void relations_done(struct relations *r);
/* The target's member name; by id, or the first one whose type ends like that. NULL without. */
const char *relations_by_id(const struct relations *r, const char *id);
const char *relations_by_type(const struct relations *r, const char *type);

enum dye_status xlsx_read(struct office *o, struct member *workbook);
enum dye_status xlsb_read(struct office *o, struct member *workbook);
enum dye_status ods_read(struct office *o, struct member *content);

#endif
