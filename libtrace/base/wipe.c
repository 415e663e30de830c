/* Apart from key.c, so that who only forgets does not load what encrypts. */
#include "dye/key.h"

#include <string.h>

void dye_wipe(void *p, size_t n)
{
    explicit_bzero(p, n);
}
