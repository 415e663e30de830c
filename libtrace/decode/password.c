#include "password.h"

#include "name.h"

#include "dye/key.h"

enum { WORD_MIN_BYTES = 3, WORD_MAX_BYTES = 64 };

/* ---- the words of a text ---- */

static bool is_graphic(uint8_t b)
{
    return b > ' ' && b < 0x7f;
}

/* How many bytes at p part words: white space, and Chinese punctuation (U+2014-201D, U+3000-301F, U+FF01-FF20 but for
 * the digits among them). */
static size_t separator(const uint8_t *p, size_t n)
{
    if (p[0] <= ' ' || p[0] == 0x7f)
        return 1;
    if (n < 3)
        return 0;
    bool found = (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x94 && p[2] <= 0x9d) ||
                 (p[0] == 0xe3 && p[1] == 0x80 && p[2] <= 0x9f) ||
                 (p[0] == 0xef && p[1] == 0xbc && (p[2] <= 0x8f || p[2] >= 0x9a) && p[2] <= 0xa0);
    return found ? 3 : 0;
}

static enum dye_status give(struct dye_span s, dye_password_fn fn, void *arg)
{
    char word[WORD_MAX_BYTES + 1];
    if (s.n < WORD_MIN_BYTES || s.n > WORD_MAX_BYTES)
        return DYE_OK;
    memcpy(word, s.p, s.n);
    word[s.n] = '\0';
    enum dye_status status = fn(arg, word);
    dye_wipe(word, sizeof word);
    return status;
}

static bool is_wrapping(uint8_t b)
{
    return memchr("\"'`()[]<>{},.;!?", b, 16) != NULL;
}

static enum dye_status give_bare(struct dye_span s, dye_password_fn fn, void *arg)
{
    struct dye_span bare = s;
    while (bare.n > 0 && is_wrapping(bare.p[0]))
        bare = dye_span_of(bare.p + 1, bare.n - 1);
    while (bare.n > 0 && is_wrapping(bare.p[bare.n - 1]))
        bare.n--;
    if (bare.n != s.n)
        DYE_TRY(give(bare, fn, arg));
    return give(s, fn, arg); /* "!" may well be its last character */
}

static enum dye_status give_token(struct dye_span s, dye_password_fn fn, void *arg)
{
    DYE_TRY(give_bare(s, fn, arg));
    for (size_t i = s.n; i-- > 0;)
        if (s.p[i] == ':' || s.p[i] == '=') {
            DYE_TRY(give_bare(dye_span_of(s.p + i + 1, s.n - i - 1), fn, arg));
            break;
        }
    for (size_t i = 0, start; i < s.n; i++) {
        for (start = i; i < s.n && is_graphic(s.p[i]); i++)
            ;
        if (i > start && i - start < s.n)
            DYE_TRY(give_bare(dye_span_of(s.p + start, i - start), fn, arg));
    }
    return DYE_OK;
}

enum dye_status dye_password_words(struct dye_span text, dye_password_fn fn, void *arg)
{
    size_t start = 0;
    for (size_t i = 0; i < text.n;) {
        size_t n = separator(text.p + i, text.n - i);
        if (n == 0) {
            i++;
            continue;
        }
        DYE_TRY(give_token(dye_span_of(text.p + start, i - start), fn, arg));
        i += n;
        start = i;
    }
    return give_token(dye_span_of(text.p + start, text.n - start), fn, arg);
}

/* ---- what is tried on a zip ---- */

static enum dye_status add(void *arg, const char *word)
{
    struct passwords *p = arg;
    size_t n = strlen(word) + 1;
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->at[i], word) == 0)
            return DYE_OK;
    if (p->n == PASSWORDS_MAX || n > sizeof p->words - p->words_n)
        return DYE_STOPPED;
    memcpy(p->words + p->words_n, word, n);
    p->at[p->n++] = (const char *)p->words + p->words_n;
    p->words_n += n;
    return DYE_OK;
}

/* The comment stands behind the last record of the zip (APPNOTE 4.3.16). */
static void add_comment(struct whole *w, struct passwords *p)
{
    enum { END_BYTES = 22, TAIL_BYTES = END_BYTES + 4096 };
    uint8_t tail[TAIL_BYTES];
    char comment[4 * TAIL_BYTES];
    size_t n = w->bytes < TAIL_BYTES ? (size_t)w->bytes : TAIL_BYTES;
    if (n < END_BYTES || !whole_read(w, w->bytes - n, tail, n))
        return;
    for (size_t i = n - END_BYTES + 1; i-- > 0;) {
        if (memcmp(tail + i, "PK\x05\x06", 4) != 0)
            continue;
        name_to_utf8(dye_span_of(tail + i + END_BYTES, n - i - END_BYTES), comment, sizeof comment);
        (void)!dye_password_words(dye_span_str(comment), add, p);
        return;
    }
}

void passwords_of_zip(struct whole *w, struct passwords *ret)
{
    const struct dye_decode_input *from = w->d->input->from;
    ret->n = ret->words_n = 0;
    for (size_t i = 0; i < from->n_passwords && ret->n < PASSWORDS_MAX; i++)
        ret->at[ret->n++] = from->passwords[i];
    add_comment(w, ret);
}

void passwords_done(struct passwords *p)
{
    dye_wipe(p->words, p->words_n);
}
