#ifndef DECODE_SNIFF_TEXT_H
#define DECODE_SNIFF_TEXT_H
/*
 * sniff_text: formats without a magic number, by the shape of their first bytes. Private to the decode layer.
 *
 * A table of text may begin with "From", hold "<" or a colon in each line: what only might be one of these is text, and
 * is scanned as it stands. Where a reader was wrongly chosen nothing is lost, for each gives out all text that it
 * meets.
 */
#include "sniff.h"

/* SNIFF_NONE: text, or bytes. */
enum sniff_format sniff_text(struct dye_span head);

#endif
