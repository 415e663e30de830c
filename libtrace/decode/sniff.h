#ifndef DECODE_SNIFF_H
#define DECODE_SNIFF_H
/*
 * sniff: what a stream is, by its first bytes. Never by its name: sellers rename. Private to the decode layer.
 */
#include "dye/span.h"

#define SNIFF_BYTES 32774 /* the magic of an ISO 9660 stands behind its system area */

#define SNIFF_TEXT_BYTES 512 /* what text is told by */

enum sniff_class {
    SNIFF_PLAIN,      /* text, or bytes that are scanned as they stand */
    SNIFF_COMPRESSED, /* one stream inside, without a name of its own */
    SNIFF_ARCHIVE,    /* named entries inside */
    SNIFF_DOCUMENT,   /* records inside, by a reader of its own */
    SNIFF_OPAQUE      /* known, but nothing here reads it */
};

enum sniff_format {
    SNIFF_NONE,
    SNIFF_GZIP,
    SNIFF_BZIP2,
    SNIFF_XZ,
    SNIFF_ZSTD,
    SNIFF_LZ4,
    SNIFF_LZIP,
    SNIFF_COMPRESS,
    SNIFF_LZMA,
    SNIFF_ZIP,
    SNIFF_TAR,
    SNIFF_7Z,
    SNIFF_RAR,
    SNIFF_CAB,
    SNIFF_ISO,
    SNIFF_CPIO,
    SNIFF_AR,
    SNIFF_LHA,
    SNIFF_WARC,
    SNIFF_PACKAGE, /* a zip that begins like a document of an office program */
    SNIFF_OLE,     /* a compound file: documents of older office programs */
    SNIFF_SQLITE,
    SNIFF_DBF,
    SNIFF_HTML,
    SNIFF_XML,
    SNIFF_MAIL,
    SNIFF_MBOX,
    SNIFF_ACCESS,
    SNIFF_PDF,
    SNIFF_BASE64,
    SNIFF_QUOTED,
    SNIFF_PERCENT,
    SNIFF_FORMATS /* how many */
};

struct sniff {
    enum sniff_class class;
    enum sniff_format format; /* of what can be entered */
    const char *reason;       /* of what can't: "format: image" ... a constant */
};

/* `head` holds the stream's first SNIFF_BYTES, or all of a shorter one. */
struct sniff sniff(struct dye_span head);
/* Of what is plain: it is text in no charset, and has more control characters than text has. Some format that nobody
 * here knows; it is searched as it stands, but not understood, and its part says so. */
bool sniff_is_unknown(struct dye_span head);

#endif
