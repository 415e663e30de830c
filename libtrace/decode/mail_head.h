#ifndef DECODE_MAIL_HEAD_H
#define DECODE_MAIL_HEAD_H
/*
 * mail_head: the fields above a mail or one of its bodies (RFC 5322, 2045, 2047, 2231). Private to the decode layer.
 */
#include "dye/buf.h"

enum { MAIL_FIELDS_MAX = 256, MAIL_HEAD_MAX_BYTES = 1 << 20, MAIL_NAME_MAX_BYTES = 255 };

struct mail_head {
    struct dye_buf text; /* unfolded */
    struct mail_field {
        size_t at, name_n, n; /* in text: the name, then its value to n bytes from `at` */
    } field[MAIL_FIELDS_MAX];
    size_t n;
    bool full; /* there was more than it takes */
};

void mail_head_init(struct mail_head *h);
void mail_head_done(struct mail_head *h);
void mail_head_clear(struct mail_head *h);
/* Takes a line of it, without its end. False when it is none. */
bool mail_head_add(struct mail_head *h, struct dye_span line);
/* Goes on with the line that was added, which was long. */
void mail_head_more(struct mail_head *h, struct dye_span piece);

struct dye_span mail_head_name(const struct mail_head *h, size_t i);
/* As it stands, white space around it away. */
struct dye_span mail_head_raw(const struct mail_head *h, size_t i);
/* Of the first field of that name; empty without one. */
struct dye_span mail_head_find(const struct mail_head *h, const char *name);

/* Appends a value as people read it: encoded words decoded, UTF-8. What doesn't fit is left out. */
void mail_decode(struct dye_span raw, struct dye_buf *ret);
/* The parameter `key` of a value such as that of Content-Type, decoded, in one piece; "" without one. */
void mail_parameter(struct dye_span raw, const char *key, char *ret, size_t cap);
/* Whether the value begins with `token`, whatever the case: "text/html", "base64". */
bool mail_is(struct dye_span raw, const char *token);

#endif
