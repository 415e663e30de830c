#ifndef DECODE_FREE_PAGES_H
#define DECODE_FREE_PAGES_H
/*
 * free_pages: rows that were deleted from a data base of SQLite and still stand in it: in the pages that it has put
 * aside, and in free bytes of those in use (free_cells).
 * Private to the decode layer.
 *
 * They are a part "deleted" below the base's path, each a row of its number and its values; of which table nobody can
 * tell, so there is no row of names. Without such rows there is no part. In pages in use a row's number may be lost.
 * Rows of the same values as one that is there are left out: pages that are split or joined leave such copies.
 *
 * What a long row has in other pages stands in a row of its own behind it, without a number, where all of them are put
 * aside and not of the list of those itself, are as many as the row says, and no other row that is read leads to one.
 * The two are not put together: pages may have been a later one's, of which nothing else is left, and no row is told
 * that never was.
 */
#include "whole.h"

enum dye_status free_pages_read(struct decoding *d, const struct whole *w, const char *path);

#endif
