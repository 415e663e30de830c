/*
 * profile: groups of counts, how they come from counting, and how they stand as text.
 */
#include "profile.h"

#include "counts.h"
#include "dye/digest.h"

#include <stdio.h>
#include <stdlib.h>

void dye_profile_free(struct dye_profile *p)
{
    if (p == NULL)
        return;
    free(p->group);
    free(p->value);
    free(p->text);
    free(p);
}

uint64_t dye_profile_rows(const struct dye_profile *p)
{
    return p->rows;
}

int profile_compare(const struct profile_group *g, const char *column, const char *facet, const char *context)
{
    int order = strcmp(g->column, column);
    if (order == 0)
        order = strcmp(g->facet, facet);
    return order != 0 ? order : strcmp(g->context, context);
}

const struct profile_group *profile_find(const struct dye_profile *p, const char *column, const char *facet,
                                         const char *context)
{
    size_t low = 0, high = p->groups;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = profile_compare(&p->group[mid], column, facet, context);
        if (order == 0)
            return &p->group[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- building: values are appended group by group ---- */

struct builder {
    struct dye_profile *p;
    struct dye_buf text; /* strings are offsets into it until the end: it moves */
    size_t group_cap, value_cap;
};

static void builder_init(struct builder *b)
{
    memset(b, 0, sizeof *b);
    dye_buf_init(&b->text, DYE_PROFILE_MAX_BYTES, false);
    b->p = calloc(1, sizeof *b->p);
}

static void builder_done(struct builder *b)
{
    dye_buf_done(&b->text);
    dye_profile_free(b->p);
}

static enum dye_status keep(struct builder *b, const char *s, const char **ret)
{
    size_t at = b->text.n;
    DYE_TRY(dye_buf_append(&b->text, s, strlen(s) + 1));
    *ret = (const char *)(uintptr_t)at;
    return DYE_OK;
}

static enum dye_status grow(void **array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return DYE_OK;
    size_t more = *cap == 0 ? 256 : *cap * 2;
    void *p = realloc(*array, more * size);
    if (p == NULL)
        return DYE_E_NOMEM;
    *array = p;
    *cap = more;
    return DYE_OK;
}

static enum dye_status add_group(struct builder *b, const char *column, const char *facet, const char *context,
                                 uint64_t total)
{
    struct profile_group g = {.total = total, .first = b->p->values};
    DYE_TRY(grow((void **)&b->p->group, b->p->groups, &b->group_cap, sizeof g));
    DYE_TRY(keep(b, column, &g.column));
    DYE_TRY(keep(b, facet, &g.facet));
    DYE_TRY(keep(b, context, &g.context));
    b->p->group[b->p->groups++] = g;
    return DYE_OK;
}

static enum dye_status add_value(struct builder *b, const char *text, uint64_t n)
{
    struct profile_value v = {.n = n};
    DYE_TRY(grow((void **)&b->p->value, b->p->values, &b->value_cap, sizeof v));
    DYE_TRY(keep(b, text, &v.text));
    b->p->value[b->p->values++] = v;
    b->p->group[b->p->groups - 1].values++;
    return DYE_OK;
}

static enum dye_status builder_take(struct builder *b, struct dye_profile **ret)
{
    struct dye_profile *p = b->p;
    if (b->text.n == 0)
        DYE_TRY(dye_buf_append_u8(&b->text, 0));
    char *text = malloc(b->text.n);
    if (text == NULL)
        return DYE_E_NOMEM;
    memcpy(text, b->text.p, b->text.n);
    p->text = text;
    for (size_t i = 0; i < p->groups; i++) {
        struct profile_group *g = &p->group[i];
        g->column = text + (uintptr_t)g->column;
        g->facet = text + (uintptr_t)g->facet;
        g->context = text + (uintptr_t)g->context;
    }
    for (size_t i = 0; i < p->values; i++)
        p->value[i].text = text + (uintptr_t)p->value[i].text;
    DYE_TRY(profile_count_rest(p));
    b->p = NULL;
    *ret = p;
    return DYE_OK;
}

/* ---- from counting ---- */

static int compare_keys(const void *a, const void *b)
{
    const char *x = ((const struct count_entry *)a)->key, *y = ((const struct count_entry *)b)->key;
    return x == NULL || y == NULL ? (x == NULL) - (y == NULL) : strcmp(x, y);
}

static int compare_counts(const void *a, const void *b)
{
    const struct count_entry *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->key, y->key);
}

/* Up to the third separator: the part of the key that names the group. */
static size_t group_bytes(const char *key)
{
    const char *s = key;
    for (int i = 0; i < 3; i++)
        s = strchr(s, COUNT_SEPARATOR) + 1;
    return (size_t)(s - key);
}

static enum dye_status build_group(struct builder *b, struct count_entry *e, size_t n, uint32_t k)
{
    uint64_t kept = 0, rare = 0;
    for (size_t i = 0; i < n; i++)
        *(e[i].n >= k ? &kept : &rare) += e[i].n;
    if (kept == 0)
        return DYE_OK;
    char name[COUNT_KEY_MAX_BYTES + 1];
    size_t bytes = group_bytes(e->key);
    snprintf(name, sizeof name, "%.*s", (int)bytes, e->key);
    char *rest = name, *column = strsep(&rest, "\x1f"), *facet = strsep(&rest, "\x1f"),
         *context = strsep(&rest, "\x1f");
    DYE_TRY(add_group(b, column, facet, context, kept + (rare >= k ? rare : 0)));
    qsort(e, n, sizeof *e, compare_counts);
    for (size_t i = 0; i < n && e[i].n >= k; i++)
        DYE_TRY(add_value(b, e[i].key + bytes, e[i].n));
    return DYE_OK;
}

enum dye_status profile_build(struct counts *c, const struct dye_sector *s, uint64_t rows, uint32_t k,
                              struct dye_profile **ret, struct dye_error *err)
{
    struct builder b;
    builder_init(&b);
    enum dye_status status = b.p != NULL ? DYE_OK : DYE_E_NOMEM;
    if (status == DYE_OK) {
        b.p->rows = rows;
        b.p->k = k;
        b.p->columns_n = s->columns;
        for (size_t i = 0; i < s->columns; i++)
            memcpy(b.p->columns[i], s->column[i].name, sizeof b.p->columns[i]);
    }
    qsort(c->entry, c->slots, sizeof *c->entry, compare_keys);
    for (size_t i = 0, end; status == DYE_OK && i < c->used; i = end) {
        size_t bytes = group_bytes(c->entry[i].key);
        for (end = i + 1; end < c->used && strncmp(c->entry[end].key, c->entry[i].key, bytes) == 0; end++)
            ;
        status = build_group(&b, &c->entry[i], end - i, k);
    }
    if (status == DYE_OK)
        status = builder_take(&b, ret);
    builder_done(&b);
    if (status != DYE_OK)
        DYE_FAIL(err, status, "profile: too large, or out of memory");
    return DYE_OK;
}

/* ---- as text ---- */

static enum dye_status write_string(struct dye_buf *ret, const char *s)
{
    DYE_TRY(dye_buf_append_str(ret, "\""));
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c == 0x7f)
            DYE_TRY(dye_buf_printf(ret, "\\u%04x", c));
        else
            DYE_TRY(c == '"' || c == '\\' ? dye_buf_printf(ret, "\\%c", c) : dye_buf_append_u8(ret, c));
    }
    return dye_buf_append_str(ret, "\"");
}

enum dye_status dye_profile_write(const struct dye_profile *p, struct dye_buf *ret)
{
    DYE_TRY(dye_buf_printf(ret, "{\"dyetrace_profile\":1,\"rows\":%llu,\"k\":%u,\"columns\":[",
                           (unsigned long long)p->rows, p->k));
    for (size_t i = 0; i < p->columns_n; i++) {
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? "," : ""));
        DYE_TRY(write_string(ret, p->columns[i]));
    }
    DYE_TRY(dye_buf_append_str(ret, "],\"groups\":["));
    for (size_t i = 0; i < p->groups; i++) {
        const struct profile_group *g = &p->group[i];
        DYE_TRY(dye_buf_append_str(ret, i != 0 ? ",\n[" : "\n["));
        DYE_TRY(write_string(ret, g->column));
        DYE_TRY(dye_buf_append_str(ret, ","));
        DYE_TRY(write_string(ret, g->facet));
        DYE_TRY(dye_buf_append_str(ret, ","));
        DYE_TRY(write_string(ret, g->context));
        DYE_TRY(dye_buf_printf(ret, ",%llu,{", (unsigned long long)g->total));
        for (size_t j = 0; j < g->values; j++) {
            const struct profile_value *v = &p->value[g->first + j];
            DYE_TRY(dye_buf_append_str(ret, j != 0 ? "," : ""));
            DYE_TRY(write_string(ret, v->text));
            DYE_TRY(dye_buf_printf(ret, ":%llu", (unsigned long long)v->n));
        }
        DYE_TRY(dye_buf_append_str(ret, "}]"));
    }
    return dye_buf_append_str(ret, "\n]}\n");
}

struct reader {
    const uint8_t *start, *at, *end;
    struct dye_error *err;
};

static enum dye_status wrong(const struct reader *r, const char *what)
{
    DYE_FAIL(r->err, DYE_E_CONFIG, "profile: byte %zu: %s is wanted", (size_t)(r->at - r->start), what);
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n", *r->at, 4) != NULL)
        r->at++;
}

static bool next_is(struct reader *r, char c)
{
    skip_space(r);
    if (r->at == r->end || *r->at != (uint8_t)c)
        return false;
    r->at++;
    return true;
}

static enum dye_status expect(struct reader *r, const char *characters)
{
    for (const char *c = characters; *c != '\0'; c++)
        if (!next_is(r, *c))
            return wrong(r, characters);
    return DYE_OK;
}

static enum dye_status read_number(struct reader *r, uint64_t max, uint64_t *ret)
{
    skip_space(r);
    uint64_t n = 0;
    const uint8_t *first = r->at;
    for (; r->at < r->end && dye_is_digit(*r->at); r->at++) {
        n = n * 10 + (uint64_t)(*r->at - '0');
        if (n > max)
            return wrong(r, "a smaller number");
    }
    if (r->at == first)
        return wrong(r, "a number");
    *ret = n;
    return DYE_OK;
}

static enum dye_status read_string(struct reader *r, char *ret, size_t cap)
{
    size_t n = 0;
    DYE_TRY(expect(r, "\""));
    while (r->at < r->end && *r->at != '"') {
        uint8_t c = *r->at++;
        if (c == '\\') {
            uint8_t code;
            if (r->end - r->at >= 5 && r->at[0] == 'u' && dye_unhex(dye_span_of(r->at + 3, 2), &code, 1) &&
                memcmp(r->at + 1, "00", 2) == 0) {
                c = code;
                r->at += 5;
            } else if (r->at < r->end && (*r->at == '"' || *r->at == '\\')) {
                c = *r->at++;
            } else {
                return wrong(r, "an escape");
            }
        }
        if (c == 0 || n + 1 >= cap)
            return wrong(r, "a shorter string");
        ret[n++] = (char)c;
    }
    ret[n] = '\0';
    return expect(r, "\"");
}

static enum dye_status read_key(struct reader *r, const char *key)
{
    char text[24];
    DYE_TRY(read_string(r, text, sizeof text));
    if (strcmp(text, key) != 0)
        return wrong(r, key);
    return expect(r, ":");
}

enum { TOTAL_MAX_BITS = 48 };
#define TOTAL_MAX (UINT64_C(1) << TOTAL_MAX_BITS)

static enum dye_status read_group(struct reader *r, struct builder *b)
{
    char column[COUNT_KEY_MAX_BYTES + 1], facet[COUNT_KEY_MAX_BYTES + 1], context[COUNT_KEY_MAX_BYTES + 1];
    uint64_t total, sum = 0;
    DYE_TRY(expect(r, "["));
    DYE_TRY(read_string(r, column, sizeof column));
    DYE_TRY(expect(r, ","));
    DYE_TRY(read_string(r, facet, sizeof facet));
    DYE_TRY(expect(r, ","));
    DYE_TRY(read_string(r, context, sizeof context));
    DYE_TRY(expect(r, ","));
    DYE_TRY(read_number(r, TOTAL_MAX, &total));
    DYE_TRY(expect(r, ",{"));
    DYE_TRY(add_group(b, column, facet, context, total));
    do {
        char value[COUNT_KEY_MAX_BYTES + 1];
        uint64_t n;
        DYE_TRY(read_string(r, value, sizeof value));
        DYE_TRY(expect(r, ":"));
        DYE_TRY(read_number(r, TOTAL_MAX, &n));
        DYE_TRY(add_value(b, value, n));
        sum += n;
        if (n == 0 || sum > total)
            return wrong(r, "counts that add up");
    } while (next_is(r, ','));
    return expect(r, "}]");
}

static enum dye_status read_groups(struct reader *r, struct builder *b)
{
    DYE_TRY(expect(r, "["));
    if (next_is(r, ']'))
        return DYE_OK;
    do
        DYE_TRY(read_group(r, b));
    while (next_is(r, ','));
    return expect(r, "]");
}

static enum dye_status read_all(struct reader *r, struct builder *b)
{
    uint64_t version, k;
    DYE_TRY(expect(r, "{"));
    DYE_TRY(read_key(r, "dyetrace_profile"));
    DYE_TRY(read_number(r, 1, &version));
    DYE_TRY(expect(r, ","));
    DYE_TRY(read_key(r, "rows"));
    DYE_TRY(read_number(r, TOTAL_MAX, &b->p->rows));
    DYE_TRY(expect(r, ","));
    DYE_TRY(read_key(r, "k"));
    DYE_TRY(read_number(r, INT32_MAX, &k));
    b->p->k = (uint32_t)k;
    DYE_TRY(expect(r, ","));
    DYE_TRY(read_key(r, "columns"));
    DYE_TRY(expect(r, "["));
    do {
        if (b->p->columns_n == DYE_SECTOR_COLUMNS_MAX)
            return wrong(r, "an end of columns");
        DYE_TRY(read_string(r, b->p->columns[b->p->columns_n++], sizeof b->p->columns[0]));
    } while (next_is(r, ','));
    DYE_TRY(expect(r, "],"));
    DYE_TRY(read_key(r, "groups"));
    DYE_TRY(read_groups(r, b));
    DYE_TRY(expect(r, "}"));
    skip_space(r);
    return r->at == r->end ? DYE_OK : wrong(r, "the end");
}

/* Look-ups are by bisection, so the order is part of the form. */
static bool is_ordered(const struct dye_profile *p)
{
    for (size_t i = 1; i < p->groups; i++) {
        const struct profile_group *g = &p->group[i];
        if (profile_compare(&p->group[i - 1], g->column, g->facet, g->context) >= 0)
            return false;
    }
    return true;
}

enum dye_status dye_profile_read(struct dye_span text, struct dye_profile **ret, struct dye_error *err)
{
    struct reader r = {text.p, text.p, text.p + text.n, err};
    struct builder b;
    struct dye_profile *p = NULL;
    if (text.n > DYE_PROFILE_MAX_BYTES)
        DYE_FAIL(err, DYE_E_LIMIT, "profile: longer than %u bytes", DYE_PROFILE_MAX_BYTES);
    builder_init(&b);
    enum dye_status status = b.p != NULL ? read_all(&r, &b) : DYE_E_NOMEM;
    if (status == DYE_OK)
        status = builder_take(&b, &p);
    builder_done(&b);
    if (status == DYE_E_NOMEM || status == DYE_E_LIMIT)
        DYE_FAIL(err, status, "profile: too large, or out of memory");
    if (status == DYE_OK && !is_ordered(p)) {
        dye_profile_free(p);
        DYE_FAIL(err, DYE_E_CONFIG, "profile: its groups are out of order");
    }
    if (status == DYE_OK)
        *ret = p;
    return status;
}
