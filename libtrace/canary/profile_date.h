#ifndef DYE_CANARY_PROFILE_DATE_H
#define DYE_CANARY_PROFILE_DATE_H
/*
 * profile_date: how dates and times are written. A shape is the text with letters for what changes: Y-m-d, Y/n/j,
 * Ymd, m-d, Y-m-d H:i:s; n and j are without leading zeros; the rest stands for itself. Private to the layer.
 */
#include "dye/canary.h"

enum { DATE_SHAPE_BYTES = 40 };
struct profile_date {
    int year, month, day; /* year 0: the text has none */
    int hour, minute, second;
    bool timed;
    char shape[DATE_SHAPE_BYTES]; /* "" when it can't be told: both parts have two digits without a zero */
};

/* False for what is no date of the years 1800 to 2199. */
bool profile_date_read(struct dye_span text, struct profile_date *ret);
/* False when the shape is none. */
bool profile_date_write(const char *shape, const struct profile_date *d, struct dye_value *ret);
/* Seconds since 1970, and back; a date without a year is of 1970. */
int64_t profile_date_seconds(const struct profile_date *d);
void profile_date_at(int64_t seconds, struct profile_date *ret);

#endif
