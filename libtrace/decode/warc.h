#ifndef DECODE_WARC_H
#define DECODE_WARC_H
/*
 * warc: a web archive (ISO 28500): records of what a crawler asked for and got. Private to the decode layer.
 *
 * libarchive reads it too, but passes over all records but answers, and leaves the HTTP header in front of the payload.
 * Here every record is an entry, named by its URI; of HTTP the payload counts, its chunks joined.
 */
#include "decoding.h"

enum dye_status warc_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

#endif
