#ifndef DECODE_NAME_H
#define DECODE_NAME_H
/* name: how an archive writes the name of an entry -> UTF-8. Private to the decode layer. */
#include "dye/span.h"

bool name_is_utf8(struct dye_span s); /* strict: no overlong form, no surrogate, no NUL */
/* Bytes of the character that s begins with; 0 when it is none. */
size_t name_character(struct dye_span s);
/*
 * `raw` as UTF-8 into ret[cap], NUL-terminated and cut between characters. What is not valid UTF-8 is taken as
 * GB18030, which is what Windows in China writes without saying so. A leading "/" or "./" goes: it names nothing.
 */
void name_to_utf8(struct dye_span raw, char *ret, size_t cap);
/* The control character that s begins with: its bytes, or 0. A terminal obeys them, and a line ends with some. */
size_t name_control(struct dye_span s);
bool name_has_control(struct dye_span s);
/* `name`, which is UTF-8, cut like the above; a U+FFFD stands for each control character. */
void name_shown(const char *name, char *ret, size_t cap);
/* "outer/inner", or the one that is not empty, cut like the above. */
void name_join(const char *outer, const char *inner, char *ret, size_t cap);

#endif
