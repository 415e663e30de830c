#include "free_pages.h"

#include "free_cells.h"
#include "recode.h"
#include "table.h"

#include "dye/key.h"

#define XXH_INLINE_ALL
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

enum { PAGE_MAX_BYTES = 65536, CHAIN_MAX_BYTES = 16 << 20 };
enum { NEXT = 4 }; /* a page that a row goes on in begins with the number of the next one */

struct pages {
    struct decoding *d;
    const struct whole *whole;
    const char *path;
    uint32_t page_bytes, usable, left; /* pages that the list may still have: it may be a circle */
    const char *charset;               /* NULL: UTF-8 */
    struct table out;
    bool begun;
    struct dye_buf text;
    uint8_t trunk[PAGE_MAX_BYTES], leaf[PAGE_MAX_BYTES];
    struct free_cells cells;
    struct cell rest;
    bool spilled;         /* there are rows that go on in other pages */
    struct dye_buf chain; /* the values of one */
    uint64_t pages;
    uint8_t *known;            /* a bit a page; then those that one row leads to, and that more do */
    uint64_t *seen, seen_mask; /* a filter of rows that are had already, by their values */
};

static uint64_t big(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
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

/* Values as far as they stand in this page. */
static void put_row(struct pages *x, const struct cell *c)
{
    char number[24] = "";
    struct dye_span body = c->body;
    if (!x->begun)
        table_begin(&x->out, x->d, x->path, "deleted", "freepage");
    x->begun = true;
    if (c->numbered)
        snprintf(number, sizeof number, "%lld", (long long)c->row);
    table_text(&x->out, dye_span_str(number));
    for (size_t i = 0; i < c->n; i++) {
        uint64_t want = cell_type_bytes(c->types[i]);
        bool whole = want <= body.n;
        size_t here = whole ? (size_t)want : body.n;
        put_value(x, whole || c->types[i] >= 12 ? c->types[i] : 0, dye_span_of(body.p, here));
        body = dye_span_of(body.p + here, body.n - here);
    }
    (void)table_row(&x->out);
}

/* Whether the row was noted, as one that is had or as one that has claimed its pages; it is then. */
enum noted { HAD, CLAIMED };
static bool note(struct pages *x, const struct cell *c, enum noted as)
{
    uint64_t h = c->body.n > 0 ? XXH3_64bits_withSeed(c->body.p, c->body.n, (uint64_t)c->overflow << 1 | as)
                               : XXH3_64bits(&c->row, sizeof c->row);
    bool was = true;
    for (unsigned k = 0; k < 2; k++, h >>= 32) {
        uint64_t *word = &x->seen[(h & x->seen_mask) / 64], bit = UINT64_C(1) << (h & 63);
        was = was && (*word & bit) != 0;
        *word |= bit;
    }
    return was;
}

static bool take_page(struct pages *x, uint64_t number, uint8_t *p)
{
    return number > 1 && x->left-- > 0 && whole_read(x->whole, (number - 1) * x->page_bytes, p, x->page_bytes);
}

/* What is known of pages. */
enum known { IS_FREE, IS_CLAIMED, IS_SHARED, KNOWN };

static uint8_t *bits_of(const struct pages *x, enum known what)
{
    return x->known + (size_t)what * (size_t)(x->pages / 8 + 1);
}

static bool is(const struct pages *x, enum known what, uint64_t page)
{
    return page > 0 && page <= x->pages && (bits_of(x, what)[(page - 1) / 8] >> (page - 1) % 8 & 1) != 0;
}

static void set(struct pages *x, enum known what, uint64_t page)
{
    bits_of(x, what)[(page - 1) / 8] |= (uint8_t)(1u << (page - 1) % 8);
}

/* 1.5: trunks hold the next one's number, how many leaves follow, and their numbers. */
static void mark_free(struct pages *x, uint64_t trunk)
{
    while (take_page(x, trunk, x->trunk)) {
        uint64_t n = big(x->trunk + 4, 4), most = x->page_bytes / 4 - 2;
        for (uint64_t i = 0; i < n && i < most; i++) {
            uint64_t leaf = big(x->trunk + 8 + 4 * i, 4);
            if (leaf > 0 && leaf <= x->pages)
                set(x, IS_FREE, leaf);
        }
        trunk = big(x->trunk, 4);
    }
}

/* ---- rows that go on in other pages ---- */

/* Marks the pages that a row leads to, up to one that another has. */
static void claim(struct pages *x, const struct cell *c)
{
    uint8_t next[NEXT];
    uint64_t left = c->spilled, page = c->overflow, each = x->usable - NEXT;
    x->spilled = true;
    if (note(x, c, CLAIMED))
        return;
    while (is(x, IS_FREE, page)) {
        bool another = is(x, IS_CLAIMED, page);
        set(x, another ? IS_SHARED : IS_CLAIMED, page);
        if (another || left <= each || !whole_read(x->whole, (page - 1) * x->page_bytes, next, sizeof next))
            return;
        left -= each;
        page = big(next, sizeof next);
    }
}

/* What the pages hold that a row leads to, in x->chain. False where it is not as long as the row says, or shared. */
static bool gather(struct pages *x, const struct cell *c)
{
    uint64_t left = c->spilled, page = c->overflow, each = x->usable - NEXT;
    bool good = left <= CHAIN_MAX_BYTES;
    dye_buf_clear(&x->chain);
    while (good && left > 0) {
        size_t n = (size_t)(left < each ? left : each);
        good = is(x, IS_CLAIMED, page) && !is(x, IS_SHARED, page) &&
               whole_read(x->whole, (page - 1) * x->page_bytes, x->trunk, x->page_bytes) &&
               dye_buf_append(&x->chain, x->trunk + NEXT, n) == DYE_OK;
        page = big(x->trunk, NEXT);
        left -= n;
    }
    return good && page == 0;
}

/* Bytes that a value's rest begins with and that are no whole character; `here` of it stand in the row's page. */
static uint64_t cut_bytes(const struct pages *x, uint64_t type, uint64_t here, struct dye_span rest)
{
    uint64_t n = 0;
    if (type < 12 || type % 2 == 0)
        return type < 12 ? rest.n : 0; /* half of a number is none */
    if (x->charset != NULL)
        return here % 2 < rest.n ? here % 2 : rest.n;
    while (n < rest.n && n < 3 && (rest.p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* The values of a row that don't stand in its page, and the rest of one that begins there. */
static void rest_of(const struct pages *x, const struct cell *c, struct dye_span chain, struct cell *ret)
{
    uint64_t here = c->body.n;
    size_t i = 0;
    while (i < c->n && cell_type_bytes(c->types[i]) <= here)
        here -= cell_type_bytes(c->types[i++]);
    ret->numbered = false;
    ret->n = 0;
    ret->body = chain;
    if (i < c->n && here > 0) {
        uint64_t type = c->types[i++], left = cell_type_bytes(type) - here;
        uint64_t cut = cut_bytes(x, type, here, dye_span_of(chain.p, (size_t)left));
        ret->body = dye_span_of(chain.p + cut, chain.n - (size_t)cut);
        if (type >= 12)
            ret->types[ret->n++] = type - 2 * (here + cut);
    }
    while (i < c->n)
        ret->types[ret->n++] = c->types[i++];
}

static void put_spilled(struct pages *x, const struct cell *c)
{
    put_row(x, c);
    if (!gather(x, c))
        return;
    rest_of(x, c, dye_buf_span(&x->chain), &x->rest);
    if (x->rest.n > 0 && (x->charset != NULL || free_cells_clean(&x->rest)))
        put_row(x, &x->rest);
}

/* ---- all pages ---- */

static void note_used(void *pages, const struct cell *c)
{
    (void)note(pages, c, HAD);
}

/* What is there, what pages hold that were put aside, what others held; and then, of the latter two, what goes on
 * elsewhere. In this order. */
enum round { USED, FREE, HOLES, LONG_FREE, LONG_HOLES, ROUNDS };

/* Pages that were split or joined leave rows behind that stand elsewhere too. */
static void put_short(void *pages, const struct cell *c)
{
    struct pages *x = pages;
    if (c->overflow != 0)
        claim(x, c);
    else if (!note(x, c, HAD) && (!x->begun || x->out.status == DYE_OK))
        put_row(x, c);
}

static void put_long(void *pages, const struct cell *c)
{
    struct pages *x = pages;
    if (c->overflow != 0 && !note(x, c, HAD) && (!x->begun || x->out.status == DYE_OK))
        put_spilled(x, c);
}

static void read_page(struct pages *x, enum round round, uint64_t page, struct dye_span usable)
{
    bool free = is(x, IS_FREE, page);
    cell_fn put = round >= LONG_FREE ? put_long : put_short;
    if (round == USED && !free)
        free_cells_used(usable, note_used, x);
    else if ((round == FREE || round == LONG_FREE) && free)
        free_cells_used(usable, put, x);
    else if (round == HOLES || round == LONG_HOLES)
        free_cells_read(&x->cells, usable, put, x);
}

/* Of all pages but the first, which is of the schema. */
static enum dye_status read_pages(struct pages *x, uint64_t trunk)
{
    enum { BYTES_A_BIT = 4, LEAST = 1 << 16, MOST = 1 << 27 };
    uint64_t bits = LEAST, bytes = x->whole->bytes;
    while (bits < bytes / BYTES_A_BIT && bits < MOST)
        bits *= 2;
    x->seen_mask = bits - 1;
    x->seen = calloc(bits / 64, sizeof *x->seen);
    x->known = calloc(x->pages / 8 + 1, KNOWN);
    bool enough = x->seen != NULL && x->known != NULL;
    if (enough)
        mark_free(x, trunk);
    for (enum round round = USED; enough && round < (x->spilled ? ROUNDS : LONG_FREE); round++)
        for (uint64_t i = 2; i <= x->pages && (!x->begun || x->out.status == DYE_OK); i++)
            if (whole_read(x->whole, (i - 1) * x->page_bytes, x->leaf, x->page_bytes))
                read_page(x, round, i, dye_span_of(x->leaf, x->usable));
    free(x->seen);
    free(x->known);
    return enough ? DYE_OK : DYE_E_NOMEM;
}

enum dye_status free_pages_read(struct decoding *d, const struct whole *w, const char *path)
{
    uint8_t head[100];
    if (!whole_read(w, 0, head, sizeof head))
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
    x->cells.utf8 = x->charset == NULL;
    dye_buf_init(&x->text, 2 * CHAIN_MAX_BYTES, true);
    dye_buf_init(&x->chain, CHAIN_MAX_BYTES, true);
    enum dye_status status = DYE_OK;
    if (page == 1 || (page >= 512 && page <= 32768)) {
        x->pages = w->bytes / x->page_bytes;
        x->left = x->cells.pages = (uint32_t)x->pages;
        x->usable = x->page_bytes - head[20];
        status = read_pages(x, big(head + 32, 4));
    }
    if (x->begun) {
        enum dye_status ended = table_end(&x->out, NULL);
        status = ended != DYE_OK ? ended : status;
    }
    dye_buf_done(&x->text);
    dye_buf_done(&x->chain);
    dye_wipe(x->leaf, sizeof x->leaf);
    dye_wipe(x->trunk, sizeof x->trunk);
    dye_wipe(&x->cells.cell, sizeof x->cells.cell);
    free(x);
    return status;
}
