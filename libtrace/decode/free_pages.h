#ifndef DECODE_FREE_PAGES_H
#define DECODE_FREE_PAGES_H
/*
 * free_pages: rows that were deleted from a data base of SQLite and still stand in it: in the pages that it has put
 * aside, and in free bytes of those in use (free_cells).
 * Private to the decode layer.
 *
 * They are a part "deleted" below the base's path, each a row of its number and its values; of which table nobody can
 * tell, so there is no row of names. Without such rows there is no part. What a value has in other pages is missing.
 * In pages in use only rows that are whole in them are looked for; a row's number may be lost. Rows of the same values
 * as one that is there are left out: pages that are split or joined leave such copies.
 */
#include "whole.h"

enum dye_status free_pages_read(struct decoding *d, const struct whole *w, const char *path);

#endif
