#include "layout.h"

/* What a value may be at most, written: longer ones are cut, as dye_record_narrow cuts records. */
enum { VALUE_MAX_BYTES = 1 << 20 };

static int hex_digit(uint8_t b)
{
    return dye_is_digit(b) ? b - '0' : dye_is_alpha(b) && (b | 0x20) <= 'f' ? (b | 0x20) - 'a' + 10 : -1;
}

/* n hex digits at i, or -1. */
static int32_t hex(struct dye_span s, size_t i, size_t n)
{
    int32_t v = 0;
    if (i > s.n || s.n - i < n)
        return -1;
    for (size_t k = 0; k < n; k++) {
        int digit = hex_digit(s.p[i + k]);
        if (digit < 0)
            return -1;
        v = v << 4 | digit;
    }
    return v;
}

static enum dye_status put_character(struct dye_buf *ret, int32_t c)
{
    uint8_t unit[4] = {(uint8_t)c, (uint8_t)(c >> 8), (uint8_t)(c >> 16), 0};
    return dye_text_to_utf8(DYE_CHARSET_UTF32LE, dye_span_of(unit, sizeof unit), ret);
}

/* \uXXXX at i, or a pair of them that is one character: past it, or 0. */
static size_t u_escape(struct dye_span s, size_t i, int32_t *ret)
{
    if (s.n - i < 6 || s.p[i] != '\\' || s.p[i + 1] != 'u' || (*ret = hex(s, i + 2, 4)) < 0)
        return 0;
    if (*ret < 0xd800 || *ret > 0xdbff || s.n - i < 12 || s.p[i + 6] != '\\' || s.p[i + 7] != 'u')
        return i + 6;
    int32_t low = hex(s, i + 8, 4);
    if (low < 0xdc00 || low > 0xdfff)
        return i + 6;
    *ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
    return i + 12;
}

/* What a letter behind a backslash stands for; itself where nothing else is said. */
static uint8_t escaped(uint8_t b, uint8_t written)
{
    static const char letters[] = "nrtbf0Zv", codes[] = "\n\r\t\b\f\0\x1a\v";
    const char *at = b != '\0' ? strchr(letters, b) : NULL;
    if (at == NULL)
        return b == 'N' && written == WRITTEN_CARD ? '\n' : b;
    if (written == WRITTEN_CARD && b != 'n')
        return b;
    return (uint8_t)codes[at - letters];
}

/* UTF-8 `in`, as it is written, to the value. */
static enum dye_status unescape(struct dye_span in, uint8_t written, uint8_t quote, struct dye_buf *ret)
{
    bool backslash =
        written == WRITTEN_SQL || written == WRITTEN_COPY || written == WRITTEN_JSON || written == WRITTEN_CARD;
    bool doubled = written == WRITTEN_DOUBLED || written == WRITTEN_SQL || written == WRITTEN_SQL_BARE ||
                   written == WRITTEN_SQL_LINES;
    for (size_t i = 0; i < in.n;) {
        int32_t c = 0;
        uint8_t b = in.p[i];
        size_t after = b == '\\' && written == WRITTEN_JSON ? u_escape(in, i, &c) : 0;
        if (after != 0) {
            DYE_TRY(put_character(ret, c));
            i = after;
        } else if (b == '\\' && written == WRITTEN_SQL_LINES && i + 1 < in.n &&
                   (in.p[i + 1] == 'n' || in.p[i + 1] == 'r')) {
            DYE_TRY(dye_buf_append_u8(ret, in.p[i + 1] == 'n' ? '\n' : '\r'));
            i += 2;
        } else if (b == '\\' && backslash && i + 1 < in.n) {
            DYE_TRY(dye_buf_append_u8(ret, escaped(in.p[i + 1], written)));
            i += 2;
        } else if (b == '\\' && written == WRITTEN_SQL) {
            i++; /* at the end: it hid nothing but the half of a character, see layout_quoted */
        } else {
            bool pair = doubled && b == quote && i + 1 < in.n && in.p[i + 1] == quote;
            DYE_TRY(dye_buf_append_u8(ret, b));
            i += 1 + pair;
        }
    }
    return DYE_OK;
}

/* ---- whole values in another notation ---- */

static enum dye_status percent(struct dye_span in, struct dye_buf *ret)
{
    struct dye_buf bytes;
    dye_buf_init(&bytes, VALUE_MAX_BYTES, true);
    enum dye_status status = DYE_OK;
    for (size_t i = 0; i < in.n && status == DYE_OK; i++) {
        int32_t v = in.p[i] == '%' ? hex(in, i + 1, 2) : -1;
        status = dye_buf_append_u8(&bytes, v >= 0 ? (uint8_t)v : in.p[i] == '+' ? ' ' : in.p[i]);
        i += v >= 0 ? 2 : 0;
    }
    if (status == DYE_OK)
        status = dye_text_to_utf8(DYE_CHARSET_MIXED, dye_buf_span(&bytes), ret);
    dye_buf_done(&bytes);
    return status;
}

/* Every % begins two hex digits, and some are of characters beyond ASCII or of `%`, `@`, a blank. */
static bool is_percent(struct dye_span s)
{
    size_t telling = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 0x80 || s.p[i] == ' ')
            return false;
        if (s.p[i] != '%')
            continue;
        int32_t v = hex(s, i + 1, 2);
        if (v < 0)
            return false;
        telling += v >= 0x80 || v == '@' || v == '%' || v == ' ';
    }
    return telling > 0;
}

/* The entity at i: past it and its character, or 0. */
static size_t entity(struct dye_span s, size_t i, int32_t *ret)
{
    static const struct {
        const char *name;
        int32_t c;
    } named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}};
    const uint8_t *end = memchr(s.p + i, ';', s.n - i < 12 ? s.n - i : 12);
    if (end == NULL)
        return 0;
    size_t stop = (size_t)(end - s.p), at = i + 1;
    if (s.p[at] == '#') {
        at++;
        bool is_hex = at < stop && (s.p[at] | 0x20) == 'x';
        at += is_hex;
        if (at >= stop)
            return 0;
        int64_t v = 0;
        for (; at < stop; at++) {
            int digit = hex_digit(s.p[at]);
            if (digit < 0 || (!is_hex && digit > 9))
                return 0;
            v = v * (is_hex ? 16 : 10) + digit;
        }
        if (v > 0x10ffff)
            return 0;
        *ret = (int32_t)v;
        return stop + 1;
    }
    for (size_t k = 0; k < sizeof named / sizeof *named; k++)
        if (stop - at == strlen(named[k].name) && memcmp(s.p + at, named[k].name, stop - at) == 0) {
            *ret = named[k].c;
            return stop + 1;
        }
    return 0;
}

typedef size_t (*notation_fn)(struct dye_span s, size_t i, int32_t *ret);

/* Each `mark` begins one of the notation's characters, and there is one. */
static bool is_all(struct dye_span s, uint8_t mark, notation_fn at)
{
    size_t n = 0;
    int32_t c;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != mark)
            continue;
        if (at(s, i, &c) == 0)
            return false;
        n++;
    }
    return n > 0;
}

static enum dye_status undo(struct dye_span s, uint8_t mark, notation_fn at, struct dye_buf *ret)
{
    for (size_t i = 0; i < s.n;) {
        int32_t c = 0;
        size_t after = s.p[i] == mark ? at(s, i, &c) : 0;
        if (after != 0)
            DYE_TRY(put_character(ret, c));
        else
            DYE_TRY(dye_buf_append_u8(ret, s.p[i]));
        i = after != 0 ? after : i + 1;
    }
    return DYE_OK;
}

static enum dye_status unwrap(struct dye_span s, struct dye_buf *ret)
{
    if (is_all(s, '&', entity))
        return undo(s, '&', entity, ret);
    if (is_all(s, '\\', u_escape))
        return undo(s, '\\', u_escape, ret);
    if (is_percent(s))
        return percent(s, ret);
    return dye_buf_append(ret, s.p, s.n);
}

/* ---- bytes before their charset ---- */

static enum dye_status from_hex(struct dye_span in, struct dye_buf *ret)
{
    for (size_t i = 0; i + 2 <= in.n; i += 2) {
        int32_t v = hex(in, i, 2);
        if (v < 0)
            return dye_buf_append(ret, in.p + i, in.n - i);
        DYE_TRY(dye_buf_append_u8(ret, (uint8_t)v));
    }
    return DYE_OK;
}

/* Folded lines joined (RFC 2426, 2.6), quoted-printable undone (RFC 2045, 6.7). */
static enum dye_status unfold(struct dye_span in, bool is_qp, struct dye_buf *ret)
{
    for (size_t i = 0; i < in.n;) {
        size_t end = i + (in.p[i] == '=' && is_qp);
        end += end < in.n && in.p[end] == '\r';
        bool ends = end < in.n && in.p[end] == '\n';
        int32_t v = is_qp && in.p[i] == '=' ? hex(in, i + 1, 2) : -1;
        if (ends && (in.p[i] == '=' || in.p[i] == '\r' || in.p[i] == '\n')) {
            i = end + 1;
            if (i < in.n && !is_qp && (in.p[i] == ' ' || in.p[i] == '\t'))
                i++;
        } else if (v >= 0) {
            DYE_TRY(dye_buf_append_u8(ret, (uint8_t)v));
            i += 3;
        } else {
            DYE_TRY(dye_buf_append_u8(ret, in.p[i++]));
        }
    }
    return DYE_OK;
}

enum dye_status dye_field_name(const struct dye_records *r, const struct dye_field *f, struct dye_buf *ret)
{
    if (!f->name_is_raw)
        return dye_buf_append(ret, f->name.p, f->name.n);
    struct dye_buf utf8;
    dye_buf_init(&utf8, VALUE_MAX_BYTES, true);
    enum dye_status status = dye_text_to_utf8((enum dye_charset)f->charset, f->name, &utf8);
    if (status == DYE_OK)
        status =
            unescape(dye_buf_span(&utf8), r->layout.kind == DYE_LAYOUT_JSON ? WRITTEN_JSON : WRITTEN_PLAIN, 0, ret);
    dye_buf_done(&utf8);
    return status;
}

static enum dye_status decode(struct dye_span raw, const struct dye_records *r, const struct dye_field *f,
                              struct dye_buf *bytes, struct dye_buf *utf8, struct dye_buf *value)
{
    enum dye_charset charset = (enum dye_charset)f->charset;
    uint8_t written = f->written;
    if (written == WRITTEN_HEX || written == WRITTEN_CARD || written == WRITTEN_CARD_QP) {
        DYE_TRY(written == WRITTEN_HEX ? from_hex(raw, bytes) : unfold(raw, written == WRITTEN_CARD_QP, bytes));
        raw = dye_buf_span(bytes);
        charset = dye_charset_of_record(written == WRITTEN_CARD ? layout_charset(&r->layout) : DYE_CHARSET_MIXED, raw);
        written = written == WRITTEN_HEX ? WRITTEN_PLAIN : WRITTEN_CARD;
    }
    DYE_TRY(dye_text_to_utf8(charset, raw, utf8));
    return unescape(dye_buf_span(utf8), written, f->start > 0 ? r->text.p[f->start - 1] : 0, value);
}

enum dye_status dye_field_value(const struct dye_records *r, const struct dye_field *f, struct dye_buf *ret)
{
    struct dye_span raw = dye_span_of(r->text.p + f->start, f->n < VALUE_MAX_BYTES / 4 ? f->n : VALUE_MAX_BYTES / 4);
    struct dye_buf bytes, utf8, value;
    dye_buf_init(&bytes, VALUE_MAX_BYTES, true);
    dye_buf_init(&utf8, VALUE_MAX_BYTES, true);
    dye_buf_init(&value, VALUE_MAX_BYTES, true);
    enum dye_status status = decode(raw, r, f, &bytes, &utf8, &value);
    if (status == DYE_OK)
        status = unwrap(dye_buf_span(&value), ret);
    dye_buf_done(&bytes);
    dye_buf_done(&utf8);
    dye_buf_done(&value);
    return status;
}
