/*
 * passport: ordinary electronic passports of the mainland. Canonical: E and eight digits, or E, a letter and seven
 * digits. No check digit stands outside the machine-readable zone, and no space is free: pools only.
 */
#include "document.h"
#include "kind.h"

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!document_read(text, &s) || !document_is_booklet(&s, 'E'))
        return DYE_E_RECORD;
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static const char *const displays[] = {"# ########", "## #######", NULL};
static const char *const masks[] = {"#????####", "##????###", "###????##", "##?????##", "#??????##", "?????####", NULL};

const struct kind_row kind_passport = {
    .name = "passport", .scanned = true, .parse = parse, .displays = displays, .masks = masks};
