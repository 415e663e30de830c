#include "dye/scan.h"

#include <strings.h>

void dye_records_init(struct dye_records *r, struct dye_span chunk)
{
    *r = (struct dye_records){.chunk = chunk};
}

static size_t skip_blank(const uint8_t *p, size_t i, size_t end)
{
    while (i < end && (p[i] == ' ' || p[i] == '\t'))
        i++;
    return i;
}

/* Past `word` (lower case), or 0 when something else stands there. */
static size_t skip_word(const uint8_t *p, size_t i, size_t end, const char *word)
{
    size_t n = strlen(word);
    if (end - i < n || strncasecmp((const char *)p + i, word, n) != 0)
        return 0;
    return i + n == end || !dye_is_alnum(p[i + n]) ? i + n : 0;
}

/* i is at a quote: past its partner, which a backslash or doubling hides, or `end`. */
static size_t skip_quoted(const uint8_t *p, size_t i, size_t end)
{
    uint8_t quote = p[i++];
    for (; i < end; i++) {
        if (p[i] == '\\') {
            /* After a byte >= 0x80 it may be the second half of a GB18030 character that ends the value. */
            bool ends = p[i - 1] >= 0x80 && i + 2 < end && p[i + 1] == quote && (p[i + 2] == ',' || p[i + 2] == ')');
            i += !ends;
        } else if (p[i] == quote) {
            if (i + 1 == end || p[i + 1] != quote)
                return i + 1;
            i++;
        }
    }
    return end;
}

static bool is_quote(uint8_t b)
{
    return b == '\'' || b == '"' || b == '`';
}

/* i is at '(': past its partner, or `end`. */
static size_t skip_parens(const uint8_t *p, size_t i, size_t end)
{
    size_t depth = 0;
    while (i < end) {
        if (is_quote(p[i])) {
            i = skip_quoted(p, i, end);
            continue;
        }
        if (p[i] == '(')
            depth++;
        else if (p[i] == ')' && --depth == 0)
            return i + 1;
        i++;
    }
    return end;
}

/* Where the rows of an INSERT line begin, or 0 for any other line. */
static size_t rows_of(const uint8_t *p, size_t i, size_t end)
{
    if (end - i >= 3 && memcmp(p + i, "\xef\xbb\xbf", 3) == 0)
        i += 3;
    i = skip_word(p, skip_blank(p, i, end), end, "insert");
    if (i == 0 || (i = skip_word(p, skip_blank(p, i, end), end, "into")) == 0)
        return 0;
    while (i < end) {
        size_t after = skip_word(p, i, end, "values");
        if (after != 0 && !dye_is_alnum(p[i - 1]) && p[i - 1] != '_')
            return after;
        if (p[i] == '(')
            i = skip_parens(p, i, end);
        else if (is_quote(p[i]))
            i = skip_quoted(p, i, end);
        else
            i++;
    }
    return 0;
}

/* To the first row at or after i; false when there is none left in the line. */
static bool next_row(struct dye_records *r, size_t i)
{
    const uint8_t *p = r->chunk.p;
    while (i < r->line_end && p[i] != '(')
        i = is_quote(p[i]) ? skip_quoted(p, i, r->line_end) : i + 1;
    if (i >= r->line_end)
        return false;
    r->start = i;
    r->end = skip_parens(p, i, r->line_end);
    return true;
}

/* To the line that starts at i, or to its first row. False when it is empty. */
static bool enter_line(struct dye_records *r, size_t i)
{
    const uint8_t *p = r->chunk.p;
    const uint8_t *lf = memchr(p + i, '\n', r->chunk.n - i);
    r->line_end = lf != NULL ? (size_t)(lf - p) : r->chunk.n;
    r->start = i;
    r->end = r->line_end;
    if (r->end > i && p[r->end - 1] == '\r')
        r->end--;
    if (r->start == r->end)
        return false;
    size_t rows = rows_of(p, i, r->end);
    r->in_rows = rows != 0 && next_row(r, rows);
    return true;
}

bool dye_records_next(struct dye_records *r)
{
    if (r->in_rows && next_row(r, r->end))
        return true;
    r->in_rows = false;
    /* line_end is 0 before the first line only, unless that line is empty: then its LF is stepped over. */
    size_t i = r->line_end;
    if (i < r->chunk.n && (i > 0 || r->chunk.p[0] == '\n'))
        i++;
    while (i < r->chunk.n) {
        if (enter_line(r, i))
            return true;
        i = r->line_end + 1;
    }
    r->start = r->end = r->line_end = r->chunk.n;
    return false;
}

void dye_records_seek(struct dye_records *r, size_t at)
{
    const uint8_t *p = r->chunk.p;
    if (r->end == 0 || at < r->start || at >= r->line_end) {
        size_t from = at >= r->line_end && r->end != 0 ? r->line_end : 0;
        const uint8_t *lf = at > from ? memrchr(p + from, '\n', at - from) : NULL;
        r->in_rows = false;
        enter_line(r, lf != NULL ? (size_t)(lf - p) + 1 : from);
        if (r->in_rows && at < r->start) { /* the head of an INSERT line */
            r->end = r->start;
            r->start = lf != NULL ? (size_t)(lf - p) + 1 : from;
            return;
        }
    }
    while (r->in_rows && at >= r->end) {
        size_t gap = r->end;
        r->in_rows = next_row(r, gap);
        if (!r->in_rows || at < r->start) {
            r->end = r->in_rows ? r->start : r->line_end;
            r->start = gap;
            return;
        }
    }
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

void dye_record_around(struct dye_span chunk, size_t at, size_t *ret_start, size_t *ret_end)
{
    struct dye_records r;
    dye_records_init(&r, chunk);
    dye_records_seek(&r, at);
    *ret_start = r.start;
    *ret_end = r.end;
    dye_record_narrow(at, ret_start, ret_end);
}

uint64_t dye_record_count(struct dye_span chunk)
{
    struct dye_records r;
    dye_records_init(&r, chunk);
    uint64_t n = 0;
    while (dye_records_next(&r))
        n++;
    return n;
}
