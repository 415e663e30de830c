#ifndef SCAN_IDEOGRAPH_H
#define SCAN_IDEOGRAPH_H
/* ideograph: the few characters that tell names, addresses and plates apart, in UTF-8 and in GB18030. Private to the
 * scan layer. */
#include "dye/text.h"

enum {
    IDEOGRAPH = 1,
    IDEOGRAPH_SURNAME = 2,  /* which names begin with */
    IDEOGRAPH_PLACE = 4,    /* which words for places end in */
    IDEOGRAPH_NO_NAME = 8,  /* which names hardly end in */
    IDEOGRAPH_PROVINCE = 16 /* which plates begin with */
};

/* Before the first ideograph_at of the process; again costs nothing. */
void ideograph_load(void);
/* What the character at p[0, n), n > 0 and p[0] >= 0x80, is: bits; 0 for one beyond U+4E00-9FFF. *ret_step: its length.
 * charset: UTF-8, or anything else for GB18030. */
unsigned ideograph_at(enum dye_charset charset, const uint8_t *p, size_t n, size_t *ret_step);

#endif
