#include "resident.h"

#include "calendar.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct resident_space {
    struct dye_resident_parts parts;
    int32_t first_day;
    uint64_t each;         /* numbers of one prefecture */
    uint32_t (*weight)[2]; /* by prefecture: its own, and the sum of those before it */
    char (*code)[5];
    struct dye_perm *perm;
};

/* Census of 2020, ten thousand people, by the first two digits. Within a province all prefectures are alike. */
static const struct {
    char province[3];
    uint32_t people;
} provinces[] = {
    {"11", 2189}, {"12", 1387}, {"13", 7461},  {"14", 3492}, {"15", 2405}, {"21", 4259}, {"22", 2407},  {"23", 3185},
    {"31", 2487}, {"32", 8475}, {"33", 6457},  {"34", 6103}, {"35", 4154}, {"36", 4519}, {"37", 10153}, {"41", 9937},
    {"42", 5775}, {"43", 6644}, {"44", 12601}, {"45", 5013}, {"46", 1008}, {"50", 3205}, {"51", 8367},  {"52", 3856},
    {"53", 4721}, {"54", 365},  {"61", 3953},  {"62", 2502}, {"63", 592},  {"64", 720},  {"65", 2585},
};

static uint32_t people_of(const char *code)
{
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++)
        if (memcmp(provinces[i].province, code, 2) == 0)
            return provinces[i].people;
    return 0;
}

/* The prefectures ascend, so those of a province are neighbours. */
static void set_weights(struct resident_space *x)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < x->parts.prefectures; i++) {
        uint32_t neighbours = 0;
        for (size_t k = 0; k < x->parts.prefectures; k++)
            neighbours += memcmp(x->code[k], x->code[i], 2) == 0;
        x->weight[i][0] = people_of(x->code[i]) * 100 / neighbours + 1;
        x->weight[i][1] = sum;
        sum += x->weight[i][0];
    }
}

struct resident_space *resident_space_new(const struct dye_key *persona_key)
{
    struct resident_space *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    dye_resident_parts(&x->parts);
    size_t n = x->parts.prefectures;
    x->first_day = dye_day(x->parts.first_year, 1, 1);
    x->each = (uint64_t)x->parts.counties * x->parts.days * x->parts.sequences;
    x->weight = calloc(n, sizeof *x->weight);
    x->code = calloc(n, sizeof *x->code);
    x->perm = calloc(n, sizeof *x->perm);
    if (x->weight == NULL || x->code == NULL || x->perm == NULL) {
        resident_space_free(x);
        return NULL;
    }
    assert(x->each >= DYE_PERSONA_SERIALS * DYE_PERSONA_IDS);
    assert(x->each * n == dye_ident_space(DYE_RESIDENT_ID));
    for (size_t i = 0; i < n; i++) {
        char label[64];
        dye_region_at(i, x->code[i]);
        snprintf(label, sizeof label, "dyetrace/1/persona/resident/%s", x->code[i]);
        dye_perm_init(&x->perm[i], persona_key, label, x->each);
    }
    set_weights(x);
    return x;
}

void resident_space_free(struct resident_space *x)
{
    if (x == NULL)
        return;
    if (x->perm != NULL)
        dye_wipe(x->perm, x->parts.prefectures * sizeof *x->perm);
    free(x->weight);
    free(x->code);
    free(x->perm);
    free(x);
}

/* ---- where ---- */

static uint32_t any_prefecture(const struct resident_space *x, struct dye_prf *r)
{
    uint32_t low = 0;
    uint32_t high = x->parts.prefectures;
    uint32_t at = (uint32_t)dye_prf_below(r, (uint64_t)x->weight[high - 1][0] + x->weight[high - 1][1]);
    while (high - low > 1) { /* the last one whose sum is not above `at` */
        uint32_t mid = low + (high - low) / 2;
        *(x->weight[mid][1] <= at ? &low : &high) = mid;
    }
    return low;
}

static uint32_t prefecture_of(const struct resident_space *x, const char *prefix, struct dye_prf *r)
{
    uint64_t sum = 0;
    size_t n = strlen(prefix);
    for (size_t i = 0; i < x->parts.prefectures; i++)
        if (memcmp(x->code[i], prefix, n) == 0)
            sum += x->weight[i][0];
    if (sum == 0)
        return any_prefecture(x, r);
    uint64_t at = dye_prf_below(r, sum);
    for (uint32_t i = 0;; i++) {
        if (memcmp(x->code[i], prefix, n) != 0)
            continue;
        if (at < x->weight[i][0])
            return i;
        at -= x->weight[i][0];
    }
}

static uint32_t draw_home(const struct resident_space *x, const struct dye_population *pop, struct dye_prf *r)
{
    uint32_t weights[DYE_REGIONS_MAX];
    uint64_t sum = 0;
    assert(pop->regions <= DYE_REGIONS_MAX);
    for (size_t i = 0; i < pop->regions; i++)
        sum += weights[i] = pop->region[i].weight;
    return sum == 0 ? any_prefecture(x, r)
                    : prefecture_of(x, pop->region[dye_prf_pick(r, weights, pop->regions)].prefix, r);
}

/* ---- who ---- */

enum { AGES = 128 };
#define ALWAYS (UINT64_C(1) << 24)
struct wanted {
    int32_t from, to;                 /* born, days, both included */
    const struct dye_population *pop; /* whose ages are wanted; NULL: any */
    double most;                      /* people of one age, of the age that has most */
    uint64_t men, women;              /* chance to be taken, of ALWAYS */
};

/* Per thousand of the census of 2020, by five years from 0. */
static const uint32_t public_ages[] = {55, 64, 60, 52, 53, 65, 88, 70, 66, 81, 86, 72, 52, 53, 35, 22, 14, 8, 3, 1};
enum { PUBLIC_AGES = sizeof public_ages / sizeof *public_ages, PUBLIC_MEN = 512, PUBLIC_WOMEN = 488 };

/* How many of that age there are, beside others. The arithmetic is IEEE 754's, and rounds alike everywhere. */
static double density(const struct dye_population *pop, int age)
{
    double sum = 0;
    if (pop->ages == 0)
        return age < PUBLIC_AGES * 5 ? public_ages[age / 5] : 0;
    for (size_t i = 0; i < pop->ages; i++)
        if (pop->age[i].from <= age && age <= pop->age[i].to)
            sum += (double)pop->age[i].weight / (pop->age[i].to - pop->age[i].from + 1);
    return sum;
}

static double most_of(const struct dye_population *pop)
{
    double most = pop->ages == 0 ? 88 : 0;
    for (size_t i = 0; i < pop->ages; i++) { /* it grows only where a band begins */
        double here = density(pop, pop->age[i].from);
        most = here > most ? here : most;
    }
    return most;
}

static void want_sexes(uint32_t men, uint32_t women, struct wanted *w)
{
    uint32_t most = men > women ? men : women;
    w->men = ALWAYS * men / most;
    w->women = ALWAYS * women / most;
}

static void want(const struct dye_population *pop, int32_t today, enum household_role role, const struct resident *head,
                 struct wanted *w)
{
    enum { YEAR = 365 };
    w->to = today;
    w->from = today - AGES * YEAR;
    if (role == ROLE_HEAD) {
        w->pop = pop;
        w->most = most_of(pop);
        if (pop->men != 0 || pop->women != 0)
            want_sexes(pop->men, pop->women, w);
        else
            want_sexes(PUBLIC_MEN, PUBLIC_WOMEN, w);
        return;
    }
    w->men = w->women = ALWAYS;
    if (role == ROLE_SPOUSE) {
        *(head->sex == 'M' ? &w->men : &w->women) = 0;
        w->from = head->born - 5 * YEAR;
        w->to = head->born + 5 * YEAR;
    } else if (role == ROLE_CHILD) {
        w->from = head->born + 23 * YEAR;
        w->to = head->born + 35 * YEAR;
    } else {
        w->from = head->born - 35 * YEAR;
        w->to = head->born - 22 * YEAR;
    }
    w->to = w->to < today ? w->to : today;
}

/* ---- which ---- */

static bool is_taken(const struct wanted *w, int32_t today, const struct resident *c, struct dye_prf *r)
{
    if (c->born < w->from || c->born > w->to)
        return false;
    int age = calendar_age(c->born, today);
    if (age < 0 || age >= AGES)
        return false;
    uint64_t at = dye_prf_u64(r);
    return (at >> 40) < (c->sex == 'M' ? w->men : w->women) &&
           (w->pop == NULL || (double)(at & (ALWAYS - 1)) * w->most < density(w->pop, age) * ALWAYS);
}

static bool try_prefecture(const struct resident_space *x, uint32_t prefecture, uint64_t serial, int32_t today,
                           const struct wanted *w, struct dye_prf *r, struct resident *ret)
{
    for (uint64_t k = 0; k < DYE_PERSONA_IDS; k++) {
        uint64_t at = dye_perm_at(&x->perm[prefecture], serial * DYE_PERSONA_IDS + k);
        struct resident c = {.number = prefecture * x->each + at, .from = prefecture, .home = ret->home};
        c.sex = (at % x->parts.sequences + 1) % 2 == 1 ? 'M' : 'F';
        c.born = x->first_day + (int32_t)(at / x->parts.sequences % x->parts.days);
        if (is_taken(w, today, &c, r)) {
            *ret = c;
            return true;
        }
    }
    return false;
}

enum dye_status resident_choose(const struct resident_space *x, const struct dye_population *pop, int32_t today,
                                uint64_t serial, unsigned position, const struct resident *head, struct dye_prf *own,
                                struct dye_prf *house, struct resident *ret)
{
    enum { DRAWN = 32 };
    struct wanted w = {0};
    struct resident c = {.home = head != NULL ? head->home : draw_home(x, pop, house)};
    enum household_role role = household_role(position, head != NULL ? calendar_age(head->born, today) : 0);
    want(pop, today, role, head, &w);
    bool moved = pop->regions > 0 && dye_prf_below(own, 10000) < pop->moved;
    bool found = !moved && try_prefecture(x, c.home, serial, today, &w, own, &c);
    for (int i = 0; !found && i < DRAWN; i++)
        found = try_prefecture(x, any_prefecture(x, own), serial, today, &w, own, &c);
    for (uint32_t i = 0; !found && i < x->parts.prefectures; i++)
        found = try_prefecture(x, i, serial, today, &w, own, &c);
    if (!found)
        return DYE_E_CONFIG;
    if (pop->regions == 0 && head == NULL)
        c.home = c.from;
    c.role = role;
    *ret = c;
    return DYE_OK;
}
