#ifndef SCAN_COLUMN_NAME_H
#define SCAN_COLUMN_NAME_H
/*
 * column_name: what the name of a column says of its cells, and how much of it can be told. Private to the scan layer.
 *
 * What stands where names do may be a value: a file without a header whose first row was taken for one, an object of
 * JSON whose keys are people. So a name is told word by word, and only in words that are known: Chinese and English
 * words that columns are called by, runs of at most eight letters without a vowel (pinyin initials, abbreviations), up
 * to three digits. Anything else, of any length, is one '*'. What is no word at all is "".
 */
#include "dye/census.h"

struct column_name {
    char told[DYE_COLUMN_NAME_MAX_BYTES + 1];
    uint8_t says; /* a cell, or 0 */
    bool born;    /* a date of birth */
};

/* `name` is UTF-8, any length. */
void column_name_read(struct dye_span name, struct column_name *ret);

#endif
