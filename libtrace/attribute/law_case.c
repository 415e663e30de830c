/*
 * What persons did. Acts are grouped by (person, dump, direction, other): of one dump, one buyer can't be given more
 * than it holds. What was handed on is counted for each buyer; what was obtained counts only where it goes beyond what
 * the same person handed on.
 */
#include "dye/law.h"

#include <stdlib.h>
#include <string.h>

enum direction { HANDED_ON, OBTAINED };

struct group {
    uint32_t person, dump, other; /* other is DYE_LAW_NOBODY for OBTAINED: from however many, it is the same */
    enum direction direction;
    bool sold;
    bool most;                  /* HANDED_ON: of all that got the dump from this person, the one that got the most */
    bool among;                 /* and it is not the only one */
    uint64_t n;                 /* records, at most the dump's */
    uint64_t asked;             /* what its acts sum up to */
    struct dye_law_items items; /* of the n, the mildest */
};

struct court {
    const struct dye_law *law;
    const struct dye_law_case *c;
    struct group *groups;
    size_t n_groups;
    struct dye_law_overlap *overlaps; /* sorted, the lower number first */
    size_t n_overlaps;
    struct dye_law_verdict v;
    size_t room; /* for steps */
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t total(const struct dye_law_items *i)
{
    return i->n[DYE_LAW_A] + i->n[DYE_LAW_B] + i->n[DYE_LAW_C];
}

/* At most n of them, from the mildest on, or from the gravest. */
static struct dye_law_items some(const struct dye_law_items *of, uint64_t n, bool gravest)
{
    struct dye_law_items ret = {{0}};
    for (unsigned i = 0; i < DYE_LAW_A; i++) {
        unsigned c = gravest ? DYE_LAW_A - i : DYE_LAW_C + i;
        ret.n[c] = least(of->n[c], n);
        n -= ret.n[c];
    }
    return ret;
}

/* Takes `what` out of `from`; what there was of it. */
static struct dye_law_items take(struct dye_law_items *from, const struct dye_law_items *what)
{
    struct dye_law_items ret = {{0}};
    for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++) {
        ret.n[c] = least(from->n[c], what->n[c]);
        from->n[c] -= ret.n[c];
    }
    return ret;
}

static bool add_items(struct dye_law_items *to, const struct dye_law_items *what)
{
    for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++)
        if (__builtin_add_overflow(to->n[c], what->n[c], &to->n[c]))
            return false;
    return true;
}

/* ---- groups ---- */

static int by_place(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->dump != y->dump)
        return x->dump < y->dump ? -1 : 1;
    if (x->direction != y->direction)
        return x->direction < y->direction ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

static enum dye_status check(const struct dye_law_case *c, struct dye_error *err)
{
    for (size_t i = 0; i < c->n_dumps; i++) {
        uint64_t sum = 0;
        for (unsigned k = DYE_LAW_C; k < DYE_LAW_CLASSES; k++)
            if (__builtin_add_overflow(sum, c->dumps[i].items.n[k], &sum))
                DYE_FAIL(err, DYE_E_LIMIT, "law: a dump of items beyond 64 bits");
    }
    for (size_t i = 0; i < c->n_acts; i++) {
        const struct dye_law_act *a = &c->acts[i];
        if (a->person >= c->n_persons || a->dump >= c->n_dumps || (unsigned)a->what > DYE_LAW_PROVIDED ||
            (a->other != DYE_LAW_NOBODY && a->other >= c->n_persons))
            DYE_FAIL(err, DYE_E_USAGE, "law: an act of nobody, or about nothing");
        if (a->other == a->person)
            DYE_FAIL(err, DYE_E_USAGE, "law: nobody deals with themselves");
    }
    for (size_t i = 0; i < c->n_overlaps; i++)
        if (c->overlaps[i].dump >= c->n_dumps || c->overlaps[i].other >= c->n_dumps ||
            c->overlaps[i].dump == c->overlaps[i].other)
            DYE_FAIL(err, DYE_E_USAGE, "law: an overlap of no two dumps");
    return DYE_OK;
}

static enum dye_status make_groups(struct court *k, struct dye_error *err)
{
    const struct dye_law_case *c = k->c;
    k->groups = calloc(c->n_acts + 1, sizeof *k->groups);
    if (k->groups == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "law: out of memory");
    for (size_t i = 0; i < c->n_acts; i++) {
        const struct dye_law_act *a = &c->acts[i];
        enum direction direction = a->what == DYE_LAW_OBTAINED ? OBTAINED : HANDED_ON;
        k->groups[i] = (struct group){.person = a->person,
                                      .dump = a->dump,
                                      .other = direction == OBTAINED ? DYE_LAW_NOBODY : a->other,
                                      .direction = direction,
                                      .sold = a->what == DYE_LAW_SOLD,
                                      .asked = least(a->records, total(&c->dumps[a->dump].items))};
    }
    qsort(k->groups, c->n_acts, sizeof *k->groups, by_place);
    for (size_t i = 0; i < c->n_acts; i++) {
        struct group *g = k->n_groups > 0 ? &k->groups[k->n_groups - 1] : NULL;
        if (g == NULL || by_place(g, &k->groups[i]) != 0) {
            k->groups[k->n_groups++] = k->groups[i];
            continue;
        }
        g->sold = g->sold || k->groups[i].sold;
        if (__builtin_add_overflow(g->asked, k->groups[i].asked, &g->asked))
            DYE_FAIL(err, DYE_E_LIMIT, "law: records beyond 64 bits");
    }
    for (size_t i = 0; i < k->n_groups; i++) {
        struct group *g = &k->groups[i];
        g->n = least(g->asked, total(&c->dumps[g->dump].items));
        g->items = some(&c->dumps[g->dump].items, g->n, false);
    }
    return DYE_OK;
}

/* Of those that a dump was handed on to, who got the most: what is in it is in another dump once. */
static void mark_most(struct court *k)
{
    size_t n;
    for (size_t i = 0; i < k->n_groups; i += n) {
        struct group *g = &k->groups[i], *most = g;
        for (n = 1;
             i + n < k->n_groups && g[n].person == g->person && g[n].dump == g->dump && g[n].direction == g->direction;
             n++)
            most = g[n].n > most->n ? &g[n] : most;
        most->most = true;
        for (size_t o = 0; o < n; o++)
            g[o].among = n > 1;
    }
}

static int by_pair(const void *a, const void *b)
{
    const struct dye_law_overlap *x = a, *y = b;
    if (x->dump != y->dump)
        return x->dump < y->dump ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

static struct dye_law_overlap in_order(uint32_t a, uint32_t b, uint64_t n)
{
    return (struct dye_law_overlap){a < b ? a : b, a < b ? b : a, n};
}

/* One a pair, the largest that is said. */
static enum dye_status sort_overlaps(struct court *k, struct dye_error *err)
{
    size_t n = 0;
    k->overlaps = calloc(k->c->n_overlaps + 1, sizeof *k->overlaps);
    if (k->overlaps == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "law: out of memory");
    for (size_t i = 0; i < k->c->n_overlaps; i++)
        k->overlaps[i] = in_order(k->c->overlaps[i].dump, k->c->overlaps[i].other, k->c->overlaps[i].common);
    qsort(k->overlaps, k->c->n_overlaps, sizeof *k->overlaps, by_pair);
    for (size_t i = 0; i < k->c->n_overlaps; i++) {
        if (n == 0 || by_pair(&k->overlaps[n - 1], &k->overlaps[i]) != 0)
            k->overlaps[n++] = k->overlaps[i];
        else if (k->overlaps[i].common > k->overlaps[n - 1].common)
            k->overlaps[n - 1].common = k->overlaps[i].common;
    }
    k->n_overlaps = n;
    return DYE_OK;
}

/* How many items of group g are in group other's dump, too. */
static uint64_t common(const struct court *k, const struct group *g, const struct group *other)
{
    struct dye_law_overlap key = in_order(g->dump, other->dump, 0);
    const struct dye_law_overlap *o =
        k->n_overlaps > 0 ? bsearch(&key, k->overlaps, k->n_overlaps, sizeof *k->overlaps, by_pair) : NULL;
    return o != NULL ? least(o->common, least(g->n, other->n)) : 0;
}

/* ---- steps ---- */

static enum dye_status say(struct court *k, const struct group *g, enum dye_law_why why, uint64_t records,
                           const struct dye_law_items *items, const struct dye_law_basis *basis, struct dye_error *err)
{
    if (records == 0)
        return DYE_OK;
    if (k->v.n_steps == k->room) {
        size_t room = k->room * 2 + 64;
        struct dye_law_step *steps = reallocarray(k->v.steps, room, sizeof *steps);
        if (steps == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "law: out of memory");
        k->v.steps = steps;
        k->room = room;
    }
    k->v.steps[k->v.n_steps++] = (struct dye_law_step){
        .person = g->person,
        .dump = g->dump,
        .other = g->other,
        .what = g->direction == OBTAINED ? DYE_LAW_OBTAINED
                : g->sold                ? DYE_LAW_SOLD
                                         : DYE_LAW_PROVIDED,
        .why = why,
        .records = records,
        .items = items != NULL ? *items : (struct dye_law_items){{0}},
        .basis = basis,
    };
    return DYE_OK;
}

/* Was obtained from somebody, so not in performing duties. */
static bool was_bought(const struct court *k, uint32_t person, uint32_t dump)
{
    for (size_t i = 0; i < k->c->n_acts; i++) {
        const struct dye_law_act *a = &k->c->acts[i];
        if (a->person == person && a->dump == dump && a->what == DYE_LAW_OBTAINED && a->other != DYE_LAW_NOBODY)
            return true;
    }
    return false;
}

static bool in_duty(const struct court *k, uint32_t person, uint32_t dump)
{
    return k->c->persons[person].insider && k->law->insider.divisor > 1 && !was_bought(k, person, dump);
}

/* What `left` of group g is counted already: in dumps before it that went the same way and, of what was obtained, in
 * all that its person handed on. At least: what two dumps share may be shared by a third. */
static enum dye_status leave_out(struct court *k, const struct group *g, struct dye_law_items *left,
                                 struct dye_error *err)
{
    const struct dye_law *law = k->law;
    struct dye_law_items resold = {{0}}, overlap = {{0}};
    for (size_t i = 0; i < k->n_groups; i++) {
        const struct group *o = &k->groups[i];
        if (o->person != g->person)
            continue;
        bool same_way = o->direction == g->direction && o->other == g->other && o->dump < g->dump;
        bool handed_on = law->once && g->direction == OBTAINED && o->direction == HANDED_ON;
        struct dye_law_items part;
        if (handed_on && o->dump == g->dump) {
            part = take(left, &o->items);
        } else if (same_way || (handed_on && o->most)) {
            part = some(left, common(k, g, o), true);
            take(left, &part);
        } else {
            continue;
        }
        if (!add_items(handed_on ? &resold : &overlap, &part))
            DYE_FAIL(err, DYE_E_LIMIT, "law: items beyond 64 bits");
    }
    DYE_TRY(say(k, g, DYE_LAW_RESOLD, total(&resold), &resold, &law->once_basis, err));
    return say(k, g, DYE_LAW_OVERLAP, total(&overlap), &overlap, &law->duplicate, err);
}

/* Where the same to different buyers counts once: what buyers before this one got. */
static enum dye_status leave_out_buyers(struct court *k, const struct group *g, struct dye_law_items *left,
                                        struct dye_error *err)
{
    uint64_t most = 0;
    if (k->law->add_up || g->direction != HANDED_ON)
        return DYE_OK;
    for (const struct group *o = k->groups; o < g; o++)
        if (o->person == g->person && o->dump == g->dump && o->direction == HANDED_ON && o->n > most)
            most = o->n;
    struct dye_law_items before = some(&k->c->dumps[g->dump].items, most, false);
    struct dye_law_items again = take(left, &before);
    return say(k, g, DYE_LAW_AGAIN, total(&again), &again, &k->law->add_up_basis, err);
}

static enum dye_status judge_group(struct court *k, const struct group *g, struct dye_error *err)
{
    const struct dye_law *law = k->law;
    const struct dye_law_case_dump *d = &k->c->dumps[g->dump];
    struct dye_law_person_count *p = &k->v.persons[g->person];
    struct dye_law_items left = g->items;
    const struct dye_law_basis *basis = g->direction == HANDED_ON && g->among ? &law->add_up_basis : &law->bulk;
    DYE_TRY(say(k, g, DYE_LAW_UNTRUE, d->untrue, NULL, &law->untrue, err));
    DYE_TRY(say(k, g, DYE_LAW_DUPLICATE, d->duplicate, NULL, &law->duplicate, err));
    DYE_TRY(say(k, g, DYE_LAW_UNIDENTIFIED, d->unidentified, NULL, &law->identifies, err));
    DYE_TRY(say(k, g, DYE_LAW_AGAIN, g->asked - g->n, NULL, &law->duplicate, err));
    DYE_TRY(leave_out(k, g, &left, err));
    DYE_TRY(leave_out_buyers(k, g, &left, err));
    if (g->direction == OBTAINED && k->c->persons[g->person].lawful && law->lawful.there) {
        struct dye_law_items relieved = {{0}};
        for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++)
            if ((law->lawful.classes >> c & 1) != 0)
                relieved.n[c] = left.n[c];
        take(&left, &relieved);
        DYE_TRY(say(k, g, DYE_LAW_LAWFUL, total(&relieved), &relieved, &law->lawful.basis, err));
    } else if (g->direction == HANDED_ON && k->c->persons[g->person].lawful && law->lawful.there) {
        basis = &law->lawful.resale;
    }
    bool duty = g->direction == HANDED_ON && in_duty(k, g->person, g->dump);
    if (duty)
        basis = &law->insider.basis;
    DYE_TRY(say(k, g, DYE_LAW_COUNTED, total(&left), &left, basis, err));
    if (total(&left) > 0)
        k->v.steps[k->v.n_steps - 1].in_duty = duty;
    if (!add_items(&p->items, &left) || (duty && !add_items(&p->in_duty, &left)))
        DYE_FAIL(err, DYE_E_LIMIT, "law: items beyond 64 bits");
    return DYE_OK;
}

/* ---- sums ---- */

static bool has_class(const struct dye_law_items *i, uint32_t classes)
{
    for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++)
        if ((classes >> c & 1) != 0 && i->n[c] > 0)
            return true;
    return false;
}

/* What was made by using a purchase for lawful business is held against the profit; against illegal income only where
 * none of it may be bought so. Of a purchase of both it is the profit alone, since nothing divides it. */
static enum dye_status add_income(struct court *k, const struct dye_law_act *a, struct dye_error *err)
{
    const struct dye_law *law = k->law;
    struct dye_law_person_count *p = &k->v.persons[a->person];
    bool use = a->what == DYE_LAW_OBTAINED && k->c->persons[a->person].lawful && law->lawful.there &&
               has_class(&k->c->dumps[a->dump].items, law->lawful.classes);
    uint64_t *sum = use ? &p->profit : &p->income;
    bool ok = !__builtin_add_overflow(*sum, a->income, sum);
    if (a->what != DYE_LAW_OBTAINED && in_duty(k, a->person, a->dump))
        ok = ok && !__builtin_add_overflow(p->duty_income, a->income, &p->duty_income);
    return ok ? DYE_OK : dye_fail(err, DYE_E_LIMIT, "law: money beyond 64 bits");
}

static int what_applies_below(const struct court *k, uint32_t person)
{
    int best = -1;
    for (size_t i = 0; i < k->c->n_acts; i++) {
        const struct dye_law_act *a = &k->c->acts[i];
        for (size_t b = 0; a->person == person && b < k->law->n_below; b++)
            if ((a->at == DYE_LAW_NO_TIME || a->at >= k->law->below[b].since) &&
                (best < 0 || k->law->below[b].since > k->law->below[best].since))
                best = (int)b;
    }
    return best;
}

static enum dye_status sum_up(struct court *k, uint32_t person, struct dye_error *err)
{
    const struct dye_law *law = k->law;
    struct dye_law_person_count *p = &k->v.persons[person];
    DYE_TRY(dye_law_score(law, &p->items, &p->score, err));
    DYE_TRY(dye_law_score(law, &p->in_duty, &p->duty_score, err));
    size_t by_score = dye_law_level_of_score(law, p->score, 1);
    bool alone = false;
    for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++) {
        p->reached[c] = dye_law_level_of_score(law, p->items.n[c] * law->class[c].weight, 1);
        alone = alone || p->reached[c] == by_score;
    }
    if (!alone)
        p->reached[DYE_LAW_BY_MIXED] = by_score;
    p->reached[DYE_LAW_BY_INSIDER] = dye_law_level_of_score(law, p->duty_score, law->insider.divisor);
    p->reached[DYE_LAW_BY_INCOME] = dye_law_level_of_income(law, p->income, 1);
    p->reached[DYE_LAW_BY_INSIDER_INCOME] = dye_law_level_of_income(law, p->duty_income, law->insider.divisor);
    if (law->lawful.there && p->profit >= law->lawful.profit && p->profit > 0)
        p->reached[DYE_LAW_BY_PROFIT] = 1;
    for (unsigned t = 0; t < DYE_LAW_TESTS; t++)
        p->level = p->reached[t] > p->level ? p->reached[t] : p->level;
    p->below = p->acted && p->level == 0 ? what_applies_below(k, person) : -1;
    return DYE_OK;
}

static enum dye_status judge(struct court *k, struct dye_error *err)
{
    DYE_TRY(check(k->c, err));
    k->v.n_persons = k->c->n_persons;
    k->v.persons = calloc(k->c->n_persons + 1, sizeof *k->v.persons);
    if (k->v.persons == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "law: out of memory");
    DYE_TRY(make_groups(k, err));
    DYE_TRY(sort_overlaps(k, err));
    mark_most(k);
    for (size_t i = 0; i < k->n_groups; i++)
        DYE_TRY(judge_group(k, &k->groups[i], err));
    for (size_t i = 0; i < k->c->n_acts; i++) {
        k->v.persons[k->c->acts[i].person].acted = true;
        DYE_TRY(add_income(k, &k->c->acts[i], err));
    }
    for (uint32_t i = 0; i < k->c->n_persons; i++)
        DYE_TRY(sum_up(k, i, err));
    return DYE_OK;
}

enum dye_status dye_law_judge(const struct dye_law *law, const struct dye_law_case *c, struct dye_law_verdict *ret,
                              struct dye_error *err)
{
    struct court k = {.law = law, .c = c};
    enum dye_status status = judge(&k, err);
    free(k.groups);
    free(k.overlaps);
    if (status == DYE_OK)
        *ret = k.v;
    else
        dye_law_verdict_done(&k.v);
    return status;
}

void dye_law_verdict_done(struct dye_law_verdict *v)
{
    free(v->persons);
    free(v->steps);
    *v = (struct dye_law_verdict){0};
}
