#include "profile_date.h"

#include "calendar.h"

#include <stdio.h>

enum { DAY_S = 86400, PARTS = 6, SEPARATOR_MAX = 8 };

static int number_of(const char *s, size_t n)
{
    int number = 0;
    for (size_t i = 0; i < n; i++)
        number = number * 10 + (s[i] - '0');
    return number;
}

static bool is_date(const struct profile_date *d)
{
    return (d->year == 0 || (d->year >= 1800 && d->year < 2200)) && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= 31 && d->hour < 24 && d->minute < 60 && d->second < 60;
}

/* YYYYMMDD, with hhmm or hhmmss behind it; MMDD. */
static bool read_run(const char *s, size_t digits, struct profile_date *d)
{
    static const char *const shapes[] = {[4] = "md", [8] = "Ymd", [12] = "YmdHi", [14] = "YmdHis"};
    if (s[digits] != '\0' || digits > 14 || shapes[digits] == NULL)
        return false;
    size_t year = digits == 4 ? 0 : 4;
    d->year = number_of(s, year);
    d->month = number_of(s + year, 2);
    d->day = number_of(s + year + 2, 2);
    d->hour = digits > 8 ? number_of(s + 8, 2) : 0;
    d->minute = digits > 8 ? number_of(s + 10, 2) : 0;
    d->second = digits > 12 ? number_of(s + 12, 2) : 0;
    d->timed = digits > 8;
    snprintf(d->shape, sizeof d->shape, "%s", shapes[digits]);
    return is_date(d);
}

struct part {
    size_t digits, separator; /* of what stands behind it */
    int number;
    bool zero; /* begins with one */
    const char *behind;
};

static size_t split(const char *s, struct part ret[PARTS])
{
    size_t n = 0;
    for (; *s != '\0' && n < PARTS; n++) {
        struct part *p = &ret[n];
        p->digits = strspn(s, "0123456789");
        if (p->digits == 0 || p->digits > 4)
            return 0;
        p->number = number_of(s, p->digits);
        p->zero = s[0] == '0';
        p->behind = s + p->digits;
        p->separator = strcspn(p->behind, "0123456789");
        s = p->behind + p->separator;
        if (p->separator > SEPARATOR_MAX && *s != '\0')
            return 0;
    }
    return *s == '\0' ? n : 0;
}

bool profile_date_read(struct dye_span text, struct profile_date *ret)
{
    char s[DATE_SHAPE_BYTES];
    struct profile_date d = {0};
    struct part part[PARTS] = {0};
    if (text.n >= sizeof s || text.n < 4)
        return false;
    memcpy(s, text.p, text.n);
    s[text.n] = '\0';
    if (strpbrk(s, "YmndjMHis") != NULL)
        return false;
    size_t digits = strspn(s, "0123456789");
    if (digits > 4 || (digits == 4 && s[4] == '\0')) {
        bool is = read_run(s, digits, &d);
        if (is)
            *ret = d;
        return is;
    }
    size_t n = split(s, part), month = part[0].digits == 4;
    if (n != 2 + month && n != 4 + month && n != 5 + month)
        return false;
    const struct part *m = &part[month], *day = &part[month + 1];
    d.year = month ? part[0].number : 0;
    d.month = m->number;
    d.day = day->number;
    d.timed = n >= 4 + month;
    for (size_t i = month + 2; i < n; i++) {
        if (part[i].digits != 2)
            return false;
        *(i == month + 2 ? &d.hour : i == month + 3 ? &d.minute : &d.second) = part[i].number;
    }
    if (m->digits > 2 || day->digits > 2 || !is_date(&d) || strlen(day->behind) >= 24)
        return false;
    bool unpadded = m->digits == 1 || day->digits == 1, padded = m->zero || day->zero;
    if (unpadded != padded) {
        size_t used = 0;
        for (size_t i = 0; i < n; i++) {
            const char letter = i < month        ? 'Y'
                                : i == month     ? (padded ? 'm' : 'n')
                                : i == month + 1 ? (padded ? 'd' : 'j')
                                : i == month + 2 ? 'H'
                                : i == month + 3 ? 'i'
                                                 : 's';
            used += (size_t)snprintf(d.shape + used, sizeof d.shape - used, "%c%.*s", letter, (int)part[i].separator,
                                     part[i].behind);
        }
    }
    *ret = d;
    return true;
}

bool profile_date_write(const char *shape, const struct profile_date *d, struct dye_value *ret)
{
    size_t n = 0;
    bool day = false;
    for (const char *s = shape; *s != '\0'; s++) {
        char piece[16] = {*s, '\0'};
        static const char letters[] = "YmdHisnj";
        const int number[] = {d->year, d->month, d->day, d->hour, d->minute, d->second, d->month, d->day};
        const char *at = strchr(letters, *s);
        if (at != NULL)
            snprintf(piece, sizeof piece,
                     *s == 'Y'                ? "%04d"
                     : *s == 'n' || *s == 'j' ? "%d"
                                              : "%02d",
                     number[at - letters]);
        day = day || *s == 'd' || *s == 'j';
        if (n + strlen(piece) > DYE_VALUE_MAX_BYTES)
            return false;
        memcpy(ret->text + n, piece, strlen(piece) + 1);
        n += strlen(piece);
    }
    ret->n = n;
    return day;
}

int64_t profile_date_seconds(const struct profile_date *d)
{
    return (int64_t)dye_day(d->year != 0 ? d->year : 1970, d->month, d->day) * DAY_S + d->hour * 3600 + d->minute * 60 +
           d->second;
}

void profile_date_at(int64_t seconds, struct profile_date *ret)
{
    int64_t day = seconds >= 0 ? seconds / DAY_S : -((-seconds + DAY_S - 1) / DAY_S);
    int of_day = (int)(seconds - day * DAY_S);
    struct calendar_date c = calendar_date((int32_t)day);
    *ret = (struct profile_date){.year = c.year,
                                 .month = c.month,
                                 .day = c.day,
                                 .hour = of_day / 3600,
                                 .minute = of_day / 60 % 60,
                                 .second = of_day % 60};
}
