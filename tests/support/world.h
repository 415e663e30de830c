#ifndef TEST_WORLD_H
#define TEST_WORLD_H
/*
 * world: source tables with hidden parameters, for benches that ask whether canaries can be told from a table's rows.
 * Nobody in them exists: phones are of prefixes without an operator, county codes of IDs are none. It shares no code
 * with what it judges.
 */
#include "dye/canary.h"
#include "rng.h"

enum { CELLS = 8, CELL_BYTES = 200, HOUSES = 60, WORLD_SECTORS = 3 };

struct row { /* the cells of a sector's columns */
    char cell[CELLS][CELL_BYTES];
};
struct world {
    double surname_power, given_power[2];
    unsigned peak[2][80]; /* the decade in which a character is commonest */
    unsigned shuffle[128];
    size_t home; /* region */
    double local, old, rural, one_character, women_share, with_dot;
    struct {
        char road[32], name[48];
        unsigned number, buildings, units, floors, district;
    } house[HOUSES];
    double house_power;
    bool with_province, with_unit;
    const char *building_word, *separator;
    double empty_id_young, empty_id, empty_email_old, empty_email, empty_phone, word_instead, unpadded;
    int date_style, sex_style, phone_style;
    char prefix[3][4];
    unsigned mrn_digits;
    char mrn_prefix[4], waybill_prefix[4], domain[3][24];
    double lower_x;
};

struct person {
    bool woman;
    int year, month, day;
    size_t region;
    char name[48], id[20], mobile[16], email[48], address[CELL_BYTES], mrn[24], waybill[24], policy[24];
};

/* hospital, courier, insurer. */
extern const struct dye_sector world_sectors[WORLD_SECTORS];

void world_make(struct world *w, struct rng *r);
/* A person and their row; a person whose row shows no ID has an empty one. */
void world_row(const struct world *w, const struct dye_sector *s, struct rng *r, struct person *p, struct row *ret);
/* Identifiers of the table's own number space, as a partner would give them for a pool; sex and birth as the ID says.
 */
void world_pool(const struct world *w, const struct dye_sector *s, struct rng *r, struct dye_persona *p);

#endif
