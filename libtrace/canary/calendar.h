#ifndef DYE_CANARY_CALENDAR_H
#define DYE_CANARY_CALENDAR_H
/* calendar: private to the layer; dye_day and dye_day_text in dye/canary.h are the public part. */
#include "dye/canary.h"

struct calendar_date {
    int year, month, day;
};
struct calendar_date calendar_date(int32_t day);
/* Full years; negative when `today` lies before. */
int calendar_age(int32_t born, int32_t today);

#endif
