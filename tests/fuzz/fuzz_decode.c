/* Whatever the bytes are: parts in order, each with one end that fits it, within the limits, and at least one; and what
 * is said to be plain by its beginning is what would be read as it stands. */
#include "dye/decode.h"

#include <stdlib.h>

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SPILL_BYTES = 1 << 20 };

struct input {
    const uint8_t *p, *all;
    size_t n, bytes;
    uint8_t *spill;
};

struct watch {
    uint32_t parts;
    bool open;
    uint64_t bytes, output;
};

struct rest { /* what is read as it stands */
    struct input in;
    bool asked, unknown;
};

static enum dye_status read_input(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct input *in = arg;
    size_t n = in->n < cap ? in->n : cap;
    if (n > 0)
        memcpy(p, in->p, n);
    in->p += n;
    in->n -= n;
    *ret_n = n;
    return DYE_OK;
}

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct input *in = arg;
    REQUIRE(at <= in->bytes && n <= in->bytes - at);
    memcpy(p, in->all + at, n);
    return true;
}

static bool read_spill(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    REQUIRE(at <= SPILL_BYTES && n <= SPILL_BYTES - at);
    memcpy(p, ((struct input *)arg)->spill + at, n);
    return true;
}

static bool write_spill(void *arg, uint64_t at, const uint8_t *p, size_t n)
{
    REQUIRE(at <= SPILL_BYTES && n <= SPILL_BYTES - at);
    memcpy(((struct input *)arg)->spill + at, p, n);
    return true;
}

static enum dye_status on_begin(void *arg, const struct dye_part *p)
{
    struct watch *w = arg;
    REQUIRE(!w->open && p->ordinal == w->parts && dye_path_is_valid(dye_span_str(p->path)));
    w->parts++;
    w->open = true;
    w->bytes = 0;
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct watch *w = arg;
    REQUIRE(w->open && bytes.n > 0);
    for (size_t i = 0; i < bytes.n; i += 997) /* all of it can be read */
        w->bytes += bytes.p[i] & 0u;
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

/* Forwards only, as from a pipe, and then with all that the child has but helpers. */
static void decode(const uint8_t *data, size_t size, uint8_t *spill)
{
    static const char *const passwords[] = {"secret"};
    struct input in = {data, data, size, size, spill};
    struct watch w = {.parts = 0};
    bool whole = spill != NULL;
    const struct dye_decode_input input = {.read = read_input,
                                           .read_at = whole ? read_at : NULL,
                                           .bytes = whole ? size : 0,
                                           .spill_read = whole ? read_spill : NULL,
                                           .spill_write = whole ? write_spill : NULL,
                                           .spill_bytes = whole ? SPILL_BYTES : 0,
                                           .passwords = passwords,
                                           .n_passwords = whole,
                                           .arg = &in};
    struct dye_decode_limits limits = {
        .output_bytes = 8 << 20, .entries = 200, .depth = 4, .ratio = 100, .ratio_free_bytes = 4 << 20};
    struct dye_decode_events events = {on_begin, on_data, on_end, &w};
    enum dye_status status = dye_decode(&input, &limits, &events, NULL);
    REQUIRE(status == DYE_OK || status == DYE_E_NOMEM);
    if (status == DYE_OK)
        REQUIRE(w.parts > 0 && !w.open);
    REQUIRE(w.output <= limits.output_bytes && w.parts <= 3 * limits.entries + 3);
}

static enum dye_status read_for_rest(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    return read_input(&((struct rest *)arg)->in, p, cap, ret_n);
}

static bool read_at_for_rest(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    return read_at(&((struct rest *)arg)->in, at, p, n);
}

static enum dye_status on_rest(void *arg, uint64_t at, const char *fault)
{
    struct rest *r = arg;
    r->asked = at == 0;
    r->unknown = fault[0] != '\0';
    return DYE_STOPPED;
}

static enum dye_status ignore_begin(void *arg, const struct dye_part *p)
{
    (void)arg, (void)p;
    return DYE_OK;
}

static enum dye_status stop_at_data(void *arg, struct dye_span bytes)
{
    (void)arg, (void)bytes;
    return DYE_STOPPED;
}

static enum dye_status stop_at_end(void *arg, const struct dye_part_end *e)
{
    (void)arg, (void)e;
    return DYE_STOPPED;
}

static void sniff(const uint8_t *data, size_t size)
{
    struct rest r = {.in = {data, data, size, size, NULL}};
    const struct dye_decode_input input = {
        .read = read_for_rest, .read_at = read_at_for_rest, .bytes = size, .rest = on_rest, .arg = &r};
    const struct dye_decode_events events = {ignore_begin, stop_at_data, stop_at_end, &r};
    struct dye_decode_limits limits;
    bool unknown;
    size_t head = size < DYE_HEAD_BYTES ? size : DYE_HEAD_BYTES;
    dye_decode_limits_default(&limits);
    if (!dye_decode_is_plain(dye_span_of(data, head), &unknown))
        return;
    REQUIRE(dye_decode(&input, &limits, &events, NULL) == DYE_STOPPED);
    REQUIRE(r.asked && r.unknown == unknown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t spill[SPILL_BYTES];
    sniff(data, size);
    decode(data, size, NULL);
    decode(data, size, spill);
    return 0;
}
