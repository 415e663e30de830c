#include "watch.h"

#include <stdlib.h>

enum { SPILL_BYTES = 1 << 20 };

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

struct watch {
    struct dye_span in;
    size_t at;
    uint8_t *spill;
    uint32_t parts;
    bool open, rendered;
    uint64_t bytes, output;
    int tail; /* bytes that a character still wants */
};

static enum dye_status read_input(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct watch *w = arg;
    size_t n = w->in.n - w->at < cap ? w->in.n - w->at : cap;
    if (n > 0)
        memcpy(p, w->in.p + w->at, n);
    w->at += n;
    *ret_n = n;
    return DYE_OK;
}

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct watch *w = arg;
    REQUIRE(at <= w->in.n && n <= w->in.n - at);
    memcpy(p, w->in.p + at, n);
    return true;
}

static bool spill_read(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct watch *w = arg;
    REQUIRE(at <= SPILL_BYTES && n <= SPILL_BYTES - at);
    memcpy(p, w->spill + at, n);
    return true;
}

static bool spill_write(void *arg, uint64_t at, const uint8_t *p, size_t n)
{
    struct watch *w = arg;
    REQUIRE(at <= SPILL_BYTES && n <= SPILL_BYTES - at);
    memcpy(w->spill + at, p, n);
    return true;
}

static enum dye_status on_begin(void *arg, const struct dye_part *p)
{
    struct watch *w = arg;
    REQUIRE(!w->open && p->ordinal == w->parts && dye_path_is_valid(dye_span_str(p->path)));
    REQUIRE(strlen(p->format) <= DYE_FORMAT_MAX_BYTES && (p->unit != DYE_UNIT_BYTE || p->format[0] == '\0'));
    w->parts++;
    w->open = true;
    w->rendered = p->unit != DYE_UNIT_BYTE;
    w->bytes = 0;
    w->tail = 0;
    return DYE_OK;
}

/* Lead bytes and what follows them; the rest of RFC 3629 is for the tests of the text layer. */
static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct watch *w = arg;
    REQUIRE(w->open && bytes.n > 0);
    for (size_t i = 0; i < bytes.n && w->rendered; i++) {
        uint8_t c = bytes.p[i];
        REQUIRE(w->tail > 0 ? (c & 0xc0) == 0x80 : c < 0x80 || (c >= 0xc2 && c <= 0xf4));
        w->tail = w->tail > 0 ? w->tail - 1 : c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        REQUIRE(c != 0 && c != '\r');
    }
    w->bytes += bytes.n;
    w->output += bytes.n;
    return DYE_OK;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *e)
{
    struct watch *w = arg;
    REQUIRE(w->open && e->bytes == w->bytes);
    REQUIRE((e->verdict == DYE_READ) == (e->reason[0] == '\0'));
    REQUIRE(e->verdict != DYE_PARTLY || e->bytes > 0);
    REQUIRE(e->verdict != DYE_UNREAD || e->bytes == 0);
    w->open = false;
    return DYE_OK;
}

uint32_t watch_decode(struct dye_span bytes, bool sought)
{
    struct watch w = {.in = bytes, .spill = sought ? malloc(SPILL_BYTES) : NULL};
    struct dye_decode_input input = {.read = read_input, .arg = &w};
    if (sought) {
        input.read_at = read_at;
        input.bytes = bytes.n;
        input.spill_read = spill_read;
        input.spill_write = spill_write;
        input.spill_bytes = SPILL_BYTES;
    }
    struct dye_decode_limits limits = {
        .output_bytes = 8 << 20, .entries = 200, .depth = 4, .ratio = 100, .ratio_free_bytes = 4 << 20};
    struct dye_decode_events events = {on_begin, on_data, on_end, &w};
    enum dye_status status = dye_decode(&input, &limits, &events, NULL);
    REQUIRE(status == DYE_OK || status == DYE_E_NOMEM);
    if (status == DYE_OK)
        REQUIRE(w.parts > 0 && !w.open);
    REQUIRE(w.output <= limits.output_bytes && w.parts <= 3 * limits.entries + 4);
    free(w.spill);
    return w.parts;
}

void watch_as(const void *magic, size_t magic_n, const uint8_t *data, size_t size)
{
    size_t n = size > magic_n ? size : magic_n;
    uint8_t *p = malloc(n);
    REQUIRE(p != NULL);
    if (size > 0)
        memcpy(p, data, size);
    memcpy(p, magic, magic_n);
    (void)watch_decode(dye_span_of(p, n), true);
    free(p);
}
