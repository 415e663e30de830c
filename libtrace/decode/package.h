#ifndef DECODE_PACKAGE_H
#define DECODE_PACKAGE_H
/*
 * package: a zip that is one document (OOXML, OpenDocument): members by name, in any order and as often as needed.
 * Private to the decode layer.
 *
 * Its central directory is walked here, since libarchive gives members in file order alone and a sheet needs strings
 * that stand behind it. Where the directory is missing, as in a file that was cut off, the local headers serve.
 * APPNOTE.TXT 6.3.9, 4.3 and 4.5.3.
 */
#include "whole.h"

#include "dye/buf.h"

#include <zlib.h>

struct member {
    uint64_t at, packed, bytes; /* of the local header; of the data */
    uint32_t crc, name;         /* where the name stands among the names */
    uint16_t flags, method;
    bool taken; /* a reader has seen to it */
};

struct package {
    struct decoding *d;
    struct whole *w;
    struct dye_buf names; /* NUL-terminated, UTF-8, '/' between folders */
    struct member *members;
    uint32_t *by_name; /* sorted, whatever the case */
    size_t n, cap;
    const char *fault; /* of the directory: members may be missing */
};

/* DYE_OK, also for what is no zip at all (then n is 0), or DYE_E_NOMEM. `w` is borrowed until _done. */
enum dye_status package_open(struct decoding *d, struct whole *w, struct package *ret);
void package_done(struct package *p);
const char *package_name(const struct package *p, const struct member *m);
/* NULL when it isn't there. A leading '/' is passed over, case counts for nothing. */
struct member *package_find(struct package *p, const char *name);

/* A member's bytes; the struct is the caller's, large: keep it on the heap. */
struct member_feed {
    struct feed feed; /* first */
    struct package *p;
    const struct member *m;
    z_stream z;
    uint64_t at, left; /* of the packed bytes */
    uint64_t given;
    uint32_t crc;
    bool inflating, ended;
    uint8_t in[1 << 15], out[1 << 16];
};
/* NULL: no memory. What is wrong with the member shows in the feed. */
struct member_feed *package_read(struct package *p, const struct member *m);
void member_feed_free(struct member_feed *f); /* takes NULL */

#endif
