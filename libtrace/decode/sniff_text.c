#include "sniff_text.h"

#include "base64.h"
#include "escapes.h"
#include "hint.h"
#include "little.h"

#include "dye/text.h"

#include <string.h>
#include <strings.h>

enum { LOOKED_AT = 2048 }; /* bytes, at most */

/* ASCII as it stands, or narrowed from UTF-16. */
struct narrow {
    char p[LOOKED_AT + 1];
    size_t n;
    size_t at; /* behind mark and white space */
    bool wide;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void narrow(struct dye_span head, struct narrow *ret)
{
    size_t start = 0, step = 1;
    if (head.n >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0)
        start = 3;
    else if (head.n >= 2 && memcmp(head.p, "\xff\xfe", 2) == 0)
        start = step = 2;
    else if (head.n >= 2 && memcmp(head.p, "\xfe\xff", 2) == 0)
        start = 3, step = 2;
    ret->n = ret->at = 0;
    ret->wide = step == 2;
    for (size_t i = start; i < head.n; i += step)
        ret->p[ret->n++] = (char)head.p[i];
    ret->p[ret->n] = '\0';
    while (ret->at < ret->n && is_space(ret->p[ret->at]))
        ret->at++;
}

/* At p: `tag` and then no further letter. */
static bool begins_tag(const char *p, const char *tag)
{
    size_t n = strlen(tag);
    return strncasecmp(p, tag, n) == 0 && !dye_is_alnum((uint8_t)p[n]) && p[n] != '-' && p[n] != '_';
}

static bool is_html(const char *p)
{
    static const char *const tags[] = {"<!doctype html", "<html",  "<head", "<body", "<table",
                                       "<meta",          "<title", "<tr",   "<td"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (begins_tag(p, tags[i]))
            return true;
    return false;
}

static const char *skip_comments(const char *p)
{
    const char *end;
    while (strncmp(p, "<!--", 4) == 0 && (end = strstr(p, "-->")) != NULL)
        for (p = end + 3; is_space(*p);)
            p++;
    return p;
}

/* XML that does not declare itself: an element at the start, and one in it that ends at once behind its text, thrice.
 */
static bool is_bare_xml(const char *p)
{
    size_t leaves = 0;
    if (!dye_is_alpha((uint8_t)p[1]) && p[1] != '_')
        return false;
    for (const char *open = p; leaves < 3 && (open = strchr(open, '<')) != NULL; open++) {
        size_t name = strcspn(open + 1, " \t\r\n/><");
        const char *close = strchr(open, '>');
        const char *end = close != NULL ? strchr(close, '<') : NULL;
        if (end != NULL && name > 0 && end[1] == '/' && strncmp(end + 2, open + 1, name) == 0 && end[2 + name] == '>')
            leaves++;
    }
    return leaves == 3;
}

/* A web page may declare itself as XML. */
static enum sniff_format of_markup(const char *p)
{
    if (begins_tag(p, "<?xml")) {
        const char *end = strstr(p, "?>");
        if (end == NULL)
            return SNIFF_XML;
        for (p = end + 2; is_space(*p);)
            p++;
        p = skip_comments(p);
        return begins_tag(p, "<!doctype html") || begins_tag(p, "<html") ? SNIFF_HTML : SNIFF_XML;
    }
    p = skip_comments(p);
    return is_html(p) ? SNIFF_HTML : is_bare_xml(p) ? SNIFF_XML : SNIFF_NONE;
}

/* Names of fields (RFC 5322, 2045): the first ones prove more. */
static const char *const fields[] = {"received",     "return-path",
                                     "message-id",   "from",
                                     "mime-version", "delivered-to",
                                     "x-mailer",     "date",
                                     "subject",      "to",
                                     "cc",           "reply-to",
                                     "content-type", "content-transfer-encoding",
                                     "in-reply-to",  "references",
                                     "sender",       "x-priority",
                                     "importance"};
enum { PROOFS = 7, FIELDS = sizeof fields / sizeof *fields };

/* Lines up to the first empty one are fields, two of them of mails, and one of those that prove it. */
static bool is_mail(const char *p)
{
    uint32_t seen = 0;
    for (bool first = true; *p != '\0' && *p != '\n' && *p != '\r'; first = false) {
        size_t n = strcspn(p, "\n"), name = strcspn(p, ":\n");
        bool whole = p[n] == '\n';
        if (!first && (*p == ' ' || *p == '\t')) { /* goes on */
            p += n + whole;
            continue;
        }
        for (size_t i = 0; i < name; i++)
            if (p[i] <= ' ' || p[i] == 0x7f || (p[i] & 0x80) != 0)
                return false;
        if (name == 0 || (whole && p[name] != ':'))
            return false;
        for (uint32_t i = 0; i < FIELDS; i++)
            if (strlen(fields[i]) == name && p[name] == ':' && strncasecmp(p, fields[i], name) == 0)
                seen |= 1u << i;
        p += n + whole;
    }
    return (seen & ((1u << PROOFS) - 1)) != 0 && (seen & (seen - 1)) != 0;
}

static bool is_mbox(const char *p)
{
    const char *end = strchr(p, '\n');
    return strncmp(p, "From ", 5) == 0 && end != NULL && is_mail(end + 1);
}

/* dBase's head: kind, date, lengths, two zeros, and the first field. */
static bool is_dbf(struct dye_span head)
{
    static const uint8_t kinds[] = {0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0x8e, 0xcb, 0xf5, 0xfb};
    static const char types[] = "CNFLDMBGPYTIVQWO+@0";
    const uint8_t *p = head.p;
    if (head.n < 65 || memchr(kinds, p[0], sizeof kinds) == NULL)
        return false;
    size_t head_bytes = little16(p + 8), record_bytes = little16(p + 10);
    bool letter = dye_is_alpha(p[32]) || p[32] == '_' || p[32] >= 0x80;
    return p[2] <= 12 && p[3] <= 31 && head_bytes > 64 && record_bytes > 1 && p[12] == 0 && p[13] == 0 && letter &&
           p[43] != 0 && memchr(types, p[43], sizeof types - 1) != NULL;
}

/* --- text that stands for other text --- */

/* Something to be read comes out: text, a good part of it ASCII, or a format that is known. */
static bool is_sense(struct dye_span s)
{
    size_t ascii = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == 0x7f || (s.p[i] < 0x20 && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r'))
            return false;
        ascii += s.p[i] < 0x80;
    }
    return ascii >= s.n / 4 && dye_charset_detect(s) != DYE_CHARSET_UNKNOWN;
}

/* Characters of base64 alone, in lines of one length: not a list of digests or of numbers, whose bytes make no sense.
 */
static bool is_base64(struct dye_span head)
{
    size_t first = 0, line = 0, n = 0, used;
    for (size_t i = 0; i < head.n; i++) {
        uint8_t class = base64_class(head.p[i]);
        if (class == 255 || head.p[i] == ' ' || head.p[i] == '\t' || (class == 64 && i + 4 < head.n))
            return false;
        if (head.p[i] != '\n') {
            line += class < 65;
            n += class < 65;
            continue;
        }
        first = first == 0 ? line : first;
        if ((line != first && i + 4 < head.n && line != 0) || first % 4 != 0)
            return false;
        line = 0;
    }
    struct base64 b = {0, 0, 0};
    uint8_t out[LOOKED_AT];
    struct dye_span inner = dye_span_of(out, base64_decode(&b, head, out, &used));
    struct sniff is = n >= 64 ? sniff(inner) : (struct sniff){SNIFF_PLAIN, SNIFF_NONE, NULL};
    return n >= 64 && (is.class != SNIFF_PLAIN || (is_sense(inner) && hint_is_there(inner, false)));
}

/* At least eight escapes, a quarter of the text, and none that is broken. */
static bool is_escaped(struct dye_span head, uint8_t mark)
{
    size_t escapes = 0, marks = 0, soft = 0;
    for (size_t i = 0; i < head.n; i++)
        marks += head.p[i] == mark;
    for (size_t i = 0; i + 2 < head.n; i++) {
        escapes += head.p[i] == mark && escapes_hex(head.p[i + 1]) >= 0 && escapes_hex(head.p[i + 2]) >= 0;
        soft += mark == '=' && head.p[i] == '=' && (head.p[i + 1] == '\n' || head.p[i + 1] == '\r');
    }
    if (escapes < 8 || escapes * 12 < head.n || escapes + soft + 1 < marks)
        return false;
    uint8_t out[LOOKED_AT + 2];
    struct escapes e = {.mark = mark};
    size_t n = escapes_decode(&e, head, out);
    size_t whole = n; /* a character may be cut by the end of the sample */
    while (whole > 0 && n - whole < 4 && out[whole - 1] >= 0x80)
        whole--;
    return is_sense(dye_span_of(out, whole > 0 ? whole : n));
}

static enum sniff_format of_wrapping(struct dye_span head)
{
    if (head.n >= 6 && memcmp(head.p, "BEGIN:", 6) == 0) /* vCard escapes values of its own accord */
        return SNIFF_NONE;
    if (is_escaped(head, '%'))
        return SNIFF_PERCENT;
    if (is_escaped(head, '='))
        return SNIFF_QUOTED;
    return is_base64(head) ? SNIFF_BASE64 : SNIFF_NONE;
}

enum sniff_format sniff_text(struct dye_span head)
{
    struct narrow text;
    head.n = head.n < LOOKED_AT ? head.n : LOOKED_AT;
    if (is_dbf(head))
        return SNIFF_DBF;
    narrow(head, &text);
    const char *p = text.p + text.at;
    if (*p == '<')
        return of_markup(p);
    if (text.wide)
        return SNIFF_NONE;
    if (is_mail(p))
        return SNIFF_MAIL;
    return is_mbox(p) ? SNIFF_MBOX : of_wrapping(head);
}
