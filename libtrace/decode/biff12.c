#include "biff12.h"

#include "little.h"
#include "wide.h"

void biff12_init(struct biff12 *b, struct feed *in)
{
    b->in = in;
    b->piece = (struct dye_span){NULL, 0};
    b->id = 0;
    b->n = 0;
    b->cut = b->too_long = false;
}

/* The next n bytes to p, or away when p is NULL; how many there were. */
static size_t pull(struct biff12 *b, uint8_t *p, size_t n)
{
    size_t had = 0;
    while (had < n && (b->piece.n > 0 || feed_pull(b->in, &b->piece))) {
        size_t take = b->piece.n < n - had ? b->piece.n : n - had;
        if (p != NULL)
            memcpy(p + had, b->piece.p, take);
        b->piece = dye_span_of(b->piece.p + take, b->piece.n - take);
        had += take;
    }
    return had;
}

/* Seven bits a byte, least first, as long as the high bit is set: at most `max` bytes. How many there were; 0 when it
 * does not end. */
static unsigned pull_number(struct biff12 *b, unsigned max, uint32_t *ret)
{
    uint8_t byte;
    *ret = 0;
    for (unsigned i = 0; i < max; i++) {
        if (pull(b, &byte, 1) != 1) {
            b->cut = b->cut || i > 0;
            return 0;
        }
        *ret |= (uint32_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
            return i + 1;
    }
    b->cut = true;
    return 0;
}

bool biff12_next(struct biff12 *b)
{
    uint32_t size;
    if (b->cut || pull_number(b, 2, &b->id) == 0)
        return false;
    if (pull_number(b, 4, &size) == 0) {
        b->cut = true;
        return false;
    }
    b->too_long = size > BIFF12_RECORD_MAX;
    b->n = b->too_long ? BIFF12_RECORD_MAX : size;
    b->cut = pull(b, b->data, b->n) != b->n || pull(b, NULL, size - b->n) != size - b->n;
    return !b->cut;
}

uint32_t biff12_get32(const struct biff12 *b, size_t at)
{
    return at + 4 <= b->n ? little32(b->data + at) : 0;
}

double biff12_get_double(const struct biff12 *b, size_t at)
{
    uint64_t bits = at + 8 <= b->n ? little64(b->data + at) : 0;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

bool biff12_string(const struct biff12 *b, size_t *at, struct dye_buf *to)
{
    if (*at + 4 > b->n)
        return false;
    uint32_t units = little32(b->data + *at);
    *at += 4;
    if (units == UINT32_MAX)
        return true;
    size_t has = (b->n - *at) / 2, take = units < has ? units : has;
    bool fits = wide_append(to, dye_span_of(b->data + *at, 2 * take)) == DYE_OK;
    *at += 2 * take;
    return fits && take == units;
}
