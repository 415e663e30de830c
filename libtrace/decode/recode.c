#include "recode.h"

#include "dye/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unicode/ucnv.h>

enum { OUT_BYTES = 1 << 14, PIVOT = 1 << 10 };

struct recode {
    struct feed feed; /* first */
    struct feed *in;
    UConverter *from, *utf8; /* NULL: ASCII so far */
    char declared[32];       /* "": nothing */
    struct dye_span piece;   /* what is left of the last one */
    bool flushed;
    UChar pivot[PIVOT], *pivot_source, *pivot_target;
    char out[OUT_BYTES];
};

/* Names that are declared for what is more in truth; the rest is ICU's to know. */
static const char *wider(const char *charset)
{
    static const char *const names[][2] = {
        {"gb2312", "gb18030"},      {"gbk", "gb18030"},           {"x-gbk", "gb18030"},          {"cp936", "gb18030"},
        {"gb_2312-80", "gb18030"},  {"unicode", "UTF-16LE"},      {"hz-gb-2312", "HZ"},          {"gb18030", "gb18030"},
        {"windows-936", "gb18030"}, {"big5-hkscs", "Big5-HKSCS"}, {"iso-8859-1", "windows-1252"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(charset, names[i][0]) == 0)
            return names[i][1];
    return charset;
}

static const char *resolve(const char *charset, UErrorCode *icu)
{
    const char *name = charset != NULL ? ucnv_getStandardName(wider(charset), "MIME", icu) : NULL;
    if (name != NULL || charset == NULL)
        return name;
    *icu = U_ZERO_ERROR;
    return ucnv_getAlias(wider(charset), 0, icu);
}

/* Charsets in which a byte below 0x80 is not always the ASCII character. */
static bool is_wide(const char *name)
{
    static const char *const begins[] = {"UTF-16",    "UTF-32", "UTF-7", "HZ",  "ISO-2022",
                                         "ISO-10646", "SCSU",   "BOCU",  "IBM", "ebcdic"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncasecmp(name, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static bool is_guessed(const char *name)
{
    static const char *const begins[] = {"", "UTF-8", "GB", "US-ASCII", "ISO-8859", "windows-125"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (i == 0 ? *name == '\0' : strncasecmp(name, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

bool recode_is_needed(const char *charset)
{
    UErrorCode icu = U_ZERO_ERROR;
    const char *name = resolve(charset, &icu);
    return name != NULL && !is_guessed(name);
}

static UConverter *converter(const char *name)
{
    UErrorCode icu = U_ZERO_ERROR;
    UConverter *c = ucnv_open(name, &icu);
    return U_SUCCESS(icu) ? c : NULL;
}

static bool use(struct recode *r, const char *name)
{
    r->from = converter(name);
    r->from = r->from != NULL ? r->from : converter("gb18030"); /* two charsets in one, say */
    r->utf8 = converter("UTF-8");
    r->pivot_source = r->pivot_target = r->pivot;
    return r->from != NULL && r->utf8 != NULL;
}

/* By the text from the first byte beyond ASCII on. */
static const char *choose(const char *declared, struct dye_span text)
{
    if (!is_guessed(declared))
        return declared;
    enum dye_charset seen = dye_charset_detect(text);
    if (seen != DYE_CHARSET_UNKNOWN && seen != DYE_CHARSET_ASCII)
        return dye_charset_name(seen);
    return *declared != '\0' && strcasecmp(declared, "US-ASCII") != 0 ? declared : "gb18030";
}

/* The part of the piece that is ASCII, as it stands; then the charset has to be known. */
static bool plain(struct recode *r, struct dye_span *ret)
{
    size_t n = 0;
    while (n < r->piece.n && n < OUT_BYTES && r->piece.p[n] < 0x80)
        n++;
    if (n == 0) {
        if (!use(r, choose(r->declared, r->piece)))
            r->feed.broken = "limit: memory";
        return false;
    }
    *ret = dye_span_of(r->piece.p, n);
    r->piece = dye_span_of(r->piece.p + n, r->piece.n - n);
    return true;
}

/* What the piece, or the end of the stream, makes; may be nothing. */
static bool convert(struct recode *r, struct dye_span *ret)
{
    char *target = r->out;
    const char *source = (const char *)r->piece.p, *end = source + r->piece.n;
    UErrorCode icu = U_ZERO_ERROR;
    ucnv_convertEx(r->utf8, r->from, &target, r->out + OUT_BYTES, &source, end, r->pivot, &r->pivot_source,
                   &r->pivot_target, r->pivot + PIVOT, false, r->in->ended && r->piece.n == 0, &icu);
    if (U_FAILURE(icu) && icu != U_BUFFER_OVERFLOW_ERROR)
        r->feed.broken = icu == U_MEMORY_ALLOCATION_ERROR ? "limit: memory" : "damaged";
    r->flushed = r->in->ended && r->piece.n == 0 && icu != U_BUFFER_OVERFLOW_ERROR;
    r->piece = dye_span_of(source, (size_t)(end - source));
    *ret = dye_span_of(r->out, (size_t)(target - r->out));
    return ret->n > 0;
}

static bool next(struct feed *f, struct dye_span *ret)
{
    struct recode *r = (struct recode *)f;
    while (f->broken == NULL && !r->flushed) {
        if (r->piece.n == 0 && !feed_pull(r->in, &r->piece)) {
            r->piece = dye_span_of("", 0);
            if (r->from == NULL)
                break;
        }
        if (r->from == NULL ? plain(r, ret) : convert(r, ret))
            return true;
    }
    f->broken = f->broken != NULL ? f->broken : feed_fault(r->in);
    return false;
}

/* By its mark, or by the zeros of UTF-16 that has none. */
static const char *marked(struct dye_span head)
{
    if (head.n >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0)
        return "UTF-8";
    if (head.n >= 4 && memcmp(head.p, "\xff\xfe\0\0", 4) == 0)
        return "UTF-32";
    if (head.n >= 2 && (memcmp(head.p, "\xff\xfe", 2) == 0 || memcmp(head.p, "\xfe\xff", 2) == 0))
        return "UTF-16";
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < head.n; i++)
        zeros[i & 1] += head.p[i] == 0;
    if (zeros[1] > head.n / 8 && zeros[0] == 0)
        return "UTF-16LE";
    return zeros[0] > head.n / 8 && zeros[1] == 0 ? "UTF-16BE" : NULL;
}

struct recode *recode_open(struct feed *in, const char *charset)
{
    struct recode *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->feed.next = next;
    r->in = in;
    UErrorCode icu = U_ZERO_ERROR;
    const char *mark = marked(feed_peek(in)), *name = resolve(charset, &icu);
    if (name != NULL)
        snprintf(r->declared, sizeof r->declared, "%s", name);
    if (mark == NULL && name != NULL && is_wide(name))
        mark = name;
    if (mark != NULL && !use(r, mark)) {
        recode_close(r);
        return NULL;
    }
    if (mark != NULL && strcmp(mark, "UTF-8") == 0)
        (void)feed_take(in, NULL, 3);
    return r;
}

void recode_close(struct recode *r)
{
    ucnv_close(r->from);
    ucnv_close(r->utf8);
    free(r);
}

struct feed *recode_feed(struct recode *r)
{
    return &r->feed;
}

void recode_declared(struct dye_span head, const char *key, char *ret, size_t cap)
{
    const char *p = (const char *)head.p;
    size_t n = 0, length = strlen(key), i = 0;
    while (i + length < head.n && strncasecmp(p + i, key, length) != 0)
        i++;
    for (i += length; i < head.n && n + 1 < cap; i++)
        if (dye_is_alnum(head.p[i]) || (p[i] != '\0' && strchr("-_:.", p[i]) != NULL))
            ret[n++] = p[i];
        else if (n > 0 || (p[i] != '"' && p[i] != '\''))
            break;
    ret[n] = '\0';
}

bool recode_append(struct dye_span in, const char *charset, struct dye_buf *ret)
{
    UErrorCode icu = U_ZERO_ERROR;
    const char *name = resolve(charset, &icu);
    name = name != NULL ? name : "";
    size_t ascii = 0;
    while (ascii < in.n && in.p[ascii] < 0x80)
        ascii++;
    if (ascii == in.n && !is_wide(name))
        return dye_buf_append(ret, in.p, in.n) == DYE_OK;
    struct recode *r = malloc(sizeof *r);
    if (r == NULL)
        return false;
    struct feed none = {.ended = true};
    r->in = &none;
    r->feed.broken = NULL;
    r->piece = in;
    r->flushed = false;
    bool ok = use(r, is_wide(name) ? name : choose(name, dye_span_of(in.p + ascii, in.n - ascii)));
    struct dye_span piece;
    while (ok && !r->flushed && r->feed.broken == NULL)
        ok = !convert(r, &piece) || dye_buf_append(ret, piece.p, piece.n) == DYE_OK;
    ok = ok && r->feed.broken == NULL;
    recode_close(r);
    return ok;
}
