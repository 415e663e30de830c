#include "prose.h"

#include "digits.h"

static bool is_word(uint8_t b)
{
    return dye_is_alnum(b) || b == '@' || b == '_' || b == '+' || b == '.' || b == '-';
}

static bool is_mark(uint8_t b)
{
    return b < 0x80 && !dye_is_alnum(b) && b != '*' && b != '#' && b != '(' && b != ')';
}

/* The run of bytes of words at i. */
static size_t word_run(struct dye_span s, size_t i)
{
    size_t at = i;
    while (at < s.n && is_word(s.p[at]))
        at++;
    return at - i;
}

/* An identifier that is the whole word, or all of it behind or before a mark. */
static bool read_word(struct dye_span s, struct cell *ret)
{
    while (s.n > 0 && !dye_is_alnum(s.p[0]) && s.p[0] != '+')
        s = dye_span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && !dye_is_alnum(s.p[s.n - 1]))
        s.n--;
    if (s.n == 0)
        return false;
    cell_read(s, DYE_CHARSET_ASCII, DYE_KIND_NONE, ret);
    return ret->is != DYE_CELL_NUMBER && ret->is != DYE_CELL_TEXT && ret->is != DYE_KIND_NONE;
}

/* A mobile and an ID of 18, glued in either order: up to the first of both. */
static size_t glued(struct dye_span s)
{
    size_t n = digits_run(s.p, s.n);
    if (s.n != 29 || n < 28)
        return s.n;
    return s.p[0] == '1' && s.p[1] >= '3' && cell_is_area(s.p + 11) ? 11 : 18;
}

bool prose_next(struct dye_span s, enum dye_charset charset, bool only_identifiers, size_t *at, struct cell *ret)
{
    enum { LONG = 9 }; /* shorter words belong to what is around them: 12号 */
    size_t i = *at;
    while (i < s.n && is_mark(s.p[i]))
        i++;
    size_t start = i;
    while (i < s.n) {
        if (s.p[i] >= 0x80) {
            i += dye_charset_step(charset, s.p + i, s.n - i);
            i = i < s.n ? i : s.n;
            continue;
        }
        size_t run = word_run(s, i);
        if (run >= LONG) {
            if (i > start)
                break;
            /* The word, and if it is nothing as a whole, its parts. */
            size_t used = glued(dye_span_of(s.p + i, run));
            *at = i + used;
            if (read_word(dye_span_of(s.p + i, used), ret))
                return true;
            size_t part = i;
            while (part < i + used && dye_is_alnum(s.p[part]))
                part++;
            if (part > i && part < i + used)
                *at = part;
            ret->is = DYE_CELL_TEXT;
            return part > i ? (read_word(dye_span_of(s.p + i, part - i), ret), true) : true;
        }
        if (run == 0 && is_mark(s.p[i]))
            break;
        i += run > 0 ? run : 1;
    }
    if (i == start)
        return false;
    *at = i;
    if (only_identifiers)
        ret->is = DYE_CELL_TEXT;
    else
        cell_read(dye_span_of(s.p + start, i - start), charset, DYE_KIND_NONE, ret);
    return true;
}
