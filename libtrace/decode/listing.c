#include "listing.h"

#include "name.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 32 << 10, OBJECT_MAX_BYTES = 128 << 10, ALL_MAX_BYTES = 256 << 20 };

struct line {
    struct dye_buf text;
    bool cut;              /* it is longer than any that matters */
    struct dye_buf object; /* of JSON, the lines so far */
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

/* The object of one entry. False when it is none that names a file. */
static bool read_object(struct dye_span text, struct entry *e)
{
    json_t *o = json_loadb((const char *)text.p, text.n, JSON_ALLOW_NUL, NULL);
    const char *name = json_string_value(json_object_get(o, "XADFileName"));
    json_int_t size = json_integer_value(json_object_get(o, "XADFileSize"));
    if (name != NULL) {
        name_to_utf8(dye_span_str(name), e->name, sizeof e->name);
        e->begun = true;
        e->bytes = size > 0 ? (uint64_t)size : 0;
        e->folder = json_integer_value(json_object_get(o, "XADIsDirectory")) != 0;
    }
    json_decref(o);
    return e->begun;
}

/* A member a line; the objects of the entries stand four deep. Each is read by itself: a listing may be of any length.
 * One that can't be read says nothing about where the next file begins, so the listing ends there, as DYE_E_LIMIT. */
static enum dye_status line_rar(struct listing *l, struct dye_span s, struct dye_buf *object, struct entry *e)
{
    struct dye_span rest;
    bool begins = starts(s, "    {", &rest), ends = starts(s, "    }", &rest);
    if (begins)
        dye_buf_clear(object);
    else if (object->n == 0)
        return DYE_OK;
    DYE_TRY(ends ? dye_buf_append_u8(object, '}') : dye_buf_append(object, s.p, s.n));
    if (!ends)
        return DYE_OK;
    bool read = read_object(dye_buf_span(object), e);
    dye_buf_clear(object);
    return read ? add(l, e) : DYE_E_LIMIT;
}

static enum dye_status end_line(struct listing *l, enum listing_form form, struct line *line, bool *inside,
                                struct entry *e)
{
    struct dye_span s = dye_buf_span(&line->text);
    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    enum dye_status status = form == LISTING_7Z ? line_7z(l, s, inside, e) : line_rar(l, s, &line->object, e);
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
    dye_buf_init(&line.object, OBJECT_MAX_BYTES, true);
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
    dye_buf_done(&line.object);
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
