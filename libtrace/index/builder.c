#include "image.h"
#include "pile.h"

#include "dye/buf.h"

#include <stdlib.h>
#include <xxhash.h>

/*
 * Entries are kept apart by the first byte of their probes, and what only corroborates in a part of its own, so that
 * each part can be sorted in little more than the processor's cache, and given back once it stands in the image.
 */
enum { PARTS = 256, TRAITS = PARTS, PARTS_AND_TRAITS };

struct pending {
    uint64_t probe;
    struct image_key key; /* its canary is the number of a holder */
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct pending) == 22, "what waits has no padding");

/* A canary as of an epoch. */
struct holder {
    uint32_t name; /* offset in names */
    uint32_t epoch;
    uint32_t number; /* in order of coming */
};

struct dye_index_builder {
    struct dye_index_keys keys;
    bool embed_keys;
    size_t n, n_holders, n_slots;
    uint32_t last;          /* holder of the last entry */
    struct dye_buf names;   /* ids, each with its NUL */
    struct dye_buf holders; /* struct holder each */
    uint32_t *slots;        /* of a hash table: 1 + number of a holder; 0 for none */
    uint32_t *canaries;     /* 1 + the number that a sorted holder has in the image; 0 while nothing is its own */
    struct pile parts[PARTS_AND_TRAITS]; /* struct pending each */
};

static void empty(struct dye_index_builder *b)
{
    for (size_t i = 0; i < PARTS_AND_TRAITS; i++)
        pile_done(&b->parts[i]);
    dye_buf_done(&b->names);
    dye_buf_done(&b->holders);
    free(b->slots);
    free(b->canaries);
    b->slots = b->canaries = NULL;
    b->n = b->n_holders = b->n_slots = 0;
}

struct dye_index_builder *dye_index_builder_new(const struct dye_index_keys *keys, bool embed_keys)
{
    struct dye_index_builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->keys = *keys;
    b->embed_keys = embed_keys;
    dye_buf_init(&b->names, UINT32_MAX, true);
    dye_buf_init(&b->holders, IMAGE_ENTRIES_MAX * sizeof(struct holder), true);
    return b;
}

void dye_index_builder_free(struct dye_index_builder *b)
{
    if (b == NULL)
        return;
    empty(b);
    dye_index_keys_wipe(&b->keys);
    free(b);
}

/* ---- who holds what ---- */

static struct holder *holder_at(const struct dye_index_builder *b, size_t i)
{
    return (struct holder *)(void *)b->holders.p + i;
}

static const char *name_of(const struct dye_index_builder *b, const struct holder *h)
{
    return (const char *)b->names.p + h->name;
}

static bool is_holder(const struct dye_index_builder *b, uint32_t i, struct dye_span canary, uint32_t epoch)
{
    const struct holder *h = holder_at(b, i);
    return h->epoch == epoch && dye_span_equal(dye_span_str(name_of(b, h)), canary);
}

/* Where a holder stands in the table or may be put. */
static uint32_t *slot_of(const struct dye_index_builder *b, struct dye_span canary, uint32_t epoch)
{
    size_t at = XXH3_64bits_withSeed(canary.p, canary.n, epoch) & (b->n_slots - 1);
    while (b->slots[at] != 0 && !is_holder(b, b->slots[at] - 1, canary, epoch))
        at = (at + 1) & (b->n_slots - 1);
    return &b->slots[at];
}

/* Half of the slots stay free. */
static enum dye_status make_room(struct dye_index_builder *b)
{
    enum { SLOTS_MIN = 64 };
    if (2 * (b->n_holders + 1) <= b->n_slots)
        return DYE_OK;
    size_t n = b->n_slots != 0 ? 2 * b->n_slots : SLOTS_MIN;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (slots == NULL)
        return DYE_E_NOMEM;
    free(b->slots);
    b->slots = slots;
    b->n_slots = n;
    for (size_t i = 0; i < b->n_holders; i++) {
        const struct holder *h = holder_at(b, i);
        *slot_of(b, dye_span_str(name_of(b, h)), h->epoch) = (uint32_t)i + 1;
    }
    return DYE_OK;
}

static enum dye_status find_holder(struct dye_index_builder *b, struct dye_span canary, uint32_t epoch, uint32_t *ret)
{
    if (b->n_holders > 0 && is_holder(b, b->last, canary, epoch)) {
        *ret = b->last;
        return DYE_OK;
    }
    DYE_TRY(make_room(b));
    uint32_t *slot = slot_of(b, canary, epoch);
    if (*slot == 0) {
        struct holder h = {.name = (uint32_t)b->names.n, .epoch = epoch, .number = (uint32_t)b->n_holders};
        if (b->n_holders == IMAGE_ENTRIES_MAX)
            return DYE_E_LIMIT;
        DYE_TRY(dye_buf_append(&b->holders, &h, sizeof h));
        enum dye_status status = dye_buf_append(&b->names, canary.p, canary.n);
        if (status == DYE_OK)
            status = dye_buf_append_u8(&b->names, 0);
        if (status != DYE_OK) {
            b->holders.n -= sizeof h;
            b->names.n = h.name;
            return status;
        }
        *slot = (uint32_t)++b->n_holders;
    }
    *ret = b->last = *slot - 1;
    return DYE_OK;
}

/* ---- adding ---- */

static enum dye_status put(struct dye_index_builder *b, uint32_t holder, const struct dye_index_entry *e)
{
    bool is_key = dye_form_is_scanned((enum dye_kind)e->kind, (enum dye_form)e->form);
    struct pending p = {.probe = is_key ? e->probe : 0, .key = {.canary = holder, .what = image_what_of(e)}};
    memcpy(p.key.fp, e->fp, sizeof p.key.fp);
    if (b->n == IMAGE_ENTRIES_MAX)
        return DYE_E_LIMIT;
    DYE_TRY(pile_append(&b->parts[is_key ? e->probe >> 56 : TRAITS], &p, sizeof p));
    b->n++;
    return DYE_OK;
}

enum dye_status dye_index_builder_add(struct dye_index_builder *b, struct dye_span canary,
                                      const struct dye_index_entry *e)
{
    uint32_t holder = 0;
    if (canary.n == 0 || canary.n > IMAGE_ID_MAX_BYTES || memchr(canary.p, 0, canary.n) != NULL)
        return DYE_E_USAGE;
    if (e->probe == 0 || e->kind == DYE_KIND_NONE || e->kind >= DYE_KIND_COUNT || e->form == DYE_FORM_NONE ||
        e->form >= DYE_FORM_COUNT || e->variant < IMAGE_VARIANT_FIRST || e->variant > IMAGE_VARIANT_LAST)
        return DYE_E_USAGE;
    DYE_TRY(find_holder(b, canary, e->epoch, &holder));
    return put(b, holder, e);
}

enum dye_status dye_index_builder_add_all(struct dye_index_builder *b, const struct dye_index *from)
{
    uint64_t canaries = dye_index_canaries(from), keys = dye_index_keys(from);
    uint32_t *holders = calloc(canaries + 1, sizeof *holders); /* by the number that `from` gives the canary */
    struct dye_index_entry e;
    enum dye_status status = holders != NULL ? DYE_OK : DYE_E_NOMEM;
    for (uint32_t c = 0; status == DYE_OK && c < canaries; c++) {
        status =
            find_holder(b, dye_span_str(dye_index_canary_id(from, c)), dye_index_canary_epoch(from, c), &holders[c]);
        for (size_t i = 0; status == DYE_OK && dye_index_trait_at(from, c, i, &e); i++)
            status = put(b, holders[c], &e);
    }
    for (uint64_t i = 0; status == DYE_OK && i < keys; i++)
        if (dye_index_key_at(from, i, &e))
            status = put(b, holders[e.canary], &e);
    free(holders);
    return status;
}

/* ---- sorting ---- */

static size_t count(const struct pile *part)
{
    return part->n / sizeof(struct pending);
}

static struct pending *pending_of(const struct pile *part)
{
    return (struct pending *)(void *)part->p;
}

static int order_holders(const void *a, const void *b, void *builder)
{
    const struct holder *x = a, *y = b;
    int d = strcmp(name_of(builder, x), name_of(builder, y));
    return d != 0 ? d : (x->epoch > y->epoch) - (x->epoch < y->epoch);
}

/* Holders stand by name and epoch then, and entries have their numbers in that order. */
static enum dye_status sort_holders(struct dye_index_builder *b)
{
    uint32_t *rank = calloc(b->n_holders + 1, sizeof *rank);
    b->canaries = calloc(b->n_holders + 1, sizeof *b->canaries);
    if (rank == NULL || b->canaries == NULL) {
        free(rank);
        return DYE_E_NOMEM;
    }
    if (b->n_holders > 0)
        qsort_r(holder_at(b, 0), b->n_holders, sizeof(struct holder), order_holders, b);
    for (size_t i = 0; i < b->n_holders; i++)
        rank[holder_at(b, i)->number] = (uint32_t)i;
    for (size_t part = 0; part < PARTS_AND_TRAITS; part++)
        for (size_t i = 0; i < count(&b->parts[part]); i++) {
            struct image_key *key = &pending_of(&b->parts[part])[i].key;
            key->canary = rank[key->canary];
        }
    free(rank);
    return DYE_OK;
}

/* What an entry is, whoever holds it. */
static int order_values(const struct pending *x, const struct pending *y)
{
    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    if (x->key.what.bits != y->key.what.bits)
        return x->key.what.bits < y->key.what.bits ? -1 : 1;
    return memcmp(x->key.fp, y->key.fp, DYE_INDEX_FP_BYTES);
}

static int order_keys(const void *a, const void *b)
{
    const struct pending *x = a, *y = b;
    int d = order_values(x, y);
    return d != 0 ? d : (x->key.canary > y->key.canary) - (x->key.canary < y->key.canary);
}

static void sort_stretch(struct pending *p, size_t n)
{
    enum { SHORT = 24 };
    if (n > SHORT) {
        qsort(p, n, sizeof *p, order_keys);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct pending one = p[i];
        size_t k = i;
        for (; k > 0 && order_keys(&p[k - 1], &one) > 0; k--)
            p[k] = p[k - 1];
        p[k] = one;
    }
}

/* Into the stretches of the places given by `place`, and each of those sorted. */
typedef uint64_t (*place_fn)(const struct pending *p, uint64_t n);
static enum dye_status sort_part(struct pile *part, uint64_t stretches, place_fn place)
{
    size_t n = count(part);
    if (n < 2)
        return DYE_OK;
    const struct pending *from = pending_of(part);
    struct pending *sorted = malloc((n + 1) * sizeof *sorted);
    uint32_t *ends = calloc(stretches + 1, sizeof *ends); /* first where each begins */
    if (sorted == NULL || ends == NULL) {
        free(sorted);
        free(ends);
        return DYE_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++)
        ends[place(&from[i], stretches) + 1]++;
    for (uint64_t k = 1; k <= stretches; k++)
        ends[k] += ends[k - 1];
    for (size_t i = 0; i < n; i++)
        sorted[ends[place(&from[i], stretches)]++] = from[i];
    for (uint64_t k = 0; k < stretches; k++) {
        uint32_t start = k > 0 ? ends[k - 1] : 0;
        sort_stretch(sorted + start, ends[k] - start);
    }
    memcpy(part->p, sorted, n * sizeof *sorted);
    dye_wipe(sorted, n * sizeof *sorted);
    free(sorted);
    free(ends);
    return DYE_OK;
}

static uint64_t by_probe(const struct pending *p, uint64_t n)
{
    return image_place(p->probe << 8, n);
}

static uint64_t by_holder(const struct pending *p, uint64_t n)
{
    (void)n;
    return p->key.canary;
}

/* Repeats of the last that is kept: of one holder, or, of what is looked up, of one name's earlier epoch. */
static bool is_repeat(const struct dye_index_builder *b, const struct pending *last, const struct pending *p)
{
    if (order_values(last, p) != 0)
        return false;
    const struct holder *x = holder_at(b, last->key.canary), *y = holder_at(b, p->key.canary);
    return x == y || (p->probe != 0 && strcmp(name_of(b, x), name_of(b, y)) == 0);
}

static enum dye_token_class class_of(const struct pending *p)
{
    struct dye_index_entry e;
    (void)image_what_read(p->key.what, &e);
    return dye_index_entry_class(&e);
}

static void fold(struct dye_index_builder *b, struct pile *part, uint64_t of_class[DYE_TOKEN_CLASSES])
{
    struct pending *p = pending_of(part);
    size_t kept = 0;
    for (size_t i = 0; i < count(part); i++) {
        if (kept > 0 && is_repeat(b, &p[kept - 1], &p[i]))
            continue;
        b->canaries[p[i].key.canary] = 1;
        if (of_class != NULL)
            of_class[class_of(&p[i])]++;
        p[kept++] = p[i];
    }
    part->n = kept * sizeof *p;
}

/* Sorts all, folds repeats, numbers the canaries and counts what the header needs. */
static enum dye_status settle(struct dye_index_builder *b, struct image_header *h)
{
    enum { SORTED_TOGETHER = 4 };
    uint64_t of_class[DYE_TOKEN_CLASSES] = {0};
    DYE_TRY(sort_holders(b));
    for (size_t i = 0; i < PARTS; i++) {
        struct pile *part = &b->parts[i];
        DYE_TRY(sort_part(part, count(part) / SORTED_TOGETHER + 1, by_probe));
        fold(b, part, of_class);
        h->keys += count(part);
    }
    DYE_TRY(sort_part(&b->parts[TRAITS], b->n_holders + 1, by_holder));
    fold(b, &b->parts[TRAITS], NULL);
    h->traits = count(&b->parts[TRAITS]);
    const char *name = NULL;
    for (size_t i = 0; i < b->n_holders; i++) {
        const struct holder *holder = holder_at(b, i);
        if (b->canaries[i] == 0)
            continue;
        b->canaries[i] = (uint32_t)++h->canaries;
        h->epoch = holder->epoch > h->epoch ? holder->epoch : h->epoch;
        if (name == NULL || strcmp(name, name_of(b, holder)) != 0)
            h->names_bytes += strlen(name_of(b, holder)) + 1;
        name = name_of(b, holder);
    }
    h->buckets = h->keys / IMAGE_KEYS_A_BUCKET + 1;
    for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++)
        h->words[c] = of_class[c] / IMAGE_KEYS_A_WORD + (of_class[c] > 0 && of_class[c] < IMAGE_KEYS_A_WORD);
    return DYE_OK;
}

/* ---- the image ---- */

static void set_in_filter(uint8_t *image, const struct image_header *h, const struct image_layout *l,
                          const struct pending *p)
{
    enum dye_token_class class = class_of(p);
    uint64_t *words = (uint64_t *)(void *)(image + l->words[class]);
    const struct dye_index_filter f = {words, h->words[class]};
    words[dye_filter_word(&f, p->probe) - words] |= dye_filter_bits(p->probe);
}

static void put_keys(struct dye_index_builder *b, uint8_t *image, const struct image_header *h,
                     const struct image_layout *l)
{
    uint32_t *buckets = (uint32_t *)(void *)(image + l->buckets);
    uint64_t *probes = (uint64_t *)(void *)(image + l->probes);
    struct image_key *keys = (struct image_key *)(void *)(image + l->keys);
    uint64_t bucket = 0; /* the first whose start is not known */
    uint32_t n = 0;
    for (size_t i = 0; i < PARTS; i++) {
        for (size_t k = 0; k < count(&b->parts[i]); k++, n++) {
            const struct pending *p = &pending_of(&b->parts[i])[k];
            for (uint64_t own = image_place(p->probe, h->buckets); bucket <= own; bucket++)
                buckets[bucket] = n;
            probes[n] = p->probe;
            keys[n] = p->key;
            keys[n].canary = b->canaries[p->key.canary] - 1;
            set_in_filter(image, h, l, p);
        }
        pile_done(&b->parts[i]);
    }
    for (; bucket <= h->buckets; bucket++)
        buckets[bucket] = n;
}

static void put_canaries(const struct dye_index_builder *b, uint8_t *image, const struct image_header *h,
                         const struct image_layout *l)
{
    struct image_trait *traits = (struct image_trait *)(void *)(image + l->traits);
    struct image_canary *canaries = (struct image_canary *)(void *)(image + l->canaries), *c = canaries;
    char *names = (char *)image + l->names;
    const struct pending *p = pending_of(&b->parts[TRAITS]);
    uint32_t names_end = 0, n = 0;
    for (size_t i = 0; i < b->n_holders; i++) {
        const struct holder *holder = holder_at(b, i);
        if (b->canaries[i] == 0)
            continue;
        const char *id = name_of(b, holder);
        bool again = c > canaries && strcmp(names + c[-1].name, id) == 0; /* in a later epoch */
        *c = (struct image_canary){.traits = n, .name = again ? c[-1].name : names_end, .epoch = holder->epoch};
        if (!again) {
            memcpy(names + names_end, id, strlen(id) + 1);
            names_end += (uint32_t)strlen(id) + 1;
        }
        for (; n < h->traits && p[n].key.canary == i; n++) {
            memcpy(traits[n].fp, p[n].key.fp, sizeof traits[n].fp);
            traits[n].what = p[n].key.what;
        }
        c++;
    }
    *c = (struct image_canary){.traits = n, .name = names_end};
}

static enum dye_status make_image(struct dye_index_builder *b, uint8_t **ret, size_t *ret_bytes, struct dye_error *err)
{
    struct image_header h = {.version = IMAGE_VERSION};
    memcpy(h.magic, IMAGE_MAGIC, sizeof h.magic);
    image_key_check(&b->keys, h.key_check);
    if (b->embed_keys) {
        h.flags |= IMAGE_EMBEDS_KEYS;
        memcpy(h.fp_key, b->keys.fp.bytes, sizeof h.fp_key);
        memcpy(h.probe_secret, b->keys.probe_secret, sizeof h.probe_secret);
    }
    size_t n = b->n;
    if (settle(b, &h) != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for an index of %zu entries", n);
    struct image_layout l;
    if (!image_layout(&h, &l))
        DYE_FAIL(err, DYE_E_LIMIT, "an index can't hold %zu entries", n);
    h.bytes = l.bytes;
    uint8_t *image = calloc(1, l.bytes); /* pages that come as they are written, and what waited goes meanwhile */
    if (image == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for an index of %llu bytes", (unsigned long long)l.bytes);
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

enum dye_status dye_index_builder_image(struct dye_index_builder *b, uint8_t **ret, size_t *ret_bytes,
                                        struct dye_error *err)
{
    enum dye_status status = make_image(b, ret, ret_bytes, err);
    empty(b);
    return status;
}
