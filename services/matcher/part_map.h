#ifndef MATCHER_PART_MAP_H
#define MATCHER_PART_MAP_H
/*
 * part_map: which ordinal a part of a dump has in the database.
 *
 * A part keeps the ordinal that it got first, whatever is found around it later: with a password an unread archive
 * becomes many parts, and those behind it must stay what sightings say they are. A part is known again by its path, and
 * where several have the same one, by its turn among them. New ones get the ordinals behind the last.
 */
#include "store.h"

struct part_map {
    struct known_part *at; /* by path, then ordinal */
    size_t n;
    uint32_t next; /* ordinal of the next new one */
};

DYE_MUST_CHECK enum dye_status part_map_load(struct store *s, const char *dump, struct part_map *ret,
                                             struct dye_error *err);
void part_map_done(struct part_map *m);

/* The ordinal of the next part with this path. */
uint32_t part_map_take(struct part_map *m, const char *path);

/* Forgets the parts that were not taken: they are no parts any more. One that has chunks stays as it is. */
DYE_MUST_CHECK enum dye_status part_map_forget(struct part_map *m, struct store *s, const char *dump,
                                               struct dye_error *err);

#endif
