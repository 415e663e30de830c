#include "unfound.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const reasons[UNFOUND_REASONS] = {"of fewer than 8 characters", "of more than 64 characters",
                                                     "with signs in it"};
_Static_assert(DYE_TOKEN_MIN_BYTES == 8 && DYE_TOKEN_MAX_BYTES == 64, "the reasons say so");

static size_t reason_of(enum dye_kind kind, const struct dye_value *v)
{
    if (kind != DYE_EMAIL && v->n < DYE_TOKEN_MIN_BYTES)
        return 0;
    if (kind != DYE_EMAIL && v->n > DYE_TOKEN_MAX_BYTES)
        return 1;
    return 2; /* every kind that a scan looks for has a digit, or is an address */
}

void unfound_note(struct unfound *u, enum dye_kind kind, const struct dye_value *v, size_t line)
{
    if (!dye_kind_is_scanned(kind) || dye_ident_is_found(kind, v))
        return;
    size_t why = reason_of(kind, v);
    if (u->of[kind][why].n++ == 0)
        u->of[kind][why].line = line;
}

void unfound_print(const struct unfound *u, const char *what)
{
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
        for (size_t why = 0; why < UNFOUND_REASONS; why++) {
            uint64_t n = u->of[kind][why].n;
            char more[40] = "";
            if (n == 0)
                continue;
            if (n > 1)
                snprintf(more, sizeof more, " and %" PRIu64 " more", n - 1);
            fprintf(stderr, "dyetrace: %s: line %zu%s: %s %s, which no scan finds\n", what, u->of[kind][why].line, more,
                    dye_kind_name(kind), reasons[why]);
        }
}
