#ifndef MATCHER_LIST_INDEX_H
#define MATCHER_LIST_INDEX_H
/*
 * list_index: an index of the identifiers that a list names, under a key of its own that stays in it.
 *
 * A line of the list is canary<TAB>kind<TAB>value in UTF-8; empty ones are left out. One that is wrong ends it, by its
 * number. Values that no scan finds are counted and told on stderr, as is how far it is, on a terminal.
 */
#include "dye/status.h"

#include <stdint.h>
#include <stdio.h>

/* `name` is that of the list in messages. plain: the values as they stand, without digests and masks, at a tenth of
 * the time. The image; free() it. By all processors; memory for the image and a little more. */
DYE_MUST_CHECK enum dye_status list_index_build(FILE *list, const char *name, bool plain, uint8_t **ret_image,
                                                size_t *ret_bytes, struct dye_error *err);

#endif
