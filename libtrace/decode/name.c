#include "name.h"

#include "dye/text.h"

#include <stdio.h>

/* Bytes of the character at p, 0 if it is none. RFC 3629, table of section 4. */
static size_t utf8_length(const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t first, last; /* of the leading byte */
        uint8_t low, high;   /* of the second */
        uint8_t bytes;
    } table[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (p[0] < table[i].first || p[0] > table[i].last)
            continue;
        if (table[i].bytes > n || (table[i].bytes > 1 && (p[1] < table[i].low || p[1] > table[i].high)))
            return 0;
        for (size_t k = 2; k < table[i].bytes; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return table[i].bytes;
    }
    return 0;
}

size_t name_character(struct dye_span s)
{
    return s.n > 0 ? utf8_length(s.p, s.n) : 0;
}

bool name_is_utf8(struct dye_span s)
{
    while (s.n > 0) {
        size_t n = utf8_length(s.p, s.n);
        if (n == 0)
            return false;
        s = dye_span_of(s.p + n, s.n - n);
    }
    return true;
}

size_t name_control(struct dye_span s)
{
    if (s.n > 0 && (s.p[0] < 0x20 || s.p[0] == 0x7f))
        return 1;
    return s.n > 1 && s.p[0] == 0xc2 && s.p[1] >= 0x80 && s.p[1] <= 0x9f ? 2 : 0; /* C1: U+0080 to U+009F */
}

bool name_has_control(struct dye_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (name_control(dye_span_of(s.p + i, s.n - i)) != 0)
            return true;
    return false;
}

void name_shown(const char *name, char *ret, size_t cap)
{
    static const char mark[] = "\xef\xbf\xbd";
    struct dye_span s = dye_span_str(name);
    size_t n = 0;
    while (s.n > 0) {
        size_t control = name_control(s), step = control > 0 ? control : utf8_length(s.p, s.n);
        struct dye_span shown = control > 0 ? dye_span_str(mark) : dye_span_of(s.p, step);
        if (step == 0 || n + shown.n >= cap)
            break;
        memcpy(ret + n, shown.p, shown.n);
        n += shown.n;
        s = dye_span_of(s.p + step, s.n - step);
    }
    ret[n] = '\0';
}

/* Copies what fits of valid UTF-8. */
static void put(struct dye_span s, char *ret, size_t cap)
{
    size_t n = 0, step;
    while (n < s.n && (step = utf8_length(s.p + n, s.n - n)) != 0 && n + step < cap)
        n += step;
    memcpy(ret, s.p, n);
    ret[n] = '\0';
}

void name_to_utf8(struct dye_span raw, char *ret, size_t cap)
{
    while (raw.n > 0) {
        size_t skip = raw.p[0] == '/' ? 1 : raw.n > 1 && memcmp(raw.p, "./", 2) == 0 ? 2 : 0;
        if (skip == 0)
            break;
        raw = dye_span_of(raw.p + skip, raw.n - skip);
    }
    if (name_is_utf8(raw)) {
        put(raw, ret, cap);
        return;
    }
    raw.n = raw.n < cap ? raw.n : cap; /* no character takes less in UTF-8 */
    struct dye_buf utf8;
    dye_buf_init(&utf8, 4 * cap, true);
    if (dye_text_to_utf8(DYE_CHARSET_GB18030, raw, &utf8) == DYE_OK && name_is_utf8(dye_buf_span(&utf8)))
        put(dye_buf_span(&utf8), ret, cap);
    else
        put(dye_span_str("\xef\xbf\xbd"), ret, cap);
    dye_buf_done(&utf8);
}

void name_join(const char *outer, const char *inner, char *ret, size_t cap)
{
    char both[2 * 4096 + 2];
    int n = snprintf(both, sizeof both, "%s%s%s", outer, *outer != '\0' && *inner != '\0' ? "/" : "", inner);
    put(dye_span_of(both, (size_t)n < sizeof both ? (size_t)n : sizeof both - 1), ret, cap);
}
