/*
 * resident_id: GB 11643-1999. Canonical: 18 characters, area 6, birth date 8, sequence 3 (odd for men), check digit,
 * X in upper case. The 15-digit form of 1984 lacks the century and the check digit and is read as of the 1900s.
 *
 * Default space (DOMAIN 2): area codes that end in 44-49, of which no revision of GB/T 2260 ever assigned one, in the
 * prefectures that have counties; born 1930-2029, so that every age of living people is in it for years to come. An odd
 * number of sequences (999) gives both sexes.
 */
#include "kind.h"
#include "region.h"
#include "spelling.h"

enum { FIRST_YEAR = 1930, LAST_YEAR = 2029, FIRST_COUNTY = 44, LAST_COUNTY = 49, SEQUENCES = 999 };
#define COUNTIES (LAST_COUNTY - FIRST_COUNTY + 1)

static char check_digit(const char id[17])
{
    static const unsigned weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    unsigned sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (unsigned)(id[i] - '0');
    return "10X98765432"[sum % 11];
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static bool is_date(const char *yyyymmdd)
{
    unsigned year = (unsigned)read_digits(yyyymmdd, 4);
    unsigned month = (unsigned)read_digits(yyyymmdd + 4, 2);
    unsigned day = (unsigned)read_digits(yyyymmdd + 6, 2);
    return year >= 1800 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

/* Without its grouping, and of the century and with the check digit that 15 digits lack. False for another shape. */
static bool read_spelled(struct dye_span text, char id[32])
{
    static const char *const shapes[] = {"684", "6444", "663", "6333"};
    struct spelling s;
    size_t n = 0;
    if (!spelling_read(text, &s) || s.n > 21)
        return false;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && n == 0; i++)
        n = spelling_ungroup(s.text, s.n, shapes[i], id);
    if (n == 18)
        return spelling_digits(id, 17);
    if (n != 15 || !spelling_digits(id, 15))
        return false;
    memmove(id + 8, id + 6, 9);
    memcpy(id + 6, "19", 2);
    id[17] = check_digit(id);
    return true;
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    char id[32];
    if (text.n == 18 && spelling_digits((const char *)text.p, 17)) /* as nearly all stand */
        memcpy(id, text.p, 18);
    else if (!read_spelled(text, id))
        return DYE_E_RECORD;
    if (id[17] == 'x')
        id[17] = 'X';
    if (id[0] == '0' || !is_date(id + 6) || id[17] != check_digit(id))
        return DYE_E_RECORD;
    value_set(ret, id, 18);
    return DYE_OK;
}

#define LEAP_YEARS_TO(year) ((year) / 4 - (year) / 100 + (year) / 400)
enum { DAYS = 365 * (LAST_YEAR - FIRST_YEAR + 1) + LEAP_YEARS_TO(LAST_YEAR) - LEAP_YEARS_TO(FIRST_YEAR - 1) };

static uint64_t space(void)
{
    return region_divided_count() * COUNTIES * DAYS * SEQUENCES;
}

static void at(uint64_t i, struct dye_value *ret)
{
    unsigned sequence = (unsigned)(i % SEQUENCES) + 1;
    i /= SEQUENCES;
    unsigned day = (unsigned)(i % DAYS); /* from 1 January of FIRST_YEAR, then of the year, of the month */
    i /= DAYS;
    unsigned county = FIRST_COUNTY + (unsigned)(i % COUNTIES);
    unsigned prefecture = region_divided_at(i / COUNTIES);

    unsigned year = FIRST_YEAR, month = 1;
    for (unsigned n; day >= (n = is_leap(year) ? 366 : 365); year++)
        day -= n;
    for (unsigned n; day >= (n = days_in(year, month)); month++)
        day -= n;

    char id[18];
    put_digits(id, 4, prefecture);
    put_digits(id + 4, 2, county);
    put_digits(id + 6, 4, year);
    put_digits(id + 10, 2, month);
    put_digits(id + 12, 2, day + 1);
    put_digits(id + 14, 3, sequence);
    id[17] = check_digit(id);
    value_set(ret, id, sizeof id);
}

static bool is_safe(const struct dye_value *v)
{
    struct dye_value again;
    if (parse(dye_value_span(v), &again) != DYE_OK || !dye_span_equal(dye_value_span(v), dye_value_span(&again)))
        return false;
    unsigned county = (unsigned)read_digits(v->text + 4, 2);
    unsigned year = (unsigned)read_digits(v->text + 6, 4);
    if (county < FIRST_COUNTY || county > LAST_COUNTY || year < FIRST_YEAR || year > LAST_YEAR ||
        memcmp(v->text + 14, "000", 3) == 0)
        return false;
    return region_is_divided((unsigned)read_digits(v->text, 4));
}

void dye_resident_parts(struct dye_resident_parts *ret)
{
    ret->prefectures = (uint32_t)region_divided_count();
    ret->counties = COUNTIES;
    ret->days = DAYS;
    ret->sequences = SEQUENCES;
    ret->first_year = FIRST_YEAR;
}

static bool block(size_t i, struct number_range *ret)
{
    if (i >= region_divided_count() * COUNTIES)
        return false;
    ret->first = ret->last = region_divided_at(i / COUNTIES) * 100 + FIRST_COUNTY + i % COUNTIES;
    return true;
}

bool dye_resident_short(const struct dye_value *v, struct dye_value *ret)
{
    char id[15];
    if (memcmp(v->text + 6, "19", 2) != 0)
        return false;
    memcpy(id, v->text, 6);
    memcpy(id + 6, v->text + 8, 9);
    value_set(ret, id, sizeof id);
    return true;
}

void dye_resident_read(const struct dye_value *v, struct dye_resident *ret)
{
    ret->year = (int)read_digits(v->text + 6, 4);
    ret->month = (int)read_digits(v->text + 10, 2);
    ret->day = (int)read_digits(v->text + 12, 2);
    ret->sex = (v->text[16] - '0') % 2 == 1 ? 'M' : 'F';
    memcpy(ret->area, v->text, 6);
    ret->area[6] = '\0';
}

static const char *const displays[] = {"######-########-####", "###### ######## ####", "###### #### #### ####", NULL};
static const char *const masks[] = {"######????????####", "###???????????####", "#????????????????#",
                                    "####??????????####", NULL};

const struct kind_row kind_resident_id = {.name = "resident_id",
                                          .scanned = true,
                                          .hashed = true,
                                          .parse = parse,
                                          .displays = displays,
                                          .masks = masks,
                                          .alias = dye_resident_short,
                                          .space = space,
                                          .at = at,
                                          .is_safe = is_safe,
                                          .numbered = 6,
                                          .numbered_min = 6,
                                          .numbered_first = '9',
                                          .block = block};
