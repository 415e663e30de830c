/*
 * profile_learner: rows in, counts out.
 */
#include "profile_learner.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNTS_MAX = 1 << 18, REGION_ROWS = 5 /* times k: a region with fewer rows is counted with the others */ };

struct dye_profile_learner *dye_profile_learner_new(const struct dye_sector *s, uint32_t k)
{
    assert(k >= 2 && s->columns <= DYE_SECTOR_COLUMNS_MAX);
    struct dye_profile_learner *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->sector = *s;
    l->k = k;
    if (counts_init(&l->counts, COUNTS_MAX) != DYE_OK) {
        free(l);
        return NULL;
    }
    return l;
}

void dye_profile_learner_free(struct dye_profile_learner *l)
{
    if (l == NULL)
        return;
    counts_done(&l->counts);
    dye_wipe(l, sizeof *l);
    free(l);
}

void learner_count(struct dye_profile_learner *l, const char *column, const char *facet, const char *context,
                   const char *value)
{
    counts_add(&l->counts, column, facet, context, dye_span_str(value), 1);
}

/* ---- what the row says of its person ---- */

static char sex_of_word(struct dye_span word)
{
    static const char *const men[] = {"男", "男性", "M", "m", "male", "Male", "MALE", "1"};
    static const char *const women[] = {"女", "女性", "F", "f", "female", "Female", "FEMALE", "2", "0"};
    for (size_t i = 0; i < sizeof men / sizeof *men; i++)
        if (dye_span_equal(word, dye_span_str(men[i])))
            return 'M';
    for (size_t i = 0; i < sizeof women / sizeof *women; i++)
        if (dye_span_equal(word, dye_span_str(women[i])))
            return 'F';
    return '?';
}

/* An ID whose check digit is wrong, by a slip or because it is nobody's, still says of whom it speaks. */
static bool read_resident(struct dye_span cell, struct dye_resident *ret)
{
    struct dye_value id = {.n = 18};
    if (dye_ident_parse(DYE_RESIDENT_ID, cell, &id) != DYE_OK) {
        if (cell.n != 18)
            return false;
        memcpy(id.text, cell.p, 17);
        id.n = 18;
        bool is = false;
        for (const char *check = "0123456789X"; *check != '\0' && !is; check++) {
            struct dye_value read;
            id.text[17] = *check;
            is = dye_ident_parse(DYE_RESIDENT_ID, dye_span_of(id.text, 18), &read) == DYE_OK;
        }
        if (!is)
            return false;
    }
    dye_resident_read(&id, ret);
    dye_wipe(&id, sizeof id);
    return true;
}

static void read_id(struct dye_span cell, struct profile_row *row, struct profile_date *birth)
{
    struct dye_resident resident;
    if (!read_resident(cell, &resident))
        return;
    row->sex = resident.sex;
    profile_decade(resident.year, row->decade);
    memcpy(row->area, resident.area, sizeof row->area);
    snprintf(row->region, sizeof row->region, "%.4s", resident.area);
    *birth = (struct profile_date){.year = resident.year, .month = resident.month, .day = resident.day};
}

static struct profile_row read_row(const struct dye_sector *s, const struct dye_span *cells,
                                   struct profile_date *ret_birth)
{
    struct profile_row row = {.sex = '?'};
    struct dye_span name = {0};
    *ret_birth = (struct profile_date){0};
    for (size_t i = 0; i < s->columns; i++) {
        const struct dye_column *c = &s->column[i];
        struct profile_date d;
        if (c->what == DYE_COLUMN_KIND && c->kind == DYE_RESIDENT_ID)
            read_id(cells[i], &row, ret_birth);
        else if (c->what == DYE_COLUMN_KIND && c->kind == DYE_NAME)
            name = cells[i];
        else if (c->what == DYE_COLUMN_BIRTH && profile_date_read(cells[i], &d) && d.year != 0)
            *ret_birth = d;
    }
    for (size_t i = 0; i < s->columns && row.sex == '?'; i++)
        if (s->column[i].what == DYE_COLUMN_SEX)
            row.sex = sex_of_word(cells[i]);
    if (row.decade[0] == '\0' && ret_birth->year != 0)
        profile_decade(ret_birth->year, row.decade);
    if (row.sex == '?' && name.n > 0 && name.n < 64) {
        char text[64];
        memcpy(text, name.p, name.n);
        text[name.n] = '\0';
        row.sex = profile_guess_sex(text + surname_bytes(text));
    }
    return row;
}

/* ---- names ---- */

void learn_name(struct dye_profile_learner *l, const char *column, struct dye_span cell, const struct profile_row *row)
{
    char name[64], contexts[NAME_CONTEXTS][8];
    const char *given;
    size_t characters = 0;
    if (cell.n >= sizeof name)
        return;
    memcpy(name, cell.p, cell.n);
    name[cell.n] = '\0';
    profile_name_contexts(row, contexts);
    given = name + surname_bytes(name);
    bool chinese = true;
    for (const char *s = name; *s != '\0'; s += character_bytes(s))
        chinese = chinese && (uint8_t)*s >= 0xe3 && (uint8_t)*s < 0xf0;
    for (const char *s = given; *s != '\0'; s += character_bytes(s))
        characters++;
    bool usual = chinese && (characters == 1 || characters == 2);
    for (int i = 0; i < NAME_CONTEXTS; i++)
        learner_count(l, column, "length", contexts[i], !usual ? "other" : characters == 1 ? "1" : "2");
    if (!usual)
        return;
    size_t first = character_bytes(given);
    counts_add(&l->counts, column, "surname", "", dye_span_of(name, (size_t)(given - name)), 1);
    for (int i = 0; i < NAME_CONTEXTS; i++) {
        counts_add(&l->counts, column, characters == 1 ? "only" : "first", contexts[i], dye_span_of(given, first), 1);
        if (characters == 2)
            learner_count(l, column, "second", contexts[i], given + first);
    }
    if (characters == 2) {
        char after[16];
        snprintf(after, sizeof after, "%c:%.*s", row->sex, (int)first, given);
        learner_count(l, column, "second", after, given + first);
    }
}

/* ---- addresses ---- */

static const char *alias(const char *text, const struct profile_row *row)
{
    if (row->area[0] == '\0')
        return text;
    const char *province = dye_region_province(row->area), *prefecture = dye_region_prefecture(row->area);
    if (province != NULL && strcmp(text, province) == 0)
        return ADDRESS_PROVINCE;
    return prefecture != NULL && strcmp(text, prefecture) == 0 ? ADDRESS_PREFECTURE : text;
}

static void learn_step(struct dye_profile_learner *l, const char *column, const struct profile_row *row,
                       const char *before, const char *from, bool from_head, const char *to)
{
    char context[2 * ADDRESS_PART_BYTES + 8];
    if (from_head && row->region[0] != '\0') {
        snprintf(context, sizeof context, "%s|%s", row->region, from);
        learner_count(l, column, "step", context, to);
    }
    if (before[0] != '\0') {
        snprintf(context, sizeof context, "%s>|%s", before, from);
        learner_count(l, column, "step", context, to);
    }
    snprintf(context, sizeof context, "|%s", from);
    learner_count(l, column, "step", context, to);
    snprintf(context, sizeof context, ":%s", last_character(from));
    learner_count(l, column, "step", context, to);
}

static void learn_number(struct dye_profile_learner *l, const char *column, const char *place, const char *from,
                         const struct address_part *part)
{
    char context[2 * ADDRESS_PART_BYTES + 4], magnitude[4];
    if (strlen(part->number) > 9)
        return;
    snprintf(magnitude, sizeof magnitude, "%zu%c", strlen(part->number) % 10, part->number[0]);
    snprintf(context, sizeof context, "%s>%s", from, part->text); /* a house has one number in its street */
    if (strlen(part->number) <= 4)
        learner_count(l, column, "number", context, part->number);
    snprintf(context, sizeof context, "%s@%s", place, part->text);
    if (strlen(part->number) <= 4)
        learner_count(l, column, "number", context, part->number);
    snprintf(context, sizeof context, "%s>%s", last_character(from), last_character(part->text));
    if (strlen(part->number) <= 4)
        learner_count(l, column, "number", context, part->number);
    learner_count(l, column, "magnitude", context, magnitude);
    size_t digits = strlen(part->number);
    if (digits >= 3) { /* a floor and a door */
        char stem[16];
        snprintf(stem, sizeof stem, "%.*s", (int)digits - 2, part->number);
        learner_count(l, column, "tail", context, part->number + digits - 2);
        learner_count(l, column, "stem", context, digits <= 4 ? stem : "-");
        snprintf(context, sizeof context, "%s>%s", from, part->text);
        learner_count(l, column, "stem", context, digits <= 4 ? stem : "-");
        snprintf(context, sizeof context, "%s@%s", place, part->text);
        learner_count(l, column, "stem", context, digits <= 4 ? stem : "-");
    }
}

static void learn_address(struct dye_profile_learner *l, const char *column, struct dye_span cell,
                          const struct profile_row *row)
{
    struct address_part part[ADDRESS_PARTS_MAX];
    const char *before = "", *from = ADDRESS_START, *place = "";
    bool from_head = true;
    size_t n;
    if (!address_split(cell, part, &n))
        return;
    for (size_t i = 0; i < n; i++) {
        char to[ADDRESS_PART_BYTES + 8];
        const char *text = part[i].head ? alias(part[i].text, row) : part[i].text;
        snprintf(to, sizeof to, "%s%s", part[i].number[0] != '\0' ? ADDRESS_NUMBER : "", text);
        learn_step(l, column, row, before, from, from_head, to);
        if (part[i].number[0] != '\0')
            learn_number(l, column, place, from, &part[i]);
        before = from;
        from = text;
        place = strlen(text) >= ADDRESS_PLACE_BYTES ? text : place;
        from_head = part[i].head;
    }
    learn_step(l, column, row, before, from, from_head, ADDRESS_END);
    dye_wipe(part, sizeof part);
}

/* ---- the other kinds ---- */

/* How a mobile is written: the digits of the canonical form become one '#' each. */
static void learn_mobile(struct dye_profile_learner *l, const char *column, struct dye_span cell,
                         const struct dye_value *v)
{
    char shape[40], prefix[4];
    size_t digits = 0, at = 0;
    if (cell.n >= sizeof shape)
        return;
    for (size_t i = cell.n; i-- > 0;)
        shape[i] = dye_is_digit(cell.p[i]) && digits++ < v->n ? '#' : (char)cell.p[i];
    at = cell.n;
    shape[at] = '\0';
    learner_count(l, column, "format", "", shape);
    snprintf(prefix, sizeof prefix, "%.3s", v->text);
    learner_count(l, column, "prefix", "", prefix);
}

/* SF1234567890 is SF and ten digits: letters as they stand, then how many characters in all. */
static void learn_opaque(struct dye_profile_learner *l, const char *column, struct dye_span cell)
{
    char text[16];
    size_t letters = 0;
    while (letters < cell.n && !dye_is_digit(cell.p[letters]))
        letters++;
    if (letters > 4) /* a name that somebody chose, and no issuer's mark */
        letters = 0;
    counts_add(&l->counts, column, "prefix", "", dye_span_of(cell.p, letters), 1);
    snprintf(text, sizeof text, "%zu", cell.n);
    learner_count(l, column, "length", "", text);
}

/* False when a value of a strict kind does not parse: then it is a word such as 无. */
static bool learn_kind(struct dye_profile_learner *l, const struct dye_column *c, struct dye_span cell,
                       const struct profile_row *row)
{
    struct dye_value v;
    struct dye_resident resident;
    bool parses = dye_ident_parse(c->kind, cell, &v) == DYE_OK;
    bool strict = c->kind == DYE_MOBILE || c->kind == DYE_RESIDENT_ID || c->kind == DYE_EMAIL;
    if (c->kind == DYE_NAME) {
        learn_name(l, c->name, cell, row);
    } else if (c->kind == DYE_ADDRESS) {
        learn_address(l, c->name, cell, row);
    } else if (strict && !parses && c->kind == DYE_RESIDENT_ID && read_resident(cell, &resident)) {
        return true; /* somebody's, though not as it should be */
    } else if (strict && !parses) {
        if (symbol_may_be_kept(cell))
            counts_add(&l->counts, c->name, "word", "unparsed", cell, 1);
        return false;
    } else if (c->kind == DYE_MOBILE) {
        learn_mobile(l, c->name, cell, &v);
    } else if (c->kind == DYE_RESIDENT_ID) {
        if (v.text[17] == 'X')
            learner_count(l, c->name, "format", "", cell.p[cell.n - 1] == 'x' ? "x" : "X");
        learner_count(l, c->name, "prefix", "", (char[3]){v.text[0], v.text[1], '\0'});
    } else if (c->kind == DYE_EMAIL) {
        learner_count(l, c->name, "domain", "", strchr(v.text, '@') + 1);
    } else {
        learn_opaque(l, c->name, cell);
    }
    if (parses)
        dye_wipe(&v, sizeof v);
    return true;
}

static bool learn_cell(struct dye_profile_learner *l, const struct dye_column *c, struct dye_span cell,
                       const struct profile_row *row)
{
    struct profile_date d;
    if (c->what == DYE_COLUMN_KIND)
        return learn_kind(l, c, cell, row);
    if (c->what == DYE_COLUMN_BIRTH) {
        if (profile_date_read(cell, &d) && d.shape[0] != '\0')
            learner_count(l, c->name, "format", "", d.shape);
    } else if (profile_has_words(c->what) && symbol_may_be_kept(cell)) {
        char sex[2] = {row->sex, '\0'};
        counts_add(&l->counts, c->name, "word", c->what == DYE_COLUMN_SEX ? sex : "", cell, 1);
    }
    return true;
}

/* Whose row it is says the phone, or the ID; a word instead of one says nothing. */
static void group_row(struct dye_profile_learner *l, const struct dye_span *cells, int year)
{
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_ADDRESS};
    struct dye_value of[sizeof kinds / sizeof *kinds] = {0}, v;
    for (size_t i = 0; i < l->sector.columns; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (l->sector.column[i].what == DYE_COLUMN_KIND && l->sector.column[i].kind == kinds[k] &&
                dye_ident_parse(kinds[k], cells[i], &v) == DYE_OK)
                of[k] = v;
    grouping_add(&l->persons, dye_value_span(&of[of[0].n != 0 ? 0 : 1]), 0);
    grouping_add(&l->houses, dye_value_span(&of[2]), year);
    dye_wipe(of, sizeof of);
    dye_wipe(&v, sizeof v);
}

void dye_profile_learner_feed(struct dye_profile_learner *l, const struct dye_span *cells)
{
    const struct dye_sector *s = &l->sector;
    char filled[DYE_SECTOR_COLUMNS_MAX + 1] = "", year_text[8], sex[4];
    struct profile_date birth;
    struct profile_row row = read_row(s, cells, &birth);
    for (size_t i = 0; i < s->columns; i++) {
        filled[i] = cells[i].n == 0 ? FILLED_NOT : FILLED_VALUE;
        if (cells[i].n != 0 && cells[i].n <= DYE_VALUE_MAX_BYTES && memchr(cells[i].p, '\0', cells[i].n) == NULL &&
            !learn_cell(l, &s->column[i], cells[i], &row))
            filled[i] = FILLED_WORD;
    }
    filled[s->columns] = '\0';
    learner_count(l, "*", "filled", "", filled);
    if (row.decade[0] != '\0')
        learner_count(l, "*", "filled", row.decade, filled);
    if (birth.year != 0) {
        snprintf(year_text, sizeof year_text, "y%d", birth.year);
        learner_count(l, "*", "filled", year_text, filled);
    }
    bool shows_id = row.region[0] != '\0';
    learner_count(l, "*", "sex", shows_id ? "+" : "-", (char[2]){row.sex, '\0'});
    if (shows_id)
        learner_count(l, "*", "region", "", row.region);
    if (birth.year != 0 && !shows_id) {
        snprintf(year_text, sizeof year_text, "%d", birth.year);
        snprintf(sex, sizeof sex, "%c", row.sex);
        learner_count(l, "*", "year", sex, year_text);
    }
    if (birth.year != 0) {
        snprintf(year_text, sizeof year_text, "%d", birth.year);
        learner_count(l, "*", "born", "", year_text);
    }
    learn_columns(l, cells, filled, &row, &birth);
    group_row(l, cells, birth.year);
    dye_wipe(&row, sizeof row);
    dye_wipe(&birth, sizeof birth);
    l->rows++;
}

/* ---- the end ---- */

static bool is_frequent_region(const struct counts *frequent, const char *region)
{
    for (size_t i = 0; i < frequent->slots; i++)
        if (frequent->entry[i].key != NULL && strcmp(strrchr(frequent->entry[i].key, COUNT_SEPARATOR) + 1, region) == 0)
            return true;
    return false;
}

/* Steps counted under regions of few people are counted again under "~", and no longer under their own. */
static enum dye_status pool_regions(struct dye_profile_learner *l)
{
    struct counts frequent, all = {0};
    DYE_TRY(counts_init(&frequent, 512));
    enum dye_status status = counts_init(&all, l->counts.max);
    for (size_t i = 0; status == DYE_OK && i < l->counts.slots; i++) {
        const struct count_entry *e = &l->counts.entry[i];
        char region[5] = "";
        if (e->key != NULL && e->n >= (uint64_t)REGION_ROWS * l->k &&
            sscanf(e->key, "*\x1fregion\x1f\x1f%4[0-9]", region) == 1)
            counts_add(&frequent, "", "", "", dye_span_str(region), 1);
    }
    for (size_t i = 0; status == DYE_OK && i < l->counts.slots; i++) {
        const struct count_entry *e = &l->counts.entry[i];
        if (e->key == NULL)
            continue;
        char key[COUNT_KEY_MAX_BYTES + 1];
        snprintf(key, sizeof key, "%s", e->key);
        char *rest = key, *column = strsep(&rest, "\x1f"), *facet = strsep(&rest, "\x1f"),
             *context = strsep(&rest, "\x1f");
        char pooled[ADDRESS_PART_BYTES + 8];
        bool regional =
            strcmp(facet, "step") == 0 && dye_is_digit((uint8_t)context[0]) && strlen(context) > 4 && context[4] == '|';
        if (regional) {
            char region[5];
            snprintf(region, sizeof region, "%.4s", context);
            if (!is_frequent_region(&frequent, region)) {
                snprintf(pooled, sizeof pooled, "~%s", context + 4);
                context = pooled;
            }
        }
        counts_add(&all, column, facet, context, dye_span_str(rest), e->n);
    }
    if (status == DYE_OK && !all.nomem && !l->counts.nomem) {
        struct counts old = l->counts;
        l->counts = all;
        all = old;
    } else {
        status = DYE_E_NOMEM;
    }
    counts_done(&frequent);
    counts_done(&all);
    return status;
}

enum dye_status dye_profile_learner_end(struct dye_profile_learner *l, struct dye_profile **ret, struct dye_error *err)
{
    if (l->rows < l->k)
        DYE_FAIL(err, DYE_E_USAGE, "profile: %llu rows: at least %u are wanted", (unsigned long long)l->rows, l->k);
    learn_grouping(l);
    if (pool_regions(l) != DYE_OK || learn_parents(l) != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "profile: out of memory");
    return profile_build(&l->counts, &l->sector, l->rows, l->k, ret, err);
}
