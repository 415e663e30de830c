#include "warc.h"

#include "name.h"

#include <stdlib.h>
#include <strings.h>

enum { LINE_MAX_BYTES = 8192, LINES_MAX = 1000 };

struct body { /* the bytes of a record */
    struct feed feed;
    struct feed *in;
    uint64_t left;
};

struct payload { /* of HTTP, its chunks joined (RFC 9112, 7.1) */
    struct feed feed;
    struct feed *in;
    uint64_t left;
    bool first, last;
};

struct record {
    uint64_t bytes;
    bool sized, http;
    char uri[CONTAINER_NAME_MAX_BYTES + 1];
    char type[32];
};

struct http {
    bool chunked;
    const char *unread; /* an encoding that is not read here */
};

struct warc {
    struct decoding *d;
    struct feed *in;
    struct body body;
    struct payload payload;
    struct record record;
    char line[LINE_MAX_BYTES + 1];
    char path[DYE_PATH_MAX_BYTES + 1];
};

/* A line without its end into ret, cut at LINE_MAX_BYTES; false when the stream ends before the line does. */
static bool take_line(struct feed *in, char ret[LINE_MAX_BYTES + 1])
{
    struct dye_span piece;
    size_t n = 0;
    while (feed_pull(in, &piece)) {
        if (piece.n == 0)
            continue;
        const uint8_t *lf = memchr(piece.p, '\n', piece.n);
        size_t take = lf != NULL ? (size_t)(lf - piece.p) : piece.n;
        size_t fits = take < LINE_MAX_BYTES - n ? take : LINE_MAX_BYTES - n;
        memcpy(ret + n, piece.p, fits);
        n += fits;
        if (lf == NULL)
            continue;
        feed_push(in, dye_span_of(lf + 1, piece.n - take - 1));
        n -= n > 0 && ret[n - 1] == '\r';
        ret[n] = '\0';
        return true;
    }
    ret[n] = '\0';
    return false;
}

/* The value of the field, or NULL. */
static const char *field(const char *line, const char *name)
{
    size_t n = strlen(name);
    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    line += n + 1;
    return line + strspn(line, " \t");
}

static bool body_next(struct feed *f, struct dye_span *ret)
{
    struct body *b = (struct body *)f;
    if (b->left == 0)
        return false;
    if (!feed_pull(b->in, ret)) {
        f->broken = b->in->broken != NULL ? b->in->broken : "truncated";
        return false;
    }
    if (ret->n > b->left) {
        feed_push(b->in, dye_span_of(ret->p + b->left, ret->n - (size_t)b->left));
        ret->n = (size_t)b->left;
    }
    b->left -= ret->n;
    return true;
}

static bool next_chunk(struct payload *p)
{
    char line[LINE_MAX_BYTES + 1];
    char *end;
    if (!p->first && !take_line(p->in, line)) /* behind the chunk before */
        return false;
    p->first = false;
    if (!take_line(p->in, line))
        return false;
    p->left = strtoull(line, &end, 16);
    p->last = p->left == 0;
    return end > line;
}

static bool payload_next(struct feed *f, struct dye_span *ret)
{
    struct payload *p = (struct payload *)f;
    if (p->last)
        return false;
    if ((p->left == 0 && !next_chunk(p)) || (!p->last && !feed_pull(p->in, ret))) {
        f->broken = p->in->broken != NULL ? p->in->broken : "damaged";
        return false;
    }
    if (p->last)
        return false;
    if (ret->n > p->left) {
        feed_push(p->in, dye_span_of(ret->p + p->left, ret->n - (size_t)p->left));
        ret->n = (size_t)p->left;
    }
    p->left -= ret->n;
    return true;
}

/* NULL, or what is wrong; *ret_end: no record begins any more. */
static const char *take_head(struct warc *w, bool *ret_end)
{
    struct record *r = &w->record;
    *r = (struct record){0};
    bool whole = true;
    for (int i = 0; i < LINES_MAX && (whole = take_line(w->in, w->line)) && w->line[0] == '\0'; i++)
        ; /* two line ends part records */
    *ret_end = w->line[0] == '\0';
    if (!whole || *ret_end)
        return w->in->broken != NULL ? w->in->broken : *ret_end ? NULL : "truncated";
    if (strncmp(w->line, "WARC/", 5) != 0)
        return "damaged";
    for (int i = 0; i < LINES_MAX; i++) {
        const char *v;
        if (!take_line(w->in, w->line))
            return w->in->broken != NULL ? w->in->broken : "truncated";
        if (w->line[0] == '\0')
            return r->sized ? NULL : "damaged";
        if ((v = field(w->line, "Content-Length")) != NULL) {
            r->bytes = strtoull(v, NULL, 10);
            r->sized = dye_is_digit((uint8_t)*v);
        } else if ((v = field(w->line, "Content-Type")) != NULL) {
            r->http = strncasecmp(v, "application/http", 16) == 0;
        } else if ((v = field(w->line, "WARC-Type")) != NULL) {
            name_to_utf8(dye_span_str(v), r->type, sizeof r->type);
        } else if ((v = field(w->line, "WARC-Target-URI")) != NULL) {
            size_t n = strlen(v);
            bool quoted = n > 1 && v[0] == '<' && v[n - 1] == '>';
            name_to_utf8(dye_span_of((const uint8_t *)v + quoted, n - 2 * (size_t)quoted), r->uri, sizeof r->uri);
        }
    }
    return "damaged";
}

/* The header of HTTP in front of the payload; false when it has no end. */
static bool take_http(struct warc *w, struct http *ret)
{
    *ret = (struct http){0};
    for (int i = 0; i < LINES_MAX; i++) {
        const char *v;
        if (!take_line(&w->body.feed, w->line))
            return false;
        if (w->line[0] == '\0')
            return true;
        if ((v = field(w->line, "Transfer-Encoding")) != NULL)
            ret->chunked = strcasecmp(v, "chunked") == 0;
        else if ((v = field(w->line, "Content-Encoding")) != NULL)
            ret->unread = strcasecmp(v, "br") == 0        ? "format: brotli"
                          : strcasecmp(v, "deflate") == 0 ? "format: deflate"
                                                          : NULL;
    }
    return false;
}

static enum dye_status read_record(struct warc *w, uint32_t depth)
{
    struct feed *f = &w->body.feed;
    struct http http = {0};
    feed_init(f, body_next);
    w->body.in = w->in;
    w->body.left = w->record.bytes;
    if (w->record.http && !take_http(w, &http)) {
        f->told = true;
        return part_bare(w->d, w->path, f->broken != NULL ? f->broken : "damaged");
    }
    if (http.unread != NULL)
        return part_bare(w->d, w->path, http.unread);
    if (!http.chunked)
        return decoding_walk_inner(w->d, f, w->path, depth + 1);
    feed_init(&w->payload.feed, payload_next);
    w->payload.in = f;
    w->payload.left = 0;
    w->payload.first = true;
    w->payload.last = false;
    enum dye_status status = decoding_walk_inner(w->d, &w->payload.feed, w->path, depth + 1);
    f->told = f->told || w->payload.feed.told;
    return status;
}

enum dye_status warc_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct warc *w = calloc(1, sizeof *w);
    struct dye_span rest;
    enum dye_status status = DYE_OK;
    bool end = false;
    if (w == NULL)
        return DYE_E_NOMEM;
    w->d = d;
    w->in = in;
    while (status == DYE_OK && !d->over) {
        const char *fault = take_head(w, &end);
        if (fault != NULL) {
            in->told = true;
            status = part_bare(d, path, fault);
        }
        if (fault != NULL || end)
            break;
        name_join(path, w->record.uri[0] != '\0' ? w->record.uri : w->record.type, w->path, sizeof w->path);
        if (!decoding_count_entry(d)) {
            status = part_bare(d, w->path, "limit: entries");
            break;
        }
        status = read_record(w, depth);
        while (status == DYE_OK && !d->over && feed_pull(&w->body.feed, &rest))
            ;
        if (w->body.feed.broken != NULL) { /* a part has said so */
            in->told = true;
            break;
        }
    }
    free(w);
    return status;
}
