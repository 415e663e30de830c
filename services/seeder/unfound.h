#ifndef DYE_UNFOUND_H
#define DYE_UNFOUND_H
/*
 * unfound: values that somebody hands in and no scan can find (dye_ident_is_found), such as an issuer's number with
 * hyphens. They are taken, because a record shows them; who hands them in is told, a line a kind and reason, and never
 * a value.
 */
#include "dye/ident.h"

enum { UNFOUND_REASONS = 3 };
struct unfound { /* all zeros at first */
    struct {
        size_t line; /* the first */
        uint64_t n;
    } of[DYE_KIND_COUNT][UNFOUND_REASONS];
};

/* Notes the value of that line if no scan finds it; kinds that no scan looks for are not noted, whose word
 * that is. */
void unfound_note(struct unfound *u, enum dye_kind kind, const struct dye_value *v, size_t line);
/* "dyetrace: pool: line 2 and 3 more: mrn with signs in it, which no scan finds", on standard error. */
void unfound_print(const struct unfound *u, const char *what);

#endif
