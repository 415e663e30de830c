#ifndef DECODE_GUNZIP_H
#define DECODE_GUNZIP_H
/*
 * gunzip: a gzip stream as a feed, by ISA-L, which takes a third of zlib's time. Private to the decode layer.
 *
 * libarchive reads gzip too, but it neither checks the CRC nor gives out the last 64 KiB before a stream breaks: a
 * small file that was cut off would be empty, and a damaged one would pass as read.
 */
#include "container.h"

struct gunzip;
/* `in` is borrowed until _close, and must not be pulled meanwhile. NULL: no memory. */
struct gunzip *gunzip_open(struct feed *in, struct container_budget *budget);
void gunzip_close(struct gunzip *g);
/* All members one after the other (RFC 1952, 2.2). What follows the last one and is neither a member nor zeros is
 * damage. */
struct feed *gunzip_feed(struct gunzip *g);

#endif
