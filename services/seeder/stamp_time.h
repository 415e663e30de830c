#ifndef DYE_STAMP_TIME_H
#define DYE_STAMP_TIME_H
/* stamp_time: a moment as messages write it, YYYYMMDDhhmmss in China's time, which is eight hours ahead of UTC all
 * year. */
#include <stdio.h>
#include <time.h>

static inline void stamp_time(time_t moment, char ret[15])
{
    struct tm t = {0};
    moment += 8 * 3600;
    gmtime_r(&moment, &t);
    if (strftime(ret, 15, "%Y%m%d%H%M%S", &t) == 0) /* a year of five digits */
        snprintf(ret, 15, "00010101000000");
}

#endif
