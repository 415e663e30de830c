#include "escapes.h"

int escapes_hex(uint8_t c)
{
    c = dye_to_lower(c);
    return dye_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether c may follow what is held. */
static bool goes_on(const struct escapes *e, uint8_t c)
{
    bool soft = e->mark == '=';
    if (e->n == 1)
        return escapes_hex(c) >= 0 || (soft && (c == '\r' || c == '\n'));
    return e->held[1] == '\r' ? c == '\n' : escapes_hex(c) >= 0;
}

size_t escapes_decode(struct escapes *e, struct dye_span in, uint8_t *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (e->n > 0 && !goes_on(e, c)) {
            memcpy(ret + n, e->held, e->n);
            n += e->n;
            e->n = 0;
        }
        if (e->n == 0 && c != e->mark) {
            ret[n++] = c;
        } else if (c == '\n') {
            e->n = 0; /* the line goes on */
        } else if (e->n < 2) {
            e->held[e->n++] = c;
        } else {
            ret[n++] = (uint8_t)(escapes_hex(e->held[1]) * 16 + escapes_hex(c));
            e->n = 0;
        }
    }
    return n;
}
