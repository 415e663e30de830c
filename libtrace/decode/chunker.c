#include "dye/chunker.h"

#include "dialect.h"
#include "turn.h"

#include "dye/key.h"

#include <assert.h>
#include <stdlib.h>

enum { SAMPLE_BYTES = 1 << 16 };

struct dye_chunker {
    size_t target, max;
    dye_chunk_fn fn;
    void *arg;
    enum dye_unit unit;
    bool tokens_only;    /* nobody asks for records */
    bool named;          /* the first row is the columns' names, whatever it looks like */
    uint8_t *p;          /* max bytes */
    size_t n;            /* of the chunk in the making */
    size_t high;         /* the most that p ever held: what has to be wiped */
    size_t looked;       /* no border before here */
    size_t border;       /* while the callback has a chunk: where the next one begins */
    struct dye_buf text; /* wide charsets: of p */
    uint32_t number;
    uint64_t start, rows;
    bool begun;    /* the layout is known */
    bool finished; /* so is everything else: the next bytes are another part's */
    bool cut_a_record;
    uint32_t turns;           /* how often it changed in the part */
    bool brief;               /* the next chunk holds one record */
    bool walked;              /* `walk` stands at the border */
    struct dye_layout layout; /* where the chunk in the making begins */
    struct dye_records walk;
};

/* Where a chunk may end, in its bytes and in its text; bytes 0: not known yet. */
struct border {
    size_t bytes, text;
    bool forced, early; /* inside a record; before one that is long */
    bool turns;         /* another layout begins there */
};

struct dye_chunker *dye_chunker_new(size_t target_bytes, size_t max_bytes, dye_chunk_fn fn, void *arg)
{
    assert(target_bytes > 0 && target_bytes <= max_bytes);
    struct dye_chunker *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->target = target_bytes;
    c->max = max_bytes;
    c->fn = fn;
    c->arg = arg;
    c->p = malloc(max_bytes);
    dye_buf_init(&c->text, 2 * max_bytes + 16, true); /* two bytes of UTF-16 are up to three of UTF-8 */
    if (c->p == NULL) {
        free(c);
        return NULL;
    }
    return c;
}

void dye_chunker_free(struct dye_chunker *c)
{
    if (c == NULL)
        return;
    dye_wipe(c->p, c->high);
    free(c->p);
    dye_buf_done(&c->text);
    free(c);
}

void dye_chunker_ignore_records(struct dye_chunker *c)
{
    c->tokens_only = true;
}

void dye_chunker_begin_part(struct dye_chunker *c, const struct dye_part *part)
{
    static const char *const named[] = {"sqlite", "access", "dbf", "xml"};
    dye_chunker_begin(c, part->unit);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        c->named = c->named || (part->unit == DYE_UNIT_CELL && strcmp(part->format, named[i]) == 0);
}

void dye_chunker_begin(struct dye_chunker *c, enum dye_unit unit)
{
    c->unit = unit;
    c->named = false;
    c->n = c->looked = 0;
    c->number = 0;
    c->start = c->rows = 0;
    c->turns = 0;
    c->begun = c->finished = c->cut_a_record = c->brief = c->walked = false;
}

const struct dye_layout *dye_chunker_layout(const struct dye_chunker *c)
{
    return c->begun ? &c->layout : NULL;
}

bool dye_chunker_turned(const struct dye_chunker *c)
{
    return c->turns > 0;
}

bool dye_chunker_cut_a_record(const struct dye_chunker *c)
{
    return c->cut_a_record;
}

/* ---- text ---- */

static bool is_wide(const struct dye_chunker *c)
{
    return dye_charset_is_wide(c->layout.charset);
}

/* Whether nothing is walked. */
static bool by_tokens(const struct dye_chunker *c)
{
    return c->tokens_only && !is_wide(c);
}

/* Whole units up to n, and no first half of a surrogate pair at the end. */
static size_t whole_units(const struct dye_chunker *c, size_t n)
{
    n -= n % 4;
    if (n >= 2 && c->layout.charset == DYE_CHARSET_UTF16LE && (c->p[n - 1] & 0xfc) == 0xd8)
        n -= 2;
    if (n >= 2 && c->layout.charset == DYE_CHARSET_UTF16BE && (c->p[n - 2] & 0xfc) == 0xd8)
        n -= 2;
    return n;
}

/* Turns the first n bytes into text; *ret_target is where those up to `target` end in it. */
static enum dye_status read_text(struct dye_chunker *c, size_t n, size_t *ret_target)
{
    size_t first = whole_units(c, c->target < n ? c->target : n);
    dye_buf_clear(&c->text);
    DYE_TRY(dye_text_to_utf8(c->layout.charset, dye_span_of(c->p, first), &c->text));
    *ret_target = c->text.n;
    return dye_text_to_utf8(c->layout.charset, dye_span_of(c->p + first, n - first), &c->text);
}

/* How many rows make another layout: more where it has changed often, as in lines that were sorted together, which
 * would make a chunk of every few. */
static size_t turn_rows(const struct dye_chunker *c)
{
    enum { OFTEN = 64, MOST = 4 };
    uint32_t often = c->turns / OFTEN;
    return (size_t)TURN_ROWS << (often < MOST ? often : MOST);
}

/* The layout from c->p on; of a part that has begun, in its charset. */
static enum dye_status detect(struct dye_chunker *c)
{
    struct dye_span sample = dye_span_of(c->p, c->n < SAMPLE_BYTES ? c->n : SAMPLE_BYTES);
    if (c->number == 0)
        c->layout.charset = c->unit == DYE_UNIT_BYTE ? dye_charset_detect(sample) : DYE_CHARSET_UTF8;
    if (is_wide(c)) {
        size_t target;
        DYE_TRY(read_text(c, whole_units(c, sample.n), &target));
        sample = dye_buf_span(&c->text);
    }
    if (c->unit == DYE_UNIT_BYTE && !by_tokens(c))
        turn_detect(c->layout.charset, sample, turn_rows(c), &c->layout);
    else
        dye_layout_detect(c->unit, c->layout.charset, sample, &c->layout);
    if (c->named)
        dialect_take_header(sample, &c->layout);
    c->begun = true;
    return DYE_OK;
}

/* ---- borders ---- */

/* Bytes that neither stand in a token nor can be the second half of a GB18030 character, which is 0x30-0x39 or
 * 0x40 and above. */
static bool parts_tokens(uint8_t b)
{
    return b < 0x40 && !dye_is_digit(b) && b != '.' && b != '%' && b != '+' && b != '-';
}

/* Every line end ends a record: no need to walk them. */
static bool is_by_line(const struct dye_layout *l)
{
    return l->kind == DYE_LAYOUT_LINES || l->kind == DYE_LAYOUT_CELLS || l->kind == DYE_LAYOUT_TEXT ||
           (l->kind == DYE_LAYOUT_DELIMITED && l->quote == 0) || (l->kind == DYE_LAYOUT_JSON && l->by_line);
}

static struct border line_border(struct dye_chunker *c, size_t target, bool last)
{
    size_t from = c->looked > target - 1 ? c->looked : target - 1;
    const uint8_t *lf = from < c->n ? memchr(c->p + from, '\n', c->n - from) : NULL;
    bool early = lf == NULL && !last && c->n == c->max;
    if (early)
        lf = memrchr(c->p, '\n', c->n);
    size_t at = lf != NULL ? (size_t)(lf - c->p) + 1 : last ? c->n : 0;
    c->looked = at == 0 ? c->n : from;
    return (struct border){.bytes = at, .text = at, .early = early};
}

enum turn { TURN_NONE, TURN_HERE, TURN_UNKNOWN };

/* Whether another layout begins at `at` of the text. What it may be is asked of as much as the part has, or the buffer
 * would hold, of TURN_SAMPLE_BYTES. */
static enum turn turns_at(const struct dye_chunker *c, struct dye_span text, size_t at, bool last)
{
    size_t left = text.n - at;
    if (left < TURN_SAMPLE_BYTES && !last && c->n < c->max)
        return TURN_UNKNOWN;
    struct dye_span sample = dye_span_of(text.p + at, left < TURN_SAMPLE_BYTES ? left : TURN_SAMPLE_BYTES);
    return turn_confirmed(&c->layout, sample, turn_rows(c)) ? TURN_HERE : TURN_NONE;
}

/*
 * Walks the records of text[0, end) to the first that ends at or beyond `target`, or to where the layout changes. What
 * looked like a change and was none is, after some of them in a chunk, not followed by another look before twice as
 * far: of a part that is full of them they cost no more than its bytes do.
 */
static enum turn walk(struct dye_chunker *c, struct dye_span text, size_t end, size_t target, bool last, size_t *ret)
{
    enum { LINE_ENDS = 2, ROWS = 32, FREE = 64 }; /* three rows are longer */
    unsigned tries = 0;
    bool first = (c->layout.state & LAYOUT_BEGUN) == 0, more;
    size_t before = 0, not_before = 0, wait = TURN_SAMPLE_BYTES;
    struct turn_watch watch;
    turn_watch_init(&watch, &c->layout);
    *ret = 0;
    dye_records_init(&c->walk, &c->layout, dye_span_of(text.p, end));
    do {
        more = dye_records_next(&c->walk);
        size_t start = c->walk.start, at = SIZE_MAX;
        bool look = start - before > (more ? ROWS : LINE_ENDS);
        if (watch.lines)
            look = more && turn_watch_odd(&watch, text.p + start, c->walk.end - start);
        if (look && start >= not_before && c->unit == DYE_UNIT_BYTE)
            at = turn_suspected(&c->walk, before);
        if (at != SIZE_MAX && at >= not_before && (at > 0 || !first) &&
            !turn_ruled_out(&c->layout, dye_span_of(text.p + at, text.n - at), turn_rows(c))) {
            enum turn turn = turns_at(c, text, at, last);
            *ret = turn == TURN_HERE ? at : *ret;
            if (turn != TURN_NONE)
                return turn;
            not_before = at + 1;
            if (++tries > FREE) {
                not_before = at + wait;
                wait *= 2;
            }
        }
        before = c->walk.next;
        if (more && c->walk.closed && (*ret = c->walk.next) >= target)
            return TURN_NONE;
    } while (more);
    return TURN_NONE;
}

/* Between two values, or else between two tokens. */
static void force(const struct dye_chunker *c, struct border *b, struct dye_span text)
{
    size_t cut = by_tokens(c) ? text.n : 0;
    while (cut > c->target && text.p[cut - 1] != ',' && text.p[cut - 1] != ';')
        cut--;
    if (cut > c->target) {
        b->text = cut;
        return;
    }
    cut = text.n;
    while (cut > 0 && !parts_tokens(text.p[cut - 1]))
        cut--;
    b->text = cut > 0 ? cut : text.n;
    b->forced = true;
}

/* Where the chunk in the making ends; undecided when more bytes have to come. Looks at what is there when the buffer is
 * full or the part has ended, except by lines, and so always at the same. */
static enum dye_status find_border(struct dye_chunker *c, bool last, struct border *ret)
{
    struct dye_span text = dye_span_of(c->p, c->n);
    size_t target = c->brief ? 1 : c->target, looked = c->looked, ended;
    bool full = c->n == c->max, by_line = by_tokens(c) || (!is_wide(c) && is_by_line(&c->layout));
    *ret = (struct border){.forced = false};
    if (!by_line && !full && !last)
        return DYE_OK;
    if (is_wide(c)) {
        DYE_TRY(read_text(c, last ? c->n : whole_units(c, c->n), &target));
        target = c->brief || target == 0 ? 1 : target;
        text = dye_buf_span(&c->text);
    }
    if (by_line)
        *ret = line_border(c, target, last);
    c->walked = !by_tokens(c) && (!by_line || ret->text > 0);
    if (c->walked) {
        enum turn turn = walk(c, text, by_line ? ret->text : text.n, by_line ? SIZE_MAX : target, last, &ended);
        if (turn == TURN_UNKNOWN) {
            c->looked = looked;
            *ret = (struct border){.forced = false};
            return DYE_OK;
        }
        if (turn == TURN_HERE)
            *ret = (struct border){.text = ended, .turns = true};
        else if (!by_line)
            *ret = ended >= target ? (struct border){.text = ended}
                                   : (struct border){.text = last ? text.n : ended, .early = !last};
        c->walked = turn == TURN_NONE && (by_line || last || ended >= target);
    }
    if (ret->text == 0 && full && !ret->turns)
        force(c, ret, text);
    if (ret->text == text.n && (last || !is_wide(c)))
        ret->bytes = c->n;
    else
        ret->bytes = is_wide(c) ? dye_text_wide_bytes(c->layout.charset, dye_span_of(text.p, ret->text)) : ret->text;
    return DYE_OK;
}

/* ---- chunks ---- */

/* Rows and fields that the next chunk has before it. */
static void count_places(struct dye_chunker *c, const struct dye_chunk *chunk)
{
    if (c->unit == DYE_UNIT_BYTE)
        return;
    struct dye_chunk_cursor end = {0};
    (void)dye_chunk_place(chunk, &end, chunk->text.n);
    c->rows += end.rows;
    c->walk.layout.column = end.rows > 0 ? end.fields : c->layout.column + end.fields;
}

/* Delivers what lies before the border and keeps the rest as the start of the next chunk. */
static enum dye_status deliver(struct dye_chunker *c, const struct border *b)
{
    struct dye_span text = dye_span_of(is_wide(c) ? c->text.p : c->p, b->text);
    if (by_tokens(c)) {
        c->walk.layout = c->layout;
        c->walk.count = 0;
        c->cut_a_record = c->cut_a_record || b->forced;
    } else if (!c->walked || b->forced) {
        bool inside = false;
        dye_records_init(&c->walk, &c->layout, text);
        while (dye_records_next(&c->walk))
            inside = !c->walk.closed;
        if (b->forced && inside) {
            c->walk.layout.state |= DYE_LAYOUT_INSIDE;
            c->cut_a_record = true;
        }
    }
    struct dye_chunk chunk = {.number = c->number,
                              .start = c->start,
                              .bytes = {c->p, b->bytes},
                              .text = text,
                              .layout = &c->layout,
                              .unit = c->unit,
                              .rows_before = c->rows,
                              .records = c->walk.count};
    count_places(c, &chunk);
    c->border = b->bytes;
    enum dye_status status = c->fn(c->arg, &chunk);
    c->number++;
    c->start += b->bytes;
    c->layout = c->walk.layout;
    c->walked = c->brief = false;
    c->begun = !b->turns;
    c->turns += b->turns;
    c->looked = 0;
    c->n -= b->bytes;
    memmove(c->p, c->p + c->border, c->n);
    return status;
}

void dye_chunker_swap(struct dye_chunker *c, struct dye_chunk_memory *m)
{
    struct dye_chunk_memory old = {c->p, c->high};
    size_t rest = c->n - c->border;
    memcpy(m->p, c->p + c->border, rest);
    c->p = m->p;
    c->high = m->high > rest ? m->high : rest;
    c->border = 0;
    *m = old;
}

static size_t sample_bytes(const struct dye_chunker *c)
{
    return c->max < SAMPLE_BYTES ? c->max : SAMPLE_BYTES;
}

static enum dye_status deliver_all(struct dye_chunker *c, bool last)
{
    while (c->n > 0) {
        struct border b;
        if (!c->begun && c->n < sample_bytes(c) && !last)
            return DYE_OK;
        if (!c->begun)
            DYE_TRY(detect(c));
        DYE_TRY(find_border(c, last, &b));
        if (b.turns && b.bytes == 0) {
            /* Where a chunk ends, which may have its full size: a shorter one follows, so that who passes over chunks
             * of that size meets the change. */
            c->begun = false;
            c->brief = true;
            c->turns++;
            continue;
        }
        if (b.bytes == 0)
            return DYE_OK;
        DYE_TRY(deliver(c, &b));
    }
    return DYE_OK;
}

uint8_t *dye_chunker_room(struct dye_chunker *c, size_t *ret_n)
{
    if (c->finished)
        dye_chunker_begin(c, DYE_UNIT_BYTE);
    *ret_n = (c->begun ? c->max : sample_bytes(c)) - c->n;
    return c->p + c->n;
}

bool dye_chunker_resume(struct dye_chunker *c, size_t n, uint32_t number, uint64_t start)
{
    if (c->begun || c->unit != DYE_UNIT_BYTE || c->n > 0 || n != sample_bytes(c))
        return false;
    c->n = n;
    c->high = n > c->high ? n : c->high;
    bool known = detect(c) == DYE_OK && !is_wide(c) && (c->tokens_only || is_by_line(&c->layout));
    c->n = 0;
    c->begun = known;
    if (known)
        dye_chunker_pass(c, number, start);
    return known;
}

void dye_chunker_pass(struct dye_chunker *c, uint32_t chunks, uint64_t bytes)
{
    assert(c->begun && c->n == 0);
    c->number += chunks;
    c->start += bytes;
    if (chunks > 0)
        c->layout.state |= LAYOUT_BEGUN;
}

enum dye_status dye_chunker_feed(struct dye_chunker *c, struct dye_span in)
{
    if (c->finished)
        dye_chunker_begin(c, DYE_UNIT_BYTE);
    size_t sample = sample_bytes(c);
    while (in.n > 0) {
        size_t room = (c->begun ? c->max : sample) - c->n, take = in.n < room ? in.n : room;
        if (in.p != c->p + c->n) /* else it is there already: dye_chunker_room */
            memcpy(c->p + c->n, in.p, take);
        c->n += take;
        c->high = c->n > c->high ? c->n : c->high;
        in = dye_span_of(in.p + take, in.n - take);
        DYE_TRY(deliver_all(c, false));
    }
    return DYE_OK;
}

enum dye_status dye_chunker_finish(struct dye_chunker *c)
{
    enum dye_status status = deliver_all(c, true);
    dye_wipe(c->p, c->high);
    dye_buf_clear(&c->text);
    c->n = c->high = 0;
    c->finished = true;
    return status;
}
