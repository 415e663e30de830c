/*
 * Any bytes as a part: its chunks add up to it whatever their size, and give the same records; records ascend, fields
 * lie in their record, values are UTF-8. The first byte is the unit, the second the size of chunks.
 */
#include "dye/chunker.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

enum { MAX = 1 << 16 };

struct seen {
    size_t bytes;
    uint64_t records, sum; /* of places and lengths, in order */
};

static void add(struct seen *s, uint64_t v)
{
    s->sum = (s->sum ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    s->sum ^= s->sum >> 29;
}

static bool is_utf8(struct dye_span s)
{
    struct dye_buf b;
    dye_buf_init(&b, 1 << 24, false);
    bool same = dye_text_to_utf8(DYE_CHARSET_UTF8, s, &b) == DYE_OK && b.n == s.n;
    dye_buf_done(&b);
    return same;
}

static void look(struct seen *s, const struct dye_records *r, const struct dye_field *f)
{
    struct dye_buf value;
    REQUIRE(f->start >= r->start && f->start + f->n <= r->end);
    dye_buf_init(&value, 1 << 22, false);
    REQUIRE(dye_field_name(r, f, &value) == DYE_OK && is_utf8(dye_buf_span(&value)));
    dye_buf_clear(&value);
    REQUIRE(dye_field_value(r, f, &value) == DYE_OK && is_utf8(dye_buf_span(&value)));
    struct dye_buf mended;
    dye_buf_init(&mended, 4 * DYE_MENDED_MAX_BYTES, false);
    (void)dye_text_mend(dye_buf_span(&value), &mended);
    REQUIRE(is_utf8(dye_buf_span(&mended)));
    dye_buf_done(&mended);
    add(s, value.n);
    dye_buf_done(&value);
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    static struct dye_field fields[DYE_FIELDS_MAX];
    struct seen *s = arg;
    struct dye_records r, seeker;
    struct dye_chunk_cursor cursor = {0};
    size_t last = 0;
    uint64_t n = 0;
    REQUIRE(chunk->start == s->bytes && chunk->bytes.n > 0);
    s->bytes += chunk->bytes.n;
    dye_records_init(&r, chunk->layout, chunk->text);
    dye_records_init(&seeker, chunk->layout, chunk->text);
    while (dye_records_next(&r)) {
        REQUIRE(r.start >= last && r.start < r.end && r.end <= chunk->text.n);
        last = r.end;
        n++;
        struct dye_place at = dye_chunk_place(chunk, &cursor, r.start);
        add(s, chunk->start + at.byte);
        add(s, at.row);
        dye_records_seek(&seeker, r.start + (r.end - r.start) / 2);
        REQUIRE(seeker.start == r.start && seeker.end == r.end);
        size_t count = dye_record_fields(&r, fields);
        REQUIRE(count <= DYE_FIELDS_MAX);
        for (size_t i = 0; i < count; i++)
            if (i < 4 || i + 1 == count)
                look(s, &r, &fields[i]);
    }
    REQUIRE(n == chunk->records);
    s->records += n;
    return DYE_OK;
}

static void read_part(struct dye_span part, enum dye_unit unit, size_t target, struct seen *ret)
{
    *ret = (struct seen){0};
    struct dye_chunker *c = dye_chunker_new(target, MAX, on_chunk, ret);
    REQUIRE(c != NULL);
    dye_chunker_begin(c, unit);
    REQUIRE(dye_chunker_feed(c, part) == DYE_OK && dye_chunker_finish(c) == DYE_OK);
    REQUIRE(ret->bytes == part.n);
    dye_chunker_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > MAX - 16)
        return 0;
    enum dye_unit unit = (enum dye_unit)(data[0] % 4);
    struct dye_span part = dye_span_of(data + 2, size - 2);
    struct seen whole, cut;
    read_part(part, unit, MAX, &whole);
    read_part(part, unit, 1 + (size_t)data[1] * 4, &cut);
    REQUIRE(whole.records == cut.records && whole.sum == cut.sum);
    return 0;
}
