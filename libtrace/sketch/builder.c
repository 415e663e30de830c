#include "fuse.h"

#include <stdlib.h>
#include <xxhash.h>

/*
 * Distinct tokens wait in an open-addressed table that is at most half full; 0 is an empty slot, so the token 0 stands
 * as 1. Tokens are uniform, so their own high bits say where they go: the table is nearly in order, which is what
 * building the filter wants.
 */
enum { BATCH = 64, SLOTS_FIRST = 1 << 12, SLOTS_MAX = 2 * DYE_SKETCH_TOKENS };

struct dye_sketch_builder {
    struct dye_sketch_hasher *hasher;
    dye_sketch_fn on_image;
    void *arg;
    uint64_t *table;
    size_t slots, n;
    uint32_t counts[DYE_TOKEN_CLASSES];
};

static uint64_t token_of(uint64_t hash)
{
    return hash != 0 ? hash : 1;
}

struct dye_sketch_builder *dye_sketch_builder_new(const struct dye_key *sketch_key, dye_sketch_fn on_image, void *arg)
{
    struct dye_sketch_builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    *b = (struct dye_sketch_builder){.hasher = dye_sketch_hasher_new(sketch_key),
                                     .on_image = on_image,
                                     .arg = arg,
                                     .table = calloc(SLOTS_FIRST, sizeof *b->table),
                                     .slots = SLOTS_FIRST};
    if (b->hasher != NULL && b->table != NULL)
        return b;
    dye_sketch_builder_free(b);
    return NULL;
}

void dye_sketch_builder_free(struct dye_sketch_builder *b)
{
    if (b == NULL)
        return;
    if (b->table != NULL)
        dye_wipe(b->table, b->slots * sizeof *b->table);
    free(b->table);
    dye_sketch_hasher_free(b->hasher);
    free(b);
}

size_t dye_sketch_builder_tokens(const struct dye_sketch_builder *b)
{
    return b->n;
}

void dye_sketch_builder_clear(struct dye_sketch_builder *b)
{
    memset(b->table, 0, b->slots * sizeof *b->table);
    memset(b->counts, 0, sizeof b->counts);
    b->n = 0;
}

static inline size_t home_of(uint64_t token, size_t slots)
{
    return (size_t)(((unsigned __int128)token * slots) >> 64);
}

/* Where the token is, or the empty slot where it belongs. */
static inline uint64_t *place(uint64_t *table, size_t slots, uint64_t token)
{
    size_t i = home_of(token, slots);
    while (table[i] != 0 && table[i] != token)
        i = (i + 1) & (slots - 1);
    return &table[i];
}

static enum dye_status grow(struct dye_sketch_builder *b)
{
    size_t slots = 4 * b->slots < SLOTS_MAX ? 4 * b->slots : SLOTS_MAX;
    uint64_t *table = calloc(slots, sizeof *table);
    if (table == NULL)
        return DYE_E_NOMEM;
    for (size_t i = 0; i < b->slots; i++)
        if (b->table[i] != 0)
            *place(table, slots, b->table[i]) = b->table[i];
    dye_wipe(b->table, b->slots * sizeof *b->table);
    free(b->table);
    b->table = table;
    b->slots = slots;
    return DYE_OK;
}

static enum dye_status add(struct dye_sketch_builder *b, uint64_t token, unsigned classes)
{
    uint64_t *at = place(b->table, b->slots, token);
    if (*at == token)
        return DYE_OK;
    *at = token;
    b->n++;
    for (; classes != 0; classes &= classes - 1)
        b->counts[__builtin_ctz(classes)]++;
    if (2 * b->n < b->slots)
        return DYE_OK;
    return b->slots < SLOTS_MAX ? grow(b) : dye_sketch_builder_seal(b);
}

enum dye_status dye_sketch_builder_take(void *builder, const uint64_t *probes, const uint8_t *classes, size_t n)
{
    struct dye_sketch_builder *b = builder;
    uint64_t token[BATCH];
    for (size_t done = 0; done < n;) {
        size_t batch = n - done < BATCH ? n - done : BATCH;
        dye_sketch_hash(b->hasher, probes + done, batch, token);
        for (size_t i = 0; i < batch; i++)
            __builtin_prefetch(&b->table[home_of(token[i], b->slots)], 1);
        for (size_t i = 0; i < batch; i++)
            DYE_TRY(add(b, token_of(token[i]), classes[done + i]));
        done += batch;
    }
    return DYE_OK;
}

/* Many small parts may follow a large one, and clearing takes as long as the table is. */
static void shrink(struct dye_sketch_builder *b)
{
    uint64_t *table = b->slots > SLOTS_FIRST ? calloc(SLOTS_FIRST, sizeof *table) : NULL;
    if (table == NULL)
        return;
    free(b->table);
    b->table = table;
    b->slots = SLOTS_FIRST;
}

/* The tokens to the front of the table, whose order they are then in no longer. */
static uint32_t gather(struct dye_sketch_builder *b)
{
    uint32_t n = 0;
    for (size_t i = 0; i < b->slots; i++)
        if (b->table[i] != 0)
            b->table[n++] = b->table[i];
    return n;
}

enum dye_status dye_sketch_builder_seal(struct dye_sketch_builder *b)
{
    if (b->n == 0)
        return DYE_OK;
    uint32_t n = gather(b);
    uint32_t bits = n <= DYE_SKETCH_SMALL ? DYE_SKETCH_WIDE_BITS : DYE_SKETCH_BITS;
    struct fuse_shape shape = fuse_shape_of(n);
    size_t bytes = sizeof(struct sketch_header) + fuse_bytes(&shape, bits);
    uint8_t *image = calloc(1, bytes);
    struct sketch_header h = {
        .magic = SKETCH_MAGIC, .bits = bits, .tokens = n, .window = shape.window, .starts = shape.starts};
    memcpy(h.counts, b->counts, sizeof h.counts);
    enum dye_status status =
        image != NULL ? fuse_build(&shape, bits, b->table, n, image + sizeof h, &h.seed) : DYE_E_NOMEM;
    dye_sketch_builder_clear(b);
    if (b->slots / 8 > n)
        shrink(b);
    if (status == DYE_OK) {
        memcpy(image, &h, sizeof h);
        size_t at = offsetof(struct sketch_header, seed);
        h.checksum = XXH3_64bits(image + at, bytes - at);
        memcpy(image, &h, sizeof h);
        status = b->on_image(b->arg, dye_span_of(image, bytes));
    }
    free(image);
    return status;
}
