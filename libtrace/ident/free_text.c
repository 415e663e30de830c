#include "free_text.h"

#include "dye/text.h"
#include "kind.h"

enum dye_status free_text_fold(struct dye_span text, struct dye_value *ret)
{
    struct dye_buf folded;
    dye_buf_init(&folded, DYE_VALUE_MAX_BYTES, true);
    enum dye_status status = dye_text_fold(text, &folded);
    if (status == DYE_OK)
        value_set(ret, folded.n != 0 ? folded.p : (const uint8_t *)"", folded.n);
    dye_buf_done(&folded);
    return status == DYE_E_LIMIT ? DYE_E_RECORD : status;
}

size_t free_text_characters(const struct dye_value *v)
{
    size_t characters = 0;
    for (size_t i = 0; i < v->n; i++)
        characters += ((uint8_t)v->text[i] & 0xc0) != 0x80;
    return characters;
}
