#include "portal.h"

/* portal/web, compiled in. */
extern const unsigned char portal_index_text[];
extern const size_t portal_index_text_bytes;
extern const unsigned char portal_script_text[];
extern const size_t portal_script_text_bytes;
extern const unsigned char portal_words_text[];
extern const size_t portal_words_text_bytes;
extern const unsigned char portal_style_text[];
extern const size_t portal_style_text_bytes;
extern const unsigned char portal_icon_text[];
extern const size_t portal_icon_text_bytes;

static void answer(struct http_call *c, const char *type, const unsigned char *text, size_t n)
{
    http_set_header(c, "Cache-Control", "no-cache");
    http_answer(c, 200, type, dye_span_of(text, n));
}

void page_index(struct http_call *c, void *portal)
{
    (void)portal;
    answer(c, "text/html; charset=utf-8", portal_index_text, portal_index_text_bytes);
}

void page_script(struct http_call *c, void *portal)
{
    (void)portal;
    answer(c, "text/javascript; charset=utf-8", portal_script_text, portal_script_text_bytes);
}

void page_words(struct http_call *c, void *portal)
{
    (void)portal;
    answer(c, "text/javascript; charset=utf-8", portal_words_text, portal_words_text_bytes);
}

void page_style(struct http_call *c, void *portal)
{
    (void)portal;
    answer(c, "text/css; charset=utf-8", portal_style_text, portal_style_text_bytes);
}

void page_icon(struct http_call *c, void *portal)
{
    (void)portal;
    answer(c, "image/svg+xml", portal_icon_text, portal_icon_text_bytes);
}
