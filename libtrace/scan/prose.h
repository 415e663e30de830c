#ifndef SCAN_PROSE_H
#define SCAN_PROSE_H
/* prose: identifiers in text that no fields part. Private to the scan layer. */
#include "cell.h"

/*
 * The next piece of `s` from *at on, which moves behind it; false at the end. A piece is a run of letters and digits
 * long enough for an identifier, an e-mail address, or what stands between those, blanks and marks. Names and addresses
 * are guessed unless only_identifiers says not to: any two words may look like one. O(its length).
 */
bool prose_next(struct dye_span s, enum dye_charset charset, bool only_identifiers, size_t *at, struct cell *ret);

#endif
