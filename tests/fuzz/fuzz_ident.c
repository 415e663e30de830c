/* The first byte chooses the kind; the rest is its text. What is read is canonical, and its forms fit. */
#include "dye/ident.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum dye_kind kind = (enum dye_kind)(data[0] % (DYE_KIND_COUNT + 1));
    struct dye_value v, again;
    if (dye_ident_parse(kind, dye_span_of(data + 1, size - 1), &v) != DYE_OK)
        return 0;
    if (v.n == 0 || v.n > DYE_VALUE_MAX_BYTES || v.text[v.n] != '\0')
        abort();
    if (dye_ident_parse(kind, dye_value_span(&v), &again) != DYE_OK ||
        !dye_span_equal(dye_value_span(&v), dye_value_span(&again)))
        abort();
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    size_t n = dye_ident_forms(kind, &v, forms);
    if (n == 0 || n > DYE_FORMS_MAX || forms[0].form != DYE_PLAIN)
        abort();
    if (kind == DYE_RESIDENT_ID) {
        struct dye_resident r;
        dye_resident_read(&v, &r);
        (void)dye_region_prefecture(r.area);
    }
    (void)dye_ident_is_safe(kind, &v);
    return 0;
}
