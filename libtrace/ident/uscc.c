/*
 * uscc: the unified social credit code of an organisation (GB 32100-2015). Canonical: 18 of the digits and the letters
 * without I O S V Z; the registering department, the kind of organisation, six digits of an area, the nine characters
 * of the organisation's own code, a check character. Python's stdnum wants digits in the first two places as well, but
 * the departments beyond commerce have letters there.
 */
#include "kind.h"
#include "spelling.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static bool is_uscc(const char *p)
{
    static const unsigned weights[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    unsigned sum = 0;
    for (int i = 0; i < 18; i++)
        if (p[i] == '\0' || strchr(alphabet, p[i]) == NULL)
            return false;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (unsigned)(strchr(alphabet, p[i]) - alphabet);
    return spelling_digits(p + 2, 6) && p[17] == alphabet[(31 - sum % 31) % 31];
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!spelling_read(text, &s) || s.n > 32)
        return DYE_E_RECORD;
    spelling_tighten(&s, " -");
    if (s.n != 18 || !is_uscc(s.text))
        return DYE_E_RECORD;
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static const char *const displays[] = {"## ###### ######### #", "## ###### ########-# #", NULL};
static const char *const masks[] = {"####??????????####", "######????????####", "########??????????", "%####", NULL};

const struct kind_row kind_uscc = {
    .name = "uscc", .scanned = true, .parse = parse, .displays = displays, .masks = masks};
