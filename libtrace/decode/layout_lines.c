#include "layout.h"

const struct layout layout_lines = {"lines", NULL, layout_line, layout_one_field};

/* A page's end is a form feed, on the line of its last text or alone: no text of its own. */
static bool step(struct dye_records *r)
{
    if (!layout_line(r))
        return false;
    const uint8_t *p = r->text.p;
    while (r->start < r->end && (p[r->start] == DYE_PAGE_END || p[r->start] == ' '))
        r->start++;
    const uint8_t *page = memchr(p + r->start, DYE_PAGE_END, r->end - r->start);
    if (page != NULL) {
        r->end = (size_t)(page - p);
        r->next = r->end;
        r->closed = true;
    }
    return true;
}

const struct layout layout_text = {"text", NULL, step, layout_one_field};
