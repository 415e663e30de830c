/*
 * What a dump holds. A part's records are put into classes first (by the kinds that each holds, and by what its
 * columns are called), its canaries' rows are taken out, and the parts are summed. Then each key takes its duplicates
 * out of the sum: it is kept for a dump, not for a part.
 */
#include "law_rules.h"

#include <string.h>

/* Records that may be counted, by the rules of all certainties or of H alone. */
enum view { ALL, CERTAIN, VIEWS };

struct sums {
    uint64_t records; /* that identify somebody, without canaries' */
    struct dye_law_items items[VIEWS];
    uint64_t rule[DYE_LAW_RULES_MAX];
    uint64_t identifying[DYE_LAW_KEYS]; /* of `records`, those that have the key */
    uint64_t having[DYE_LAW_KEYS];      /* of all records, without canaries' */
};

static bool add(uint64_t *to, uint64_t n)
{
    return !__builtin_add_overflow(*to, n, to);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool identifies(const struct dye_law *law, uint32_t mask)
{
    for (size_t i = 0; i < law->n_identify; i++)
        if ((mask & law->identify[i]) == law->identify[i])
            return true;
    return false;
}

/* So many records of the part are of this rule at least. */
static bool of_rule(const struct dye_law *law, const struct dye_law_part *p, const struct dye_law_rule *r,
                    uint64_t *ret)
{
    uint64_t by_kind = 0, by_name = 0;
    bool enough = false;
    for (size_t i = 0; i < p->n_kinds; i++)
        if ((p->kinds[i].mask & r->kinds) != 0 && identifies(law, p->kinds[i].mask) &&
            !add(&by_kind, p->kinds[i].records))
            return false;
    for (size_t i = 0; i < p->n_columns; i++) {
        enough = enough || law_has_cells(r, &p->columns[i]);
        if (p->columns[i].filled > by_name && law_is_named(r, &p->columns[i]))
            by_name = p->columns[i].filled;
    }
    if (!enough && !law_is_enough(r, by_kind, p->records))
        by_kind = 0;
    *ret = by_kind > by_name ? by_kind : by_name;
    return true;
}

/* `n` items fewer, from the gravest on; how many there were not. */
static uint64_t take_gravest(struct dye_law_items *items, uint64_t n)
{
    for (unsigned c = DYE_LAW_A; c >= DYE_LAW_C; c--) {
        uint64_t taken = least(items->n[c], n);
        items->n[c] -= taken;
        n -= taken;
    }
    return n;
}

static bool add_part(const struct dye_law *law, const struct dye_law_part *p, struct dye_law_count *count,
                     struct sums *s)
{
    uint64_t identifying = 0, bare = 0;
    uint64_t having[DYE_LAW_KEYS] = {0}, both[DYE_LAW_KEYS] = {0};
    uint32_t kinds = ((1U << DYE_KIND_COUNT) - 1) & ~1U;
    for (size_t i = 0; i < p->n_kinds; i++) {
        uint32_t mask = p->kinds[i].mask & kinds;
        bool counts = identifies(law, mask);
        if ((counts && !add(&identifying, p->kinds[i].records)) ||
            (mask == 1U << DYE_MOBILE && !add(&bare, p->kinds[i].records)))
            return false;
        for (unsigned k = 1; k < DYE_LAW_KEYS; k++) {
            uint32_t wanted = dye_law_key_kinds((enum dye_law_key)k);
            if ((mask & wanted) == wanted &&
                (!add(&having[k], p->kinds[i].records) || (counts && !add(&both[k], p->kinds[i].records))))
                return false;
        }
    }
    identifying = least(identifying, p->records);
    uint64_t canaries = least(p->canary_rows, p->records);
    uint64_t gone = least(canaries, identifying);
    uint64_t in_class[VIEWS][DYE_LAW_CLASSES] = {{0}};
    for (size_t i = 0; i < law->rules; i++) {
        const struct dye_law_rule *r = &law->rule[i];
        uint64_t n;
        if (!of_rule(law, p, r, &n))
            return false;
        n = least(n, identifying);
        for (unsigned v = ALL; v < VIEWS; v++)
            if ((v == ALL || r->basis.certainty == 'H') && n > in_class[v][r->class])
                in_class[v][r->class] = n;
        if (!add(&s->rule[i], n - least(n, gone)))
            return false;
    }
    /* A record is of its gravest class: those of the next are at least the more that it has. */
    for (unsigned v = ALL; v < VIEWS; v++) {
        struct dye_law_items items = {{0}};
        uint64_t above = 0;
        in_class[v][DYE_LAW_C] = identifying;
        for (unsigned c = DYE_LAW_A; c >= DYE_LAW_C; c--) {
            items.n[c] = in_class[v][c] > above ? in_class[v][c] - above : 0;
            above += items.n[c];
        }
        take_gravest(&items, gone);
        for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++)
            if (!add(&s->items[v].n[c], items.n[c]))
                return false;
    }
    for (unsigned k = 1; k < DYE_LAW_KEYS; k++)
        if (!add(&s->having[k], having[k] - least(having[k], canaries)) ||
            !add(&s->identifying[k], both[k] - least(both[k], gone)))
            return false;
    return add(&count->raw, p->records) && add(&count->parseable, p->parseable) && add(&count->bare_phone, bare) &&
           add(&count->canary_rows, canaries) && add(&s->records, identifying - gone) &&
           add(&count->unidentified, p->records - identifying - (canaries - gone));
}

static uint64_t share(uint64_t n, uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (uint64_t)((unsigned __int128)n * part / whole);
}

/* What is left when `left` of `s->records` are. */
static enum dye_status score(const struct dye_law *law, const struct sums *s, enum view v, uint64_t left,
                             struct dye_law_scored *ret, struct dye_error *err)
{
    struct dye_law_scored r = {.known = true, .records = left, .duplicate = s->records - left};
    uint64_t milder = left;
    for (unsigned c = DYE_LAW_A; c > DYE_LAW_C; c--) {
        r.items.n[c] = share(s->items[v].n[c], left, s->records);
        milder -= r.items.n[c];
    }
    r.items.n[DYE_LAW_C] = milder;
    DYE_TRY(dye_law_score(law, &r.items, &r.score, err));
    r.level = dye_law_level_of_score(law, r.score, 1);
    r.insider_level = dye_law_level_of_score(law, r.score, law->insider.divisor);
    *ret = r;
    return DYE_OK;
}

/* Records left when those that show the same by a key count once. */
static uint64_t left_by(const struct sums *s, const struct dye_law_distinct *d, unsigned k)
{
    uint64_t distinct = least(d->n - least(d->n, d->canaries), s->having[k]);
    uint64_t have = least(s->identifying[k], s->records);
    return s->records - have + share(have, distinct, s->having[k]);
}

static enum dye_law_key choose(const struct dye_law *law, const struct dye_law_count *c, const struct sums *s)
{
    for (size_t i = 0; i < law->keys; i++) {
        enum dye_law_key k = law->key[i];
        unsigned __int128 have = s->identifying[k];
        if (k == DYE_LAW_ROWS ||
            (c->by[k].exact && s->records > 0 && have * 100 >= (unsigned __int128)s->records * law->coverage_percent))
            return k;
    }
    return DYE_LAW_ROWS;
}

enum dye_status dye_law_count(const struct dye_law *law, const struct dye_law_dump *d, enum dye_law_key key,
                              struct dye_law_count *ret, struct dye_error *err)
{
    struct dye_law_count count = {0};
    struct sums s = {0};
    for (size_t i = 0; i < d->n_parts; i++)
        if (!add_part(law, &d->parts[i], &count, &s))
            DYE_FAIL(err, DYE_E_LIMIT, "law: records beyond 64 bits");
    uint64_t left[DYE_LAW_KEYS] = {s.records};
    DYE_TRY(score(law, &s, ALL, s.records, &count.by[DYE_LAW_ROWS], err));
    count.by[DYE_LAW_ROWS].exact = true;
    count.with_key[DYE_LAW_ROWS] = s.records;
    for (unsigned k = 1; k < DYE_LAW_KEYS; k++) {
        count.with_key[k] = s.identifying[k];
        if (!d->distinct[k].known)
            continue;
        left[k] = left_by(&s, &d->distinct[k], k);
        DYE_TRY(score(law, &s, ALL, left[k], &count.by[k], err));
        count.by[k].exact = d->distinct[k].exact && s.having[k] == s.identifying[k];
    }
    count.key = key == DYE_LAW_KEYS ? choose(law, &count, &s) : key;
    if (!count.by[count.key].known)
        DYE_FAIL(err, DYE_E_USAGE, "law: distinct by %s: not counted", dye_law_key_name(count.key));
    DYE_TRY(score(law, &s, CERTAIN, left[count.key], &count.certain, err));
    count.certain.exact = count.by[count.key].exact;
    for (size_t i = 0; i < law->rules; i++)
        count.rule_records[i] = share(s.rule[i], left[count.key], s.records);
    *ret = count;
    return DYE_OK;
}

struct dye_law_case_dump dye_law_counted_dump(const struct dye_law_count *count)
{
    const struct dye_law_scored *s = &count->by[count->key];
    return (struct dye_law_case_dump){s->items, count->canary_rows, s->duplicate, count->unidentified};
}
