#include "spelling.h"

/* The few characters beyond ASCII that occur inside written identifiers. Code points, sorted; `to` 0 drops. */
static const struct {
    uint32_t from, last;
    char to;
} narrow[] = {
    {0x00a0, 0x00a0, ' '}, /* no-break space */
    {0x00ad, 0x00ad, 0},   /* soft hyphen */
    {0x00d7, 0x00d7, 'X'}, /* multiplication sign, Cyrillic Ha, Roman ten: all are typed for the check digit X */
    {0x0425, 0x0425, 'X'}, {0x0445, 0x0445, 'X'}, {0x2002, 0x200a, ' '}, /* en space ... hair space */
    {0x200b, 0x200f, 0},                                                 /* zero-width, joiners, direction marks */
    {0x2010, 0x2015, '-'},                                               /* hyphen ... horizontal bar */
    {0x202a, 0x202e, 0},   /* direction embedding: Windows puts U+202D around numbers that are pasted */
    {0x202f, 0x202f, ' '}, /* narrow no-break space */
    {0x2060, 0x2069, 0},   /* word joiner ... isolates */
    {0x2169, 0x2169, 'X'}, {0x2179, 0x2179, 'X'}, {0x2212, 0x2212, '-'}, /* minus sign */
    {0x3000, 0x3000, ' '},                                               /* ideographic space */
    {0xfeff, 0xfeff, 0},                                                 /* byte order mark */
};

/* The code point at *at and moves on; 0 for what is no UTF-8 of up to three bytes, which is all that narrow[] needs. */
static uint32_t next_wide(struct dye_span s, size_t *at)
{
    const uint8_t *p = s.p + *at;
    size_t left = s.n - *at;
    if (left >= 2 && (p[0] & 0xe0) == 0xc0 && (p[1] & 0xc0) == 0x80) {
        *at += 2;
        return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    }
    if (left >= 3 && (p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *at += 3;
        return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    }
    return 0;
}

/* The ASCII of a wide character: -1 for none, 0 for "drop it". */
static int narrowed(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return (int)(c - 0xff01 + '!');
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        if (c >= narrow[i].from && c <= narrow[i].last)
            return narrow[i].to;
    return -1;
}

/* How many bytes text begins with, in eights, that are printable ASCII: most values are nothing else. */
static size_t plain_run(struct dye_span text)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    size_t at = 0;
    for (uint64_t eight; text.n - at >= sizeof eight && at + sizeof eight <= SPELLING_MAX_BYTES; at += sizeof eight) {
        memcpy(&eight, text.p + at, sizeof eight);
        if (((eight | (eight - 0x20 * ones) | (eight + ones)) & highs) != 0)
            break;
    }
    return at;
}

bool spelling_read(struct dye_span text, struct spelling *ret)
{
    size_t n = 0;
    if (text.n > 0 && text.p[0] != ' ' && text.p[0] != '\'') {
        n = plain_run(text);
        memcpy(ret->text, text.p, n);
    }
    for (size_t at = n; at < text.n;) {
        int c = text.p[at];
        if (c >= 0x80)
            c = narrowed(next_wide(text, &at));
        else
            at++;
        if (c == 0)
            continue;
        if (c == '\t' || c == '\r' || c == '\n')
            c = ' ';
        if (c < 0x20 || c > 0x7e || n == SPELLING_MAX_BYTES)
            return false;
        if (n == 0 && (c == ' ' || c == '\''))
            continue;
        ret->text[n++] = (char)c;
    }
    while (n > 0 && ret->text[n - 1] == ' ')
        n--;
    ret->text[n] = '\0';
    ret->n = n;
    return n > 0;
}

size_t spelling_ungroup(const char *p, size_t n, const char *shape, char *ret)
{
    size_t used = 0, got = 0;
    char separator = '\0';
    for (const char *group = shape; *group != '\0'; group++) {
        if (group != shape && used < n && strchr(" -.", p[used]) != NULL) {
            /* From the first border on, either every border has the separator or none has. */
            if (group != shape + 1 && separator != p[used])
                return 0;
            separator = p[used++];
        } else if (separator != '\0') {
            return 0;
        }
        for (int i = *group - '0'; i > 0; i--) {
            if (used == n || !dye_is_alnum((uint8_t)p[used]))
                return 0;
            ret[got++] = p[used++];
        }
    }
    return used == n ? got : 0;
}

void spelling_tighten(struct spelling *s, const char *drop)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        char c = s->text[i];
        if (strchr(drop, c) == NULL)
            s->text[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    s->text[n] = '\0';
    s->n = n;
}

bool spelling_is_clear_letter(char c)
{
    return c >= 'A' && c <= 'Z' && c != 'I' && c != 'O';
}

bool spelling_digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!dye_is_digit((uint8_t)p[i]))
            return false;
    return true;
}
