/*
 * qq: account numbers of QQ. Canonical: 5 to 11 digits, the first not 0. So short a number is also an amount, a date or
 * a piece of another: it only corroborates, and only values from a pool are planted.
 */
#include "kind.h"
#include "spelling.h"

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!spelling_read(text, &s) || s.n < 5 || s.n > 11 || s.text[0] == '0' || !spelling_digits(s.text, s.n))
        return DYE_E_RECORD;
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static const char *const masks[] = {"###%###", "##%##", "###%##", "##%###", "#%#", "%####", NULL};

const struct kind_row kind_qq = {.name = "qq", .folded = true, .parse = parse, .masks = masks};
