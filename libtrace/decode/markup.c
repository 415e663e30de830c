#include "markup.h"

#include "entity.h"

#include <stdio.h>
#include <strings.h>

enum { RAW_MAX_BYTES = 1 << 16 };

void markup_init(struct markup *m, struct feed *in)
{
    *m = (struct markup){.in = in};
    dye_buf_init(&m->raw, RAW_MAX_BYTES, true);
}

void markup_done(struct markup *m)
{
    dye_buf_done(&m->raw);
}

static bool refill(struct markup *m)
{
    return m->piece.n > 0 || feed_pull(m->in, &m->piece);
}

static void drop(struct markup *m, size_t n)
{
    m->piece = dye_span_of(m->piece.p + n, m->piece.n - n);
}

static bool keep(struct markup *m, uint8_t c)
{
    return dye_buf_append_u8(&m->raw, c) == DYE_OK;
}

/* Gives what was kept as text: it was no tag. */
static enum markup_kind raw_text(struct markup *m)
{
    m->text = dye_buf_span(&m->raw);
    return MARKUP_TEXT;
}

/* --- what a tag says --- */

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One attribute from at; returns where the next may begin. The standard's states 13.2.5.32 to 39, in short. */
static size_t take_attribute(struct markup *m, size_t at)
{
    uint8_t *p = m->raw.p;
    size_t n = m->raw.n, start = at;
    while (at < n && !is_space(p[at]) && p[at] != '/' && (p[at] != '=' || at == start))
        at++;
    struct markup_attribute a = {.name = dye_span_of(p + start, at - start), .value = dye_span_of(p + at, 0)};
    while (at < n && is_space(p[at]))
        at++;
    if (at < n && p[at] == '=') {
        for (at++; at < n && is_space(p[at]);)
            at++;
        uint8_t quote = at < n && (p[at] == '"' || p[at] == '\'') ? p[at++] : 0;
        size_t value = at;
        while (at < n && (quote != 0 ? p[at] != quote : !is_space(p[at])))
            at++;
        a.value = dye_span_of(p + value, entity_unescape(p + value, at - value));
        at += quote != 0 && at < n;
    }
    if (a.name.n > 0 && m->n_attributes < MARKUP_ATTRIBUTES)
        m->attribute[m->n_attributes++] = a;
    return at;
}

/* m->raw holds what stands between "<" and ">". */
static void parse_tag(struct markup *m)
{
    size_t at = 0, n = 0;
    m->closes = m->raw.p[0] == '/';
    m->n_attributes = 0;
    at += m->closes;
    for (; at < m->raw.n && !is_space(m->raw.p[at]) && m->raw.p[at] != '/'; at++)
        if (n < MARKUP_NAME_MAX)
            m->name[n++] = (char)dye_to_lower(m->raw.p[at]);
    m->name[n] = '\0';
    while (at < m->raw.n) {
        if (is_space(m->raw.p[at]) || m->raw.p[at] == '/')
            at++;
        else
            at = take_attribute(m, at);
    }
}

struct dye_span markup_attribute(const struct markup *m, const char *name)
{
    for (size_t i = 0; i < m->n_attributes; i++)
        if (m->attribute[i].name.n == strlen(name) &&
            strncasecmp((const char *)m->attribute[i].name.p, name, m->attribute[i].name.n) == 0)
            return m->attribute[i].value;
    return dye_span_of(NULL, 0);
}

/* To the end of the tag. */
static void skip_tag(struct markup *m)
{
    while (refill(m)) {
        uint8_t c = *m->piece.p;
        drop(m, 1);
        if (c == '>')
            return;
    }
}

static void begin_lines(struct markup *m, const char *until, bool hidden)
{
    snprintf(m->until, sizeof m->until, "%s", until);
    memset(m->tail, 0, sizeof m->tail);
    m->hidden = hidden;
}

/* In a script, a comment or a style sheet: a line of it. */
static enum markup_kind take_line(struct markup *m)
{
    size_t end = strlen(m->until);
    enum markup_kind kind = m->hidden ? MARKUP_HIDDEN : MARKUP_SCRIPT;
    dye_buf_clear(&m->raw);
    while (refill(m)) {
        uint8_t c = *m->piece.p;
        if (m->raw.n > RAW_MAX_BYTES - 8 && (c & 0xc0) != 0x80) /* between characters */
            break;
        drop(m, 1);
        if (c == '\n' || !keep(m, c))
            break;
        memmove(m->tail, m->tail + 1, sizeof m->tail - 1);
        m->tail[sizeof m->tail - 1] = (char)dye_to_lower(c);
        if (memcmp(m->tail + sizeof m->tail - end, m->until, end) == 0) {
            m->raw.n -= end < m->raw.n ? end : m->raw.n;
            if (m->until[0] == '<')
                skip_tag(m);
            m->until[0] = '\0';
            break;
        }
    }
    m->text = dye_buf_span(&m->raw);
    return m->raw.n > 0 || m->until[0] == '\0' || refill(m) ? kind : MARKUP_END;
}

static enum markup_kind tag_taken(struct markup *m)
{
    if (m->raw.p[0] == '!' || m->raw.p[0] == '?') {
        m->text = dye_buf_span(&m->raw);
        return MARKUP_HIDDEN;
    }
    parse_tag(m);
    if (!m->closes && strcmp(m->name, "script") == 0)
        begin_lines(m, "</script", false);
    else if (!m->closes && strcmp(m->name, "style") == 0)
        begin_lines(m, "</style", true);
    return MARKUP_TAG;
}

/* A tag beyond all measure: a picture that is written into it, else text. */
static enum markup_kind tag_overflowed(struct markup *m)
{
    const uint8_t *data = memmem(m->raw.p, m->raw.n, "data:", 5);
    if (data == NULL || data == m->raw.p)
        return raw_text(m);
    m->picture = true;
    m->raw.n = (size_t)(data - m->raw.p);
    skip_tag(m);
    return tag_taken(m);
}

/* Behind "<": collects to ">", which may stand in quotes. */
static enum markup_kind take_tag(struct markup *m)
{
    uint8_t quote = 0, before = 0;
    dye_buf_clear(&m->raw);
    while (refill(m)) {
        uint8_t c = *m->piece.p;
        if (m->raw.n == 0 && !dye_is_alpha(c) && c != '/' && c != '!' && c != '?')
            break; /* a sign, no tag */
        if (c == '>' && quote == 0) {
            drop(m, 1);
            return tag_taken(m);
        }
        if (!keep(m, c))
            return tag_overflowed(m);
        drop(m, 1);
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if ((c == '"' || c == '\'') && before == '=')
            quote = c;
        before = is_space(c) ? before : c;
        if (m->raw.n == 3 && memcmp(m->raw.p, "!--", 3) == 0) {
            begin_lines(m, "-->", true);
            return take_line(m);
        }
    }
    if (m->raw.n > 0)
        return raw_text(m); /* the end came first */
    m->text = dye_span_of("<", 1);
    return MARKUP_TEXT;
}

/* Behind "&". */
static enum markup_kind take_entity(struct markup *m)
{
    dye_buf_clear(&m->raw);
    (void)!keep(m, '&');
    while (m->raw.n <= ENTITY_NAME_MAX && refill(m) && (dye_is_alnum(*m->piece.p) || *m->piece.p == '#')) {
        (void)!keep(m, *m->piece.p);
        drop(m, 1);
    }
    size_t n = entity_decode(dye_span_of(m->raw.p + 1, m->raw.n - 1), m->one);
    if (n == 0)
        return raw_text(m);
    if (refill(m) && *m->piece.p == ';')
        drop(m, 1);
    m->text = dye_span_of(m->one, n);
    return MARKUP_TEXT;
}

enum markup_kind markup_next(struct markup *m)
{
    if (m->until[0] != '\0')
        return take_line(m);
    if (!refill(m))
        return MARKUP_END;
    uint8_t c = *m->piece.p;
    if (c == '<' || c == '&') {
        drop(m, 1);
        return c == '<' ? take_tag(m) : take_entity(m);
    }
    size_t n = 1;
    while (n < m->piece.n && m->piece.p[n] != '<' && m->piece.p[n] != '&')
        n++;
    m->text = dye_span_of(m->piece.p, n);
    drop(m, n);
    return MARKUP_TEXT;
}
