#include "household.h"

enum { HOUSEHOLD_RUN = 48, MARRIED_FROM = 23, CHILDREN_FROM = 27 };

void household_of(const struct dye_prf *stream, const struct dye_population *pop, uint64_t serial,
                  struct household *ret)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < DYE_HOUSEHOLD_MAX; i++)
        sum += pop->household[i];
    *ret = (struct household){.head = serial};
    if (sum == 0)
        return;
    struct dye_prf r = *stream;
    uint64_t head = serial / HOUSEHOLD_RUN * HOUSEHOLD_RUN;
    dye_prf_reset(&r, head);
    for (;;) {
        uint64_t size = 1 + dye_prf_pick(&r, pop->household, DYE_HOUSEHOLD_MAX);
        if (serial < head + size)
            break;
        head += size;
    }
    dye_prf_done(&r);
    /* The last household of a run may be cut short: its members beyond the run begin the next one. */
    ret->head = head;
    ret->position = (unsigned)(serial - head);
}

enum household_role household_role(unsigned position, int head_age)
{
    if (position == 0)
        return ROLE_HEAD;
    if (position == 1 && head_age >= MARRIED_FROM)
        return ROLE_SPOUSE;
    return head_age >= CHILDREN_FROM ? ROLE_CHILD : ROLE_PARENT;
}
