/*
 * policy: insurance policy numbers. No national form: opaque. Default space: 15 digits, the first not 0.
 */
#include "kind.h"
#include "opaque.h"
#include "spelling.h"

#define FIRST UINT64_C(100000000000000)

static uint64_t space(void)
{
    return 9 * FIRST;
}

static void at(uint64_t i, struct dye_value *ret)
{
    char digits[15];
    put_digits(digits, 15, FIRST + i);
    value_set(ret, digits, sizeof digits);
}

static bool is_safe(const struct dye_value *v)
{
    return v->n == 15 && v->text[0] != '0' && spelling_digits(v->text, 15);
}

const struct kind_row kind_policy = {.name = "policy",
                                     .scanned = true,
                                     .parse = opaque_parse,
                                     .masks = opaque_masks,
                                     .space = space,
                                     .at = at,
                                     .is_safe = is_safe};
