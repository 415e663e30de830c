#include "dye/text.h"

#include "shape.h"
#include "utf8.h"

const char *dye_mojibake_name(enum dye_mojibake m)
{
    static const char *const names[] = {
        "", "replaced", "replaced as gbk", "utf-8 as gbk", "utf-8 as latin-1", "gbk as latin-1"};
    return names[(unsigned)m <= DYE_MOJIBAKE_GBK_AS_LATIN1 ? m : 0];
}

static uint32_t decode(const uint8_t *p, size_t n)
{
    static const uint8_t mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t c = p[0] & mask[n];
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

/* What Windows-1252 has in place of the control characters 0x80 to 0x9f; 0 where it has none. */
static const uint16_t cp1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/* The byte that Latin-1 or Windows-1252 shows as c; -1 for none. */
static int latin1_byte(uint32_t c)
{
    if (c < 0x100)
        return (int)c;
    for (int i = 0; i < 32; i++)
        if (cp1252[i] == c)
            return 0x80 + i;
    return -1;
}

/* The bytes that were read as Latin-1; false when something else stands there. */
static bool to_latin1(struct dye_span value, struct dye_buf *bytes)
{
    for (size_t at = 0; at < value.n;) {
        int n = utf8_next(value.p + at, value.n - at);
        int byte = n > 0 ? latin1_byte(decode(value.p + at, (size_t)n)) : -1;
        if (byte < 0 || dye_buf_append_u8(bytes, (uint8_t)byte) != DYE_OK)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* Whether all of it beyond ASCII is ideographs (and their punctuation) of UTF-8; how many in *ret. */
static bool is_chinese_utf8(struct dye_span s, size_t *ret)
{
    *ret = 0;
    for (size_t at = 0; at < s.n;) {
        int n = utf8_next(s.p + at, s.n - at);
        if (n != 1 && (n < 3 || s.p[at] < 0xe3 || (s.p[at] > 0xe9 && s.p[at] != 0xef && n == 3)))
            return false;
        *ret += n > 1;
        at += (size_t)n;
    }
    return *ret > 0;
}

static bool is_chinese_gb2312(struct dye_span s)
{
    size_t all = 0;
    for (size_t at = 0; at < s.n;) {
        int n = gb18030_next(s.p + at, s.n - at);
        if (n != 1 && (n != 2 || s.p[at] < 0xa1 || s.p[at] > 0xf7 || s.p[at + 1] < 0xa1))
            return false;
        all += n > 1;
        at += (size_t)n;
    }
    return all >= 2;
}

static size_t occurrences(struct dye_span s, const char *what)
{
    size_t n = 0, length = strlen(what);
    for (const uint8_t *p = s.p, *end = s.p + s.n; (p = memmem(p, (size_t)(end - p), what, length)) != NULL;
         p += length)
        n++;
    return n;
}

/* `bytes` is scratch. */
static enum dye_mojibake judge(struct dye_span value, struct dye_buf *bytes, struct dye_buf *ret)
{
    size_t n = 0;
    if (to_latin1(value, bytes)) {
        struct dye_span was = dye_buf_span(bytes);
        if (is_chinese_utf8(was, &n))
            return ret == NULL || dye_buf_append(ret, was.p, was.n) == DYE_OK ? DYE_MOJIBAKE_UTF8_AS_LATIN1
                                                                              : DYE_MOJIBAKE_NONE;
        if (is_chinese_gb2312(was))
            return ret == NULL || dye_text_to_utf8(DYE_CHARSET_GB18030, was, ret) == DYE_OK ? DYE_MOJIBAKE_GBK_AS_LATIN1
                                                                                            : DYE_MOJIBAKE_NONE;
        return DYE_MOJIBAKE_NONE;
    }
    if (occurrences(value, "锟斤拷") > 0)
        return DYE_MOJIBAKE_REPLACED_AS_GBK;
    if (occurrences(value, "\xef\xbf\xbd\xef\xbf\xbd") > 0)
        return DYE_MOJIBAKE_REPLACED;
    dye_buf_clear(bytes);
    if (dye_text_to_gb18030(value, bytes) != DYE_OK)
        return DYE_MOJIBAKE_NONE;
    if (is_chinese_utf8(dye_buf_span(bytes), &n) && n >= 2)
        return ret == NULL || dye_buf_append(ret, bytes->p, bytes->n) == DYE_OK ? DYE_MOJIBAKE_UTF8_AS_GBK
                                                                                : DYE_MOJIBAKE_NONE;
    return DYE_MOJIBAKE_NONE;
}

enum dye_mojibake dye_text_mend(struct dye_span value, struct dye_buf *ret)
{
    if (value.n > DYE_MENDED_MAX_BYTES || ascii_run(value.p, value.n) == value.n)
        return DYE_MOJIBAKE_NONE;
    struct dye_buf bytes;
    dye_buf_init(&bytes, 4 * DYE_MENDED_MAX_BYTES, true);
    enum dye_mojibake is = judge(value, &bytes, ret);
    dye_buf_done(&bytes);
    return is;
}

/* Between delimiters, so that one bad field of a row shows. */
static bool ends_value(uint8_t b)
{
    return b < 0x80 && !dye_is_alnum(b) && b != '?' && b != '.';
}

enum dye_mojibake dye_text_mojibake(struct dye_span utf8)
{
    enum { SAMPLE = 1 << 16, VALUES = 500 }; /* a converter is opened for each */
    size_t n[DYE_MOJIBAKE_GBK_AS_LATIN1 + 1] = {0}, all = 0;
    size_t end = utf8.n < SAMPLE ? utf8.n : SAMPLE;
    for (size_t at = 0, start = 0; end > 0 && at <= end && all < VALUES; at++) {
        if (at < end && !ends_value(utf8.p[at]))
            continue;
        struct dye_span value = dye_span_of(utf8.p + start, at - start);
        start = at + 1;
        if (ascii_run(value.p, value.n) == value.n)
            continue;
        all++;
        n[dye_text_mend(value, NULL)]++;
    }
    size_t most = DYE_MOJIBAKE_REPLACED;
    for (size_t i = most + 1; i <= DYE_MOJIBAKE_GBK_AS_LATIN1; i++)
        most = n[i] > n[most] ? i : most;
    return n[most] > 0 && n[most] >= all / 10 ? (enum dye_mojibake)most : DYE_MOJIBAKE_NONE;
}
