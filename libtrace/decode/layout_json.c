#include "layout.h"

static struct quoting quoting(const struct dye_layout *l)
{
    return (struct quoting){.charset = layout_charset(l), .quote = '"', .backslash = true};
}

/* i is at a bracket or a quote or anything else: past a string, or one byte on. `end` where a string has no end. */
static size_t past(const struct quoting *q, const uint8_t *p, size_t i, size_t end)
{
    if (p[i] != '"')
        return i + 1;
    size_t after = layout_quoted(q, p, i + 1, end);
    return after != SIZE_MAX ? after : end;
}

/* Strings and brackets, which are all that matters between values. */
static size_t skip_to_mark(const uint8_t *p, size_t i, size_t end)
{
    static const bool is_mark[256] = {['"'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true};
    while (i < end && !is_mark[p[i]])
        i++;
    return i;
}

static bool opens(uint8_t b)
{
    return b == '{' || b == '[';
}

static bool closes(uint8_t b)
{
    return b == '}' || b == ']';
}

/* i is at an opening bracket: past its partner, or SIZE_MAX. Counts, and so any depth is the same to it. */
static size_t partner(const struct quoting *q, const uint8_t *p, size_t i, size_t end)
{
    size_t depth = 0;
    while ((i = skip_to_mark(p, i, end)) < end) {
        depth += opens(p[i]);
        if (closes(p[i]) && --depth == 0)
            return i + 1;
        i = past(q, p, i, end);
    }
    return SIZE_MAX;
}

size_t layout_bracket(enum dye_charset charset, const uint8_t *p, size_t i, size_t end)
{
    return partner(&(struct quoting){.charset = charset, .quote = '"', .backslash = true}, p, i, end);
}

/* ---- records ---- */

static bool found(struct dye_records *r, size_t start, size_t after)
{
    r->start = start;
    r->closed = after != SIZE_MAX;
    r->end = r->next = r->closed ? after : r->text.n;
    return true;
}

static bool step(struct dye_records *r)
{
    struct dye_layout *l = &r->layout;
    if (l->by_line)
        return layout_line(r);
    const struct quoting q = quoting(l);
    const uint8_t *p = r->text.p;
    size_t n = r->text.n;
    for (size_t i = r->next; (i = skip_to_mark(p, i, n)) < n;) {
        if (opens(p[i])) {
            if (l->depth + 1 == l->deep)
                return found(r, i, partner(&q, p, i, n));
            l->depth++;
        } else if (closes(p[i])) {
            l->depth -= l->depth > 0;
        } else if (l->scalars && l->depth + 1 == l->deep) {
            size_t after = layout_quoted(&q, p, i + 1, n);
            return found(r, i, after);
        }
        i = past(&q, p, i, n);
    }
    r->next = n;
    return false;
}

/* ---- fields ---- */

static bool parts_values(uint8_t b)
{
    return b == ',' || b == ':' || b == ' ' || b == '\t' || b == '\n' || b == '\r' || opens(b) || closes(b) || b == '"';
}

/* Keys by depth; deeper ones are those of the last depth. */
enum { KEYS = 32 };

static void name_field(struct dye_field *f, struct dye_span key)
{
    f->name = key;
    f->name_is_raw = true;
}

static size_t fields(const struct dye_records *r, struct dye_field *ret)
{
    const struct quoting q = quoting(&r->layout);
    const uint8_t *p = r->text.p;
    struct dye_span keys[KEYS] = {{NULL, 0}};
    size_t n = 0, depth = 0, end = r->end;
    for (size_t i = r->start; i < end && n < DYE_FIELDS_MAX;) {
        struct dye_span *key = &keys[depth < KEYS ? depth : KEYS - 1];
        if (opens(p[i])) {
            struct dye_span inherited = *key;
            depth++;
            if (depth < KEYS)
                keys[depth] = inherited;
            i++;
        } else if (closes(p[i])) {
            depth -= depth > 0;
            i++;
        } else if (p[i] == '"') {
            size_t start = i + 1, after = layout_quoted(&q, p, start, end), value_end = after - 1;
            if (after == SIZE_MAX)
                after = value_end = end;
            i = layout_skip_blank(p, after, end);
            if (i < end && p[i] == ':') {
                if (value_end == start || p[start] != '$')
                    *key = dye_span_of(p + start, value_end - start);
                i++;
                continue;
            }
            struct dye_span name = *key;
            (void)layout_add(ret, &n, start, value_end, end, WRITTEN_JSON);
            name_field(&ret[n - 1], name);
        } else if (parts_values(p[i])) {
            i++;
        } else {
            size_t start = i;
            while (i < end && !parts_values(p[i]))
                i++;
            bool is_null = i - start == 4 && memcmp(p + start, "null", 4) == 0;
            (void)layout_add(ret, &n, start, is_null ? start : i, end, WRITTEN_PLAIN);
            name_field(&ret[n - 1], *key);
        }
    }
    return n;
}

/* ---- detection ---- */

/* `{"`, `{}`, `[{`, `["`, `[[`, `[1`: what text in braces rarely begins with. */
bool layout_begins_document(struct dye_span s)
{
    size_t i = layout_skip_blank(s.p, 0, s.n);
    if (i == s.n || !opens(s.p[i]))
        return false;
    size_t k = layout_skip_blank(s.p, i + 1, s.n);
    if (k == s.n)
        return false;
    if (s.p[i] == '{') {
        if (s.p[k] == '}')
            return true;
        if (s.p[k] != '"')
            return false;
        const struct quoting q = {.charset = DYE_CHARSET_MIXED, .quote = '"', .backslash = true};
        size_t after = layout_quoted(&q, s.p, k + 1, s.n);
        after = after != SIZE_MAX ? layout_skip_blank(s.p, after, s.n) : s.n;
        return after == s.n || s.p[after] == ':';
    }
    if (dye_is_digit(s.p[k])) { /* no date in brackets, as logs have */
        while (k < s.n && (dye_is_alnum(s.p[k]) || s.p[k] == '.' || s.p[k] == '+'))
            k++;
        k = layout_skip_blank(s.p, k, s.n);
        return k < s.n && s.p[k] == ',';
    }
    return opens(s.p[k]) || closes(s.p[k]) || s.p[k] == '"';
}

/* Two or more of the sample's first lines are a document each, all of it on the line. */
static bool is_by_line(const struct quoting *q, struct dye_span s)
{
    enum { LINES = 16 };
    size_t whole = 0, seen = 0;
    for (size_t at = 0, end; at < s.n && seen < LINES; at = end + 1) {
        const uint8_t *lf = memchr(s.p + at, '\n', s.n - at);
        end = lf != NULL ? (size_t)(lf - s.p) : s.n;
        size_t i = layout_skip_blank(s.p, at, end);
        if (i == end)
            continue;
        size_t after = opens(s.p[i]) ? partner(q, s.p, i, end) : SIZE_MAX;
        bool last = lf == NULL;
        if (after == SIZE_MAX && last && whole > 0)
            break; /* cut by the sample's end */
        seen++;
        whole += after != SIZE_MAX && layout_skip_blank(s.p, after, end) == end;
    }
    return whole >= 2 && whole * 4 >= seen * 3;
}

/* How deep the elements of the outermost array of objects or arrays stand, from 1; 0 when there is none. */
static uint8_t depth_of_elements(const struct quoting *q, struct dye_span s)
{
    enum { DEEPEST = 64 };
    size_t depth = 0, found_at = 0;
    for (size_t i = 0; (i = skip_to_mark(s.p, i, s.n)) < s.n; i = past(q, s.p, i, s.n)) {
        if (opens(s.p[i])) {
            depth++;
            size_t k = layout_skip_blank(s.p, i + 1, s.n);
            bool holds = s.p[i] == '[' && k < s.n && opens(s.p[k]) && depth < DEEPEST;
            if (holds && (found_at == 0 || depth + 1 < found_at))
                found_at = depth + 1;
        } else if (closes(s.p[i])) {
            depth -= depth > 0;
        }
    }
    return (uint8_t)found_at;
}

static bool detect(struct dye_span s, struct dye_layout *ret)
{
    if (!layout_begins_document(s))
        return false;
    const struct quoting q = quoting(ret);
    ret->deep = 1;
    ret->by_line = is_by_line(&q, s);
    if (ret->by_line)
        return true;
    size_t i = layout_skip_blank(s.p, 0, s.n), after = partner(&q, s.p, i, s.n);
    if (after != SIZE_MAX) {
        after = layout_skip_blank(s.p, after, s.n);
        if (after < s.n && opens(s.p[after])) /* one behind the other */
            return true;
    }
    uint8_t deep = depth_of_elements(&q, s);
    if (deep != 0) {
        ret->deep = deep;
    } else if (s.p[i] == '[') { /* of plain values */
        ret->deep = 2;
        ret->scalars = true;
    }
    return true;
}

const struct layout layout_json = {"json", detect, step, fields};
