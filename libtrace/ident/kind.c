#include "kind.h"

#include <assert.h>

static const struct kind_row *const kinds[DYE_KIND_COUNT] = {
    [DYE_MOBILE] = &kind_mobile,       [DYE_RESIDENT_ID] = &kind_resident_id,
    [DYE_EMAIL] = &kind_email,         [DYE_NAME] = &kind_name,
    [DYE_ADDRESS] = &kind_address,     [DYE_WAYBILL] = &kind_waybill,
    [DYE_POLICY] = &kind_policy,       [DYE_MRN] = &kind_mrn,
    [DYE_BANK_CARD] = &kind_bank_card, [DYE_USCC] = &kind_uscc,
    [DYE_PLATE] = &kind_plate,         [DYE_PASSPORT] = &kind_passport,
    [DYE_PERMIT] = &kind_permit,       [DYE_QQ] = &kind_qq,
    [DYE_WECHAT] = &kind_wechat,       [DYE_ACCOUNT] = &kind_account,
};

static const char *const forms[DYE_FORM_COUNT] = {"none",       "plain",  "md5",        "sha1",        "sha256",
                                                  "sm3",        "md5-16", "md5-base64", "sha1-base64", "sha256-base64",
                                                  "sm3-base64", "masked", "short",      "damaged",     "scientific",
                                                  "glimpse",    "birth",  "pinyin",     "part",        "other"};

const struct kind_row *kind_row_of(enum dye_kind kind)
{
    return (unsigned)kind < DYE_KIND_COUNT ? kinds[kind] : NULL;
}

const char *dye_kind_name(enum dye_kind kind)
{
    const struct kind_row *row = kind_row_of(kind);
    return row != NULL ? row->name : "none";
}

enum dye_kind dye_kind_from_name(struct dye_span name)
{
    for (int k = DYE_KIND_NONE + 1; k < DYE_KIND_COUNT; k++)
        if (dye_span_equal(name, dye_span_str(kinds[k]->name)))
            return (enum dye_kind)k;
    return DYE_KIND_NONE;
}

const char *dye_form_name(enum dye_form form)
{
    return forms[(unsigned)form < DYE_FORM_COUNT ? form : DYE_FORM_NONE];
}

enum dye_form dye_form_from_name(struct dye_span name)
{
    for (int f = DYE_FORM_NONE + 1; f < DYE_FORM_COUNT; f++)
        if (dye_span_equal(name, dye_span_str(forms[f])))
            return (enum dye_form)f;
    return DYE_FORM_NONE;
}

bool dye_kind_is_scanned(enum dye_kind kind)
{
    const struct kind_row *row = kind_row_of(kind);
    return row != NULL && row->scanned;
}

bool dye_form_is_scanned(enum dye_kind kind, enum dye_form form)
{
    return dye_kind_is_scanned(kind) && form < DYE_FORM_GLIMPSE && !(kind == DYE_EMAIL && form == DYE_FORM_MASKED);
}

enum dye_status dye_ident_parse(enum dye_kind kind, struct dye_span text, struct dye_value *ret)
{
    const struct kind_row *row = kind_row_of(kind);
    return row != NULL ? row->parse(text, ret) : DYE_E_RECORD;
}

uint64_t dye_ident_space(enum dye_kind kind)
{
    const struct kind_row *row = kind_row_of(kind);
    return row != NULL && row->space != NULL ? row->space() : 0;
}

void dye_ident_at(enum dye_kind kind, uint64_t i, struct dye_value *ret)
{
    assert(i < dye_ident_space(kind));
    kind_row_of(kind)->at(i, ret);
}

bool dye_ident_is_safe(enum dye_kind kind, const struct dye_value *v)
{
    const struct kind_row *row = kind_row_of(kind);
    return row != NULL && row->is_safe != NULL && row->is_safe(v);
}
