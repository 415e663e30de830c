#include "image.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

struct dye_index {
    _Atomic unsigned refs;
    uint8_t *image;
    size_t bytes;
    bool mapped;
    struct dye_index_keys keys;
    const struct image_header *h;
    const uint64_t *bloom;
    const uint32_t *slots;
    const struct dye_index_entry *entries;
    const struct image_canary *canaries;
    const char *names;
};

bool image_layout(const struct image_header *h, struct image_layout *ret)
{
    /* Every product below stays under 2^40, so nothing overflows. */
    if (h->entries > IMAGE_ENTRIES_MAX || h->canaries > h->entries || h->slots < 16 || h->slots > UINT32_MAX ||
        (h->slots & (h->slots - 1)) != 0 || h->blocks < 1 || h->blocks > IMAGE_ENTRIES_MAX ||
        h->names_bytes > h->canaries * (IMAGE_ID_MAX_BYTES + 1) || h->names_bytes > UINT32_MAX)
        return false;
    uint64_t sizes[] = {sizeof *h,
                        h->blocks * IMAGE_BLOCK_WORDS * sizeof(uint64_t),
                        h->slots * sizeof(uint32_t),
                        h->entries * sizeof(struct dye_index_entry),
                        h->canaries * sizeof(struct image_canary),
                        h->names_bytes};
    uint64_t *ends[] = {&ret->bloom, &ret->slots, &ret->entries, &ret->canaries, &ret->names, &ret->bytes};
    uint64_t at = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        at += (sizes[i] + 63) & ~UINT64_C(63);
        *ends[i] = at;
    }
    return true;
}

uint64_t image_checksum(const uint8_t *image, size_t bytes)
{
    size_t at = offsetof(struct image_header, checksum);
    uint64_t head = XXH3_64bits(image, at);
    return XXH3_64bits_withSeed(image + at + sizeof(uint64_t), bytes - at - sizeof(uint64_t), head);
}

void image_key_check(const struct dye_index_keys *keys, uint8_t ret[DYE_KEY_CHECK_BYTES])
{
    struct dye_key both; /* so that a wrong probe secret shows as well as a wrong fingerprint key */
    dye_hmac(&keys->fp, dye_span_of(keys->probe_secret, sizeof keys->probe_secret), both.bytes);
    dye_key_check(&both, "dyetrace/1/index-image", ret);
    dye_key_wipe(&both);
}

static bool canaries_hold(const struct dye_index *x)
{
    uint64_t first = 0, name = 0;
    for (uint32_t c = 0; c < x->h->canaries; c++) {
        const struct image_canary *k = &x->canaries[c];
        if (k->first != first || k->n == 0 || k->n > x->h->entries - first || k->name != name || k->name_bytes == 0 ||
            k->name_bytes > IMAGE_ID_MAX_BYTES || k->name_bytes >= x->h->names_bytes - name ||
            strnlen(x->names + name, k->name_bytes + 1u) != k->name_bytes)
            return false;
        for (uint64_t i = first; i < first + k->n; i++)
            if (x->entries[i].canary != c)
                return false;
        first += k->n;
        name += k->name_bytes + 1u;
    }
    return first == x->h->entries && name == x->h->names_bytes;
}

static bool entries_hold(const struct dye_index *x)
{
    uint64_t epoch = 0, keys = 0;
    for (uint64_t i = 0; i < x->h->entries; i++) {
        const struct dye_index_entry *e = &x->entries[i];
        if (e->probe == 0 || e->kind == DYE_KIND_NONE || e->kind >= DYE_KIND_COUNT || e->form == DYE_FORM_NONE ||
            e->form >= DYE_FORM_COUNT)
            return false;
        epoch = e->epoch > epoch ? e->epoch : epoch;
        keys += dye_kind_is_scanned((enum dye_kind)e->kind);
    }
    uint64_t used = 0;
    for (uint64_t s = 0; s < x->h->slots; s++) {
        if (x->slots[s] == 0)
            continue;
        if (x->slots[s] > x->h->entries)
            return false;
        used++;
    }
    return epoch == x->h->epoch && used == keys && used <= x->h->slots / 2; /* half empty: a look-up ends */
}

static enum dye_status check(struct dye_index *x, const struct dye_index_keys *keys, struct dye_error *err)
{
    const struct image_header *h = x->h = (const struct image_header *)(const void *)x->image;
    if (x->bytes < sizeof *h || memcmp(h->magic, IMAGE_MAGIC, sizeof h->magic) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "not an index");
    if (h->version != IMAGE_VERSION)
        DYE_FAIL(err, DYE_E_STREAM, "index of version %u, not %u", h->version, IMAGE_VERSION);
    struct image_layout l;
    if (h->bytes != x->bytes || (h->flags & ~IMAGE_EMBEDS_KEYS) != 0 || !image_layout(h, &l) || l.bytes != x->bytes ||
        image_checksum(x->image, x->bytes) != h->checksum)
        DYE_FAIL(err, DYE_E_STREAM, "the index is damaged");
    x->bloom = (const uint64_t *)(const void *)(x->image + l.bloom);
    x->slots = (const uint32_t *)(const void *)(x->image + l.slots);
    x->entries = (const struct dye_index_entry *)(const void *)(x->image + l.entries);
    x->canaries = (const struct image_canary *)(const void *)(x->image + l.canaries);
    x->names = (const char *)x->image + l.names;
    if (!canaries_hold(x) || !entries_hold(x))
        DYE_FAIL(err, DYE_E_STREAM, "the index is damaged");

    if (keys != NULL) {
        x->keys = *keys;
    } else if ((h->flags & IMAGE_EMBEDS_KEYS) != 0) {
        memcpy(x->keys.fp.bytes, h->fp_key, sizeof h->fp_key);
        memcpy(x->keys.probe_secret, h->probe_secret, sizeof h->probe_secret);
    } else {
        DYE_FAIL(err, DYE_E_KEY, "the index holds no key and none was given");
    }
    uint8_t own[DYE_KEY_CHECK_BYTES];
    image_key_check(&x->keys, own);
    if (!dye_equal_secret(own, h->key_check, sizeof own))
        DYE_FAIL(err, DYE_E_KEY, "the index was built with another key");
    return DYE_OK;
}

static void release(struct dye_index *x)
{
    dye_index_keys_wipe(&x->keys);
    if (x->mapped) {
        munmap(x->image, x->bytes);
    } else {
        dye_wipe(x->image, x->bytes);
        free(x->image);
    }
    free(x);
}

static enum dye_status adopt(uint8_t *image, size_t bytes, bool mapped, const struct dye_index_keys *keys,
                             struct dye_index **ret, struct dye_error *err)
{
    struct dye_index *x = calloc(1, sizeof *x);
    if (x == NULL) {
        if (mapped)
            munmap(image, bytes);
        else
            free(image);
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for an index");
    }
    atomic_init(&x->refs, 1);
    x->image = image;
    x->bytes = bytes;
    x->mapped = mapped;
    enum dye_status status = check(x, keys, err);
    if (status != DYE_OK) {
        release(x);
        return status;
    }
    *ret = x;
    return DYE_OK;
}

enum dye_status dye_index_take(uint8_t *image, size_t bytes, const struct dye_index_keys *keys, struct dye_index **ret,
                               struct dye_error *err)
{
    return adopt(image, bytes, false, keys, ret, err);
}

enum dye_status dye_index_open(const char *path, const struct dye_index_keys *keys, struct dye_index **ret,
                               struct dye_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %m", path);
    struct stat st;
    uint8_t *image = MAP_FAILED;
    bool whole = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= (off_t)sizeof(struct image_header);
    if (whole)
        image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (!whole)
        DYE_FAIL(err, DYE_E_STREAM, "%s: not an index", path);
    if (image == MAP_FAILED)
        DYE_FAIL(err, DYE_E_IO, "%s: %m", path);
    return adopt(image, (size_t)st.st_size, true, keys, ret, err);
}

struct dye_index *dye_index_ref(struct dye_index *x)
{
    atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed);
    return x;
}

void dye_index_unref(struct dye_index *x)
{
    if (x != NULL && atomic_fetch_sub_explicit(&x->refs, 1, memory_order_acq_rel) == 1)
        release(x);
}

const struct dye_index_keys *dye_index_keys_of(const struct dye_index *x)
{
    return &x->keys;
}

uint64_t dye_index_canaries(const struct dye_index *x)
{
    return x->h->canaries;
}

uint64_t dye_index_entries(const struct dye_index *x)
{
    return x->h->entries;
}

uint64_t dye_index_epoch(const struct dye_index *x)
{
    return x->h->epoch;
}

const char *dye_index_canary_id(const struct dye_index *x, uint32_t canary)
{
    return x->names + x->canaries[canary].name;
}

const struct dye_index_entry *dye_index_of_canary(const struct dye_index *x, uint32_t canary, size_t *ret_n)
{
    *ret_n = x->canaries[canary].n;
    return x->entries + x->canaries[canary].first;
}

bool dye_index_maybe(const struct dye_index *x, uint64_t probe)
{
    const uint64_t *block = x->bloom + image_block(probe, x->h->blocks) * IMAGE_BLOCK_WORDS;
    uint64_t missing = 0;
    for (unsigned w = 0; w < IMAGE_BLOCK_WORDS; w++)
        missing |= ~block[w] & image_bit(probe, w);
    return missing == 0;
}

size_t dye_index_find(const struct dye_index *x, uint64_t probe, struct dye_span form,
                      const struct dye_index_entry *ret[], size_t cap)
{
    uint8_t fp[DYE_FP_BYTES];
    bool have_fp = false;
    size_t n = 0;
    for (uint64_t s = image_slot(probe, x->h->slots); x->slots[s] != 0 && n < cap; s = (s + 1) & (x->h->slots - 1)) {
        const struct dye_index_entry *e = &x->entries[x->slots[s] - 1];
        if (e->probe != probe)
            continue;
        if (!have_fp)
            dye_fp(&x->keys, form, fp);
        have_fp = true;
        if (memcmp(fp, e->fp, DYE_FP_BYTES) == 0)
            ret[n++] = e;
    }
    return n;
}
