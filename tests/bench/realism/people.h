#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H
/*
 * people: persons of a place with hidden parameters: who lives there, what they are called by sex and decade, in which
 * houses, under which numbers. Nobody of them exists: phones are of prefixes without an operator, county codes of IDs
 * are none. It shares no code with the library that it judges.
 */
#include "rng.h"

#include <stdbool.h>

enum { HOUSES = 60, TEXT_BYTES = 128, CHARACTERS = 80, FAMILY_MAX = 6, TODAY = 20412 /* 2025-11-20, in days */ };

struct place {
    double surname_power, given_power[2];
    unsigned peak[2][CHARACTERS]; /* the decade in which a character is commonest */
    unsigned shuffle[128];
    size_t home; /* region */
    double local, rural, one_character, with_dot;
    unsigned from, to; /* ages, both included */
    double age_power, women_share;
    struct {
        char road[32], name[48];
        unsigned number, buildings, units, floors, district;
    } house[HOUSES];
    double house_power;
    bool with_province, with_unit;
    const char *building_word, *separator;
    char prefix[3][4], domain[3][24];
    unsigned mrn_digits;
    char mrn_prefix[4], waybill_prefix[4], plate[8], card_prefix[8];
};
struct person {
    bool woman;
    int year, month, day;
    size_t region;
    double told[16]; /* of each column: how much it takes until they leave it out */
    char name[48], id[20], mobile[16], email[48], address[TEXT_BYTES], nick[24];
    char mrn[24], waybill[24], policy[24], plate[16], card[24];
};

void place_make(struct place *w, unsigned from, unsigned to, double share_of_women, struct rng *r);
void person_make(const struct place *w, struct rng *r, struct person *ret);
/* n of one address: a couple, then their children. */
void family_make(const struct place *w, struct rng *r, size_t n, struct person *ret);
/* The name of a parent of `child`. */
void parent_name(const struct place *w, struct rng *r, const struct person *child, bool woman, char ret[48]);

size_t zipf(struct rng *r, size_t n, double power); /* the first ones more often */
double between(struct rng *r, double low, double high);

#endif
