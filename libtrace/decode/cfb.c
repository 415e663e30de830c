#include "cfb.h"

#include "little.h"
#include "name.h"
#include "wide.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    HEADER_BYTES = 512,
    HEADER_DIFAT = 109,
    ENTRY_BYTES = 128,
    TABLE_MAX = 1 << 22, /* sectors of the mini stream, or its table: 256 MiB of small streams */
};
#define SECTOR_LAST 0xfffffff9u /* above stand marks: free, end of chain, of the table itself */
#define NO_ENTRY 0xffffffffu

/* Part of sector `n`, which need not be whole at the end of the file. */
static bool sector_read(const struct cfb *c, uint32_t n, size_t from, void *p, size_t size)
{
    return n <= SECTOR_LAST && whole_read(c->w, ((uint64_t)n + 1) << c->shift | from, p, size);
}

static void swap_table(uint32_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = little32((const uint8_t *)&p[i]);
}

/* What follows sector n; above SECTOR_LAST at the end or when the table does not say. */
static uint32_t next_sector(struct cfb *c, uint32_t n)
{
    size_t per = (size_t)1 << (c->shift - 2);
    uint32_t page = (uint32_t)(n / per);
    if (n > SECTOR_LAST || page >= c->n_fat)
        return NO_ENTRY;
    if (page != c->fat_page) {
        c->fat_page = NO_ENTRY;
        if (!sector_read(c, c->fat_at[page], 0, c->fat, 4 * per))
            return NO_ENTRY;
        swap_table(c->fat, per);
        c->fat_page = page;
    }
    return c->fat[n % per];
}

/* Where the table stands: in the header, and in a chain of sectors for large files. */
static enum dye_status read_difat(struct cfb *c, const uint8_t header[HEADER_BYTES])
{
    size_t per = (size_t)1 << (c->shift - 2), cap = (size_t)(c->sectors / per) + HEADER_DIFAT + 1;
    c->fat = malloc(4 * per);
    c->fat_at = malloc(cap * sizeof *c->fat_at);
    uint32_t *page = malloc(4 * per);
    if (c->fat == NULL || c->fat_at == NULL || page == NULL) {
        free(page);
        return DYE_E_NOMEM;
    }
    for (size_t i = 0; i < HEADER_DIFAT; i++) {
        uint32_t at = little32(header + 76 + 4 * i);
        if (at <= SECTOR_LAST)
            c->fat_at[c->n_fat++] = at;
    }
    uint32_t at = little32(header + 68);
    for (uint64_t steps = 0; at <= SECTOR_LAST && steps <= c->sectors && sector_read(c, at, 0, page, 4 * per);
         steps++) {
        swap_table(page, per);
        for (size_t i = 0; i + 1 < per && c->n_fat < cap; i++)
            if (page[i] <= SECTOR_LAST)
                c->fat_at[c->n_fat++] = page[i];
        at = page[per - 1];
    }
    free(page);
    return DYE_OK;
}

/* A chain's sectors, as many as the file can have and `max` allows. */
static enum dye_status list_chain(struct cfb *c, uint32_t start, size_t max, uint32_t **ret, size_t *ret_n)
{
    size_t n = 0, cap = 0;
    uint32_t *list = NULL;
    for (uint32_t at = start; at <= SECTOR_LAST && n < c->sectors && n < max; at = next_sector(c, at)) {
        if (n == cap) {
            cap = cap != 0 ? 2 * cap : 64;
            uint32_t *wider = realloc(list, cap * sizeof *list);
            if (wider == NULL) {
                free(list);
                return DYE_E_NOMEM;
            }
            list = wider;
        }
        list[n++] = at;
    }
    *ret = list;
    *ret_n = n;
    return DYE_OK;
}

static void take_name(struct cfb_entry *e, const uint8_t *raw)
{
    struct dye_buf name;
    size_t bytes = little16(raw + 64);
    bytes = bytes > 64 ? 64 : bytes;
    size_t skip = bytes >= 2 && little16(raw) < 0x20 ? 2 : 0;
    dye_buf_init(&name, CFB_NAME_MAX_BYTES, false);
    (void)!wide_append(&name, dye_span_of(raw + skip, bytes - skip));
    if (name.n > 0)
        name_to_utf8(dye_buf_span(&name), e->name, sizeof e->name);
    dye_buf_done(&name);
}

static enum dye_status read_directory(struct cfb *c, uint32_t start)
{
    uint32_t *chain;
    size_t n, per = ((size_t)1 << c->shift) / ENTRY_BYTES;
    uint8_t raw[ENTRY_BYTES];
    DYE_TRY(list_chain(c, start, CFB_ENTRIES_MAX / per, &chain, &n));
    c->entries = calloc(n * per + 1, sizeof *c->entries);
    for (size_t i = 0; c->entries != NULL && i < n * per; i++) {
        if (!sector_read(c, chain[i / per], i % per * ENTRY_BYTES, raw, sizeof raw))
            break;
        struct cfb_entry *e = &c->entries[c->n++];
        *e = (struct cfb_entry){.type = raw[66],
                                .left = little32(raw + 68),
                                .right = little32(raw + 72),
                                .child = little32(raw + 76),
                                .start = little32(raw + 116),
                                .bytes = little32(raw + 120)};
        if (c->shift > 9) /* version 3 may leave anything in the upper half */
            e->bytes |= (uint64_t)little32(raw + 124) << 32;
        take_name(e, raw);
    }
    free(chain);
    return c->entries != NULL ? DYE_OK : DYE_E_NOMEM;
}

/* Tells every entry which storage it is in. The trees may be anything; each entry is gone to once. */
static enum dye_status climb(struct cfb *c)
{
    uint32_t *stack = malloc((c->n + 1) * sizeof *stack);
    size_t n = 0;
    if (stack == NULL)
        return DYE_E_NOMEM;
    if (c->n > 0) {
        c->entries[0].reached = true;
        stack[n++] = 0;
    }
    while (n > 0) {
        uint32_t at = stack[--n];
        const struct cfb_entry *e = &c->entries[at];
        const struct {
            uint32_t to, folder;
        } ways[] = {{e->left, e->folder}, {e->right, e->folder}, {e->child, at}};
        for (size_t i = at == 0 ? 2 : 0; i < 3; i++) {
            if (ways[i].to >= c->n || c->entries[ways[i].to].reached)
                continue;
            c->entries[ways[i].to].reached = true;
            c->entries[ways[i].to].folder = ways[i].folder;
            stack[n++] = ways[i].to;
        }
    }
    free(stack);
    return DYE_OK;
}

static enum dye_status read_mini(struct cfb *c, uint32_t table_start)
{
    uint32_t *chain;
    size_t n, per = (size_t)1 << (c->shift - 2);
    DYE_TRY(list_chain(c, table_start, TABLE_MAX / per, &chain, &n));
    c->mini_fat = malloc((n + 1) * per * 4);
    for (size_t i = 0; c->mini_fat != NULL && i < n; i++) {
        if (!sector_read(c, chain[i], 0, c->mini_fat + i * per, per * 4))
            break;
        c->n_mini_fat += per;
    }
    free(chain);
    if (c->mini_fat == NULL)
        return DYE_E_NOMEM;
    swap_table(c->mini_fat, c->n_mini_fat);
    return list_chain(c, c->entries[0].start, TABLE_MAX, &c->mini_at, &c->n_mini_at);
}

enum dye_status cfb_open(struct whole *w, struct cfb *ret, const char **ret_fault)
{
    uint8_t header[HEADER_BYTES];
    *ret = (struct cfb){.w = w, .fat_page = NO_ENTRY};
    *ret_fault = "truncated";
    if (!whole_read(w, 0, header, sizeof header))
        return DYE_OK;
    *ret_fault = "damaged";
    ret->shift = little16(header + 30);
    ret->mini_shift = little16(header + 32);
    ret->mini_below = little32(header + 56);
    if ((ret->shift != 9 && ret->shift != 12) || ret->mini_shift != 6 || little16(header + 28) != 0xfffe)
        return DYE_OK;
    ret->sectors = (w->bytes >> ret->shift) + 1;
    enum dye_status status = read_difat(ret, header);
    if (status == DYE_OK)
        status = read_directory(ret, little32(header + 48));
    if (status == DYE_OK)
        status = climb(ret);
    if (status == DYE_OK && ret->n > 0)
        status = read_mini(ret, little32(header + 60));
    if (status == DYE_OK && ret->n > 0)
        *ret_fault = NULL;
    else
        cfb_done(ret);
    return status;
}

void cfb_done(struct cfb *c)
{
    free(c->fat);
    free(c->fat_at);
    free(c->mini_fat);
    free(c->mini_at);
    free(c->entries);
    c->entries = NULL;
    c->n = 0;
}

struct cfb_entry *cfb_find(struct cfb *c, uint32_t folder, const char *name)
{
    for (size_t i = 1; i < c->n; i++)
        if (c->entries[i].type == CFB_STREAM && c->entries[i].folder == folder && strcmp(c->entries[i].name, name) == 0)
            return &c->entries[i];
    return NULL;
}

void cfb_path(const struct cfb *c, const struct cfb_entry *e, char *ret, size_t cap)
{
    char outer[DYE_PATH_MAX_BYTES + 1];
    snprintf(ret, cap, "%s", e->name);
    uint32_t folder = e->folder;
    for (int depth = 0; folder != 0 && depth < 64; depth++, folder = c->entries[folder].folder) {
        name_join(c->entries[folder].name, ret, outer, sizeof outer);
        snprintf(ret, cap, "%s", outer);
    }
}

static bool mini_next(struct cfb_stream *s, struct dye_span *ret)
{
    struct cfb *c = s->c;
    size_t n = 0, unit = (size_t)1 << c->mini_shift, per = (size_t)1 << (c->shift - c->mini_shift);
    while (s->left > 0 && n + unit <= sizeof s->piece && s->sector < c->n_mini_fat && s->steps++ <= c->n_mini_fat) {
        size_t in = s->sector / per, take = s->left < unit ? (size_t)s->left : unit;
        if (in >= c->n_mini_at || !sector_read(c, c->mini_at[in], s->sector % per << c->mini_shift, s->piece + n, take))
            break;
        n += take;
        s->left -= take;
        s->sector = c->mini_fat[s->sector];
    }
    *ret = dye_span_of(s->piece, n);
    return n > 0;
}

static bool big_next(struct cfb_stream *s, struct dye_span *ret)
{
    struct cfb *c = s->c;
    size_t n = 0, unit = (size_t)1 << c->shift;
    while (s->left > 0 && n + unit <= sizeof s->piece && s->sector <= SECTOR_LAST && s->steps++ <= c->sectors) {
        /* Sectors mostly follow each other: one read for all that do. */
        uint32_t first = s->sector, last = first;
        size_t run = unit;
        while ((s->sector = next_sector(c, last)) == last + 1 && run < s->left && n + run + unit <= sizeof s->piece &&
               s->steps++ <= c->sectors) {
            last = s->sector;
            run += unit;
        }
        size_t take = s->left < run ? (size_t)s->left : run;
        uint64_t at = ((uint64_t)first + 1) << c->shift;
        if (at < c->w->bytes && take > c->w->bytes - at) /* the last sector may be short */
            take = (size_t)(c->w->bytes - at);
        if (!sector_read(c, first, 0, s->piece + n, take) || take == 0)
            break;
        n += take;
        s->left -= take;
        if (take < run)
            break;
    }
    *ret = dye_span_of(s->piece, n);
    return n > 0;
}

static bool stream_next(struct feed *f, struct dye_span *ret)
{
    struct cfb_stream *s = (struct cfb_stream *)f;
    if (s->left == 0)
        return false;
    if (s->mini ? mini_next(s, ret) : big_next(s, ret)) {
        /* Streams may lie over each other, so what they give is counted like what is decompressed. */
        if (container_budget_spend(&s->c->w->d->budget, ret->n))
            return true;
        f->broken = "limit: ratio";
        s->c->w->d->over = true;
        return false;
    }
    f->broken = s->c->w->fault != NULL ? s->c->w->fault : "damaged";
    return false;
}

struct cfb_stream *cfb_read(struct cfb *c, const struct cfb_entry *e)
{
    struct cfb_stream *s = malloc(sizeof *s);
    if (s == NULL)
        return NULL;
    memset(s, 0, offsetof(struct cfb_stream, piece));
    s->feed.next = stream_next;
    s->c = c;
    s->left = e->bytes;
    s->sector = e->start;
    s->mini = e->bytes < c->mini_below;
    return s;
}

void cfb_stream_free(struct cfb_stream *s)
{
    free(s);
}
