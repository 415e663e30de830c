/*
 * mrn: medical record numbers. No national form: opaque. Default space: ten digits that begin with 9.
 */
#include "kind.h"
#include "opaque.h"
#include "spelling.h"

#define FIRST UINT64_C(9000000000)

static uint64_t space(void)
{
    return UINT64_C(1000000000);
}

static void at(uint64_t i, struct dye_value *ret)
{
    char digits[10];
    put_digits(digits, 10, FIRST + i);
    value_set(ret, digits, sizeof digits);
}

static bool is_safe(const struct dye_value *v)
{
    return v->n == 10 && v->text[0] == '9' && spelling_digits(v->text, 10);
}

const struct kind_row kind_mrn = {.name = "mrn",
                                  .scanned = true,
                                  .parse = opaque_parse,
                                  .masks = opaque_masks,
                                  .space = space,
                                  .at = at,
                                  .is_safe = is_safe};
