#include "table.h"

#include "name.h"

#include <stdlib.h>

enum { VALUE_MAX_BYTES = 128 << 20 };

void table_begin(struct table *t, struct decoding *d, const char *path, const char *name, const char *format)
{
    *t = (struct table){.status = DYE_E_NOMEM};
    rows_init(&t->rows, d);
    dye_buf_init(&t->text, VALUE_MAX_BYTES, true);
    char utf8[256], *joined = malloc(DYE_PATH_MAX_BYTES + 1);
    if (joined == NULL)
        return;
    name_to_utf8(dye_span_str(name), utf8, sizeof utf8);
    name_join(path, utf8, joined, DYE_PATH_MAX_BYTES + 1);
    t->status = part_begin(d, joined, DYE_UNIT_CELL, format);
    free(joined);
}

void table_text(struct table *t, struct dye_span utf8)
{
    if (t->status == DYE_OK)
        t->status = rows_field(&t->rows, utf8);
}

void table_more(struct table *t, struct dye_span utf8)
{
    if (t->status == DYE_OK)
        t->status = rows_more(&t->rows, utf8);
}

/* The buffer is kept between values, but not a huge one. */
static void text_clear(struct table *t)
{
    if (t->text.cap > 1 << 20)
        dye_buf_done(&t->text), dye_buf_init(&t->text, VALUE_MAX_BYTES, true);
    else
        dye_buf_clear(&t->text);
}

void table_value_in(struct table *t, enum dye_charset charset, struct dye_span bytes)
{
    if (t->status != DYE_OK)
        return;
    enum dye_status status = dye_text_to_utf8(charset, bytes, &t->text);
    if (status == DYE_E_LIMIT)
        table_fault(t, "limit: memory");
    else if (status != DYE_OK)
        t->status = status;
    table_text(t, dye_buf_span(&t->text));
    text_clear(t);
}

void table_value(struct table *t, struct dye_span bytes)
{
    enum dye_charset charset = dye_charset_detect(bytes);
    if (charset == DYE_CHARSET_ASCII)
        table_text(t, bytes);
    else
        table_value_in(t, charset, bytes);
}

static bool is_text(struct dye_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == 0x7f || (s.p[i] < 0x20 && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r'))
            return false;
    return dye_charset_detect(s) != DYE_CHARSET_UNKNOWN;
}

/* MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512. */
static bool is_digest(size_t n)
{
    return n == 16 || n == 20 || n == 28 || n == 32 || n == 48 || n == 64;
}

static void put_hex(struct table *t, struct dye_span bytes)
{
    static const char digits[] = "0123456789abcdef";
    char hex[128];
    for (size_t i = 0; i < bytes.n; i++) {
        hex[2 * i] = digits[bytes.p[i] >> 4];
        hex[2 * i + 1] = digits[bytes.p[i] & 15];
    }
    table_text(t, dye_span_of(hex, 2 * bytes.n));
}

/* Whatever is UTF-8 and no control character, a space for each run of other bytes. */
static void put_scraps(struct table *t, struct dye_span bytes)
{
    bool first = true;
    for (size_t i = 0; i < bytes.n;) {
        size_t start = i, n;
        while (i < bytes.n && bytes.p[i] >= 0x20 && bytes.p[i] != 0x7f &&
               (n = name_character(dye_span_of(bytes.p + i, bytes.n - i))) > 0)
            i += n;
        if (i == start) {
            i++;
            continue;
        }
        if (first)
            table_text(t, dye_span_of(bytes.p + start, i - start));
        else
            table_more(t, dye_span_str(" ")), table_more(t, dye_span_of(bytes.p + start, i - start));
        first = false;
    }
    if (first)
        table_text(t, dye_span_of(NULL, 0));
}

void table_blob(struct table *t, struct dye_span bytes)
{
    struct sniff is = sniff(dye_span_of(bytes.p, bytes.n < SNIFF_BYTES ? bytes.n : SNIFF_BYTES));
    if (is_text(bytes)) {
        table_value(t, bytes);
    } else if (is.class != SNIFF_PLAIN) {
        table_fault(t, is.reason != NULL ? is.reason : "unsupported");
        table_text(t, dye_span_of(NULL, 0));
    } else if (is_digest(bytes.n)) {
        put_hex(t, bytes);
    } else {
        put_scraps(t, bytes);
    }
}

bool table_row(struct table *t)
{
    if (t->status == DYE_OK)
        t->status = rows_end(&t->rows);
    if (t->status != DYE_OK)
        return false;
    struct decoding *d = t->rows.d;
    uint64_t written = d->part_bytes + t->rows.out.n;
    bool fits = container_budget_spend(&d->budget, (size_t)(written - t->charged));
    t->charged = written;
    if (!fits) {
        t->ratio = d->over = true;
        t->status = rows_flush(&t->rows);
        t->status = t->status == DYE_OK ? DYE_E_LIMIT : t->status;
    }
    return t->status == DYE_OK;
}

void table_fault(struct table *t, const char *fault)
{
    t->fault = t->fault != NULL ? t->fault : fault;
}

enum dye_status table_end(struct table *t, const char *fault)
{
    struct decoding *d = t->rows.d;
    if (t->status == DYE_OK)
        t->status = rows_flush(&t->rows);
    rows_done(&t->rows);
    dye_buf_done(&t->text);
    if (t->status != DYE_OK && t->status != DYE_E_LIMIT)
        return t->status;
    if (d->input->status != DYE_OK)
        return d->input->status;
    table_fault(t, fault);
    if (t->status == DYE_E_LIMIT) /* and nothing that was wrong before says more */
        t->fault = t->ratio ? "limit: ratio" : NULL;
    return part_end(d, t->fault);
}
