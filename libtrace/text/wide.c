#include "wide.h"

#include "dye/key.h"

static size_t unit_bytes(enum dye_charset c)
{
    return c == DYE_CHARSET_UTF32LE || c == DYE_CHARSET_UTF32BE ? 4 : 2;
}

static uint32_t unit_at(enum dye_charset c, const uint8_t *p)
{
    switch (c) {
    case DYE_CHARSET_UTF16LE:
        return (uint32_t)p[0] | (uint32_t)p[1] << 8;
    case DYE_CHARSET_UTF16BE:
        return (uint32_t)p[1] | (uint32_t)p[0] << 8;
    case DYE_CHARSET_UTF32LE:
        return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    default:
        return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
    }
}

static bool is_high(uint32_t u)
{
    return u >= 0xd800 && u <= 0xdbff;
}

static bool is_low(uint32_t u)
{
    return u >= 0xdc00 && u <= 0xdfff;
}

/* The character at p[0, n), n > 0, and its length: a lone surrogate or a cut unit is U+FFFD. */
static uint32_t next(enum dye_charset c, const uint8_t *p, size_t n, size_t *ret_bytes)
{
    enum { REPLACEMENT = 0xfffd };
    size_t unit = unit_bytes(c);
    *ret_bytes = n < unit ? n : unit;
    if (n < unit)
        return REPLACEMENT;
    uint32_t u = unit_at(c, p);
    if (unit == 2 && is_high(u) && n >= 4) {
        uint32_t low = unit_at(c, p + 2);
        if (!is_low(low))
            return REPLACEMENT;
        *ret_bytes = 4;
        return 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
    }
    return u > 0x10ffff || is_high(u) || is_low(u) ? REPLACEMENT : u;
}

static size_t put(uint32_t c, uint8_t *to)
{
    if (c < 0x80) {
        to[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        to[i] = (uint8_t)(0x80 | (c & 0x3f));
    to[0] = (uint8_t)(lead[n] | c);
    return n;
}

enum dye_status wide_to_utf8(enum dye_charset from, struct dye_span in, struct dye_buf *ret)
{
    enum { PIECE = 4096, LONGEST = 4 };
    uint8_t piece[PIECE];
    size_t n = 0, bytes = 0;
    enum dye_status status = DYE_OK;
    for (size_t at = 0; at < in.n && status == DYE_OK; at += bytes) {
        n += put(next(from, in.p + at, in.n - at, &bytes), piece + n);
        if (n > PIECE - LONGEST) {
            status = dye_buf_append(ret, piece, n);
            n = 0;
        }
    }
    if (status == DYE_OK && n > 0)
        status = dye_buf_append(ret, piece, n);
    dye_wipe(piece, sizeof piece);
    return status;
}

size_t dye_text_wide_bytes(enum dye_charset wide, struct dye_span utf8)
{
    /* A lone surrogate and U+FFFD are one unit both, so the count holds for damaged text too. */
    size_t characters = 0, pairs = 0;
    for (size_t i = 0; i < utf8.n; i++) {
        characters += (utf8.p[i] & 0xc0) != 0x80;
        pairs += utf8.p[i] >= 0xf0;
    }
    return unit_bytes(wide) == 4 ? 4 * characters : 2 * (characters + pairs);
}

/* Characters that tables of people are made of. */
static bool is_usual(uint32_t c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r' || c == 0xfeff || (c >= 0xa0 && c < 0x250) ||
           (c >= 0x2010 && c < 0x2040) || (c >= 0x3000 && c < 0x3020) || (c >= 0x3400 && c < 0xa000) ||
           (c >= 0xff00 && c < 0xfff0) || (c >= 0x20000 && c < 0x32000);
}

/* Nearly all characters usual, and some of them ASCII: any two letters make an ideograph of UTF-16. */
static bool reads_well(enum dye_charset c, struct dye_span s)
{
    size_t all = 0, usual = 0, ascii = 0, bytes = 0;
    s.n -= s.n % unit_bytes(c);
    for (size_t at = 0; at < s.n; at += bytes) {
        uint32_t u = next(c, s.p + at, s.n - at, &bytes);
        if (bytes == unit_bytes(c) && at + bytes == s.n && is_high(unit_at(c, s.p + at)))
            break; /* cut by the sample's end */
        all++;
        usual += is_usual(u);
        ascii += u != 0 && u < 0x80;
    }
    return all > 0 && usual >= all - all / 20 && ascii > all / 32;
}

enum dye_charset wide_detect(struct dye_span s)
{
    static const struct {
        const char *mark;
        size_t n;
        enum dye_charset is;
    } marks[] = {
        {"\xff\xfe\0\0", 4, DYE_CHARSET_UTF32LE},
        {"\0\0\xfe\xff", 4, DYE_CHARSET_UTF32BE},
        {"\xff\xfe", 2, DYE_CHARSET_UTF16LE},
        {"\xfe\xff", 2, DYE_CHARSET_UTF16BE},
    };
    static const enum dye_charset unmarked[] = {DYE_CHARSET_UTF32LE, DYE_CHARSET_UTF32BE, DYE_CHARSET_UTF16LE,
                                                DYE_CHARSET_UTF16BE};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (s.n >= marks[i].n && memcmp(s.p, marks[i].mark, marks[i].n) == 0)
            return marks[i].is;
    if (s.n < 4 || memchr(s.p, 0, s.n) == NULL)
        return DYE_CHARSET_UNKNOWN;
    for (size_t i = 0; i < sizeof unmarked / sizeof *unmarked; i++)
        if (reads_well(unmarked[i], s))
            return unmarked[i];
    return DYE_CHARSET_UNKNOWN;
}
