/*
 * mail: one mail (.eml, a web page saved as .mht) or a mailbox of them (mbox).
 *
 * A mail is a part of two rows, the names of its head's fields and their values, and then a part each body, attachment
 * or mail inside it, below its path by its file's name or its number. Bodies come out of their transfer encoding; text
 * in a charset that nobody finds by looking (UTF-16, Big5) is given as UTF-8, a line a row. Read line by line: memory
 * is one line, one head and the boundaries around. What stands before the first boundary and behind the last one is a
 * part too where it may hold something.
 */
#include "formats.h"

#include "base64.h"
#include "escapes.h"
#include "hint.h"
#include "mail_head.h"
#include "name.h"
#include "recode.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_BYTES = 1 << 14, OUT_BYTES = 1 << 15, BOUNDARIES = 16, BOUNDARY_BYTES = 200 };

struct mail {
    struct decoding *d;
    struct feed *in;
    struct dye_span piece;
    uint8_t line[LINE_BYTES];
    size_t line_n;
    bool begins, ended; /* the line at hand begins one (it may be a piece of a long one); there is no more */
    bool again;         /* it is to be given once more */
    bool cut;           /* the piece before had no end: this one goes on with it */
    bool mbox, blank;   /* the line before was empty */
    struct {
        char text[BOUNDARY_BYTES + 1];
        size_t n;
    } boundary[BOUNDARIES];
    size_t boundaries;
    /* What ended a body: one of the boundaries (its number), the next mail of a box (-1), or nothing yet (-2). */
    int stopped;
    bool closing; /* and it was the last of its kind */
};

/* --- lines --- */

/* A line with its end, or a piece of one. False at the end. */
static bool line_next(struct mail *m, struct dye_span *ret)
{
    if (m->again) {
        m->again = false;
        *ret = dye_span_of(m->line, m->line_n);
        return true;
    }
    m->blank = m->begins && (m->line_n == 1 || (m->line_n == 2 && m->line[0] == '\r'));
    m->begins = !m->cut;
    m->line_n = 0;
    while (m->line_n < LINE_BYTES && (m->piece.n > 0 || feed_pull(m->in, &m->piece))) {
        size_t n = m->piece.n < LINE_BYTES - m->line_n ? m->piece.n : LINE_BYTES - m->line_n;
        const uint8_t *lf = memchr(m->piece.p, '\n', n);
        n = lf != NULL ? (size_t)(lf - m->piece.p) + 1 : n;
        memcpy(m->line + m->line_n, m->piece.p, n);
        m->line_n += n;
        m->piece = dye_span_of(m->piece.p + n, m->piece.n - n);
        if (lf != NULL)
            break;
    }
    m->cut = m->line_n == LINE_BYTES && m->line[m->line_n - 1] != '\n';
    m->ended = m->line_n == 0;
    *ret = dye_span_of(m->line, m->line_n);
    return !m->ended;
}

static struct dye_span without_end(struct dye_span s)
{
    s.n -= s.n > 0 && s.p[s.n - 1] == '\n';
    s.n -= s.n > 0 && s.p[s.n - 1] == '\r';
    return s;
}

/* Whether the line ends the body that it stands in. Notes what it is. */
static bool is_stop(struct mail *m, struct dye_span line)
{
    if (m->begins && m->mbox && m->blank && mail_is(line, "From ") && line.p[0] == 'F') {
        m->stopped = -1;
        return true;
    }
    line = without_end(line);
    while (line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
        line.n--;
    if (!m->begins || line.n < 3 || line.p[0] != '-' || line.p[1] != '-')
        return false;
    for (size_t i = m->boundaries; i-- > 0;) {
        size_t n = m->boundary[i].n;
        if (line.n < 2 + n || memcmp(line.p + 2, m->boundary[i].text, n) != 0)
            continue;
        m->closing = line.n == n + 4 && line.p[2 + n] == '-' && line.p[3 + n] == '-';
        if (line.n == n + 2 || m->closing) {
            m->stopped = (int)i;
            return true;
        }
    }
    return false;
}

/* --- a body as a feed --- */

enum transfer { AS_IT_IS, QUOTED, BASE64 };

struct body {
    struct feed feed; /* first */
    struct mail *m;
    enum transfer transfer;
    struct base64 base64;
    char end[3]; /* of the line before: it is the boundary's if one follows */
    bool over;
    uint8_t out[OUT_BYTES];
    size_t n;
};

static void give(struct body *b, const void *p, size_t n)
{
    memcpy(b->out + b->n, p, n);
    b->n += n;
}

/* RFC 2045, 6.7. True when the line's end counts. What is no escape stands as it is. */
static bool give_quoted(struct body *b, struct dye_span s, bool whole)
{
    while (whole && s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    bool soft = whole && s.n > 0 && s.p[s.n - 1] == '=';
    s.n -= soft;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (c == '=' && i + 2 < s.n && escapes_hex(s.p[i + 1]) >= 0 && escapes_hex(s.p[i + 2]) >= 0) {
            c = (uint8_t)(escapes_hex(s.p[i + 1]) * 16 + escapes_hex(s.p[i + 2]));
            i += 2;
        }
        give(b, &c, 1);
    }
    return !soft;
}

/* A line that is not base64 was added by somebody on the way: it stands as it is. */
static void give_base64(struct body *b, struct dye_span s)
{
    struct base64 before = b->base64;
    size_t used, n = base64_decode(&b->base64, s, b->out + b->n, &used);
    if (used == s.n) {
        b->n += n;
        return;
    }
    b->base64 = before;
    if (b->feed.blemish == NULL)
        give(b, "\n", 1); /* what was decoded may have ended in a number */
    b->feed.blemish = "damaged";
    give(b, s.p, s.n);
    give(b, "\n", 1);
}

static void give_line(struct body *b, struct dye_span line)
{
    struct dye_span text = without_end(line);
    bool whole = text.n < line.n || !b->m->cut;
    size_t quotes = 0; /* mboxrd: a ">" was put before "From " */
    while (b->m->mbox && b->m->begins && quotes < text.n && text.p[quotes] == '>')
        quotes++;
    if (quotes > 0 && mail_is(dye_span_of(text.p + quotes, text.n - quotes), "From "))
        text = dye_span_of(text.p + 1, text.n - 1);
    if (b->transfer == BASE64) {
        give_base64(b, text);
        return;
    }
    give(b, b->end, strlen(b->end));
    b->end[0] = '\0';
    bool ends = true;
    if (b->transfer == QUOTED)
        ends = give_quoted(b, text, whole);
    else
        give(b, text.p, text.n);
    size_t end = line.n - without_end(line).n;
    if (ends) {
        memcpy(b->end, line.p + line.n - end, end);
        b->end[end] = '\0';
    }
}

static bool body_next(struct feed *f, struct dye_span *ret)
{
    struct body *b = (struct body *)f;
    struct dye_span line;
    b->n = 0;
    while (!b->over && b->n < OUT_BYTES - LINE_BYTES - 4) {
        if (!line_next(b->m, &line)) {
            b->over = true;
            give(b, b->end, strlen(b->end));
            f->broken = b->m->in->broken != NULL ? b->m->in->broken : b->m->boundaries > 0 ? "truncated" : NULL;
        } else if (is_stop(b->m, line)) {
            b->over = true;
            f->blemish = b->m->stopped < 0 && b->m->boundaries > 0 ? "truncated" : f->blemish;
            if (b->m->stopped < 0)
                b->m->again = true;
        } else {
            give_line(b, line);
        }
    }
    if (b->over && b->base64.n > 0) {
        f->blemish = f->blemish != NULL ? f->blemish : "truncated";
        b->n += base64_finish(&b->base64, b->out + b->n);
    }
    *ret = dye_span_of(b->out, b->n);
    return b->n > 0;
}

static struct body *body_open(struct mail *m, enum transfer t)
{
    struct body *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->feed.next = body_next;
    b->m = m;
    b->transfer = t;
    m->stopped = -2;
    m->closing = false;
    return b;
}

/* To its end, where the next one begins. */
static void body_close(struct body *b)
{
    struct dye_span piece;
    while (!b->m->d->over && feed_pull(&b->feed, &piece))
        ;
    b->m->in->told = b->m->in->told || (b->feed.told && b->feed.broken != NULL);
    free(b);
}

/* --- what is in a mail --- */

static enum dye_status read_entity(struct mail *m, struct mail_head *h, const char *path, uint32_t depth,
                                   uint32_t *number);
static enum dye_status read_message(struct mail *m, struct dye_span envelope, const char *path, uint32_t depth);

/* The fields above a body; false when a boundary or the end came first. */
static bool take_head(struct mail *m, struct mail_head *h)
{
    struct dye_span line;
    while (line_next(m, &line)) {
        struct dye_span text = without_end(line);
        if (is_stop(m, line) && (m->stopped >= 0 || h->n > 0)) {
            m->again = m->stopped < 0;
            return false;
        }
        if (text.n == 0 && m->begins)
            return true;
        if (!m->begins) {
            mail_head_more(h, text);
        } else if (!mail_head_add(h, text)) {
            m->again = true; /* a body without a head */
            return true;
        }
    }
    return false;
}

static enum dye_status put_head(struct mail *m, const struct mail_head *h, const char *path, bool body)
{
    struct table t;
    struct dye_buf value;
    dye_buf_init(&value, 4 * MAIL_HEAD_MAX_BYTES, true);
    table_begin(&t, m->d, path, "", "mail");
    for (size_t i = 0; i < h->n; i++)
        table_text(&t, mail_head_name(h, i));
    (void)table_row(&t);
    for (size_t i = 0; i < h->n; i++) {
        dye_buf_clear(&value);
        mail_decode(mail_head_raw(h, i), &value);
        table_text(&t, dye_buf_span(&value));
    }
    (void)table_row(&t);
    dye_buf_done(&value);
    return table_end(&t, h->full ? "limit: memory" : !body && m->ended ? "truncated" : NULL);
}

/* Text that is not found by looking: as UTF-8, a line a row. */
static enum dye_status put_recoded(struct mail *m, struct feed *in, const char *path, const char *charset)
{
    struct recode *r = recode_open(in, charset);
    struct dye_span piece;
    if (r == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = part_begin(m->d, path, DYE_UNIT_ROW, "mail");
    while (status == DYE_OK && feed_pull(recode_feed(r), &piece))
        status = part_data(m->d, piece);
    in->told = true;
    if (status == DYE_OK || status == DYE_E_LIMIT)
        status = part_end(m->d, status == DYE_OK ? feed_fault(recode_feed(r)) : NULL);
    recode_close(r);
    return status;
}

static enum dye_status put_body(struct mail *m, const struct mail_head *h, struct feed *f, const char *path,
                                uint32_t depth)
{
    struct dye_span type = mail_head_find(h, "content-type");
    char charset[32];
    mail_parameter(type, "charset", charset, sizeof charset);
    if (depth > m->d->limits->depth)
        return part_bare(m->d, path, "limit: depth");
    if (mail_is(type, "text/html") && feed_peek(f).n > 0)
        return html_read_as(m->d, f, path, charset);
    if ((type.n == 0 || mail_is(type, "text/")) && recode_is_needed(charset))
        return put_recoded(m, f, path, charset);
    return decoding_walk_inner(m->d, f, path, depth);
}

static enum transfer transfer_of(const struct mail_head *h)
{
    struct dye_span s = mail_head_find(h, "content-transfer-encoding");
    return mail_is(s, "base64") ? BASE64 : mail_is(s, "quoted-printable") ? QUOTED : AS_IT_IS;
}

static enum dye_status leaf(struct mail *m, const struct mail_head *h, const char *path, uint32_t depth)
{
    struct body *b = body_open(m, transfer_of(h));
    if (b == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = put_body(m, h, &b->feed, path, depth);
    body_close(b);
    return status;
}

/* What stands around the bodies: for readers of before MIME, or hidden. That the end comes here, inside of boundaries,
 * is told too. */
static enum dye_status aside(struct mail *m, const char *path, const char *name, uint32_t depth)
{
    char *inner = malloc(DYE_PATH_MAX_BYTES + 1);
    struct body *b = body_open(m, AS_IT_IS);
    enum dye_status status = DYE_E_NOMEM;
    if (inner != NULL && b != NULL) {
        struct dye_span head = feed_peek(&b->feed);
        status = DYE_OK;
        name_join(path, name, inner, DYE_PATH_MAX_BYTES + 1);
        if (head.n >= SNIFF_TEXT_BYTES || hint_is_there(head, true))
            status = decoding_walk_inner(m->d, &b->feed, inner, depth + 1);
        else if (feed_fault(&b->feed) != NULL)
            status = part_bare(m->d, path, feed_fault(&b->feed));
    }
    free(inner);
    if (b != NULL)
        body_close(b);
    return status;
}

static enum dye_status read_multipart(struct mail *m, struct mail_head *h, const char *path, uint32_t depth,
                                      const char *boundary, uint32_t *number)
{
    int level = (int)m->boundaries;
    snprintf(m->boundary[level].text, sizeof m->boundary[level].text, "%s", boundary);
    m->boundary[level].n = strlen(m->boundary[level].text);
    m->boundaries++;
    enum dye_status status = aside(m, path, "preamble", depth);
    while (status == DYE_OK && !m->d->over && m->stopped == level && !m->closing) {
        m->stopped = -2;
        mail_head_clear(h);
        if (take_head(m, h))
            status = read_entity(m, h, path, depth, number);
        else if (m->ended)
            status = part_bare(m->d, path, m->in->broken != NULL ? m->in->broken : "truncated");
    }
    m->boundaries--;
    if (status == DYE_OK && !m->d->over && m->stopped == level)
        status = aside(m, path, "epilogue", depth);
    return status;
}

/* A body by its head: many, a mail, or one file. */
static enum dye_status read_entity(struct mail *m, struct mail_head *h, const char *path, uint32_t depth,
                                   uint32_t *number)
{
    struct dye_span type = mail_head_find(h, "content-type");
    char boundary[BOUNDARY_BYTES + 2] = "", name[MAIL_NAME_MAX_BYTES + 1], utf8[MAIL_NAME_MAX_BYTES + 1];
    if (mail_is(type, "multipart/"))
        mail_parameter(type, "boundary", boundary, sizeof boundary);
    if (boundary[0] != '\0' && strlen(boundary) <= BOUNDARY_BYTES && m->boundaries < BOUNDARIES)
        return read_multipart(m, h, path, depth, boundary, number);
    if (!decoding_count_entry(m->d))
        return part_bare(m->d, path, "limit: entries");

    mail_parameter(mail_head_find(h, "content-disposition"), "filename", name, sizeof name);
    if (name[0] == '\0')
        mail_parameter(type, "name", name, sizeof name);
    ++*number;
    if (name[0] == '\0')
        snprintf(name, sizeof name, "%u", *number);
    char *inner = malloc(DYE_PATH_MAX_BYTES + 1);
    if (inner == NULL)
        return DYE_E_NOMEM;
    name_to_utf8(dye_span_str(name), utf8, sizeof utf8);
    name_join(path, utf8, inner, DYE_PATH_MAX_BYTES + 1);
    bool mail = mail_is(type, "message/rfc822") && transfer_of(h) == AS_IT_IS && depth + 1 < m->d->limits->depth;
    enum dye_status status =
        mail ? read_message(m, dye_span_of(NULL, 0), inner, depth + 1) : leaf(m, h, inner, depth + 1);
    free(inner);
    return status;
}

/* envelope: what a box writes above the mail, behind "From "; empty outside of one */
static enum dye_status read_message(struct mail *m, struct dye_span envelope, const char *path, uint32_t depth)
{
    struct mail_head *h = calloc(1, sizeof *h);
    uint32_t number = 0;
    if (h == NULL)
        return DYE_E_NOMEM;
    mail_head_init(h);
    if (envelope.n > 0 && mail_head_add(h, dye_span_str("From:")))
        mail_head_more(h, envelope);
    m->stopped = -2;
    bool body = take_head(m, h);
    enum dye_status status = put_head(m, h, path, body);
    if (status == DYE_OK && !m->d->over && body)
        status = read_entity(m, h, path, depth, &number);
    mail_head_done(h);
    free(h);
    return status;
}

static enum dye_status read_box(struct mail *m, const char *path, uint32_t depth)
{
    struct dye_span line;
    enum dye_status status = DYE_OK;
    char *inner = malloc(DYE_PATH_MAX_BYTES + 1);
    if (inner == NULL)
        return DYE_E_NOMEM;
    for (uint32_t i = 1; status == DYE_OK && !m->d->over && line_next(m, &line); i++) {
        char number[16], envelope[256];
        struct dye_span from = without_end(line);
        from = dye_span_of(line.p + 5, from.n < 5 ? 0 : from.n - 5 < sizeof envelope ? from.n - 5 : sizeof envelope);
        memcpy(envelope, from.p, from.n);
        snprintf(number, sizeof number, "%u", i);
        name_join(path, number, inner, DYE_PATH_MAX_BYTES + 1);
        status = decoding_count_entry(m->d) ? read_message(m, dye_span_of(envelope, from.n), inner, depth + 1)
                                            : part_bare(m->d, path, "limit: entries");
    }
    free(inner);
    return status;
}

static enum dye_status read_mails(struct decoding *d, struct feed *in, const char *path, uint32_t depth, bool mbox)
{
    struct mail *m = calloc(1, sizeof *m);
    if (m == NULL)
        return DYE_E_NOMEM;
    m->d = d;
    m->in = in;
    m->mbox = mbox;
    m->stopped = -2;
    if (feed_peek(in).n >= 3 && memcmp(feed_peek(in).p, "\xef\xbb\xbf", 3) == 0)
        (void)feed_take(in, NULL, 3);
    enum dye_status status = mbox ? read_box(m, path, depth) : read_message(m, dye_span_of(NULL, 0), path, depth);
    free(m);
    if (status == DYE_OK && !d->over && in->broken != NULL && !in->told) {
        in->told = true;
        status = part_bare(d, path, in->broken);
    }
    return status;
}

enum dye_status mail_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    return read_mails(d, in, path, depth, false);
}

enum dye_status mbox_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    return read_mails(d, in, path, depth, true);
}
