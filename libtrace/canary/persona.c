#include "dye/canary.h"

#include "calendar.h"
#include "draw.h"
#include "resident.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define CANARY_IDS (UINT64_C(1) << 62)

struct dye_persona_maker {
    struct dye_perm values[DYE_KIND_COUNT]; /* of the kinds that have a space; resident IDs are apart */
    struct dye_perm ids, local_parts;
    struct resident_space *residents;
    struct dye_prf life, words, house, family, households; /* at rest: each persona draws from a copy */
};

struct dye_persona_maker *dye_persona_maker_new(const struct dye_key *persona_key)
{
    struct dye_persona_maker *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->residents = resident_space_new(persona_key);
    if (m->residents == NULL) {
        free(m);
        return NULL;
    }
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++) {
        uint64_t space = dye_ident_space((enum dye_kind)kind);
        if (space == 0 || kind == DYE_RESIDENT_ID)
            continue;
        assert(space >= DYE_PERSONA_SERIALS);
        char label[64];
        snprintf(label, sizeof label, "dyetrace/1/persona/value/%s", dye_kind_name((enum dye_kind)kind));
        dye_perm_init(&m->values[kind], persona_key, label, space);
    }
    dye_perm_init(&m->ids, persona_key, "dyetrace/1/persona/id", CANARY_IDS);
    dye_perm_init(&m->local_parts, persona_key, "dyetrace/1/persona/local-part", DRAW_LOCAL_PARTS);
    dye_prf_init(&m->life, persona_key, "dyetrace/1/persona/life", 0);
    dye_prf_init(&m->words, persona_key, "dyetrace/1/persona/words", 0);
    dye_prf_init(&m->house, persona_key, "dyetrace/1/persona/house", 0);
    dye_prf_init(&m->family, persona_key, "dyetrace/1/persona/family", 0);
    dye_prf_init(&m->households, persona_key, "dyetrace/1/persona/households", 0);
    return m;
}

void dye_persona_maker_free(struct dye_persona_maker *m)
{
    if (m == NULL)
        return;
    resident_space_free(m->residents);
    dye_wipe(m, sizeof *m);
    free(m);
}

/* ---- one persona ---- */

/* What it is made with; wiped at the end. */
struct making {
    const struct dye_population *pop;
    struct household household;
    struct resident head, self;
    struct dye_prf own, words, house, scratch;
    struct draw_name name;
};

static void at_number(const struct dye_prf *rest, uint64_t number, struct dye_prf *ret)
{
    *ret = *rest;
    dye_prf_reset(ret, number);
}

static enum dye_status choose_resident(const struct dye_persona_maker *m, uint64_t serial, int32_t made_on,
                                       struct making *x)
{
    const struct resident *head = NULL;
    household_of(&m->households, x->pop, serial, &x->household);
    if (x->household.position > 0) {
        at_number(&m->life, x->household.head, &x->scratch);
        at_number(&m->house, x->household.head, &x->house);
        DYE_TRY(resident_choose(m->residents, x->pop, made_on, x->household.head, 0, NULL, &x->scratch, &x->house,
                                &x->head));
        head = &x->head;
    }
    at_number(&m->life, serial, &x->own);
    at_number(&m->house, x->household.head, &x->house);
    return resident_choose(m->residents, x->pop, made_on, serial, x->household.position, head, &x->own, &x->house,
                           &x->self);
}

/* A spouse brings its own surname; a child has its father's, who is the head or the serial behind it. */
static void make_name(const struct dye_persona_maker *m, int year, struct making *x)
{
    char from[5];
    struct dye_prf *father = NULL;
    enum household_role role = x->self.role;
    dye_region_at(role == ROLE_HEAD ? x->self.from : x->head.from, from);
    if (role == ROLE_CHILD || (role == ROLE_PARENT && x->self.sex == 'M')) {
        at_number(&m->words, x->household.head + (role == ROLE_CHILD && x->head.sex == 'F'), &x->scratch);
        father = &x->scratch;
    }
    draw_name(&x->words, father, &x->house, from, x->self.sex, year, &x->name);
}

/* A name's canonical form has no interpunct, and is otherwise as it is written. */
static void put_name(const struct draw_name *name, struct dye_persona *p)
{
    struct dye_value *v = &p->value[DYE_NAME];
    const char *dot = strstr(name->text, "·");
    size_t before = dot != NULL ? (size_t)(dot - name->text) : strlen(name->text);
    memcpy(v->text, name->text, before);
    v->n = before;
    if (dot != NULL) {
        v->n += strlen(dot) - strlen("·");
        memcpy(v->text + before, dot + strlen("·"), v->n - before);
        snprintf(p->written_name, sizeof p->written_name, "%s", name->text);
    }
    v->text[v->n] = '\0';
}

/* The space of addresses gives the domain, the persona what stands before it. */
static void put_email(const struct dye_persona_maker *m, uint64_t serial, struct making *x, struct dye_persona *p)
{
    struct dye_value *v = &p->value[DYE_EMAIL];
    char local[64];
    char domain[64];
    snprintf(domain, sizeof domain, "%.60s", strchr(v->text, '@'));
    draw_local_part(&x->words, &x->name, dye_perm_at(&m->local_parts, serial), p->value[DYE_MOBILE].text, local,
                    sizeof local);
    v->n = (size_t)snprintf(v->text, sizeof v->text, "%s%s", local, domain);
    dye_wipe(local, sizeof local);
}

static void draw_key(struct dye_prf *r, struct dye_key *ret)
{
    for (size_t i = 0; i < sizeof ret->bytes; i += 8) {
        uint64_t v = dye_prf_u64(r);
        for (size_t k = 0; k < 8; k++)
            ret->bytes[i + k] = (uint8_t)(v >> (8 * k));
    }
}

/* Values are what a persona costs: those that no column of the sector shows are not made, but for the mobile number,
 * which may stand in an e-mail address. */
static bool is_wanted(const struct dye_sector *s, enum dye_kind kind)
{
    return s == NULL || kind == DYE_MOBILE || dye_sector_has(s, kind);
}

static void put_values(const struct dye_persona_maker *m, uint64_t serial, const struct dye_sector *s, struct making *x,
                       struct dye_persona *p)
{
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++)
        if (m->values[kind].n != 0 && is_wanted(s, (enum dye_kind)kind))
            dye_ident_at((enum dye_kind)kind, dye_perm_at(&m->values[kind], serial), &p->value[kind]);
    dye_ident_at(DYE_RESIDENT_ID, x->self.number, &p->value[DYE_RESIDENT_ID]);
    p->sex = x->self.sex;
    p->born = x->self.born;
    dye_day_text(p->born, p->birth);
    dye_region_at(x->self.home, p->home);

    at_number(&m->words, serial, &x->words);
    at_number(&m->family, x->household.head, &x->house);
    make_name(m, calendar_date(p->born).year, x);
    put_name(&x->name, p);
    draw_address(&x->house, p->home, &p->value[DYE_ADDRESS]);
    if (is_wanted(s, DYE_EMAIL))
        put_email(m, serial, x, p);
    p->occupation = draw_occupation(&x->words, p->sex, calendar_age(p->born, p->made_on));
    draw_key(&x->own, &p->draws);
    draw_key(&x->house, &p->house_draws);
}

/* What no column of the sector shows is not a value that could be found again. */
static void leave_empty(const struct dye_sector *s, struct dye_persona *p)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && !dye_sector_shows(s, p, s->column[i].kind))
            dye_wipe(&p->value[s->column[i].kind], sizeof p->value[0]);
    if (p->value[DYE_NAME].n == 0)
        dye_wipe(p->written_name, sizeof p->written_name);
}

enum dye_status dye_persona_make(const struct dye_persona_maker *m, uint64_t serial, const struct dye_sector *sector,
                                 int32_t made_on, struct dye_persona *ret, struct dye_error *err)
{
    static const struct dye_population everybody;
    struct making x = {.pop = sector != NULL ? &sector->population : &everybody};
    if (serial >= DYE_PERSONA_SERIALS)
        DYE_FAIL(err, DYE_E_LIMIT, "personas: all %llu of this key are used up",
                 (unsigned long long)DYE_PERSONA_SERIALS);
    if (made_on < 0 || made_on > dye_day(2029, 12, 31))
        DYE_FAIL(err, DYE_E_LIMIT, "personas: a day of 1970 to 2029 is wanted; this version has no later births");
    if (choose_resident(m, serial, made_on, &x) != DYE_OK)
        DYE_FAIL(err, DYE_E_CONFIG, "personas: sector %s: nobody is of its age, sex and region",
                 sector != NULL ? sector->name : "-");
    memset(ret, 0, sizeof *ret);
    snprintf(ret->canary, sizeof ret->canary, "c%016llx", (unsigned long long)dye_perm_at(&m->ids, serial));
    ret->made_on = made_on;
    put_values(m, serial, sector, &x, ret);
    if (sector != NULL)
        leave_empty(sector, ret);
    dye_wipe(&x, sizeof x);
    return DYE_OK;
}

void dye_persona_wipe(struct dye_persona *p)
{
    dye_wipe(p, sizeof *p);
}
