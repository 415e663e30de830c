#include "image.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h> /* the same hash by the vectors that this CPU has: 80 MB in 8 ms, not in 21 */
#endif

struct dye_index {
    _Atomic unsigned refs;
    uint8_t *image;
    size_t bytes;
    bool mapped;
    struct dye_index_keys keys;
    const struct image_header *h;
    struct dye_index_filter filters[DYE_TOKEN_CLASSES];
    const uint32_t *buckets;
    const uint64_t *probes;
    const struct image_key *keyed; /* what each probe is */
    const struct image_trait *traits;
    const struct image_canary *canaries;
    const char *names;
};

bool image_layout(const struct image_header *h, struct image_layout *ret)
{
    /* Every product below stays under 2^40, so nothing overflows. */
    if (h->keys > IMAGE_ENTRIES_MAX || h->traits > IMAGE_ENTRIES_MAX || h->canaries > h->keys + h->traits ||
        h->buckets < 1 || h->buckets > IMAGE_ENTRIES_MAX || h->names_bytes > h->canaries * (IMAGE_ID_MAX_BYTES + 1) ||
        h->names_bytes > UINT32_MAX)
        return false;
    uint64_t at = sizeof *h;
    for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++) {
        if (h->words[c] > IMAGE_ENTRIES_MAX)
            return false;
        ret->words[c] = at;
        at += (h->words[c] * sizeof(uint64_t) + 63) & ~UINT64_C(63);
    }
    uint64_t sizes[] = {(h->buckets + 1) * sizeof(uint32_t),
                        h->keys * sizeof(uint64_t),
                        h->keys * sizeof(struct image_key),
                        h->traits * sizeof(struct image_trait),
                        (h->canaries + 1) * sizeof(struct image_canary),
                        h->names_bytes};
    uint64_t *starts[] = {&ret->buckets, &ret->probes, &ret->keys, &ret->traits, &ret->canaries, &ret->names};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        *starts[i] = at;
        at += (sizes[i] + 63) & ~UINT64_C(63);
    }
    ret->bytes = at;
    return true;
}

enum dye_token_class dye_index_entry_class(const struct dye_index_entry *e)
{
    switch ((enum dye_form)e->form) {
    case DYE_PLAIN:
        break;
    case DYE_FORM_MASKED:
        return DYE_TOKEN_MASKED;
    case DYE_FORM_DAMAGED:
        return e->kind == DYE_RESIDENT_ID ? DYE_TOKEN_ID : DYE_TOKEN_OTHER;
    case DYE_FORM_SHORT:
        return DYE_TOKEN_ID;
    case DYE_FORM_SCIENTIFIC:
        return DYE_TOKEN_NUMBER;
    case DYE_FORM_MD5_BASE64:
    case DYE_FORM_SHA1_BASE64:
    case DYE_FORM_SHA256_BASE64:
    case DYE_FORM_SM3_BASE64:
        return DYE_TOKEN_BASE64;
    default:
        return DYE_TOKEN_DIGEST;
    }
    switch ((enum dye_kind)e->kind) {
    case DYE_MOBILE:
        return DYE_TOKEN_MOBILE;
    case DYE_RESIDENT_ID:
        return DYE_TOKEN_ID;
    case DYE_EMAIL:
        return DYE_TOKEN_EMAIL;
    default:
        return DYE_TOKEN_OTHER;
    }
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

enum dye_status dye_index_verify(const struct dye_index *x, struct dye_error *err)
{
    if (image_checksum(x->image, x->bytes) != x->h->checksum)
        DYE_FAIL(err, DYE_E_STREAM, "the index is damaged");
    return DYE_OK;
}

/* whole: every byte of it, not just what says where the others are. */
static enum dye_status check(struct dye_index *x, bool whole, const struct dye_index_keys *keys, struct dye_error *err)
{
    const struct image_header *h = x->h = (const struct image_header *)(const void *)x->image;
    if (x->bytes < sizeof *h || memcmp(h->magic, IMAGE_MAGIC, sizeof h->magic) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "not an index");
    if (h->version != IMAGE_VERSION)
        DYE_FAIL(err, DYE_E_STREAM, "an index made by another version of dyetrace: build it again");
    struct image_layout l;
    if (h->bytes != x->bytes || (h->flags & ~IMAGE_EMBEDS_KEYS) != 0 || !image_layout(h, &l) || l.bytes != x->bytes)
        DYE_FAIL(err, DYE_E_STREAM, "the index is damaged");
    if (whole)
        DYE_TRY(dye_index_verify(x, err));
    for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++)
        x->filters[c] = (struct dye_index_filter){(const uint64_t *)(const void *)(x->image + l.words[c]), h->words[c]};
    x->buckets = (const uint32_t *)(const void *)(x->image + l.buckets);
    x->probes = (const uint64_t *)(const void *)(x->image + l.probes);
    x->keyed = (const struct image_key *)(const void *)(x->image + l.keys);
    x->traits = (const struct image_trait *)(const void *)(x->image + l.traits);
    x->canaries = (const struct image_canary *)(const void *)(x->image + l.canaries);
    x->names = (const char *)x->image + l.names;
    if (h->names_bytes > 0 && x->names[h->names_bytes - 1] != '\0')
        DYE_FAIL(err, DYE_E_STREAM, "the index is damaged");

    if (keys != NULL) {
        x->keys = *keys;
    } else if ((h->flags & IMAGE_EMBEDS_KEYS) != 0) {
        memcpy(x->keys.fp.bytes, h->fp_key, sizeof h->fp_key);
        memcpy(x->keys.probe_secret, h->probe_secret, sizeof h->probe_secret);
        dye_hmac_prepare(&x->keys.fp, &x->keys.fp_ready);
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

static enum dye_status adopt(uint8_t *image, size_t bytes, bool mapped, bool whole, const struct dye_index_keys *keys,
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
    enum dye_status status = check(x, whole, keys, err);
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
    return adopt(image, bytes, false, true, keys, ret, err);
}

static enum dye_status map(const char *path, bool whole, const struct dye_index_keys *keys, struct dye_index **ret,
                           struct dye_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %m", path);
    struct stat st;
    uint8_t *image = MAP_FAILED;
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= (off_t)sizeof(struct image_header);
    if (regular)
        image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (image != MAP_FAILED) /* what is read from the disk may come in large pages then */
        (void)madvise(image, (size_t)st.st_size, MADV_HUGEPAGE);
    if (!regular)
        DYE_FAIL(err, DYE_E_STREAM, "%s: not an index", path);
    if (image == MAP_FAILED)
        DYE_FAIL(err, DYE_E_IO, "%s: %m", path);
    return adopt(image, (size_t)st.st_size, true, whole, keys, ret, err);
}

enum dye_status dye_index_open(const char *path, const struct dye_index_keys *keys, struct dye_index **ret,
                               struct dye_error *err)
{
    return map(path, true, keys, ret, err);
}

enum dye_status dye_index_map(const char *path, const struct dye_index_keys *keys, struct dye_index **ret,
                              struct dye_error *err)
{
    return map(path, false, keys, ret, err);
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
    return x->h->keys + x->h->traits;
}

uint64_t dye_index_keys(const struct dye_index *x)
{
    return x->h->keys;
}

uint64_t dye_index_epoch(const struct dye_index *x)
{
    return x->h->epoch;
}

const char *dye_index_canary_id(const struct dye_index *x, uint32_t canary)
{
    uint32_t name = canary < x->h->canaries ? x->canaries[canary].name : UINT32_MAX;
    return name < x->h->names_bytes ? x->names + name : "";
}

uint32_t dye_index_canary_epoch(const struct dye_index *x, uint32_t canary)
{
    return canary < x->h->canaries ? x->canaries[canary].epoch : 0;
}

/* An entry may be given out when its numbers name something: no damage gets here, a hostile image might. */
static bool read_entry(const struct dye_index *x, const uint8_t fp[DYE_INDEX_FP_BYTES], uint32_t canary,
                       struct image_what what, struct dye_index_entry *ret)
{
    if (canary >= x->h->canaries || !image_what_read(what, ret))
        return false;
    memcpy(ret->fp, fp, DYE_INDEX_FP_BYTES);
    ret->canary = canary;
    ret->epoch = x->h->epoch != 0 ? x->canaries[canary].epoch : 0; /* of a list: a cache line less for each hit */
    return true;
}

bool dye_index_trait_at(const struct dye_index *x, uint32_t canary, size_t i, struct dye_index_entry *ret)
{
    if (canary >= x->h->canaries)
        return false;
    uint64_t first = x->canaries[canary].traits, end = x->canaries[canary + 1].traits;
    if (first > end || end > x->h->traits || i >= end - first)
        return false;
    ret->probe = 0;
    return read_entry(x, x->traits[first + i].fp, canary, x->traits[first + i].what, ret);
}

bool dye_index_key_at(const struct dye_index *x, uint64_t i, struct dye_index_entry *ret)
{
    if (i >= x->h->keys)
        return false;
    ret->probe = x->probes[i];
    return read_entry(x, x->keyed[i].fp, x->keyed[i].canary, x->keyed[i].what, ret);
}

struct dye_index_filter dye_index_filter_of(const struct dye_index *x, enum dye_token_class class)
{
    return x->filters[class];
}

bool dye_index_maybe(const struct dye_index *x, enum dye_token_class class, uint64_t probe)
{
    const struct dye_index_filter *f = &x->filters[class];
    uint64_t bits = dye_filter_bits(probe);
    return f->n_words > 0 && (*dye_filter_word(f, probe) & bits) == bits;
}

/* The first key of a probe's bucket that is no less than it; *ret_end is behind the bucket. */
static uint64_t first_of(const struct dye_index *x, uint64_t probe, uint64_t *ret_end)
{
    uint64_t bucket = image_place(probe, x->h->buckets);
    uint64_t i = x->buckets[bucket], end = x->buckets[bucket + 1] < x->h->keys ? x->buckets[bucket + 1] : x->h->keys;
    while (i < end && x->probes[i] < probe)
        i++;
    *ret_end = end;
    return i;
}

size_t dye_index_find(const struct dye_index *x, uint64_t probe, struct dye_span form, struct dye_index_entry ret[],
                      size_t cap)
{
    uint8_t fp[DYE_FP_BYTES];
    uint64_t end, i = first_of(x, probe, &end);
    size_t n = 0;
    if (i < end && x->probes[i] == probe)
        dye_fp(&x->keys, form, fp);
    for (; i < end && n < cap && x->probes[i] == probe; i++)
        if (memcmp(fp, x->keyed[i].fp, DYE_INDEX_FP_BYTES) == 0)
            n += dye_index_key_at(x, i, &ret[n]);
    return n;
}

bool dye_index_call_found(const struct dye_index *x, uint64_t probe)
{
    uint64_t end, i = first_of(x, probe, &end);
    if (i >= end || x->probes[i] != probe)
        return false;
    __builtin_prefetch(&x->keyed[i]);
    return true;
}

void dye_index_call_bucket(const struct dye_index *x, uint64_t probe)
{
    __builtin_prefetch(&x->buckets[image_place(probe, x->h->buckets)]);
}

/* Probes are even over their range, so a key stands about as far into its bucket as its probe does. */
void dye_index_call_keys(const struct dye_index *x, uint64_t probe)
{
    unsigned __int128 place = (unsigned __int128)probe * x->h->buckets;
    const uint32_t *bucket = &x->buckets[(uint64_t)(place >> 64)];
    uint64_t into = ((uint64_t)place >> 32) * (bucket[1] - bucket[0]) >> 32;
    __builtin_prefetch(&x->probes[bucket[0] + into]);
}

void dye_index_entry_set(struct dye_index_entry *e, const struct dye_index_keys *keys, struct dye_span form)
{
    uint8_t fp[DYE_FP_BYTES];
    dye_fp(keys, form, fp);
    memcpy(e->fp, fp, sizeof e->fp);
    e->probe = dye_probe(keys, form);
    dye_wipe(fp, sizeof fp);
}
