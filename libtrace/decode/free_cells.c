#include "free_cells.h"

enum { HEAD = 8, PAGE_MOST = 65536, LOST = 4, CELL_LEAST = 4, OVERFLOW_MARGIN = 35 };

static size_t two(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

bool cell_varint(struct dye_span *s, uint64_t *ret)
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

uint64_t cell_type_bytes(uint64_t type)
{
    static const uint8_t fixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return type < sizeof fixed ? fixed[type] : (type - 12) / 2;
}

/* The next type of a header, behind those that ret has. */
static bool take_type(struct dye_span *head, struct cell *ret, uint64_t *total)
{
    uint64_t type;
    if (ret->n == CELL_VALUES_MAX || !cell_varint(head, &type) || type == 10 || type == 11 ||
        cell_type_bytes(type) > INT32_MAX)
        return false;
    ret->types[ret->n++] = type;
    *total += cell_type_bytes(type);
    return *total <= INT32_MAX;
}

bool cell_types(struct dye_span head, struct cell *ret, uint64_t *ret_total)
{
    ret->n = 0;
    *ret_total = 0;
    while (head.n > 0)
        if (!take_type(&head, ret, ret_total))
            return false;
    return ret->n > 0;
}

/* A whole cell that s begins with, its lengths agreeing. */
static bool read_cell(struct dye_span s, size_t page_bytes, struct cell *ret)
{
    struct dye_span left = s, record;
    uint64_t length, head, total;
    if (!cell_varint(&left, &length) || length < 3 || length > page_bytes - OVERFLOW_MARGIN ||
        !cell_varint(&left, &ret->row) || ret->row > INT64_MAX || length > left.n)
        return false;
    record = dye_span_of(left.p, (size_t)length);
    left = record;
    if (!cell_varint(&left, &head) || head >= length || head < record.n - left.n + 1)
        return false;
    size_t before = record.n - left.n;
    if (!cell_types(dye_span_of(left.p, (size_t)head - before), ret, &total) || total != length - head)
        return false;
    ret->numbered = true;
    ret->body = dye_span_of(record.p + head, (size_t)total);
    ret->bytes = (size_t)(record.p - s.p) + record.n;
    ret->bytes = ret->bytes < CELL_LEAST ? CELL_LEAST : ret->bytes;
    return ret->bytes <= s.n;
}

/* ---- what the rows in use have in common ---- */

enum { IS_NULL = 1, IS_INTEGER = 2, IS_REAL = 4, IS_BLOB = 8, IS_TEXT = 16 };

static uint8_t kind_of(uint64_t type)
{
    if (type >= 12)
        return type % 2 == 1 ? IS_TEXT : IS_BLOB;
    return type == 0 ? IS_NULL : type == 7 ? IS_REAL : IS_INTEGER;
}

struct shape {
    struct free_cells *f;
    size_t rows;
};

static void note_shape(void *arg, const struct cell *c)
{
    struct shape *s = arg;
    struct free_cells *f = s->f;
    if (s->rows++ == 0) {
        f->n = c->n;
        memset(f->are, 0, sizeof f->are);
    }
    f->n = c->n == f->n ? f->n : 0;
    f->small = f->small || c->row < 128;
    for (size_t i = 0; i < c->n; i++)
        f->are[i] |= kind_of(c->types[i]);
}

/* Whether values from `first` on are of kinds that their columns have. */
static bool fits(const struct free_cells *f, const struct cell *c, size_t first)
{
    if (c->n > f->n)
        return false;
    for (size_t i = first; i < c->n; i++)
        if ((f->are[i] & kind_of(c->types[i])) == 0)
            return false;
    return true;
}

static bool is_leaf(struct dye_span page)
{
    return page.n >= 480 && page.n <= PAGE_MOST && page.p[0] == CELL_LEAF && HEAD + 2 * two(page.p + 3) <= page.n;
}

void free_cells_used(struct dye_span page, cell_fn fn, void *arg)
{
    struct cell c;
    size_t cells = is_leaf(page) ? two(page.p + 3) : 0, left = page.n;
    for (size_t i = 0; i < cells && left > 0; i++) {
        size_t at = two(page.p + HEAD + 2 * i);
        c.n = 0;
        if (at >= HEAD + 2 * cells && at < page.n && read_cell(dye_span_of(page.p + at, page.n - at), page.n, &c))
            fn(arg, &c);
        left -= c.n + 1 < left ? c.n + 1 : left; /* cells that overlap have more types than the page has bytes */
    }
}

/* ---- one that lost its first bytes ---- */

static size_t varint_bytes(uint64_t v)
{
    size_t n = 1;
    while (n < 9 && (v >>= 7) != 0)
        n++;
    return n;
}

/* The first `before` bytes were its length and its row's number, of which the header's length still stands. */
static bool behind_number(struct dye_span s, size_t before, const struct free_cells *f, struct cell *ret)
{
    uint64_t head, total;
    for (size_t i = LOST; i < before; i++)
        if (i >= s.n || (s.p[i] < 0x80) != (i + 1 == before))
            return false;
    if (before >= s.n)
        return false;
    struct dye_span left = dye_span_of(s.p + before, s.n - before), record = left;
    if (!cell_varint(&left, &head) || head > record.n || head < record.n - left.n + 1)
        return false;
    if (!cell_types(dye_span_of(left.p, (size_t)head - (record.n - left.n)), ret, &total) || ret->n != f->n ||
        !fits(f, ret, 0))
        return false;
    size_t of_length = varint_bytes(head + total);
    if (total > record.n - head || before < of_length + 1 || before > of_length + 9)
        return false;
    ret->body = dye_span_of(record.p + head, (size_t)total);
    ret->bytes = before + (size_t)(head + total);
    return true;
}

/* The header's length is lost too, and the first `types` of the types, 0 or 1: the latter where it is NULL in all rows,
 * as the row's number is that is a column. */
static bool without_head(struct dye_span s, size_t types, const struct free_cells *f, struct cell *ret)
{
    struct dye_span left = dye_span_of(s.p + LOST, s.n - LOST);
    uint64_t total = 0;
    if (types == 1 && (f->are[0] != IS_NULL || !f->small))
        return false;
    ret->types[0] = 0;
    ret->n = types;
    while (ret->n < f->n)
        if (!take_type(&left, ret, &total))
            return false;
    size_t head = s.n - LOST - left.n + 1 + types, before = LOST - 1 - types;
    if (head > 127 || total > left.n || !fits(f, ret, types) || before < varint_bytes(head + total) + 1)
        return false;
    ret->body = dye_span_of(left.p, (size_t)total);
    ret->bytes = before + head + (size_t)total;
    return true;
}

/* ---- free bytes ---- */

/* Whether a freeblock began at i: its length led to the end. */
static bool was_freeblock(const struct free_cells *f, size_t i)
{
    return i + LOST < f->end && two(f->page.p + i + 2) == f->end - i;
}

static void count_steps(struct free_cells *f)
{
    size_t steps = f->cell.n + 1;
    f->steps -= steps < f->steps ? steps : f->steps;
}

/* The cell at i that lost its first bytes, if just one count of them, of those before its header, makes sense. */
static bool lost_at(struct free_cells *f, size_t i, size_t least, size_t most)
{
    struct cell *c = &f->cell;
    struct dye_span s = dye_span_of(f->page.p + i, f->end - i);
    size_t ways = 0, way = 0;
    for (size_t k = least; k <= most + 1; k++) {
        size_t before = k <= most ? k : way; /* again, the only one */
        if (k > most && ways != 1)
            return false;
        bool is = before >= LOST ? behind_number(s, before, f, c) : without_head(s, LOST - 1 - before, f, c);
        c->numbered = false;
        count_steps(f);
        is = is && c->body.n > 0 && i + c->bytes == f->next;
        ways += is && k <= most;
        way = is ? before : way;
    }
    return true;
}

/* The cell at i that begins a chain up to the end of the free bytes. */
static bool cell_at(struct free_cells *f, size_t i)
{
    struct cell *c = &f->cell;
    struct dye_span s = dye_span_of(f->page.p + i, f->end - i);
    enum { FARTHEST = 12 }; /* bytes of a length and a number */
    if (!was_freeblock(f, i)) {
        bool is = s.p[0] != 0 && read_cell(s, f->page.n, c) && (f->n == 0 || fits(f, c, 0));
        count_steps(f);
        return is && i + c->bytes == f->next;
    }
    return f->n > 0 && (lost_at(f, i, LOST - 2, FARTHEST));
}

/* Whether its texts have no control bytes, as what cells begin with is full of. */
static bool is_clean(const struct cell *c)
{
    const uint8_t *p = c->body.p;
    for (size_t i = 0; i < c->n; p += cell_type_bytes(c->types[i++]))
        for (size_t k = 0; kind_of(c->types[i]) == IS_TEXT && k < cell_type_bytes(c->types[i]); k++)
            if (p[k] < ' ' && p[k] != '\n' && p[k] != '\r' && p[k] != '\t')
                return false;
    return true;
}

/* Free bytes [start, end) of the page. */
static void read_hole(struct free_cells *f, size_t start, size_t end, cell_fn fn, void *arg)
{
    f->end = f->next = end;
    for (size_t i = end; i-- > start;)
        if (cell_at(f, i)) {
            f->next = i;
            if (!f->utf8 || is_clean(&f->cell))
                fn(arg, &f->cell);
        }
}

void free_cells_read(struct free_cells *f, struct dye_span page, cell_fn fn, void *arg)
{
    enum { STEPS_A_BYTE = 64 };
    if (!is_leaf(page))
        return;
    const uint8_t *p = page.p;
    size_t pointers = HEAD + 2 * two(p + 3), cells = two(p + 5) != 0 ? two(p + 5) : PAGE_MOST;
    f->page = page;
    f->n = 0;
    f->small = false;
    f->steps = STEPS_A_BYTE * page.n;
    free_cells_used(page, note_shape, &(struct shape){.f = f});
    if (cells > pointers && cells <= page.n)
        read_hole(f, pointers, cells, fn, arg);
    /* Freeblocks come in order. */
    for (size_t at = two(p + 1), past = cells; at >= past && at + LOST <= page.n;) {
        size_t bytes = two(p + at + 2);
        if (bytes < LOST || bytes > page.n - at)
            break;
        read_hole(f, at, at + bytes, fn, arg);
        past = at + bytes;
        at = two(p + at);
    }
}
