/* Any bytes through scanner, records and linker: hits and records lie inside the chunk, and rows are counted. */
#include "dye/link.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

static struct dye_index_set set;

static void add(struct dye_index_builder *b, const struct dye_index_keys *keys, enum dye_kind kind, const char *value)
{
    struct dye_index_entry e = {.kind = (uint8_t)kind, .form = DYE_PLAIN, .variant = 'A'};
    dye_index_entry_set(&e, keys, dye_span_str(value));
    REQUIRE(dye_index_builder_add(b, dye_span_str("c"), &e) == DYE_OK);
}

static void prepare(void)
{
    struct dye_key k;
    memset(k.bytes, 5, sizeof k.bytes);
    struct dye_index_keys keys;
    dye_index_keys_init(&k, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, &keys, DYE_MOBILE, "17412345678");
    add(b, &keys, DYE_EMAIL, "a.b@example.com");
    add(b, &keys, DYE_NAME, "甲乙");
    uint8_t *image = NULL;
    size_t n = 0;
    REQUIRE(dye_index_builder_image(b, &image, &n, NULL) == DYE_OK);
    REQUIRE(dye_index_take(image, n, &keys, &set.part[0], NULL) == DYE_OK);
    dye_index_builder_free(b);
}

struct watch {
    struct dye_linker *linker;
    size_t n, last;
};

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    struct watch *w = arg;
    REQUIRE(hit->n > 0 && hit->start + hit->n <= w->n && hit->start >= w->last);
    w->last = hit->start;
    return dye_linker_hit(w->linker, hit);
}

static enum dye_status on_sighting(void *arg, const struct dye_sighting *s)
{
    struct watch *w = arg;
    REQUIRE(s->record_start < s->record_end && s->record_end <= w->n);
    REQUIRE(s->record_end - s->record_start <= DYE_RECORD_MAX_BYTES && s->n > 0 && s->bits > 0);
    return DYE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (set.part[0] == NULL)
        prepare();
    struct dye_span chunk = dye_span_of(data, size);
    struct watch w = {.n = size};
    w.linker = dye_linker_new(on_sighting, &w);
    dye_linker_chunk(w.linker, chunk, dye_charset_detect(chunk));
    REQUIRE(dye_scan(&set, UINT64_MAX, chunk, on_hit, &w, NULL) == DYE_OK);
    REQUIRE(dye_linker_finish(w.linker) == DYE_OK);
    dye_linker_free(w.linker);
    REQUIRE(dye_record_count(chunk) <= size);
    for (size_t at = 0; at < size; at += 1 + size / 16) {
        size_t start = 0, end = 0;
        dye_record_around(chunk, at, &start, &end);
        REQUIRE(start <= end && end <= size);
    }
    return 0;
}
