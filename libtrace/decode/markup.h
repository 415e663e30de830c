#ifndef DECODE_MARKUP_H
#define DECODE_MARKUP_H
/*
 * markup: HTML as people write it -> text, tags and what is hidden. Private to the decode layer.
 *
 * A tokenizer after the HTML standard's states, without its tree: nothing is refused, and what only looks like a tag
 * is text. Memory is that of one tag; a longer one is text too, but for a picture that is written into it.
 */
#include "feed.h"

#include "dye/buf.h"

enum markup_kind {
    MARKUP_TEXT,   /* decoded, UTF-8; pieces may be cut anywhere but in a character that was an entity */
    MARKUP_TAG,    /* name in lower case, closes; attributes by markup_attribute */
    MARKUP_SCRIPT, /* a line of a script */
    MARKUP_HIDDEN, /* a line of a comment or a style sheet; a declaration */
    MARKUP_END
};

enum { MARKUP_NAME_MAX = 31, MARKUP_ATTRIBUTES = 64 };

struct markup {
    struct feed *in;       /* of valid UTF-8 */
    struct dye_span piece; /* what is left of the last one */
    struct dye_buf raw;    /* the tag or the line at hand */
    char one[8];           /* a decoded character */
    char until[16];        /* what ends the script, comment or style sheet at hand; "" outside of one */
    bool hidden;           /* which of them */
    bool picture;          /* a picture stood in a tag */
    char tail[16];         /* the bytes before the next one, in lower case: what may end it */
    bool closes;
    char name[MARKUP_NAME_MAX + 1];
    struct markup_attribute {
        struct dye_span name, value; /* the name as it was written */
    } attribute[MARKUP_ATTRIBUTES];
    size_t n_attributes;
    struct dye_span text;
};

void markup_init(struct markup *m, struct feed *in);
void markup_done(struct markup *m);
enum markup_kind markup_next(struct markup *m);
/* NULL p when the tag has none of that name (in lower case). */
struct dye_span markup_attribute(const struct markup *m, const char *name);

#endif
