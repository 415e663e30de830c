/*
 * profile_follow: a persona that becomes one of a table's people. What a profile doesn't say stays the persona's own.
 */
#include "profile_follow.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- drawing ---- */

static uint64_t kept_total(const struct dye_profile *p, const struct profile_group *g, profile_filter filter,
                           const void *arg)
{
    uint64_t n = 0;
    for (size_t i = 0; i < g->values; i++)
        if (filter == NULL || filter(p->value[g->first + i].text, arg))
            n += p->value[g->first + i].n;
    return n;
}

const char *profile_pick(const struct dye_profile *p, const struct profile_group *g, uint64_t random, bool rare,
                         profile_filter filter, const void *arg)
{
    if (g == NULL)
        return NULL;
    uint64_t total = kept_total(p, g, filter, arg) + (rare ? g->total - kept_total(p, g, NULL, NULL) : 0);
    if (total == 0)
        return NULL;
    uint64_t at = random % total; /* totals stay below 2^48: a bias of 2^-16 at worst */
    for (size_t i = 0; i < g->values; i++) {
        const struct profile_value *v = &p->value[g->first + i];
        if (filter != NULL && !filter(v->text, arg))
            continue;
        if (at < v->n)
            return v->text;
        at -= v->n;
    }
    return NULL;
}

/* Contexts from the narrowest to the widest: what is rare in one is drawn from the next, without what was frequent in
 * the narrower ones: that had its chance. */
enum { CONTEXTS_MAX = 4 };
struct widening {
    const struct dye_profile *p;
    const char *column, *facet;
    struct dye_prf *draw;
    bool no_region; /* nothing says which province and prefecture are meant */
    const struct profile_group *passed[CONTEXTS_MAX];
    size_t n;
};

static bool is_rare(const char *value, const void *arg)
{
    const struct widening *w = arg;
    if (w->no_region && (strcmp(value, ADDRESS_PROVINCE) == 0 || strcmp(value, ADDRESS_PREFECTURE) == 0))
        return false;
    for (size_t g = 0; g < w->n; g++)
        for (size_t i = 0; i < w->passed[g]->values; i++)
            if (strcmp(w->p->value[w->passed[g]->first + i].text, value) == 0)
                return false;
    return true;
}

static const char *widen(struct widening *w, const char *context, bool last)
{
    const struct profile_group *g = profile_find(w->p, w->column, w->facet, context);
    const char *value = profile_pick(w->p, g, dye_prf_u64(w->draw), !last, is_rare, w);
    if (value == NULL && g != NULL && w->n < CONTEXTS_MAX)
        w->passed[w->n++] = g;
    return value;
}

/* The facet of a name, by sex and decade, by sex, by nothing; `after` is narrower still, or NULL. */
const char *profile_pick_name(const struct dye_profile *p, const char *column, const char *facet, const char *after,
                              const struct profile_row *row, struct dye_prf *draw)
{
    struct widening w = {.p = p, .column = column, .facet = facet, .draw = draw};
    char contexts[NAME_CONTEXTS][8];
    profile_name_contexts(row, contexts);
    const char *value = after != NULL ? widen(&w, after, false) : NULL;
    for (int i = 0; i < NAME_CONTEXTS && value == NULL; i++)
        value = widen(&w, contexts[i], false);
    return value;
}

int profile_column_of(const struct dye_profile *p, const char *name)
{
    for (size_t i = 0; i < p->columns_n; i++)
        if (strcmp(p->columns[i], name) == 0)
            return (int)i;
    return -1;
}

/* ---- which columns are filled ---- */

enum { YEAR_ROWS = 20 /* times k: a year of birth with fewer rows is taken with its decade */ };

bool dye_profile_has(const struct dye_profile *profile, const char *column)
{
    return profile_column_of(profile, column) >= 0;
}

/* A value that did not parse, and is no word that many rows have, was a damaged one: canaries have a good one. */
char profile_state_of(const struct dye_profile *p, const char *filled, int column)
{
    bool word = filled[column] == FILLED_WORD && profile_find(p, p->columns[column], "word", "unparsed") != NULL;
    return filled[column] == FILLED_NOT ? FILLED_NOT : word ? FILLED_WORD : FILLED_VALUE;
}

struct filled_filter {
    const struct dye_profile *p;
    const struct dye_sector *s;
    const struct dye_persona *persona;
    const char *house; /* what is filled of a household's columns, or NULL */
    int id;            /* the column of the resident ID, -1 for none */
    char want;         /* FILLED_VALUE: only rows that show an ID; FILLED_NOT: only those that don't; 0: any */
};

/* Whether a persona with these columns is still found by the scanner, and the ID is as wanted. */
static bool is_usable(const char *filled, const void *arg)
{
    const struct filled_filter *f = arg;
    if (strlen(filled) != f->p->columns_n ||
        (f->id >= 0 && f->want != 0 &&
         (profile_state_of(f->p, filled, f->id) == FILLED_VALUE) != (f->want == FILLED_VALUE)))
        return false;
    for (size_t i = 0; f->house != NULL && i < f->s->columns; i++)
        if (f->s->column[i].household &&
            (f->house[i] == FILLED_NOT) != (profile_state_of(f->p, filled, (int)i) == FILLED_NOT))
            return false;
    for (size_t i = 0; i < f->s->columns; i++) {
        const struct dye_column *c = &f->s->column[i];
        int at = profile_column_of(f->p, c->name);
        bool shown = at < 0 || profile_state_of(f->p, filled, at) == FILLED_VALUE;
        if (shown && c->what == DYE_COLUMN_KIND && dye_ident_is_found(c->kind, &f->persona->value[c->kind]))
            return true;
    }
    return false;
}

static void empty_columns(const struct dye_profile *profile, const struct dye_sector *s, const char *filled,
                          struct dye_persona *p)
{
    bool shown[DYE_KIND_COUNT] = {false}, hidden[DYE_KIND_COUNT] = {false};
    for (size_t i = 0; i < profile->columns_n; i++) {
        p->empty |= (uint32_t)(profile_state_of(profile, filled, (int)i) == FILLED_NOT) << i;
        p->words |= (uint32_t)(profile_state_of(profile, filled, (int)i) == FILLED_WORD) << i;
    }
    for (size_t i = 0; i < s->columns; i++) {
        const struct dye_column *c = &s->column[i];
        int at = profile_column_of(profile, c->name);
        if (c->what == DYE_COLUMN_KIND)
            (at >= 0 && profile_state_of(profile, filled, at) != FILLED_VALUE ? hidden : shown)[c->kind] = true;
    }
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++)
        if (hidden[kind] && !shown[kind]) /* what stands nowhere must not be looked for */
            dye_wipe(&p->value[kind], sizeof p->value[kind]);
}

/* ---- the person ---- */

/* Of a family, sex and age are those of its members already. */
static void follow_sex_and_birth(const struct dye_profile *profile, bool family, struct dye_prf *draw,
                                 struct dye_persona *p, struct profile_row *row)
{
    const struct profile_group *sexes = profile_find(profile, "*", "sex", "-");
    const char *sex = profile_pick(profile, sexes, dye_prf_u64(draw), false, NULL, NULL);
    row->sex = sex == NULL || (family && sex[0] != '?') ? p->sex : sex[0];
    if (row->sex != '?')
        p->sex = row->sex;
    const struct profile_group *years = profile_find(profile, "*", "year", (char[2]){row->sex, '\0'});
    const char *year = profile_pick(profile, years, dye_prf_u64(draw), false, NULL, NULL);
    uint64_t day = dye_prf_below(draw, 365);
    if (year == NULL || strlen(year) != 4)
        return;
    if (family) {
        profile_decade((int)strtol(p->birth, NULL, 10), row->decade);
        return;
    }
    int year_number = 0;
    for (int i = 0; i < 4 && dye_is_digit((uint8_t)year[i]); i++)
        year_number = year_number * 10 + (year[i] - '0');
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned month = 0;
    for (; day >= days[month]; month++)
        day -= days[month];
    snprintf(p->birth, sizeof p->birth, "%.4s-%02u-%02u", year, (month + 1) % 13, ((unsigned)day + 1) % 32);
    profile_decade(year_number, row->decade);
    p->born = dye_day(year_number, (int)month + 1, (int)day + 1);
}

bool profile_append(struct dye_value *v, const char *text)
{
    size_t n = strlen(text);
    if (v->n + n > DYE_VALUE_MAX_BYTES)
        return false;
    memcpy(v->text + v->n, text, n + 1);
    v->n += n;
    return true;
}

bool profile_make_name(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                       const char *surname, const char *given, struct dye_prf *draw, struct dye_value *ret)
{
    struct dye_value made = {.n = 0}, canonical;
    char after[16];
    const char *length = profile_pick_name(profile, column, "length", NULL, row, draw);
    if (length == NULL || strcmp(length, "other") == 0)
        return false;
    if (surname == NULL)
        surname =
            profile_pick(profile, profile_find(profile, column, "surname", ""), dye_prf_u64(draw), false, NULL, NULL);
    bool two = strcmp(length, "2") == 0;
    const char *first = profile_pick_name(profile, column, two ? "first" : "only", NULL, row, draw), *second = NULL;
    if (two && first != NULL) {
        snprintf(after, sizeof after, "%c:%.10s", row->sex, first);
        second = profile_pick_name(profile, column, "second", after, row, draw);
    }
    bool found = first != NULL && (!two || second != NULL);
    if (surname == NULL || (!found && given == NULL) || !profile_append(&made, surname) ||
        !profile_append(&made, found ? first : given) || (found && two && !profile_append(&made, second)) ||
        dye_ident_parse(DYE_NAME, dye_value_span(&made), &canonical) != DYE_OK)
        return false;
    *ret = made;
    return true;
}

/* Relatives share a surname of the table's as they share their own: it is drawn for the household and the surname. */
static const char *follow_surname(const struct dye_profile *profile, const char *column, const char *own, bool family,
                                  struct dye_prf *draw, const struct dye_persona *p)
{
    uint64_t random = dye_prf_u64(draw);
    if (family) {
        struct dye_prf r;
        draw_open(&p->house_draws, own, 0, USE_TABLE, &r);
        random = dye_prf_u64(&r);
        dye_prf_done(&r);
    }
    const char *surname = profile_pick(profile, profile_find(profile, column, "surname", ""), random, true, NULL, NULL);
    return surname != NULL ? surname : own;
}

static void follow_name(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                        bool family, struct dye_prf *draw, struct dye_persona *p)
{
    struct dye_value *name = &p->value[DYE_NAME];
    char own[16] = "";
    size_t bytes = surname_bytes(name->text);
    snprintf(own, sizeof own, "%.*s", (int)(bytes < sizeof own ? bytes : 0), name->text);
    const char *surname = follow_surname(profile, column, own, family, draw, p);
    if (profile_make_name(profile, column, row, surname, name->text + bytes, draw, name))
        dye_wipe(p->written_name, sizeof p->written_name);
}

/* ---- the address ---- */

static const char *next_part(const struct dye_profile *profile, const char *column, const char *region,
                             const char *before, const char *from, bool head, struct dye_prf *draw)
{
    struct widening w = {.p = profile, .column = column, .facet = "step", .draw = draw, .no_region = region[0] == '\0'};
    char context[2 * ADDRESS_PART_BYTES + 16];
    const char *to = NULL;
    if (head && region[0] != '\0') {
        snprintf(context, sizeof context, "%s|%.*s", region, ADDRESS_PART_BYTES, from);
        to = widen(&w, context, false);
    }
    snprintf(context, sizeof context, "%.*s>|%.*s", ADDRESS_PART_BYTES, before, ADDRESS_PART_BYTES, from);
    if (to == NULL && before[0] != '\0')
        to = widen(&w, context, false);
    snprintf(context, sizeof context, "|%.*s", ADDRESS_PART_BYTES, from);
    if (to == NULL)
        to = widen(&w, context, false);
    snprintf(context, sizeof context, ":%s", last_character(from));
    return to != NULL ? to : widen(&w, context, true);
}

/* The floor as often as in that house, the door as often as anywhere. */
static bool append_door(const struct dye_profile *profile, const char *column, const char *narrow, const char *wide,
                        struct dye_prf *draw, struct dye_value *ret)
{
    const char *tail =
        profile_pick(profile, profile_find(profile, column, "tail", wide), dye_prf_u64(draw), false, NULL, NULL);
    const char *stem =
        profile_pick(profile, profile_find(profile, column, "stem", narrow), dye_prf_u64(draw), true, NULL, NULL);
    if (stem == NULL)
        stem = profile_pick(profile, profile_find(profile, column, "stem", wide), dye_prf_u64(draw), false, NULL, NULL);
    return tail != NULL && stem != NULL && stem[0] != '-' && profile_append(ret, stem) && profile_append(ret, tail);
}

static bool append_number(const struct dye_profile *profile, const char *column, const char *place, const char *from,
                          const char *to, struct dye_prf *draw, struct dye_value *ret)
{
    char narrow[2 * ADDRESS_PART_BYTES + 2], wide[16], made[12];
    snprintf(narrow, sizeof narrow, "%.*s@%.*s", ADDRESS_PART_BYTES, place, ADDRESS_PART_BYTES, to);
    const struct profile_group *of_place = profile_find(profile, column, "number", narrow);
    if (of_place == NULL && profile_find(profile, column, "stem", narrow) == NULL)
        snprintf(narrow, sizeof narrow, "%.*s>%.*s", ADDRESS_PART_BYTES, from, ADDRESS_PART_BYTES, to);
    snprintf(wide, sizeof wide, "%.4s>%.4s", last_character(from), last_character(to));
    const char *magnitude =
        profile_pick(profile, profile_find(profile, column, "magnitude", wide), dye_prf_u64(draw), false, NULL, NULL);
    bool large = magnitude != NULL && magnitude[0] >= '3';
    const char *number =
        profile_pick(profile, profile_find(profile, column, "number", narrow), dye_prf_u64(draw), true, NULL, NULL);
    if (number == NULL && large && append_door(profile, column, narrow, wide, draw, ret))
        return true;
    if (number == NULL)
        number =
            profile_pick(profile, profile_find(profile, column, "number", wide), dye_prf_u64(draw), true, NULL, NULL);
    if (number != NULL)
        return profile_append(ret, number);
    if (magnitude == NULL || strlen(magnitude) != 2 || !dye_is_digit((uint8_t)magnitude[0]))
        return false;
    size_t digits = (size_t)(magnitude[0] - '0');
    made[0] = magnitude[1];
    for (size_t i = 1; i < digits; i++)
        made[i] = (char)('0' + dye_prf_below(draw, 10));
    made[digits] = '\0';
    return profile_append(ret, made);
}

static bool make_address(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                         struct dye_prf *draw, struct dye_value *ret)
{
    char context[ADDRESS_PART_BYTES + 16];
    const char *before = "", *from = ADDRESS_START, *place = "";
    bool head = true;
    snprintf(context, sizeof context, "%s|" ADDRESS_START, row->region);
    const char *region = profile_find(profile, column, "step", context) != NULL ? row->region
                         : row->region[0] != '\0'                               ? "~"
                                                                                : "";
    ret->n = 0;
    for (int parts = 0; parts < ADDRESS_PARTS_MAX; parts++) {
        const char *to = next_part(profile, column, region, before, from, head, draw);
        if (to == NULL)
            return false;
        if (strcmp(to, ADDRESS_END) == 0)
            return ret->n > 0;
        bool number = strncmp(to, ADDRESS_NUMBER, strlen(ADDRESS_NUMBER)) == 0;
        if (number)
            to += strlen(ADDRESS_NUMBER);
        const char *text = to;
        if (strcmp(to, ADDRESS_PROVINCE) == 0)
            text = dye_region_province(row->area);
        else if (strcmp(to, ADDRESS_PREFECTURE) == 0)
            text = dye_region_prefecture(row->area);
        if (text == NULL || (number && !append_number(profile, column, place, from, to, draw, ret)) ||
            !profile_append(ret, text))
            return false;
        struct address_part part[ADDRESS_PARTS_MAX];
        size_t n;
        head = head && !number && address_split(dye_span_str(text), part, &n) && part[0].head;
        before = from;
        from = to;
        place = strlen(to) >= ADDRESS_PLACE_BYTES ? to : place;
    }
    return false;
}

static void follow_address(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                           struct dye_prf *draw, struct dye_value *address)
{
    struct dye_value made, canonical;
    for (int tries = 0; tries < 8; tries++)
        if (make_address(profile, column, row, draw, &made) &&
            dye_ident_parse(DYE_ADDRESS, dye_value_span(&made), &canonical) == DYE_OK) {
            *address = made;
            return;
        }
}

/* ---- all of it ---- */

static int id_column(const struct dye_profile *profile, const struct dye_sector *s)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && s->column[i].kind == DYE_RESIDENT_ID)
            return profile_column_of(profile, s->column[i].name);
    return -1;
}

const struct profile_group *profile_filled(const struct dye_profile *p, const char *decade, const char *birth)
{
    char year[8];
    snprintf(year, sizeof year, "y%.4s", birth);
    const struct profile_group *of_year = decade[0] != '\0' ? profile_find(p, "*", "filled", year) : NULL;
    return of_year != NULL && of_year->total >= YEAR_ROWS * (uint64_t)p->k ? of_year
                                                                           : profile_find(p, "*", "filled", decade);
}

static const char *pick_filled(const struct dye_profile *profile, const char *decade, const struct filled_filter *f,
                               struct dye_prf *draw)
{
    return profile_pick(profile, profile_filled(profile, decade, f->persona->birth), dye_prf_u64(draw), false,
                        is_usable, f);
}

static bool has_families(const struct dye_sector *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < DYE_HOUSEHOLD_MAX; i++)
        sum += s->population.household[i];
    return sum != 0;
}

static bool is_of(const struct dye_profile *profile, const struct dye_sector *s)
{
    bool same = profile->columns_n == s->columns;
    for (size_t i = 0; same && i < s->columns; i++)
        same = strcmp(profile->columns[i], s->column[i].name) == 0;
    return same;
}

/* A family lives at one address, in the region that they are of. */
static void follow_family_address(const struct dye_profile *profile, const char *column, struct dye_persona *p)
{
    struct dye_prf r;
    struct profile_row row = {.sex = '?'};
    snprintf(row.region, sizeof row.region, "%s", p->home);
    snprintf(row.area, sizeof row.area, "%s00", p->home);
    draw_open(&p->house_draws, column, 0, USE_TABLE, &r);
    follow_address(profile, column, &row, &r, &p->value[DYE_ADDRESS]);
    dye_prf_done(&r);
}

void dye_profile_adopt(const struct dye_profile *profile, const struct dye_sector *s, struct dye_prf *draw,
                       struct dye_persona *p)
{
    struct profile_row row = {.sex = p->sex};
    struct filled_filter f = {.p = profile, .s = s, .persona = p, .id = id_column(profile, s)};
    bool has_id = p->value[DYE_RESIDENT_ID].n == 18 && f.id >= 0, family = has_families(s);
    p->follows = is_of(profile, s);
    if (family && p->follows) {
        struct dye_prf r;
        draw_open(&p->house_draws, "*", 0, USE_TABLE, &r);
        f.house = pick_filled(profile, "", &f, &r);
        dye_prf_done(&r);
    }
    /* Whether the row shows an ID comes first: age follows from it, and which other columns are filled, from age. */
    const char *filled = pick_filled(profile, "", &f, draw);
    bool shows_id = has_id && (filled == NULL || profile_state_of(profile, filled, f.id) == FILLED_VALUE);
    if (shows_id) {
        struct dye_resident resident;
        dye_resident_read(&p->value[DYE_RESIDENT_ID], &resident);
        profile_decade(resident.year, row.decade);
        memcpy(row.area, resident.area, sizeof row.area);
        snprintf(row.region, sizeof row.region, "%.4s", resident.area);
    } else {
        follow_sex_and_birth(profile, family, draw, p, &row);
    }
    f.want = shows_id ? FILLED_VALUE : FILLED_NOT;
    const char *of_decade = row.decade[0] != '\0' ? pick_filled(profile, row.decade, &f, draw) : NULL;
    if (of_decade != NULL)
        filled = of_decade;
    if (filled != NULL)
        empty_columns(profile, s, filled, p);
    if (!shows_id) /* it would contradict what the record shows */
        dye_wipe(&p->value[DYE_RESIDENT_ID], sizeof p->value[DYE_RESIDENT_ID]);
    for (size_t i = 0; i < s->columns; i++) {
        const struct dye_column *c = &s->column[i];
        if (c->what != DYE_COLUMN_KIND || p->value[c->kind].n == 0)
            continue;
        if (c->kind == DYE_NAME)
            follow_name(profile, c->name, &row, family, draw, p);
        else if (c->kind == DYE_ADDRESS && family)
            follow_family_address(profile, c->name, p);
        else if (c->kind == DYE_ADDRESS)
            follow_address(profile, c->name, &row, draw, &p->value[DYE_ADDRESS]);
    }
    p->table_sex = row.sex;
    memcpy(p->table_decade, row.decade, sizeof p->table_decade);
    p->draw = dye_prf_u64(draw);
    p->profile = profile;
    dye_wipe(&row, sizeof row);
}

/* SplitMix64 (Steele, Lea and Flood, 2014) of the persona's secret and the column: a few bits of it ever show. */
static uint64_t cell_random(const struct dye_persona *p, int column, size_t row)
{
    uint64_t z = p->draw + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(column + 1 + DYE_SECTOR_COLUMNS_MAX * (int)row);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Digits of the canonical form into the '#'s of the shape; false when there are more or fewer of them. */
static bool fill_shape(const char *shape, const struct dye_value *v, struct dye_value *ret)
{
    size_t used = 0, n = 0;
    for (const char *s = shape; *s != '\0'; s++) {
        if (n == DYE_VALUE_MAX_BYTES || (*s == '#' && used == v->n))
            return false;
        ret->text[n++] = *s == '#' ? v->text[used++] : *s;
    }
    ret->text[n] = '\0';
    ret->n = n;
    return used == v->n;
}

static void write_as(const struct dye_column *c, const struct dye_persona *p, const char *format,
                     struct dye_value *canonical)
{
    struct dye_value made = {.n = 0}, back;
    if (c->what == DYE_COLUMN_BIRTH) {
        struct profile_date birth;
        if (profile_date_read(dye_span_str(p->birth), &birth) && profile_date_write(format, &birth, &made))
            *canonical = made;
    } else if (c->kind == DYE_RESIDENT_ID) {
        if (strcmp(format, "x") == 0 && canonical->text[canonical->n - 1] == 'X')
            canonical->text[canonical->n - 1] = 'x';
    } else if (c->kind == DYE_MOBILE && fill_shape(format, canonical, &made) &&
               dye_ident_parse(c->kind, dye_value_span(&made), &back) == DYE_OK &&
               dye_span_equal(dye_value_span(&back), dye_value_span(canonical))) {
        *canonical = made;
    }
}

void dye_profile_cell(const struct dye_profile *profile, const struct dye_column *c, const struct dye_persona *p,
                      size_t row, struct dye_value *canonical)
{
    int column = profile_column_of(profile, c->name);
    if (column < 0)
        return;
    bool word = (p->words >> column & 1) != 0;
    uint64_t random = cell_random(p, column, word ? 0 : row);
    if (profile_draw_is_empty(profile, c, p, row)) {
        canonical->n = 0;
        canonical->text[0] = '\0';
    } else if (word || profile_has_words(c->what)) {
        const char sex[2] = {p->sex, '\0'};
        const struct profile_group *words = profile_find(profile, c->name, "word",
                                                         word                        ? "unparsed"
                                                         : c->what == DYE_COLUMN_SEX ? sex
                                                                                     : "");
        if (words == NULL && c->what == DYE_COLUMN_SEX) /* nothing told which word is whose */
            words = profile_find(profile, c->name, "word", "?");
        const char *text = profile_pick(profile, words, random, false, NULL, NULL);
        struct dye_value made = {.n = 0};
        if (text != NULL && profile_append(&made, text))
            *canonical = made;
    } else if (!profile_draw(profile, c, p, row, canonical) && canonical->n != 0) {
        const struct profile_group *formats = profile_find(profile, c->name, "format", "");
        const char *format = profile_pick(profile, formats, random, false, NULL, NULL);
        if (format != NULL)
            write_as(c, p, format, canonical);
    }
}
