#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H
/*
 * table: source tables of each sector with hidden parameters, drawn anew each time: which columns stay empty for whom,
 * how dates, phones and sexes are written, which words come with which, when things happen, how often one person
 * comes again, who lives together. The sector's file names the columns and their kinds; a plan says of the others what
 * fills them. It shares no code with the library that it judges.
 */
#include "dye/canary.h"
#include "people.h"

enum { FIELDS = 16, WORDS_MAX = 16, CLASSES = 4 };

enum filling {
    FILL_NONE,
    FILL_SEX,
    FILL_BIRTH,
    FILL_PARENT,
    FILL_RELATION,
    FILL_NICK,   /* that a person chose: the same in all rows */
    FILL_WORD,   /* of `words`, by what `by` says */
    FILL_NUMBER, /* from low to high, by what `by` says, with a habit in its ending */
    FILL_CODE,   /* a prefix, perhaps the date of `by`, and digits that run on, or don't */
    FILL_FEW,    /* few codes, some of them often: branches, shops, agents */
    FILL_SEAT,
    FILL_DATE,   /* within `high` days before today */
    FILL_AFTER,  /* low to high days after `by` */
    FILL_SOON,   /* up to `high` minutes after `by` */
    FILL_SCHOOL, /* the first of September of the year of age six */
};
struct field {
    const char *name;
    enum filling how;
    const char *words; /* of FILL_WORD, with spaces between; of FILL_RELATION father's and mother's */
    const char *by;    /* "sex", "age" or an earlier field */
    double low, high;
    bool time, household;
};
struct plan { /* of a sector */
    const char *sector;
    unsigned from, to;   /* ages */
    double women, again; /* the share of women; of rows whose person was there before */
    bool households;
    struct field field[12];
};
extern const struct plan plans[];
extern const size_t plans_n;

struct row { /* the cells of a sector's columns */
    char cell[FIELDS][TEXT_BYTES];
};

/* The hidden parameters of one column. */
struct habit {
    double empty[2]; /* of the young, of the old */
    double weight[CLASSES][WORDS_MAX];
    double power[CLASSES], scale[CLASSES], weekend, hour, hours, minutes;
    int ending, style, digits;
    bool running, with_date;
    char prefix[4], few[20][8];
};
struct table {
    const struct dye_sector *sector;
    const struct plan *plan;
    struct place place;
    struct habit habit[FIELDS];
    const struct field *field[FIELDS]; /* of a column, or NULL */
    double again, word_instead, unpadded, lower_x, family[FAMILY_MAX];
    int sex_style, phone_style;
};

/* The plan of that sector, which must be there. */
void table_make(struct table *t, const struct dye_sector *s, struct rng *r);
/* All n rows. ret is zeroed. */
void table_fill(const struct table *t, size_t n, struct rng *r, struct row *ret);
/* Identifiers of the table's own number space, as a partner would give them for a pool; sex and birth as the ID says,
 * in households those that the persona has. */
void table_pool(const struct table *t, struct rng *r, struct dye_persona *p);

#endif
