/*
 * html: a web page, or what a program exports as one (Excel's ".xls" that is none, Telegram's chats).
 *
 * A row of a table is a row of its cells, spans counted; other text is a row a block. Rows of a table in a cell of
 * another are rows of their own. A chat of Telegram's is a row a message: from, date, text. Values that no reader of
 * the page sees (of inputs, links, comments, style sheets) are kept where they may hold something: at least seven
 * digits in a row, an "@", or text beyond ASCII where text is meant. They stand behind the last cell of the row.
 * Scripts are kept line by line.
 */
#include "formats.h"

#include "hint.h"
#include "markup.h"
#include "recode.h"
#include "table.h"

#include <stdlib.h>
#include <strings.h>

enum { MAX_SPAN = 1000, MAX_COLUMNS = 256, EXTRA_BYTES = 1 << 16, NAME_BYTES = 256 };

/* A message of Telegram's export: https://github.com/telegramdesktop/tdesktop, export/output/export_output_html.cpp. */
struct message {
    bool any; /* the head of the table stands */
    bool open, text, forwarded;
    uint32_t divs, depth; /* open ones; how many when the message began */
    enum capture { NOTHING, SENDER, AWAY } capture;
    uint32_t capture_depth;
    char from[NAME_BYTES], date[64];
    size_t from_n;
};

struct page {
    struct table out;
    struct markup m;
    bool in_row, in_cell;       /* of a table */
    bool has_text;              /* the field at hand */
    bool has_fields;            /* the row at hand */
    bool space;                 /* one is due before the next text */
    bool pre;                   /* line ends count */
    uint32_t column, columns;   /* of the cell at hand; that it spans */
    uint16_t left[MAX_COLUMNS]; /* rows that a cell above still fills */
    struct dye_buf extra;       /* each behind a NUL */
    struct message message;
};

/* --- fields and rows --- */

static void put(struct page *p, struct dye_span text)
{
    if (text.n == 0)
        return;
    if (p->has_text)
        table_more(&p->out, text);
    else
        table_text(&p->out, text);
    p->has_text = p->has_fields = true;
}

static void cell_end(struct page *p)
{
    if (!p->in_cell)
        return;
    if (!p->has_text)
        table_text(&p->out, dye_span_of(NULL, 0));
    for (uint32_t i = 1; i < p->columns; i++)
        table_text(&p->out, dye_span_of(NULL, 0));
    p->column += p->columns;
    p->in_cell = p->has_text = p->space = false;
    p->has_fields = true;
}

/* What nobody sees goes behind the row that it stands in. */
static bool put_extra(struct page *p)
{
    bool any = p->extra.n > 0;
    for (size_t i = 0; i < p->extra.n;) {
        const char *s = (const char *)p->extra.p + i + 1;
        table_text(&p->out, dye_span_str(s));
        i += strlen(s) + 1;
    }
    dye_buf_clear(&p->extra);
    return any;
}

static bool row_end(struct page *p)
{
    cell_end(p);
    bool more = true;
    if (put_extra(p) || p->has_fields || p->has_text)
        more = table_row(&p->out);
    p->has_fields = p->has_text = p->space = p->in_row = false;
    p->column = 0;
    return more;
}

static uint32_t span_of(struct dye_span s)
{
    uint32_t v = 0;
    for (size_t i = 0; i < s.n && dye_is_digit(s.p[i]) && v < MAX_SPAN; i++)
        v = v * 10 + (s.p[i] - (uint32_t)'0');
    return v < 1 ? 1 : v < MAX_SPAN ? v : MAX_SPAN;
}

static void cell_begin(struct page *p, const struct markup *m)
{
    cell_end(p);
    if (!p->in_row)
        (void)row_end(p);
    p->in_row = true;
    for (; p->column < MAX_COLUMNS && p->left[p->column] > 0; p->column++) {
        p->left[p->column]--;
        table_text(&p->out, dye_span_of(NULL, 0));
    }
    p->columns = m != NULL ? span_of(markup_attribute(m, "colspan")) : 1;
    uint32_t rows = m != NULL ? span_of(markup_attribute(m, "rowspan")) : 1;
    for (uint32_t i = p->column; i < p->column + p->columns && i < MAX_COLUMNS; i++)
        p->left[i] = (uint16_t)(rows - 1);
    p->in_cell = true;
    p->has_text = p->space = false;
}

/* --- text --- */

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void put_message_head(struct page *p)
{
    struct message *t = &p->message;
    table_text(&p->out, dye_span_of(t->from, t->from_n));
    table_text(&p->out, dye_span_str(t->date));
    t->text = p->has_fields = true;
    p->has_text = false;
}

static void put_word(struct page *p, struct dye_span word)
{
    struct message *t = &p->message;
    if (t->open && t->capture != NOTHING) {
        size_t n = word.n + (p->space && t->from_n > 0);
        if (t->capture == SENDER && n <= NAME_BYTES - t->from_n) {
            if (n > word.n)
                t->from[t->from_n++] = ' ';
            memcpy(t->from + t->from_n, word.p, word.n);
            t->from_n += word.n;
        }
        p->space = false;
        return;
    }
    if (t->open && !t->text)
        put_message_head(p);
    if (p->in_row && !p->in_cell)
        cell_begin(p, NULL);
    if (p->space && p->has_text)
        put(p, dye_span_of(" ", 1));
    p->space = false;
    put(p, word);
}

/* White space collapses; that of U+00A0 is white space too. */
static void put_text(struct page *p, struct dye_span s)
{
    for (size_t i = 0; i < s.n;) {
        size_t start = i;
        while (i < s.n && !is_space(s.p[i]) && !(s.n - i > 1 && s.p[i] == 0xc2 && s.p[i + 1] == 0xa0))
            i++;
        if (i > start)
            put_word(p, dye_span_of(s.p + start, i - start));
        if (i == s.n)
            break;
        if (p->pre && s.p[i] == '\n' && !p->in_cell)
            (void)row_end(p);
        p->space = true;
        i += s.p[i] == 0xc2 ? 2 : 1;
    }
}

static void put_line(struct page *p, struct dye_span line)
{
    (void)row_end(p);
    put_text(p, line);
    (void)row_end(p);
}

/* --- what is not seen --- */

static void keep_extra(struct page *p, struct dye_span s)
{
    if (s.n > EXTRA_BYTES - 2 - p->extra.n) {
        (void)put_extra(p); /* in the middle of the row, rather than not at all */
        p->has_fields = true;
    }
    if (dye_buf_append_u8(&p->extra, 0) != DYE_OK || dye_buf_append(&p->extra, s.p, s.n) != DYE_OK)
        table_fault(&p->out, "limit: memory");
}

static void keep_attributes(struct page *p, const struct markup *m)
{
    static const char *const silent[] = {"class", "style", "id", "d", "points", "sdnum"};
    static const char *const texts[] = {"value", "title", "content", "alt", "placeholder", "label", "summary"};
    for (size_t i = 0; i < m->n_attributes; i++) {
        struct dye_span name = m->attribute[i].name, value = m->attribute[i].value;
        bool skip = p->message.open && name.n == 5 && strncasecmp((const char *)name.p, "title", 5) == 0;
        bool text = name.n > 5 && strncasecmp((const char *)name.p, "data-", 5) == 0;
        for (size_t k = 0; k < sizeof silent / sizeof *silent; k++)
            skip = skip || (strlen(silent[k]) == name.n && strncasecmp((const char *)name.p, silent[k], name.n) == 0);
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            text = text || (strlen(texts[k]) == name.n && strncasecmp((const char *)name.p, texts[k], name.n) == 0);
        if (value.n > 5 && strncasecmp((const char *)value.p, "data:", 5) == 0)
            p->m.picture = true;
        else if (!skip && value.n > 0 && hint_is_there(value, text))
            keep_extra(p, value);
    }
}

/* --- chats --- */

static bool has_class(const struct markup *m, const char *class)
{
    struct dye_span s = markup_attribute(m, "class");
    size_t n = strlen(class);
    for (size_t i = 0; i + n <= s.n; i++)
        if (memcmp(s.p + i, class, n) == 0 && (i == 0 || s.p[i - 1] == ' ') && (i + n == s.n || s.p[i + n] == ' '))
            return true;
    return false;
}

static void message_begin(struct page *p, const struct markup *m)
{
    struct message *t = &p->message;
    (void)row_end(p);
    if (!t->any) {
        static const char *const head[] = {"from", "date", "text"};
        for (size_t i = 0; i < 3; i++)
            table_text(&p->out, dye_span_str(head[i]));
        (void)table_row(&p->out);
    }
    if (!has_class(m, "joined"))
        t->from_n = 0;
    t->any = t->open = true;
    t->text = t->forwarded = false;
    t->depth = t->divs;
    t->date[0] = '\0';
}

static void message_end(struct page *p)
{
    if (!p->message.text)
        put_message_head(p);
    (void)row_end(p);
    p->message.open = false;
    p->message.capture = NOTHING;
}

/* True when the tag is the chat's own and no block of text. */
static bool on_div(struct page *p, const struct markup *m)
{
    struct message *t = &p->message;
    struct dye_span id = markup_attribute(m, "id");
    if (m->closes) {
        t->divs -= t->divs > 0;
        if (t->capture != NOTHING && t->divs < t->capture_depth)
            t->capture = NOTHING;
        if (t->open && t->divs < t->depth)
            message_end(p);
        return t->open;
    }
    t->divs++;
    if (has_class(m, "message") && id.n > 7 && memcmp(id.p, "message", 7) == 0) {
        message_begin(p, m);
    } else if (t->open) {
        struct dye_span title = markup_attribute(m, "title");
        enum capture c = NOTHING;
        t->forwarded = t->forwarded || has_class(m, "forwarded");
        if (has_class(m, "date") && title.n > 0 && title.n < sizeof t->date && t->date[0] == '\0') {
            memcpy(t->date, title.p, title.n);
            t->date[title.n] = '\0';
            c = AWAY;
        } else if (has_class(m, "from_name") && !t->forwarded && t->from_n == 0) {
            c = SENDER;
        } else if (has_class(m, "userpic_wrap")) {
            c = AWAY; /* the initials of the name */
        }
        if (c != NOTHING && t->capture == NOTHING) {
            t->capture = c;
            t->capture_depth = t->divs;
        }
    }
    return t->open;
}

/* --- tags --- */

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void on_tag(struct page *p, const struct markup *m)
{
    static const char *const blocks[] = {
        "p",       "div",      "br",     "li",      "ul",      "ol",     "dl",     "dt",     "dd",     "h1",
        "h2",      "h3",       "h4",     "h5",      "h6",      "hr",     "option", "select", "form",   "section",
        "article", "header",   "footer", "nav",     "main",    "aside",  "pre",    "title",  "body",   "head",
        "caption", "fieldset", "legend", "address", "details", "figure", "iframe", "table",  "center", "textarea"};
    bool cell = strcmp(m->name, "td") == 0 || strcmp(m->name, "th") == 0;
    bool chat = strcmp(m->name, "div") == 0 && on_div(p, m);
    if (cell && !m->closes)
        cell_begin(p, m);
    else if (cell)
        cell_end(p);
    else if (strcmp(m->name, "tr") == 0) {
        (void)row_end(p);
        p->in_row = !m->closes;
    } else if (strcmp(m->name, "table") == 0) {
        (void)row_end(p);
        memset(p->left, 0, sizeof p->left);
    } else if (!chat && is_one_of(m->name, blocks, sizeof blocks / sizeof *blocks)) {
        if (p->in_row || p->message.open)
            p->space = true;
        else
            (void)row_end(p);
    }
    if (chat)
        p->space = true;
    if (strcmp(m->name, "pre") == 0 || strcmp(m->name, "textarea") == 0)
        p->pre = !m->closes;
    if (!m->closes)
        keep_attributes(p, m);
}

static void read_page(struct page *p)
{
    enum markup_kind kind;
    while (p->out.status == DYE_OK && (kind = markup_next(&p->m)) != MARKUP_END) {
        switch (kind) {
        case MARKUP_TEXT:
            put_text(p, p->m.text);
            break;
        case MARKUP_TAG:
            on_tag(p, &p->m);
            break;
        case MARKUP_SCRIPT:
            put_line(p, p->m.text);
            break;
        case MARKUP_HIDDEN:
            if (hint_is_there(p->m.text, true))
                put_line(p, p->m.text);
            break;
        case MARKUP_END:
            break;
        }
    }
    if (p->message.open)
        message_end(p);
    (void)row_end(p);
}

enum dye_status html_read_as(struct decoding *d, struct feed *in, const char *path, const char *charset)
{
    struct recode *r = recode_open(in, charset);
    struct page *p = calloc(1, sizeof *p);
    enum dye_status status = DYE_E_NOMEM;
    if (r != NULL && p != NULL) {
        dye_buf_init(&p->extra, EXTRA_BYTES, true);
        markup_init(&p->m, recode_feed(r));
        table_begin(&p->out, d, path, "", "html");
        read_page(p);
        table_fault(&p->out, p->m.picture ? "format: image" : NULL);
        in->told = true;
        status = table_end(&p->out, feed_fault(recode_feed(r)));
        markup_done(&p->m);
        dye_buf_done(&p->extra);
    }
    free(p);
    if (r != NULL)
        recode_close(r);
    return status;
}

enum dye_status html_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    char charset[32];
    (void)depth;
    recode_declared(feed_peek(in), "charset=", charset, sizeof charset);
    if (charset[0] == '\0')
        recode_declared(feed_peek(in), "encoding=", charset, sizeof charset);
    return html_read_as(d, in, path, charset);
}
