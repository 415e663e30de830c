#include "listing.h"

#include "name.h"

enum { LINE_MAX_BYTES = 16 << 10, ALL_MAX_BYTES = 256 << 20 };

struct line {
    struct dye_buf text;
    bool cut; /* it is longer than any that matters */
};

struct entry {
    bool begun, folder, sized;
    uint64_t bytes;
    char name[4096 + 1];
};

void listing_init(struct listing *l)
{
    dye_buf_init(&l->entries, ALL_MAX_BYTES, true);
    l->n = 0;
}

void listing_done(struct listing *l)
{
    dye_buf_done(&l->entries);
}

static enum dye_status add(struct listing *l, struct entry *e)
{
    if (!e->begun)
        return DYE_OK;
    /* A file of no stated length is one of none: 7zz leaves it away there. */
    uint64_t bytes = e->folder ? LISTING_FOLDER : e->bytes;
    enum dye_status status = dye_buf_append(&l->entries, &bytes, sizeof bytes);
    if (status == DYE_OK)
        status = dye_buf_append(&l->entries, e->name, strlen(e->name) + 1);
    l->n++;
    *e = (struct entry){0};
    return status;
}

static bool starts(struct dye_span s, const char *with, struct dye_span *ret_rest)
{
    size_t n = strlen(with);
    if (s.n < n || memcmp(s.p, with, n) != 0)
        return false;
    *ret_rest = dye_span_of(s.p + n, s.n - n);
    return true;
}

static uint64_t number(struct dye_span s)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.n && dye_is_digit(s.p[i]) && v < UINT64_MAX / 16; i++)
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    return v;
}

/* "Path = a/b", "Size = 7" ...: an entry begins with its path, behind a line of hyphens. */
static enum dye_status line_7z(struct listing *l, struct dye_span s, bool *inside, struct entry *e)
{
    struct dye_span rest;
    if (!*inside) {
        *inside = starts(s, "----------", &rest);
        return DYE_OK;
    }
    if (starts(s, "Path = ", &rest)) {
        DYE_TRY(add(l, e));
        e->begun = true;
        name_to_utf8(rest, e->name, sizeof e->name);
    } else if (starts(s, "Size = ", &rest) && rest.n > 0) {
        e->bytes = number(rest);
    } else if (starts(s, "Folder = +", &rest) || starts(s, "Attributes = D", &rest)) {
        e->folder = true;
    }
    return DYE_OK;
}

static void put_utf8(char *to, size_t *n, uint32_t c)
{
    if (c < 0x80) {
        to[(*n)++] = (char)c;
    } else if (c < 0x800) {
        to[(*n)++] = (char)(0xc0 | c >> 6);
        to[(*n)++] = (char)(0x80 | (c & 63));
    } else {
        to[(*n)++] = (char)(0xe0 | c >> 12);
        to[(*n)++] = (char)(0x80 | (c >> 6 & 63));
        to[(*n)++] = (char)(0x80 | (c & 63));
    }
}

static uint32_t hex4(const uint8_t *p)
{
    uint32_t v = 0;
    for (size_t i = 0; i < 4; i++)
        v = v << 4 | (uint32_t)(dye_is_digit(p[i]) ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
    return v;
}

/* The string of JSON whose opening quote has been taken. A surrogate alone is no character; name_to_utf8 sees to it. */
static void json_string(struct dye_span s, char *ret, size_t cap)
{
    char raw[4096 * 3];
    size_t n = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '"' && n + 3 < sizeof raw; i++) {
        if (s.p[i] != '\\') {
            raw[n++] = (char)s.p[i];
        } else if (i + 5 < s.n && s.p[i + 1] == 'u') {
            put_utf8(raw, &n, hex4(s.p + i + 2));
            i += 5;
        } else if (i + 1 < s.n) {
            raw[n++] = (char)s.p[++i];
        }
    }
    name_to_utf8(dye_span_of(raw, n), ret, cap);
}

/* A member a line; the objects of the entries stand four deep, and hold others. */
static enum dye_status line_rar(struct listing *l, struct dye_span s, struct entry *e)
{
    struct dye_span rest;
    if (starts(s, "    {", &rest))
        *e = (struct entry){0};
    else if (starts(s, "    }", &rest))
        return add(l, e);
    else if (starts(s, "      \"XADFileSize\": ", &rest))
        e->bytes = number(rest);
    else if (starts(s, "      \"XADIsDirectory\": 1", &rest))
        e->folder = true;
    else if (starts(s, "      \"XADFileName\": \"", &rest)) {
        e->begun = true;
        json_string(rest, e->name, sizeof e->name);
    }
    return DYE_OK;
}

static enum dye_status end_line(struct listing *l, enum listing_form form, struct line *line, bool *inside,
                                struct entry *e)
{
    struct dye_span s = dye_buf_span(&line->text);
    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    enum dye_status status = form == LISTING_7Z ? line_7z(l, s, inside, e) : line_rar(l, s, e);
    dye_buf_clear(&line->text);
    line->cut = false;
    return status;
}

enum dye_status listing_read(struct listing *l, enum listing_form form, struct feed *in)
{
    struct line line = {0};
    struct entry e = {0};
    bool inside = false;
    struct dye_span piece;
    enum dye_status status = DYE_OK;
    dye_buf_init(&line.text, LINE_MAX_BYTES, true);
    while (status == DYE_OK && feed_pull(in, &piece)) {
        while (status == DYE_OK && piece.n > 0) {
            const uint8_t *lf = memchr(piece.p, '\n', piece.n);
            size_t n = lf != NULL ? (size_t)(lf - piece.p) : piece.n;
            if (!line.cut && line.text.n + n <= LINE_MAX_BYTES)
                status = dye_buf_append(&line.text, piece.p, n);
            else
                line.cut = true;
            if (status == DYE_OK && lf != NULL)
                status = end_line(l, form, &line, &inside, &e);
            n += lf != NULL;
            piece = dye_span_of(piece.p + n, piece.n - n);
        }
    }
    if (status == DYE_OK)
        status = add(l, &e);
    dye_buf_done(&line.text);
    return status;
}

bool listing_next(const struct listing *l, size_t *at, uint64_t *ret_bytes, const char **ret_name)
{
    if (*at >= l->entries.n)
        return false;
    memcpy(ret_bytes, l->entries.p + *at, sizeof *ret_bytes);
    *ret_name = (const char *)l->entries.p + *at + sizeof *ret_bytes;
    *at += sizeof *ret_bytes + strlen(*ret_name) + 1;
    return true;
}
