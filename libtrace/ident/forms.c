/*
 * forms: the bytes by which a canonical value is recognised in a dump, and whether it can be.
 */
#include "dye/digest.h"
#include "free_text.h"
#include "kind.h"
#include "name_forms.h"

#include <openssl/evp.h>

static const struct {
    enum dye_digest digest;
    enum dye_form hex, base64;
} digests[] = {
    {DYE_MD5, DYE_FORM_MD5, DYE_FORM_MD5_BASE64},
    {DYE_SHA1, DYE_FORM_SHA1, DYE_FORM_SHA1_BASE64},
    {DYE_SHA256, DYE_FORM_SHA256, DYE_FORM_SHA256_BASE64},
    {DYE_SM3, DYE_FORM_SM3, DYE_FORM_SM3_BASE64},
};
enum {
    DIGESTS = sizeof digests / sizeof *digests,
    HASHED_MAX = 5,
    SEEN_MIN = 6, /* a prefix and three digits */
    MD5_MIDDLE = 8,
    MD5_MIDDLE_BYTES = 16
};
_Static_assert(4 + HASHED_MAX * (2 * DIGESTS + 1) + DYE_MASKS_MAX <= DYE_FORMS_MAX, "every text that is hashed fits");

struct forms {
    struct dye_form_bytes *ret;
    size_t n;
    size_t once; /* those from here on are not repeated */
};

static struct dye_value *add(struct forms *f, enum dye_form form)
{
    f->ret[f->n].form = form;
    return &f->ret[f->n++].bytes;
}

static void add_text(struct forms *f, enum dye_form form, const void *p, size_t n)
{
    value_set(add(f, form), p, n);
}

static void add_digests(struct forms *f, const void *text, size_t n)
{
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    char hex[2 * DYE_DIGEST_MAX_BYTES + 1];
    for (size_t i = 0; i < DIGESTS; i++) {
        size_t bytes = dye_digest_bytes(digests[i].digest);
        dye_digest_of(digests[i].digest, dye_span_of(text, n), raw);
        dye_hex(raw, bytes, hex);
        add_text(f, digests[i].hex, hex, 2 * bytes);
        struct dye_value *base64 = add(f, digests[i].base64);
        base64->n = (size_t)EVP_EncodeBlock((unsigned char *)base64->text, raw, (int)bytes);
        if (digests[i].digest == DYE_MD5)
            add_text(f, DYE_FORM_MD5_16, hex + MD5_MIDDLE, MD5_MIDDLE_BYTES);
    }
}

/* What sellers hash of a value: each as it stands. */
static void hash(struct forms *f, enum dye_kind kind, const struct dye_value *v, const struct dye_value *lower)
{
    static const char *const prefixes[] = {"+86", "86", "0086"};
    char text[DYE_VALUE_MAX_BYTES + 5];
    add_digests(f, v->text, v->n);
    if (!dye_span_equal(dye_value_span(v), dye_value_span(lower)))
        add_digests(f, lower->text, lower->n);
    if (v->n + 4 > DYE_VALUE_MAX_BYTES)
        return;
    memcpy(text, v->text, v->n);
    text[v->n] = '\n';
    add_digests(f, text, v->n + 1);
    for (size_t i = 0; kind == DYE_MOBILE && i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t n = strlen(prefixes[i]);
        memcpy(text, prefixes[i], n);
        memcpy(text + n, v->text, v->n);
        add_digests(f, text, n + v->n);
    }
}

/* Unless it is there, behind `once`. */
static void add_once(struct forms *f, enum dye_form form, const struct dye_value *v)
{
    for (size_t i = f->once; i < f->n; i++)
        if (dye_span_equal(dye_value_span(&f->ret[i].bytes), dye_value_span(v)))
            return;
    if (f->n < DYE_FORMS_MAX && v->n > 0)
        value_set(add(f, form), v->text, v->n);
}

/* Where too little is seen to look for it, as the fields of a record are read. */
static void mask(struct forms *f, enum dye_kind kind, const struct dye_value *v)
{
    struct dye_mask masks[DYE_MASKS_MAX];
    struct dye_trait trait;
    size_t n = dye_ident_masks(kind, v, masks);
    f->once = f->n; /* no digest has a '*' */
    for (size_t i = 0; i < n; i++)
        if (kind != DYE_EMAIL && masks[i].head + masks[i].tail >= SEEN_MIN && masks[i].text.n == v->n)
            add_text(f, DYE_FORM_MASKED, masks[i].text.text, masks[i].text.n);
        else if (dye_trait_mask(dye_value_span(&masks[i].text), &trait))
            add_once(f, kind == DYE_EMAIL ? DYE_FORM_MASKED : DYE_FORM_GLIMPSE, &trait.bytes);
}

/* The n digits behind the point and the exponent. The token begins behind the point, and ends before a '+'. */
static void add_scientific(struct forms *f, const char *digits, size_t n, const char *exponent)
{
    char text[DYE_TOKEN_MAX_BYTES];
    memcpy(text, digits, n);
    memcpy(text + n, exponent, 3);
    if (n + 1 < DYE_TOKEN_MIN_BYTES)
        return;
    add_text(f, DYE_FORM_SCIENTIFIC, text, n + 3);
    add_text(f, DYE_FORM_SCIENTIFIC, text, n + 1);
}

static size_t without_zeros(const char *digits, size_t n)
{
    while (n > 0 && digits[n - 1] == '0')
        n--;
    return n;
}

/* Java's Double and JavaScript write 17420013840 as 1.742001384E10. */
static void scientific(struct forms *f, const struct dye_value *v)
{
    add_scientific(f, v->text + 1, without_zeros(v->text + 1, v->n - 1), "e10");
}

/* Of an ID a spreadsheet keeps 15 digits, the others become 0: 110146199003070000, written as 1.10146199003070E+17,
 * with as many digits as are asked for or as are needed, or cut again to what is left. */
static void cut_id(struct forms *f, const struct dye_value *v)
{
    enum { ALL = 18, KEPT = 15 };
    char text[ALL + 1] = "";
    memcpy(text, v->text, KEPT);
    add_text(f, DYE_FORM_DAMAGED, text, KEPT);
    memcpy(text + KEPT, "000", ALL - KEPT);
    add_text(f, DYE_FORM_DAMAGED, text, ALL);
    size_t least = without_zeros(text + 1, KEPT - 1);
    add_scientific(f, text + 1, KEPT - 1, "e17");
    if (least < KEPT - 1)
        add_scientific(f, text + 1, least, "e17");
}

/* Issuers' numbers that begin with zeros are numbers to a spreadsheet, which leaves them out. */
static void zeroless(struct forms *f, const struct dye_value *v)
{
    size_t zeros = strspn(v->text, "0");
    if (zeros > 0 && v->n - zeros >= DYE_TOKEN_MIN_BYTES && strspn(v->text, "0123456789") == v->n)
        add_text(f, DYE_FORM_DAMAGED, v->text + zeros, v->n - zeros);
}

static void lower(const struct dye_value *v, struct dye_value *ret)
{
    value_set(ret, v->text, v->n);
    for (size_t i = 0; i < ret->n; i++)
        ret->text[i] = (char)dye_to_lower((uint8_t)ret->text[i]);
}

/* A canonical value is folded already; a sealed override might not be. */
static void fold(struct forms *f, enum dye_form form, const struct dye_value *v)
{
    struct dye_value folded;
    if (free_text_fold(dye_value_span(v), &folded) == DYE_OK)
        add_once(f, form, &folded);
}

static void name(struct forms *f, const struct dye_value *v)
{
    struct dye_mask masks[DYE_MASKS_MAX];
    struct dye_value latin[NAME_PINYIN_MAX];
    struct dye_trait trait;
    size_t n = dye_ident_masks(DYE_NAME, v, masks);
    for (size_t i = 0; i < n; i++)
        if (dye_trait_mask(dye_value_span(&masks[i].text), &trait))
            add_once(f, DYE_FORM_MASKED, &trait.bytes);
        else
            fold(f, DYE_FORM_MASKED, &masks[i].text);
    n = name_pinyin(v, latin);
    for (size_t i = 0; i < n; i++)
        add_once(f, DYE_FORM_PINYIN, &latin[i]);
}

static size_t folded_forms(enum dye_kind kind, const struct dye_value *v, struct forms *f)
{
    struct dye_trait parts[DYE_TRAIT_PARTS_MAX];
    if (kind == DYE_NAME && f->n > 0)
        name(f, v);
    size_t n = kind == DYE_ADDRESS && f->n > 0 ? dye_trait_address(dye_value_span(&f->ret[0].bytes), parts) : 0;
    for (size_t i = 0; i < n; i++)
        add_once(f, DYE_FORM_PART, &parts[i].bytes);
    return f->n;
}

static void plain_forms(struct forms *f, const struct kind_row *row, const struct dye_value *v)
{
    struct dye_value other;
    if (row->folded) {
        fold(f, DYE_PLAIN, v);
        return;
    }
    lower(v, add(f, DYE_PLAIN));
    if (row->alias_scanned && row->alias(v, &other))
        lower(&other, add(f, DYE_PLAIN));
}

size_t dye_ident_plain_forms(enum dye_kind kind, const struct dye_value *v,
                             struct dye_form_bytes ret[DYE_PLAIN_FORMS_MAX])
{
    const struct kind_row *row = kind_row_of(kind);
    struct forms f = {.ret = ret};
    if (row != NULL && v->n != 0)
        plain_forms(&f, row, v);
    return f.n;
}

size_t dye_ident_forms(enum dye_kind kind, const struct dye_value *v, struct dye_form_bytes ret[DYE_FORMS_MAX])
{
    const struct kind_row *row = kind_row_of(kind);
    struct forms f = {.ret = ret};
    struct dye_value other;
    if (row == NULL || v->n == 0)
        return 0;
    plain_forms(&f, row, v);
    if (row->folded)
        return folded_forms(kind, v, &f);
    const struct dye_value *plain = &ret[0].bytes;
    if (row->hashed)
        hash(&f, kind, v, plain);
    else if (row->scanned)
        zeroless(&f, v);
    if (kind == DYE_MOBILE || kind == DYE_RESIDENT_ID || kind == DYE_EMAIL)
        mask(&f, kind, plain);
    if (kind == DYE_MOBILE)
        scientific(&f, v);
    if (kind == DYE_RESIDENT_ID) {
        if (dye_resident_short(v, &other))
            add_text(&f, DYE_FORM_SHORT, other.text, other.n);
        if (v->n == 18) {
            cut_id(&f, v);
            add_text(&f, DYE_FORM_BIRTH, v->text + 6, 8);
        }
    }
    return f.n;
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
