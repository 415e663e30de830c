#include "pattern.h"

#include "kind.h"

/* Bytes of the character at p; n > 0. */
static size_t character(const char *p, size_t n)
{
    size_t used = 1;
    while (used < n && ((uint8_t)p[used] & 0xc0) == 0x80)
        used++;
    return used;
}

static size_t characters_of(const char *p, size_t n)
{
    size_t count = 0;
    for (size_t at = 0; at < n; at += character(p + at, n - at))
        count++;
    return count;
}

/* How many characters the stretch takes: 0 without one. */
static bool fits(const char *pattern, size_t characters, size_t *ret_stretch)
{
    size_t taken = 0;
    for (const char *c = pattern; *c != '\0'; c++)
        taken += *c == '#' || *c == '?';
    *ret_stretch = characters - taken;
    return strpbrk(pattern, "%~") != NULL ? characters > taken : characters == taken;
}

static bool put(struct dye_value *ret, const char *p, size_t n)
{
    if (n > DYE_VALUE_MAX_BYTES - ret->n)
        return false;
    memcpy(ret->text + ret->n, p, n);
    ret->n += n;
    return true;
}

bool pattern_draw(const char *pattern, const struct dye_value *v, size_t n, struct dye_mask *ret)
{
    size_t stretch, at = 0, seen = 0;
    bool hidden = false;
    if (!fits(pattern, characters_of(v->text, n), &stretch))
        return false;
    *ret = (struct dye_mask){0};
    for (const char *c = pattern; *c != '\0'; c++) {
        size_t take = *c == '#' || *c == '?' ? 1 : *c == '%' || *c == '~' ? stretch : 0;
        if (*c != '#' && take > 0 && !hidden) {
            ret->head = seen;
            hidden = true;
            seen = 0;
        }
        if (take == 0 && !put(&ret->text, c, 1))
            return false;
        for (; take > 0; take--) {
            size_t bytes = character(v->text + at, n - at);
            if (*c == '#' ? !put(&ret->text, v->text + at, bytes) : *c != '~' && !put(&ret->text, "*", 1))
                return false;
            seen += *c == '#' ? bytes : 0;
            at += bytes;
        }
    }
    ret->tail = seen + (v->n - n);
    if (!put(&ret->text, v->text + n, v->n - n))
        return false;
    ret->text.text[ret->text.n] = '\0';
    return true;
}

static void add_display(struct dye_value ret[DYE_DISPLAYS_MAX], size_t *n, const struct dye_value *v)
{
    for (size_t i = 0; i < *n; i++)
        if (dye_span_equal(dye_value_span(&ret[i]), dye_value_span(v)))
            return;
    if (*n < DYE_DISPLAYS_MAX)
        value_set(&ret[(*n)++], v->text, v->n);
}

size_t dye_ident_displays(enum dye_kind kind, const struct dye_value *v, struct dye_value ret[DYE_DISPLAYS_MAX])
{
    const struct kind_row *row = kind_row_of(kind);
    if (row == NULL || v->n == 0)
        return 0;
    size_t n = 0;
    add_display(ret, &n, v);
    struct dye_value other;
    if (row->alias != NULL && row->alias(v, &other))
        add_display(ret, &n, &other);
    value_set(&other, v->text, v->n);
    for (size_t i = 0; i < other.n; i++)
        other.text[i] = (char)dye_to_lower((uint8_t)other.text[i]);
    add_display(ret, &n, &other);
    struct dye_mask drawn;
    for (const char *const *p = row->displays; p != NULL && *p != NULL; p++)
        if (pattern_draw(*p, v, v->n, &drawn))
            add_display(ret, &n, &drawn.text);
    return n;
}

size_t dye_ident_masks(enum dye_kind kind, const struct dye_value *v, struct dye_mask ret[DYE_MASKS_MAX])
{
    const struct kind_row *row = kind_row_of(kind);
    if (row == NULL || v->n == 0)
        return 0;
    const char *before = row->masked_before != '\0' ? memchr(v->text, row->masked_before, v->n) : NULL;
    size_t part = before != NULL ? (size_t)(before - v->text) : v->n, n = 0;
    for (const char *const *p = row->masks; p != NULL && *p != NULL && n < DYE_MASKS_MAX; p++) {
        bool known = false;
        if (!pattern_draw(*p, v, part, &ret[n]))
            continue;
        for (size_t i = 0; i < n; i++)
            known = known || dye_span_equal(dye_value_span(&ret[i].text), dye_value_span(&ret[n].text));
        n += !known;
    }
    return n;
}
