#ifndef DYE_CANARY_RESIDENT_H
#define DYE_CANARY_RESIDENT_H
/*
 * resident: which resident ID a persona has, and where it lives. Private to the layer.
 *
 * The default space is, for each prefecture, a keyed permutation of its numbers: places [DYE_PERSONA_IDS * s,
 * DYE_PERSONA_IDS * (s + 1)) of it belong to serial s for good. Whichever a population picks, two serials never share.
 * (A permutation within each stratum, say women of 20 to 40 in one city, would do the same for one sector, but strata
 * of different sectors overlap, and a number could then be given out twice.) A serial tries what it owns in the
 * prefecture wanted and then in others: in a narrow population more people have moved. With 4,342 numbers a serial, one
 * that fits a hundredth of them is missed once in 10^18.
 */
#include "household.h"

struct resident_space;
/* NULL only when memory is gone. */
struct resident_space *resident_space_new(const struct dye_key *persona_key);
void resident_space_free(struct resident_space *x); /* takes NULL; wipes */

struct resident {
    uint64_t number; /* in the space of DYE_RESIDENT_ID */
    uint32_t from;   /* number of the ID's prefecture */
    uint32_t home;   /* of the prefecture of residence */
    int32_t born;    /* day */
    char sex;
    enum household_role role;
};
/* `own` and `house` are the streams of the persona and of its household, nothing drawn from them yet. `head` is the
 * head's, already chosen, for other members of a household. DYE_E_CONFIG when nothing fits. */
enum dye_status resident_choose(const struct resident_space *x, const struct dye_population *pop, int32_t today,
                                uint64_t serial, unsigned position, const struct resident *head, struct dye_prf *own,
                                struct dye_prf *house, struct resident *ret);

#endif
