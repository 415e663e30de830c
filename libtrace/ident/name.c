/*
 * name: a person's name. Canonical: folded (dye_text_fold), 2 to 40 characters, no digit among them. It corroborates
 * and is never evidence alone, so it has no space: a persona's name may be anybody's.
 */
#include "free_text.h"
#include "kind.h"

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct dye_value v;
    DYE_TRY(free_text_fold(text, &v));
    size_t characters = free_text_characters(&v);
    if (characters < 2 || characters > 40)
        return DYE_E_RECORD;
    for (size_t i = 0; i < v.n; i++)
        if (dye_is_digit((uint8_t)v.text[i]))
            return DYE_E_RECORD;
    value_set(ret, v.text, v.n);
    return DYE_OK;
}

/* 张* 张*三 *三 **三 *三丰 张先生; two characters of a compound surname. */
static const char *const masks[] = {"#%",   "?##",    "%#",     "#%#",     "##%",     "#~*",
                                    "#~**", "#~先生", "#~女士", "##~先生", "##~女士", NULL};

const struct kind_row kind_name = {.name = "name", .folded = true, .parse = parse, .masks = masks};
