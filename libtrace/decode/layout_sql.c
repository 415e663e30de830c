#include "layout.h"

static struct quoting quoting(const struct dye_layout *l, uint8_t quote)
{
    return (struct quoting){
        .charset = layout_charset(l), .quote = quote, .backslash = l->backslash && quote != '`', .doubled = true};
}

static bool is_quote(uint8_t b)
{
    return b == '\'' || b == '"' || b == '`';
}

/* Past what stands at i: a quoted string, or one byte. `end` where a string has no end. */
static size_t past(const struct dye_layout *l, const uint8_t *p, size_t i, size_t end)
{
    if (!is_quote(p[i]))
        return i + 1;
    const struct quoting q = quoting(l, p[i]);
    size_t after = layout_quoted(&q, p, i + 1, end);
    return after != SIZE_MAX ? after : end;
}

static size_t skip_to_mark(const uint8_t *p, size_t i, size_t end)
{
    static const bool is_mark[256] = {['\''] = true, ['"'] = true, ['`'] = true, ['('] = true, [')'] = true};
    while (i < end && !is_mark[p[i]])
        i++;
    return i;
}

/* i is at '(': past its partner, or SIZE_MAX. */
static size_t partner(const struct dye_layout *l, const uint8_t *p, size_t i, size_t end)
{
    size_t depth = 0;
    while ((i = skip_to_mark(p, i, end)) < end) {
        depth += p[i] == '(';
        if (p[i] == ')' && --depth == 0)
            return i + 1;
        i = past(l, p, i, end);
    }
    return SIZE_MAX;
}

/* ---- names ---- */

/* An identifier at i, quoted or bare, after any `schema.`: past it; its text in *ret. 0 for none. */
static size_t identifier(const uint8_t *p, size_t i, size_t end, struct dye_span *ret)
{
    for (;;) {
        size_t start = i;
        if (i < end && (p[i] == '`' || p[i] == '"' || p[i] == '[')) {
            const uint8_t *close = memchr(p + i + 1, p[i] == '[' ? ']' : p[i], end - i - 1);
            if (close == NULL)
                return 0;
            *ret = dye_span_of(p + i + 1, (size_t)(close - p) - i - 1);
            i = (size_t)(close - p) + 1;
        } else {
            while (i < end && (dye_is_alnum(p[i]) || p[i] == '_' || p[i] == '$' || p[i] >= 0x80))
                i++;
            if (i == start)
                return 0;
            *ret = dye_span_of(p + start, i - start);
        }
        if (i >= end || p[i] != '.')
            return i;
        i++;
    }
}

/* The names in the parentheses at i, into the layout's header: past them, or 0. */
static size_t column_list(struct dye_layout *l, const uint8_t *p, size_t i, size_t end)
{
    l->header_n = 0;
    i++;
    for (;;) {
        struct dye_span name;
        i = identifier(p, layout_skip_blank(p, i, end), end, &name);
        if (i == 0 || !layout_header_add(l, name))
            return 0;
        i = layout_skip_blank(p, i, end);
        if (i < end && p[i] == ')')
            return i + 1;
        if (i >= end || p[i] != ',')
            return 0;
        i++;
    }
}

/* What a line of CREATE TABLE begins with when it is no column. */
static bool is_constraint(struct dye_span s)
{
    static const char *const words[] = {"primary",  "key",     "unique", "index",   "constraint", "foreign",
                                        "fulltext", "spatial", "check",  "exclude", "like",       "period"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (layout_word(s.p, 0, s.n, words[i]) == s.n)
            return true;
    return false;
}

/* Tables stand one behind the other: name, columns as in a header, 0x1E. The oldest go when there are too many. */
enum { TABLE_END = 0x1e };

static void remember(struct dye_layout *l, struct dye_span table)
{
    size_t need = table.n + 1 + l->header_n + 1;
    if (need > sizeof l->tables || memchr(table.p, DYE_FIELD_END, table.n) != NULL)
        return;
    while (l->tables_n + need > sizeof l->tables) {
        const uint8_t *end = memchr(l->tables, TABLE_END, l->tables_n);
        size_t first = (size_t)(end - l->tables) + 1;
        l->tables_n = (uint16_t)(l->tables_n - first);
        memmove(l->tables, l->tables + first, l->tables_n);
    }
    uint8_t *to = l->tables + l->tables_n;
    memcpy(to, table.p, table.n);
    to[table.n] = DYE_FIELD_END;
    memcpy(to + table.n + 1, l->header, l->header_n);
    to[need - 1] = TABLE_END;
    l->tables_n = (uint16_t)(l->tables_n + need);
}

/* The columns that CREATE TABLE gave `table`, into the header; none when it was not met. */
static void recall(struct dye_layout *l, struct dye_span table)
{
    l->header_n = 0;
    for (size_t at = 0; at < l->tables_n;) {
        size_t end = at + (size_t)((uint8_t *)memchr(l->tables + at, TABLE_END, l->tables_n - at) - (l->tables + at));
        const uint8_t *name_end = memchr(l->tables + at, DYE_FIELD_END, end - at);
        if (name_end != NULL &&
            dye_span_equal(dye_span_of(l->tables + at, (size_t)(name_end - l->tables) - at), table)) {
            size_t from = (size_t)(name_end - l->tables) + 1;
            l->header_n = (uint16_t)(end - from);
            memcpy(l->header, l->tables + from, l->header_n);
        }
        at = end + 1;
    }
}

/* Where the head of a statement at i ends at the latest: before the next line that begins one that may bring or define
 * rows. So what a head says does not depend on anything behind it, and heads without an end cost no more than others.
 */
static size_t head_end(const uint8_t *p, size_t i, size_t end)
{
    enum { LONGEST = DYE_RECORD_MAX_BYTES };
    static const char *const words[] = {"insert", "replace", "copy", "create"};
    end = end - i < LONGEST ? end : i + LONGEST;
    for (const uint8_t *lf; (lf = memchr(p + i, '\n', end - i)) != NULL;) {
        i = layout_skip_blank(p, (size_t)(lf - p), end);
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (layout_word(p, i, end, words[k]) != 0)
                return i;
    }
    return end;
}

/* i is behind CREATE ... TABLE. Without its end in sight it is passed over. */
static void create_table(struct dye_layout *l, const uint8_t *p, size_t i, size_t end)
{
    struct dye_span table, name;
    end = head_end(p, i, end);
    i = layout_skip_blank(p, i, end);
    static const char *const words[] = {"if", "not", "exists"};
    for (size_t k = 0, after; k < 3; k++)
        if ((after = layout_word(p, i, end, words[k])) != 0)
            i = layout_skip_blank(p, after, end);
    i = identifier(p, i, end, &table);
    if (i == 0 || (i = layout_skip_blank(p, i, end)) >= end || p[i] != '(')
        return;
    size_t stop = partner(l, p, i, end);
    if (stop == SIZE_MAX)
        return;
    l->header_n = 0;
    for (i++; i < stop;) {
        i = layout_skip_blank(p, i, stop);
        bool bare = i < stop && !is_quote(p[i]) && p[i] != '[';
        if (identifier(p, i, stop, &name) != 0 && !(bare && is_constraint(name)) && !layout_header_add(l, name))
            break;
        while (i < stop && p[i] != ',') /* to the next column, over types such as decimal(10,2) */
            i = p[i] == '(' ? partner(l, p, i, stop) : past(l, p, i, stop);
        if (i == SIZE_MAX)
            break;
        i++;
    }
    remember(l, table);
    l->header_n = 0;
}

/* ---- statements ---- */

/* INSERT or REPLACE ... INTO table [(columns)] ... VALUES: past VALUES, or 0. */
static size_t enter_values(struct dye_layout *l, const uint8_t *p, size_t i, size_t end)
{
    struct dye_span table;
    size_t after = layout_word(p, i, end, "insert");
    i = after != 0 ? after : layout_word(p, i, end, "replace");
    if (i == 0)
        return 0;
    end = head_end(p, i, end);
    static const char *const words[] = {"low_priority", "delayed", "high_priority", "ignore",
                                        "or",           "replace", "ignore"};
    i = layout_skip_blank(p, i, end);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if ((after = layout_word(p, i, end, words[k])) != 0)
            i = layout_skip_blank(p, after, end);
    if ((i = layout_word(p, i, end, "into")) == 0 ||
        (i = identifier(p, layout_skip_blank(p, i, end), end, &table)) == 0)
        return 0;
    recall(l, table);
    bool listed = false;
    for (i = layout_skip_blank(p, i, end); i < end; i = layout_skip_blank(p, i, end)) {
        if ((after = layout_word(p, i, end, "values")) != 0 || (after = layout_word(p, i, end, "value")) != 0)
            return after;
        if (layout_word(p, i, end, "select") != 0 || layout_word(p, i, end, "set") != 0 || p[i] == ';')
            return 0;
        if (p[i] == '(' && !listed) {
            listed = true;
            after = column_list(l, p, i, end);
            if (after == 0) {
                l->header_n = 0;
                after = partner(l, p, i, end);
            }
            if (after == SIZE_MAX)
                return 0;
            i = after;
        } else if (dye_is_alnum(p[i])) {
            while (i < end && (dye_is_alnum(p[i]) || p[i] == '_'))
                i++;
        } else {
            i = past(l, p, i, end);
        }
    }
    return 0;
}

/* COPY table [(columns)] FROM stdin...; past its line, or 0. */
static size_t enter_copy(struct dye_layout *l, const uint8_t *p, size_t i, size_t end)
{
    struct dye_span table;
    if ((i = layout_word(p, i, end, "copy")) == 0)
        return 0;
    const uint8_t *lf = memchr(p + i, '\n', end - i);
    if (lf == NULL)
        return 0;
    size_t line_end = (size_t)(lf - p);
    if ((i = identifier(p, layout_skip_blank(p, i, line_end), line_end, &table)) == 0)
        return 0;
    recall(l, table);
    i = layout_skip_blank(p, i, line_end);
    if (i < line_end && p[i] == '(' && (i = column_list(l, p, i, line_end)) == 0)
        return 0;
    i = layout_word(p, layout_skip_blank(p, i, line_end), line_end, "from");
    if (i == 0 || layout_word(p, layout_skip_blank(p, i, line_end), line_end, "stdin") == 0)
        return 0;
    return line_end + 1;
}

/* Outside of rows: to the next statement that has some. False at the text's end. */
static bool enter(struct dye_records *r)
{
    struct dye_layout *l = &r->layout;
    const uint8_t *p = r->text.p;
    size_t n = r->text.n;
    for (size_t i = layout_skip_blank(p, r->next, n); i < n; i = layout_skip_blank(p, i, n)) {
        size_t after = 0;
        switch (p[i] | 0x20) {
        case 'i':
        case 'r':
            if ((after = enter_values(l, p, i, n)) != 0)
                l->state |= LAYOUT_ROWS;
            break;
        case 'c':
            if ((after = enter_copy(l, p, i, n)) != 0)
                l->state |= LAYOUT_COPY;
            else if ((after = layout_word(p, i, n, "create")) != 0) {
                static const char *const words[] = {"temporary", "temp", "unlogged", "global"};
                size_t at = layout_skip_blank(p, after, n);
                for (size_t k = 0; k < sizeof words / sizeof *words; k++)
                    if ((after = layout_word(p, at, n, words[k])) != 0)
                        at = layout_skip_blank(p, after, n);
                if ((at = layout_word(p, at, n, "table")) != 0)
                    create_table(l, p, at, n);
                after = 0;
            }
            break;
        default:
            break;
        }
        if (after != 0) {
            r->next = after;
            return true;
        }
        const uint8_t *lf = memchr(p + i, '\n', n - i); /* statements begin lines */
        i = lf != NULL ? (size_t)(lf - p) + 1 : n;
    }
    r->next = n;
    return false;
}

/* ---- records ---- */

/* Behind VALUES: the next row, or false behind the last one; a statement without `;` ends with its line unless a comma
 * says that there is more. */
static bool next_row(struct dye_records *r)
{
    struct dye_layout *l = &r->layout;
    const uint8_t *p = r->text.p;
    size_t n = r->text.n, i = r->next;
    bool comma = false;
    for (; i < n && p[i] != '('; comma = comma || p[i] == ',', i = past(l, p, i, n)) {
        bool ends = !comma && (l->state & LAYOUT_MET) != 0 && (p[i] == '\n' || dye_is_alpha(p[i])); /* ON DUPLICATE */
        if (p[i] == ';' || ends) {
            l->state &= (uint8_t) ~(LAYOUT_ROWS | LAYOUT_MET);
            r->next = i + 1;
            return false;
        }
    }
    r->next = n;
    if (i >= n)
        return false;
    size_t after = partner(l, p, i, n);
    l->state |= LAYOUT_MET;
    r->start = i;
    r->closed = after != SIZE_MAX;
    r->end = r->next = r->closed ? after : n;
    return true;
}

static bool next_line(struct dye_records *r)
{
    if (!layout_line(r))
        return false;
    if (r->end - r->start == 2 && memcmp(r->text.p + r->start, "\\.", 2) == 0) {
        r->layout.state &= (uint8_t)~LAYOUT_COPY;
        return false;
    }
    return true;
}

static bool step(struct dye_records *r)
{
    for (;;) {
        if ((r->layout.state & LAYOUT_ROWS) != 0 && next_row(r))
            return true;
        if ((r->layout.state & LAYOUT_COPY) != 0 && next_line(r))
            return true;
        if (r->next >= r->text.n || ((r->layout.state & (LAYOUT_ROWS | LAYOUT_COPY)) == 0 && !enter(r)))
            return false;
    }
}

/* ---- fields ---- */

/* What stands at [start, end) of a row: quotes and what precedes them taken off. */
static bool add_value(const struct dye_records *r, struct dye_field *ret, size_t *n, size_t start, size_t end)
{
    const uint8_t *p = r->text.p;
    while (start < end && layout_skip_blank(p, start, start + 1) != start)
        start++;
    while (end > start && layout_skip_blank(p, end - 1, end) == end)
        end--;
    if (layout_word(p, start, end, "null") == end)
        return layout_add(ret, n, start, start, r->end - 1, WRITTEN_PLAIN);
    const uint8_t *quote = memchr(p + start, '\'', end - start);
    if (quote == NULL)
        quote = memchr(p + start, '"', end - start);
    size_t open = quote != NULL ? (size_t)(quote - p) : end;
    bool is_prefix = open < end && open - start <= 16; /* _binary '..', N'..', E'..' */
    for (size_t i = start; is_prefix && i < open; i++)
        is_prefix = dye_is_alnum(p[i]) || p[i] == '_' || p[i] == ' ';
    size_t word = layout_word(p, start, end, "replace");
    bool replaced = word != 0 && word < end && p[word] == '('; /* sqlite3 writes line ends so */
    if (is_prefix || (replaced && open < end)) {
        bool escapes = r->layout.backslash || (open > start && (p[open - 1] | 0x20) == 'e');
        struct quoting q = quoting(&r->layout, p[open]);
        q.backslash = escapes;
        size_t after = layout_quoted(&q, p, open + 1, r->end);
        size_t stop = after != SIZE_MAX && after <= end ? after - 1 : end;
        bool bytes = open == start + 1 && (p[start] | 0x20) == 'x';
        uint8_t written = bytes ? WRITTEN_HEX : escapes ? WRITTEN_SQL : replaced ? WRITTEN_SQL_LINES : WRITTEN_SQL_BARE;
        return layout_add(ret, n, open + 1, stop, r->end - 1, written);
    }
    bool is_hex = end - start > 2 && p[start] == '0' && (p[start + 1] | 0x20) == 'x';
    return layout_add(ret, n, is_hex ? start + 2 : start, end, r->end - 1, is_hex ? WRITTEN_HEX : WRITTEN_PLAIN);
}

static size_t row_fields(const struct dye_records *r, struct dye_field *ret)
{
    const struct dye_layout *l = &r->layout;
    const uint8_t *p = r->text.p;
    size_t n = 0, depth = 0, end = r->closed ? r->end - 1 : r->end, start = r->start + 1;
    for (size_t i = start; i <= end; i = i < end ? past(l, p, i, end) : i + 1) {
        if (i == end || (p[i] == ',' && depth == 0)) {
            if (!add_value(r, ret, &n, start, i))
                break;
            start = i + 1;
        } else {
            depth += p[i] == '(';
            depth -= p[i] == ')' && depth > 0;
        }
    }
    return n;
}

static size_t line_fields(const struct dye_records *r, struct dye_field *ret)
{
    const uint8_t *p = r->text.p;
    size_t n = 0;
    for (size_t start = r->start;;) {
        const uint8_t *tab = memchr(p + start, '\t', r->end - start);
        size_t end = tab != NULL ? (size_t)(tab - p) : r->end;
        bool is_null = end - start == 2 && memcmp(p + start, "\\N", 2) == 0;
        if (!layout_add(ret, &n, start, is_null ? start : end, r->end, WRITTEN_COPY) || tab == NULL)
            return n;
        start = end + 1;
    }
}

static size_t fields(const struct dye_records *r, struct dye_field *ret)
{
    size_t n;
    if ((r->layout.state & LAYOUT_COPY) != 0)
        n = line_fields(r, ret);
    else if (r->start < r->end && r->text.p[r->start] == '(')
        n = row_fields(r, ret);
    else
        return layout_one_field(r, ret);
    layout_name_fields(r, ret, n);
    return n;
}

/* ---- detection ---- */

/* Past blanks and comments. */
static size_t skip_comments(const uint8_t *p, size_t i, size_t end)
{
    for (;;) {
        i = layout_skip_blank(p, i, end);
        const uint8_t *stop = NULL;
        if (end - i >= 2 && memcmp(p + i, "/*", 2) == 0) {
            stop = memmem(p + i, end - i, "*/", 2);
            i = stop != NULL ? (size_t)(stop - p) + 2 : end;
            if (i < end && p[i] == ';')
                i++;
        } else if (i < end && (p[i] == '#' || p[i] == '\\' ||
                               (end - i >= 2 && memcmp(p + i, "--", 2) == 0 && (end - i == 2 || p[i + 2] != '-')))) {
            stop = memchr(p + i, '\n', end - i);
            i = stop != NULL ? (size_t)(stop - p) + 1 : end;
        } else {
            return i;
        }
        if (stop == NULL)
            return end;
    }
}

static bool begins_statement(const uint8_t *p, size_t i, size_t end)
{
    static const char *const words[] = {"insert", "replace", "copy",     "create", "set",    "drop",
                                        "use",    "begin",   "start",    "lock",   "pragma", "alter",
                                        "select", "delete",  "truncate", "update"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (layout_word(p, i, end, words[k]) != 0)
            return true;
    return false;
}

static bool has(struct dye_span s, const char *text)
{
    return memmem(s.p, s.n, text, strlen(text)) != NULL;
}

/* The first statement is one of SQL, and the dump says what it is, or somewhere in the sample is one that brings or
 * defines rows. */
static bool detect(struct dye_span s, struct dye_layout *ret)
{
    size_t i = skip_comments(s.p, 0, s.n);
    if (i >= s.n || !begins_statement(s.p, i, s.n))
        return false;
    /* In the standard a backslash is a character like others; MySQL escapes with it. */
    ret->backslash = !has(s, "PostgreSQL database dump") && !has(s, "standard_conforming_strings = on") &&
                     !has(s, "PRAGMA foreign_keys");
    bool named = has(s, "MySQL dump") || has(s, "MariaDB dump") || has(s, "PostgreSQL database dump");
    for (; i < s.n; i = layout_skip_blank(s.p, i, s.n)) {
        if (named || layout_word(s.p, i, s.n, "create") != 0 || enter_values(ret, s.p, i, s.n) != 0 ||
            enter_copy(ret, s.p, i, s.n) != 0) {
            ret->header_n = 0;
            return true;
        }
        const uint8_t *lf = memchr(s.p + i, '\n', s.n - i);
        i = lf != NULL ? (size_t)(lf - s.p) + 1 : s.n;
    }
    return false;
}

const struct layout layout_sql = {"sql", detect, step, fields};
