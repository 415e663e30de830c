/*
 * forms: the bytes by which a canonical value is recognised in a dump, and whether it can be.
 */
#include "dye/digest.h"
#include "free_text.h"
#include "kind.h"

static const struct {
    enum dye_form form;
    enum dye_digest digest;
} digests[] = {
    {DYE_FORM_MD5, DYE_MD5},
    {DYE_FORM_SHA1, DYE_SHA1},
    {DYE_FORM_SHA256, DYE_SHA256},
    {DYE_FORM_SM3, DYE_SM3},
};
enum { DIGESTS = sizeof digests / sizeof *digests };
_Static_assert(1 + 2 * DIGESTS <= DYE_FORMS_MAX, "an ID that ends in X has two of each digest");

static void hash(size_t i, struct dye_span text, struct dye_form_bytes *ret)
{
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    size_t n = dye_digest_bytes(digests[i].digest);
    dye_digest_of(digests[i].digest, text, raw);
    ret->form = digests[i].form;
    ret->bytes.n = 2 * n;
    dye_hex(raw, n, ret->bytes.text);
}

static void lower(const struct dye_value *v, struct dye_value *ret)
{
    value_set(ret, v->text, v->n);
    for (size_t i = 0; i < ret->n; i++)
        ret->text[i] = (char)dye_to_lower((uint8_t)ret->text[i]);
}

size_t dye_ident_forms(enum dye_kind kind, const struct dye_value *v, struct dye_form_bytes ret[DYE_FORMS_MAX])
{
    const struct kind_row *row = kind_row_of(kind);
    if (row == NULL || v->n == 0)
        return 0;
    struct dye_value *plain = &ret[0].bytes;
    ret[0].form = DYE_PLAIN;
    if (row->folded) {
        /* A canonical value is folded already; a sealed override might not be. */
        if (free_text_fold(dye_value_span(v), plain) != DYE_OK || plain->n == 0)
            return 0;
        return 1;
    }
    lower(v, plain);
    size_t n = 1;
    struct dye_value alias;
    if (row->alias_scanned && row->alias(v, &alias)) {
        ret[n].form = DYE_PLAIN;
        lower(&alias, &ret[n++].bytes);
    }
    for (size_t i = 0; row->hashed && i < DIGESTS; i++) {
        hash(i, dye_value_span(v), &ret[n++]);
        if (!dye_span_equal(dye_value_span(v), dye_value_span(plain)))
            hash(i, dye_value_span(plain), &ret[n++]); /* sellers hash 11010119900307001x as it stands */
    }
    return n;
}

static bool is_found_address(const struct dye_value *v)
{
    const char *sign = memchr(v->text, '@', v->n);
    if (sign == NULL || sign == v->text || v->text[0] == '-' || strstr(v->text, "--") != NULL)
        return false;
    for (const char *p = v->text; p < sign; p++)
        if (!dye_is_alnum((uint8_t)*p) && strchr("._%+-", *p) == NULL)
            return false;
    return true;
}

bool dye_ident_is_found(enum dye_kind kind, const struct dye_value *v)
{
    if (!dye_kind_is_scanned(kind))
        return false;
    if (kind == DYE_EMAIL)
        return is_found_address(v);
    bool digit = false;
    for (size_t i = 0; i < v->n; i++) {
        if (!dye_is_alnum((uint8_t)v->text[i]))
            return false;
        digit = digit || dye_is_digit((uint8_t)v->text[i]);
    }
    return digit && v->n >= DYE_TOKEN_MIN_BYTES && v->n <= DYE_TOKEN_MAX_BYTES;
}
