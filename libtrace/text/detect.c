#include "dye/text.h"

#include "shape.h"
#include "utf8.h"
#include "wide.h"

int gb18030_next(const uint8_t *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] == 0x80 || p[0] == 0xff)
        return 0;
    if (n < 2)
        return -1;
    if (p[1] >= 0x40 && p[1] != 0x7f && p[1] != 0xff)
        return 2;
    if (!dye_is_digit(p[1]))
        return 0;
    if (n >= 3 && (p[2] < 0x81 || p[2] == 0xff))
        return 0;
    if (n >= 4 && !dye_is_digit(p[3]))
        return 0;
    return n >= 4 ? 4 : -1;
}

int big5_next(const uint8_t *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] == 0x80 || p[0] == 0xff)
        return 0;
    if (n < 2)
        return -1;
    return (p[1] >= 0x40 && p[1] < 0x7f) || (p[1] >= 0xa1 && p[1] < 0xff) ? 2 : 0;
}

/* Of GB2312: symbols, full-width forms and the 3,755 ideographs of level 1. */
static bool gb_is_common(const uint8_t *p, size_t n)
{
    return n == 2 && p[1] >= 0xa1 && ((p[0] >= 0xb0 && p[0] <= 0xd7) || (p[0] >= 0xa1 && p[0] <= 0xa3));
}

/* Of Big5: symbols and the 5,401 ideographs of level 1. */
static bool big5_is_common(const uint8_t *p, size_t n)
{
    return n == 2 && p[0] >= 0xa1 && p[0] <= 0xc6;
}

static bool utf8_is_common(const uint8_t *p, size_t n)
{
    return n == 3 && ((p[0] >= 0xe3 && p[0] <= 0xe9) || p[0] == 0xef);
}

struct shape {
    int (*next)(const uint8_t *p, size_t n);
    bool (*is_common)(const uint8_t *p, size_t n);
};
static const struct shape utf8 = {utf8_next, utf8_is_common}, gb18030 = {gb18030_next, gb_is_common},
                          big5 = {big5_next, big5_is_common};

struct tally {
    size_t good, bad; /* characters beyond ASCII; bytes that are none */
    size_t common;    /* of the good */
};

static struct tally count(struct dye_span s, const struct shape *is)
{
    struct tally t = {0, 0, 0};
    for (size_t at = 0; at < s.n;) {
        at += ascii_run(s.p + at, s.n - at);
        if (at == s.n)
            break;
        int length = is->next(s.p + at, s.n - at);
        if (length < 0)
            break; /* cut by the sample's end */
        if (length == 0) {
            t.bad++;
        } else {
            t.good++;
            t.common += is->is_common(s.p + at, (size_t)length);
        }
        at += length > 0 ? (size_t)length : 1;
    }
    return t;
}

/* Merged files hold stray rows of another charset, and double decoding leaves debris: one bad byte in fifty
 * characters is still that charset. */
static bool fits(struct tally t)
{
    return t.bad <= t.good / 50;
}

/* Text with a few NULs is text. */
static bool is_binary(struct dye_span s)
{
    size_t nuls = 0;
    for (size_t i = 0; i < s.n; i++)
        nuls += s.p[i] == 0;
    return nuls > s.n / 64;
}

/*
 * GB18030 or Big5: each reads most of the other as characters, but rare ones. Of simplified text in GB2312 half is
 * common when read as Big5, of traditional text in Big5 a third when read as GB18030.
 */
static enum dye_charset two_bytes(struct tally gb, struct tally b5)
{
    if (!fits(gb) && !fits(b5))
        return DYE_CHARSET_UNKNOWN;
    if (!fits(b5) || (fits(gb) && b5.good < 4))
        return DYE_CHARSET_GB18030;
    if (!fits(gb))
        return DYE_CHARSET_BIG5;
    bool usual = b5.common * 10 >= b5.good * 9;
    /* shares of each own characters: 0.6 of Big5's is between what both scripts show */
    return usual && gb.common * b5.good * 5 < b5.common * gb.good * 3 ? DYE_CHARSET_BIG5 : DYE_CHARSET_GB18030;
}

/* Every byte beyond ASCII belongs to an ideograph of UTF-8: by chance six of GB18030 do in one of 20,000 rows. */
static bool is_surely_utf8(struct tally t, size_t characters)
{
    return t.bad == 0 && t.good >= characters && t.common == t.good;
}

/* Rows of UTF-8 and rows of GB18030, and few that are neither. */
static bool is_mixed(struct dye_span s)
{
    size_t of_utf8 = 0, of_gb = 0, neither = 0;
    for (size_t at = 0, end; at < s.n; at = end + 1) {
        const uint8_t *lf = memchr(s.p + at, '\n', s.n - at);
        end = lf != NULL ? (size_t)(lf - s.p) : s.n;
        struct dye_span line = dye_span_of(s.p + at, end - at);
        if (ascii_run(line.p, line.n) == line.n)
            continue;
        struct tally u = count(line, &utf8);
        if (is_surely_utf8(u, 2))
            of_utf8++;
        else if (u.bad > 0 && count(line, &gb18030).bad == 0)
            of_gb++;
        else
            neither += u.bad > 0;
    }
    size_t all = of_utf8 + of_gb + neither;
    return of_utf8 >= 2 && of_utf8 > all / 100 && of_gb >= 2 && of_gb > all / 100 && neither <= all / 20;
}

enum dye_charset dye_charset_detect(struct dye_span sample)
{
    enum dye_charset wide = wide_detect(sample);
    if (wide != DYE_CHARSET_UNKNOWN)
        return wide;
    if (is_binary(sample))
        return DYE_CHARSET_UNKNOWN;
    if (ascii_run(sample.p, sample.n) == sample.n)
        return DYE_CHARSET_ASCII;
    /* UTF-8 first: nearly all of it has the shape of GB18030 too, and hardly any GB18030 that of UTF-8. */
    if (fits(count(sample, &utf8)))
        return DYE_CHARSET_UTF8;
    if (is_mixed(sample))
        return DYE_CHARSET_MIXED;
    return two_bytes(count(sample, &gb18030), count(sample, &big5));
}

/* Whether it is UTF-8 throughout, from `at` on, which ends a character, and text beyond ASCII is in it; gives up at the
 * first byte that is not. Nearly every record is asked. */
static bool is_whole_utf8(struct dye_span s, size_t at)
{
    size_t wide = 0;
    while (at < s.n) {
        const uint8_t *p = s.p + at;
        if (p[0] < 0x80) {
            at += ascii_run(p, s.n - at);
            continue;
        }
        bool usual = p[0] > 0xe0 && p[0] < 0xed && s.n - at >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80;
        int length = usual ? 3 : utf8_next(p, s.n - at);
        if (length < 0)
            break; /* cut by the record's end */
        if (length == 0)
            return false;
        at += (size_t)length;
        wide++;
    }
    return wide > 0;
}

enum dye_charset dye_charset_of_record(enum dye_charset part, struct dye_span record)
{
    if (dye_charset_is_wide(part))
        return part;
    size_t ascii = ascii_run(record.p, record.n);
    if (ascii == record.n)
        return DYE_CHARSET_ASCII;
    bool whole = is_whole_utf8(record, ascii);
    if (part == DYE_CHARSET_GB18030 || part == DYE_CHARSET_BIG5)
        return whole && is_surely_utf8(count(record, &utf8), 3) ? DYE_CHARSET_UTF8 : part;
    if (whole)
        return DYE_CHARSET_UTF8;
    struct tally u = count(record, &utf8);
    if (u.bad == 0 && u.good > 0)
        return DYE_CHARSET_UTF8;
    struct tally gb = count(record, &gb18030);
    if (part == DYE_CHARSET_UTF8) /* a few lost bytes in a long text, or a row of another file */
        return u.bad <= u.good / 4 || gb.good == 0 || !fits(gb) ? DYE_CHARSET_UTF8 : DYE_CHARSET_GB18030;
    return u.good > gb.good && u.bad < gb.bad ? DYE_CHARSET_UTF8 : DYE_CHARSET_GB18030;
}

size_t dye_charset_step(enum dye_charset c, const uint8_t *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    int length = 0;
    if (c == DYE_CHARSET_BIG5)
        length = big5_next(p, n);
    else if (c != DYE_CHARSET_GB18030)
        length = utf8_next(p, n);
    if (length <= 0 && c != DYE_CHARSET_BIG5 && c != DYE_CHARSET_UTF8)
        length = gb18030_next(p, n);
    return length > 0 ? (size_t)length : 1;
}
