#ifndef DECODE_FREE_PAGES_H
#define DECODE_FREE_PAGES_H
/*
 * free_pages: rows that were deleted from a data base of SQLite and still stand in the pages that it has put aside.
 * Private to the decode layer.
 *
 * They are a part "deleted" below the base's path, each a row of its number and its values; of which table nobody can
 * tell, so there is no row of names. Without such rows there is no part. What a value has in other pages is missing.
 * Rows deleted from pages that are still in use are not looked for.
 */
#include "whole.h"

enum dye_status free_pages_read(struct decoding *d, const struct whole *w, const char *path);

#endif
