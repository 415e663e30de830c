#ifndef DECODE_ZIP_TAIL_H
#define DECODE_ZIP_TAIL_H
/*
 * zip_tail: what follows the entries of a zip. Private to the decode layer.
 *
 * Entries are read by their local headers, and libarchive stops at the central directory. It is walked here (APPNOTE
 * 4.3), so that a file cut inside it is told from a whole one and nothing can hide behind its end.
 */
#include "feed.h"

/* Pulls `in`, which stands at the directory, to its end. NULL, "truncated", "damaged", "trailing data", or why `in`
 * itself broke. */
const char *zip_tail_fault(struct feed *in);

#endif
