#ifndef INDEX_PILE_H
#define INDEX_PILE_H
/*
 * pile: bytes that grow without being copied, for what is too much to have twice. Private to the index layer.
 *
 * A pile is pages of its own: they move as they are, so nothing is left behind to be wiped, and go back to the system
 * at once. A page at least; not for small things.
 */
#include "dye/status.h"

#include <stdint.h>

struct pile {
    uint8_t *p;
    size_t n, cap;
};

/* DYE_E_NOMEM leaves it unchanged. Takes a zeroed one. */
DYE_MUST_CHECK enum dye_status pile_append(struct pile *pile, const void *p, size_t n);
void pile_done(struct pile *pile); /* as zeroed */

#endif
