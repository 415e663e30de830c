#include "law_json.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

static json_t *whole(uint64_t n)
{
    return json_integer(n <= INT64_MAX ? (json_int_t)n : INT64_MAX);
}

static void put(json_t *o, const char *key, json_t *value)
{
    (void)json_object_set_new(o, key, value);
}

static void put_whole(json_t *o, const char *key, uint64_t n)
{
    put(o, key, whole(n));
}

static void put_text(json_t *o, const char *key, const char *text)
{
    put(o, key, text != NULL ? json_string(text) : json_null());
}

static void put_basis(json_t *o, const struct dye_law_basis *b)
{
    put_text(o, "article", b->article);
    put(o, "certainty", json_stringn(&b->certainty, 1));
}

static void put_money(json_t *o, const char *key, uint64_t hundredths)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64 ".%02u", hundredths / 100, (unsigned)(hundredths % 100));
    put_text(o, key, text);
}

static void put_moment(json_t *o, const char *key, int64_t at)
{
    char text[32];
    struct tm tm = {0};
    time_t t = (time_t)at;
    bool ok = gmtime_r(&t, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
    put_text(o, key, ok ? text : NULL);
}

static void put_items(json_t *o, const struct dye_law_items *i)
{
    for (unsigned c = DYE_LAW_A; c >= DYE_LAW_C; c--)
        put_whole(o, dye_law_class_name((enum dye_law_class)c), i->n[c]);
}

static const char *level_name(const struct dye_law *law, size_t level)
{
    return level > 0 ? law->level[level - 1].name : "none";
}

/* ---- a dump ---- */

static json_t *vector(const struct law_dump *d, const struct dye_law_count *c)
{
    json_t *o = json_object(), *distinct = json_object(), *before = json_object();
    for (unsigned k = 1; k < DYE_LAW_KEYS; k++) {
        const char *key = dye_law_key_name((enum dye_law_key)k);
        const struct dye_law_distinct *x = &d->dump.distinct[k];
        put(distinct, key, x->known ? json_pack("{s:o, s:b}", "n", whole(x->n), "exact", (int)x->exact) : json_null());
        put(before, key, d->seen_before[k].known ? whole(d->seen_before[k].n) : json_null());
    }
    put_whole(o, "raw", c->raw);
    put_whole(o, "parseable", c->parseable);
    put(o, "distinct", distinct);
    put(o, "seen_before", before);
    put_whole(o, "bare_phone", c->bare_phone);
    put_whole(o, "canary_rows", c->canary_rows);
    put_whole(o, "unidentified", c->unidentified);
    put_whole(o, "beyond_limits", d->uncounted);
    put_whole(o, "unread_parts", (uint64_t)d->unread);
    return o;
}

/* What a column without a rule is: an identifier is class C at least, anything else adds nothing to the record. */
static const char *plain_class(const struct dye_law_column *c)
{
    uint64_t identifiers = 0;
    for (unsigned k = 1; k < DYE_KIND_COUNT; k++)
        identifiers += c->cells[k];
    return dye_law_class_name(c->filled > 0 && identifiers > c->filled / 2 ? DYE_LAW_C : DYE_LAW_UNCOUNTED);
}

static json_t *columns(const struct dye_law *law, const struct law_dump *d)
{
    json_t *list = json_array();
    for (size_t p = 0; p < d->dump.n_parts; p++)
        for (size_t i = d->places[p].first; i < d->places[p].first + d->places[p].n; i++) {
            const struct dye_law_column *c = &d->columns[i];
            const struct dye_law_rule *r = dye_law_column_rule(law, c);
            json_t *o = json_object();
            put_text(o, "part", d->places[p].path);
            put_text(o, "name", c->name);
            put_text(o, "class", r != NULL ? dye_law_class_name(r->class) : plain_class(c));
            if (r != NULL) {
                put_text(o, "information", r->name);
                put_text(o, "title", r->title);
                put_basis(o, &r->basis);
                put(o, "proof", json_boolean(r->proof));
            }
            put_whole(o, "filled", c->filled);
            (void)json_array_append_new(list, o);
        }
    return list;
}

static json_t *scored(const struct dye_law *law, enum dye_law_key key, const struct dye_law_scored *s)
{
    json_t *o = json_object();
    put_text(o, "key", dye_law_key_name(key));
    put(o, "counted", json_boolean(s->known));
    if (!s->known)
        return o;
    put(o, "exact", json_boolean(s->exact));
    put_whole(o, "records", s->records);
    put_whole(o, "duplicate", s->duplicate);
    put_items(o, &s->items);
    put_whole(o, "score", s->score);
    put_text(o, "level", level_name(law, s->level));
    put_text(o, "insider_level", level_name(law, s->insider_level));
    return o;
}

static void exclude(json_t *list, enum dye_law_why why, uint64_t n, const struct dye_law_basis *b)
{
    if (n == 0)
        return;
    json_t *o = json_object();
    put_text(o, "why", dye_law_why_name(why));
    put_whole(o, "records", n);
    put_basis(o, b);
    (void)json_array_append_new(list, o);
}

static json_t *place(const char *part, const char *column, uint64_t items)
{
    json_t *o = json_object();
    put_text(o, "part", part);
    put_text(o, "column", column);
    put_whole(o, "items", items);
    return o;
}

/* Where the items of a rule stand: its columns and, of parts without such, the records that hold its kinds. */
static json_t *places(const struct dye_law *law, const struct dye_law_rule *r, const struct law_dump *d)
{
    json_t *list = json_array();
    for (size_t p = 0; p < d->dump.n_parts; p++) {
        size_t before = json_array_size(list);
        uint64_t records = 0;
        for (size_t i = d->places[p].first; i < d->places[p].first + d->places[p].n; i++)
            if (dye_law_column_rule(law, &d->columns[i]) == r)
                (void)json_array_append_new(list, place(d->places[p].path, d->columns[i].name, d->columns[i].filled));
        for (size_t i = 0; i < d->parts[p].n_kinds; i++)
            records += (d->parts[p].kinds[i].mask & r->kinds) != 0 ? d->parts[p].kinds[i].records : 0;
        if (records > 0 && json_array_size(list) == before)
            (void)json_array_append_new(list, place(d->places[p].path, NULL, records));
    }
    return list;
}

/* What has to be proven item by item: how many, and where they stand, canaries and duplicates among them. */
static json_t *proof(const struct dye_law *law, const struct law_dump *d, const struct dye_law_count *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < law->rules; i++) {
        const struct dye_law_rule *r = &law->rule[i];
        if (!r->proof || c->rule_records[i] == 0)
            continue;
        json_t *o = json_object();
        put_text(o, "information", r->name);
        put_text(o, "title", r->title);
        put_text(o, "class", dye_law_class_name(r->class));
        put_whole(o, "items", c->rule_records[i]);
        put_basis(o, &r->basis);
        put(o, "places", places(law, r, d));
        (void)json_array_append_new(list, o);
    }
    return list;
}

static json_t *notices(const struct dye_law *law, const struct dye_law_count *c, int64_t known_at)
{
    static const char *const clocks[] = {"at once", "hours", "working days"};
    struct dye_law_due due[DYE_LAW_NOTICES_MAX];
    size_t n = dye_law_notices(law, c->by[c->key].records, c->rule_records, known_at, due);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct dye_law_notice *w = due[i].notice;
        json_t *o = json_object();
        put_text(o, "name", w->name);
        put_text(o, "title", w->title);
        put_text(o, "to", w->to);
        put_text(o, "content", w->content);
        put_basis(o, &w->basis);
        put_whole(o, "persons", due[i].persons);
        put_text(o, "clock", clocks[w->clock]);
        put_whole(o, "amount", w->amount);
        put_moment(o, "deadline", due[i].deadline);
        put(o, "by_calendar", json_boolean(due[i].by_calendar));
        (void)json_array_append_new(list, o);
    }
    return list;
}

json_t *law_count_json(const struct dye_law *law, const char *dump, const struct law_dump *d,
                       const struct dye_law_count *c, int64_t known_at)
{
    json_t *o = json_object(), *scores = json_array(), *excluded = json_array();
    for (unsigned k = 0; k < DYE_LAW_KEYS; k++)
        (void)json_array_append_new(scores, scored(law, (enum dye_law_key)k, &c->by[k]));
    exclude(excluded, DYE_LAW_UNTRUE, c->canary_rows, &law->untrue);
    exclude(excluded, DYE_LAW_DUPLICATE, c->by[c->key].duplicate, &law->duplicate);
    exclude(excluded, DYE_LAW_UNIDENTIFIED, c->unidentified, &law->identifies);
    put_text(o, "dump", dump);
    put_text(o, "law", law->name);
    put_text(o, "title", law->title);
    put(o, "reference", json_true());
    put(o, "vector", vector(d, c));
    put(o, "columns", columns(law, d));
    put_text(o, "key", dye_law_key_name(c->key));
    put(o, "scores", scores);
    put(o, "certain", scored(law, c->key, &c->certain));
    put(o, "excluded", excluded);
    put(o, "proof", proof(law, d, c));
    put_moment(o, "known_at", known_at);
    put(o, "notices", notices(law, c, known_at));
    return o;
}

/* ---- a person ---- */

static json_t *steps(const struct case_model *m, const struct dye_law_verdict *v, uint32_t person)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n_steps; i++) {
        const struct dye_law_step *s = &v->steps[i];
        if (s->person != person)
            continue;
        json_t *o = json_object();
        put_text(o, "dump", m->dump_names[s->dump].text);
        put_text(o, "did", case_what_name(s->what));
        put_text(o, "to", s->other != DYE_LAW_NOBODY ? m->person_names[s->other].text : NULL);
        put_text(o, "why", dye_law_why_name(s->why));
        put_whole(o, "records", s->records);
        if (s->why != DYE_LAW_UNTRUE && s->why != DYE_LAW_DUPLICATE && s->why != DYE_LAW_UNIDENTIFIED)
            put_items(o, &s->items);
        if (s->why == DYE_LAW_COUNTED)
            put(o, "in_duty", json_boolean(s->in_duty));
        put_basis(o, s->basis);
        (void)json_array_append_new(list, o);
    }
    return list;
}

/* Each test that reaches a level, with the articles it stands on. */
static json_t *reached(const struct dye_law *law, const struct dye_law_person_count *p)
{
    json_t *list = json_array();
    for (unsigned t = DYE_LAW_TESTS - 1; t > 0; t--) {
        if (p->reached[t] == 0)
            continue;
        const struct dye_law_basis *b = dye_law_test_basis(law, (enum dye_law_test)t);
        const struct dye_law_level *l = &law->level[p->reached[t] - 1];
        json_t *o = json_object(), *articles = json_array();
        put_text(o, "test", dye_law_test_name((enum dye_law_test)t));
        put_text(o, "level", l->name);
        (void)json_array_append_new(articles, json_string(b->article));
        if (l->article[0] != '\0')
            (void)json_array_append_new(articles, json_string(l->article));
        put(o, "articles", articles);
        put(o, "certainty", json_stringn(&b->certainty, 1));
        (void)json_array_append_new(list, o);
    }
    return list;
}

json_t *law_person_json(const struct dye_law *law, const struct case_model *m, const struct dye_law_verdict *v,
                        uint32_t person)
{
    const struct dye_law_person_count *p = &v->persons[person];
    json_t *o = json_object(), *duty = json_object(), *below = json_null();
    put_items(duty, &p->in_duty);
    put_whole(duty, "score", p->duty_score);
    put_money(duty, "income", p->duty_income);
    if (p->below >= 0) {
        below = json_object();
        put_text(below, "title", law->below[p->below].title);
        put_basis(below, &law->below[p->below].basis);
    }
    put_text(o, "case", m->name.text);
    put_text(o, "law", law->name);
    put_text(o, "title", law->title);
    put(o, "reference", json_true());
    put_text(o, "person", m->person_names[person].text);
    put(o, "insider", json_boolean(m->persons[person].insider));
    put(o, "lawful_business", json_boolean(m->persons[person].lawful));
    put(o, "acted", json_boolean(p->acted));
    put_items(o, &p->items);
    put_whole(o, "score", p->score);
    put(o, "in_duty", duty);
    put_money(o, "income", p->income);
    put_money(o, "profit", p->profit);
    put_text(o, "currency", law->currency);
    put_text(o, "level", level_name(law, p->level));
    put_text(o, "level_title", p->level > 0 ? law->level[p->level - 1].title : "");
    put(o, "reached", reached(law, p));
    put(o, "below", below);
    put(o, "steps", steps(m, v, person));
    put_text(o, "not_computed", law->not_computed);
    return o;
}
