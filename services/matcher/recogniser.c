#include "recogniser.h"

#include "dye/text.h"

#include <string.h>

void recogniser_init(struct recogniser *r, struct registry *registry)
{
    *r = (struct recogniser){.keys = registry_keys(registry), .snapshot = registry_take(registry)};
    dye_key_derive(&r->keys->fp, "dyetrace/1/account", &r->accounts);
    dye_key_derive(&r->keys->fp, "dyetrace/1/caller", &r->callers);
}

void recogniser_done(struct recogniser *r)
{
    registry_put(r->snapshot);
    dye_key_wipe(&r->accounts);
    dye_key_wipe(&r->callers);
    *r = (struct recogniser){0};
}

static const char *find_as(const struct recogniser *r, enum dye_kind kind, struct dye_span text)
{
    enum { FOUND_MAX = 16 };
    struct dye_value value;
    struct dye_form_bytes forms[DYE_PLAIN_FORMS_MAX];
    const char *id = NULL;
    if (dye_ident_parse(kind, text, &value) != DYE_OK)
        return NULL;
    (void)dye_ident_plain_forms(kind, &value, forms);
    struct dye_span plain = dye_value_span(&forms[0].bytes);
    uint64_t probe = dye_probe(r->keys, plain);
    for (size_t part = 0; part < 2 && id == NULL; part++) {
        struct dye_index_entry found[FOUND_MAX];
        const struct dye_index *x = r->snapshot->set.part[part];
        size_t n = x != NULL ? dye_index_find(x, probe, plain, found, FOUND_MAX) : 0;
        for (size_t i = 0; i < n && id == NULL; i++)
            if (found[i].kind == kind && found[i].form == DYE_PLAIN)
                id = dye_index_canary_id(x, found[i].canary);
    }
    dye_wipe(forms, sizeof forms);
    dye_wipe(&value, sizeof value);
    return id;
}

const char *recogniser_find(const struct recogniser *r, enum dye_kind kind, struct dye_span text)
{
    const char *id = NULL;
    if (kind != DYE_KIND_NONE)
        return find_as(r, kind, text);
    for (kind = 1; kind < DYE_KIND_COUNT && id == NULL; kind++)
        if (dye_kind_is_scanned(kind))
            id = find_as(r, kind, text);
    return id;
}

static void pseudonym_of(const struct dye_key *k, const char *first, struct dye_span second,
                         uint8_t ret[PSEUDONYM_BYTES])
{
    uint8_t whole[32];
    struct dye_buf both;
    dye_buf_init(&both, 8192, true);
    /* Cut to what fits, which every path and name does. */
    if (dye_buf_append(&both, first, strlen(first) + 1) != DYE_OK ||
        dye_buf_append(&both, second.p, second.n) != DYE_OK)
        dye_buf_clear(&both);
    dye_hmac(k, dye_buf_span(&both), whole);
    memcpy(ret, whole, PSEUDONYM_BYTES);
    dye_wipe(whole, sizeof whole);
    dye_buf_done(&both);
}

void recogniser_account(const struct recogniser *r, const char *source, const char *account,
                        uint8_t ret[PSEUDONYM_BYTES])
{
    pseudonym_of(&r->accounts, source, dye_span_str(account), ret);
}

void recogniser_caller(const struct recogniser *r, const char *caller, uint8_t ret[PSEUDONYM_BYTES])
{
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_EMAIL};
    struct dye_value value = {0};
    struct dye_buf folded;
    dye_buf_init(&folded, 4096, true);
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !known; i++)
        known = dye_ident_parse(kinds[i], dye_span_str(caller), &value) == DYE_OK;
    struct dye_span text = dye_value_span(&value);
    if (!known)
        text = dye_text_fold(dye_span_str(caller), &folded) == DYE_OK ? dye_buf_span(&folded) : dye_span_str(caller);
    pseudonym_of(&r->callers, "", text, ret);
    dye_wipe(&value, sizeof value);
    dye_buf_done(&folded);
}

bool recogniser_is_plain(const char *text)
{
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_EMAIL};
    struct dye_value value;
    bool plain = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !plain; i++)
        plain = dye_ident_parse(kinds[i], dye_span_str(text), &value) == DYE_OK;
    dye_wipe(&value, sizeof value);
    return plain;
}
