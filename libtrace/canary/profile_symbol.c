#include "profile_symbol.h"

#include <stdio.h>
#include <stdlib.h>

bool symbol_column(const struct dye_column *c)
{
    return c->what == DYE_COLUMN_CHOICE || c->what == DYE_COLUMN_OCCUPATION || c->what == DYE_COLUMN_RELATION ||
           c->what == DYE_COLUMN_NUMBER || c->what == DYE_COLUMN_TEXT || c->what == DYE_COLUMN_DATE;
}

static int sharing(const struct dye_column *c)
{
    return c->household ? 2 : c->same || c->what == DYE_COLUMN_KIND ? 1 : 0;
}

bool symbol_may_follow(const struct dye_sector *s, size_t i, size_t j, bool filled)
{
    if (i == j || sharing(&s->column[j]) < sharing(&s->column[i]))
        return false;
    return filled ? j > i || !symbol_column(&s->column[j]) : j < i && symbol_column(&s->column[j]);
}

void symbol_dates(const struct dye_sector *s, size_t i, const char *filled, char ret[DYE_SECTOR_COLUMNS_MAX + 1])
{
    size_t n = 0;
    for (size_t j = 0; j < s->columns; j++)
        if (s->column[j].what == DYE_COLUMN_DATE && j != i && sharing(&s->column[j]) >= sharing(&s->column[i]))
            ret[n++] = filled[j] == FILLED_NOT ? FILLED_NOT : FILLED_VALUE;
    ret[n] = '\0';
}

uint64_t symbol_low(unsigned bucket)
{
    static const uint64_t quarter[4] = {65536, 77936, 92682, 110218}; /* 2^16 times 2^(n/4) */
    if (bucket <= 8) /* 0, 1, 2, 3 ... each alone: the roots would round to less */
        return bucket;
    unsigned at = bucket + 4; /* symbol_low(8) is 8 = 2^(12/4) */
    return (quarter[at % 4] << (at / 4)) >> 16;
}

unsigned symbol_bucket(uint64_t v)
{
    unsigned b = 0;
    while (b + 1 < SYMBOL_BUCKETS && symbol_low(b + 1) <= v)
        b++;
    return b;
}

void symbol_quarter(int64_t when, char ret[SYMBOL_BYTES])
{
    struct profile_date d;
    profile_date_at(when, &d);
    snprintf(ret, SYMBOL_BYTES, "%04dq%d", d.year, (d.month + 2) / 3);
}

void symbol_month(int64_t when, char ret[SYMBOL_BYTES])
{
    struct profile_date d;
    profile_date_at(when, &d);
    snprintf(ret, SYMBOL_BYTES, "%04d-%02d", d.year, d.month);
}

void symbol_day(int64_t when, char ret[SYMBOL_BYTES])
{
    struct profile_date d;
    profile_date_at(when, &d);
    snprintf(ret, SYMBOL_BYTES, "%04d-%02d-%02d", d.year, d.month, d.day);
}

void symbol_ten_days(int64_t when, char ret[SYMBOL_BYTES])
{
    struct profile_date d;
    profile_date_at(when, &d);
    snprintf(ret, SYMBOL_BYTES, "%04d-%02d-%d", d.year, d.month, d.day > 20 ? 2 : (d.day - 1) / 10);
}

bool symbol_number(struct dye_span text, uint64_t *ret, char ret_ending[SYMBOL_BYTES])
{
    char s[24], *end;
    if (text.n == 0 || text.n >= sizeof s || !dye_is_digit(text.p[0]))
        return false;
    memcpy(s, text.p, text.n);
    s[text.n] = '\0';
    size_t digits = strspn(s, "0123456789");
    if (digits > 12 || (s[digits] != '\0' && (s[digits] != '.' || strspn(s + digits + 1, "0123456789") > 6 ||
                                              s[digits + 1 + strspn(s + digits + 1, "0123456789")] != '\0')))
        return false;
    *ret = strtoull(s, &end, 10);
    snprintf(ret_ending, SYMBOL_BYTES, "%s", s + digits - 1);
    return true;
}

void symbol_number_as_parent(uint64_t v, char ret[SYMBOL_BYTES])
{
    snprintf(ret, SYMBOL_BYTES, "b%u", symbol_bucket(v) / 2);
}

void symbol_lag(int64_t before, int64_t when, char ret[SYMBOL_BYTES])
{
    int64_t gap = when - before, days = when / DAY_SECONDS - before / DAY_SECONDS;
    if (gap < 0 && gap > -60) /* of the two one is written without seconds */
        gap = days = 0;
    if (gap >= HOUR_S && days == 0)
        snprintf(ret, SYMBOL_BYTES, "h");
    else if (gap >= 0 && (gap < SOON_S || days == 0))
        snprintf(ret, SYMBOL_BYTES, "%c%u", days == 0 ? 's' : 'm', symbol_bucket((uint64_t)gap));
    else if (days >= 0)
        snprintf(ret, SYMBOL_BYTES, "d%u", symbol_bucket((uint64_t)days));
    else
        snprintf(ret, SYMBOL_BYTES, "n%u", symbol_bucket((uint64_t)-days));
}

void symbol_hour(int64_t when, char ret[SYMBOL_BYTES])
{
    snprintf(ret, SYMBOL_BYTES, "%d", (int)((when % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS / HOUR_S / 2));
}

bool symbol_may_be_kept(struct dye_span text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        digits = dye_is_digit(text.p[i]) ? digits + 1 : 0;
        if (digits >= 7 || text.p[i] == '@')
            return false;
    }
    return text.n <= 48;
}

char symbol_parent_sex(const struct dye_column *c, const char *word)
{
    static const char *const fathers[] = {"父亲", "爸爸", "父", "爸"}, *const mothers[] = {"母亲", "妈妈", "母", "妈"};
    if (strcmp(word, c->male) == 0)
        return 'M';
    if (strcmp(word, c->female) == 0)
        return 'F';
    for (size_t i = 0; i < sizeof fathers / sizeof *fathers; i++)
        if (strcmp(word, fathers[i]) == 0 || strcmp(word, mothers[i]) == 0)
            return strcmp(word, fathers[i]) == 0 ? 'M' : 'F';
    return '?';
}
