/*
 * sector: what stands in the cells of a sector's records. Cells that are not the persona's own are drawn under its key
 * by the column's name and the record's number, so that no cell depends on the order in which cells are asked for.
 */
#include "calendar.h"
#include "draw.h"
#include "dye/profile.h"

#include <assert.h>
#include <stdio.h>

enum { PER_10000 = 10000, DAY_S = 86400 };

/* FNV-1a, 64 bits: a column's name as the number of a stream. `use` keeps streams of one name apart. */
void draw_open(const struct dye_key *key, const char *name, size_t row, unsigned use, struct dye_prf *ret)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (const char *c = name; *c != '\0'; c++)
        h = (h ^ (uint8_t)*c) * UINT64_C(1099511628211);
    h = (h ^ row) * UINT64_C(1099511628211);
    h = (h ^ use) * UINT64_C(1099511628211);
    ret->key = *key;
    dye_prf_reset(ret, h);
}

void draw_open_column(const struct dye_column *c, const struct dye_persona *p, size_t row, unsigned use,
                      struct dye_prf *ret)
{
    bool one = c->same || c->household || c->what == DYE_COLUMN_KIND || c->what == DYE_COLUMN_PARENT;
    draw_open(c->household ? &p->house_draws : &p->draws, c->name, one ? 0 : row, use, ret);
}

bool draw_is_empty(const struct dye_column *c, const struct dye_persona *p, size_t row)
{
    if (c->empty == 0 || (p->profile != NULL && dye_profile_has(p->profile, c->name)))
        return false;
    struct dye_prf r;
    draw_open_column(c, p, row, USE_EMPTY, &r);
    bool empty = dye_prf_below(&r, PER_10000) < c->empty;
    dye_prf_done(&r);
    return empty;
}

static enum dye_status set(struct dye_value *ret, const char *text, size_t n)
{
    if (n > DYE_VALUE_MAX_BYTES)
        return DYE_E_LIMIT;
    memcpy(ret->text, text, n);
    ret->text[n] = '\0';
    ret->n = n;
    return DYE_OK;
}

static enum dye_status set_text(struct dye_value *ret, const char *text)
{
    return text != NULL ? set(ret, text, strlen(text)) : DYE_E_BUG;
}

/* ---- kinds ---- */

/* The name as it is written, unless another value was put over it. */
static enum dye_status kind_cell(const struct dye_column *c, const struct dye_persona *p, struct dye_value *ret)
{
    if ((unsigned)c->kind >= DYE_KIND_COUNT)
        return DYE_E_BUG;
    const struct dye_value *v = &p->value[c->kind];
    const char *dot = strstr(p->written_name, "·");
    if (c->kind == DYE_NAME && dot != NULL) {
        size_t before = (size_t)(dot - p->written_name);
        if (v->n > before && memcmp(v->text, p->written_name, before) == 0 &&
            strcmp(v->text + before, dot + strlen("·")) == 0)
            return set_text(ret, p->written_name);
    }
    return set(ret, v->text, v->n);
}

/* ---- dates ---- */

/* Seconds since 1970-01-01 00:00. Events of people happen by day; the first hours are those of early shifts. */
static int64_t moment(struct dye_prf *r, int64_t anchor, int32_t days)
{
    int64_t day = anchor / DAY_S + days;
    int64_t at = day * DAY_S + (int64_t)(7 + draw_early(r, 15)) * 3600 + (int64_t)dye_prf_below(r, 3600);
    if (at > anchor)
        return at;
    return anchor + 60 + (int64_t)dye_prf_below(r, 3600); /* the same day: within the next hour or so */
}

/* False where the event has not come by the day on which the persona was made. */
static bool date_of(const struct dye_column *c, const struct dye_persona *p, size_t row, int64_t *ret)
{
    struct dye_prf r;
    int64_t at = 0;
    bool there = true;
    if (draw_is_empty(c, p, row))
        return false;
    draw_open_column(c, p, row, USE_CELL, &r);
    int32_t days = c->from + (int32_t)(c->after == DYE_AFTER_BIRTH ? dye_prf_below(&r, (uint64_t)(c->to - c->from) + 1)
                                                                   : draw_early(&r, (size_t)(c->to - c->from) + 1));
    if (c->after == DYE_AFTER_COLUMN) {
        there = date_of(c - c->back, p, row, &at);
        at = there ? moment(&r, at, days) : 0;
    } else if (c->after == DYE_AFTER_BIRTH) {
        at = moment(&r, (int64_t)p->born * DAY_S, days);
    } else {
        /* Counted back, and never to before birth. */
        int64_t day = p->made_on - days > p->born ? p->made_on - days : p->born;
        at = moment(&r, day * DAY_S, 0);
    }
    dye_prf_done(&r);
    *ret = at;
    return there && at < ((int64_t)p->made_on + 1) * DAY_S;
}

static void put_number(char *to, unsigned width, int value)
{
    for (; width-- > 0; value /= 10)
        to[width] = (char)('0' + value % 10);
}

/* YYYY MM DD hh mm ss of the pattern are replaced, the rest stands. */
static enum dye_status date_text(const char *pattern, struct calendar_date d, int seconds, struct dye_value *ret)
{
    const struct {
        const char *token;
        int value;
    } parts[] = {{"YYYY", d.year},       {"MM", d.month},           {"DD", d.day},
                 {"hh", seconds / 3600}, {"mm", seconds / 60 % 60}, {"ss", seconds % 60}};
    char text[sizeof((struct dye_column *)NULL)->pattern];
    size_t n = strlen(pattern);
    memcpy(text, pattern, n);
    for (size_t at = 0; at < n; at++)
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            size_t width = strlen(parts[i].token);
            if (n - at >= width && memcmp(pattern + at, parts[i].token, width) == 0)
                put_number(text + at, (unsigned)width, parts[i].value);
        }
    return set(ret, text, n);
}

static enum dye_status date_cell(const struct dye_column *c, const struct dye_persona *p, size_t row,
                                 struct dye_value *ret)
{
    int64_t at;
    if (!date_of(c, p, row, &at))
        return set(ret, "", 0);
    return date_text(c->pattern[0] != '\0' ? c->pattern : "YYYY-MM-DD", calendar_date((int32_t)(at / DAY_S)),
                     (int)(at % DAY_S), ret);
}

static enum dye_status birth_cell(const struct dye_column *c, const struct dye_persona *p, struct dye_value *ret)
{
    struct calendar_date d;
    if (c->pattern[0] == '\0' || sscanf(p->birth, "%4d-%2d-%2d", &d.year, &d.month, &d.day) != 3)
        return set_text(ret, p->birth);
    return date_text(c->pattern, d, 0, ret);
}

/* ---- what is drawn ---- */

static enum dye_status choice_cell(const struct dye_column *c, struct dye_prf *r, struct dye_value *ret)
{
    uint32_t weights[DYE_CHOICES_MAX];
    if (c->choices == 0 || c->choices > DYE_CHOICES_MAX)
        return DYE_E_BUG;
    for (size_t i = 0; i < c->choices; i++)
        weights[i] = c->choice[i].weight;
    return set_text(ret, c->choice[dye_prf_pick(r, weights, c->choices)].text);
}

static enum dye_status number_cell(const struct dye_column *c, struct dye_prf *r, struct dye_value *ret)
{
    static const int64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    char text[48];
    if (c->high < c->low || c->low < 0 || c->decimals >= sizeof tens / sizeof *tens)
        return DYE_E_BUG;
    uint64_t n = (uint64_t)(c->high - c->low) + 1;
    int64_t v = c->low + (int64_t)(c->skew ? draw_early(r, n) : dye_prf_below(r, n));
    if (c->decimals == 0)
        snprintf(text, sizeof text, "%lld", (long long)v);
    else
        snprintf(text, sizeof text, "%lld.%0*lld", (long long)(v / tens[c->decimals]), (int)c->decimals,
                 (long long)(v % tens[c->decimals]));
    return set_text(ret, text);
}

static enum dye_status text_cell(const struct dye_column *c, struct dye_prf *r, struct dye_value *ret)
{
    char text[sizeof c->pattern];
    size_t n = 0;
    for (const char *at = c->pattern; *at != '\0'; at++) {
        char v = *at;
        if (v == '9')
            v = (char)('0' + dye_prf_below(r, 10));
        else if (v == '1')
            v = (char)('1' + dye_prf_below(r, 9));
        else if (v == 'A')
            v = (char)('A' + dye_prf_below(r, 26));
        else if (v == 'a')
            v = (char)('a' + dye_prf_below(r, 26));
        else if (v == '\\' && at[1] != '\0')
            v = *++at;
        text[n++] = v;
    }
    return set(ret, text, n);
}

/* More mothers than fathers are asked. The same answer for every column that asks. */
static char parent_sex(const struct dye_persona *p)
{
    struct dye_prf r;
    draw_open(&p->draws, "", 0, USE_PARENT, &r);
    char sex = dye_prf_below(&r, 100) < 62 ? 'F' : 'M';
    dye_prf_done(&r);
    return sex;
}

static enum dye_status parent_cell(const struct dye_persona *p, struct dye_prf *r, struct dye_value *ret)
{
    char text[96];
    const char *name = p->written_name[0] != '\0' ? p->written_name : p->value[DYE_NAME].text;
    draw_parent(r, name, parent_sex(p), calendar_date(p->born).year, text, sizeof text);
    return set_text(ret, text);
}

static enum dye_status drawn_cell(const struct dye_column *c, const struct dye_persona *p, size_t row,
                                  struct dye_value *ret)
{
    struct dye_prf r;
    draw_open_column(c, p, row, USE_CELL, &r);
    enum dye_status status = DYE_E_BUG;
    if (c->what == DYE_COLUMN_CHOICE)
        status = choice_cell(c, &r, ret);
    else if (c->what == DYE_COLUMN_NUMBER)
        status = number_cell(c, &r, ret);
    else if (c->what == DYE_COLUMN_TEXT)
        status = text_cell(c, &r, ret);
    else if (c->what == DYE_COLUMN_PARENT)
        status = parent_cell(p, &r, ret);
    dye_prf_done(&r);
    return status;
}

/* ---- a record ---- */

static enum dye_status canonical_cell(const struct dye_column *c, const struct dye_persona *p, size_t row,
                                      struct dye_value *ret)
{
    char age[16];
    if (c->what == DYE_COLUMN_DATE)
        return date_cell(c, p, row, ret);
    if (draw_is_empty(c, p, row))
        return set(ret, "", 0);
    switch (c->what) {
    case DYE_COLUMN_KIND:
        return kind_cell(c, p, ret);
    case DYE_COLUMN_SEX:
        return set_text(ret, p->sex == 'M' ? c->male : c->female);
    case DYE_COLUMN_RELATION:
        return set_text(ret, parent_sex(p) == 'M' ? c->male : c->female);
    case DYE_COLUMN_BIRTH:
        return birth_cell(c, p, ret);
    case DYE_COLUMN_CONST:
        return set_text(ret, c->constant);
    case DYE_COLUMN_OCCUPATION:
        return set_text(ret, p->occupation != NULL ? p->occupation : "");
    case DYE_COLUMN_AGE:
        snprintf(age, sizeof age, "%d", calendar_age(p->born, p->made_on));
        return set_text(ret, age);
    default:
        return drawn_cell(c, p, row, ret);
    }
}

enum dye_status dye_sector_cell_of(const struct dye_column *c, const struct dye_persona *p, size_t row,
                                   struct dye_value *ret)
{
    DYE_TRY(canonical_cell(c, p, row, ret));
    if (p->profile != NULL)
        dye_profile_cell(p->profile, c, p, row, ret);
    return DYE_OK;
}

enum dye_status dye_sector_cell(const struct dye_column *c, const struct dye_persona *p, struct dye_value *ret)
{
    return dye_sector_cell_of(c, p, 0, ret);
}

size_t dye_sector_rows(const struct dye_sector *s, const struct dye_persona *p)
{
    uint64_t sum = 0;
    struct dye_prf r;
    for (size_t i = 0; i < DYE_SECTOR_ROWS_MAX; i++)
        sum += s->rows[i];
    if (sum == 0)
        return 1;
    if (p->profile != NULL && dye_profile_rows_of(p->profile, p) != 0)
        return dye_profile_rows_of(p->profile, p);
    draw_open(&p->draws, "", 0, USE_ROWS, &r);
    size_t rows = 1 + dye_prf_pick(&r, s->rows, DYE_SECTOR_ROWS_MAX);
    dye_prf_done(&r);
    return rows;
}

bool dye_sector_shows(const struct dye_sector *s, const struct dye_persona *p, enum dye_kind kind)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && s->column[i].kind == kind && !draw_is_empty(&s->column[i], p, 0))
            return true;
    return false;
}

bool dye_sector_has(const struct dye_sector *s, enum dye_kind kind)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && s->column[i].kind == kind)
            return true;
    return false;
}
