#ifndef DYE_SECTOR_FILE_H
#define DYE_SECTOR_FILE_H
/*
 * sector_file: config/sectors/NAME.yaml -> struct dye_sector. Those of this program are compiled in; a file of that
 * name in home/sectors comes first, so that a user writes a sector without touching C.
 */
#include "dye/canary.h"
#include "home.h"

/* DYE_E_USAGE "unknown sector"; DYE_E_CONFIG with line and column. */
DYE_MUST_CHECK enum dye_status sector_load(const struct home *h, const char *name, struct dye_sector *ret,
                                           struct dye_error *err);

#endif
