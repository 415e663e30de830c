/*
 * permit: to Hong Kong and Macao, C and eight digits, or C, a letter and seven digits; and from there to the mainland,
 * H or M and eight digits that stay a person's for life, which two more may follow that count the renewals. Canonical:
 * as it stands, nine or eleven characters. A renewal is another number of the same holder, so that the first nine are a
 * form of the eleven.
 */
#include "document.h"
#include "kind.h"

enum { HOLDER_CHARACTERS = 9, RENEWED_CHARACTERS = 11 };

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!document_read(text, &s))
        return DYE_E_RECORD;
    bool inward = (s.text[0] == 'H' || s.text[0] == 'M') && (s.n == HOLDER_CHARACTERS || s.n == RENEWED_CHARACTERS) &&
                  spelling_digits(s.text + 1, s.n - 1);
    if (!inward && !document_is_booklet(&s, 'C'))
        return DYE_E_RECORD;
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static bool holder(const struct dye_value *v, struct dye_value *ret)
{
    if (v->n != RENEWED_CHARACTERS)
        return false;
    value_set(ret, v->text, HOLDER_CHARACTERS);
    return true;
}

static const char *const displays[] = {"# ########", "# ######## ##", "# ##########", NULL};
static const char *const masks[] = {"#????####",   "##????###",       "###????##",   "#????????##",
                                    "###??????##", "#????????????##", "###????####", NULL};

const struct kind_row kind_permit = {.name = "permit",
                                     .scanned = true,
                                     .parse = parse,
                                     .displays = displays,
                                     .masks = masks,
                                     .alias = holder,
                                     .alias_scanned = true};
