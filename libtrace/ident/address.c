/*
 * address: a postal address. Canonical: folded (dye_text_fold), at least 4 characters. It corroborates and is never
 * evidence alone, so it has no space.
 */
#include "free_text.h"
#include "kind.h"

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct dye_value v;
    DYE_TRY(free_text_fold(text, &v));
    if (free_text_characters(&v) < 4)
        return DYE_E_RECORD;
    value_set(ret, v.text, v.n);
    return DYE_OK;
}

const struct kind_row kind_address = {.name = "address", .folded = true, .parse = parse};
