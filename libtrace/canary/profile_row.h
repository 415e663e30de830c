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

/* Columns whose cells are words that many rows share. */
static inline bool profile_has_words(enum dye_column_what what)
{
    return what == DYE_COLUMN_SEX || what == DYE_COLUMN_CONST || what == DYE_COLUMN_CHOICE ||
           what == DYE_COLUMN_OCCUPATION;
}

/* Contexts from the narrowest to the widest. */
enum { NAME_CONTEXTS = 3 };
void profile_name_contexts(const struct profile_row *row, char ret[NAME_CONTEXTS][8]);
void profile_decade(int year, char ret[5]);
/* From characters that are given to women or to men alone; '?' where none or both stand. */
char profile_guess_sex(const char *given);

/* How a date is written: "Y-m-d", "Y/n/j", "Ymd" ... ; n and j are without leading zeros; the rest stands for itself.
 * False for what is no date; *ret_shape is "" when it can't be told (both parts have two digits without a zero). */
bool profile_date_read(struct dye_span text, int ret_ymd[3], char ret_shape[24]);
/* `birth` is YYYY-MM-DD. False when the shape is none. */
bool profile_date_write(const char *shape, const char *birth, struct dye_value *ret);

#endif
