#include "document.h"

bool document_read(struct dye_span text, struct spelling *ret)
{
    if (!spelling_read(text, ret) || ret->n > 20)
        return false;
    spelling_tighten(ret, " -");
    return ret->n > 0;
}

bool document_is_booklet(const struct spelling *s, char series)
{
    return s->n == 9 && s->text[0] == series &&
           (dye_is_digit((uint8_t)s->text[1]) || spelling_is_clear_letter(s->text[1])) &&
           spelling_digits(s->text + 2, 7);
}
