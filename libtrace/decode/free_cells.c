#include "free_cells.h"

enum { HEAD = 8, PAGE_MOST = 65536, LOST = 4, CELL_LEAST = 4, NUMBER = 4, OVERFLOW_MARGIN = 35 };

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

/* 1.6: how much of a record stands in its leaf, of so many usable bytes. */
static uint64_t bytes_here(uint64_t record, size_t usable)
{
    size_t most = usable - OVERFLOW_MARGIN, least = (usable - 12) * 32 / 255 - 23;
    if (record <= most)
        return record;
    uint64_t fit = least + (record - least) % (usable - NUMBER);
    return fit <= most ? fit : least;
}

/* The values behind a header of `head` bytes that the record begins with. Returns the bytes of the record that stand
 * here, with the number of the page where it goes on; 0 where they don't. */
static size_t take_values(struct cell *ret, struct dye_span record, uint64_t head, uint64_t total, size_t usable)
{
    uint64_t here = bytes_here(head + total, usable);
    if (head > here || here > record.n)
        return 0;
    ret->body = dye_span_of(record.p + head, (size_t)(here - head));
    ret->spilled = head + total - here;
    ret->overflow = 0;
    if (ret->spilled == 0)
        return (size_t)here;
    if (record.n - here < NUMBER)
        return 0;
    const uint8_t *p = record.p + here;
    ret->overflow = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return (size_t)here + NUMBER;
}

/* A cell that s begins with, its lengths agreeing. */
static bool read_cell(struct dye_span s, size_t usable, struct cell *ret)
{
    struct dye_span left = s, record;
    uint64_t length, head, total;
    if (!cell_varint(&left, &length) || length < 2 || length > INT32_MAX || !cell_varint(&left, &ret->row))
        return false;
    record = left;
    if (!cell_varint(&left, &head) || head > length || head > record.n || head < record.n - left.n + 1)
        return false;
    if (!cell_types(dye_span_of(left.p, (size_t)head - (record.n - left.n)), ret, &total) || total != length - head)
        return false;
    size_t bytes = take_values(ret, record, head, total, usable);
    ret->numbered = true;
    ret->bytes = (size_t)(record.p - s.p) + bytes;
    ret->bytes = ret->bytes < CELL_LEAST ? CELL_LEAST : ret->bytes;
    return bytes > 0 && ret->bytes <= s.n;
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
    size_t of_length = varint_bytes(head + total), bytes = take_values(ret, record, head, total, f->page.n);
    ret->bytes = before + bytes;
    return bytes > 0 && before >= of_length + 1 && before <= of_length + 9;
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
    if (head > 127 || !fits(f, ret, types) || before < varint_bytes(head + total) + 1)
        return false;
    size_t bytes = take_values(ret, dye_span_of(s.p + before, s.n - before), head, total, f->page.n);
    ret->bytes = before + bytes;
    return bytes > 0;
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

/* Whether the cell at i leads to the end of the free bytes, or to what does. */
static bool is_linked(const struct free_cells *f, size_t i)
{
    const struct cell *c = &f->cell;
    bool may_go_on = c->overflow == 0 || (c->overflow > 1 && c->overflow <= f->pages);
    return c->body.n > 0 && i + c->bytes == f->next && may_go_on;
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
        is = is && is_linked(f, i);
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
        bool is = s.p[0] != 0 && read_cell(s, f->page.n, c) && c->row <= INT64_MAX && (f->n == 0 || fits(f, c, 0));
        count_steps(f);
        return is && is_linked(f, i);
    }
    return f->n > 0 && (lost_at(f, i, LOST - 2, FARTHEST));
}

bool free_cells_clean(const struct cell *c)
{
    struct dye_span left = c->body;
    for (size_t i = 0; i < c->n; i++) {
        uint64_t wanted = cell_type_bytes(c->types[i]);
        size_t n = wanted < left.n ? (size_t)wanted : left.n;
        for (size_t k = 0; kind_of(c->types[i]) == IS_TEXT && k < n; k++)
            if (left.p[k] < ' ' && left.p[k] != '\n' && left.p[k] != '\r' && left.p[k] != '\t')
                return false;
        left = dye_span_of(left.p + n, left.n - n);
    }
    return true;
}

/* Free bytes [start, end) of the page. */
static void read_hole(struct free_cells *f, size_t start, size_t end, cell_fn fn, void *arg)
{
    f->end = f->next = end;
    for (size_t i = end; i-- > start;)
        if (cell_at(f, i)) {
            f->next = i;
            if (!f->utf8 || free_cells_clean(&f->cell))
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
