#ifndef DYE_IDENT_REGION_H
#define DYE_IDENT_REGION_H
/*
 * region: the prefectures of GB/T 2260, from data/prefectures.tsv (code, province, prefecture, "undivided" for the
 * four cities that have no districts or counties). Private part; dye_region_* in dye/ident.h is the public one.
 */
#include <stdbool.h>
#include <stddef.h>

/* Prefectures that are divided, and so have county codes at all: where the safe space lies. */
size_t region_divided_count(void);
/* The four-digit code of number i < region_divided_count(), in ascending order. */
unsigned region_divided_at(size_t i);
bool region_is_divided(unsigned code);

#endif
