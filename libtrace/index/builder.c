#include "image.h"

#include "dye/buf.h"

#include <stdlib.h>

struct pending {
    struct dye_index_entry e;
    uint32_t name, name_bytes; /* in names */
};

struct dye_index_builder {
    struct dye_index_keys keys;
    bool embed_keys;
    struct dye_buf names;   /* ids as they came, without NUL; one that repeats at once is kept once */
    struct dye_buf pending; /* struct pending each */
};

struct dye_index_builder *dye_index_builder_new(const struct dye_index_keys *keys, bool embed_keys)
{
    struct dye_index_builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->keys = *keys;
    b->embed_keys = embed_keys;
    dye_buf_init(&b->names, UINT32_MAX, true);
    dye_buf_init(&b->pending, IMAGE_ENTRIES_MAX * sizeof(struct pending), true);
    return b;
}

void dye_index_builder_free(struct dye_index_builder *b)
{
    if (b == NULL)
        return;
    dye_buf_done(&b->names);
    dye_buf_done(&b->pending);
    dye_index_keys_wipe(&b->keys);
    free(b);
}

static size_t count(const struct dye_index_builder *b)
{
    return b->pending.n / sizeof(struct pending);
}

static struct pending *at(const struct dye_index_builder *b, size_t i)
{
    return (struct pending *)(void *)b->pending.p + i;
}

static struct dye_span name_of(const struct dye_index_builder *b, const struct pending *p)
{
    return dye_span_of(b->names.p + p->name, p->name_bytes);
}

enum dye_status dye_index_builder_add(struct dye_index_builder *b, struct dye_span canary,
                                      const struct dye_index_entry *e)
{
    if (canary.n == 0 || canary.n > IMAGE_ID_MAX_BYTES || memchr(canary.p, 0, canary.n) != NULL)
        return DYE_E_USAGE;
    if (e->probe == 0 || e->kind == DYE_KIND_NONE || e->kind >= DYE_KIND_COUNT || e->form == DYE_FORM_NONE ||
        e->form >= DYE_FORM_COUNT)
        return DYE_E_USAGE;
    struct pending p = {.e = *e, .name_bytes = (uint32_t)canary.n};
    p.e.canary = 0;
    size_t n = count(b);
    if (n > 0 && dye_span_equal(name_of(b, at(b, n - 1)), canary)) {
        p.name = at(b, n - 1)->name;
    } else {
        p.name = (uint32_t)b->names.n;
        DYE_TRY(dye_buf_append(&b->names, canary.p, canary.n));
    }
    return dye_buf_append(&b->pending, &p, sizeof p);
}

static enum dye_status add_of(struct dye_index_builder *b, const struct dye_index *from,
                              const struct dye_index_entry *e)
{
    return dye_index_builder_add(b, dye_span_str(dye_index_canary_id(from, e->canary)), e);
}

enum dye_status dye_index_builder_add_all(struct dye_index_builder *b, const struct dye_index *from)
{
    for (uint64_t i = 0; i < dye_index_keys(from); i++) {
        const struct dye_index_entry *e = dye_index_key_at(from, i);
        if (e != NULL)
            DYE_TRY(add_of(b, from, e));
    }
    for (uint32_t c = 0; c < dye_index_canaries(from); c++) {
        size_t n = 0;
        const struct dye_index_entry *e = dye_index_traits_of(from, c, &n);
        for (size_t i = 0; i < n; i++)
            DYE_TRY(add_of(b, from, &e[i]));
    }
    return DYE_OK;
}

static int order_names(struct dye_span a, struct dye_span b)
{
    int d = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return d != 0 ? d : (a.n > b.n) - (a.n < b.n);
}

/* By everything but the epoch. */
static int order_values(const struct dye_index_entry *x, const struct dye_index_entry *y)
{
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->form != y->form)
        return x->form < y->form ? -1 : 1;
    if (x->variant != y->variant)
        return x->variant < y->variant ? -1 : 1;
    if (x->flags != y->flags)
        return x->flags < y->flags ? -1 : 1;
    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    return memcmp(x->fp, y->fp, DYE_INDEX_FP_BYTES);
}

static int order(const void *a, const void *b, void *builder)
{
    const struct pending *x = a, *y = b;
    int d = order_names(name_of(builder, x), name_of(builder, y));
    if (d == 0)
        d = order_values(&x->e, &y->e);
    return d != 0 ? d : (x->e.epoch > y->e.epoch) - (x->e.epoch < y->e.epoch);
}

static bool is_key(const struct pending *p)
{
    return dye_form_is_scanned((enum dye_kind)p->e.kind, (enum dye_form)p->e.form);
}

/* Sorts, numbers the canaries, folds repeats onto the earliest epoch and counts what the header needs. Calling it
 * again changes nothing. */
static void settle(struct dye_index_builder *b, struct image_header *h)
{
    size_t n = count(b), kept = 0;
    uint64_t of_class[DYE_TOKEN_CLASSES] = {0};
    if (n > 0)
        qsort_r(at(b, 0), n, sizeof(struct pending), order, b);
    for (size_t i = 0; i < n; i++) {
        struct pending *p = at(b, i);
        struct pending *last = kept > 0 ? at(b, kept - 1) : NULL;
        bool same_canary = last != NULL && order_names(name_of(b, last), name_of(b, p)) == 0;
        if (same_canary && order_values(&last->e, &p->e) == 0)
            continue;
        if (!same_canary) {
            h->canaries++;
            h->names_bytes += p->name_bytes + 1u;
        }
        p->e.canary = (uint32_t)(h->canaries - 1);
        if (p->e.epoch > h->epoch)
            h->epoch = p->e.epoch;
        if (is_key(p)) {
            h->keys++;
            of_class[dye_index_entry_class(&p->e)]++;
        } else {
            h->traits++;
        }
        *at(b, kept++) = *p;
    }
    b->pending.n = kept * sizeof(struct pending);
    h->buckets = h->keys / IMAGE_KEYS_A_BUCKET + 1;
    for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++)
        h->words[c] = (of_class[c] + IMAGE_KEYS_A_WORD - 1) / IMAGE_KEYS_A_WORD;
}

static int order_probes(const void *a, const void *b)
{
    const struct dye_index_entry *x = a, *y = b;
    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    if (x->canary != y->canary)
        return x->canary < y->canary ? -1 : 1;
    return order_values(x, y);
}

/* The entries sorted by where they go: first into the stretches of their probes, then each stretch. */
static void put_keys(const struct dye_index_builder *b, uint8_t *image, const struct image_header *h,
                     const struct image_layout *l)
{
    uint32_t *buckets = (uint32_t *)(void *)(image + l->buckets);
    struct dye_index_entry *keys = (struct dye_index_entry *)(void *)(image + l->keys);
    size_t n = count(b);
    /* buckets[k + 1] counts, then says where k begins, and once k is full where it ends. */
    for (size_t i = 0; i < n; i++)
        if (is_key(at(b, i)) && image_place(at(b, i)->e.probe, h->buckets) + 2 <= h->buckets)
            buckets[image_place(at(b, i)->e.probe, h->buckets) + 2]++;
    for (uint64_t k = 2; k <= h->buckets; k++)
        buckets[k] += buckets[k - 1];
    for (size_t i = 0; i < n; i++) {
        const struct dye_index_entry *e = &at(b, i)->e;
        if (!is_key(at(b, i)))
            continue;
        keys[buckets[image_place(e->probe, h->buckets) + 1]++] = *e;
        enum dye_token_class class = dye_index_entry_class(e);
        struct dye_index_filter f = {(const uint64_t *)(const void *)(image + l->words[class]), h->words[class]};
        uint64_t word = (uint64_t)(dye_filter_word(&f, e->probe) - f.words);
        ((uint64_t *)(void *)(image + l->words[class]))[word] |= dye_filter_bits(e->probe);
    }
    for (uint64_t k = 0; k < h->buckets; k++)
        if (buckets[k + 1] - buckets[k] > 1)
            qsort(keys + buckets[k], buckets[k + 1] - buckets[k], sizeof *keys, order_probes);
}

static void put_canaries(const struct dye_index_builder *b, uint8_t *image, const struct image_header *h,
                         const struct image_layout *l)
{
    struct dye_index_entry *traits = (struct dye_index_entry *)(void *)(image + l->traits);
    struct image_canary *canaries = (struct image_canary *)(void *)(image + l->canaries);
    uint32_t name = 0, n_traits = 0, next = 0;
    for (size_t i = 0; i < count(b); i++) {
        const struct pending *p = at(b, i);
        if (p->e.canary == next) {
            canaries[next++] = (struct image_canary){.traits = n_traits, .name = name};
            memcpy(image + l->names + name, b->names.p + p->name, p->name_bytes);
            name += p->name_bytes + 1;
        }
        if (!is_key(p))
            traits[n_traits++] = p->e;
    }
    canaries[h->canaries] = (struct image_canary){.traits = n_traits, .name = name};
}

enum dye_status dye_index_builder_image(struct dye_index_builder *b, uint8_t **ret, size_t *ret_bytes,
                                        struct dye_error *err)
{
    struct image_header h = {.version = IMAGE_VERSION};
    memcpy(h.magic, IMAGE_MAGIC, sizeof h.magic);
    image_key_check(&b->keys, h.key_check);
    if (b->embed_keys) {
        h.flags |= IMAGE_EMBEDS_KEYS;
        memcpy(h.fp_key, b->keys.fp.bytes, sizeof h.fp_key);
        memcpy(h.probe_secret, b->keys.probe_secret, sizeof h.probe_secret);
    }
    settle(b, &h);
    struct image_layout l;
    if (!image_layout(&h, &l))
        DYE_FAIL(err, DYE_E_LIMIT, "an index can't hold %zu entries", count(b));
    h.bytes = l.bytes;
    uint8_t *image = aligned_alloc(64, l.bytes);
    if (image == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for an index of %llu bytes", (unsigned long long)l.bytes);
    memset(image, 0, l.bytes);
    put_keys(b, image, &h, &l);
    put_canaries(b, image, &h, &l);
    memcpy(image, &h, sizeof h);
    h.checksum = image_checksum(image, l.bytes);
    memcpy(image, &h, sizeof h);
    dye_wipe(&h, sizeof h);
    *ret = image;
    *ret_bytes = l.bytes;
    return DYE_OK;
}
