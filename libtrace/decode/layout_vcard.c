#include "layout.h"

#include <strings.h>

static bool has(const uint8_t *p, size_t at, size_t end, const char *text)
{
    size_t n = strlen(text);
    return end - at >= n && strncasecmp((const char *)p + at, text, n) == 0;
}

static size_t line_after(const uint8_t *p, size_t i, size_t end)
{
    const uint8_t *lf = memchr(p + i, '\n', end - i);
    return lf != NULL ? (size_t)(lf - p) + 1 : SIZE_MAX;
}

/* From one BEGIN:VCARD to the line of its END; one without an END ends where the next begins. */
static bool step(struct dye_records *r)
{
    const uint8_t *p = r->text.p;
    size_t n = r->text.n, i = r->next;
    while (i < n && !has(p, i, n, "begin:vcard")) {
        i = line_after(p, i, n);
        i = i != SIZE_MAX ? i : n;
    }
    r->next = n;
    if (i >= n)
        return false;
    r->start = i;
    r->end = n;
    r->closed = false;
    while ((i = line_after(p, i, n)) != SIZE_MAX) {
        bool ends = has(p, i, n, "end:vcard");
        if (!ends && !has(p, i, n, "begin:vcard"))
            continue;
        size_t next = ends ? line_after(p, i, n) : i;
        r->closed = next != SIZE_MAX;
        r->next = r->end = r->closed ? next : n;
        break;
    }
    while (r->end > r->start && (p[r->end - 1] == '\n' || p[r->end - 1] == '\r'))
        r->end--;
    return true;
}

/* The end of the property that starts at i, line ends not counted: a line that begins with a blank goes on with the one
 * before, and so does one behind a `=` that ends a quoted-printable line. */
static size_t property_end(const uint8_t *p, size_t i, size_t end, bool is_qp, size_t *ret_next)
{
    for (;;) {
        size_t next = line_after(p, i, end), stop = next != SIZE_MAX ? next - 1 : end;
        if (stop > i && p[stop - 1] == '\r')
            stop--;
        *ret_next = next != SIZE_MAX ? next : end;
        bool folded = next != SIZE_MAX && next < end && (p[next] == ' ' || p[next] == '\t');
        bool soft = is_qp && next != SIZE_MAX && stop > i && p[stop - 1] == '=';
        if (!folded && !soft)
            return stop;
        i = next;
    }
}

static size_t fields(const struct dye_records *r, struct dye_field *ret)
{
    const uint8_t *p = r->text.p;
    size_t n = 0, next = 0;
    for (size_t i = r->start; i < r->end && n < DYE_FIELDS_MAX; i = next) {
        const uint8_t *lf = memchr(p + i, '\n', r->end - i);
        size_t line_end = lf != NULL ? (size_t)(lf - p) : r->end;
        const uint8_t *colon = memchr(p + i, ':', line_end - i);
        size_t value = colon != NULL ? (size_t)(colon - p) + 1 : i;
        bool is_qp = memmem(p + i, value - i, "QUOTED-PRINTABLE", 16) != NULL;
        size_t end = property_end(p, value, r->end, is_qp, &next);
        if (colon == NULL || has(p, i, r->end, "begin:vcard") || has(p, i, r->end, "end:vcard"))
            continue;
        size_t name = i, name_end = i;
        while (name_end < value && p[name_end] != ';' && p[name_end] != ':') {
            name_end++;
            if (p[name_end - 1] == '.') /* a group before the name */
                name = name_end;
        }
        (void)layout_add(ret, &n, value, end > value ? end : value, r->end, is_qp ? WRITTEN_CARD_QP : WRITTEN_CARD);
        ret[n - 1].name = dye_span_of(p + name, name_end - name);
        ret[n - 1].name_is_raw = true;
    }
    return n;
}

static bool detect(struct dye_span s, struct dye_layout *ret)
{
    (void)ret;
    return has(s.p, layout_skip_blank(s.p, 0, s.n), s.n, "begin:vcard");
}

const struct layout layout_vcard = {"vcard", detect, step, fields};
