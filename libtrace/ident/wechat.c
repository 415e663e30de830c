/*
 * wechat: account names of WeChat. Canonical: a letter, then 5 to 19 letters, digits, - and _; lower case, since WeChat
 * takes both for the same. Many a word and many a name in pinyin is one too, so that it only corroborates.
 */
#include "kind.h"
#include "spelling.h"

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!spelling_read(text, &s) || s.n < 6 || s.n > 20 || !dye_is_alpha((uint8_t)s.text[0]))
        return DYE_E_RECORD;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.text[i];
        if (!dye_is_alnum(c) && c != '-' && c != '_')
            return DYE_E_RECORD;
        s.text[i] = (char)dye_to_lower(c);
    }
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static const char *const masks[] = {"#%#", "##%##", "###%", "###%###", "#~***#", "##~***", NULL};

const struct kind_row kind_wechat = {.name = "wechat", .folded = true, .parse = parse, .masks = masks};
