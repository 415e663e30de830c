#include "free_pages.h"

#include "recode.h"
#include "table.h"

#include "dye/key.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE_MAX_BYTES = 65536, VALUES_MAX = 2000, LEAF = 13 };

struct pages {
    struct decoding *d;
    const struct whole *whole;
    const char *path;
    uint32_t page_bytes, left; /* pages that the list may still have: it may be a circle */
    const char *charset;       /* NULL: UTF-8 */
    struct table out;
    bool begun;
    struct dye_buf text;
    uint8_t trunk[PAGE_MAX_BYTES], leaf[PAGE_MAX_BYTES];
};

static uint64_t big(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

/* https://www.sqlite.org/fileformat2.html, 1.6: seven bits a byte, the ninth gives eight. False when s ends before. */
static bool take_varint(struct dye_span *s, uint64_t *ret)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 9 && i < s->n; i++) {
        v = i == 8 ? v << 8 | s->p[i] : v << 7 | (s->p[i] & 0x7f);
        if (i < 8 && (s->p[i] & 0x80) != 0)
            continue;
        *s = dye_span_of(s->p + i + 1, s->n - i - 1);
        *ret = v;
        return true;
    }
    return false;
}

/* 2.1, the table of serial types. */
static uint64_t bytes_of(uint64_t type)
{
    static const uint8_t fixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return type < sizeof fixed ? fixed[type] : (type - 12) / 2;
}

static void put_number(struct pages *x, uint64_t type, struct dye_span s)
{
    char text[32];
    uint64_t bits = big(s.p, s.n);
    double real;
    memcpy(&real, &bits, sizeof real);
    if (s.n > 0 && s.n < 8 && (s.p[0] & 0x80) != 0)
        bits |= UINT64_MAX << (8 * s.n);
    int n = type == 7 ? snprintf(text, sizeof text, "%.15g", real)
                      : snprintf(text, sizeof text, "%lld", (long long)(type == 8 || type == 9 ? type - 8 : bits));
    table_text(&x->out, dye_span_of(text, type == 0 ? 0 : (size_t)n));
}

static void put_value(struct pages *x, uint64_t type, struct dye_span s)
{
    if (type < 12) {
        put_number(x, type, s);
    } else if (type % 2 == 0) {
        table_blob(&x->out, s);
    } else if (x->charset == NULL) {
        table_value(&x->out, s);
    } else {
        (void)!recode_append(s, x->charset, &x->text);
        table_text(&x->out, dye_buf_span(&x->text));
        dye_buf_clear(&x->text);
    }
}

/* A record as far as it stands in this page. False when it makes no sense, and then nothing was written. */
static bool put_record(struct pages *x, uint64_t row, struct dye_span record)
{
    uint64_t head_bytes, type, total = 0, types[VALUES_MAX];
    size_t n = 0;
    char number[24];
    struct dye_span all = record;
    if (!take_varint(&record, &head_bytes) || head_bytes > all.n || head_bytes < all.n - record.n)
        return false;
    struct dye_span head = dye_span_of(record.p, (size_t)head_bytes - (all.n - record.n));
    for (; head.n > 0; n++) {
        if (n == VALUES_MAX || !take_varint(&head, &type) || type == 10 || type == 11 || bytes_of(type) > INT32_MAX)
            return false;
        types[n] = type;
        total += bytes_of(type);
    }
    if (n == 0 || total > INT32_MAX)
        return false;
    if (!x->begun)
        table_begin(&x->out, x->d, x->path, "deleted", "freepage");
    x->begun = true;
    snprintf(number, sizeof number, "%lld", (long long)row);
    table_text(&x->out, dye_span_str(number));
    struct dye_span body = dye_span_of(all.p + head_bytes, all.n - (size_t)head_bytes);
    for (size_t i = 0; i < n; i++) {
        uint64_t want = bytes_of(types[i]);
        bool whole = want <= body.n;
        size_t here = whole ? (size_t)want : body.n;
        put_value(x, whole || types[i] >= 12 ? types[i] : 0, dye_span_of(body.p, here));
        body = dye_span_of(body.p + here, body.n - here);
    }
    (void)table_row(&x->out);
    return true;
}

/* 1.6: a leaf of a table; a cell is the record's length, the row's number, the record. */
static void read_leaf(struct pages *x)
{
    size_t cells = (size_t)big(x->leaf + 3, 2);
    if (x->leaf[0] != LEAF || 8 + 2 * cells > x->page_bytes)
        return;
    for (size_t i = 0; i < cells; i++) {
        size_t at = (size_t)big(x->leaf + 8 + 2 * i, 2);
        uint64_t length, row;
        if (at < 8 + 2 * cells || at >= x->page_bytes)
            continue;
        struct dye_span cell = dye_span_of(x->leaf + at, x->page_bytes - at);
        if (take_varint(&cell, &length) && take_varint(&cell, &row) && length > 1)
            (void)put_record(x, row, dye_span_of(cell.p, length < cell.n ? (size_t)length : cell.n));
    }
}

static bool take_page(struct pages *x, uint64_t number, uint8_t *p)
{
    return number > 1 && x->left-- > 0 && whole_read(x->whole, (number - 1) * x->page_bytes, p, x->page_bytes);
}

/* 1.5: trunks hold the next one's number, how many leaves follow, and their numbers. */
static void read_list(struct pages *x, uint64_t trunk)
{
    while (take_page(x, trunk, x->trunk)) {
        uint64_t n = big(x->trunk + 4, 4), most = x->page_bytes / 4 - 2;
        for (uint64_t i = 0; i < n && i < most; i++) {
            if (!take_page(x, big(x->trunk + 8 + 4 * i, 4), x->leaf))
                return;
            read_leaf(x);
            if (x->begun && x->out.status != DYE_OK)
                return;
        }
        trunk = big(x->trunk, 4);
    }
}

enum dye_status free_pages_read(struct decoding *d, const struct whole *w, const char *path)
{
    uint8_t head[100];
    if (!whole_read(w, 0, head, sizeof head) || big(head + 36, 4) == 0)
        return DYE_OK;
    struct pages *x = calloc(1, sizeof *x);
    if (x == NULL)
        return DYE_E_NOMEM;
    uint32_t page = (uint32_t)big(head + 16, 2), encoding = (uint32_t)big(head + 56, 4);
    x->d = d;
    x->whole = w;
    x->path = path;
    x->page_bytes = page == 1 ? PAGE_MAX_BYTES : page;
    x->charset = encoding == 2 ? "UTF-16LE" : encoding == 3 ? "UTF-16BE" : NULL;
    dye_buf_init(&x->text, 4 * PAGE_MAX_BYTES, true);
    if (page == 1 || (page >= 512 && page <= 32768)) {
        x->left = (uint32_t)(w->bytes / x->page_bytes);
        read_list(x, big(head + 32, 4));
    }
    enum dye_status status = x->begun ? table_end(&x->out, NULL) : DYE_OK;
    dye_buf_done(&x->text);
    dye_wipe(x->leaf, sizeof x->leaf);
    dye_wipe(x->trunk, sizeof x->trunk);
    free(x);
    return status;
}
