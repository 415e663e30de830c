/*
 * profile_sector: of whom a table speaks, as the population that personas are chosen from.
 */
#include "profile_follow.h"

#include "calendar.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t weight_of(uint64_t n)
{
    return n < UINT32_MAX / 64 ? (uint32_t)n : UINT32_MAX / 64;
}

static const struct profile_value *values(const struct dye_profile *p, const char *facet, const char *context,
                                          size_t *ret_n)
{
    const struct profile_group *g = profile_find(p, "*", facet, context);
    *ret_n = g != NULL ? g->values : 0;
    return g != NULL ? &p->value[g->first] : NULL;
}

/* Bands of six years, so that the last holds those of 90 and more. */
static void set_ages(const struct dye_profile *profile, bool eldest, int year, struct dye_population *ret)
{
    enum { BAND = 6 };
    size_t n;
    uint64_t weight[DYE_AGE_BANDS_MAX] = {0};
    const struct profile_value *born = values(profile, eldest ? "eldest" : "born", "", &n);
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        int age = year - (int)strtol(born[i].text, NULL, 10);
        if (age >= 0 && age < BAND * DYE_AGE_BANDS_MAX)
            weight[age / BAND] += born[i].n;
    }
    memset(ret->age, 0, sizeof ret->age);
    ret->ages = 0;
    for (unsigned b = 0; b < DYE_AGE_BANDS_MAX; b++)
        if (weight[b] != 0) {
            ret->age[ret->ages].from = (uint8_t)(b * BAND);
            ret->age[ret->ages].to = (uint8_t)(b * BAND + BAND - 1);
            ret->age[ret->ages++].weight = weight_of(weight[b]);
        }
}

static void set_sexes(const struct dye_profile *profile, struct dye_population *ret)
{
    size_t n;
    const struct profile_value *sex = values(profile, "sex", "+", &n);
    uint32_t men = 0, women = 0;
    for (size_t i = 0; i < n; i++)
        *(sex[i].text[0] == 'F' ? &women : &men) = weight_of(sex[i].n);
    if (men + women != 0) {
        ret->men = men;
        ret->women = women;
    }
}

/* The profile says where IDs are from: those who moved are among them. */
static void set_regions(const struct dye_profile *profile, struct dye_population *ret)
{
    size_t n, used = 0;
    const struct profile_value *region = values(profile, "region", "", &n);
    for (size_t i = 0; i < n && used < DYE_REGIONS_MAX; i++)
        if (strlen(region[i].text) == 4 && dye_region_prefecture(region[i].text) != NULL) {
            snprintf(ret->region[used].prefix, sizeof ret->region[used].prefix, "%.4s", region[i].text);
            ret->region[used++].weight = weight_of(region[i].n);
        }
    if (used == 0)
        return;
    ret->regions = used;
    ret->moved = 0;
}

static bool has_households(const struct dye_population *p)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < DYE_HOUSEHOLD_MAX; i++)
        sum += p->household[i];
    return sum != 0;
}

static void set_households(const struct dye_profile *profile, struct dye_population *ret)
{
    size_t n;
    const struct profile_value *house = values(profile, "house", "", &n);
    if (n == 0)
        return;
    memset(ret->household, 0, sizeof ret->household);
    for (size_t i = 0; i < n; i++) {
        int size = (int)strtol(house[i].text, NULL, 10);
        if (size >= 1 && size <= DYE_HOUSEHOLD_MAX) /* more are two families at one address */
            ret->household[size - 1] += weight_of(house[i].n);
    }
}

void dye_profile_sector(const struct dye_profile *profile, const struct dye_sector *s, int32_t day,
                        struct dye_sector *ret)
{
    *ret = *s;
    for (size_t i = 0; i < ret->columns; i++)
        ret->column[i].empty = 0;
    bool households = has_households(&ret->population);
    set_ages(profile, households, calendar_date(day).year, &ret->population);
    set_sexes(profile, &ret->population);
    set_regions(profile, &ret->population);
    if (households)
        set_households(profile, &ret->population);
}

size_t dye_profile_rows_of(const struct dye_profile *profile, const struct dye_persona *p)
{
    struct dye_prf r;
    draw_open(&p->draws, "", 0, USE_ROWS, &r);
    const char *rows =
        profile_pick(profile, profile_find(profile, "*", "person", ""), dye_prf_u64(&r), false, NULL, NULL);
    dye_prf_done(&r);
    int n = rows != NULL ? (int)strtol(rows, NULL, 10) : 0;
    return n < 1 ? 0 : n < DYE_SECTOR_ROWS_MAX ? (size_t)n : DYE_SECTOR_ROWS_MAX;
}
