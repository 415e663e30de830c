#include "list.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

static_assert(LIST_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
                  LIST_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES && LIST_SALT == crypto_pwhash_SALTBYTES &&
                  LIST_AT_NONCE + LIST_NONCE == LIST_HEAD,
              "sizes agree");
static_assert(DYE_KIND_COUNT <= 32, "kinds fit into a word");

bool dye_exclusion_system_is_valid(const char *system)
{
    size_t n = strlen(system);
    if (n == 0 || n > DYE_EXCLUSION_SYSTEM_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)system[i];
        if (!dye_is_digit(c) && !(c >= 'a' && c <= 'z') && (i == 0 || strchr("._-", c) == NULL))
            return false;
    }
    return true;
}

bool dye_exclusion_has_kind(enum dye_kind kind)
{
    return kind > DYE_KIND_NONE && kind < DYE_KIND_COUNT && kind != DYE_NAME && kind != DYE_ADDRESS && kind != DYE_USCC;
}

void dye_exclusion_record_key(const struct dye_key *system_key, struct dye_key *ret)
{
    dye_key_derive(system_key, "dyetrace/1/exclusion/record", ret);
}

/* ---- keys ---- */

bool list_cost_is_valid(const struct dye_exclusion_cost *cost)
{
    return cost->passes >= 1 && cost->passes <= LIST_PASSES_MAX && cost->kib >= LIST_KIB_MIN &&
           cost->kib <= LIST_KIB_MAX;
}

enum dye_status list_keys_derive(const struct dye_key *system_key, const struct dye_exclusion_cost *cost,
                                 const uint8_t salt[LIST_SALT], struct list_keys *ret, struct dye_error *err)
{
    DYE_CLEANUP(dye_key_wipe) struct dye_key root = {0};
    if (sodium_init() < 0 ||
        crypto_pwhash(root.bytes, sizeof root.bytes, (const char *)system_key->bytes, DYE_KEY_BYTES, salt, cost->passes,
                      (size_t)cost->kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion list: no memory for its key (%u KiB)", cost->kib);
    dye_key_derive(&root, "dyetrace/1/exclusion/seal", &ret->seal);
    dye_key_derive(&root, "dyetrace/1/exclusion/fp", &ret->fp);
    return DYE_OK;
}

void list_keys_wipe(struct list_keys *k)
{
    dye_wipe(k, sizeof *k);
}

void list_hash(const struct dye_key *fp, enum dye_kind kind, struct dye_span form, uint8_t ret[DYE_FP_BYTES])
{
    uint8_t data[DYE_VALUE_MAX_BYTES + 1];
    uint8_t mac[32];
    assert(form.n <= DYE_VALUE_MAX_BYTES);
    data[0] = (uint8_t)kind;
    memcpy(data + 1, form.p, form.n);
    dye_hmac(fp, dye_span_of(data, form.n + 1), mac);
    memcpy(ret, mac, DYE_FP_BYTES);
    dye_wipe(data, sizeof data);
}

/* ---- the body ---- */

static uint64_t get(const uint8_t *p, size_t bytes)
{
    uint64_t v = 0;
    while (bytes-- > 0)
        v = v << 8 | p[bytes];
    return v;
}

struct list_entry list_entry_at(const struct dye_exclusion *x, uint32_t i)
{
    const uint8_t *p = x->entry + (size_t)i * LIST_ENTRY;
    return (struct list_entry){p, (uint32_t)get(p + DYE_FP_BYTES, 4), (enum dye_kind)p[DYE_FP_BYTES + 4]};
}

uint32_t list_find(const struct dye_exclusion *x, const uint8_t hash[DYE_FP_BYTES])
{
    uint32_t low = 0;
    uint32_t high = x->entries;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (memcmp(list_entry_at(x, middle).hash, hash, DYE_FP_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool read_terms(struct dye_exclusion *x)
{
    const uint8_t *p = x->body;
    if (x->bytes < LIST_TERMS || p[DYE_EXCLUSION_SYSTEM_MAX] != 0)
        return false;
    memcpy(x->terms.system, p, sizeof x->terms.system);
    p += sizeof x->terms.system;
    x->terms.made_at = (int64_t)get(p, 8);
    x->terms.expires_at = (int64_t)get(p + 8, 8);
    x->terms.epoch = get(p + 16, 8);
    x->terms.min_batch = (uint32_t)get(p + 24, 4);
    x->canaries = (uint32_t)get(p + 28, 4);
    x->entries = (uint32_t)get(p + 32, 4);
    x->canary = x->body + LIST_TERMS;
    return x->canaries <= DYE_EXCLUSION_CANARIES_MAX && x->entries <= DYE_EXCLUSION_ENTRIES_MAX &&
           x->bytes == LIST_TERMS + (size_t)x->canaries * LIST_CANARY + (size_t)x->entries * LIST_ENTRY &&
           get(p + 36, 4) == 0 && dye_exclusion_system_is_valid(x->terms.system);
}

static bool canaries_hold(const struct dye_exclusion *x)
{
    for (uint32_t i = 0; i < x->canaries; i++) {
        const uint8_t *p = x->canary + (size_t)i * LIST_CANARY;
        if (p[LIST_ID - 1] != 0 || strlen((const char *)p) != LIST_ID - 1 || p[LIST_ID] < 'A' || p[LIST_ID] > 'B' ||
            p[LIST_ID + 1] != 0)
            return false;
        for (size_t c = 0; c < LIST_ID - 1; c++) /* ids end up in JSON and on terminals */
            if (!dye_is_alnum(p[c]))
                return false;
    }
    return true;
}

static bool entries_hold(struct dye_exclusion *x)
{
    for (uint32_t i = 0; i < x->entries; i++) {
        struct list_entry e = list_entry_at(x, i);
        if (e.canary >= x->canaries || !dye_exclusion_has_kind(e.kind) || get(e.hash + DYE_FP_BYTES + 5, 3) != 0)
            return false;
        if (i > 0) {
            struct list_entry before = list_entry_at(x, i - 1);
            int d = memcmp(before.hash, e.hash, DYE_FP_BYTES);
            if (d > 0 || (d == 0 && before.canary >= e.canary))
                return false;
        }
        x->kinds[e.canary] |= UINT32_C(1) << e.kind;
    }
    return true;
}

static enum dye_status read_body(struct dye_exclusion *x, struct dye_error *err)
{
    if (!read_terms(x) || !canaries_hold(x))
        DYE_FAIL(err, DYE_E_STREAM, "exclusion list: it opens, and is none that this program reads");
    x->entry = x->canary + (size_t)x->canaries * LIST_CANARY;
    x->kinds = calloc((size_t)x->canaries + 1, sizeof *x->kinds);
    if (x->kinds == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion list: out of memory");
    if (!entries_hold(x))
        DYE_FAIL(err, DYE_E_STREAM, "exclusion list: it opens, and is none that this program reads");
    return DYE_OK;
}

/* ---- the file ---- */

static enum dye_status check_head(struct dye_span file, const struct dye_key *key, struct dye_exclusion_cost *ret_cost,
                                  struct dye_error *err)
{
    uint8_t check[DYE_KEY_CHECK_BYTES];
    if (file.n < LIST_HEAD + LIST_TAG || file.n > DYE_EXCLUSION_FILE_MAX_BYTES || memcmp(file.p, LIST_MAGIC, 8) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "exclusion list: the file is none");
    if (get(file.p + 8, 4) != LIST_VERSION)
        DYE_FAIL(err, DYE_E_STREAM, "exclusion list: made by another version, or damaged");
    struct dye_exclusion_cost cost = {.passes = (uint32_t)get(file.p + LIST_AT_PASSES, 4),
                                      .kib = (uint32_t)get(file.p + LIST_AT_PASSES + 4, 4)};
    if (!list_cost_is_valid(&cost) || get(file.p + LIST_AT_PASSES + 8, 4) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "exclusion list: the file is damaged");
    dye_key_check(key, "exclusion", check);
    if (!dye_equal_secret(check, file.p + LIST_AT_CHECK, sizeof check))
        DYE_FAIL(err, DYE_E_KEY, "exclusion list: made for another key");
    *ret_cost = cost;
    return DYE_OK;
}

static enum dye_status unseal(struct dye_exclusion *x, struct dye_span file, const struct list_keys *keys,
                              struct dye_error *err)
{
    unsigned long long padded = 0;
    struct dye_span sealed = dye_span_of(file.p + LIST_HEAD, file.n - LIST_HEAD);
    x->bytes = sealed.n; /* to be wiped, until its own length is known */
    x->body = malloc(sealed.n);
    if (x->body == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion list: out of memory");
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(x->body, &padded, NULL, sealed.p, sealed.n, file.p, LIST_HEAD,
                                                   file.p + LIST_AT_NONCE, keys->seal.bytes) != 0 ||
        padded == 0 || padded % LIST_PAD != 0 || sodium_unpad(&x->bytes, x->body, (size_t)padded, LIST_PAD) != 0)
        DYE_FAIL(err, DYE_E_STREAM, "exclusion list: the file is damaged");
    return DYE_OK;
}

enum dye_status dye_exclusion_open(struct dye_span file, const struct dye_key *system_key, struct dye_exclusion **ret,
                                   struct dye_error *err)
{
    struct dye_exclusion_cost cost = {0};
    DYE_CLEANUP(list_keys_wipe) struct list_keys keys = {0};
    DYE_TRY(check_head(file, system_key, &cost, err));
    DYE_TRY(list_keys_derive(system_key, &cost, file.p + LIST_AT_SALT, &keys, err));
    struct dye_exclusion *x = calloc(1, sizeof *x);
    if (x == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion list: out of memory");
    x->fp = keys.fp;
    enum dye_status status = unseal(x, file, &keys, err);
    if (status == DYE_OK)
        status = read_body(x, err);
    if (status != DYE_OK) {
        dye_exclusion_free(x);
        return status;
    }
    *ret = x;
    return DYE_OK;
}

void dye_exclusion_free(struct dye_exclusion *x)
{
    if (x == NULL)
        return;
    if (x->body != NULL)
        dye_wipe(x->body, x->bytes);
    free(x->body);
    free(x->kinds);
    dye_wipe(x, sizeof *x);
    free(x);
}

const struct dye_exclusion_terms *dye_exclusion_terms_of(const struct dye_exclusion *x)
{
    return &x->terms;
}

uint32_t dye_exclusion_canaries(const struct dye_exclusion *x)
{
    return x->canaries;
}

uint32_t dye_exclusion_entries(const struct dye_exclusion *x)
{
    return x->entries;
}

const char *dye_exclusion_canary_id(const struct dye_exclusion *x, uint32_t canary)
{
    assert(canary < x->canaries);
    return (const char *)x->canary + (size_t)canary * LIST_CANARY;
}

char dye_exclusion_canary_variant(const struct dye_exclusion *x, uint32_t canary)
{
    return dye_exclusion_canary_id(x, canary)[LIST_ID];
}
