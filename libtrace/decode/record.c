#include "dye/record.h"

#include "layout.h"

#include <strings.h>

static const struct layout *const kinds[] = {
    [DYE_LAYOUT_LINES] = &layout_lines, [DYE_LAYOUT_DELIMITED] = &layout_delimited, [DYE_LAYOUT_SQL] = &layout_sql,
    [DYE_LAYOUT_JSON] = &layout_json,   [DYE_LAYOUT_VCARD] = &layout_vcard,         [DYE_LAYOUT_CELLS] = &layout_cells,
    [DYE_LAYOUT_TEXT] = &layout_text,
};

const char *dye_layout_name(enum dye_layout_kind k)
{
    return (size_t)k < sizeof kinds / sizeof *kinds ? kinds[k]->name : layout_lines.name;
}

static size_t mark_bytes(struct dye_span s)
{
    return s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Whether it was decoded wrongly once: of the sample's text, each line in its charset. */
static enum dye_mojibake mojibake_of(enum dye_charset charset, struct dye_span sample)
{
    enum { SAMPLE = 1 << 16 };
    struct dye_buf utf8;
    dye_buf_init(&utf8, 4 * SAMPLE, true);
    sample.n = sample.n < SAMPLE ? sample.n : SAMPLE;
    bool known = charset != DYE_CHARSET_ASCII && charset != DYE_CHARSET_UNKNOWN;
    enum dye_status status = DYE_OK;
    for (size_t at = 0, end; known && status == DYE_OK && at < sample.n; at = end) {
        const uint8_t *lf = charset == DYE_CHARSET_MIXED ? memchr(sample.p + at, '\n', sample.n - at) : NULL;
        end = lf != NULL ? (size_t)(lf - sample.p) + 1 : sample.n;
        status = dye_text_to_utf8(charset, dye_span_of(sample.p + at, end - at), &utf8);
    }
    enum dye_mojibake is = known && status == DYE_OK ? dye_text_mojibake(dye_buf_span(&utf8)) : DYE_MOJIBAKE_NONE;
    dye_buf_done(&utf8);
    return is;
}

static void detect_kind(enum dye_unit unit, struct dye_span sample, struct dye_layout *ret)
{
    /* From the strictest to the loosest: nearly anything has commas. */
    static const enum dye_layout_kind order[] = {DYE_LAYOUT_VCARD, DYE_LAYOUT_JSON, DYE_LAYOUT_SQL,
                                                 DYE_LAYOUT_DELIMITED};
    enum dye_charset charset = ret->charset;
    if (unit == DYE_UNIT_CELL) {
        ret->kind = DYE_LAYOUT_CELLS;
        (void)layout_cells.detect(sample, ret);
        return;
    }
    if (unit != DYE_UNIT_BYTE) {
        ret->kind = DYE_LAYOUT_TEXT;
        return;
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        ret->kind = order[i];
        if (kinds[order[i]]->detect(sample, ret))
            return;
        memset(ret, 0, sizeof *ret);
        ret->charset = charset;
    }
    ret->kind = DYE_LAYOUT_LINES;
}

/* Returns the sample without its byte order mark. */
static struct dye_span detect(enum dye_unit unit, enum dye_charset charset, struct dye_span sample,
                              struct dye_layout *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->charset = charset;
    size_t mark = mark_bytes(sample);
    if (mark > 0)
        sample = dye_span_of(sample.p + mark, sample.n - mark); /* of no bytes there is no place to add to */
    detect_kind(unit, sample, ret);
    return sample;
}

void dye_layout_detect(enum dye_unit unit, enum dye_charset charset, struct dye_span sample, struct dye_layout *ret)
{
    sample = detect(unit, charset, sample, ret);
    ret->mojibake = mojibake_of(layout_charset(ret), sample);
}

enum dye_mojibake layout_mojibake(const struct dye_layout *l, struct dye_span sample)
{
    size_t mark = mark_bytes(sample);
    return mojibake_of(layout_charset(l), mark > 0 ? dye_span_of(sample.p + mark, sample.n - mark) : sample);
}

void layout_detect(enum dye_charset charset, struct dye_span sample, struct dye_layout *ret)
{
    (void)detect(DYE_UNIT_BYTE, charset, sample, ret);
}

static void find_names(struct dye_records *r)
{
    const struct dye_layout *l = &r->layout;
    if (l->kind != DYE_LAYOUT_DELIMITED && l->kind != DYE_LAYOUT_CELLS)
        return;
    for (uint16_t at = 0; at < l->header_n && r->names < DYE_FIELDS_MAX; at++)
        if (l->header[at] == DYE_FIELD_END)
            r->name_end[r->names++] = at;
}

void dye_records_init(struct dye_records *r, const struct dye_layout *layout, struct dye_span text)
{
    memset(&r->start, 0, sizeof *r - offsetof(struct dye_records, start));
    r->origin = layout;
    r->layout = *layout;
    r->text = text;
    if ((layout->state & LAYOUT_BEGUN) == 0)
        r->next = mark_bytes(text);
    r->end = r->next;
    find_names(r);
}

static bool step(struct dye_records *r)
{
    const struct layout *kind = kinds[r->layout.kind];
    while (!r->over) {
        bool first = (r->layout.state & LAYOUT_BEGUN) == 0;
        bool inside = (r->layout.state & DYE_LAYOUT_INSIDE) != 0;
        r->layout.state &= (uint8_t)~DYE_LAYOUT_INSIDE;
        r->over = !(inside ? layout_line(r) : kind->step(r));
        if (inside && !r->over && !r->closed)
            r->layout.state |= DYE_LAYOUT_INSIDE;
        if (r->over || r->start == r->end)
            continue;
        r->layout.state |= LAYOUT_BEGUN;
        if (first && r->layout.has_header)
            continue;
        r->count++;
        return true;
    }
    return false;
}

bool dye_records_next(struct dye_records *r)
{
    if (r->in_gap) {
        r->in_gap = false;
        r->start = r->ahead_start;
        r->end = r->ahead_end;
        if (r->start < r->end)
            return true;
    }
    if (step(r))
        return true;
    r->start = r->end = r->text.n;
    return false;
}

void dye_records_seek(struct dye_records *r, size_t at)
{
    if (at < r->start || (r->over && !r->in_gap && r->start == r->text.n))
        dye_records_init(r, r->origin, r->text);
    while (at >= r->end) {
        size_t gap = r->end;
        if (r->in_gap) {
            r->in_gap = false;
            r->start = r->ahead_start;
            r->end = r->ahead_end;
        } else if (!step(r)) {
            r->start = r->end = r->text.n;
        }
        if (at >= r->start && r->start < r->text.n)
            continue;
        r->ahead_start = r->start;
        r->ahead_end = r->end;
        r->in_gap = true;
        r->start = gap;
        r->end = r->ahead_start;
    }
}

uint64_t dye_records_count(const struct dye_layout *layout, struct dye_span text)
{
    struct dye_records r;
    dye_records_init(&r, layout, text);
    while (step(&r))
        ;
    return r.count;
}

size_t dye_record_fields(const struct dye_records *r, struct dye_field ret[DYE_FIELDS_MAX])
{
    size_t n = r->in_gap ? layout_one_field(r, ret) : kinds[r->layout.kind]->fields(r, ret);
    enum dye_charset charset = dye_record_charset(r);
    for (size_t i = 0; i < n; i++)
        ret[i].charset = (uint8_t)charset;
    return n;
}

enum dye_charset dye_record_charset(const struct dye_records *r)
{
    return dye_charset_of_record(layout_charset(&r->layout), dye_span_of(r->text.p + r->start, r->end - r->start));
}

void dye_record_narrow(size_t at, size_t *start, size_t *end)
{
    if (*end - *start <= DYE_RECORD_MAX_BYTES)
        return;
    size_t half = DYE_RECORD_MAX_BYTES / 2;
    if (at > *start + half)
        *start = at - half;
    if (*end > *start + DYE_RECORD_MAX_BYTES)
        *end = *start + DYE_RECORD_MAX_BYTES;
}

/* ---- for the layouts ---- */

enum dye_charset layout_charset(const struct dye_layout *l)
{
    bool is_utf8 = dye_charset_is_wide(l->charset) || l->kind == DYE_LAYOUT_CELLS || l->kind == DYE_LAYOUT_TEXT;
    return is_utf8 ? DYE_CHARSET_UTF8 : l->charset;
}

bool layout_line(struct dye_records *r)
{
    const uint8_t *p = r->text.p;
    if (r->next >= r->text.n)
        return false;
    const uint8_t *lf = memchr(p + r->next, '\n', r->text.n - r->next);
    r->start = r->next;
    r->closed = lf != NULL;
    r->end = lf != NULL ? (size_t)(lf - p) : r->text.n;
    r->next = r->end + r->closed;
    if (r->end > r->start && p[r->end - 1] == '\r')
        r->end--;
    return true;
}

size_t layout_one_field(const struct dye_records *r, struct dye_field *ret)
{
    if (r->start == r->end)
        return 0;
    ret[0] = (struct dye_field){.start = r->start, .n = r->end - r->start};
    return 1;
}

bool layout_add(struct dye_field *ret, size_t *n, size_t start, size_t end, size_t record_end, uint8_t written)
{
    bool last = *n == DYE_FIELDS_MAX - 1;
    ret[*n] = (struct dye_field){
        .start = start, .n = (last ? record_end : end) - start, .column = (uint32_t)*n, .written = written};
    ++*n;
    return !last;
}

void layout_name_fields(const struct dye_records *r, struct dye_field *ret, size_t n)
{
    const struct dye_layout *l = &r->layout;
    size_t at = 0;
    for (size_t i = 0; i < n && i < r->names; at = r->name_end[i++] + 1u)
        ret[i].name = dye_span_of(l->header + at, r->name_end[i] - at);
    if (r->names > 0)
        return;
    for (size_t i = 0; i < n && at < l->header_n; i++) {
        const uint8_t *end = memchr(l->header + at, DYE_FIELD_END, l->header_n - at);
        if (end == NULL)
            return;
        ret[i].name = dye_span_of(l->header + at, (size_t)(end - l->header) - at);
        at = (size_t)(end - l->header) + 1;
    }
}

bool layout_header_add(struct dye_layout *l, struct dye_span name)
{
    enum { NAME_MAX_BYTES = 256 };
    struct dye_buf utf8, mended;
    dye_buf_init(&utf8, NAME_MAX_BYTES, false);
    dye_buf_init(&mended, NAME_MAX_BYTES, false);
    bool fits = dye_text_to_utf8(dye_charset_of_record(layout_charset(l), name), name, &utf8) == DYE_OK;
    (void)dye_text_mend(dye_buf_span(&utf8), &mended);
    struct dye_span put = dye_buf_span(mended.n > 0 ? &mended : &utf8);
    fits = fits && put.n + 1 <= DYE_HEADER_MAX_BYTES - (size_t)l->header_n;
    for (size_t i = 0; fits && i < put.n; i++)
        if (put.p[i] != DYE_FIELD_END)
            l->header[l->header_n++] = put.p[i];
    if (fits)
        l->header[l->header_n++] = DYE_FIELD_END;
    dye_buf_done(&utf8);
    dye_buf_done(&mended);
    return fits;
}

/* Second bytes of characters look like quotes' escapes. */
static size_t quoted_by_steps(const struct quoting *q, const uint8_t *p, size_t i, size_t end)
{
    while (i < end) {
        if (p[i] == q->quote) {
            if (!q->doubled || i + 1 >= end || p[i + 1] != q->quote)
                return i + 1;
            i += 2;
        } else if (p[i] == '\\' && q->backslash) {
            i += 2;
        } else if (p[i] < 0x80) {
            i++;
        } else {
            size_t n = dye_charset_step(q->charset, p + i, end - i);
            /* A writer that knew nothing of the charset has escaped the half of a character that ends the value. */
            bool escaped = n == 2 && p[i + 1] == '\\' && q->backslash && end - i > 4 && p[i + 2] == '\\' &&
                           p[i + 3] == q->quote && (p[i + 4] == ',' || p[i + 4] == ')');
            i += n + escaped;
        }
    }
    return SIZE_MAX;
}

size_t layout_quoted(const struct quoting *q, const uint8_t *p, size_t i, size_t end)
{
    if (q->charset == DYE_CHARSET_GB18030 || q->charset == DYE_CHARSET_BIG5 || q->charset == DYE_CHARSET_MIXED)
        return quoted_by_steps(q, p, i, end);
    size_t start = i;
    while (i < end) {
        const uint8_t *close = memchr(p + i, q->quote, end - i);
        if (close == NULL)
            return SIZE_MAX;
        size_t at = (size_t)(close - p), back = at;
        while (q->backslash && back > start && p[back - 1] == '\\')
            back--;
        if ((at - back) % 2 == 1) {
            /* In rows of GB18030 behind a sample of ASCII, the half of a character. */
            bool half = q->charset != DYE_CHARSET_UTF8 && at - back == 1 && back > start && p[back - 1] >= 0x80 &&
                        at + 1 < end && (p[at + 1] == ',' || p[at + 1] == ')');
            if (half)
                return at + 1;
            i = at + 1;
        } else if (q->doubled && at + 1 < end && p[at + 1] == q->quote) {
            i = at + 2;
            start = i;
        } else {
            return at + 1;
        }
    }
    return SIZE_MAX;
}

size_t layout_word(const uint8_t *p, size_t i, size_t end, const char *word)
{
    size_t n = strlen(word);
    if (i > end || end - i < n || strncasecmp((const char *)p + i, word, n) != 0)
        return 0;
    return i + n == end || (!dye_is_alnum(p[i + n]) && p[i + n] != '_') ? i + n : 0;
}

size_t layout_skip_blank(const uint8_t *p, size_t i, size_t end)
{
    while (i < end && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' || p[i] == '\r'))
        i++;
    return i;
}
