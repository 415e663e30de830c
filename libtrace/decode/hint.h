#ifndef DECODE_HINT_H
#define DECODE_HINT_H
/* hint: whether text that no reader is shown may hold something all the same. Private to the decode layer. */
#include "dye/span.h"

/* Seven digits in a row, an "@", or, where it is meant to be text, a byte beyond ASCII. */
bool hint_is_there(struct dye_span s, bool text);

#endif
