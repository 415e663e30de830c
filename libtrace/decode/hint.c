#include "hint.h"

bool hint_is_there(struct dye_span s, bool text)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits = dye_is_digit(s.p[i]) ? digits + 1 : 0;
        if (digits >= 7 || s.p[i] == '@' || (text && s.p[i] >= 0x80))
            return true;
    }
    return false;
}
