/* Which notices are due, and until when. Days are counted from 1970-01-01 in the calendar's zone. */
#include "dye/law.h"

enum { DAY = 86400, WORKING_DAYS_MAX = 3660 };

/* As 20260131 (civil from days, proleptic Gregorian; Howard Hinnant's chrono algorithms). */
static uint32_t date_of(int64_t day)
{
    int64_t z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    year += era * 400 + (month <= 2);
    return (uint32_t)(year * 10000 + month * 100 + (of_year - (153 * shifted + 2) / 5 + 1));
}

static bool is_among(uint32_t date, const uint32_t *dates, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (dates[i] == date)
            return true;
    return false;
}

static bool is_working(const struct dye_law *law, int64_t day)
{
    uint32_t date = date_of(day);
    bool weekend = (day % 7 + 10) % 7 >= 5; /* 1970-01-01 was a Thursday; Monday is 0 */
    if (is_among(date, law->calendar.working, law->calendar.workings))
        return true;
    return !weekend && !is_among(date, law->calendar.holiday, law->calendar.holidays);
}

static int64_t after_working_days(const struct dye_law *law, int64_t known_at, uint32_t n, bool *ret_by_calendar)
{
    int64_t local = known_at + law->calendar.offset_seconds;
    int64_t day = local / DAY - (local % DAY < 0);
    int32_t first = (int32_t)(date_of(day) / 10000);
    for (uint32_t i = 0; i < n && i < WORKING_DAYS_MAX;)
        i += is_working(law, ++day);
    int32_t last = (int32_t)(date_of(day) / 10000);
    *ret_by_calendar = first >= law->calendar.first_year && last <= law->calendar.last_year;
    return (day + 1) * DAY - 1 - law->calendar.offset_seconds;
}

size_t dye_law_notices(const struct dye_law *law, uint64_t persons, const uint64_t by_rule[DYE_LAW_RULES_MAX],
                       int64_t known_at, struct dye_law_due ret[DYE_LAW_NOTICES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < law->notices; i++) {
        const struct dye_law_notice *w = &law->notice[i];
        uint64_t whose = w->rule >= 0 ? by_rule[w->rule] : persons;
        if (whose == 0 || whose < w->persons)
            continue;
        struct dye_law_due due = {.notice = w, .persons = whose, .deadline = known_at, .by_calendar = true};
        if (w->clock == DYE_LAW_HOURS)
            due.deadline += (int64_t)w->amount * 3600;
        else if (w->clock == DYE_LAW_WORKING_DAYS)
            due.deadline = after_working_days(law, known_at, w->amount, &due.by_calendar);
        ret[n++] = due;
    }
    return n;
}
