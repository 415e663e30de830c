#include "list.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

struct dye_exclusion_builder {
    struct dye_exclusion_terms terms;
    struct list_keys keys;
    uint8_t head[LIST_HEAD];
    struct dye_buf canaries, entries; /* as the body has them; entries in the order of their coming */
};

static enum dye_status write_head(const struct dye_key *system_key, const struct dye_exclusion_cost *cost,
                                  uint8_t ret[LIST_HEAD], struct dye_error *err)
{
    const uint32_t numbers[] = {LIST_VERSION, cost->passes, cost->kib, 0};
    memcpy(ret, LIST_MAGIC, 8);
    for (size_t i = 0; i < 4; i++)
        for (size_t b = 0; b < 4; b++)
            ret[8 + 4 * i + b] = (uint8_t)(numbers[i] >> 8 * b);
    dye_key_check(system_key, "exclusion", ret + LIST_AT_CHECK);
    return dye_random(ret + LIST_AT_SALT, LIST_SALT + LIST_NONCE, err);
}

enum dye_status dye_exclusion_builder_new(const struct dye_exclusion_terms *terms, const struct dye_key *system_key,
                                          const struct dye_exclusion_cost *cost, struct dye_exclusion_builder **ret,
                                          struct dye_error *err)
{
    static const struct dye_exclusion_cost usual = {.kib = LIST_KIB_MAX, .passes = 8};
    cost = cost != NULL ? cost : &usual;
    if (!dye_exclusion_system_is_valid(terms->system) || terms->expires_at <= terms->made_at ||
        !list_cost_is_valid(cost))
        DYE_FAIL(err, DYE_E_USAGE, "exclusion list: its terms can't be");
    struct dye_exclusion_builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "exclusion list: out of memory");
    b->terms = *terms;
    dye_buf_init(&b->canaries, (size_t)DYE_EXCLUSION_CANARIES_MAX * LIST_CANARY, true);
    dye_buf_init(&b->entries, (size_t)DYE_EXCLUSION_ENTRIES_MAX * LIST_ENTRY, true);
    enum dye_status status = write_head(system_key, cost, b->head, err);
    if (status == DYE_OK)
        status = list_keys_derive(system_key, cost, b->head + LIST_AT_SALT, &b->keys, err);
    if (status != DYE_OK) {
        dye_exclusion_builder_free(b);
        return status;
    }
    *ret = b;
    return DYE_OK;
}

void dye_exclusion_builder_free(struct dye_exclusion_builder *b)
{
    if (b == NULL)
        return;
    dye_buf_done(&b->canaries);
    dye_buf_done(&b->entries);
    dye_wipe(b, sizeof *b);
    free(b);
}

static uint32_t canaries(const struct dye_exclusion_builder *b)
{
    return (uint32_t)(b->canaries.n / LIST_CANARY);
}

static enum dye_status added(enum dye_status status, struct dye_error *err)
{
    if (status == DYE_OK)
        return DYE_OK;
    return dye_fail(err, status, "exclusion list: %s", status == DYE_E_LIMIT ? "too many canaries" : "out of memory");
}

enum dye_status dye_exclusion_builder_canary(struct dye_exclusion_builder *b, const char *id, char variant,
                                             struct dye_error *err)
{
    uint8_t row[LIST_CANARY] = {0};
    if (strlen(id) != LIST_ID - 1)
        DYE_FAIL(err, DYE_E_BUG, "exclusion list: not a canary's id");
    memcpy(row, id, LIST_ID);
    row[LIST_ID] = (uint8_t)variant;
    return added(dye_buf_append(&b->canaries, row, sizeof row), err);
}

/* What shows a part, or shows it damaged, may be another person's. Only whole values are in a list, and their digests.
 */
static bool is_whole(enum dye_form form)
{
    return form == DYE_PLAIN || form == DYE_FORM_MD5 || form == DYE_FORM_SHA1 || form == DYE_FORM_SHA256 ||
           form == DYE_FORM_SM3;
}

enum dye_status dye_exclusion_builder_value(struct dye_exclusion_builder *b, enum dye_kind kind,
                                            const struct dye_value *v, struct dye_error *err)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    enum dye_status status = DYE_OK;
    if (!dye_exclusion_has_kind(kind))
        return DYE_OK;
    assert(b->canaries.n != 0);
    size_t n = dye_ident_forms(kind, v, forms);
    for (size_t i = 0; status == DYE_OK && i < n; i++) {
        uint8_t row[LIST_ENTRY] = {0};
        uint32_t canary = canaries(b) - 1;
        if (!is_whole(forms[i].form))
            continue;
        list_hash(&b->keys.fp, kind, dye_value_span(&forms[i].bytes), row);
        for (size_t byte = 0; byte < 4; byte++)
            row[DYE_FP_BYTES + byte] = (uint8_t)(canary >> 8 * byte);
        row[DYE_FP_BYTES + 4] = (uint8_t)kind;
        status = dye_buf_append(&b->entries, row, sizeof row);
    }
    dye_wipe(forms, sizeof forms);
    return added(status, err);
}

/* ---- the file ---- */

static uint32_t canary_of(const uint8_t *row)
{
    const uint8_t *p = row + DYE_FP_BYTES;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int order(const void *a, const void *b)
{
    int d = memcmp(a, b, DYE_FP_BYTES);
    uint32_t x = canary_of(a);
    uint32_t y = canary_of(b);
    return d != 0 ? d : (x > y) - (x < y);
}

/* Sorted, and without what a canary has twice: a value may come once as its own and once as another's alias. */
static void settle(struct dye_buf *entries)
{
    size_t n = entries->n / LIST_ENTRY;
    size_t kept = 0;
    if (n == 0)
        return;
    qsort(entries->p, n, LIST_ENTRY, order);
    for (size_t i = 0; i < n; i++) {
        uint8_t *row = entries->p + i * LIST_ENTRY;
        if (kept == 0 || order(entries->p + (kept - 1) * LIST_ENTRY, row) != 0)
            memmove(entries->p + kept++ * LIST_ENTRY, row, LIST_ENTRY);
    }
    entries->n = kept * LIST_ENTRY;
}

static enum dye_status write_body(const struct dye_exclusion_builder *b, struct dye_buf *to)
{
    char system[sizeof b->terms.system] = {0};
    memcpy(system, b->terms.system, strlen(b->terms.system));
    DYE_TRY(dye_buf_append(to, system, sizeof system));
    DYE_TRY(dye_buf_append_u64(to, (uint64_t)b->terms.made_at));
    DYE_TRY(dye_buf_append_u64(to, (uint64_t)b->terms.expires_at));
    DYE_TRY(dye_buf_append_u64(to, b->terms.epoch));
    DYE_TRY(dye_buf_append_u32(to, b->terms.min_batch));
    DYE_TRY(dye_buf_append_u32(to, canaries(b)));
    DYE_TRY(dye_buf_append_u32(to, (uint32_t)(b->entries.n / LIST_ENTRY)));
    DYE_TRY(dye_buf_append_u32(to, 0));
    if (b->canaries.n != 0)
        DYE_TRY(dye_buf_append(to, b->canaries.p, b->canaries.n));
    if (b->entries.n != 0)
        DYE_TRY(dye_buf_append(to, b->entries.p, b->entries.n));
    DYE_TRY(dye_buf_append_u8(to, 0x80)); /* the padding of sodium_unpad */
    static const uint8_t zeros[LIST_PAD];
    return to->n % LIST_PAD != 0 ? dye_buf_append(to, zeros, LIST_PAD - to->n % LIST_PAD) : DYE_OK;
}

enum dye_status dye_exclusion_builder_seal(struct dye_exclusion_builder *b, struct dye_buf *ret, struct dye_error *err)
{
    struct dye_buf body;
    unsigned long long n = 0;
    settle(&b->entries);
    dye_buf_init(&body, DYE_EXCLUSION_FILE_MAX_BYTES - LIST_HEAD - LIST_TAG, true);
    enum dye_status status = write_body(b, &body);
    uint8_t *sealed = status == DYE_OK ? malloc(body.n + LIST_TAG) : NULL;
    if (status == DYE_OK && sealed == NULL)
        status = DYE_E_NOMEM;
    if (status == DYE_OK) {
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &n, body.p, body.n, b->head, LIST_HEAD, NULL,
                                                   b->head + LIST_AT_NONCE, b->keys.seal.bytes);
        status = dye_buf_append(ret, b->head, LIST_HEAD);
    }
    if (status == DYE_OK)
        status = dye_buf_append(ret, sealed, (size_t)n);
    free(sealed);
    dye_buf_done(&body);
    return added(status, err);
}
