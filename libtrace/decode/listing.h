#ifndef DECODE_LISTING_H
#define DECODE_LISTING_H
/* listing: what `7zz l -slt` and `lsar -json` say is in an archive. Private to the decode layer. */
#include "feed.h"

#include "dye/buf.h"

#include <stdint.h>

enum listing_form { LISTING_7Z, LISTING_RAR };

/* Entries in their order: 8 bytes of length (LISTING_FOLDER: no file), a name in UTF-8 and a NUL. */
struct listing {
    struct dye_buf entries; /* capped, wiped */
    uint64_t n;
};
#define LISTING_FOLDER UINT64_MAX

void listing_init(struct listing *l);
void listing_done(struct listing *l);
/* Reads `in` to its end. DYE_OK; DYE_E_LIMIT: there are too many, or one that can't be read; DYE_E_NOMEM. Lines that
 * say nothing are passed over. */
enum dye_status listing_read(struct listing *l, enum listing_form form, struct feed *in);
/* The entry at *at, and *at behind it. False at the end. */
bool listing_next(const struct listing *l, size_t *at, uint64_t *ret_bytes, const char **ret_name);

#endif
