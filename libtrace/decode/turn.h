#ifndef DECODE_TURN_H
#define DECODE_TURN_H
/*
 * turn: where in a part its layout changes, as in files that were glued together: rows behind an SQL dump, a dump
 * behind rows. What begins there is looked at only where a line begins as nothing of the layout at hand does. Private
 * to the decode layer.
 */
#include "layout.h"

enum { TURN_SAMPLE_BYTES = 1 << 16 }; /* of what begins there, when there is so much */

/* Where a record is a line: of each byte, which may follow it where one of another layout begins, by their lower five
 * bits. NULL where it is not. */
const uint32_t *turn_first_bytes(const struct dye_layout *l);

/*
 * The first place at or behind `from`, where the walk went on behind the record before, at which records of another
 * layout may begin: the record at hand, or a line between it and `from`; of the text's end, one between that and
 * `from`. SIZE_MAX for none. O(1) where a record is a line, else O(what is between).
 */
size_t turn_suspected(const struct dye_records *r, size_t from);

/* Whether the sample, of a place that is suspected, is laid out otherwise than `l`. O(sample). */
bool turn_confirmed(const struct dye_layout *l, struct dye_span sample);

/* As dye_layout_detect of bytes, but where another layout begins in the sample what is before it decides. */
void turn_detect(enum dye_charset charset, struct dye_span sample, struct dye_layout *ret);

#endif
