#ifndef DYE_CANARY_PROFILE_ROW_H
#define DYE_CANARY_PROFILE_ROW_H
/*
 * profile_row: what a row, or a persona, says of its person, as the contexts that profiles count by. Private to the
 * layer.
 */
#include "profile.h"

struct profile_row {
    char sex;       /* 'M', 'F'; '?' where nothing tells */
    char decade[5]; /* "1980"; "" where nothing tells */
    char region[5]; /* the first four digits of the resident ID; "" without one */
    char area[7];   /* all six */
};

/* Columns whose cells are words that many rows share, and that follow no other (those: profile_symbol.h). */
static inline bool profile_has_words(enum dye_column_what what)
{
    return what == DYE_COLUMN_SEX || what == DYE_COLUMN_CONST;
}

/* Contexts from the narrowest to the widest. */
enum { NAME_CONTEXTS = 3 };
void profile_name_contexts(const struct profile_row *row, char ret[NAME_CONTEXTS][8]);
void profile_decade(int year, char ret[5]);
/* From characters that are given to women or to men alone; '?' where none or both stand. */
char profile_guess_sex(const char *given);

#endif
