#ifndef DYE_CANARY_HOUSEHOLD_H
#define DYE_CANARY_HOUSEHOLD_H
/*
 * household: which serials live together. Private to the layer.
 */
#include "dye/canary.h"

struct household {
    uint64_t head;     /* serial: also the number of the household's streams */
    unsigned position; /* 0 the head, 1 the spouse (or a parent of a young head), then children or parents */
};
/* `stream` at rest. Serials are cut into runs of HOUSEHOLD_RUN, and a run into households of the weights given. */
void household_of(const struct dye_prf *stream, const struct dye_population *pop, uint64_t serial,
                  struct household *ret);

enum household_role { ROLE_HEAD, ROLE_SPOUSE, ROLE_CHILD, ROLE_PARENT };
/* What a member is to a head of that age. */
enum household_role household_role(unsigned position, int head_age);

#endif
