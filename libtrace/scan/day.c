#include "day.h"

#include "digits.h"

uint32_t day_of(uint32_t year, uint32_t month, uint32_t day)
{
    bool real = year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    return real ? year * 10000 + month * 100 + day : 0;
}

uint32_t day_parted(const uint8_t *p, size_t n)
{
    if (n < 8 || n > 32 || (p[4] != '-' && p[4] != '/' && p[4] != '.'))
        return 0;
    size_t month = digits_run(p + 5, n - 5), at = 5 + month;
    if (month < 1 || month > 2 || at >= n || p[at] != p[4])
        return 0;
    size_t day = digits_run(p + at + 1, n - at - 1), end = at + 1 + day;
    if (day < 1 || day > 2 || (end < n && p[end] != ' ' && p[end] != 'T'))
        return 0;
    return day_of(digits_value(p, 4), digits_value(p + 5, month), digits_value(p + at + 1, day));
}

/* Days to a date after Howard Hinnant, "chrono-compatible low-level date algorithms". */
uint32_t day_of_seconds(uint32_t seconds)
{
    uint32_t days = seconds / 86400 + 719468, era = days / 146097, of_era = days % 146097;
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100), shifted = (5 * of_year + 2) / 153;
    uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    return day_of(era * 400 + year + (month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1);
}

uint32_t day_in_words(struct dye_span s)
{
    uint32_t part[3] = {0};
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < 3;) {
        size_t run = digits_run(s.p + i, s.n - i);
        if (run == 0 && s.p[i] < 0x80)
            return 0;
        if (run > 0 && (run > 4 || (n == 0) != (run == 4)))
            return 0;
        if (run > 0)
            part[n++] = digits_value(s.p + i, run);
        i += run > 0 ? run : 2 - (s.p[i] < 0x80);
        if (run == 0 && i < s.n && s.p[i] >= 0x80 && s.p[i] < 0xc0)
            i++;
    }
    return n == 3 ? day_of(part[0], part[1], part[2]) : 0;
}
