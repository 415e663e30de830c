#include "turn.h"

#include <strings.h>

enum { LINES_AT_LEAST = 3, LINES_LOOKED_AT = 64 };

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

#define ANY UINT32_MAX
#define BOTH(letter, seconds) [letter] = seconds, [(letter)-0x20] = seconds
#define BEFORE(second) (UINT32_C(1) << ((second)&31))

/* What statements, comments, cards and documents begin with. */
static const uint32_t begins_others[256] = {
    ['{'] = ANY,
    ['['] = ANY,
    ['-'] = BEFORE('-'),
    ['/'] = BEFORE('*'),
    BOTH('a', BEFORE('l')),
    BOTH('b', BEFORE('e')),
    BOTH('c', BEFORE('o') | BEFORE('r')),
    BOTH('d', BEFORE('e') | BEFORE('r')),
    BOTH('g', BEFORE('r')),
    BOTH('i', BEFORE('n')),
    BOTH('l', BEFORE('o')),
    BOTH('p', BEFORE('r')),
    BOTH('r', BEFORE('e')),
    BOTH('s', BEFORE('e') | BEFORE('t')),
    BOTH('t', BEFORE('r')),
    BOTH('u', BEFORE('n') | BEFORE('p') | BEFORE('s')),
};

/* What lines of JSON begin with is left out. */
static const uint32_t begins_no_document[256] = {
    [0x21 ... '+'] = ANY, ['-' ... 'Z'] = ANY, ['\\'] = ANY,          ['^' ... 'z'] = ANY,
    ['|'] = ANY,          ['~'] = ANY,         [0x80 ... 0xff] = ANY,
};

static bool is_no_row(const uint8_t *p, size_t i, size_t end)
{
    return begins_others[p[i]] && (p[i] == '{' || p[i] == '[' || is_sql(p, i, end) || begins(p, i, end, "begin:vcard"));
}

const uint32_t *turn_first_bytes(const struct dye_layout *l)
{
    if (l->kind == DYE_LAYOUT_LINES || l->kind == DYE_LAYOUT_DELIMITED)
        return begins_others;
    return l->kind == DYE_LAYOUT_JSON && l->by_line ? begins_no_document : NULL;
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
        return !at_end && is_no_row(p, r->start, r->end) ? r->start : SIZE_MAX;
    case DYE_LAYOUT_JSON:
        if (r->layout.by_line)
            return !at_end && begins_no_document[p[r->start]] != 0 ? r->start : SIZE_MAX;
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

/* Lines that all have as many fields, by what does not part words and properties too; of SQL, none that ends a
 * statement. */
static bool are_rows(const struct dye_layout *l, const struct dye_layout *found, struct dye_span rows)
{
    struct dye_field fields[DYE_FIELDS_MAX];
    struct dye_records r;
    size_t lines = 0, same = 0, n_first = 0;
    if (found->delimiter_n == 1 && memchr(" :/", found->delimiter[0], 3) != NULL)
        return false;
    dye_records_init(&r, found, rows);
    while (lines < LINES_LOOKED_AT && dye_records_next(&r)) {
        if (!r.closed && lines >= LINES_AT_LEAST)
            break; /* cut by the sample's end */
        size_t n = dye_record_fields(&r, fields);
        if (l->kind == DYE_LAYOUT_SQL && r.end > r.start && rows.p[r.end - 1] == ';')
            return false;
        n_first = lines == 0 ? n : n_first;
        same += n == n_first;
        lines++;
    }
    return lines >= LINES_AT_LEAST && n_first >= 2 && same * 10 >= lines * 9;
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
    dye_layout_detect(DYE_UNIT_BYTE, charset, s, ret);
    if (ret->kind != DYE_LAYOUT_JSON || ret->by_line)
        return;
    size_t at = 0;
    for (const uint8_t *lf; at < s.n && (is_blank(s.p[at]) || begins_no_document[s.p[at]] == 0);) {
        lf = memchr(s.p + at, '\n', s.n - at);
        at = lf != NULL ? (size_t)(lf - s.p) + 1 : s.n;
    }
    struct dye_layout lines;
    dye_layout_detect(DYE_UNIT_BYTE, charset, dye_span_of(s.p, at), &lines);
    if (lines.kind == DYE_LAYOUT_JSON && lines.by_line)
        *ret = lines;
}

bool turn_confirmed(const struct dye_layout *l, struct dye_span sample)
{
    struct dye_layout found;
    struct dye_span rows = rows_of(sample);
    if (rows.n > 0) {
        if (l->kind == DYE_LAYOUT_DELIMITED || l->kind == DYE_LAYOUT_LINES)
            return false;
        dye_layout_detect(DYE_UNIT_BYTE, l->charset, rows, &found);
        return found.kind == DYE_LAYOUT_DELIMITED && are_rows(l, &found, rows);
    }
    detect(l->charset, sample, &found);
    if (found.kind == l->kind)
        return false;
    return found.kind == DYE_LAYOUT_SQL || found.kind == DYE_LAYOUT_VCARD ||
           (found.kind == DYE_LAYOUT_JSON && is_document(&found, sample));
}

void turn_detect(enum dye_charset charset, struct dye_span s, struct dye_layout *ret)
{
    enum { TRIES = 16 };
    unsigned tries = 0;
    detect(charset, s, ret);
    if (s.n == 0 || (ret->kind != DYE_LAYOUT_DELIMITED && ret->kind != DYE_LAYOUT_LINES))
        return;
    for (const uint8_t *lf = memchr(s.p, '\n', s.n); lf != NULL && tries < TRIES;) {
        size_t at = (size_t)(lf - s.p) + 1;
        struct dye_span rest = dye_span_of(s.p + at, s.n - at);
        if (rest.n > 0 && is_no_row(s.p, at, s.n)) {
            tries++;
            if (turn_confirmed(ret, rest)) {
                dye_layout_detect(DYE_UNIT_BYTE, charset, dye_span_of(s.p, at), ret);
                return;
            }
        }
        lf = memchr(s.p + at, '\n', rest.n);
    }
}
