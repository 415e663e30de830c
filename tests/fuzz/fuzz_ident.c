/*
 * The first byte chooses the kind; the rest is its text. What is read is canonical, its forms fit, however it is
 * written it is read back, and no mask shows all of it. The rest is also a table of what is assigned.
 */
#include "dye/assigned.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A permit without its renewals is read back shorter; of all the others every display is the value itself. */
static void check_displays(enum dye_kind kind, const struct dye_value *v)
{
    struct dye_value displays[DYE_DISPLAYS_MAX], again;
    size_t n = dye_ident_displays(kind, v, displays);
    if (n == 0 || n > DYE_DISPLAYS_MAX)
        abort();
    for (size_t i = 0; i < n; i++) {
        if (dye_ident_parse(kind, dye_value_span(&displays[i]), &again) != DYE_OK)
            abort();
        if (!dye_span_equal(dye_value_span(v), dye_value_span(&again)) && !(kind == DYE_PERMIT && again.n == 9))
            abort();
    }
}

static void check_masks(enum dye_kind kind, const struct dye_value *v)
{
    struct dye_mask masks[DYE_MASKS_MAX];
    size_t n = dye_ident_masks(kind, v, masks);
    if (n > DYE_MASKS_MAX)
        abort();
    for (size_t i = 0; i < n; i++) {
        const struct dye_mask *m = &masks[i];
        if (m->head + m->tail >= v->n || m->text.n < m->tail || memcmp(m->text.text, v->text, m->head) != 0 ||
            memcmp(m->text.text + m->text.n - m->tail, v->text + v->n - m->tail, m->tail) != 0)
            abort();
    }
}

/* The same bytes as a field of a record. */
static void check_traits(struct dye_span field)
{
    struct dye_trait t, parts[DYE_TRAIT_PARTS_MAX];
    if (dye_trait_mask(field, &t) && (t.bytes.n > DYE_VALUE_MAX_BYTES || memchr(t.bytes.text, '*', t.bytes.n) == NULL))
        abort();
    if (dye_trait_date(field, &t) && t.bytes.n != 8)
        abort();
    size_t n = dye_trait_address(field, parts);
    for (size_t i = 0; i < n; i++)
        if (n > DYE_TRAIT_PARTS_MAX || parts[i].bytes.n > field.n)
            abort();
    (void)dye_trait_is_name(field);
}

static void check_table(struct dye_span text)
{
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_RESIDENT_ID};
    for (size_t i = 0; i < 2; i++) {
        struct dye_assigned *table;
        if (dye_assigned_new(kinds[i], text, &table, NULL) != DYE_OK)
            continue;
        if (dye_assigned_entries(table) == 0)
            abort();
        (void)dye_assigned_meets_space(table);
        dye_assigned_free(table);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    check_table(dye_span_of(data + 1, size - 1));
    check_traits(dye_span_of(data + 1, size - 1));
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
    check_displays(kind, &v);
    check_masks(kind, &v);
    if (kind == DYE_RESIDENT_ID) {
        struct dye_resident r;
        dye_resident_read(&v, &r);
        (void)dye_region_prefecture(r.area);
    }
    (void)dye_ident_is_safe(kind, &v);
    return 0;
}
