#include "dye/canary.h"

#include "draw.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define SERIALS (UINT64_C(1) << 27)
#define CANARY_IDS (UINT64_C(1) << 62)

struct dye_persona_maker {
    struct dye_perm values[DYE_KIND_COUNT]; /* of the kinds that have a space */
    struct dye_perm ids;
    struct dye_prf name, address; /* at rest: each persona draws from a copy */
};

struct dye_persona_maker *dye_persona_maker_new(const struct dye_key *persona_key)
{
    struct dye_persona_maker *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++) {
        uint64_t space = dye_ident_space((enum dye_kind)kind);
        if (space == 0)
            continue;
        assert(space >= SERIALS);
        char label[64];
        snprintf(label, sizeof label, "dyetrace/1/persona/value/%s", dye_kind_name((enum dye_kind)kind));
        dye_perm_init(&m->values[kind], persona_key, label, space);
    }
    dye_perm_init(&m->ids, persona_key, "dyetrace/1/persona/id", CANARY_IDS);
    dye_prf_init(&m->name, persona_key, "dyetrace/1/persona/name", 0);
    dye_prf_init(&m->address, persona_key, "dyetrace/1/persona/address", 0);
    return m;
}

void dye_persona_maker_free(struct dye_persona_maker *m)
{
    if (m == NULL)
        return;
    dye_wipe(m, sizeof *m);
    free(m);
}

enum dye_status dye_persona_make(const struct dye_persona_maker *m, uint64_t serial, struct dye_persona *ret,
                                 struct dye_error *err)
{
    if (serial >= SERIALS)
        DYE_FAIL(err, DYE_E_LIMIT, "personas: all %llu of this key are used up", (unsigned long long)SERIALS);
    memset(ret, 0, sizeof *ret);
    snprintf(ret->canary, sizeof ret->canary, "c%016llx", (unsigned long long)dye_perm_at(&m->ids, serial));
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++)
        if (m->values[kind].n != 0)
            dye_ident_at((enum dye_kind)kind, dye_perm_at(&m->values[kind], serial), &ret->value[kind]);

    struct dye_resident resident;
    dye_resident_read(&ret->value[DYE_RESIDENT_ID], &resident);
    ret->sex = resident.sex;
    const char *date = ret->value[DYE_RESIDENT_ID].text + 6;
    snprintf(ret->birth, sizeof ret->birth, "%.4s-%.2s-%.2s", date, date + 4, date + 6);

    struct dye_prf draw = m->name;
    dye_prf_reset(&draw, serial);
    draw_name(&draw, resident.sex, &ret->value[DYE_NAME]);
    draw = m->address;
    dye_prf_reset(&draw, serial);
    draw_address(&draw, resident.area, &ret->value[DYE_ADDRESS]);
    dye_prf_done(&draw);
    dye_wipe(&resident, sizeof resident);
    return DYE_OK;
}

void dye_persona_wipe(struct dye_persona *p)
{
    dye_wipe(p, sizeof *p);
}
