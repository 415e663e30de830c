#include "turn.h"

#include "dialect.h"

#include <strings.h>

enum { LINES_LOOKED_AT = 64 };

static bool is_blank(uint8_t b)
{
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
}

static bool begins(const uint8_t *p, size_t i, size_t end, const char *text)
{
    size_t n = strlen(text);
    return end - i >= n && strncasecmp((const char *)p + i, text, n) == 0;
}

/* Words that statements begin with, by their first three letters: most lines are asked, and few have those. */
static const char *statement_at(const uint8_t *p, size_t n)
{
#define THREE(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))
#define WORD(a, b, c, rest)                                                                                            \
    case THREE(a, b, c):                                                                                               \
        return rest
    if (n < 3)
        return NULL;
    switch (THREE(p[0] | 0x20, p[1] | 0x20, p[2] | 0x20)) {
        WORD('a', 'l', 't', "er");
        WORD('b', 'e', 'g', "in");
        WORD('c', 'o', 'm', "mit");
        WORD('c', 'o', 'p', "y");
        WORD('c', 'r', 'e', "ate");
        WORD('d', 'e', 'l', "ete");
        WORD('d', 'r', 'o', "p");
        WORD('g', 'r', 'a', "nt");
        WORD('i', 'n', 's', "ert");
        WORD('l', 'o', 'c', "k");
        WORD('p', 'r', 'a', "gma");
        WORD('r', 'e', 'p', "lace");
        WORD('s', 'e', 'l', "ect");
        WORD('s', 'e', 't', "");
        WORD('s', 't', 'a', "rt");
        WORD('t', 'r', 'u', "ncate");
        WORD('u', 'n', 'l', "ock");
        WORD('u', 'p', 'd', "ate");
        WORD('u', 's', 'e', "");
    default:
        return NULL;
    }
#undef WORD
#undef THREE
}

/* A comment or a statement: what a dump begins with, and has between its rows. */
static bool is_sql(const uint8_t *p, size_t i, size_t end)
{
    if (p[i] == '/')
        return begins(p, i, end, "/*");
    if (p[i] == '-')
        return begins(p, i, end, "--") && (end - i == 2 || is_blank(p[i + 2]));
    const char *rest = statement_at(p + i, end - i);
    return rest != NULL && begins(p, i + 3, end, rest) && !begins(p, i, end, "begin:") &&
           (end - i == 3 + strlen(rest) || !dye_is_alnum(p[i + 3 + strlen(rest)]));
}

/* ---- a record is a line ---- */

#define WORD(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define AT(a, b, c, d) [TURN_PLACE(WORD(a, b, c, d))] = WORD(a, b, c, d)

/* What statements and cards begin with, each at its place; a blank, a quote or a tab behind `set` and `use`. */
const uint32_t turn_words[64] = {
    AT('a', 'l', 't', 'e'), AT('b', 'e', 'g', 'i'), AT('c', 'o', 'm', 'm'),         AT('c', 'o', 'p', 'y'),
    AT('c', 'r', 'e', 'a'), AT('d', 'e', 'l', 'e'), AT('d', 'r', 'o', 'p'),         AT('g', 'r', 'a', 'n'),
    AT('i', 'n', 's', 'e'), AT('l', 'o', 'c', 'k'), AT('p', 'r', 'a', 'g'),         AT('r', 'e', 'p', 'l'),
    AT('s', 'e', 'l', 'e'), AT('s', 'e', 't', ' '), AT('s', 'e', 't', '`'),         AT('s', 'e', 't', '\t' | 0x20),
    AT('s', 't', 'a', 'r'), AT('t', 'r', 'u', 'n'), AT('u', 'n', 'l', 'o'),         AT('u', 'p', 'd', 'a'),
    AT('u', 's', 'e', ' '), AT('u', 's', 'e', '`'), AT('u', 's', 'e', '\t' | 0x20),
};

static const bool begins_others[256] = {['{'] = true, ['['] = true, ['-'] = true, ['/'] = true};

/* What lines of JSON begin with is left out. */
static const bool begins_no_document[256] = {
    [0x21 ... '+'] = true, ['-' ... 'Z'] = true, ['\\'] = true,          ['^' ... 'z'] = true,
    ['|'] = true,          ['~'] = true,         [0x80 ... 0xff] = true,
};

static bool is_two_bytes(enum dye_charset c)
{
    return c != DYE_CHARSET_UTF8 && c != DYE_CHARSET_ASCII && !dye_charset_is_wide(c);
}

void turn_watch_init(struct turn_watch *w, const struct dye_layout *l)
{
    bool rows = l->kind == DYE_LAYOUT_DELIMITED, lines = rows || l->kind == DYE_LAYOUT_LINES;
    *w = (struct turn_watch){.lines = lines || (l->kind == DYE_LAYOUT_JSON && l->by_line),
                             .statements = lines,
                             .first = lines ? begins_others : begins_no_document,
                             .delimiter = l->delimiter,
                             .delimiter_n = rows ? l->delimiter_n : 0};
    w->halves = rows && l->delimiter[0] >= 0x40 && is_two_bytes(l->charset);
    for (size_t i = 0; i < w->delimiter_n; i++) {
        w->delimiter_four |= (uint32_t)l->delimiter[i] << 8 * i;
        w->mask |= UINT32_C(0xff) << 8 * i;
    }
}

bool turn_watch_find(struct turn_watch *w, const uint8_t *row, size_t n)
{
    for (size_t i = 0; n - i >= w->delimiter_n; i++) {
        const uint8_t *found = memchr(row + i, w->delimiter[0], n - i);
        if (found == NULL)
            return false;
        i = (size_t)(found - row);
        if (n - i >= w->delimiter_n && memcmp(found, w->delimiter, w->delimiter_n) == 0 &&
            (!w->halves || i == 0 || row[i - 1] < 0x80)) {
            w->at = i;
            return true;
        }
    }
    return false;
}

static size_t line_end(const uint8_t *p, size_t i, size_t end)
{
    const uint8_t *lf = memchr(p + i, '\n', end - i);
    return lf != NULL ? (size_t)(lf - p) : end;
}

/* A document that ends with the line, which a comma or another may follow, or one that goes over its end: no value in
 * brackets that a row begins with. */
static bool is_document_at(const uint8_t *p, size_t i, size_t end)
{
    if (p[i] == '{' && i + 1 < end && !is_blank(p[i + 1]) && p[i + 1] != '"' && p[i + 1] != '}')
        return false;
    end = line_end(p, i, end);
    if (layout_skip_blank(p, i + 1, end) == end)
        return true;
    if (!layout_begins_document(dye_span_of(p + i, end - i)))
        return false;
    size_t after = layout_bracket(DYE_CHARSET_MIXED, p, i, end);
    if (after == SIZE_MAX)
        return true;
    after = layout_skip_blank(p, after, end);
    if (after < end && p[after] == ',')
        after = layout_skip_blank(p, after + 1, end);
    return after == end || p[after] == '{' || p[after] == '[';
}

static bool is_no_row(const uint8_t *p, size_t i, size_t end)
{
    if (p[i] == '{' || p[i] == '[')
        return is_document_at(p, i, end);
    return is_sql(p, i, end) || begins(p, i, end, "begin:vcard");
}

/* Whether nothing parts the line. */
static bool is_unparted(const struct dye_layout *l, struct dye_span line)
{
    if (l->quote == 0 && l->delimiter[0] < 0x30) /* a byte that is no part of a character */
        return memmem(line.p, line.n, l->delimiter, l->delimiter_n) == NULL;
    struct dialect d = {.charset = dye_charset_of_record(layout_charset(l), line), .quote = l->quote};
    dialect_delimiter(&d, l);
    size_t end;
    bool quoted;
    return dialect_next(&d, line.p, 0, line.n, &end, &quoted) == SIZE_MAX;
}

/* ---- between records ---- */

/* Where the text before `end` ends that is not blank; `from` for nowhere. */
static size_t last_byte(const uint8_t *p, size_t from, size_t end)
{
    while (end > from && is_blank(p[end - 1]))
        end--;
    return end;
}

/* A line of a dump that is no row of one, or the middle of a statement: `before` it something is still open. */
static bool may_begin(enum dye_layout_kind kind, const uint8_t *p, size_t from, size_t i, size_t end)
{
    static const bool goes_on[256] = {['('] = true, [')'] = true, [';'] = true,  ['`'] = true, ['#'] = true,
                                      ['@'] = true, [','] = true, ['\\'] = true, ['}'] = true, [']'] = true};
    if (i == end || goes_on[p[i]] || is_blank(p[i]))
        return false;
    if (kind == DYE_LAYOUT_JSON)
        return p[i] != '{' && p[i] != '[' && p[i] != ':' && p[i] != '"';
    if (kind != DYE_LAYOUT_SQL)
        return true;
    if (is_sql(p, i, end))
        return false;
    size_t before = last_byte(p, from, i), line = before;
    while (line > from && p[line - 1] != '\n')
        line--;
    return before == from || p[before - 1] == ';' || is_sql(p, line, before) ||
           (before - line == 2 && memcmp(p + line, "\\.", 2) == 0);
}

static size_t between(const struct dye_records *r, size_t from, size_t end)
{
    const uint8_t *p = r->text.p;
    for (size_t i = from; i < end;) {
        /* A text goes on behind a record: only that of cards at a line's start. */
        if (i == 0 ? r->layout.kind == DYE_LAYOUT_VCARD : p[i - 1] == '\n')
            if (may_begin(r->layout.kind, p, from, i, r->text.n))
                return i;
        const uint8_t *lf = memchr(p + i, '\n', end - i);
        i = lf != NULL ? (size_t)(lf - p) + 1 : end;
    }
    return SIZE_MAX;
}

size_t turn_suspected(const struct dye_records *r, size_t from)
{
    const uint8_t *p = r->text.p;
    bool at_end = r->start == r->text.n;
    switch (r->layout.kind) {
    case DYE_LAYOUT_LINES:
    case DYE_LAYOUT_DELIMITED:
        if (at_end || is_no_row(p, r->start, r->end))
            return at_end ? SIZE_MAX : r->start;
        return r->layout.kind == DYE_LAYOUT_DELIMITED &&
                       is_unparted(&r->layout, dye_span_of(p + r->start, r->end - r->start))
                   ? r->start
                   : SIZE_MAX;
    case DYE_LAYOUT_JSON:
        if (r->layout.by_line)
            return !at_end && begins_no_document[p[r->start]] ? r->start : SIZE_MAX;
        return between(r, from, r->start);
    case DYE_LAYOUT_SQL:
    case DYE_LAYOUT_VCARD:
        return between(r, from, r->start);
    case DYE_LAYOUT_CELLS:
    case DYE_LAYOUT_TEXT:
        break;
    }
    return SIZE_MAX;
}

/* ---- what begins there ---- */

/* The lines from the sample's start up to one of SQL or none: the sample as far as it may be rows. */
static struct dye_span rows_of(struct dye_span s)
{
    for (size_t at = 0; at < s.n;) {
        if (is_blank(s.p[at]) || is_no_row(s.p, at, s.n))
            return dye_span_of(s.p, at);
        const uint8_t *lf = memchr(s.p + at, '\n', s.n - at);
        if (lf == NULL)
            break;
        at = (size_t)(lf - s.p) + 1;
    }
    return s;
}

/* The next line that is not empty, without its end, at or behind *at; *at is then behind it. */
static bool next_line(struct dye_span s, size_t *at, struct dye_span *ret)
{
    while (*at < s.n) {
        size_t start = *at, end = line_end(s.p, start, s.n);
        *at = end + (end < s.n);
        end -= end > start && s.p[end - 1] == '\r';
        *ret = dye_span_of(s.p + start, end - start);
        if (end > start)
            return true;
    }
    return false;
}

bool turn_ruled_out(const struct dye_layout *l, struct dye_span text, size_t rows)
{
    struct dye_span line;
    if (l->kind != DYE_LAYOUT_DELIMITED || text.n == 0 || is_no_row(text.p, 0, text.n))
        return false;
    for (size_t at = 0; rows > 0 && next_line(text, &at, &line); rows--)
        if (text.p[at - 1] == '\n' && !is_unparted(l, line)) /* else it may go on */
            return true;
    return false;
}

/* Lines that all have as many fields, by what does not part words and properties too; of SQL, none that ends a
 * statement. */
static bool are_rows(const struct dye_layout *l, const struct dye_layout *found, struct dye_span rows, size_t at_least)
{
    struct dye_field fields[DYE_FIELDS_MAX];
    struct dye_records r;
    size_t lines = 0, same = 0, n_first = 0;
    if (found->delimiter_n == 1 && memchr(" :/", found->delimiter[0], 3) != NULL)
        return false;
    dye_records_init(&r, found, rows);
    r.layout.has_header = false; /* it has as many */
    while (lines < LINES_LOOKED_AT && dye_records_next(&r)) {
        if (!r.closed && lines >= at_least)
            break; /* cut by the sample's end */
        size_t n = dye_record_fields(&r, fields);
        if (l->kind == DYE_LAYOUT_SQL && r.end > r.start && rows.p[r.end - 1] == ';')
            return false;
        n_first = lines == 0 ? n : n_first;
        same += n == n_first;
        lines++;
    }
    return lines >= at_least && n_first >= 2 && same * 10 >= lines * 9;
}

/* Whether the lines that the sample begins with, `rows` of them, are parted by something else than by `l`. */
static bool begins_other_rows(const struct dye_layout *l, struct dye_span s, size_t rows, struct dye_layout *found)
{
    struct dye_span line;
    size_t at = 0, n = 0;
    while (n < rows && next_line(s, &at, &line) && (l->kind != DYE_LAYOUT_DELIMITED || is_unparted(l, line)))
        n++;
    if (n < rows)
        return false;
    layout_detect(l->charset, dye_span_of(s.p, at), found);
    return found->kind == DYE_LAYOUT_DELIMITED && are_rows(l, found, dye_span_of(s.p, at), rows);
}

/* Lines of documents, or one that goes over its line's end: not a value in brackets that a row begins with. */
static bool is_document(const struct dye_layout *found, struct dye_span s)
{
    const uint8_t *lf = memchr(s.p, '\n', s.n);
    size_t end = lf != NULL ? (size_t)(lf - s.p) : s.n, open = 0;
    if (found->by_line)
        return true;
    for (size_t i = 0; i < end; i++) {
        open += s.p[i] == '{' || s.p[i] == '[';
        open -= open > 0 && (s.p[i] == '}' || s.p[i] == ']');
    }
    return open > 0 && lf != NULL;
}

/* Lines of JSON that others follow too soon look like a document that goes over lines. */
static void detect(enum dye_charset charset, struct dye_span s, struct dye_layout *ret)
{
    layout_detect(charset, s, ret);
    if (ret->kind != DYE_LAYOUT_JSON || ret->by_line)
        return;
    size_t at = 0;
    while (at < s.n && (is_blank(s.p[at]) || !begins_no_document[s.p[at]])) {
        size_t end = line_end(s.p, at, s.n);
        at = end + (end < s.n);
    }
    struct dye_layout lines;
    layout_detect(charset, dye_span_of(s.p, at), &lines);
    if (lines.kind == DYE_LAYOUT_JSON && lines.by_line)
        *ret = lines;
}

static size_t turn_of_rows(const struct dye_layout *l, struct dye_span s, size_t rows);

/* The layout of the rows that the sample begins with; returns where others begin. */
static size_t detect_rows(enum dye_charset charset, struct dye_span s, size_t rows, struct dye_layout *ret)
{
    struct dye_layout first;
    detect(charset, s, ret);
    if (ret->kind != DYE_LAYOUT_DELIMITED && ret->kind != DYE_LAYOUT_LINES)
        return s.n;
    /* What parts most of the lines may not part the first ones. */
    size_t end = turn_of_rows(begins_other_rows(ret, s, rows, &first) ? &first : ret, s, rows);
    if (end < s.n)
        layout_detect(charset, dye_span_of(s.p, end), ret);
    return end;
}

bool turn_confirmed(const struct dye_layout *l, struct dye_span sample, size_t at_least)
{
    struct dye_layout found;
    struct dye_span rows = rows_of(sample);
    if (rows.n > 0) {
        if (l->kind == DYE_LAYOUT_DELIMITED)
            return begins_other_rows(l, rows, at_least, &found);
        if (l->kind == DYE_LAYOUT_LINES)
            return false;
        rows.n = detect_rows(l->charset, rows, at_least, &found);
        return found.kind == DYE_LAYOUT_DELIMITED && are_rows(l, &found, rows, at_least);
    }
    detect(l->charset, sample, &found);
    if (found.kind == l->kind)
        return false;
    return found.kind == DYE_LAYOUT_SQL || found.kind == DYE_LAYOUT_VCARD ||
           (found.kind == DYE_LAYOUT_JSON && is_document(&found, sample));
}

/* Where behind its first line another layout than `l` begins in the sample, or its end. */
static size_t turn_of_rows(const struct dye_layout *l, struct dye_span s, size_t rows)
{
    enum { TRIES = 16 };
    struct dye_span line;
    unsigned tries = 0;
    for (size_t at = 0; tries < TRIES && next_line(s, &at, &line);) {
        size_t start = (size_t)(line.p - s.p);
        if (start == 0 || !(is_no_row(s.p, start, s.n) || (l->kind == DYE_LAYOUT_DELIMITED && is_unparted(l, line))))
            continue;
        struct dye_span rest = dye_span_of(s.p + start, s.n - start);
        if (turn_ruled_out(l, rest, rows))
            continue;
        tries++;
        if (turn_confirmed(l, rest, rows))
            return start;
    }
    return s.n;
}

void turn_detect(enum dye_charset charset, struct dye_span s, size_t rows, struct dye_layout *ret)
{
    size_t end = detect_rows(charset, s, rows, ret);
    ret->mojibake = layout_mojibake(ret, dye_span_of(s.p, end));
}
