/*
 * variant: the other value set of a persona.
 */
#include "dye/canary.h"

enum { SEQUENCE = 14, SEQUENCE_DIGITS = 3, ID_DIGITS = 18 };

static unsigned sequence_of(const struct dye_value *id)
{
    const char *d = id->text + SEQUENCE;
    return (unsigned)(d[0] - '0') * 100 + (unsigned)(d[1] - '0') * 10 + (unsigned)(d[2] - '0');
}

/* The ID of a person of the same county, day and sex: another sequence number, drawn by way of the other persona, and
 * the check digit that it takes. */
static void other_id(const struct dye_value *id, const struct dye_value *other, struct dye_value *ret)
{
    unsigned own = sequence_of(id);
    unsigned sequence = sequence_of(other);
    if (sequence % 2 != own % 2)
        sequence += sequence < 999 ? 1 : -1U;
    while (sequence == own || sequence == 0 || sequence > 999)
        sequence = sequence < 998 ? sequence + 2 : 2 - own % 2;
    char text[ID_DIGITS];
    memcpy(text, id->text, ID_DIGITS);
    text[SEQUENCE] = (char)('0' + sequence / 100);
    text[SEQUENCE + 1] = (char)('0' + sequence / 10 % 10);
    text[SEQUENCE + 2] = (char)('0' + sequence % 10);
    for (const char *check = "0123456789X"; *check != '\0'; check++) {
        text[ID_DIGITS - 1] = *check;
        if (dye_ident_parse(DYE_RESIDENT_ID, dye_span_of(text, ID_DIGITS), ret) == DYE_OK)
            break;
    }
    dye_wipe(text, sizeof text);
}

void dye_persona_variant(const struct dye_persona *p, const struct dye_persona *other, struct dye_persona *ret)
{
    *ret = *p;
    for (enum dye_kind k = 1; k < DYE_KIND_COUNT; k++) {
        if (p->value[k].n == 0 || !dye_kind_is_scanned(k))
            continue;
        if (k == DYE_RESIDENT_ID)
            other_id(&p->value[k], &other->value[k], &ret->value[k]);
        else
            ret->value[k] = other->value[k];
    }
}
