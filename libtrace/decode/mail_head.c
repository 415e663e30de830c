#include "mail_head.h"

#include "base64.h"
#include "escapes.h"
#include "recode.h"

#include <stdio.h>
#include <strings.h>

void mail_head_init(struct mail_head *h)
{
    dye_buf_init(&h->text, MAIL_HEAD_MAX_BYTES, true);
    h->n = 0;
    h->full = false;
}

void mail_head_done(struct mail_head *h)
{
    dye_buf_done(&h->text);
}

void mail_head_clear(struct mail_head *h)
{
    dye_buf_clear(&h->text);
    h->n = 0;
    h->full = false;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

bool mail_head_add(struct mail_head *h, struct dye_span line)
{
    size_t name = 0, at = h->text.n;
    bool goes_on = line.n > 0 && is_blank(line.p[0]) && h->n > 0;
    while (!goes_on && name < line.n && line.p[name] > ' ' && line.p[name] != ':' && line.p[name] < 0x7f)
        name++;
    size_t colon = name;
    while (colon < line.n && is_blank(line.p[colon]))
        colon++;
    if (!goes_on && (name == 0 || colon == line.n || line.p[colon] != ':'))
        return false;
    if ((!goes_on && h->n == MAIL_FIELDS_MAX) || h->full || dye_buf_append(&h->text, line.p, line.n) != DYE_OK) {
        h->full = true;
        return true;
    }
    if (goes_on)
        h->field[h->n - 1].n += line.n;
    else
        h->field[h->n++] = (struct mail_field){at, name, line.n};
    return true;
}

void mail_head_more(struct mail_head *h, struct dye_span piece)
{
    if (h->full || h->n == 0 || dye_buf_append(&h->text, piece.p, piece.n) != DYE_OK)
        h->full = true;
    else
        h->field[h->n - 1].n += piece.n;
}

static struct dye_span trim(struct dye_span s)
{
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && is_blank(*s.p))
        s = dye_span_of(s.p + 1, s.n - 1);
    return s;
}

struct dye_span mail_head_name(const struct mail_head *h, size_t i)
{
    return dye_span_of(h->text.p + h->field[i].at, h->field[i].name_n);
}

struct dye_span mail_head_raw(const struct mail_head *h, size_t i)
{
    struct dye_span s =
        dye_span_of(h->text.p + h->field[i].at + h->field[i].name_n, h->field[i].n - h->field[i].name_n);
    s = trim(s);
    return trim(dye_span_of(s.p + 1, s.n - 1)); /* without the colon */
}

struct dye_span mail_head_find(const struct mail_head *h, const char *name)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->field[i].name_n == strlen(name) &&
            strncasecmp((const char *)h->text.p + h->field[i].at, name, h->field[i].name_n) == 0)
            return mail_head_raw(h, i);
    return dye_span_of(NULL, 0);
}

bool mail_is(struct dye_span raw, const char *token)
{
    size_t n = strlen(token);
    return raw.n >= n && strncasecmp((const char *)raw.p, token, n) == 0;
}

/* --- encoded words --- */

/* "=E5" or "%E5" at s; -1 when it is none. */
static int escaped(struct dye_span s, uint8_t mark)
{
    return s.n >= 3 && s.p[0] == mark && escapes_hex(s.p[1]) >= 0 && escapes_hex(s.p[2]) >= 0
               ? escapes_hex(s.p[1]) * 16 + escapes_hex(s.p[2])
               : -1;
}

struct word {
    char charset[32];
    bool base64;
    struct dye_span text;
    size_t n; /* bytes of all of it */
};

/* =?gbk?B?1cXI/Q==?= (RFC 2047, 2); a language may follow the charset (RFC 2231, 5). */
static bool word_at(struct dye_span s, struct word *ret)
{
    if (s.n < 8 || s.p[0] != '=' || s.p[1] != '?')
        return false;
    const uint8_t *end = s.p + s.n, *charset = s.p + 2;
    const uint8_t *kind = memchr(charset, '?', s.n - 2);
    if (kind == NULL || end - kind < 4 || kind[2] != '?')
        return false;
    const uint8_t *text = kind + 3, *last = memmem(text, (size_t)(end - text), "?=", 2);
    /* A text in Q may begin with "=", which makes "?=" of the mark before it: not so here, text is behind that mark. */
    uint8_t encoding = dye_to_lower(kind[1]);
    if (last == NULL || (encoding != 'b' && encoding != 'q'))
        return false;
    int n = (int)(kind - charset);
    const uint8_t *star = memchr(charset, '*', (size_t)n);
    snprintf(ret->charset, sizeof ret->charset, "%.*s", star != NULL ? (int)(star - charset) : n,
             (const char *)charset);
    ret->base64 = encoding == 'b';
    ret->text = dye_span_of(text, (size_t)(last - text));
    ret->n = (size_t)(last + 2 - s.p);
    return true;
}

static void word_bytes(const struct word *w, struct dye_buf *ret)
{
    uint8_t piece[96];
    size_t used;
    struct base64 b = {0, 0, 0};
    for (size_t i = 0; i < w->text.n && w->base64; i += used) {
        size_t n = w->text.n - i < 120 ? w->text.n - i : 120;
        size_t got = base64_decode(&b, dye_span_of(w->text.p + i, n), piece, &used);
        (void)!dye_buf_append(ret, piece, got);
        used += used == 0; /* what isn't base64 is passed over */
    }
    for (size_t i = 0; i < w->text.n && !w->base64; i++) {
        int c = escaped(dye_span_of(w->text.p + i, w->text.n - i), '=');
        (void)!dye_buf_append_u8(ret, c >= 0 ? (uint8_t)c : w->text.p[i] == '_' ? ' ' : w->text.p[i]);
        i += c >= 0 ? 2 : 0;
    }
}

/* Words that follow each other in one charset are one text: writers cut inside characters. */
static size_t put_words(struct dye_span s, struct word *w, struct dye_buf *ret)
{
    struct dye_buf bytes;
    struct word next = *w;
    size_t n = 0;
    dye_buf_init(&bytes, MAIL_HEAD_MAX_BYTES, true);
    do {
        word_bytes(&next, &bytes);
        n += next.n;
        size_t gap = n;
        while (gap < s.n && is_blank(s.p[gap]))
            gap++;
        if (!word_at(dye_span_of(s.p + gap, s.n - gap), &next))
            break;
        n = gap;
    } while (strcasecmp(next.charset, w->charset) == 0);
    (void)!recode_append(dye_buf_span(&bytes), w->charset, ret);
    dye_buf_done(&bytes);
    return n;
}

void mail_decode(struct dye_span raw, struct dye_buf *ret)
{
    struct word w;
    for (size_t i = 0; i < raw.n;) {
        struct dye_span rest = dye_span_of(raw.p + i, raw.n - i);
        if (word_at(rest, &w)) {
            i += put_words(rest, &w, ret);
            continue;
        }
        size_t n = 1;
        while (n < rest.n && !(rest.p[n] == '=' && n + 1 < rest.n && rest.p[n + 1] == '?'))
            n++;
        (void)!recode_append(dye_span_of(rest.p, n), NULL, ret);
        i += n;
    }
}

/* --- parameters --- */

/* The next "key=value" at *at; false behind the last one. A quoted value is given without quotes, escapes stay. */
static bool next_parameter(struct dye_span raw, size_t *at, struct dye_span *ret_key, struct dye_span *ret_value)
{
    const uint8_t *p = raw.p;
    size_t i = *at;
    while (i < raw.n && p[i] != ';')
        i++;
    if (i == raw.n)
        return false;
    for (i++; i < raw.n && is_blank(p[i]);)
        i++;
    size_t key = i;
    while (i < raw.n && p[i] != '=' && p[i] != ';')
        i++;
    *ret_key = trim(dye_span_of(p + key, i - key));
    *ret_value = dye_span_of(p + i, 0);
    if (i < raw.n && p[i] == '=') {
        for (i++; i < raw.n && is_blank(p[i]);)
            i++;
        size_t value = i;
        if (i < raw.n && p[i] == '"') {
            for (value = ++i; i < raw.n && p[i] != '"'; i++)
                i += p[i] == '\\' && i + 1 < raw.n;
        } else {
            while (i < raw.n && p[i] != ';')
                i++;
        }
        *ret_value = trim(dye_span_of(p + value, (i < raw.n ? i : raw.n) - value));
    }
    *at = i;
    return true;
}

/* `name*1*` is piece 1 of "name", percent-encoded. False when it is not of that key. */
static bool is_piece(struct dye_span key, const char *name, int *ret_number, bool *ret_encoded)
{
    size_t n = strlen(name);
    if (key.n < n || strncasecmp((const char *)key.p, name, n) != 0)
        return false;
    *ret_encoded = key.n > n && key.p[key.n - 1] == '*';
    size_t end = key.n - *ret_encoded;
    *ret_number = -1;
    if (end == n)
        return true;
    if (key.p[n] != '*' || end > n + 4)
        return false;
    *ret_number = 0;
    for (size_t i = n + 1; i < end; i++) {
        if (!dye_is_digit(key.p[i]))
            return false;
        *ret_number = *ret_number * 10 + (key.p[i] - '0');
    }
    return true;
}

static void put_percent(struct dye_span s, bool encoded, struct dye_buf *ret)
{
    for (size_t i = 0; i < s.n; i++) {
        int c = encoded ? escaped(dye_span_of(s.p + i, s.n - i), '%') : -1;
        if (!encoded && s.p[i] == '\\' && i + 1 < s.n)
            i++;
        (void)!dye_buf_append_u8(ret, c >= 0 ? (uint8_t)c : s.p[i]);
        i += c >= 0 ? 2 : 0;
    }
}

void mail_parameter(struct dye_span raw, const char *key, char *ret, size_t cap)
{
    char charset[32] = "";
    struct dye_buf bytes, text;
    dye_buf_init(&bytes, 1 << 14, true);
    dye_buf_init(&text, 1 << 16, true);
    bool words = false, any = false;
    for (int wanted = -1; wanted < 100; wanted++) { /* whole, or piece by piece in any order */
        struct dye_span k, v;
        bool found = false, encoded;
        int number;
        for (size_t at = 0; !found && next_parameter(raw, &at, &k, &v);)
            found = is_piece(k, key, &number, &encoded) && number == wanted;
        if (!found && wanted >= 0)
            break;
        if (!found)
            continue;
        const uint8_t *quote = encoded && wanted <= 0 ? memchr(v.p, '\'', v.n) : NULL;
        const uint8_t *second = quote != NULL ? memchr(quote + 1, '\'', (size_t)(v.p + v.n - quote - 1)) : NULL;
        if (second != NULL) { /* charset'language'text */
            snprintf(charset, sizeof charset, "%.*s", (int)(quote - v.p), (const char *)v.p);
            v = dye_span_of(second + 1, (size_t)(v.p + v.n - second - 1));
        }
        words = !encoded && wanted < 0;
        any = true;
        put_percent(v, encoded, &bytes);
        if (wanted < 0)
            break;
    }
    if (words)
        mail_decode(dye_buf_span(&bytes), &text); /* not allowed, and what everybody does */
    else if (any)
        (void)!recode_append(dye_buf_span(&bytes), charset, &text);
    snprintf(ret, cap, "%s", text.n > 0 ? (const char *)text.p : "");
    dye_buf_done(&bytes);
    dye_buf_done(&text);
}
