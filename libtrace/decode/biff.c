#include "biff.h"

#include "little.h"
#include "wide.h"

#include "dye/text.h"

enum { WIDE = 1, PHONETIC = 4, RICH = 8 };

void biff_init(struct biff *b, struct feed *in)
{
    b->in = in;
    b->piece = (struct dye_span){NULL, 0};
    b->at = 0;
    b->id = b->next_id = b->next_n = 0;
    b->n = b->used = 0;
    b->has_next = b->cut = b->is_8 = false;
    b->codepage = 0;
}

static size_t pull(struct biff *b, uint8_t *p, size_t n)
{
    size_t had = 0;
    while (had < n) {
        if (b->piece.n == 0 && !feed_pull(b->in, &b->piece))
            break;
        size_t take = b->piece.n < n - had ? b->piece.n : n - had;
        memcpy(p + had, b->piece.p, take);
        b->piece = dye_span_of(b->piece.p + take, b->piece.n - take);
        had += take;
    }
    return had;
}

/* Reads the head of the record behind this one. */
static bool look_ahead(struct biff *b)
{
    uint8_t head[4];
    if (b->has_next)
        return true;
    size_t had = pull(b, head, sizeof head);
    b->cut = b->cut || (had != 0 && had != sizeof head);
    if (had != sizeof head)
        return false;
    b->next_id = (uint16_t)little16(head);
    b->next_n = (uint16_t)little16(head + 2);
    b->has_next = true;
    return true;
}

bool biff_next(struct biff *b)
{
    if (!look_ahead(b))
        return false;
    b->has_next = false;
    b->id = b->next_id;
    b->n = pull(b, b->data, b->next_n);
    b->at += 4 + (uint64_t)b->next_n;
    b->used = 0;
    b->cut = b->n != b->next_n;
    return !b->cut;
}

uint32_t biff_get16(const struct biff *b, size_t at)
{
    return at + 2 <= b->n ? little16(b->data + at) : 0;
}

uint32_t biff_get32(const struct biff *b, size_t at)
{
    return biff_get16(b, at) | biff_get16(b, at + 2) << 16;
}

double biff_get_double(const struct biff *b, size_t at)
{
    uint64_t bits = biff_get32(b, at) | (uint64_t)biff_get32(b, at + 4) << 32;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

double biff_get_rk(const struct biff *b, size_t at)
{
    return biff_rk(biff_get32(b, at));
}

double biff_rk(uint32_t rk)
{
    uint64_t bits = (uint64_t)(rk & ~3u) << 32;
    double v;
    memcpy(&v, &bits, sizeof v);
    if ((rk & 2) != 0)
        v = (double)((int32_t)rk >> 2);
    return (rk & 1) != 0 ? v / 100 : v;
}

const char *biff_error(unsigned code)
{
    static const struct {
        uint8_t code;
        const char *name;
    } errors[] = {{0, "#NULL!"}, {7, "#DIV/0!"}, {15, "#VALUE!"}, {23, "#REF!"}, {29, "#NAME?"}, {36, "#NUM!"}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code)
            return errors[i].name;
    return "#N/A";
}

/* To the record that continues this one. */
static bool go_on(struct biff *b)
{
    return look_ahead(b) && b->next_id == BIFF_CONTINUE && biff_next(b);
}

static bool get(struct biff *b, unsigned n, uint32_t *ret)
{
    *ret = 0;
    for (unsigned i = 0; i < n; i++) {
        if (b->used == b->n && !go_on(b))
            return false;
        if (b->used == b->n)
            return false;
        *ret |= (uint32_t)b->data[b->used++] << (8 * i);
    }
    return true;
}

bool biff_skip(struct biff *b, uint64_t n)
{
    while (n > 0) {
        if (b->used == b->n && (!go_on(b) || b->n == 0))
            return false;
        size_t step = b->n - b->used < n ? b->n - b->used : (size_t)n;
        b->used += step;
        n -= step;
    }
    return true;
}

/* Characters are cut between records, never within; the part behind has flags of its own. */
static bool characters(struct biff *b, size_t n, uint32_t flags, struct dye_buf *to)
{
    while (n > 0) {
        if (b->used == b->n) {
            if (!go_on(b) || b->n == 0)
                return false;
            flags = b->data[b->used++];
        }
        size_t unit = (flags & WIDE) != 0 ? 2 : 1, take = (b->n - b->used) / unit;
        take = take < n ? take : n;
        struct dye_span bytes = dye_span_of(b->data + b->used, take * unit);
        if ((unit == 2 ? wide_append(to, bytes) : wide_append_low(to, bytes)) != DYE_OK)
            return false;
        b->used += take * unit;
        n -= take;
        if (take == 0 && b->used < b->n) /* half a character */
            return false;
    }
    return true;
}

bool biff_characters(struct biff *b, size_t n, struct dye_buf *to)
{
    uint32_t flags;
    return n == 0 || (get(b, 1, &flags) && characters(b, n, flags, to));
}

static bool is_latin(unsigned codepage)
{
    return codepage == 1252 || codepage == 28591 || codepage == 32768 || codepage == 32769 || codepage == 367;
}

bool biff_bytes(const struct biff *b, struct dye_span bytes, struct dye_buf *to)
{
    enum dye_charset charset = b->codepage == 950 ? DYE_CHARSET_BIG5 : DYE_CHARSET_GB18030;
    return (is_latin(b->codepage) ? wide_append_low(to, bytes) : dye_text_to_utf8(charset, bytes, to)) == DYE_OK;
}

bool biff_string(struct biff *b, unsigned length_bytes, struct dye_buf *to)
{
    uint32_t n, flags, runs = 0, phonetic = 0;
    if (!get(b, length_bytes, &n))
        return false;
    if (!b->is_8) {
        size_t has = b->n - b->used < n ? b->n - b->used : n;
        struct dye_span bytes = dye_span_of(b->data + b->used, has);
        b->used += has;
        return biff_bytes(b, bytes, to) && has == n;
    }
    if (n == 0 && b->used == b->n)
        return true;
    if (!get(b, 1, &flags) || ((flags & RICH) != 0 && !get(b, 2, &runs)) ||
        ((flags & PHONETIC) != 0 && !get(b, 4, &phonetic)))
        return false;
    return characters(b, n, flags, to) && biff_skip(b, (uint64_t)runs * 4 + phonetic);
}
