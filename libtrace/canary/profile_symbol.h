#ifndef DYE_CANARY_PROFILE_SYMBOL_H
#define DYE_CANARY_PROFILE_SYMBOL_H
/*
 * profile_symbol: the columns that are no identifiers, each as a symbol and a detail, so that columns can be counted in
 * pairs and made again one after another. Private to the layer.
 *
 *   words     the word
 *   numbers   which quarter of an octave; detail: the number itself where many have it, else how numbers end
 *   dates     ABSOLUTE: the month; detail: the day. LAG behind the column that the sector says: years behind birth; on
 *             the same day a bucket of seconds within the hour (s), or later (h); the next day within six hours (m)
 *             a bucket of seconds; else of days; detail: the days
 *   texts     of up to eight bytes the text, behind a quote; of others letters and digits as classes, {column:Ymd}
 * where the date of a column stands; detail: the text where many have it, else character by character; LEAD, the first
 * digits, where numbers run on with time
 *
 * A column's symbol follows one other column (its parent): the one that tells most of it.
 */
#include "profile_date.h"
#include "profile_row.h"

enum {
    SYMBOL_BYTES = 64,
    SHORT_TEXT_BYTES = 8,
    LEAD_DIGITS = 3,
    LEAD_NEXT_DIGITS = 6,
    LEAD_FROM_DIGITS = 6,
    SOON_S = 6 * 3600,
    HOUR_S = 3600,
    DAY_SECONDS = 86400
};
#define FACET_SYMBOL "symbol"
#define FACET_ABSOLUTE "absolute"
#define FACET_LAG "lag"
#define FACET_LEAD "lead"
#define FACET_MODE "mode" /* of dates: absolute or lag */
#define SYMBOL_OTHER "~"  /* a word that must not be kept */
/* Parents that are no columns. */
#define PARENT_SEX "{sex}"
#define PARENT_DECADE "{decade}"
#define PARENT_YEAR "{year}"   /* of birth */
#define PARENT_MONTH "{month}" /* of birth */
#define PARENT_DATES "{dates}" /* which dates are there: what has not come yet is recent */
#define PARENT_HOUR "{hour}"   /* of the date that it is counted from, in pairs: what is late goes on tomorrow */
#define PARENT_FILLED '?'      /* and a column's name: whether it is filled */

/* Whether a column is of this kind. */
bool symbol_column(const struct dye_column *c);
/* What may tell of column i: column j does, or (`filled`) that it is filled: what all records of a person share follows
 * nothing that they don't, and so for households. */
bool symbol_may_follow(const struct dye_sector *s, size_t i, size_t j, bool filled);

/* Of the dates that column i may follow, which are there; `filled` is of FILLED_. */
void symbol_dates(const struct dye_sector *s, size_t i, const char *filled, char ret[DYE_SECTOR_COLUMNS_MAX + 1]);

/* Buckets of a quarter of an octave: [symbol_low(b), symbol_low(b + 1)) is bucket b; 0 and 1 are alone. Integers, so
 * the same on every machine. */
enum { SYMBOL_BUCKETS = 176 };
uint64_t symbol_low(unsigned bucket);
unsigned symbol_bucket(uint64_t v);

/* What a date says when another column follows it. */
void symbol_quarter(int64_t when, char ret[SYMBOL_BYTES]);
void symbol_month(int64_t when, char ret[SYMBOL_BYTES]);
void symbol_day(int64_t when, char ret[SYMBOL_BYTES]);
void symbol_ten_days(int64_t when, char ret[SYMBOL_BYTES]); /* of a month: what numbers that run on follow */
/* The number of a text such as 1299.90: its integer part, and the last digit of that with whatever follows. */
bool symbol_number(struct dye_span text, uint64_t *ret, char ret_ending[SYMBOL_BYTES]);
void symbol_number_as_parent(uint64_t v, char ret[SYMBOL_BYTES]);
/* How long after `before` it is. */
void symbol_lag(int64_t before, int64_t when, char ret[SYMBOL_BYTES]);

void symbol_hour(int64_t when, char ret[SYMBOL_BYTES]);

/* Whether free text is short, without an address or seven digits in a row. */
bool symbol_may_be_kept(struct dye_span text);
/* 'M' or 'F' of a word for a father or a mother, '?' */
char symbol_parent_sex(const struct dye_column *c, const char *word);

#endif
