#include "pile.h"

#include <string.h>
#include <sys/mman.h>

enum dye_status pile_append(struct pile *pile, const void *p, size_t n)
{
    enum { PAGE = 4096 }; /* at least; pages that are not touched yet cost nothing */
    size_t cap = pile->cap != 0 ? pile->cap : PAGE;
    while (cap - pile->n < n)
        cap *= 2;
    if (cap != pile->cap) {
        void *more = pile->p == NULL ? mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                     : mremap(pile->p, pile->cap, cap, MREMAP_MAYMOVE);
        if (more == MAP_FAILED)
            return DYE_E_NOMEM;
        pile->p = more;
        pile->cap = cap;
    }
    memcpy(pile->p + pile->n, p, n);
    pile->n += n;
    return DYE_OK;
}

void pile_done(struct pile *pile)
{
    if (pile->p != NULL)
        munmap(pile->p, pile->cap);
    *pile = (struct pile){0};
}
