/*
 * calendar: days of the Gregorian calendar as numbers. Howard Hinnant's days_from_civil and civil_from_days: years that
 * begin in March put the leap day at the end of an era of 400 years.
 */
#include "calendar.h"

#include <stdio.h>

int32_t dye_day(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int of_era = year - era * 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct calendar_date calendar_date(int32_t day)
{
    day += 719468;
    int era = (day >= 0 ? day : day - 146096) / 146097;
    int at = day - era * 146097;
    int of_era = (at - at / 1460 + at / 36524 - at / 146096) / 365;
    int of_year = at - (365 * of_era + of_era / 4 - of_era / 100);
    int shifted = (5 * of_year + 2) / 153;
    struct calendar_date d = {.month = shifted < 10 ? shifted + 3 : shifted - 9,
                              .day = of_year - (153 * shifted + 2) / 5 + 1};
    d.year = of_era + era * 400 + (d.month <= 2);
    return d;
}

void dye_day_text(int32_t day, char ret[11])
{
    struct calendar_date d = calendar_date(day);
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    memcpy(ret, text, 10);
    ret[10] = '\0';
}

int calendar_age(int32_t born, int32_t today)
{
    struct calendar_date b = calendar_date(born);
    struct calendar_date t = calendar_date(today);
    return t.year - b.year - (t.month < b.month || (t.month == b.month && t.day < b.day));
}
