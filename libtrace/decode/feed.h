#ifndef DECODE_FEED_H
#define DECODE_FEED_H
/*
 * feed: a stream that is pulled piece by piece and whose first bytes can be looked at before. The input is one, and so
 * is every entry of a container; a container pulls one and gives others. Private to the decode layer.
 */
#include "sniff.h"

enum { FEED_WAITING = 4 };

struct feed {
    /* The next piece, not empty and valid until the next call. False at the end, sound or not. */
    bool (*next)(struct feed *f, struct dye_span *ret);
    const char *broken;  /* why the stream ended before its end; a constant, NULL while sound */
    const char *blemish; /* it came to its end, but its bytes are not what they should be */
    bool ended;
    bool told;                             /* a part has said why it is broken or blemished */
    struct dye_span waiting[FEED_WAITING]; /* comes first; empty ones are passed over */
    uint8_t head[SNIFF_BYTES];
};

/* As {.next = next}, without clearing all of head. */
void feed_init(struct feed *f, bool (*next)(struct feed *f, struct dye_span *ret));
/* The next SNIFF_BYTES, less only when the stream ends before; they come again. Valid until the next pull. */
struct dye_span feed_peek(struct feed *f);
bool feed_pull(struct feed *f, struct dye_span *ret);
/* What was pulled and not used comes again, before all else. There is room for the ends of two pieces. */
void feed_push(struct feed *f, struct dye_span rest);
/* The next n bytes to p, or away when p is NULL. Returns how many there were: less than n only at the end. */
uint64_t feed_take(struct feed *f, uint8_t *p, uint64_t n);
/* Ends it here: gives nothing more. Returns how many bytes were pulled below and wait. */
uint64_t feed_drop(struct feed *f);
/* What is wrong with what came out of it, or NULL. */
const char *feed_fault(const struct feed *f);
/* Pulls it to its end. NUL bytes pad; "trailing data" is what no reader of the format would show. */
const char *feed_trailing_fault(struct feed *f);

#endif
