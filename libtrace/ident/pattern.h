#ifndef DYE_IDENT_PATTERN_H
#define DYE_IDENT_PATTERN_H
/*
 * pattern: how a value is written or hidden, as a picture of it. Private to the layer.
 *
 *     #   the value's next character, as it is          ?   it, hidden: a '*'
 *     %   as many '*' as characters are left over       ~   those are left out
 *     anything else stands for itself
 *
 * At most one of % and ~. A pattern with neither fits values of exactly as many characters as it has # and ?; one with
 * either fits longer values. "######????????####" is an ID's usual mask, "#~***" an address's, "#### ####" a grouping.
 */
#include "dye/ident.h"

/* The first `n` bytes of v through the pattern; what is behind them is appended as it stands, and counts as seen.
 * False, and *ret undefined, where the pattern does not fit or the text is too long for a value. O(n). */
DYE_MUST_CHECK bool pattern_draw(const char *pattern, const struct dye_value *v, size_t n, struct dye_mask *ret);

#endif
