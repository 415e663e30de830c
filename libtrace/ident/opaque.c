#include "opaque.h"

#include "kind.h"
#include "spelling.h"

enum { OPAQUE_MIN = 5, OPAQUE_MAX = 40, DIGITS_MIN = 4 };

const char *const opaque_masks[] = {"####%####", "######%####", "####%", "%####", "##%##", NULL};

enum dye_status opaque_parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!spelling_read(text, &s) || s.n < OPAQUE_MIN || s.n > OPAQUE_MAX)
        return DYE_E_RECORD;
    size_t digits = 0;
    bool joined = true; /* a joiner, or the start: another joiner may not follow */
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.text[i];
        if (!dye_is_alnum(c) && (joined || strchr("-_/.", c) == NULL))
            return DYE_E_RECORD;
        joined = !dye_is_alnum(c);
        digits += dye_is_digit(c);
        s.text[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    if (joined || digits < DIGITS_MIN)
        return DYE_E_RECORD;
    value_set(ret, s.text, s.n);
    return DYE_OK;
}
