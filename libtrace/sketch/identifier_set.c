#include "dye/identifier_set.h"

#include "hash_list.h"

#include <sodium.h>
#include <stdlib.h>
#include <xxhash.h>

enum { NAME_MAX_BYTES = 96, SCALE_MAX = 40 };
#define MARK UINT64_C(1)

struct dye_identifier_sets {
    uint8_t key[crypto_shorthash_siphash24_KEYBYTES];
    struct hash_list list[DYE_IDENTIFIER_KINDS];
    /* Of the record at hand: which it is told apart by is known when it ends. */
    unsigned best_kind;
    uint64_t best;
    uint8_t name[NAME_MAX_BYTES], mobile[DYE_VALUE_MAX_BYTES];
    size_t name_n, mobile_n;
};

/* How well a kind tells persons apart; 0: not at all. */
static const uint8_t rank[DYE_IDENTIFIER_KINDS] = {
    [DYE_RESIDENT_ID] = 10, [DYE_PASSPORT] = 9, [DYE_PERMIT] = 8,    [DYE_MOBILE] = 7, [DYE_EMAIL] = 6,
    [DYE_WECHAT] = 5,       [DYE_QQ] = 4,       [DYE_BANK_CARD] = 3, [DYE_PLATE] = 2,  [DYE_WAYBILL] = 1};

bool dye_identifier_kind_is_personal(unsigned kind)
{
    return kind < DYE_IDENTIFIER_KINDS && rank[kind] > 0;
}

const char *dye_identifier_kind_name(unsigned kind)
{
    return kind == DYE_NAME_AND_MOBILE ? "name+mobile" : dye_kind_name((enum dye_kind)kind);
}

unsigned dye_identifier_kind_from_name(struct dye_span name)
{
    return dye_span_equal(name, dye_span_str("name+mobile")) ? DYE_NAME_AND_MOBILE : dye_kind_from_name(name);
}

struct dye_identifier_sets *dye_identifier_sets_new(const struct dye_key *sketch_key)
{
    struct dye_identifier_sets *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    DYE_CLEANUP(dye_key_wipe) struct dye_key key = {0};
    dye_key_derive(sketch_key, "dyetrace/1/sketch/identifier", &key);
    memcpy(s->key, key.bytes, sizeof s->key);
    return s;
}

void dye_identifier_sets_free(struct dye_identifier_sets *s)
{
    if (s == NULL)
        return;
    for (unsigned k = 0; k < DYE_IDENTIFIER_KINDS; k++)
        hash_list_done(&s->list[k]);
    dye_wipe(s, sizeof *s);
    free(s);
}

/* ---- what comes in ---- */

static uint64_t hash(const struct dye_identifier_sets *s, unsigned kind, struct dye_span value, struct dye_span more)
{
    uint8_t in[2 + DYE_VALUE_MAX_BYTES + NAME_MAX_BYTES];
    uint64_t out;
    size_t n = 0;
    in[n++] = (uint8_t)kind;
    memcpy(in + n, value.p, value.n);
    n += value.n;
    if (more.n > 0) {
        in[n++] = 0;
        memcpy(in + n, more.p, more.n);
        n += more.n;
    }
    crypto_shorthash_siphash24((uint8_t *)&out, in, n, s->key);
    return (out > MARK ? out : 2) & ~MARK;
}

static enum dye_status put(struct dye_identifier_sets *s, unsigned kind, uint64_t element)
{
    if (rank[kind] > rank[s->best_kind]) {
        unsigned was_kind = s->best_kind;
        uint64_t was = s->best;
        s->best_kind = kind;
        s->best = element;
        if (was_kind == DYE_KIND_NONE)
            return DYE_OK;
        kind = was_kind;
        element = was;
    }
    return hash_list_add(&s->list[kind], element);
}

enum dye_status dye_identifier_sets_take(void *sets, enum dye_kind kind, struct dye_span value)
{
    struct dye_identifier_sets *s = sets;
    if (value.n == 0 || value.n > DYE_VALUE_MAX_BYTES || kind == DYE_ADDRESS || kind == DYE_KIND_NONE)
        return DYE_OK;
    if (kind == DYE_NAME) {
        if (s->name_n == 0 && value.n <= NAME_MAX_BYTES) {
            memcpy(s->name, value.p, value.n);
            s->name_n = value.n;
        }
        return DYE_OK;
    }
    if (kind == DYE_MOBILE && s->mobile_n == 0) {
        memcpy(s->mobile, value.p, value.n);
        s->mobile_n = value.n;
    }
    return put(s, kind, hash(s, kind, value, dye_span_of(NULL, 0)));
}

enum dye_status dye_identifier_sets_record(void *sets)
{
    struct dye_identifier_sets *s = sets;
    if (s->name_n > 0 && s->mobile_n > 0)
        DYE_TRY(
            put(s, DYE_NAME_AND_MOBILE,
                hash(s, DYE_NAME_AND_MOBILE, dye_span_of(s->mobile, s->mobile_n), dye_span_of(s->name, s->name_n))));
    s->name_n = s->mobile_n = 0;
    unsigned kind = s->best_kind;
    s->best_kind = DYE_KIND_NONE;
    return kind != DYE_KIND_NONE ? hash_list_add(&s->list[kind], s->best | MARK) : DYE_OK;
}

/* ---- images ---- */

/* This, little-endian, then the elements. */
#define SET_MAGIC "dyeidst\1"
struct set_header {
    uint8_t magic[8];
    uint64_t checksum; /* XXH3-64 of all behind it */
    uint32_t kind, scale_bits;
    uint64_t n;
};
_Static_assert(sizeof(struct set_header) == 32, "no padding");

static enum dye_status give_image(const struct hash_list *l, unsigned kind, dye_identifier_image_fn fn, void *arg)
{
    size_t at = offsetof(struct set_header, kind), bytes = sizeof(struct set_header) + l->n * sizeof(uint64_t);
    uint8_t *image = malloc(bytes);
    if (image == NULL)
        return DYE_E_NOMEM;
    struct set_header h = {.magic = SET_MAGIC, .kind = kind, .scale_bits = l->scale_bits, .n = l->n};
    memcpy(image + sizeof h, l->kept, l->n * sizeof *l->kept);
    memcpy(image, &h, sizeof h);
    h.checksum = XXH3_64bits(image + at, bytes - at);
    memcpy(image, &h, sizeof h);
    enum dye_status status = fn(arg, kind, dye_span_of(image, bytes));
    dye_wipe(image, bytes);
    free(image);
    return status;
}

enum dye_status dye_identifier_sets_images(struct dye_identifier_sets *s, dye_identifier_image_fn fn, void *arg)
{
    for (unsigned k = 0; k < DYE_IDENTIFIER_KINDS; k++) {
        DYE_TRY(hash_list_settle(&s->list[k]));
        if (s->list[k].n > 0)
            DYE_TRY(give_image(&s->list[k], k, fn, arg));
    }
    return DYE_OK;
}

static bool is_set(const struct dye_identifier_set *s)
{
    uint64_t limit = UINT64_MAX >> s->scale_bits;
    if (s->at[0] <= MARK || s->at[s->n - 1] > limit)
        return false;
    for (size_t i = 1; i < s->n; i++)
        if (s->at[i - 1] >> 1 >= s->at[i] >> 1)
            return false;
    return true;
}

enum dye_status dye_identifier_set_open(struct dye_span image, struct dye_identifier_set *ret, struct dye_error *err)
{
    struct set_header h;
    size_t at = offsetof(struct set_header, kind);
    if (image.n < sizeof h)
        DYE_FAIL(err, DYE_E_STREAM, "not an identifier set");
    memcpy(&h, image.p, sizeof h);
    if (memcmp(h.magic, SET_MAGIC, sizeof h.magic) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "not an identifier set");
    if (h.kind == 0 || h.kind >= DYE_IDENTIFIER_KINDS || h.scale_bits > SCALE_MAX || h.n == 0 ||
        h.n > DYE_IDENTIFIER_SET_MAX || image.n != sizeof h + h.n * sizeof(uint64_t) ||
        h.checksum != XXH3_64bits(image.p + at, image.n - at))
        DYE_FAIL(err, DYE_E_STREAM, "the identifier set is damaged");
    struct dye_identifier_set s = {.kind = h.kind, .scale_bits = h.scale_bits, .n = (size_t)h.n};
    s.at = malloc(s.n * sizeof *s.at);
    if (s.at == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "identifier set: out of memory");
    memcpy(s.at, image.p + sizeof h, s.n * sizeof *s.at);
    if (!is_set(&s)) {
        dye_identifier_set_done(&s);
        DYE_FAIL(err, DYE_E_STREAM, "the identifier set is damaged");
    }
    *ret = s;
    return DYE_OK;
}

void dye_identifier_set_done(struct dye_identifier_set *s)
{
    if (s->at != NULL)
        dye_wipe(s->at, s->n * sizeof *s->at);
    free(s->at);
    *s = (struct dye_identifier_set){0};
}

uint64_t dye_identifier_set_persons(const struct dye_identifier_set *s)
{
    uint64_t marked = 0;
    for (size_t i = 0; i < s->n; i++)
        marked += s->at[i] & MARK;
    return marked << s->scale_bits;
}

enum dye_status dye_identifier_sets_add(struct dye_identifier_sets *s, struct dye_span image, struct dye_error *err)
{
    struct dye_identifier_set from;
    DYE_TRY(dye_identifier_set_open(image, &from, err));
    enum dye_status status = DYE_OK;
    hash_list_narrow(&s->list[from.kind], from.scale_bits);
    for (size_t i = 0; i < from.n && status == DYE_OK; i++)
        status = hash_list_add(&s->list[from.kind], from.at[i]);
    dye_identifier_set_done(&from);
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "identifier set: out of memory");
}
