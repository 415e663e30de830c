/*
 * profile_learner: rows in, counts out.
 */
#include "counts.h"
#include "profile_row.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNTS_MAX = 1 << 18, REGION_ROWS = 5 /* times k: a region with fewer rows is counted with the others */ };

struct dye_profile_learner {
    struct dye_sector sector;
    struct counts counts;
    uint64_t rows;
    uint32_t k;
};

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
    free(l);
}

static void count(struct dye_profile_learner *l, const char *column, const char *facet, const char *context,
                  const char *value)
{
    counts_add(&l->counts, column, facet, context, dye_span_str(value), 1);
}

/* A phone number, a date of birth or any other number of somebody's has as many; what a clinic is called has not. */
static bool may_be_kept(struct dye_span text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        digits = dye_is_digit(text.p[i]) ? digits + 1 : 0;
        if (digits >= 7 || text.p[i] == '@')
            return false;
    }
    return text.n <= 48;
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

static void read_id(struct dye_span cell, struct profile_row *row)
{
    struct dye_value id;
    struct dye_resident resident;
    if (dye_ident_parse(DYE_RESIDENT_ID, cell, &id) != DYE_OK)
        return;
    dye_resident_read(&id, &resident);
    row->sex = resident.sex;
    profile_decade(resident.year, row->decade);
    memcpy(row->area, resident.area, sizeof row->area);
    snprintf(row->region, sizeof row->region, "%.4s", resident.area);
    dye_wipe(&id, sizeof id);
}

static struct profile_row read_row(const struct dye_sector *s, const struct dye_span *cells, int *ret_year)
{
    struct profile_row row = {.sex = '?'};
    struct dye_span name = {0};
    *ret_year = 0;
    for (size_t i = 0; i < s->columns; i++) {
        const struct dye_column *c = &s->column[i];
        int ymd[3];
        char shape[24];
        if (c->what == DYE_COLUMN_KIND && c->kind == DYE_RESIDENT_ID)
            read_id(cells[i], &row);
        else if (c->what == DYE_COLUMN_KIND && c->kind == DYE_NAME)
            name = cells[i];
        else if (c->what == DYE_COLUMN_BIRTH && profile_date_read(cells[i], ymd, shape))
            *ret_year = ymd[0];
    }
    for (size_t i = 0; i < s->columns && row.sex == '?'; i++)
        if (s->column[i].what == DYE_COLUMN_SEX)
            row.sex = sex_of_word(cells[i]);
    if (row.decade[0] == '\0' && *ret_year != 0)
        profile_decade(*ret_year, row.decade);
    if (row.sex == '?' && name.n > 0 && name.n < 64) {
        char text[64];
        memcpy(text, name.p, name.n);
        text[name.n] = '\0';
        row.sex = profile_guess_sex(text + surname_bytes(text));
    }
    return row;
}

/* ---- names ---- */

static void learn_name(struct dye_profile_learner *l, const char *column, struct dye_span cell,
                       const struct profile_row *row)
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
        count(l, column, "length", contexts[i], !usual ? "other" : characters == 1 ? "1" : "2");
    if (!usual)
        return;
    size_t first = character_bytes(given);
    counts_add(&l->counts, column, "surname", "", dye_span_of(name, (size_t)(given - name)), 1);
    for (int i = 0; i < NAME_CONTEXTS; i++) {
        counts_add(&l->counts, column, characters == 1 ? "only" : "first", contexts[i], dye_span_of(given, first), 1);
        if (characters == 2)
            count(l, column, "second", contexts[i], given + first);
    }
    if (characters == 2) {
        char after[16];
        snprintf(after, sizeof after, "%c:%.*s", row->sex, (int)first, given);
        count(l, column, "second", after, given + first);
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
        count(l, column, "step", context, to);
    }
    if (before[0] != '\0') {
        snprintf(context, sizeof context, "%s>|%s", before, from);
        count(l, column, "step", context, to);
    }
    snprintf(context, sizeof context, "|%s", from);
    count(l, column, "step", context, to);
    snprintf(context, sizeof context, ":%s", last_character(from));
    count(l, column, "step", context, to);
}

static void learn_number(struct dye_profile_learner *l, const char *column, const char *from,
                         const struct address_part *part)
{
    char context[2 * ADDRESS_PART_BYTES + 4], magnitude[4];
    if (strlen(part->number) > 9)
        return;
    snprintf(magnitude, sizeof magnitude, "%zu%c", strlen(part->number) % 10, part->number[0]);
    snprintf(context, sizeof context, "%s>%s", from, part->text); /* a house has one number in its street */
    if (strlen(part->number) <= 4)
        count(l, column, "number", context, part->number);
    snprintf(context, sizeof context, "%s>%s", last_character(from), last_character(part->text));
    if (strlen(part->number) <= 4)
        count(l, column, "number", context, part->number);
    count(l, column, "magnitude", context, magnitude);
}

static void learn_address(struct dye_profile_learner *l, const char *column, struct dye_span cell,
                          const struct profile_row *row)
{
    struct address_part part[ADDRESS_PARTS_MAX];
    const char *before = "", *from = ADDRESS_START;
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
            learn_number(l, column, from, &part[i]);
        before = from;
        from = text;
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
    count(l, column, "format", "", shape);
    snprintf(prefix, sizeof prefix, "%.3s", v->text);
    count(l, column, "prefix", "", prefix);
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
    count(l, column, "length", "", text);
}

/* False when a value of a strict kind does not parse: then it is a word such as 无. */
static bool learn_kind(struct dye_profile_learner *l, const struct dye_column *c, struct dye_span cell,
                       const struct profile_row *row)
{
    struct dye_value v;
    bool parses = dye_ident_parse(c->kind, cell, &v) == DYE_OK;
    bool strict = c->kind == DYE_MOBILE || c->kind == DYE_RESIDENT_ID || c->kind == DYE_EMAIL;
    if (c->kind == DYE_NAME) {
        learn_name(l, c->name, cell, row);
    } else if (c->kind == DYE_ADDRESS) {
        learn_address(l, c->name, cell, row);
    } else if (strict && !parses) {
        if (may_be_kept(cell))
            counts_add(&l->counts, c->name, "word", "unparsed", cell, 1);
        return false;
    } else if (c->kind == DYE_MOBILE) {
        learn_mobile(l, c->name, cell, &v);
    } else if (c->kind == DYE_RESIDENT_ID) {
        if (v.text[17] == 'X')
            count(l, c->name, "format", "", cell.p[cell.n - 1] == 'x' ? "x" : "X");
        count(l, c->name, "prefix", "", (char[3]){v.text[0], v.text[1], '\0'});
    } else if (c->kind == DYE_EMAIL) {
        count(l, c->name, "domain", "", strchr(v.text, '@') + 1);
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
    int ymd[3];
    char shape[24];
    if (c->what == DYE_COLUMN_KIND)
        return learn_kind(l, c, cell, row);
    if (c->what == DYE_COLUMN_BIRTH) {
        if (profile_date_read(cell, ymd, shape) && shape[0] != '\0')
            count(l, c->name, "format", "", shape);
    } else if (profile_has_words(c->what) && may_be_kept(cell)) {
        char sex[2] = {row->sex, '\0'};
        counts_add(&l->counts, c->name, "word", c->what == DYE_COLUMN_SEX ? sex : "", cell, 1);
    }
    return true;
}

void dye_profile_learner_feed(struct dye_profile_learner *l, const struct dye_span *cells)
{
    const struct dye_sector *s = &l->sector;
    char filled[DYE_SECTOR_COLUMNS_MAX + 1] = "", year_text[8], sex[4];
    int year;
    struct profile_row row = read_row(s, cells, &year);
    for (size_t i = 0; i < s->columns; i++) {
        filled[i] = cells[i].n == 0 ? FILLED_NOT : FILLED_VALUE;
        if (cells[i].n != 0 && cells[i].n <= DYE_VALUE_MAX_BYTES && memchr(cells[i].p, '\0', cells[i].n) == NULL &&
            !learn_cell(l, &s->column[i], cells[i], &row))
            filled[i] = FILLED_WORD;
    }
    filled[s->columns] = '\0';
    count(l, "*", "filled", "", filled);
    if (row.decade[0] != '\0')
        count(l, "*", "filled", row.decade, filled);
    bool shows_id = row.region[0] != '\0';
    count(l, "*", "sex", shows_id ? "+" : "-", (char[2]){row.sex, '\0'});
    if (shows_id)
        count(l, "*", "region", "", row.region);
    if (year != 0 && !shows_id) {
        snprintf(year_text, sizeof year_text, "%d", year);
        snprintf(sex, sizeof sex, "%c", row.sex);
        count(l, "*", "year", sex, year_text);
    }
    dye_wipe(&row, sizeof row);
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
    if (pool_regions(l) != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "profile: out of memory");
    return profile_build(&l->counts, &l->sector, l->rows, l->k, ret, err);
}
