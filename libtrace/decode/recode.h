#ifndef DECODE_RECODE_H
#define DECODE_RECODE_H
/*
 * recode: a stream of text in any charset as a feed of valid UTF-8. Private to the decode layer.
 *
 * By ICU, whose tables are part of the program: nothing is loaded. A byte order mark goes before what is declared, and
 * what the bytes look like before a declared UTF-8, GB or Latin: those are what is claimed without thinking. Bytes that
 * are none of the charset become U+FFFD.
 */
#include "feed.h"

#include "dye/buf.h"

struct recode;

/*
 * `in` is borrowed until _close, and must not be pulled meanwhile; it may have been peeked at.
 *
 * charset   as declared; NULL or one that nobody knows: found out at the first piece that isn't ASCII
 *
 * NULL: no memory. The feed is broken by what broke `in`, its pieces are of 16 KiB at most.
 */
struct recode *recode_open(struct feed *in, const char *charset);
void recode_close(struct recode *r);
struct feed *recode_feed(struct recode *r);
/* What follows `key` ("charset=") in the first bytes of a text, without quotes; ret[cap] is "" where it doesn't. */
void recode_declared(struct dye_span head, const char *key, char *ret, size_t cap);
/* Whether text that says it is in this charset has to be converted before anything can look for charsets in it. */
bool recode_is_needed(const char *charset);
/* Appends `in`, the whole of a text, as UTF-8. False: no memory, or ret is full. */
bool recode_append(struct dye_span in, const char *charset, struct dye_buf *ret);

#endif
