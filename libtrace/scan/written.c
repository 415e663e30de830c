#include "written.h"

bool written_grouped_mobile(struct dye_span text, size_t start, struct written *ret)
{
    static const uint8_t groupings[3][3] = {{3, 4, 4}, {3, 3, 5}, {4, 4, 3}};
    enum { GROUPED = 13, DIGITS = 11 }; /* and two separators */
    const uint8_t *p = text.p + start;
    if (text.n - start < GROUPED)
        return false;
    uint8_t separator = dye_is_digit(p[3]) ? p[4] : p[3];
    for (size_t g = 0; g < 3; g++) {
        size_t n = 0, at = 0;
        for (size_t part = 0; part < 3 && n != SIZE_MAX; part++) {
            if (part > 0 && p[at++] != separator)
                n = SIZE_MAX;
            for (size_t i = 0; i < groupings[g][part] && n != SIZE_MAX; i++, at++)
                if (dye_is_digit(p[at]))
                    ret->form[n++] = p[at];
                else
                    n = SIZE_MAX;
        }
        if (n != DIGITS || (start + GROUPED < text.n && dye_is_alnum(p[GROUPED])))
            continue;
        ret->start = start;
        ret->n = GROUPED;
        ret->n_form = DIGITS;
        return true;
    }
    return false;
}

bool written_grouped_id(struct dye_span text, size_t eight, struct written *ret)
{
    enum { BEFORE = 7, ALL = 20 };
    uint8_t *form = ret->form;
    if (eight < BEFORE || text.n - (eight - BEFORE) < ALL)
        return false;
    *ret = (struct written){.start = eight - BEFORE, .n = ALL, .n_form = 18};
    const uint8_t *p = text.p + ret->start;
    if (p[15] != p[6] || (p[6] != ' ' && p[6] != '-' && p[6] != '.') ||
        (text.n - ret->start > ALL && dye_is_alnum(p[ALL])))
        return false;
    memcpy(form, p, 6);
    memcpy(form + 6, p + 7, 8);
    memcpy(form + 14, p + 16, 4);
    form[17] = dye_to_lower(form[17]);
    for (size_t i = 0; i < 17; i++)
        if (!dye_is_digit(form[i]))
            return false;
    return true;
}

size_t written_hiding(const uint8_t *p, size_t n)
{
    static const char *const signs[] = {"*",        "\xc3\x97", "＊",       "●",        "○",       "•", /* × */
                                        "\xa1\xc1", "\xa3\xaa", "\xa1\xf1", "\xa1\xf0",                 /* GB18030 */
                                        "\xa1\xd1", "\xa1\xaf", "\xa1\xb4", "\xa1\xb3", "\xa1\x45"};    /* Big5 */
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (n >= strlen(signs[i]) && memcmp(p, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

/* A mask of so many characters is as long as a mobile or an ID. */
static bool is_mask_length(size_t n)
{
    return n == 11 || n == 18;
}

enum { MASK_LONGEST = 18 };

/* Without the first of a character more than a mask has, where that is the second half of one of two bytes. */
static bool take_mask(struct dye_span text, size_t start, size_t end, bool alnum, size_t n, struct written *ret)
{
    if (is_mask_length(n - 1) && start > 0 && text.p[start - 1] >= 0x80 && alnum) {
        start++;
        memmove(ret->form, ret->form + 1, --n);
    }
    ret->start = start;
    ret->n = end - start;
    ret->n_form = n;
    return is_mask_length(n);
}

bool written_mask(struct dye_span text, size_t i, struct written *ret)
{
    const uint8_t *p = text.p;
    size_t start = i, n = 0, sign = written_hiding(p + i, text.n - i);
    while (start > 0 && i - start <= MASK_LONGEST && dye_is_alnum(p[start - 1]))
        start--;
    size_t end = start;
    for (size_t step; sign > 0 && end < text.n && n < MASK_LONGEST + 2; end += step) {
        bool seen = dye_is_alnum(p[end]);
        step = seen ? 1 : sign;
        if (!seen && (text.n - end < sign || memcmp(p + end, p + i, sign) != 0))
            break;
        ret->form[n++] = seen ? dye_to_lower(p[end]) : '*';
    }
    return n > 0 && take_mask(text, start, end, start < i, n, ret);
}

/* The bytes of the sign that ends before i. */
static size_t hiding_before(struct dye_span text, size_t i)
{
    for (size_t n = i < 3 ? i : 3; n > 0; n--)
        if (written_hiding(text.p + i - n, n) == n)
            return n;
    return 0;
}

bool written_mixed_mask(struct dye_span text, size_t i, struct written *ret)
{
    const uint8_t *p = text.p;
    size_t start = i, n = 0, crosses = 0, signs = 0, first = 0;
    for (size_t back = 0, step = 1; step > 0 && back <= MASK_LONGEST; back++, start -= step) {
        step = hiding_before(text, start);
        if (step == 0)
            step = start > 0 && dye_is_alnum(p[start - 1]);
    }
    size_t end = start;
    for (size_t step; end < text.n && n < MASK_LONGEST + 2; end += step) {
        bool seen = dye_is_alnum(p[end]);
        step = seen ? 1 : written_hiding(p + end, text.n - end);
        if (step == 0)
            break;
        if (!seen) {
            signs += signs == 0 || memcmp(p + first, p + end, step) != 0;
            first = signs == 1 ? end : first;
        }
        ret->form[n++] = seen ? dye_to_lower(p[end]) : '*';
    }
    if (n == 0 || !take_mask(text, start, end, dye_is_alnum(p[start]), n, ret))
        return false;
    /* The last of an ID is one that does not hide. */
    for (size_t k = 1; k < ret->n_form && k < MASK_LONGEST - 1; k++)
        if (ret->form[k] == 'x') {
            ret->form[k] = '*';
            crosses++;
        }
    return signs > 1 || crosses > 0;
}

bool written_digest(struct dye_span text, size_t i, struct written *ret)
{
    const uint8_t *p = text.p;
    size_t start = i, end = i + 1;
    if (end < text.n && p[end] == '=')
        end++;
    if ((end < text.n && is_base64(p[end])) || i == 0 || !is_base64(p[i - 1]))
        return false;
    while (start > 0 && i - start < 44 && is_base64(p[start - 1]))
        start--;
    size_t n = end - start, pad = end - i;
    if (n % 4 == 1 && start > 0 && p[start - 1] >= 0x80) { /* the first is the second half of a character */
        start++;
        n--;
    }
    if ((n != 24 || pad != 2) && (n != 28 || pad != 1) && (n != 44 || pad != 1))
        return false;
    memcpy(ret->form, p + start, n);
    ret->start = start;
    ret->n = ret->n_form = n;
    return true;
}

/* The length of "(at)", "[at]", "(dot)" or "[dot]" at i in any case, spaces around it too, or of the sign in full
 * width; 0 for none. */
static size_t spelled(struct dye_span text, size_t i, const char *word)
{
    size_t at = i, n = strlen(word);
    struct dye_span rest = dye_span_of(text.p + i, text.n - i);
    const char *utf8 = *word == 'a' ? "\xef\xbc\xa0" : "\xef\xbc\x8e", *gb = *word == 'a' ? "\xa3\xc0" : "\xa3\xae";
    const char *big5 = *word == 'a' ? "\xa2\x49" : "\xa1\x44";
    if (rest.n >= 3 && memcmp(rest.p, utf8, 3) == 0)
        return 3; /* full-width */
    if (rest.n >= 2 && (memcmp(rest.p, gb, 2) == 0 || memcmp(rest.p, big5, 2) == 0))
        return 2;
    while (at < text.n && text.p[at] == ' ' && at - i < 2)
        at++;
    if (at + n + 2 > text.n || (text.p[at] != '(' && text.p[at] != '['))
        return 0;
    uint8_t close = text.p[at] == '(' ? ')' : ']';
    for (size_t k = 0; k < n; k++)
        if (dye_to_lower(text.p[at + 1 + k]) != (uint8_t)word[k])
            return 0;
    if (text.p[at + 1 + n] != close)
        return 0;
    at += n + 2;
    for (size_t end = at; at < text.n && text.p[at] == ' ' && at - end < 2;)
        at++;
    return at - i;
}

bool written_address(struct dye_span text, size_t i, bool late, struct written *ret)
{
    const uint8_t *p = text.p;
    size_t before = i, n = 0, sign = spelled(text, i, "at");
    if (sign == 0)
        return false;
    while (before > 0 && i - before < 2 && p[before - 1] == ' ')
        before--;
    size_t start = before;
    while (start > 0 && before - start <= LOCAL_MAX && is_local(p[start - 1]) &&
           !(p[start - 1] == '-' && start > 1 && p[start - 2] == '-'))
        start--;
    if (late && (start == 0 || p[start - 1] < 0x80))
        return false;
    start += late;
    while (start < before && (p[start] == '.' || p[start] == '-'))
        start++;
    if (start >= before || before - start > LOCAL_MAX)
        return false;
    for (size_t k = start; k < before; k++)
        ret->form[n++] = dye_to_lower(p[k]);
    ret->form[n++] = '@';
    size_t domain = i + sign, end = domain;
    while (end < text.n && n < EMAIL_MAX) {
        size_t dot = spelled(text, end, "dot");
        if (dot == 0 && !is_domain(p[end]))
            break;
        ret->form[n++] = dot != 0 ? '.' : dye_to_lower(p[end]);
        end += dot != 0 ? dot : 1;
    }
    while (ret->form[n - 1] == '.' || ret->form[n - 1] == '-') {
        n--;
        end--;
    }
    ret->start = start;
    ret->n = end - start;
    ret->n_form = n;
    return end > domain && ret->n <= UINT16_MAX;
}
