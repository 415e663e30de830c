#ifndef DECODE_WHOLE_H
#define DECODE_WHOLE_H
/*
 * whole: a stream whose bytes can be read in any order: the input itself where that can be sought, else a copy in the
 * scratch space. For formats that keep their directory at the end. Private to the decode layer.
 */
#include "decoding.h"

struct whole {
    struct feed feed; /* first; see whole_feed */
    struct decoding *d;
    dye_read_at_fn read_at;
    uint64_t base;  /* in the input or the scratch space */
    uint64_t bytes; /* how many there are */
    uint64_t at;    /* of the feed */
    uint8_t *piece;
    const char *fault; /* of the stream it was copied from: its end may be missing */
};

/*
 * Takes all of `in`, which must not have been pulled beyond feed_peek.
 *
 * *ret_fault is NULL when it can be read in any order; else a constant ("limit: spill", or why the stream can't be
 * read), and there is nothing to _done. A stream that broke half-way is there as far as it went, ret->fault says why.
 * Space comes back by _done, last taken first. Returns DYE_OK, the status of the input or DYE_E_NOMEM.
 */
enum dye_status whole_take(struct decoding *d, struct feed *in, struct whole *ret, const char **ret_fault);
void whole_done(struct whole *w);
/* Exactly n bytes; false beyond the end, or when the space below fails. */
bool whole_read(const struct whole *w, uint64_t at, void *p, size_t n);
/* All of it, or n bytes from `at`, forwards. One at a time; valid until _done. */
struct feed *whole_feed(struct whole *w, uint64_t at);

#endif
