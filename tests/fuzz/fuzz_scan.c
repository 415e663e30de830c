/* Any bytes through chunker, scanner and linker: hits and records lie inside the chunk. */
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
    size_t n, text, last;
};

static enum dye_status on_hit(void *arg, const struct dye_hit *hit)
{
    struct watch *w = arg;
    REQUIRE(hit->n > 0 && hit->start + hit->n <= w->text && hit->start >= w->last);
    w->last = hit->start;
    return dye_linker_hit(w->linker, hit);
}

static enum dye_status on_sighting(void *arg, const struct dye_sighting *s)
{
    struct watch *w = arg;
    REQUIRE(s->record_start < s->record_end && s->record_end <= w->n);
    REQUIRE(s->record_end - s->record_start <= 2 * DYE_RECORD_MAX_BYTES && s->n > 0 && s->bits > 0);
    return DYE_OK;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct watch *w = arg;
    w->text = chunk->text.n;
    dye_linker_chunk(w->linker, chunk);
    REQUIRE(dye_scan(&set, UINT64_MAX, chunk->text, on_hit, w, NULL) == DYE_OK);
    return dye_linker_finish(w->linker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (set.part[0] == NULL)
        prepare();
    struct watch w = {.n = size};
    w.linker = dye_linker_new(on_sighting, &w);
    struct dye_chunker *c = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &w);
    REQUIRE(dye_chunker_feed(c, dye_span_of(data, size)) == DYE_OK && dye_chunker_finish(c) == DYE_OK);
    dye_chunker_free(c);
    dye_linker_free(w.linker);
    return 0;
}
