#ifndef SCAN_CELL_H
#define SCAN_CELL_H
/*
 * cell: what a value is, by its bytes and by what its column's name says. Private to the scan layer.
 *
 * The cheapest test that settles it goes first: length, first byte, digits. dye_ident_parse judges whatever these let
 * through, except that eleven digits that begin with 13 to 19 are a mobile. What is all a name is (two to four
 * ideographs of which the first is a surname) and what is an address (two words of those that places end in) is a
 * guess.
 */
#include "dye/census.h"

struct cell {
    unsigned is;           /* a cell, see dye/census.h; 0 for an empty one */
    uint32_t date;         /* of a date, as 20260131; 0 for none that can be read */
    struct dye_span value; /* of an identifier other than a name or an address: canonical; valid until the next call */
    struct dye_value parsed;
};

/* `s` is in ASCII, UTF-8 or GB18030 and as it was meant: no escapes. says: what its column's name says, 0 for nothing.
 * O(n). */
void cell_read(struct dye_span s, enum dye_charset charset, unsigned says, struct cell *ret);

/* Whether the four digits at p are those of a prefecture. */
bool cell_is_area(const uint8_t *p);

#endif
