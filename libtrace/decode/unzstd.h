#ifndef DECODE_UNZSTD_H
#define DECODE_UNZSTD_H
/*
 * unzstd: a Zstandard stream as a feed, by libzstd itself, in large pieces. Private to the decode layer.
 *
 * libarchive reads it too, a window's worth of copies later, and calls every fault damage.
 */
#include "container.h"

struct unzstd;
/* `in` is borrowed until _close, and must not be pulled meanwhile. NULL: no memory. */
struct unzstd *unzstd_open(struct feed *in, struct container_budget *budget);
void unzstd_close(struct unzstd *u);
/* All frames one after the other, skippable ones too (RFC 8878, 3.1). What follows the last one and is none is damage.
 * A window of more than 128 MiB is a limit of memory. */
struct feed *unzstd_feed(struct unzstd *u);

#endif
